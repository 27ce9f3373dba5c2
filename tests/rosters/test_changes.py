"""The rosters through time: what holds on a day, whatever was stated in which order."""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import Session, select

from core import trail
from core.files import FileStore
from core.trail import Actor
from rosters.changes import (
    FEW,
    Act,
    ChangedMeanwhile,
    EntryNotThere,
    NothingChanges,
    Saying,
    new_entries,
    state,
)
from rosters.entries import Noun, holds
from rosters.institutions import Institution
from rosters.layout import KeyTaken
from rosters.statements import Change, facts_known, history, last_statement
from rosters.timeline import PRESENT, Stated, facts_at, periods
from rosters.withdrawals import AlreadyWithdrawn, ChangedSince, withdraw

CLERK = Actor(7, "名录管理员", "provincial_planner")
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
SPRING, SUMMER, AUTUMN = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return Act(CLERK, NOON, FileStore(tmp_path))


# -- the rule of time, without a database ------------------------------------------------------

days = st.integers(0, 12).map(lambda n: SPRING + timedelta(days=n))
some_facts = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), min_size=1)
presence: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.fixed_dictionaries(
    {PRESENT: st.booleans()}
)
statements = st.lists(st.tuples(days, some_facts, presence), max_size=8).map(
    lambda told: [Stated(day, n, facts | there) for n, (day, facts, there) in enumerate(told)]
)


def replayed(told: Iterable[Stated], day: date) -> dict[str, Any] | None:
    """Fact by fact, the statement that took effect last; the slow way."""
    so_far = [one for one in told if one.takes_effect <= day]
    names = {name for one in so_far for name in one.facts} | {PRESENT}
    facts = {PRESENT: True} | {
        name: max(
            (one.takes_effect, one.order, one.facts[name]) for one in so_far if name in one.facts
        )[2]
        for name in names
        if any(name in one.facts for one in so_far)
    }
    if not so_far or not facts.pop(PRESENT):
        return None
    return facts


@given(statements, days)
def test_a_fact_holds_until_the_next_statement_about_it_takes_effect(
    told: list[Stated], day: date
) -> None:
    assert facts_at(told, day) == replayed(told, day)


@given(statements, days)
def test_the_periods_say_of_every_day_what_holds_on_it(told: list[Stated], day: date) -> None:
    covering = [p.facts for p in periods(told) if p.since <= day < p.until]

    assert covering == ([] if (facts := facts_at(told, day)) is None else [facts])


@given(statements)
def test_periods_follow_each_other_and_differ(told: list[Stated]) -> None:
    found = periods(told)

    assert all(one.since < one.until for one in found)
    for one, following in pairwise(found):
        assert one.until <= following.since
        assert one.until < following.since or one.facts != following.facts


# -- in the database ---------------------------------------------------------------------------


def founded(session: Session, act: Act, name: str = "演示甲检测有限公司", **facts: Any) -> int:
    (entry,) = new_entries(session, Noun.INSTITUTION, 1)
    state(session, act, [Saying(Noun.INSTITUTION, entry, {"name": name, **facts}, SPRING)])
    return entry


def change(session: Session, act: Act, entry: int, day: date, **facts: Any) -> int:
    return state(session, act, [Saying(Noun.INSTITUTION, entry, facts, day)]).key


def on(session: Session, entry: int, day: date) -> Institution | None:
    wanted = select(Institution).where(Institution.entry_id == entry, holds(Institution, day))
    return session.exec(wanted).one_or_none()


def name_on(session: Session, entry: int, day: date) -> str | None:
    found = on(session, entry, day)
    return None if found is None else found.name


def test_a_renamed_institution_keeps_its_old_name_for_the_days_before(
    session: Session, act: Act
) -> None:
    entry = founded(session, act)

    change(session, act, entry, SUMMER, name="演示乙检测有限公司")

    assert name_on(session, entry, SUMMER - timedelta(days=1)) == "演示甲检测有限公司"
    assert name_on(session, entry, SUMMER) == "演示乙检测有限公司"
    assert name_on(session, entry, SPRING - timedelta(days=1)) is None


def test_a_name_corrected_late_leaves_the_later_class_alone(session: Session, act: Act) -> None:
    entry = founded(session, act)
    change(session, act, entry, AUTUMN, credit_class="C")

    change(session, act, entry, SUMMER, name="演示乙检测有限公司")

    found = on(session, entry, AUTUMN)
    assert found is not None
    assert (found.name, found.credit_class) == ("演示乙检测有限公司", "C")


def test_what_is_so_already_is_not_stated_again(session: Session, act: Act) -> None:
    entry = founded(session, act, region="330000")

    with pytest.raises(NothingChanges):
        change(session, act, entry, SUMMER, name="演示甲检测有限公司", region="330000", address="")


def test_who_ends_an_entry_leaves_its_past(session: Session, act: Act) -> None:
    entry = founded(session, act)

    change(session, act, entry, SUMMER, **{PRESENT: False})

    assert on(session, entry, SUMMER) is None
    assert on(session, entry, SPRING) is not None


def test_before_its_first_day_an_entry_is_stated_in_full(session: Session, act: Act) -> None:
    entry = founded(session, act)
    eve = SPRING - timedelta(days=1)

    with pytest.raises(EntryNotThere):
        change(session, act, entry, eve, region="330000")
    change(session, act, entry, eve, name="演示旧名", region="330000")

    assert name_on(session, entry, eve) == "演示旧名"
    assert name_on(session, entry, SPRING) == "演示甲检测有限公司"


def test_two_people_at_one_entry_do_not_overwrite_each_other(session: Session, act: Act) -> None:
    entry = founded(session, act)
    seen = last_statement(session, entry)
    change(session, act, entry, SUMMER, region="330000")

    with pytest.raises(ChangedMeanwhile):
        state(
            session,
            act,
            [Saying(Noun.INSTITUTION, entry, {"name": "演示丙"}, SUMMER, expected=seen)],
        )


def test_a_credit_code_belongs_to_one_institution_at_a_time(session: Session, act: Act) -> None:
    founded(session, act, credit_code="91350100M000100Y43")

    with pytest.raises(KeyTaken):
        founded(session, act, name="演示丙", credit_code="91350100M000100Y43")


def test_a_withdrawn_change_is_as_if_it_had_never_been(session: Session, act: Act) -> None:
    entry = founded(session, act)
    before = [row.model_dump() for row in session.exec(select(Institution))]
    number = change(session, act, entry, SUMMER, name="演示乙", credit_class="D")

    withdraw(session, number, CLERK, NOON + timedelta(hours=1), "导错文件")

    assert [row.model_dump() for row in session.exec(select(Institution))] == before
    assert len(history(session, entry)) == 2


def test_a_change_that_others_stand_on_is_not_withdrawn(session: Session, act: Act) -> None:
    entry = founded(session, act)
    first = history(session, entry)[0].change.key
    later = change(session, act, entry, SUMMER, name="演示乙")

    with pytest.raises(ChangedSince) as refused:
        withdraw(session, first, CLERK, NOON, "试撤")

    assert refused.value.params["changes"] == [later]


def test_what_belongs_to_an_institution_is_not_left_without_it(session: Session, act: Act) -> None:
    entry = founded(session, act)
    first = history(session, entry)[0].change.key
    complaint = {"institution_id": entry, "kind": "complaint", "happened_on": SUMMER}
    (flag,) = new_entries(session, Noun.FLAG, 1)
    later = state(session, act, [Saying(Noun.FLAG, flag, complaint, SUMMER)]).key

    with pytest.raises(ChangedSince) as refused:
        withdraw(session, first, CLERK, NOON, "试撤")
    assert refused.value.params["changes"] == [later]

    withdraw(session, later, CLERK, NOON, "先撤后面的")
    withdraw(session, first, CLERK, NOON, "再撤前面的")
    assert on(session, entry, SUMMER) is None


def test_a_rename_is_withdrawn_whatever_was_registered_since(session: Session, act: Act) -> None:
    entry = founded(session, act)
    renamed = change(session, act, entry, SUMMER, name="演示乙")
    site = {"institution_id": entry, "address": "演示路1号"}
    (key,) = new_entries(session, Noun.SITE, 1)
    state(session, act, [Saying(Noun.SITE, key, site, SUMMER)])

    withdraw(session, renamed, CLERK, NOON, "登错")

    assert name_on(session, entry, AUTUMN) == "演示甲检测有限公司"


def test_what_was_known_is_told_apart_from_what_was_so(session: Session, act: Act) -> None:
    entry = founded(session, act)
    late = Act(CLERK, NOON + timedelta(days=200), act.files)
    change(session, late, entry, SUMMER, name="演示乙")

    known_then = facts_known(session, entry, SUMMER, NOON + timedelta(days=150))
    known_now = facts_known(session, entry, SUMMER, NOON + timedelta(days=300))

    assert known_then is not None
    assert known_now is not None
    assert (known_then["name"], known_now["name"]) == ("演示甲检测有限公司", "演示乙")


# -- the trail tells the same story ------------------------------------------------------------

MANY = FEW + 3
"""Enough entries that a change of all of them is told by a change file."""


def a_day(chance: Random) -> date:
    return SPRING + timedelta(days=chance.randrange(13))


def some_edit(chance: Random) -> dict[str, Any]:
    known = {
        "name": chance.choice(["演示甲", "演示乙", "演示丙"]),
        "region": chance.choice(["330000", "330100", "110000"]),
        "credit_class": chance.choice(["A", "B", "C", "D", ""]),
        PRESENT: chance.random() < 0.7,
    }
    return {name: known[name] for name in chance.sample(sorted(known), chance.randint(1, 3))}


def happen(session: Session, act: Act, entries: list[int], chance: Random) -> None:
    """One thing that somebody does to the roster; whether it is refused does not matter."""
    kind = chance.choice(["edit", "edit", "edit", "all", "undo"])
    if kind == "undo":
        number = chance.randint(1, session.exec(select(func.max(Change.id))).one() or 1)
        with suppress(ChangedSince, AlreadyWithdrawn):
            withdraw(session, number, CLERK, NOON, "撤回")
        return
    spoken_of = entries if kind == "all" else chance.choices(entries, k=chance.randint(1, 3))
    facts = some_edit(chance)
    with suppress(NothingChanges, EntryNotThere):
        state(session, act, [Saying(Noun.INSTITUTION, e, facts, a_day(chance)) for e in spoken_of])


def told_by_trail(session: Session, files: FileStore) -> dict[int, list[Stated]]:
    """The statements again, from nothing but the trail and the change files it names."""
    lines: list[tuple[int, int, date, dict[str, Any]]] = []
    for event in trail.export(session, trail.Search()):
        if event.action == "withdrawn":
            lines = [line for line in lines if line[0] != int(event.noun_id)]
        elif event.change_digest is not None:
            with files.open(event.change_digest) as file:
                told = [json.loads(line) for line in file]
            lines += [
                (int(event.noun_id), t["entry"], date.fromisoformat(t["takes_effect"]), t["after"])
                for t in told
            ]
        elif event.noun == Noun.INSTITUTION and event.after is not None:
            after = dict(event.after)
            number, day = after.pop("change"), date.fromisoformat(after.pop("takes_effect"))
            lines.append((number, int(event.noun_id), day, after))
    found: dict[int, list[Stated]] = {}
    for order, (_, entry, day, facts) in enumerate(lines):
        found.setdefault(entry, []).append(Stated(day, order, facts))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_the_roster_on_any_day_is_a_replay_of_the_trail(
    session: Session, act: Act, seed: int
) -> None:
    chance = Random(seed)
    entries = new_entries(session, Noun.INSTITUTION, MANY)
    state(
        session, act, [Saying(Noun.INSTITUTION, e, {"name": f"演示{e}"}, SPRING) for e in entries]
    )
    for _ in range(25):
        happen(session, act, entries, chance)
    session.commit()

    told = told_by_trail(session, act.files)
    for day in (SPRING + timedelta(days=n) for n in range(-1, 14)):
        rows = session.exec(select(Institution).where(holds(Institution, day))).all()
        assert {row.entry_id: (row.name, row.region, row.credit_class) for row in rows} == {
            entry: (facts["name"], facts.get("region", ""), facts.get("credit_class", ""))
            for entry in entries
            if (facts := replayed(told.get(entry, []), day)) is not None
        }
