"""Checkpoints: who kept one sees even the forgery that fits in itself."""

import json
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from core.checkpoints import (
    Audit,
    Checkpoint,
    CheckpointExists,
    NothingToSign,
    Statement,
    TrailIsBroken,
    audit,
    checkpoint,
    read,
    verify_checkpoint,
)
from core.database import connect, unit_of_work
from core.errors import Invalid
from core.trail import EVENTS, HEAD
from core.trail_check import Break, Fault
from tests.core import forgers
from tests.core.forgers import forging, tell
from tests.storage import in_threads, url_of

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
OURS = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
THEIRS = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
TRUSTED = [OURS.public_key()]


def published(engine: Engine, events: int, seed: int = 1) -> Statement:
    """A checkpoint after *events* more events, read again from what was published."""
    tell(engine, events, random.Random(seed))
    with unit_of_work(engine) as session:
        return read(checkpoint(session, OURS, NOON).published)


def audited(engine: Engine, *statements: Statement) -> Audit:
    with Session(engine) as session:
        return audit(session, TRUSTED, statements)


def test_a_checkpoint_names_the_end_of_the_chain(engine: Engine) -> None:
    statement = published(engine, 9)

    assert statement.number == 9
    assert statement.at == "2026-11-20T04:00:00.000000+00:00"
    with Session(engine) as session:
        assert statement.hash == session.execute(select(HEAD.c.hash)).scalar_one()
    assert verify_checkpoint(statement, TRUSTED)
    assert audited(engine, statement) == Audit([], [], 9)


def test_anybody_can_check_a_signature_with_the_description_alone(engine: Engine) -> None:
    told = json.loads(published(engine, 3).text())
    signature = bytes.fromhex(told.pop("signature"))
    message = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    OURS.public_key().verify(signature, message.encode())


def test_the_same_end_is_signed_once(engine: Engine) -> None:
    first = published(engine, 4)
    with unit_of_work(engine) as session:
        again = checkpoint(session, OURS, NOON + timedelta(days=1))

    assert read(again.published) == first


def test_an_empty_trail_is_not_signed(session: Session) -> None:
    with pytest.raises(NothingToSign):
        checkpoint(session, OURS, NOON)


def test_an_end_that_does_not_fit_is_not_signed(engine: Engine) -> None:
    tell(engine, 5, random.Random(1))
    with forging(engine) as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.number == 5))
        with pytest.raises(TrailIsBroken):
            checkpoint(Session(connection), OURS, NOON)


def sign_now(url: str, _worker: int) -> str:
    engine = connect(url)
    try:
        with unit_of_work(engine) as session:
            return checkpoint(session, OURS, NOON).published
    except CheckpointExists:
        return "another was faster"
    finally:
        engine.dispose()


def test_who_signs_at_the_same_moment_finds_one_checkpoint_or_is_told(engine: Engine) -> None:
    tell(engine, 5, random.Random(1))
    answers = {*in_threads(sign_now, url_of(engine), 4)} - {"another was faster"}

    with Session(engine) as session:
        assert answers == {*session.exec(select(Checkpoint.published))}
    assert len(answers) == 1


# -- statements --------------------------------------------------------------------------------


hexadecimal = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    unsigned = Statement(
        number=draw(st.integers(1, 10**9)),
        hash=draw(hexadecimal),
        at=f"2026-11-{draw(st.integers(10, 28))}T04:00:00.000000+00:00",
        public_key=OURS.public_key().public_bytes_raw().hex(),
    )
    signature = OURS.sign(unsigned.signed_bytes()).hex()
    return unsigned.model_copy(update={"signature": signature})


@given(statements())
def test_a_published_statement_is_read_as_it_was_signed(statement: Statement) -> None:
    assert read(statement.text()) == statement
    assert verify_checkpoint(statement, TRUSTED)


@given(statements(), statements(), st.sampled_from(("number", "hash", "at", "signature")))
def test_a_signature_covers_every_field(one: Statement, other: Statement, field: str) -> None:
    changed = one.model_copy(update={field: getattr(other, field)})

    assert verify_checkpoint(changed, TRUSTED) == (changed == one)


@given(statements())
def test_a_signature_with_a_key_of_ones_own_is_worth_nothing(statement: Statement) -> None:
    own = statement.model_copy(
        update={"public_key": THEIRS.public_key().public_bytes_raw().hex(), "signature": ""}
    )
    own = own.model_copy(update={"signature": THEIRS.sign(own.signed_bytes()).hex()})

    assert not verify_checkpoint(own, TRUSTED)
    assert verify_checkpoint(own, [*TRUSTED, THEIRS.public_key()])


def test_a_statement_without_a_signature_is_signed_by_nobody(engine: Engine) -> None:
    bare = published(engine, 2).model_copy(update={"signature": ""})

    assert not verify_checkpoint(bare, TRUSTED)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"number":1}', "检查点"])
def test_what_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read(text)


def test_a_statement_with_something_added_is_refused(engine: Engine) -> None:
    told = json.loads(published(engine, 2).text())

    with pytest.raises(Invalid):
        read(json.dumps({**told, "note": "可信"}))
    with pytest.raises(Invalid):
        read(json.dumps({**told, "number": str(told["number"])}))


# -- audits ------------------------------------------------------------------------------------


def test_a_perfect_forgery_is_found_by_our_own_copy_until_that_is_removed_too(
    engine: Engine,
) -> None:
    kept = published(engine, 10)
    with forging(engine) as connection:
        forgers.forge_everything(connection, 6)
        with_copy = audit(Session(connection), TRUSTED)
        connection.execute(text("DELETE FROM trail_checkpoint"))
        without = audit(Session(connection), TRUSTED)
        with_published = audit(Session(connection), TRUSTED, [kept])

    assert with_copy.breaks == [Break(Fault.NOT_AS_PUBLISHED, 10, 10)]
    assert without.is_whole
    assert with_published.breaks == [Break(Fault.NOT_AS_PUBLISHED, 10, 10)]


def test_events_cut_off_with_head_and_copies_are_missed_by_who_kept_a_statement(
    engine: Engine,
) -> None:
    kept = published(engine, 10)
    with forging(engine) as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.number > 7))
        connection.execute(update(HEAD).values(number=7, hash=forgers.row(connection, 7).hash))
        connection.execute(text("DELETE FROM trail_checkpoint"))

        assert audit(Session(connection), TRUSTED).is_whole
        assert audit(Session(connection), TRUSTED, [kept]).breaks == [Break(Fault.CUT_OFF, 8, 10)]


def test_signing_a_forgery_anew_contradicts_what_was_published(engine: Engine) -> None:
    kept = published(engine, 10)
    with forging(engine) as connection:
        forgers.forge_everything(connection, 6)
        connection.execute(text("DELETE FROM trail_checkpoint"))
        session = Session(connection)
        checkpoint(session, OURS, NOON)

        assert audit(session, TRUSTED).is_whole
        assert audit(session, TRUSTED, [kept]).breaks == [Break(Fault.NOT_AS_PUBLISHED, 10, 10)]


def test_nothing_vouches_for_events_after_the_last_checkpoint(engine: Engine) -> None:
    kept = published(engine, 10)
    tell(engine, 5, random.Random(2))
    with forging(engine) as connection:
        forgers.forge_everything(connection, 12)

        assert audit(Session(connection), TRUSTED, [kept]) == Audit([], [], 10)


def test_a_copy_that_nobody_signed_is_named(engine: Engine) -> None:
    statement = published(engine, 10)
    forged = {
        "a later hash": statement.model_copy(update={"hash": "0" * 64}).text(),
        "another number": statement.model_copy(update={"number": 9}).text(),
        "no statement": "{}",
    }
    for told in forged.values():
        with forging(engine) as connection:
            connection.execute(
                text("UPDATE trail_checkpoint SET published = :told"), {"told": told}
            )

            assert audit(Session(connection), TRUSTED) == Audit([], [10], 0)


def test_copies_are_never_changed(engine: Engine) -> None:
    published(engine, 3)

    for statement in (
        "UPDATE trail_checkpoint SET published = ''",
        "DELETE FROM trail_checkpoint",
    ):
        with engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(text(statement))


def test_the_time_of_a_checkpoint_is_told_in_universal_time(engine: Engine) -> None:
    tell(engine, 1, random.Random(1))
    with unit_of_work(engine) as session:
        row = checkpoint(session, OURS, NOON.astimezone(timezone(timedelta(hours=8))))

        assert read(row.published).at == "2026-11-20T04:00:00.000000+00:00"
