"""Whatever somebody does to the trail behind our back is found, or said to be out of reach."""

import random

import pytest
from sqlalchemy import Connection, Engine, delete, text, update
from sqlmodel import Session

from core.trail import EVENTS, HEAD
from core.trail_check import Break, Fault, verify
from tests.core import forgers
from tests.core.forgers import forging, put, tell

EVENTS_TOLD = 24

# PostgreSQL refuses values of the wrong kind by itself
ONLY_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def told(engine: Engine) -> Engine:
    """A database with a week's trail."""
    tell(engine, EVENTS_TOLD, random.Random(3))
    return engine


def breaks(connection: Connection) -> list[Break]:
    return verify(Session(connection))


@pytest.mark.parametrize("times", [60, pytest.param(1_000, marks=pytest.mark.soak)])
def test_every_tampering_is_found(told: Engine, times: int) -> None:
    chance = random.Random(20_261_120)
    unseen = []
    for turn in range(times):
        forge = forgers.FORGERS[turn % len(forgers.FORGERS)]
        with forging(told) as connection:
            deed = forge(connection, chance)
            if not breaks(connection):
                unseen.append(deed)

    assert unseen == []
    with told.connect() as connection:
        assert breaks(connection) == []


@pytest.mark.parametrize("column", sorted(EVENTS.c.keys()))
def test_a_change_of_any_column_is_found_where_it_was_made(told: Engine, column: str) -> None:
    chance = random.Random(column)
    for number in (1, EVENTS_TOLD // 2, EVENTS_TOLD):
        with forging(told) as connection:
            old = getattr(forgers.row(connection, number), column)
            put(connection, number, **{column: forgers.another(column, old, chance)})

            assert breaks(connection)[0].first == number


def test_a_removed_event_is_named(told: Engine) -> None:
    with forging(told) as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.number.between(5, 7)))

        assert breaks(connection) == [Break(Fault.MISSING, 5, 7)]


def test_a_tail_that_was_cut_off_is_named(told: Engine) -> None:
    with forging(told) as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.number > 20))

        assert breaks(connection) == [Break(Fault.CUT_OFF, 21, EVENTS_TOLD)]


def test_events_behind_the_head_are_named(told: Engine) -> None:
    with forging(told) as connection:
        connection.execute(update(HEAD).values(number=22))

        assert breaks(connection) == [Break(Fault.BEYOND_HEAD, 23, EVENTS_TOLD)]


def test_a_trail_without_its_head_is_broken(told: Engine) -> None:
    with forging(told) as connection:
        connection.execute(delete(HEAD))

        assert [found.fault for found in breaks(connection)] == [Fault.NO_HEAD]


def test_a_perfect_forgery_is_seen_only_by_who_kept_an_earlier_hash(told: Engine) -> None:
    with forging(told) as connection:
        kept = [(number, forgers.row(connection, number).hash) for number in (4, 20)]
        forgers.forge_everything(connection, 9)

        assert breaks(connection) == []
        assert verify(Session(connection), published=kept) == [
            Break(Fault.NOT_AS_PUBLISHED, 20, 20)
        ]
        assert verify(Session(connection), published=kept[:1]) == []


def test_a_perfect_cut_is_seen_only_by_who_kept_an_earlier_hash(told: Engine) -> None:
    with forging(told) as connection:
        kept = [(20, forgers.row(connection, 20).hash)]
        connection.execute(delete(EVENTS).where(EVENTS.c.number > 15))
        connection.execute(update(HEAD).values(number=15, hash=forgers.row(connection, 15).hash))

        assert breaks(connection) == []
        assert verify(Session(connection), published=kept) == [Break(Fault.CUT_OFF, 16, 20)]


@ONLY_SQLITE
def test_what_sqlite_stores_in_the_wrong_kind_is_found_not_stumbled_over(told: Engine) -> None:
    wrong = {
        "at": "'yesterday'",
        "actor_id": "'nobody'",
        "reason": "CAST(x'ff' AS TEXT)",
        "before": "x'00ff'",
        "noun": "3.5",
    }
    for column, value in wrong.items():
        with forging(told) as connection:
            connection.execute(text(f"UPDATE event SET {column} = {value} WHERE number = 6"))

            assert breaks(connection) == [Break(Fault.CHANGED, 6, 6)]


@ONLY_SQLITE
def test_a_head_that_is_no_number_is_found(told: Engine) -> None:
    with forging(told) as connection:
        connection.execute(text("UPDATE trail_head SET number = 'many'"))

        assert breaks(connection) == [Break(Fault.BEYOND_HEAD, 1, EVENTS_TOLD)]


def test_who_checks_is_told_how_far_it_is(told: Engine) -> None:
    steps: list[tuple[int, int]] = []
    with Session(told) as session:
        verify(session, lambda done, of: steps.append((done, of)))

    assert steps[-1] == (EVENTS_TOLD, EVENTS_TOLD)
