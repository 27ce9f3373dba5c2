"""Scores are kept with what they were made of; they propose, and people decide."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.database import connect, unit_of_work
from core.privacy import ReasonIsMissing
from core.roles import NATION, Scope, ScopeKind
from core.trail import Event
from rosters.changes import Act, NothingChanges, Saying, new_entries, state
from rosters.entries import Noun, holds
from rosters.flags import FlagKind
from rosters.institutions import CreditClass, Institution
from rosters.risk.decisions import (
    OnlyPeopleDecide,
    Proposal,
    ProposalIsDecided,
    ProposalIsStale,
    ProposalNotFound,
    RiskDecision,
    Stage,
    Wanted,
    accept,
    decline,
    proposals,
)
from rosters.risk.indicators import Indicator, adopt_standard, indicators_on
from rosters.risk.scores import RiskRun, RiskScore, reckoning, runs, score_all, scores_of
from rosters.statements import ChangeKind
from rosters.withdrawals import withdraw
from tests.rosters.worlds import MACHINE, NOON, PLANNER, TODAY, act_of, settled
from tests.storage import in_threads, url_of

START = date(2024, 1, 1)
ZHEJIANG = Scope(ScopeKind.REGION, "330000")


def silent(_step: str, _done: int, _of: int) -> None:
    """Nobody listens."""


@pytest.fixture
def act(tmp_path: Path) -> Act:
    return act_of(tmp_path, reason="核对证据后采纳")


@pytest.fixture
def scored(session: Session, act: Act) -> Callable[[], RiskRun]:
    """Adopts the standard indicators; gives a function that scores everybody today."""
    adopt_standard(session, act, START)
    return lambda: score_all(session, MACHINE, TODAY, NOON, silent)


def enter(session: Session, act: Act, noun: Noun, **facts: Any) -> int:
    (entry,) = new_entries(session, noun, 1)
    state(session, act, [Saying(noun, entry, facts, START)])
    return entry


def certified(session: Session, act: Act, number: int, **facts: Any) -> int:
    """An institution with a valid certificate, all facts and nothing on record."""
    whole = {"credit_code": "", "region": "330100", "fields": "食品检验", "credit_class": "A"}
    name = f"演示甲{number}检测有限公司"
    entry = enter(session, act, Noun.INSTITUTION, name=name, **(whole | facts))
    enter(
        session, act, Noun.CERTIFICATE, institution_id=entry, number=f"演示{number:06}",
        issued_on=date(2022, 1, 1), expires_on=date(2027, 12, 31),
    )  # fmt: skip
    return entry


def flag(session: Session, act: Act, entry: int, kind: FlagKind, day: date) -> None:
    enter(
        session, act, Noun.FLAG, institution_id=entry, kind=kind.value, happened_on=day,
    )  # fmt: skip


def penalised(session: Session, act: Act, number: int = 1, **facts: Any) -> int:
    entry = certified(session, act, number, **facts)
    flag(session, act, entry, FlagKind.PENALTY, date(2026, 3, 1))
    return entry


def class_on(session: Session, entry: int, day: date = TODAY) -> CreditClass:
    wanted = select(col(Institution.credit_class)).where(
        Institution.entry_id == entry, holds(Institution, day)
    )
    return session.exec(wanted).one()


def looked(session: Session, run: RiskRun, **wanted: Any) -> list[Proposal]:
    return proposals(session, run, [NATION], TODAY, Wanted(**wanted))[0]


# -- scoring -----------------------------------------------------------------------------------


def test_the_total_of_every_score_is_the_sum_of_its_reckoning(
    session: Session, tmp_path: Path
) -> None:
    settled(session, tmp_path, 150)

    run = score_all(session, MACHINE, TODAY, NOON, silent)

    scores = session.exec(select(RiskScore).where(RiskScore.run_id == run.key)).all()
    assert len(scores) == run.institutions == 150
    assert any(len(score.contributions) > 1 for score in scores)
    for score in scores:
        lines = reckoning(run, score)
        assert sum(line.points for line in lines) == score.total
        assert len(lines) == len(score.contributions)
        assert all(line.basis and line.counted for line in lines)
    assert run.proposals == sum(score.was != score.proposed for score in scores)


def test_scoring_changes_no_class(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 60)
    before = session.exec(select(Institution)).all()

    run = score_all(session, MACHINE, TODAY, NOON, silent)

    assert run.proposals > 0
    assert session.exec(select(Institution)).all() == before


def test_the_same_roster_on_the_same_day_has_the_same_scores(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)

    first, second = scored(), scored()

    assert first.digest == second.digest
    (_, late), (_, early) = scores_of(session, entry)
    assert (late.total, late.contributions) == (early.total, early.contributions)
    assert [run.key for run in runs(session)] == [second.key, first.key]


def test_a_past_day_is_scored_with_what_held_then(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)
    weight = session.exec(select(Indicator).where(Indicator.code == "penalties")).one()
    state(session, act, [Saying(Noun.INDICATOR, weight.entry_id, {"weight": 90, "most": 0}, TODAY)])

    score_all(session, MACHINE, TODAY - timedelta(days=1), NOON, silent)
    scored()

    assert [score.total for _, score in scores_of(session, entry)] == [90 + 5, 20 + 5]


def test_an_indicator_that_is_off_does_not_count(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)
    weight = session.exec(select(Indicator).where(Indicator.code == "penalties")).one()
    state(session, act, [Saying(Noun.INDICATOR, weight.entry_id, {"active": False}, TODAY)])

    run = scored()

    ((_, score),) = scores_of(session, entry)
    assert "penalties" not in score.contributions
    assert "penalties" not in {used["code"] for used in run.indicators["weights"]}


def test_the_standard_is_adopted_once_and_what_a_planner_changed_stays(
    session: Session, act: Act
) -> None:
    adopt_standard(session, act, START)
    before = [one.code for one in indicators_on(session, TODAY)]

    with pytest.raises(NothingChanges):
        adopt_standard(session, act, START)

    assert [one.code for one in indicators_on(session, TODAY)] == before


# -- deciding ----------------------------------------------------------------------------------


def test_an_accepted_proposal_is_a_change_from_today_on_with_its_reason(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)
    run = scored()
    (proposal,) = looked(session, run)

    change = accept(session, act, run.key, [entry], [NATION], TODAY)

    assert proposal.score.proposed == CreditClass.C
    assert change.kind is ChangeKind.RATING
    assert class_on(session, entry) == CreditClass.C
    assert class_on(session, entry, TODAY - timedelta(days=1)) == CreditClass.A
    told = session.exec(select(Institution.class_reason).where(holds(Institution, TODAY))).one()
    assert "25分" in told
    assert "核对证据后采纳" in told
    assert [one.stage for one in looked(session, run, stage=None)] == [Stage.ACCEPTED]


def test_a_withdrawn_acceptance_gives_the_old_class_back_and_stays_known(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)
    run = scored()
    change = accept(session, act, run.key, [entry], [NATION], TODAY)

    withdraw(session, change.key, PLANNER, NOON, "依据有误")

    assert class_on(session, entry) == CreditClass.A
    decision = session.exec(select(RiskDecision)).one()
    assert (decision.actor_name, decision.change_id) == (PLANNER.name, change.key)


def test_who_declines_leaves_the_class_his_name_and_his_reason(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)
    run = scored()

    decline(session, replace(act, reason="处罚已撤销"), run.key, [entry], [NATION], TODAY)
    session.commit()

    assert class_on(session, entry) == CreditClass.A
    (declined,) = looked(session, run, stage=Stage.DECLINED)
    assert declined.decision is not None
    assert (declined.decision.actor_name, declined.decision.reason) == (PLANNER.name, "处罚已撤销")
    event = session.exec(select(Event).where(Event.action == "risk.declined")).one()
    assert event.reason == "处罚已撤销"


def test_no_program_accepts_a_proposal(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)
    run = scored()
    machine = Act(MACHINE, NOON, act.files, "自动")

    with pytest.raises(OnlyPeopleDecide):
        accept(session, machine, run.key, [entry], [NATION], TODAY)


def test_a_decision_needs_a_reason(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)
    run = scored()

    with pytest.raises(ReasonIsMissing):
        accept(session, Act(PLANNER, NOON, act.files, " "), run.key, [entry], [NATION], TODAY)


def test_a_proposal_is_stale_once_the_class_has_changed(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry, other = penalised(session, act, 1), penalised(session, act, 2)
    run = scored()
    state(session, act, [Saying(Noun.INSTITUTION, entry, {"credit_class": "D"}, TODAY)])

    with pytest.raises(ProposalIsStale) as refused:
        accept(session, act, run.key, [entry, other], [NATION], TODAY)

    assert refused.value.params["entries"] == [entry]
    assert class_on(session, other) == CreditClass.A
    assert [one.institution.entry_id for one in looked(session, run)] == [other]
    assert [one.institution.entry_id for one in looked(session, run, stage=Stage.STALE)] == [entry]


def test_a_proposal_is_decided_once(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    entry = penalised(session, act)
    run = scored()
    decline(session, replace(act, reason="暂不调整"), run.key, [entry], [NATION], TODAY)

    with pytest.raises(ProposalIsDecided):
        accept(session, act, run.key, [entry], [NATION], TODAY)


def test_a_province_sees_and_decides_its_own_only(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    own, foreign = penalised(session, act, 1), penalised(session, act, 2, region="320100")
    run = scored()

    seen, many = proposals(session, run, [ZHEJIANG], TODAY, Wanted())

    assert [one.institution.entry_id for one in seen] == [own]
    assert many == 1
    with pytest.raises(ProposalNotFound):
        accept(session, act, run.key, [own, foreign], [ZHEJIANG], TODAY)
    accept(session, act, run.key, [own], [ZHEJIANG], TODAY)


def test_an_institution_that_keeps_its_class_is_no_proposal(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    # without a credit code it has five points, which is class B
    entry = certified(session, act, 1, credit_class="B")
    run = scored()

    with pytest.raises(ProposalNotFound):
        decline(session, replace(act, reason="无"), run.key, [entry], [NATION], TODAY)


def test_proposals_are_found_by_class_and_come_the_riskiest_first(
    session: Session, act: Act, scored: Callable[[], RiskRun]
) -> None:
    mild, grave = penalised(session, act, 1), penalised(session, act, 2)
    flag(session, act, grave, FlagKind.SERIOUS_ILLEGALITY, date(2026, 5, 1))
    run = scored()

    assert [one.institution.entry_id for one in looked(session, run)] == [grave, mild]
    (to_d,) = looked(session, run, proposed=CreditClass.D)
    assert to_d.institution.entry_id == grave
    page, many = proposals(session, run, [NATION], TODAY, Wanted(was=CreditClass.A), 1, 1)
    assert ([one.institution.entry_id for one in page], many) == ([mild], 2)


def test_of_two_planners_at_once_one_decides(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        act = act_of(tmp_path, reason="同时办理")
        adopt_standard(session, act, START)
        entry = penalised(session, act)
        run = score_all(session, MACHINE, TODAY, NOON, silent).key

    def decide(url: str, _number: int) -> str:
        mine = connect(url)
        try:
            with unit_of_work(mine) as session:
                accept(session, act, run, [entry], [NATION], TODAY)
        except (ProposalIsDecided, ProposalIsStale) as refused:
            return refused.code
        finally:
            mine.dispose()
        return "decided"

    told = in_threads(decide, url_of(engine), 4)

    assert sorted(told) == ["decided", *["proposal_is_decided"] * 3]
