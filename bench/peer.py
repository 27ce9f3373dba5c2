"""The peer in a process of its own, so that it can be given up: JSON in, JSON out.

Timed is only its search for the lottery, not its imports and not its reading of tables.
Its leximin wants a commercial solver; without that it says so and offers its maximin.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any

from bench.instances import Instance

LEXIMIN, MAXIMIN = "leximin", "maximin"


@dataclass(frozen=True)
class Answer:
    """Chances of the people in the order of the pool, and the seconds they took; or *why* not."""

    method: str
    seconds: float | None
    chances: tuple[float, ...] = ()
    why: str = ""


def installed() -> bool:
    """Whether the peer can be asked at all."""
    return find_spec("sortition_algorithms") is not None


def methods() -> list[str]:
    """What the peer can do here."""
    return [LEXIMIN, MAXIMIN] if find_spec("gurobipy") else [MAXIMIN]


def ask(instance: Instance, method: str, patience: float) -> Answer:
    """The peer's chances; given up after *patience* seconds."""
    question = {"method": method, **asdict(instance)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bench.peer"],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(method, None, why=f"no end in {patience:g} s")
    if done.returncode:
        return Answer(method, None, why=done.stderr.strip().rpartition("\n")[2][:120])
    answer = json.loads(done.stdout.rpartition("\n")[2])
    return Answer(method, answer["seconds"], tuple(answer["chances"]))


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Seconds and chances of one question, by the peer."""
    from sortition_algorithms.committee_generation import (
        find_distribution_leximin,
        find_distribution_maximin,
    )
    from sortition_algorithms.features import read_in_features
    from sortition_algorithms.people import read_in_people
    from sortition_algorithms.settings import Settings
    from sortition_algorithms.utils import set_random_provider

    set_random_provider(42)
    head = ["feature", "value", "min", "max"]
    rows = [
        {
            "feature": q["category"],
            "value": q["feature"],
            "min": str(q["low"]),
            "max": str(q["high"]),
        }
        for q in question["quotas"]
    ]
    features, *_ = read_in_features(head, rows)
    people_rows = [{"id": str(i), **person} for i, person in enumerate(question["people"])]
    settings = Settings(id_column="id", columns_to_keep=[])
    people, _ = read_in_people(list(people_rows[0]), people_rows, features, settings)
    find = find_distribution_leximin if question["method"] == LEXIMIN else find_distribution_maximin
    begin = time.perf_counter()
    panels, odds, _ = find(features, people, question["panel"], [])
    seconds = time.perf_counter() - begin
    chances = [0.0] * len(people_rows)
    for panel, odd in zip(panels, odds, strict=True):
        for person in panel:
            chances[int(person)] += odd
    return {"seconds": seconds, "chances": chances}


if __name__ == "__main__":
    print("\n" + json.dumps(answer(json.load(sys.stdin))), end="")
