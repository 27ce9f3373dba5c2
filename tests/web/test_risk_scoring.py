"""Everybody is scored by a job, under the name of the planner who asked for it."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from core.accounts import AccountDraft, create_user
from core.database import unit_of_work, writing
from core.jobs import Job
from core.trail import SYSTEM, Actor, Event
from rosters.risk.scores import RiskRun, RiskScore
from tests.rosters.worlds import NOON, TODAY, settled
from web.risk_scoring import ask_for_scores, handler
from web.words.jobs import KINDS, RESULTS, STEPS

LATER = datetime(2026, 11, 20, 5, tzinfo=UTC)


def test_a_planner_asks_and_everybody_is_scored_under_his_name(
    engine: Engine, tmp_path: Path
) -> None:
    with unit_of_work(engine) as session:
        settled(session, tmp_path, 40)
        draft = AccountDraft(login_name="planner", display_name="演示计划员")
        planner = Actor(create_user(session, draft, SYSTEM, NOON).key, "演示计划员", "reviewer")
        job = ask_for_scores(session, planner, TODAY, NOON)
    steps: list[str] = []

    with Session(writing(engine)) as session:
        found = session.get_one(Job, job.number)
        done = handler(engine, lambda: LATER)(session, found, lambda *told: steps.append(told[0]))
        session.commit()

    with Session(engine) as session:
        run = session.exec(select(RiskRun)).one()
        scores = session.exec(select(RiskScore)).all()
        event = session.exec(select(Event).where(Event.action == "risk.scored")).one()
    assert (run.actor_name, run.day, run.at) == ("演示计划员", TODAY, LATER)
    assert (event.actor_id, event.actor_role) == (planner.user_id, "reviewer")
    assert done == {"run": run.key, "institutions": 40, "proposals": run.proposals}
    assert len(scores) == 40
    assert set(steps) <= STEPS.keys()
    assert done.keys() <= RESULTS.keys()
    assert job.kind in KINDS
