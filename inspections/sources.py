"""The sources of a seed: witnesses who promise first, dice thrown in the hall, public values.

A witness makes up a value on a device of his own and gives its hash before the commitment is
published; afterwards he can only show that value, or none. Dice and public values come last,
when no witness can change anything any more: so neither the last witness nor an operator who
knows the machine share can look at the seed and then decide.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint, delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import Conflict, Invalid, NotFound
from core.logins import token_hash
from core.trail import Actor
from inspections.draws import NOUN, Draw, DrawState, lock_draw
from sampler.commitment import FEWEST_SOURCES, MACHINE
from sampler.hashing import normal, tagged

PROMISE_TAG = "spotcheck/promise/1"
LONGEST_NAME = 60
LONGEST_VALUE = 200
WITNESS_ROLE = "witness"
_DIGEST = re.compile("[0-9a-f]{64}")


class SourceKind(StrEnum):
    """Where a value comes from."""

    WITNESS = "witness"
    DICE = "dice"
    BEACON = "beacon"

    @property
    def label(self) -> str:
        """The kind's name on a page."""
        return {"witness": "见证人", "dice": "当众掷骰或者摇号", "beacon": "公开发布的数值"}[
            self.value
        ]


class Answer(StrEnum):
    """What became of a value that a witness showed."""

    TAKEN = "taken"
    DOES_NOT_FIT = "does_not_fit"


# -- facts -------------------------------------------------------------------------------------


class SourceNotFound(NotFound):
    """There is no such source, or the link of the witness is not valid (any more)."""

    code = "source_not_found"


class SourceIsUnclear(Invalid):
    """A name that cannot be used, a public value without its address, a witness without link."""

    code = "source_is_unclear"


class SourceTwice(Invalid):
    """Two sources bear the same name."""

    code = "source_twice"


class TooFewSources(Invalid):
    """Besides the machine there must be two at least."""

    code = "too_few_sources"


class NotAPromise(Invalid):
    """A promise is 64 hexadecimal digits."""

    code = "not_a_promise"


class PromiseIsGiven(Conflict):
    """The witness has promised already, or somebody has promised the very same."""

    code = "promise_is_given"


class PromiseIsMissing(Conflict):
    """Witnesses have not promised yet; *names* says who."""

    code = "promise_is_missing"


class NotAValue(Invalid):
    """Empty, too long, or with characters that nobody can see."""

    code = "not_a_value"


class ValueIsGiven(Conflict):
    """A value that has been typed stays."""

    code = "value_is_given"


class WitnessesFirst(Conflict):
    """Dice and public values come after the witnesses; *names* says who can still reveal."""

    code = "witnesses_first"


class SourceIsMissing(Conflict):
    """Dice or a public value are still to come; *names* says which."""

    code = "source_is_missing"


# -- the table ---------------------------------------------------------------------------------


class DrawSource(SQLModel, table=True):
    """One source of a draw, in the order in which it goes into the seed."""

    __tablename__ = "draw_source"
    __table_args__ = (
        UniqueConstraint("draw_id", "position"),
        UniqueConstraint("draw_id", "name"),
        CheckConstraint("position >= 1", name="counted"),
        CheckConstraint("(kind = 'witness') = (token_hash IS NOT NULL)", name="witness_has_link"),
        CheckConstraint("kind <> 'beacon' OR address <> ''", name="beacon_has_address"),
        CheckConstraint("promise IS NULL OR kind = 'witness'", name="witness_promises"),
        CheckConstraint("(promise IS NULL) = (promised_at IS NULL)", name="promise_has_time"),
        CheckConstraint("(value IS NULL) = (revealed_at IS NULL)", name="value_has_time"),
        CheckConstraint(
            "value IS NULL OR kind <> 'witness' OR promise IS NOT NULL",
            name="no_value_without_promise",
        ),
        CheckConstraint(
            "(typed_by IS NULL) = (value IS NULL OR kind = 'witness')", name="typed_by_somebody"
        ),
        CheckConstraint(
            "without_reason = '' OR (kind <> 'witness' AND value IS NULL)", name="really_without"
        ),
        CheckConstraint("value <> ''", name="empty_is_absent"),
    )

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id")
    position: int
    name: str = Field(max_length=LONGEST_NAME)
    kind: SourceKind = Field(sa_type=enum_column(SourceKind))
    address: str = Field(default="", max_length=500)
    token_hash: str | None = Field(default=None, max_length=64, unique=True)
    user_id: int | None = Field(default=None, foreign_key="account.id")
    promise: str | None = Field(default=None, max_length=64, unique=True)
    promised_at: datetime | None = None
    value: str | None = Field(default=None, max_length=LONGEST_VALUE)
    revealed_at: datetime | None = None
    typed_by: int | None = Field(default=None, foreign_key="account.id")
    refused: int = 0
    """How often a value was shown that did not fit the promise."""
    without_reason: str = Field(default="", max_length=500)

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id

    @property
    def is_witness(self) -> bool:
        """Whether it promises first."""
        return self.kind == SourceKind.WITNESS

    def as_committed(self) -> dict[str, str]:
        """What the commitment says of it."""
        told = {"name": self.name, "kind": self.kind.value}
        return told | {"address": self.address, "promise": self.promise or ""}


@dataclass(frozen=True)
class SourceDraft:
    """A source to be announced.

    Attributes
    ----------
    address : where a public value will be found, and which one it is.
    token : the secret of a witness's link; only its SHA-256 is kept.
    user_id : the account of a witness who has one.
    """

    name: str
    kind: SourceKind
    address: str = ""
    token: str = ""
    user_id: int | None = None


# -- rules -------------------------------------------------------------------------------------


def promise_of(name: str, value: str) -> str:
    """H("spotcheck/promise/1", name, value): what a witness gives before his value.

    The name is in it, so nobody can repeat another one's promise as his own. The value must
    hold a random part (128 bits, made on the witness's device), or it could be guessed.
    """
    return tagged(PROMISE_TAG, name, value)


def is_written_well(text: str, longest: int) -> bool:
    """Whether a text can be shown, stored and hashed by everybody alike."""
    return bool(text.strip()) and len(text) <= longest and text.isprintable()


def pending_witnesses(draw: Draw, sources: Iterable[DrawSource], now: datetime) -> list[str]:
    """Who can still reveal; after the deadline nobody."""
    if draw.reveals_are_over(now):
        return []
    return [s.name for s in sources if s.is_witness and s.value is None]


def pending_others(sources: Iterable[DrawSource]) -> list[str]:
    """Dice and public values that are still to come."""
    return [
        s.name for s in sources if not s.is_witness and s.value is None and not s.without_reason
    ]


def _check_drafts(drafts: Sequence[SourceDraft]) -> None:
    if len(drafts) < FEWEST_SOURCES:
        raise TooFewSources(fewest=FEWEST_SOURCES, found=len(drafts))
    seen: set[str] = set()
    for draft in drafts:
        name = normal(draft.name.strip())
        # “=” stands between name and value on the command line
        if not is_written_well(name, LONGEST_NAME) or name == MACHINE or "=" in name:
            raise SourceIsUnclear(name=draft.name[:LONGEST_NAME])
        if draft.kind == SourceKind.BEACON and not is_written_well(draft.address, 500):
            raise SourceIsUnclear(name=draft.name[:LONGEST_NAME])
        if (draft.kind == SourceKind.WITNESS) != bool(draft.token):
            raise SourceIsUnclear(name=draft.name[:LONGEST_NAME])
        if name in seen:
            raise SourceTwice(name=name)
        seen.add(name)


# -- queries -----------------------------------------------------------------------------------


def sources_of(session: Session, draw_id: int) -> list[DrawSource]:
    """In the order of the seed."""
    wanted = select(DrawSource).where(DrawSource.draw_id == draw_id)
    fresh = wanted.order_by(col(DrawSource.position)).execution_options(populate_existing=True)
    return list(session.exec(fresh))


def witness_by_link(session: Session, token: str) -> DrawSource:
    """The witness whose link this is.

    Raises
    ------
    SourceNotFound
    """
    wanted = select(DrawSource).where(DrawSource.token_hash == token_hash(token))
    if (source := session.exec(wanted).first()) is None:
        raise SourceNotFound()
    return source


def lock_source(session: Session, source_id: int) -> tuple[Draw, DrawSource]:
    """A source and its draw, kept from others until the transaction ends."""
    source = session.get(DrawSource, source_id)
    if source is None:
        raise SourceNotFound(source=source_id)
    draw = lock_draw(session, source.draw_id)
    session.refresh(source)
    return draw, source


def tell_of(
    session: Session, actor: Actor, action: str, source: DrawSource, now: datetime, **told: object
) -> None:
    """Leave an event about a source in the trail of its draw."""
    facts = {"source": source.name, **told}
    trail.record(session, actor, action, NOUN, source.draw_id, now, after=facts)


def witness_actor(source: DrawSource) -> Actor:
    """A witness as the trail names him: by the name under which he was announced."""
    return Actor(source.user_id, source.name, WITNESS_ROLE)


# -- announcing and promising ------------------------------------------------------------------


def add_sources(session: Session, draw: Draw, drafts: Sequence[SourceDraft]) -> list[DrawSource]:
    """The sources of a draw that is being announced, in this order.

    Raises
    ------
    TooFewSources, SourceIsUnclear, SourceTwice
    """
    _check_drafts(drafts)
    sources = [
        DrawSource(
            draw_id=draw.key,
            position=position,
            name=normal(draft.name.strip()),
            kind=draft.kind,
            address=draft.address.strip(),
            token_hash=token_hash(draft.token) if draft.token else None,
            user_id=draft.user_id,
        )
        for position, draft in enumerate(drafts, start=1)
    ]
    session.add_all(sources)
    session.flush()
    return sources


def withdraw_source(session: Session, source_id: int, actor: Actor, now: datetime) -> None:
    """Go without a source that will not come, before the commitment; two must be left.

    Raises
    ------
    SourceNotFound, DrawIsElsewhere, TooFewSources
    """
    draw, source = lock_source(session, source_id)
    draw.must_be(DrawState.ANNOUNCED)
    left = len(sources_of(session, draw.key)) - 1
    if left < FEWEST_SOURCES:
        raise TooFewSources(fewest=FEWEST_SOURCES, found=left)
    tell_of(session, actor, "source.withdrawn", source, now, promise=source.promise)
    session.exec(delete(DrawSource).where(col(DrawSource.id) == source_id))


def promise(session: Session, source_id: int, given: str, now: datetime) -> None:
    """A witness promises a value by its hash, once; the same again changes nothing.

    Raises
    ------
    SourceNotFound, DrawIsElsewhere, NotAPromise, PromiseIsGiven
    """
    draw, source = lock_source(session, source_id)
    if source.promise == given:
        return
    draw.must_be(DrawState.ANNOUNCED)
    if not source.is_witness or not _DIGEST.fullmatch(given):
        raise NotAPromise(source=source.name)
    if source.promise is not None:
        raise PromiseIsGiven(source=source.name)
    name, source.promise, source.promised_at = source.name, given, now
    session.add(source)
    try:
        session.flush()
    except IntegrityError as error:
        raise PromiseIsGiven(source=name) from error
    tell_of(session, witness_actor(source), "source.promised", source, now, promise=given)
