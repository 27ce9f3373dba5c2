"""One worker solves the draw of units and the draw of teams, whichever comes first."""

import subprocess
import sys
from itertools import permutations

import pytest

UNITS = "import highspy; highspy.Highs()"
FLOWS = "from ortools.graph.python import max_flow; max_flow.SimpleMaxFlow()"
COSTS = "from ortools.graph.python import min_cost_flow; min_cost_flow.SimpleMinCostFlow()"


@pytest.mark.parametrize("order", list(permutations([UNITS, FLOWS, COSTS])))
def test_the_solvers_of_both_draws_load_in_any_order(order: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(order)], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert done.returncode == 0
