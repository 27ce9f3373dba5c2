"""Tasks of teams to test with: small by hand, any by Hypothesis."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from sampler.teams.eligibility import eligibility
from sampler.teams.rules import INDIVIDUAL
from sampler.teams.staffing import Staffing
from sampler.teams.task import (
    Affinity,
    Bar,
    Inspector,
    Slot,
    SlotKind,
    TeamTask,
    Visit,
)

MONDAY = date(2026, 3, 2)
NEXT_YEAR = date(2027, 3, 1)
DEPARTMENTS = ("市场监管", "生态环境")
REGIONS = ("甲省", "乙省", "丙省")
FIELDS = ("食品", "环境")


def officer(number: int, **given: Any) -> Inspector:
    """A certified officer, who serves once unless told otherwise."""
    return Inspector(**{"id": f"p{number:02d}", "certificate_until": NEXT_YEAR, **given})


def expert(number: int, **given: Any) -> Inspector:
    return Inspector(**{"id": f"e{number:02d}", "officer": False, "expert": True, **given})


def officers(count: int, **given: Any) -> tuple[Inspector, ...]:
    return tuple(officer(number, **given) for number in range(1, count + 1))


def visit(number: int, window: str = "第一周", day: date = MONDAY, **given: Any) -> Visit:
    days = {"first_day": day, "last_day": day}
    return Visit(**{"id": f"{number:03d}", "window": window, **days, **given})


def slot(number: int, role: str = "组员", **given: Any) -> Slot:
    return Slot(f"{number:03d}/{role}", f"{number:03d}", role, **given)


def task(
    visits: Iterable[Visit], slots: Iterable[Slot], inspectors: Iterable[Inspector], **given: Any
) -> TeamTask:
    return TeamTask(tuple(visits), tuple(slots), tuple(inspectors), **given)


def shuffled(whole: TeamTask, turn: int) -> TeamTask:
    """The same task with its rows in another order."""

    def turned(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        cut = turn % len(rows) if rows else 0
        return (rows[cut:] + rows[:cut])[:: 1 if turn % 2 else -1]

    return replace(
        whole,
        visits=turned(whole.visits),
        slots=turned(whole.slots),
        inspectors=turned(whole.inspectors),
        bars=turned(whole.bars),
    )


days = st.integers(0, 20).map(lambda n: MONDAY + timedelta(days=n))
periods = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))


@st.composite
def inspectors(draw: st.DrawFn, number: int) -> Inspector:
    """Any inspector; those who are neither officer nor expert as well."""
    return Inspector(
        id=f"p{number:02d}",
        department=draw(st.sampled_from(("", *DEPARTMENTS))),
        region=draw(st.sampled_from(("", *REGIONS))),
        officer=draw(st.booleans()),
        expert=draw(st.booleans()),
        leader=draw(st.booleans()),
        fields=draw(st.frozensets(st.sampled_from(FIELDS))),
        certificate_until=draw(st.none() | days),
        away=tuple(draw(st.lists(periods, max_size=2, unique=True))),
        availability=draw(st.integers(1, 3)),
        capacity=draw(st.integers(0, 3)),
        per_window=draw(st.integers(0, 2)),
    )


@st.composite
def visits(draw: st.DrawFn, number: int) -> Visit:
    first, last = draw(periods)
    return Visit(
        id=f"{number:03d}",
        window=draw(st.sampled_from(("第一周", "第二周"))),
        first_day=first,
        last_day=last,
        region=draw(st.sampled_from(("", *REGIONS))),
        fields=draw(st.frozensets(st.sampled_from(FIELDS))),
    )


@st.composite
def slots(draw: st.DrawFn, number: int, role: str) -> Slot:
    return slot(
        number,
        role,
        kind=draw(st.sampled_from(SlotKind)),
        department=draw(st.sampled_from(("", *DEPARTMENTS))),
        leader=draw(st.booleans()),
        field=draw(st.sampled_from(("", *FIELDS))),
        regions=draw(st.frozensets(st.sampled_from(REGIONS), max_size=2)),
    )


@st.composite
def tasks(draw: st.DrawFn, most_people: int = 6, most_visits: int = 3) -> TeamTask:
    """Any task of a few visits, seldom feasible."""
    numbers = range(1, draw(st.integers(1, most_visits)) + 1)
    people = [draw(inspectors(n)) for n in range(1, draw(st.integers(0, most_people)) + 1)]
    going = [draw(visits(number)) for number in numbers]
    seats = [
        draw(slots(number, role))
        for number in numbers
        for role in ("组长", "组员")[: draw(st.integers(1, 2))]
    ]
    pairs = st.tuples(
        st.sampled_from([v.id for v in going]),
        st.sampled_from([p.id for p in people] or [""]),
        st.sampled_from(INDIVIDUAL),
    )
    bars = draw(st.lists(pairs.map(lambda row: Bar(*row)), max_size=3 if people else 0))
    points = st.integers(-3, 3)
    affinity = Affinity(
        same_region=draw(points),
        cooperating=draw(points),
        groups=(frozenset(REGIONS[:2]),),
        distances=((REGIONS[0], REGIONS[2], draw(points)),),
        field_held=draw(points),
    )
    return task(going, seats, people, bars=tuple(bars), affinity=affinity)


@st.composite
def staffed_tasks(draw: st.DrawFn) -> TeamTask:
    """Tasks that can be staffed: two or three slots a visit, some leave, some bars."""
    numbers = range(1, draw(st.integers(1, 4)) + 1)
    going = [
        visit(n, draw(st.sampled_from(("第一周", "第二周"))), region=draw(st.sampled_from(REGIONS)))
        for n in numbers
    ]
    roles = ("组长", "组员", "部门")[: draw(st.integers(2, 3))]
    seats = [slot(number, role, leader=role == "组长") for number in numbers for role in roles]
    people = [
        officer(
            number,
            leader=number % 2 == 0,
            region=draw(st.sampled_from(REGIONS)),
            away=((MONDAY, MONDAY),) * draw(st.integers(0, 1)),
            availability=draw(st.integers(1, 3)),
            capacity=draw(st.integers(1, 4)),
            per_window=draw(st.integers(1, 2)),
        )
        for number in range(1, draw(st.integers(8, 14)) + 1)
    ]
    pairs = st.tuples(st.sampled_from(going), st.sampled_from(people), st.sampled_from(INDIVIDUAL))
    bars = draw(st.lists(pairs.map(lambda row: Bar(row[0].id, row[1].id, row[2])), max_size=4))
    whole = task(
        going,
        seats,
        people,
        bars=tuple(bars),
        affinity=Affinity(same_region=2, distances=((REGIONS[0], REGIONS[2], -1),)),
        alternates=draw(st.integers(0, 3)),
    )
    found = eligibility(whole)
    assume(Staffing(found, range(len(seats))).filled == len(seats))
    return whole
