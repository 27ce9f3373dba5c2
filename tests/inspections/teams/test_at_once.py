"""Several officials at the same moment: everything is done once, and nobody sees an error."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core.database import connect, unit_of_work
from core.errors import Fact
from core.files import FileStore
from core.trail import Actor
from inspections.draws import Desk
from inspections.teams.making import freeze_task
from inspections.teams.rules import rules_history, set_rules
from inspections.teams.stand_ins import StandInReason, stand_ins_of
from inspections.teams.stepping import step_out
from inspections.teams.tasks import FrozenTask
from rosters.entries import Noun
from tests.inspections.hall import FRAME_KEY, SEAL
from tests.inspections.offices import NOON
from tests.inspections.teams.corps import RULES, Corps, a_corps
from tests.storage import in_threads, url_of

AT_ONCE = 4


@pytest.fixture
def corps(session: Session, tmp_path: Path) -> Corps:
    corps = a_corps(session, tmp_path)
    corps.inspectors(16)
    return corps


def set_other_rules(version: int, actor: Actor, url: str, number: int) -> None:
    engine = connect(url)
    with unit_of_work(engine) as session:
        rules = RULES.model_copy(update={"alternates": number + 1})
        set_rules(session, version, rules, "另一种选派办法", actor, NOON)
    engine.dispose()


def test_rules_that_are_set_at_once_are_counted_one_after_the_other(
    corps: Corps, engine: Engine
) -> None:
    version = corps.list_drawn().plan_version_id
    corps.session.commit()

    work = partial(set_other_rules, version, corps.office.planner)
    in_threads(work, url_of(engine), AT_ONCE)

    history = rules_history(corps.session, version)
    assert [one.number for one in history] == list(range(1, AT_ONCE + 1))


def freeze(plan: int, files: FileStore, actor: Actor, url: str, number: int) -> int:
    engine = connect(url)
    with unit_of_work(engine) as session:
        frozen = freeze_task(session, files, plan, actor, NOON).key
    engine.dispose()
    return frozen


def test_of_officials_who_freeze_at_once_all_get_one_task(corps: Corps, engine: Engine) -> None:
    listed = corps.list_drawn()
    corps.rules(listed)
    corps.session.commit()

    work = partial(freeze, listed.plan_id, corps.office.files, corps.office.planner)
    (key,) = set(in_threads(work, url_of(engine), AT_ONCE))

    assert [one.key for one in corps.session.exec(select(FrozenTask))] == [key]


def let_go(draw: int, slot: str, desk: Desk, url: str, number: int) -> str:
    engine = connect(url)
    try:
        with unit_of_work(engine) as session:
            step_out(session, desk, draw, slot, StandInReason.CERTIFICATE)
        return "gone"
    except Fact as fact:
        return fact.code
    finally:
        engine.dispose()


def test_of_officials_who_let_somebody_go_at_once_one_does(corps: Corps, engine: Engine) -> None:
    teams = corps.teams_held(corps.list_drawn())
    seat = next(one for one in corps.drawn(teams) if one.slot == "001/组长")
    corps.changes(Noun.INSPECTOR, seat.person_id, NOON.date(), province_until=NOON.date())
    corps.session.commit()
    desk = Desk(corps.office.colleague, NOON, corps.office.files, SEAL, FRAME_KEY)

    answers = in_threads(partial(let_go, teams.key, seat.slot, desk), url_of(engine), AT_ONCE)

    assert sorted(answers) == ["gone"] + ["stand_in_unproven"] * (AT_ONCE - 1)
    (step,) = stand_ins_of(corps.session, teams.key)
    assert step.in_id == corps.waiting(teams, seat.slot)[0]
