"""Sending the notices of visits: who has to be told something he has not been told yet.

It may be asked for at any time and as often as one likes: what has been said is not said again.
Messages carry number and days of a visit, never whom it is to: they leave the house as letters.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from core import trail
from core.accounts import User, UserState
from core.calendar import china_date
from core.memberships import Membership, in_force
from core.messages import Outbox, notify
from core.roles import Role, ScopeKind
from core.trail import SYSTEM
from inspections.draws import NOUN as DRAW
from inspections.draws import Draw
from inspections.plans import get_plan
from inspections.substitutions import HELD
from inspections.teams.boards import VisitLine, lines_of
from inspections.teams.members import cards_on
from inspections.teams.notices import (
    NOUN,
    NoticeOrder,
    VisitNotice,
    due_day,
    may_be_told,
    newest,
    notices_of,
    order_of,
    policy_of,
)
from inspections.teams.tasks import get_task, listed_draw
from inspections.teams.visits import Visit, VisitState, visits_of
from rosters.entries import holds
from rosters.institutions import Institution
from rosters.statements import chunks

TO_MEMBER, TO_INSTITUTION = "visit_assigned", "visit_noticed"
CHANGED, CALLED_OFF = "visit_changed", "visit_called_off"
"""Kinds of messages."""

MOST = 500
"""Readers told in one go: on SQLite nobody else writes meanwhile."""

Reader = tuple[int | None, int | None]
"""Entry of a person, or of an institution."""


@dataclass
class Sent:
    """How many were told something in one go; *more* if some were left for another."""

    members: int = 0
    institutions: int = 0
    called_off: int = 0
    unreached: int = 0
    more: bool = False

    @property
    def total(self) -> int:
        """Notices in all, those that call off too."""
        return self.members + self.institutions + self.called_off

    def facts(self) -> dict[str, object]:
        """The same by name."""
        return {
            "members": self.members,
            "noticed": self.institutions,
            "called_off": self.called_off,
            "unreached": self.unreached,
        }


def send_due(
    session: Session,
    teams: Draw,
    now: datetime,
    outbox: Outbox | None = None,
    most: int = MOST,
) -> Sent:
    """Tell everybody what is due and new to him; nothing while nobody has ordered it.

    A draw that has been made void sends nobody any more: what it had told is called off.

    Raises
    ------
    PlanNotFound
    """
    order = order_of(session, teams.key)
    if order is None:
        return Sent()
    today = china_date(now)
    visits = visits_of(session, listed_draw(session, get_task(session, teams.task_id)).key)
    lines = lines_of(session, visits if teams.state in HELD else [], teams, today)
    before = notices_of(session, teams.key)
    sending = _Sending(session, teams, get_plan(session, teams.plan_id).title, now, outbox)
    due = list(_due(session, teams, order, lines, before, today))
    over = _over(lines, before)
    sending.load(visits, [reader for _, reader in due], before)
    for line, reader in due[:most]:
        sending.tell(line, reader)
    for notice in over[: max(0, most - len(due))]:
        sending.call_off(notice)
    session.flush()
    sending.sent.more = len(due) + len(over) > most
    if sending.sent.total:
        told = sending.sent.facts()
        trail.record(session, SYSTEM, "notices.sent", DRAW, teams.key, now, after=told)
    return sending.sent


def _due(
    session: Session,
    teams: Draw,
    order: NoticeOrder,
    lines: Iterable[VisitLine],
    before: Iterable[VisitNotice],
    today: date,
) -> Iterable[tuple[VisitLine, Reader]]:
    """Who has to hear of which visit, and has not heard of this version."""
    known = {(one.visit_id, one.version, one.reader) for one in before}
    heard = {(one.visit_id, one.reader) for one in before if one.called_off_at is None}
    policy = policy_of(session, teams)
    for line in lines:
        visit, entry = line.visit, line.institution.entry_id
        if visit.state is VisitState.CANCELLED or visit.last_day < today:
            continue
        readers: list[Reader] = [(one.card.entry_id, None) for one in line.team.members]
        told = (visit.key, (None, entry)) in heard
        # whoever has been told must hear of every change, even if the visit is put off
        is_time = told or due_day(policy, order.days, visit.first_day) <= today
        if entry is not None and is_time and (told or may_be_told(policy, teams, visit, today)):
            readers.append((None, entry))
        for reader in readers:
            if (visit.key, visit.version, reader) not in known:
                yield line, reader


def _over(lines: Iterable[VisitLine], before: Iterable[VisitNotice]) -> list[VisitNotice]:
    """The newest notices of those who have nothing to do with their visit any more."""
    standing: set[tuple[int, Reader]] = set()
    for line in lines:
        if line.visit.state is VisitState.PLANNED:
            standing.add((line.visit.key, (None, line.institution.entry_id)))
            standing |= {(line.visit.key, (m.card.entry_id, None)) for m in line.team.members}
    return [
        one
        for one in newest(before)
        if one.called_off_at is None and (one.visit_id, one.reader) not in standing
    ]


@dataclass
class _Sending:
    """One go: what is known of the readers, and what has been said so far."""

    session: Session
    teams: Draw
    title: str
    now: datetime
    outbox: Outbox | None
    sent: Sent = field(default_factory=Sent)
    numbers: dict[int, str] = field(default_factory=dict)
    heard: set[tuple[int, Reader]] = field(default_factory=set)
    accounts: dict[Reader, list[int]] = field(default_factory=dict)

    def load(self, visits: list[Visit], readers: list[Reader], before: list[VisitNotice]) -> None:
        """Find the accounts of all readers at once."""
        self.numbers = {visit.key: visit.task_number for visit in visits}
        self.heard = {(one.visit_id, one.reader) for one in before if one.called_off_at is None}
        wanted = set(readers) | {one.reader for one in before}
        people = {person for person, _ in wanted if person is not None}
        cards = cards_on(self.session, people, china_date(self.now))
        logins = {entry: card.login_name for entry, card in cards.items()}
        self.accounts = _accounts_of_people(self.session, logins)
        self.accounts |= _accounts_of_institutions(self.session, wanted, self.now)

    def tell(self, line: VisitLine, reader: Reader) -> None:
        """Tell one reader of the version of a visit as it stands."""
        visit, (person, institution) = line.visit, reader
        users = self.accounts.get(reader, [])
        notice = VisitNotice(
            draw_id=self.teams.key, visit_id=visit.key, version=visit.version,
            person_id=person, institution_id=institution, reached=len(users), sent_at=self.now,
        )  # fmt: skip
        self.session.add(notice)
        self.session.flush()
        if (visit.key, reader) in self.heard:
            kind = CHANGED
        else:
            kind = TO_MEMBER if institution is None else TO_INSTITUTION
        days = {"first": visit.first_day.isoformat(), "last": visit.last_day.isoformat()}
        self._say(users, kind, notice, days)
        self.sent.members += institution is None
        self.sent.institutions += institution is not None
        self.sent.unreached += not users

    def call_off(self, notice: VisitNotice) -> None:
        """Tell one reader that the visit does not concern him any more."""
        notice.called_off_at = self.now
        self.session.add(notice)
        self._say(self.accounts.get(notice.reader, []), CALLED_OFF, notice, {})
        self.sent.called_off += 1

    def _say(
        self, users: list[int], kind: str, notice: VisitNotice, days: Mapping[str, str]
    ) -> None:
        if not users:
            return
        params = {"plan": self.title, "number": self.numbers[notice.visit_id], **days}
        notify(
            self.session, users, kind, self.now,
            params=params, noun=NOUN, noun_id=notice.key, outbox=self.outbox,
        )  # fmt: skip


def _accounts_of_people(session: Session, logins: Mapping[int, str]) -> dict[Reader, list[int]]:
    names = sorted({login for login in logins.values() if login})
    users: dict[str, int] = {}
    for chunk in chunks(names):
        wanted = select(User).where(col(User.login_name).in_(chunk), User.state == UserState.ACTIVE)
        users |= {user.login_name: user.key for user in session.exec(wanted)}
    return {(person, None): [users[login]] for person, login in logins.items() if login in users}


def _accounts_of_institutions(
    session: Session, readers: Iterable[Reader], now: datetime
) -> dict[Reader, list[int]]:
    """All who act for an institution today, by its social credit code."""
    entries = sorted({institution for _, institution in readers if institution is not None})
    found: dict[Reader, list[int]] = defaultdict(list)
    for chunk in chunks(entries):
        wanted = (
            select(Institution.entry_id, Membership.user_id)
            .join(Membership, col(Membership.scope_key) == col(Institution.credit_code))
            .join(User, col(User.id) == col(Membership.user_id))
            .where(
                col(Institution.entry_id).in_(chunk),
                holds(Institution, china_date(now)),
                Membership.role == Role.INSTITUTION,
                Membership.scope_kind == ScopeKind.INSTITUTION,
                in_force(now),
                User.state == UserState.ACTIVE,
            )
            .order_by(col(Membership.user_id))
        )
        for entry, user in session.exec(wanted):
            found[None, entry].append(user)
    return found
