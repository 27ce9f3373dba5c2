"""What is undone leaves nothing in the trail: roll-backs, savepoints, commits that fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from core import trail
from core.database import connect, writing
from core.trail import Event, TrailHead
from tests.core.test_trail import chain, is_whole, note
from web.tables import metadata


@dataclass(frozen=True)
class Savepoint:
    """Some steps of which all or none are kept."""

    steps: list[Any]
    kept: bool


@dataclass(frozen=True)
class Transaction:
    """Some steps, and how they end."""

    steps: list[Any]
    end: Literal["commit", "rollback", "close"]


steps = st.recursive(
    st.lists(st.just("event"), max_size=3),
    lambda inner: st.lists(st.just("event") | st.builds(Savepoint, inner, st.booleans())),
    max_leaves=8,
)
histories = st.lists(
    st.builds(Transaction, steps, st.sampled_from(("commit", "rollback", "close"))), max_size=4
)


class Undone(Exception):
    """The savepoint is given up."""


def live(engine: Engine, history: list[Transaction]) -> list[str]:
    """Do all of *history*; what should be in the trail after it, worked out by itself."""
    names = (f"第{number}件" for number in range(1, 10_000))
    expected: list[str] = []
    for transaction in history:
        with Session(writing(engine)) as session:
            done = _do(session, transaction.steps, names)
            match transaction.end:
                case "commit":
                    session.commit()
                    expected += done
                case "rollback":
                    session.rollback()
    return expected


def _do(session: Session, steps: list[Any], names: Iterator[str]) -> list[str]:
    done: list[str] = []
    for step in steps:
        if isinstance(step, Savepoint):
            done += _do_within(session, step, names)
        else:
            done.append(next(names))
            note(session, done[-1])
    return done


def _do_within(session: Session, savepoint: Savepoint, names: Iterator[str]) -> list[str]:
    try:
        with session.begin_nested():
            done = _do(session, savepoint.steps, names)
            if not savepoint.kept:
                raise Undone
    except Undone:
        return []
    return done


@contextmanager
def empty_database() -> Iterator[Engine]:
    engine = connect("sqlite://")
    metadata.create_all(engine, tables=[trail.EVENTS, trail.HEAD])
    yield engine
    engine.dispose()


@given(histories)
@settings(max_examples=60)
def test_the_chain_tells_what_was_committed_and_nothing_else(history: list[Transaction]) -> None:
    with empty_database() as engine:
        expected = live(engine, history)

        assert [event.noun_id for event in chain(engine)] == expected
        assert is_whole(engine)


def test_savepoints_kept_and_given_up_in_one_transaction(engine: Engine) -> None:
    given_up = Savepoint(["event", Savepoint(["event"], kept=True)], kept=False)
    kept = Savepoint(["event", Savepoint(["event"], kept=False), "event"], kept=True)
    history = [Transaction(["event", given_up, kept, "event"], "commit")] * 2

    assert live(engine, history) == [event.noun_id for event in chain(engine)]
    assert len(chain(engine)) == 8
    assert is_whole(engine)


def test_a_savepoint_still_open_at_the_commit_loses_nothing(engine: Engine) -> None:
    with Session(writing(engine)) as session, session.begin():
        note(session, "外")
        session.begin_nested()
        note(session, "内")

    assert [event.noun_id for event in chain(engine)] == ["外", "内"]


def test_a_savepoint_that_failed_on_the_way_leaves_nothing(session: Session) -> None:
    note(session, "先")
    savepoint = session.begin_nested()
    note(session, "失败")
    session.add(TrailHead(id=2))
    with pytest.raises(IntegrityError), savepoint:
        session.flush()
    note(session, "后")
    session.commit()

    assert [event.noun_id for event in session.exec(select(Event))] == ["先", "后"]


def test_a_savepoint_that_is_merely_closed_leaves_nothing(session: Session) -> None:
    note(session, "先")
    savepoint = session.begin_nested()
    note(session, "放弃")
    savepoint.close()
    session.commit()

    assert [event.noun_id for event in session.exec(select(Event))] == ["先"]


def test_a_commit_that_fails_leaves_neither_event_nor_gap(session: Session) -> None:
    note(session, "失败")
    session.add(TrailHead(id=2))
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()
    note(session, "成功")
    session.commit()

    (event,) = session.exec(select(Event))
    assert (event.number, event.noun_id) == (1, "成功")
