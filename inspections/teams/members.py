"""Who is in a team and who was: seats and stand-ins put together, with what a page says of each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from inspections.draws import Draw
from inspections.teams.people import certificate_on, certified_until
from inspections.teams.seats import Seat, seats_of
from inspections.teams.stand_ins import StandIn, StandInReason, stand_ins_of
from rosters.departments import Department
from rosters.entries import Dated
from rosters.experts import Expert
from rosters.inspectors import Inspector
from rosters.statements import chunks
from sampler.teams.task import SlotKind


class MemberState(StrEnum):
    """Whether somebody is in the team now."""

    IN_TEAM = "in_team"
    STEPPED_OUT = "stepped_out"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {"in_team": "在组", "stepped_out": "已退出"}[self.value]


@dataclass(frozen=True)
class Card:
    """What a page or a paper says of a person, as the rosters have him on a day.

    Attributes
    ----------
    number : staff number of an inspector, number of an expert.
    certificate_no : valid on that day; empty if none is, and of experts.
    login_name : of his account, if he has one.
    """

    entry_id: int
    name: str
    number: str
    department: str = ""
    department_id: int | None = None
    region: str = ""
    certificate_no: str = ""
    certificate_until: date | None = None
    login_name: str = ""


@dataclass(frozen=True)
class Member:
    """Somebody who is, or was, at a slot.

    Attributes
    ----------
    rank : 0 if he was drawn for it, else his place among the alternates.
    chance : of who was drawn, an exact fraction; empty for alternates.
    since : when he stepped in; None if he was drawn.
    until, reason : when and why he stepped out.
    """

    visit_id: int
    slot: str
    role: str
    kind: SlotKind
    card: Card
    rank: int
    chance: str
    since: datetime | None = None
    until: datetime | None = None
    reason: StandInReason | None = None

    @property
    def state(self) -> MemberState:
        """Whether he is in the team."""
        return MemberState.IN_TEAM if self.until is None else MemberState.STEPPED_OUT


@dataclass(frozen=True)
class Team:
    """The team of one visit.

    Attributes
    ----------
    members : who is in it, the leader first.
    former : who has stepped out, the last one first.
    vacant : roles for which no alternate was left.
    """

    members: tuple[Member, ...] = ()
    former: tuple[Member, ...] = ()
    vacant: tuple[str, ...] = ()

    @property
    def officers(self) -> tuple[Member, ...]:
        """Who decides; two at least."""
        return tuple(one for one in self.members if one.kind is SlotKind.OFFICER)

    @property
    def experts(self) -> tuple[Member, ...]:
        """Who assists."""
        return tuple(one for one in self.members if one.kind is SlotKind.EXPERT)


def teams_of(session: Session, teams: Draw, days: Mapping[int, date]) -> dict[int, Team]:
    """The teams of a held draw by visit.

    Parameters
    ----------
    days : of the visits that are wanted, the day as at which people are told, the last one as a
        rule: a certificate must be valid then.
    """
    seats = [one for one in seats_of(session, teams.key) if one.visit_id in days]
    steps = [one for one in stand_ins_of(session, teams.key) if one.visit_id in days]
    shown = _shown(seats, steps)
    cards = _cards_by_day(session, shown, days)
    members: dict[int, list[Member]] = defaultdict(list)
    for seat, since, step in shown:
        card = cards[days[seat.visit_id], seat.person_id]
        members[seat.visit_id].append(_member(seat, card, since, step))
    empty = _vacant(seats, steps)
    return {
        visit: Team(
            tuple(sorted((m for m in found if m.until is None), key=_seniority)),
            tuple(m for m in reversed(found) if m.until is not None),
            tuple(empty.get(visit, ())),
        )
        for visit, found in members.items()
    }


_Shown = tuple[Seat, datetime | None, StandIn | None]
"""A seat that was taken, since when if later than the draw, and how it ended."""


def _shown(seats: Iterable[Seat], steps: Iterable[StandIn]) -> list[_Shown]:
    outs = {(one.slot, one.out_id): one for one in steps}
    ins = {(one.slot, one.in_id): one.at for one in steps}
    return [
        (seat, ins.get((seat.slot, seat.person_id)), outs.get((seat.slot, seat.person_id)))
        for seat in seats
        if seat.rank == 0 or (seat.slot, seat.person_id) in ins
    ]


def _member(seat: Seat, card: Card, since: datetime | None, step: StandIn | None) -> Member:
    return Member(
        visit_id=seat.visit_id, slot=seat.slot, role=seat.role, kind=seat.kind, card=card,
        rank=seat.rank, chance=seat.chance, since=since,
        until=step.at if step else None, reason=step.reason if step else None,
    )  # fmt: skip


_ORDER = ("组长", "成员")


def _seniority(member: Member) -> tuple[int, str]:
    place = next((n for n, role in enumerate(_ORDER) if member.role.startswith(role)), len(_ORDER))
    return place + (member.kind is SlotKind.EXPERT), member.slot


def _vacant(seats: Iterable[Seat], steps: Iterable[StandIn]) -> dict[int, list[str]]:
    roles = {seat.slot: seat.role for seat in seats}
    found: dict[int, list[str]] = defaultdict(list)
    for one in steps:
        if one.in_id is None:
            found[one.visit_id].append(roles[one.slot])
    return found


# -- what is said of a person ------------------------------------------------------------------


def _cards_by_day(
    session: Session, shown: Iterable[_Shown], days: Mapping[int, date]
) -> dict[tuple[date, int], Card]:
    asked: dict[date, set[int]] = defaultdict(set)
    for seat, _, _ in shown:
        asked[days[seat.visit_id]].add(seat.person_id)
    periods = _periods(session, {entry for entries in asked.values() for entry in entries})
    named = _departments(session)
    return {
        (day, entry): _card(entry, _at(periods.get(entry, []), day), day, named)
        for day, entries in asked.items()
        for entry in entries
    }


def cards_on(session: Session, entries: Collection[int], day: date) -> dict[int, Card]:
    """What is said of people on a *day*, by entry; of whoever has left, what was known last."""
    periods, named = _periods(session, set(entries)), _departments(session)
    return {entry: _card(entry, _at(periods.get(entry, []), day), day, named) for entry in entries}


def _periods(session: Session, entries: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    tables: tuple[type[Dated], ...] = (Inspector, Expert)
    for chunk in chunks(sorted(entries)):
        for table in tables:
            wanted = select(table).where(col(table.entry_id).in_(chunk))
            for row in session.exec(wanted.order_by(col(table.since))):
                found[row.entry_id].append(row)
    return found


def _at(periods: list[Any], day: date) -> Any:
    """The period that covers a day, else the last one before it."""
    past = [row for row in periods if row.since <= day]
    return past[-1] if past else (periods[0] if periods else None)


def _card(entry: int, row: Any, day: date, departments: Mapping[int, str]) -> Card:
    match row:
        case Inspector():
            return Card(
                entry, row.name, row.staff_no, departments.get(row.department_id or 0, ""),
                row.department_id, row.region, certificate_on(row, day), certified_until(row),
                row.login_name,
            )  # fmt: skip
        case Expert():
            return Card(
                entry, row.name, row.expert_no, row.employer,
                region=row.region, login_name=row.login_name,
            )  # fmt: skip
    return Card(entry, "", "")


def _departments(session: Session) -> dict[int, str]:
    """The last name that each department bore."""
    wanted: Any = select(col(Department.entry_id), col(Department.name))
    return dict(session.exec(wanted.order_by(col(Department.since))).all())
