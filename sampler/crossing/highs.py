"""The one way HiGHS is used here: quiet, serial, repeatable on one machine.

What HiGHS answers is never a promise: it proposes, and integers that are published before
the seed decide (draw rules, section 2). Solver: Huangfu & Hall, "Parallelizing the dual
revised simplex method", Mathematical Programming Computation 10 (2018).
"""

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Numbers = Floats | Ints

TOLERANCE = 1e-9
LOOSE = 1e-7
"""The usual tolerance of HiGHS, for a program that has become too narrow for `TOLERANCE`."""

INFINITY = float(highspy.kHighsInf)

_NODES = 5_000
_FOREVER = 2**31 - 1
_NO_INDEX = np.empty(0, dtype=np.int32)
_NO_VALUE = np.empty(0, dtype=np.float64)


class Solver:
    """A linear or integer program that grows and is solved again from where it stood.

    Parameters
    ----------
    row_low, row_high : (R,) float
        Bounds of the rows; columns come later. Everything is minimised.
    primal : bool
        Solve by the primal simplex: right when columns are added and old solutions stay
        feasible. Otherwise HiGHS chooses.
    """

    def __init__(self, row_low: Numbers, row_high: Numbers, *, primal: bool = False) -> None:
        self._highs = highs = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("primal_feasibility_tolerance", TOLERANCE),
            ("dual_feasibility_tolerance", TOLERANCE),
        ):
            highs.setOptionValue(option, value)
        self._primal = primal
        self.rows = len(row_low)
        self.columns = 0
        highs.addRows(
            self.rows, _floats(row_low), _floats(row_high), 0, _NO_INDEX, _NO_INDEX, _NO_VALUE
        )

    def add_columns(self, matrix: csc_matrix, low: Numbers, high: Numbers, cost: Floats) -> None:
        """Append the columns of the (R, C) *matrix*."""
        count = matrix.shape[1]
        self._highs.addCols(
            count,
            _floats(cost),
            _floats(low),
            _floats(high),
            matrix.nnz,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            _floats(matrix.data),
        )
        self.columns += count

    def add_column(self, column: Floats, *, cost: float = 0.0, high: float = INFINITY) -> int:
        """Append one column between 0 and *high*; its number."""
        index = np.flatnonzero(column).astype(np.int32)
        self._highs.addCol(cost, 0.0, high, len(index), index, _floats(column[index]))
        self.columns += 1
        return self.columns - 1

    def make_integer(self, *, first_will_do: bool = False) -> None:
        """Every column takes whole numbers only.

        If the first such solution will do, the search stops there, and gives up when it is
        long: counted in nodes, because a clock would make the answer depend on the machine.
        """
        kinds = np.full(self.columns, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self._highs.changeColsIntegrality(self.columns, self._numbers, kinds)
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        if first_will_do:
            self._highs.setOptionValue("mip_max_improving_sols", 1)
            self._highs.setOptionValue("mip_max_nodes", _NODES)

    @property
    def _numbers(self) -> npt.NDArray[np.int32]:
        return np.arange(self.columns, dtype=np.int32)

    def set_column(self, column: int, low: float, high: float, cost: float) -> None:
        """Change bounds and cost of one column."""
        self._highs.changeColBounds(column, low, high)
        self._highs.changeColCost(column, cost)

    def set_columns(self, low: Numbers, high: Numbers, cost: Floats) -> None:
        """Change bounds and cost of all columns."""
        numbers = self._numbers
        self._highs.changeColsBounds(self.columns, numbers, _floats(low), _floats(high))
        self._highs.changeColsCost(self.columns, numbers, _floats(cost))

    def set_rows(self, low: Numbers, high: Numbers) -> None:
        """Change the bounds of all rows."""
        # row by row: the versions that can be loaded beside OR-Tools (ADR 13) know no other way
        for row, (least, most) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
            self._highs.changeRowBounds(row, least, most)

    def solve(self) -> bool:
        """Minimise; False if nothing satisfies the rows, or a short search found nothing.

        Raises
        ------
        ArithmeticError
            If HiGHS finds neither an optimum nor a proof that there is none.
        """
        if self._primal:
            self._warm(True)
            if self._run() == highspy.HighsModelStatus.kOptimal:
                return True
            # a warm start can end in a false alarm or in circles: a cold start decides
            self._highs.clearSolver()
            self._warm(False)
        status = self._run()
        if status == highspy.HighsModelStatus.kOptimal:
            return True
        if status == highspy.HighsModelStatus.kInfeasible:
            return False
        if status == highspy.HighsModelStatus.kSolutionLimit:
            found = self._highs.getInfo().primal_solution_status
            return bool(found == highspy.SolutionStatus.kSolutionStatusFeasible)
        raise ArithmeticError(f"HiGHS ended with {self._highs.modelStatusToString(status)}")

    def loosen(self) -> None:
        """Accept rows that are missed by a little more, and start afresh.

        For a program of which it is known that something satisfies it: after many stages a
        basis can miss a row by more than `TOLERANCE`, and be called infeasible for that.
        """
        self._highs.clearSolver()
        self._highs.setOptionValue("primal_feasibility_tolerance", LOOSE)

    def _warm(self, primal: bool) -> None:
        """Go on by the primal simplex for a while, or start afresh by the dual one."""
        patience = self.rows + self.columns if primal else _FOREVER
        self._highs.setOptionValue("simplex_iteration_limit", patience)
        self._highs.setOptionValue("simplex_strategy", 4 if primal else 1)

    def _run(self) -> highspy.HighsModelStatus:
        self._highs.run()
        status: highspy.HighsModelStatus = self._highs.getModelStatus()
        return status

    def values(self) -> Floats:
        """(C,) the solution."""
        return np.asarray(self._highs.getSolution().col_value, dtype=np.float64)

    def row_prices(self) -> Floats:
        """(R,) duals: growth of the minimum per unit of the row's bound."""
        return np.asarray(self._highs.getSolution().row_dual, dtype=np.float64)


def _floats(values: npt.ArrayLike) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)
