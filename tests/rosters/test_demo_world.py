"""The made-up world is complete, sound, says that it is made up, and is the same everywhere."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.trail import canonical
from rosters.changes import Saying
from rosters.demo.figures import LABEL
from rosters.demo.institutions import national_of
from rosters.demo.rows import DemoRow, demo_roster
from rosters.demo.world import (
    RosterIsNotEmpty,
    demo_world,
    give_accounts,
    settle,
    some_institution,
)
from rosters.editing import checked
from rosters.entries import Noun, holds
from rosters.experts import Expert
from rosters.flags import FlagKind
from rosters.inspectors import Inspector
from rosters.institutions import CreditClass, Institution
from rosters.quality.soundness import check
from rosters.risk.scores import reckon
from rosters.timeline import PRESENT
from tests.rosters.worlds import MACHINE, TODAY, act_of, settled

UNITS = 400


def sayings_of(units: int, seed: int, today: date = TODAY) -> list[Saying]:
    return [saying for wave in demo_world(units, seed, today) for saying in wave.sayings]


def digest_of(units: int, seed: int) -> str:
    told = [[s.noun, s.entry_id, s.takes_effect, dict(s.facts)] for s in sayings_of(units, seed)]
    return hashlib.sha256(canonical(told).encode()).hexdigest()


@pytest.fixture(scope="module")
def sayings() -> list[Saying]:
    return sayings_of(UNITS, 7)


@pytest.fixture(scope="module")
def rows() -> list[DemoRow]:
    return list(demo_roster(UNITS, national_of(UNITS), 7))


def histories(sayings: list[Saying]) -> Iterator[tuple[Noun, list[dict[str, Any]]]]:
    """All facts of each entry after each saying about it."""
    found: dict[int, tuple[Noun, list[dict[str, Any]]]] = {}
    for saying in sayings:
        _, known = found.setdefault(saying.entry_id, (saying.noun, [{}]))
        known.append(known[-1] | dict(saying.facts))
    for noun, known in found.values():
        yield noun, known[1:]


def test_the_same_arguments_give_the_same_world_on_any_machine() -> None:
    program = "from tests.rosters.test_demo_world import digest_of; print(digest_of(120, 3))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "4", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
        text=True,
    )

    assert run.stdout.strip() == digest_of(120, 3)
    assert digest_of(120, 3) != digest_of(120, 4)


@given(st.integers(1, 40), st.integers(0, 2**40), st.dates(date(2024, 2, 29), date(2032, 12, 31)))
@settings(max_examples=25)
def test_a_world_of_any_size_names_only_entries_that_are_known_by_then(
    units: int, seed: int, today: date
) -> None:
    known: set[int] = set()
    for wave in demo_world(units, seed, today):
        known |= {saying.entry_id for saying in wave.sayings}
        for saying in wave.sayings:
            named = {value for name, value in saying.facts.items() if name.endswith("_id")}
            assert named <= known


def test_every_fact_is_one_that_a_person_could_have_stated(sayings: list[Saying]) -> None:
    for noun, known in histories(sayings):
        for facts in known:
            if facts.pop(PRESENT, True):
                checked(noun, facts)


def test_everybody_is_made_up_and_says_so(sayings: list[Saying]) -> None:
    for saying in sayings:
        facts = saying.facts
        if saying.noun in (Noun.INSTITUTION, Noun.INSPECTOR, Noun.EXPERT, Noun.CONTACT):
            assert "演示" in facts.get("name", "演示")
        assert facts.get("remark", LABEL) == LABEL
        assert (facts.get("phone") or "000-").startswith("000-")


def test_nothing_is_stated_of_the_time_before_the_roster_or_of_the_future(
    sayings: list[Saying],
) -> None:
    first = date(TODAY.year - 3, 1, 1)

    assert all(first <= saying.takes_effect <= TODAY for saying in sayings)
    assert all(s.facts["happened_on"] <= TODAY for s in sayings if "happened_on" in s.facts)


def test_checks_and_complaints_are_as_many_as_the_demo_roster_says(
    sayings: list[Saying], rows: list[DemoRow]
) -> None:
    codes = {
        s.entry_id: s.facts["name"]
        for s in sayings
        if s.noun is Noun.INSTITUTION and s.takes_effect == date(TODAY.year - 3, 1, 1)
    }
    last_year = [
        codes[s.facts["institution_id"]]
        for s in sayings
        if s.noun is Noun.FLAG
        and s.facts.get("kind") == FlagKind.CHECKED
        and s.facts["happened_on"].year == TODAY.year - 1
        and s.facts["institution_id"] in codes
    ]
    complaints = Counter(s.facts.get("kind") for s in sayings if s.noun is Noun.FLAG)

    assert max(Counter(last_year).values()) == 1
    assert set(last_year) & {row.name for row in rows} <= {
        row.name for row in rows if row.checked_last_year == "1"
    }
    assert complaints[FlagKind.COMPLAINT] == sum(int(row.complaints) for row in rows)


def test_the_world_is_in_the_database_as_it_was_stated(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 200)

    today = session.exec(select(Institution).where(holds(Institution, TODAY))).all()
    past = session.exec(select(Institution).where(holds(Institution, date(2024, 1, 1)))).all()

    assert len(today) == 200
    assert {one.name for one in past} - {one.name for one in today}
    assert check(session, lambda *_: None) == []


def test_most_classes_are_what_the_record_speaks_for(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 600)

    scored = reckon(session, TODAY, lambda *_: None)

    assert 0.02 * 600 < scored.proposals < 0.15 * 600
    assert {row["proposed"] for row in scored.rows} == set(CreditClass) - {CreditClass.UNRATED}


def test_a_world_is_not_mixed_with_what_is_there(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 20)

    with pytest.raises(RosterIsNotEmpty):
        settle(session, act_of(tmp_path, MACHINE), demo_world(20, 7, TODAY))


def test_demo_accounts_are_of_people_in_the_world(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 200)

    give_accounts(session, act_of(tmp_path), TODAY, "330000", "demo-inspector", "demo-expert")

    officer = session.exec(select(Inspector).where(Inspector.login_name == "demo-inspector")).one()
    session.exec(select(Expert).where(Expert.login_name == "demo-expert")).one()
    code = some_institution(session, TODAY, "330000")
    of_code = session.exec(select(Institution).where(Institution.credit_code == code)).all()
    assert officer.region.startswith("33")
    assert {one.region[:2] for one in of_code} == {"33"}
