"""How the scores of a run are spread, whom proposals are about, and bounds that must rise."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from core.roles import NATION, Scope, ScopeKind
from rosters.changes import Act, Saying, state
from rosters.entries import Noun, holds
from rosters.institutions import Institution
from rosters.risk.counts import spread
from rosters.risk.decisions import Wanted, proposals
from rosters.risk.indicators import (
    BandsOutOfOrder,
    adopt_standard,
    indicators_on,
    need_rising_bands,
)
from rosters.risk.scores import RiskScore, get_run, score_all
from tests.rosters.worlds import MACHINE, NOON, TODAY, act_of, settled

ZHEJIANG = Scope(ScopeKind.REGION, "330000")
SOON, LATER = TODAY + timedelta(days=10), TODAY + timedelta(days=20)


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return act_of(tmp_path, reason="年度调整")


def scored(session: Session, folder: Path) -> int:
    settled(session, folder, 300)
    return score_all(session, MACHINE, TODAY, NOON, lambda *_: None).key


def test_the_spread_counts_every_score_in_sight_once(session: Session, tmp_path: Path) -> None:
    run = scored(session, tmp_path)
    there = select(Institution.entry_id).where(
        holds(Institution, TODAY), col(Institution.region).startswith("33")
    )
    scores = session.exec(select(RiskScore)).all()
    ours = [one for one in scores if one.entry_id in set(session.exec(there))]

    for scope, seen in ((NATION, scores), (ZHEJIANG, ours)):
        found = spread(session, run, [scope], TODAY)
        assert found.totals == Counter(one.total for one in seen)
        assert found.classes == Counter((one.was, one.proposed) for one in seen)
        assert found.institutions == len(seen)
        assert found.proposals == sum(one.was != one.proposed for one in seen)
    assert spread(session, run, [], TODAY).institutions == 0


def test_proposals_can_be_asked_for_by_institution(session: Session, tmp_path: Path) -> None:
    scored(session, tmp_path)
    run_of = session.exec(select(RiskScore.run_id).limit(1)).one()
    run = get_run(session, run_of)
    everywhere, total = proposals(session, run, [NATION], TODAY, Wanted())
    wanted = [one.score.entry_id for one in everywhere[:3]]

    found, many = proposals(session, run, [NATION], TODAY, Wanted(), entries=wanted)

    assert many == 3 < total
    assert {one.score.entry_id for one in found} == set(wanted)
    assert proposals(session, run, [NATION], TODAY, Wanted(), entries=[]) == ([], 0)


def test_bounds_must_rise_on_a_day_and_ever_after(session: Session, act: Act) -> None:
    adopt_standard(session, act, date(2024, 1, 1))
    bands = {one.code: one.entry_id for one in indicators_on(session, TODAY)}

    def weigh(code: str, weight: int, day: date) -> None:
        state(session, act, [Saying(Noun.INDICATOR, bands[code], {"weight": weight}, day)])

    need_rising_bands(session, TODAY)
    weigh("D", 40, LATER)
    need_rising_bands(session, TODAY)
    weigh("C", 45, SOON)
    with pytest.raises(BandsOutOfOrder):
        need_rising_bands(session, TODAY)
    weigh("D", 60, LATER)
    need_rising_bands(session, TODAY)
