"""The values of the sources: witnesses show what they promised, then dice and public values."""

from datetime import datetime

from sqlmodel import Session

from core.trail import Actor
from inspections.draws import DrawState, TooLate
from inspections.plans import person
from inspections.sources import (
    LONGEST_VALUE,
    Answer,
    DrawSource,
    NotAValue,
    SourceNotFound,
    ValueIsGiven,
    WitnessesFirst,
    is_written_well,
    lock_source,
    pending_witnesses,
    promise_of,
    sources_of,
    tell_of,
    witness_actor,
)
from sampler.hashing import normal


def reveal(session: Session, source_id: int, value: str, now: datetime) -> Answer:
    """A witness shows his value. One that does not fit his promise is refused, and recorded.

    Raises
    ------
    SourceNotFound, DrawIsElsewhere, TooLate, NotAValue
    """
    draw, source = lock_source(session, source_id)
    if not source.is_witness:
        raise SourceNotFound(source=source_id)
    shown = normal(value)
    if not is_written_well(shown, LONGEST_VALUE):
        raise NotAValue(source=source.name, longest=LONGEST_VALUE)
    if source.value == shown:
        return Answer.TAKEN
    draw.must_be(DrawState.REVEALING)
    if draw.reveals_are_over(now):
        raise TooLate(deadline=draw.deadline)
    if promise_of(source.name, shown) != source.promise:
        source.refused += 1
        session.add(source)
        tell_of(
            session, witness_actor(source), "source.refused", source, now, refused=source.refused
        )
        return Answer.DOES_NOT_FIT
    source.value, source.revealed_at = shown, now
    session.add(source)
    tell_of(session, witness_actor(source), "source.revealed", source, now, value=shown)
    return Answer.TAKEN


def type_in(session: Session, source_id: int, value: str, actor: Actor, now: datetime) -> None:
    """Type what the dice showed or what was published, when the witnesses are through.

    Raises
    ------
    SourceNotFound, DrawIsElsewhere, WitnessesFirst, ValueIsGiven, NotAValue
    """
    draw, source = lock_source(session, source_id)
    if source.is_witness:
        raise SourceNotFound(source=source_id)
    draw.must_be(DrawState.REVEALING)
    shown = normal(value.strip())
    if not is_written_well(shown, LONGEST_VALUE):
        raise NotAValue(source=source.name, longest=LONGEST_VALUE)
    if waiting := pending_witnesses(draw, sources_of(session, draw.key), now):
        raise WitnessesFirst(names="、".join(waiting))
    if source.value is not None or source.without_reason:
        raise ValueIsGiven(source=source.name)
    source.value, source.revealed_at, source.typed_by = shown, now, person(actor)
    session.add(source)
    tell_of(session, actor, "source.typed", source, now, value=shown)


def go_without(
    session: Session, source_id: int, reason: str, actor: Actor, now: datetime
) -> DrawSource:
    """Dice or a public value will not come; `motions` has seen to the second signature.

    Raises
    ------
    SourceNotFound, DrawIsElsewhere, ValueIsGiven
    """
    draw, source = lock_source(session, source_id)
    draw.must_be(DrawState.REVEALING)
    if source.is_witness or source.value is not None:
        raise ValueIsGiven(source=source.name)
    source.without_reason = reason
    session.add(source)
    tell_of(session, actor, "source.without", source, now)
    return source
