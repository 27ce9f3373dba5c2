"""Figures of a held draw of teams: loads and pairs, promised and real, for charts and the report.

What was promised is read from the published files, not worked out anew: so the figures are those
that a stranger finds.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

from sqlmodel import Session

from core.files import FileStore
from core.regions import is_region, region_of
from inspections.draw_papers import FRAME, papers_of, read_commitment, read_whole
from inspections.draws import Draw
from inspections.teams.members import Card, cards_on
from inspections.teams.recusals import RecusalState, recusals_of
from inspections.teams.seats import entry_of, seats_of
from inspections.teams.slots import province_of
from inspections.teams.stand_ins import StandInReason, stand_ins_of
from inspections.teams.stepping import team_standing
from sampler.teams.rules import Rule


@dataclass(frozen=True)
class LoadLine:
    """What one person, or all of a group, was to bear and bears.

    Attributes
    ----------
    people : of the group who could be drawn; 1 for a person.
    expected : slots that the committed table gave; *drawn* by the draw, *now* after stand-ins.
    """

    name: str
    people: int
    expected: Fraction
    drawn: int
    now: int

    def plus(self, other: "LoadLine") -> "LoadLine":
        """Both together, under the name of the first."""
        return LoadLine(
            self.name,
            self.people + other.people,
            self.expected + other.expected,
            self.drawn + other.drawn,
            self.now + other.now,
        )


@dataclass(frozen=True)
class Loads:
    """Loads by person, by department, by province; whoever could not be drawn is left out."""

    by_person: dict[int, LoadLine]
    by_department: list[LoadLine]
    by_province: list[LoadLine]


def loads_of(session: Session, files: FileStore, teams: Draw, today: date) -> Loads:
    """Who was to bear how much, and bears it.

    Raises
    ------
    DrawIsDamaged
    """
    expected = _expected(session, files, teams)
    drawn = Counter(s.person_id for s in seats_of(session, teams.key) if s.rank == 0)
    members = team_standing(session, files, teams).members
    now = Counter(map(entry_of, members.values()))
    people = [one for one in expected if expected[one] or now[one]]
    cards = cards_on(session, people, today)
    lines = {
        one: LoadLine(cards[one].name, 1, expected[one], drawn[one], now[one]) for one in people
    }
    return Loads(
        lines,
        _grouped(lines, cards, lambda card: card.department or "未登记部门"),
        _grouped(lines, cards, lambda card: _province(card.region)),
    )


def _expected(session: Session, files: FileStore, teams: Draw) -> dict[int, Fraction]:
    """The committed load of everybody in the frame, by entry."""
    types = read_commitment(files, teams)["types"]
    each = {str(told["number"]): Fraction(told["load"]) for told in types}
    frame = read_whole(files, papers_of(session, teams.key)[FRAME], FRAME)
    rows: Iterable[Any] = map(json.loads, frame.splitlines())
    return {entry_of(row["public"]["id"]): each[row["type"]] for row in rows}


def _grouped(
    lines: Mapping[int, LoadLine], cards: Mapping[int, Card], name: Callable[[Card], str]
) -> list[LoadLine]:
    found: dict[str, LoadLine] = {}
    for entry, line in lines.items():
        group = name(cards[entry])
        found[group] = found.get(group, LoadLine(group, 0, Fraction(0), 0, 0)).plus(line)
    return sorted(found.values(), key=lambda line: (-line.expected, line.name))


def _province(code: str) -> str:
    province = province_of(code)
    return region_of(province).name if is_region(province) else "未登记地区"


@dataclass(frozen=True)
class PairLine:
    """Two people who go together, and how often."""

    first: str
    second: str
    times: int


def pairs_of(session: Session, files: FileStore, teams: Draw, today: date) -> list[PairLine]:
    """Who goes with whom by now, the most frequent pairs first; fixed pairs would stand out.

    Raises
    ------
    DrawIsDamaged
    """
    crews: dict[str, list[int]] = defaultdict(list)
    for slot, one in team_standing(session, files, teams).members.items():
        crews[slot.partition("/")[0]].append(entry_of(one))
    times = Counter(pair for crew in crews.values() for pair in combinations(sorted(crew), 2))
    cards = cards_on(session, {one for pair in times for one in pair}, today)
    found = [PairLine(cards[a].name, cards[b].name, n) for (a, b), n in times.items()]
    return sorted(found, key=lambda line: (-line.times, line.first, line.second))


@dataclass(frozen=True)
class FairnessReport:
    """What can be said of a draw of teams without naming anybody: it is published with the list.

    Attributes
    ----------
    cap : most that the chance of one person at one slot was, but for the slots *above*.
    least, most : expected loads for each day present, of those who could be drawn.
    bars : how many prohibitions there were, by rule.
    stand_ins, recusals : counted by reason, by state.
    unfilled : slots that nobody could take over.
    """

    people: int
    slots: int
    cap: Fraction
    above: tuple[str, ...]
    least: Fraction
    most: Fraction
    bars: dict[Rule, int]
    stand_ins: dict[StandInReason, int]
    recusals: dict[RecusalState, int]
    unfilled: int


def fairness_of(session: Session, files: FileStore, teams: Draw) -> FairnessReport:
    """The report of a draw of teams.

    Raises
    ------
    DrawIsDamaged
    """
    data = read_commitment(files, teams)
    loads = [
        Fraction(told["load"]) / told["availability"]
        for told in data["types"]
        if Fraction(told["load"])
    ]
    steps = stand_ins_of(session, teams.key)
    return FairnessReport(
        people=sum(told["members"] for told in data["types"] if Fraction(told["load"])),
        slots=len(data["slots"]),
        cap=Fraction(data["chances"]["cap"]),
        above=tuple(data["chances"]["above"]),
        least=min(loads, default=Fraction(0)),
        most=max(loads, default=Fraction(0)),
        bars={Rule(rule): count for rule, count in data["bars"]},
        stand_ins=dict(Counter(one.reason for one in steps)),
        recusals=dict(Counter(one.state for one in recusals_of(session, teams.key))),
        unfilled=sum(one.in_id is None for one in steps),
    )
