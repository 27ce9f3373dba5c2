"""Stepping out and in: how a team changes after the draw, and what is kept of it.

Nobody chooses who comes instead: it is the first alternate of the slot, in the order that the
draw gave, who can go as it is known at that moment. What the rosters prove, and what a decision
on a recusal says, takes one official; a mere adjustment takes two (国办发〔2015〕58号: 全程留痕).
"""

from dataclasses import dataclass

from sqlmodel import Session

from core import trail
from core.calendar import china_date
from core.errors import Conflict, Invalid
from core.files import FileStore
from inspections.draw_papers import DrawIsDamaged, keep_paper, read_certificate, read_whole
from inspections.drawn_units import DrawnUnit
from inspections.draws import NOUN, Desk, Draw, get_draw, lock_draw
from inspections.motions import Motion, MotionKind, move, sign
from inspections.subjects import Subject
from inspections.substitutions import HELD, addendum_name
from inspections.teams.addenda import LEFT, WHY, TeamStanding, public_why
from inspections.teams.fitness import Fitness, fitness_of
from inspections.teams.own_word import StandInForOneself, must_be_of_others, person_of
from inspections.teams.recusals import (
    DecidesOwnRecusal,
    Recusal,
    RecusalSide,
    RecusalState,
    keep_recusal,
    lock_recusal,
    tell_of,
    told_why,
)
from inspections.teams.seats import entry_of, person_number
from inspections.teams.stand_ins import StandIn, StandInReason, stand_ins_of
from inspections.teams.tasks import get_task, listed_draw
from inspections.teams.visits import Visit, VisitNotFound, lock_visit, visits_of
from sampler.hashing import canonical
from sampler.teams.rules import Rule


class NotOnTeam(Conflict):
    """Nobody sits there, or another one by now."""

    code = "not_on_team"


class StandInUnproven(Conflict):
    """The rosters do not say that this person cannot go."""

    code = "stand_in_unproven"


class StandInNeedsTwo(Invalid):
    """The reason rests on somebody's word: another person has to sign."""

    code = "stand_in_needs_two"


class StandInDecided(Invalid):
    """A recusal is decided on, it is not an adjustment."""

    code = "stand_in_decided"


PROOFS: dict[StandInReason, frozenset[str]] = {
    StandInReason.LEAVE: frozenset({Rule.LEAVE.value}),
    StandInReason.CERTIFICATE: frozenset({Rule.CERTIFICATE.value}),
    StandInReason.LEFT: frozenset({LEFT}),
    StandInReason.RELATION: frozenset(
        rule.value for rule in Rule if rule.value.startswith("recusal_")
    ),
}
"""Which facts of today prove a reason."""


# -- who is in the teams -----------------------------------------------------------------------


def team_standing(session: Session, files: FileStore, teams: Draw) -> TeamStanding:
    """Who is in the teams by now: the certificate, and who has stepped out since.

    Raises
    ------
    DrawIsDamaged
    """
    assert teams.certificate_sha256 is not None, "it has been held"
    state = TeamStanding.of(read_certificate(files, teams), teams.certificate_sha256)
    for one in stand_ins_of(session, teams.key):
        name = addendum_name(one.number)
        try:
            state.follow(read_whole(files, one.addendum_sha256, name))
        except ValueError as error:
            raise DrawIsDamaged(what=name) from error
    return state


@dataclass(frozen=True)
class Unfit:
    """A member who cannot go as it is known today; *why* are codes of `addenda.WHY`."""

    slot: str
    person_id: int
    why: tuple[str, ...]


def unfit_members(session: Session, desk: Desk, draw_id: int) -> list[Unfit]:
    """Who of the teams cannot go, as it is known now, by slot.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, DrawIsDamaged
    """
    teams = _held(get_draw(session, draw_id))
    fit = fitness_of(session, desk.files, teams, china_date(desk.now))
    members = team_standing(session, desk.files, teams).members
    return [
        Unfit(slot, entry_of(one), tuple(why))
        for slot, one in sorted(members.items())
        if fit.slots[slot].visit in fit.visits and (why := fit.against(slot, one))
    ]


def _held(teams: Draw) -> Draw:
    teams.must_draw(Subject.TEAMS)
    teams.must_be(*HELD)
    return teams


# -- by what the rosters say -------------------------------------------------------------------


def step_out(
    session: Session, desk: Desk, draw_id: int, slot: str, reason: StandInReason
) -> StandIn:
    """Somebody cannot go, as the rosters prove; the next alternate steps in.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, NotOnTeam, StandInUnproven, StandInNeedsTwo, StandInDecided,
    StandInOnOwnWord, VisitIsCancelled
    """
    if reason is StandInReason.RECUSAL:
        raise StandInDecided(reason=reason)
    if reason.is_adjustment:
        raise StandInNeedsTwo(reason=reason)
    change = _begin(session, desk, draw_id, slot)
    if not PROOFS[reason] & set(change.fit.against(slot, change.out)):
        raise StandInUnproven(reason=reason)
    teams, people = change.teams, [change.out, *change.state.waiting[slot]]
    assert teams.drawn_at is not None, "it has been held"
    must_be_of_others(session, desk.actor, change.visit, map(entry_of, people), teams.drawn_at)
    return change.make(reason)


# -- by two persons ----------------------------------------------------------------------------


def move_stand_in(
    session: Session, desk: Desk, draw_id: int, slot: str, reason: StandInReason, note: str
) -> Motion:
    """Move that somebody steps out for a reason that only his word, or an order, supports.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, NotOnTeam, StandInDecided, NoteIsMissing, MotionIsPending
    """
    if not reason.is_adjustment:
        raise StandInDecided(reason=reason)
    change = _begin(session, desk, draw_id, slot)
    subject = f"{slot} {change.out}"
    kind = MotionKind.STAND_IN
    return move(session, change.teams, kind, reason.value, note, desk.actor, desk.now, subject)


def sign_stand_in(session: Session, desk: Desk, motion_id: int) -> StandIn:
    """The second signature; who steps in is settled now.

    Raises
    ------
    MotionNotFound, MotionIsOver, SecondSignatoryNeeded, DrawIsElsewhere, NotOnTeam
    """
    teams, motion = sign(session, motion_id, MotionKind.STAND_IN, desk.actor, desk.now)
    slot, _, number = motion.subject.rpartition(" ")
    change = _begin(session, desk, teams.key, slot)
    if change.out != number:
        raise NotOnTeam(slot=slot)
    return change.make(StandInReason(motion.reason), motion_id=motion.key)


# -- by decision on a recusal ------------------------------------------------------------------


@dataclass(frozen=True)
class RecusalDraft:
    """Who should not come, at which seat, who says so and why."""

    slot: str
    person_id: int
    side: RecusalSide
    ground: str


def raise_recusal(session: Session, desk: Desk, draw_id: int, draft: RecusalDraft) -> Recusal:
    """An institution asks that somebody does not come, or an inspector declares an interest.

    Raises
    ------
    DrawNotFound, DrawIsElsewhere, NotOnTeam, RecusalReasonMissing, RecusalIsPending
    """
    why = told_why(draft.ground)
    teams = _held(lock_draw(session, draw_id))
    members = team_standing(session, desk.files, teams).members
    if members.get(draft.slot) != person_number(draft.person_id):
        raise NotOnTeam(slot=draft.slot)
    visit = visit_of_slot(session, teams, draft.slot)
    recusal = Recusal(
        draw_id=draw_id, visit_id=visit.key, slot=draft.slot, person_id=draft.person_id,
        institution_id=session.get_one(DrawnUnit, visit.unit_id).entry_id,
        side=draft.side, ground=why, raised_by=desk.person, raised_at=desk.now,
    )  # fmt: skip
    return keep_recusal(session, recusal, desk.actor)


def accept_recusal(session: Session, desk: Desk, recusal_id: int, reason: str) -> StandIn:
    """Decide that the person does not go; the next alternate who qualifies steps in.

    Raises
    ------
    RecusalNotFound, RecusalIsOver, RecusalReasonMissing, DecidesOwnRecusal, DrawIsElsewhere,
    NotOnTeam, VisitIsCancelled
    """
    recusal = _to_decide(session, desk, recusal_id)
    change = _begin(session, desk, recusal.draw_id, recusal.slot)
    if change.out != person_number(recusal.person_id):
        raise NotOnTeam(slot=recusal.slot)
    _decide(session, desk, recusal, RecusalState.ACCEPTED, reason)
    return change.make(StandInReason.RECUSAL, recusal_id=recusal.key)


def reject_recusal(session: Session, desk: Desk, recusal_id: int, reason: str) -> Recusal:
    """Decide that there is no ground for it; the team stays.

    Raises
    ------
    RecusalNotFound, RecusalIsOver, RecusalReasonMissing, DecidesOwnRecusal
    """
    recusal = _to_decide(session, desk, recusal_id)
    return _decide(session, desk, recusal, RecusalState.REJECTED, reason)


def _to_decide(session: Session, desk: Desk, recusal_id: int) -> Recusal:
    recusal = lock_recusal(session, recusal_id)
    if desk.person == recusal.raised_by or _is_about(session, desk, recusal):
        raise DecidesOwnRecusal(recusal=recusal_id)
    return recusal


def _is_about(session: Session, desk: Desk, recusal: Recusal) -> bool:
    """Whether who decides is the person that should not come."""
    return person_of(session, desk.actor, china_date(desk.now)) == recusal.person_id


def _decide(
    session: Session, desk: Desk, recusal: Recusal, state: RecusalState, reason: str
) -> Recusal:
    why = told_why(reason)
    recusal.decide(state, why, desk.person, desk.now)
    tell_of(session, f"recusal.{state.value}", recusal, desk.actor, desk.now, why)
    return recusal


# -- the change itself -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Change:
    """Somebody is about to step out; draw and visit are kept from others."""

    session: Session
    desk: Desk
    teams: Draw
    visit: Visit
    slot: str
    out: str
    state: TeamStanding
    fit: Fitness

    def make(
        self, reason: StandInReason, recusal_id: int | None = None, motion_id: int | None = None
    ) -> StandIn:
        """Let the next alternate step in, and keep the addendum; papers get another version.

        Raises
        ------
        StandInForOneself
        """
        session, desk = self.session, self.desk
        passed = self.fit.passed(self.slot, self.state.waiting[self.slot], self.state.members)
        public = {one: public_why(why) for one, why in passed.items()}
        told = self.state.addendum(self.slot, reason, public, china_date(desk.now))
        if told["in"] and entry_of(told["in"]) == person_of(
            session, desk.actor, china_date(desk.now)
        ):
            raise StandInForOneself(slot=self.slot)
        name = addendum_name(told["number"])
        row = StandIn(
            draw_id=self.teams.key, number=told["number"], visit_id=self.visit.key,
            slot=self.slot, out_id=entry_of(self.out),
            in_id=None if told["in"] is None else entry_of(told["in"]),
            reason=reason, recusal_id=recusal_id, motion_id=motion_id,
            addendum_sha256=keep_paper(session, desk, self.teams, name, canonical(told)),
            signed_by=desk.person, at=desk.now,
        )  # fmt: skip
        self.visit.change(desk.person, desk.now)
        session.add_all([row, self.visit])
        session.flush()
        facts = {
            "addendum": row.number, "slot": self.slot, "out_person": row.out_id,
            "in_person": row.in_id, "stand_in_reason": reason,
            "passed": [f"{number} {WHY[passed[number]]}" for number, _ in told["passed"]],
            "paper_version": self.visit.version,
        }  # fmt: skip
        trail.record(
            session, desk.actor, "stand_in.signed", NOUN, self.teams.key, desk.now, after=facts
        )
        return row


def _begin(session: Session, desk: Desk, draw_id: int, slot: str) -> _Change:
    teams = _held(lock_draw(session, draw_id))
    state = team_standing(session, desk.files, teams)
    if slot not in state.members:
        raise NotOnTeam(slot=slot)
    visit = lock_visit(session, visit_of_slot(session, teams, slot).key)
    visit.must_be_planned()
    fit = fitness_of(session, desk.files, teams, china_date(desk.now))
    return _Change(session, desk, teams, visit, slot, state.members[slot], state, fit)


def visit_of_slot(session: Session, teams: Draw, slot: str) -> Visit:
    """The visit to which a slot belongs.

    Raises
    ------
    VisitNotFound
    """
    listed = listed_draw(session, get_task(session, teams.task_id))
    number = slot.partition("/")[0]
    for visit in visits_of(session, listed.key):
        if visit.task_number == number:
            return visit
    raise VisitNotFound(visit=number)
