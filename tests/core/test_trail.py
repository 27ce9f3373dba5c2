"""The trail: what was done is kept in one chain, and what was undone leaves nothing."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, StrEnum
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core import trail
from core.append_only import missing_guards
from core.database import connect, unit_of_work
from core.errors import Invalid
from core.trail import Actor, Event, Search, TrailHead
from core.trail_check import verify
from tests.core.forgers import MORNING, drop_guards, tell
from tests.storage import in_processes, in_threads, url_of
from web.tables import metadata

PLANNER = Actor(7, "张计划", "planner")
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def note(session: Session, noun_id: object, now: datetime = NOON) -> None:
    trail.record(session, PLANNER, "changed", "plan", str(noun_id), now)


def chain(engine: Engine) -> list[Event]:
    with Session(engine) as session:
        return list(session.exec(select(Event).order_by(col(Event.number))))


def is_whole(engine: Engine) -> bool:
    with Session(engine) as session:
        return verify(session) == []


# -- one chain ---------------------------------------------------------------------------------


def test_what_is_recorded_is_kept_as_it_was_told(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        trail.record(
            session,
            PLANNER,
            "published",
            "plan",
            12,
            NOON,
            before={"状态": "草案"},
            after={"状态": "已发布", "数量": 300},
            reason="按年度计划",
            change_digest="ab" * 32,
        )

    (event,) = chain(engine)
    assert (event.number, event.at, event.previous) == (1, NOON, trail.START)
    assert (event.actor_id, event.actor_name, event.actor_role) == (7, "张计划", "planner")
    assert (event.action, event.noun, event.noun_id) == ("published", "plan", "12")
    assert (event.before, event.after) == ({"状态": "草案"}, {"状态": "已发布", "数量": 300})
    assert (event.reason, event.change_digest) == ("按年度计划", "ab" * 32)


def test_each_event_is_chained_to_the_one_before_and_the_head_to_the_last(engine: Engine) -> None:
    tell(engine, 12, random.Random(1))

    events = chain(engine)
    assert [event.number for event in events] == list(range(1, 13))
    assert all(later.previous == event.hash for event, later in pairwise(events))
    with Session(engine) as session:
        head = session.exec(select(TrailHead)).one()
    assert (head.number, head.hash) == (12, events[-1].hash)
    assert is_whole(engine)


def test_a_trail_without_events_is_whole(engine: Engine) -> None:
    assert is_whole(engine)


def test_nothing_is_numbered_before_the_commit(session: Session) -> None:
    note(session, "甲")

    assert [(event.noun_id, event.number, event.hash) for event in trail.pending(session)] == [
        ("甲", 0, "")
    ]
    session.flush()
    assert session.exec(select(Event)).all() == []
    session.commit()
    assert trail.pending(session) == []
    assert [event.number for event in session.exec(select(Event))] == [1]


def test_facts_that_change_after_they_were_recorded_do_not_change_the_event(
    engine: Engine,
) -> None:
    facts: dict[str, Any] = {"领域": ["食品"]}
    with unit_of_work(engine) as session:
        trail.record(session, PLANNER, "changed", "plan", 1, NOON, after=facts)
        facts["领域"].append("环境")

    assert chain(engine)[0].after == {"领域": ["食品"]}


def test_the_zone_of_clock_and_reader_does_not_matter(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        note(session, 1, NOON.astimezone(timezone(timedelta(hours=8))))

    assert chain(engine)[0].at == NOON
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.connection().execute(text("SET TIME ZONE 'Asia/Shanghai'"))
        assert verify(session) == []


# -- several writers ---------------------------------------------------------------------------

ROUNDS = 12


def write_some(url: str, worker: int) -> None:
    """Some short transactions of one to three events."""
    engine = connect(url)
    for turn in range(ROUNDS):
        with unit_of_work(engine) as session:
            for part in range(1 + turn % 3):
                note(session, f"{worker}-{turn:02}-{part}")
    engine.dispose()


@pytest.mark.parametrize("writers", [2, 4])
@pytest.mark.parametrize("at_once", [in_threads, in_processes])
def test_writers_at_once_keep_one_chain(engine: Engine, writers: int, at_once: Any) -> None:
    at_once(write_some, url_of(engine), writers)

    events = chain(engine)
    assert [event.number for event in events] == list(range(1, writers * ROUNDS * 2 + 1))
    assert is_whole(engine)
    for worker in range(writers):
        own = [event.noun_id for event in events if event.noun_id.startswith(f"{worker}-")]
        assert own == sorted(own)


# -- never changed -----------------------------------------------------------------------------

REFUSED = {
    "both": (
        "UPDATE event SET reason = ''",
        "DELETE FROM event WHERE number = 3",
        "DELETE FROM trail_head",
        "UPDATE trail_head SET number = 0",
        "UPDATE trail_head SET hash = previous FROM event WHERE event.number = 3",
    ),
    "sqlite": (
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE number = 3",
        "REPLACE INTO trail_head SELECT * FROM trail_head",
    ),
    "postgresql": ("TRUNCATE event", "TRUNCATE trail_head"),
}


def test_the_database_refuses_to_change_what_was_recorded(engine: Engine) -> None:
    tell(engine, 3, random.Random(1))

    for statement in REFUSED["both"] + REFUSED[engine.dialect.name]:
        with engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(text(statement))
    assert len(chain(engine)) == 3


def test_guards_that_were_lifted_are_missed(engine: Engine) -> None:
    with engine.connect() as connection:
        assert missing_guards(connection, metadata) == []
        drop_guards(connection)
        missing = missing_guards(connection, metadata)

    assert {"event_never_changed", "event_never_removed", "trail_head_never_changed"} <= {*missing}


# -- what may be recorded ----------------------------------------------------------------------


class Level(StrEnum):
    NATIONAL = "国家级"


class Role(str, Enum):  # noqa: UP042  # the older kind, whose text is not its value
    PLANNER = "planner"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # a lone surrogate is no text
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(json_values)
def test_canonical_text_says_the_same_whatever_the_order(value: Any) -> None:
    def turned(part: Any) -> Any:
        match part:
            case dict():
                return {key: turned(part[key]) for key in reversed(part)}
            case list():
                return [turned(item) for item in part]
        return part

    assert trail.canonical(turned(value)) == trail.canonical(value)
    stored = trail.CanonicalJson().process_bind_param([value], None)
    assert trail.CanonicalJson().process_result_value(stored, None) == [value]


def test_dates_and_enums_are_kept_as_text() -> None:
    facts = {"级别": Level.NATIONAL, "日期": NOON.date(), "时间": NOON}

    assert trail.canonical(facts) == (
        '{"日期":"2026-11-20","时间":"2026-11-20T04:00:00+00:00","级别":"国家级"}'
    )


def test_names_may_be_members_of_an_enum(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        actor = Actor(7, "张计划", Role.PLANNER)
        trail.record(session, actor, Level.NATIONAL, Level.NATIONAL, Level.NATIONAL, NOON)

    (event,) = chain(engine)
    assert (event.actor_role, event.action, event.noun_id) == ("planner", "国家级", "国家级")
    assert is_whole(engine)


fields = st.lists(st.none() | st.binary(max_size=6), max_size=4)


@given(fields, fields)
def test_only_equal_fields_have_equal_hashes(some: list[bytes | None], other: list[Any]) -> None:
    assert (trail.digest(some) == trail.digest(other)) == (some == other)


def test_a_time_without_zone_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="zone"):
        note(session, 1, NOON.replace(tzinfo=None))


@pytest.mark.parametrize("bad", ["", "ab", "AB" * 32, "zz" * 32])
def test_what_is_no_digest_is_refused(session: Session, bad: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        trail.record(session, PLANNER, "imported", "roster", 1, NOON, change_digest=bad)


@pytest.mark.parametrize("bad", ["\0", "\ud800"])
def test_characters_that_no_database_stores_are_refused_at_once(session: Session, bad: str) -> None:
    with pytest.raises(Invalid):
        trail.record(session, PLANNER, "changed", "plan", 1, NOON, reason=bad)
    with pytest.raises(Invalid):
        note(session, bad)


@pytest.mark.parametrize("fact", [{"领域"}, object(), float("nan")])
def test_facts_that_are_no_json_are_refused_at_once(session: Session, fact: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        trail.record(session, PLANNER, "changed", "plan", 1, NOON, after={"x": fact})
    assert trail.pending(session) == []


# -- reading -----------------------------------------------------------------------------------


def searches() -> Iterator[Search]:
    choices = product((None, "plan"), (None, "3"), (None, 1), (None, "read"), (None, 9), (None, 30))
    for noun, noun_id, actor_id, action, since, until in choices:
        yield Search(
            noun=noun,
            noun_id=noun_id,
            actor_id=actor_id,
            action=action,
            since=None if since is None else MORNING + timedelta(minutes=since),
            until=None if until is None else MORNING + timedelta(minutes=until),
        )


def answers(event: Event, search: Search) -> bool:
    return (
        search.noun in (None, event.noun)
        and search.noun_id in (None, event.noun_id)
        and search.actor_id in (None, event.actor_id)
        and search.action in (None, event.action)
        and (search.since is None or event.at >= search.since)
        and (search.until is None or event.at < search.until)
    )


def test_a_search_finds_all_that_answers_it_and_nothing_else(engine: Engine) -> None:
    tell(engine, 45, random.Random(2))
    events = chain(engine)

    with Session(engine) as session:
        for search in searches():
            expected = [event.number for event in events if answers(event, search)]
            assert [event.number for event in trail.export(session, search)] == expected
            assert [event.number for event in trail.page(session, search)] == expected[::-1]


def test_pages_tile_the_trail_from_the_newest_on(engine: Engine) -> None:
    tell(engine, 23, random.Random(2))
    seen: list[int] = []

    with Session(engine) as session:
        while page := trail.page(session, Search(), below=seen[-1] if seen else None, size=5):
            seen += [event.number for event in page]

    assert seen == list(range(23, 0, -1))
