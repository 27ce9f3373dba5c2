"""Draws of teams held for tests, and a forger who mends every digest that would tell of him."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from sampler.procedure import contributions
from sampler.seeds import Contribution
from sampler.teams import verifier
from sampler.teams.bundle import team_bundle
from sampler.teams.procedure import (
    CommittedTeams,
    DrawnTeams,
    chances,
    commit,
    draw,
    prepare,
)
from sampler.teams.rules import Rule
from sampler.teams.task import Affinity, Bar, SlotKind, TeamTask
from tests.sampler.forgery import Data, signed
from tests.sampler.teams.tasks import (
    DEPARTMENTS,
    MONDAY,
    REGIONS,
    expert,
    officer,
    slot,
    task,
    visit,
)

SALT_KEY = "teams of the tests"
SHARE = "machine share of the tests"
SOURCES = ("公证处", "彩票")

COUNTRY: TeamTask = task(
    [visit(n, f"第{n % 2}周", region=REGIONS[n % 3]) for n in range(1, 6)],
    [
        row
        for n in range(1, 6)
        for row in (
            slot(n, "组长", leader=True),
            slot(n, "组员"),
            slot(n, "部门", department=DEPARTMENTS[1]),
            slot(n, "专家", kind=SlotKind.EXPERT),
        )
    ],
    [
        *(
            officer(
                n,
                leader=n % 3 == 0,
                department=DEPARTMENTS[n % 2],
                region=REGIONS[n % 3],
                capacity=3,
                per_window=2,
                away=((MONDAY, MONDAY),) if n == 7 else (),
            )
            for n in range(1, 17)
        ),
        *(expert(n, capacity=4, per_window=2) for n in range(1, 4)),
    ],
    bars=(
        Bar("001", "p03", Rule.RECUSAL_FORMER_EMPLOYER),
        Bar("002", "p05", Rule.ROTATION),
        Bar("002", "e01", Rule.RECUSAL_ASSESSOR),
    ),
    affinity=Affinity(same_region=2, cooperating=1, groups=(frozenset(REGIONS[:2]),)),
    alternates=2,
)
"""Sixteen officers and three experts for five visits: recusals, leave, a partner department."""


def committed(whole: TeamTask, share: str | None = SHARE) -> CommittedTeams:
    prepared = prepare(whole)
    return commit(prepared, chances(prepared), SOURCES, salt_key=SALT_KEY, machine_share=share)


def held(whole: TeamTask, lottery: str = "03 17 22") -> DrawnTeams:
    """A draw at which the notary keeps silent."""
    fixed = committed(whole)
    return draw(fixed, contributions(fixed.data, SHARE, {"彩票": lottery}))


@cache
def country() -> DrawnTeams:
    return held(COUNTRY)


def files_of(drawn: DrawnTeams) -> dict[str, bytes]:
    return team_bundle(drawn.certificate, drawn.frame, drawn.outcome)


def found_in(certificate: bytes, frame: bytes) -> set[str]:
    """Checks of the stand-alone verifier that fail."""
    return {check for check, faults in verifier.verify(certificate, frame) if faults}


def found_after(drawn: DrawnTeams, change: Callable[[Data], object]) -> set[str]:
    """Checks that fail when the certificate is changed after the draw, and signed again."""
    forged = deepcopy(drawn.certificate)
    change(forged)
    return found_in(signed(forged), files_of(drawn)["frame.jsonl"])


def redrawn(drawn: DrawnTeams, change: Callable[[Data], object]) -> DrawnTeams:
    """An honest draw from a commitment that was changed."""
    data = deepcopy(drawn.certificate["commitment"])
    change(data)
    given = [
        Contribution(c["source"], c["value"] or None) for c in drawn.certificate["contributions"]
    ]
    return draw(CommittedTeams(data, drawn.frame), given)


def found_if_committed(drawn: DrawnTeams, change: Callable[[Data], object]) -> set[str]:
    """Checks that fail when the commitment is changed and all that follows is honest."""
    forged = files_of(redrawn(drawn, change))["certificate.json"]
    return found_in(forged, files_of(drawn)["frame.jsonl"])


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each single value of plain data stands."""
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in entries:
            yield from leaves(inner, (*path, key))
    else:
        yield path


def flipped(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value[:-1] + ("0" if value[-1:] == "1" else "1")
        case _:
            return ""


def flip(data: Any, path: tuple[Any, ...]) -> None:
    *way, last = path
    for key in way:
        data = data[key]
    data[last] = flipped(data[last])
