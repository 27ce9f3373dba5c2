"""The dated tables are what was stated; whoever went around the program is found out."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from rosters.entries import Noun
from rosters.institutions import Institution
from rosters.quality.soundness import Difference, check
from rosters.statements import get_change
from rosters.withdrawals import withdraw
from tests.rosters.worlds import NOON, PLANNER, settled


def found(session: Session) -> list[Difference]:
    return check(session, lambda *_: None)


@pytest.mark.parametrize(
    "meddling",
    [
        "UPDATE institution SET credit_class = 'A' WHERE entry_id = {entry}",
        "DELETE FROM institution WHERE entry_id = {entry}",
        "UPDATE institution SET until = '2026-01-01' WHERE entry_id = {entry}"
        " AND until = '9999-12-31'",
    ],
)
def test_a_row_that_was_changed_behind_our_back_is_named(
    session: Session, tmp_path: Path, meddling: str
) -> None:
    settled(session, tmp_path, 30)
    wanted = select(Institution.entry_id).where(Institution.credit_class == "C")
    entry = session.exec(wanted.order_by(col(Institution.entry_id))).first()
    assert found(session) == []

    session.connection().execute(text(meddling.format(entry=entry)))

    assert found(session) == [Difference(Noun.INSTITUTION, entry or 0)]


def test_a_row_of_an_entry_of_another_noun_is_named(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 30)
    stranger = (
        session.connection()
        .execute(text("SELECT min(id) FROM roster_entry WHERE noun = 'inspector'"))
        .scalar_one()
    )

    session.add(
        Institution(entry_id=stranger, since=date(2026, 1, 1), until=date.max, name="演示外来")
    )
    session.flush()

    assert Difference(Noun.INSTITUTION, stranger) in found(session)


def test_what_is_withdrawn_leaves_sound_tables(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 30)
    last = get_change(
        session,
        session.connection().execute(text("SELECT max(id) FROM roster_change")).scalar_one(),
    )

    withdraw(session, last.key, PLANNER, NOON, "试撤")

    assert found(session) == []


def test_progress_is_told_to_the_end(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 30)
    told: list[tuple[str, int, int]] = []

    check(session, lambda step, done, of: told.append((step, done, of)))

    _, done, of = told[-1]
    assert done == of > 0
    assert [one[1] for one in told] == sorted(one[1] for one in told)
