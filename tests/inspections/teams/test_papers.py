"""What the papers of a visit say, and what each person sees of the teams."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core.database import connect, unit_of_work, writing
from core.errors import Fact
from core.files import FileStore
from core.trail import Actor
from inspections.draws import Desk, Draw
from inspections.holding import publish
from inspections.teams.boards import (
    board_of,
    changes_of,
    lines_of_department,
    visits_of_person,
)
from inspections.teams.figures import fairness_of, loads_of
from inspections.teams.papers import PROHIBITIONS, papers_of_visit
from inspections.teams.rules import Shape
from inspections.teams.stand_ins import StandInReason, stand_ins_of
from inspections.teams.stepping import step_out
from inspections.teams.visits import VisitNotFound, get_visit, plan_visits
from rosters.departments import Trade
from rosters.entries import Noun
from tests.inspections.hall import FRAME_KEY, SEAL
from tests.inspections.offices import LONG_AGO, NOON
from tests.inspections.teams.corps import RULES, Corps, a_corps
from tests.storage import in_threads, url_of

TODAY = NOON.date()


@pytest.fixture
def corps(session: Session, tmp_path: Path) -> Corps:
    corps = a_corps(session, tmp_path)
    corps.inspectors(14)
    return corps


def published(corps: Corps, **shape: object) -> Draw:
    rules = RULES.model_copy(update={"shape": Shape(**shape)})  # type: ignore[arg-type]
    teams = corps.teams_held(corps.list_drawn(), rules)
    return publish(corps.session, corps.first.desk(), teams.key)


# -- papers ------------------------------------------------------------------------------------


def test_a_notice_says_what_the_law_wants(corps: Corps) -> None:
    corps.says(Noun.EXPERT, name="演示专家", expert_no="YZ1")
    corps.says(Noun.EXPERT, name="演示专家二", expert_no="YZ2")
    teams = published(corps, experts=1, field_holder=False)
    seat = corps.drawn(teams)[0]
    corps.says(
        Noun.FLAG, institution_id=corps.entries[0], kind="checked", happened_on=date(2026, 3, 1)
    )

    papers = papers_of_visit(corps.session, corps.first.desk(), seat.visit_id)

    sheet, errand = papers.notice.sheet, papers.notice.errand
    assert sheet.task_number == "001"
    assert errand.basis == ("《检验检测机构监督管理办法》",)
    assert errand.source == "年度监督检查计划"
    checked = sheet.institution.entry_id == corps.entries[0]
    assert errand.frequency == f"本年度第 {2 if checked else 1} 次检查，年度上限 1 次"
    assert papers.notice.assistants == 1
    assert [one.role for one in sheet.team.members] == ["组长", "成员1", "专家1"]
    assert all(one.card.certificate_no.startswith("演执") for one in sheet.team.officers)
    assert papers.notice.prohibitions == papers.discipline.prohibitions == PROHIBITIONS
    assert any("回避" in right for right in papers.notice.rights)
    assert papers.task.certificate_sha256 == teams.certificate_sha256


def test_certificate_numbers_on_papers_are_valid_on_the_last_day_of_the_visit(
    corps: Corps,
) -> None:
    teams = published(corps)
    seat = corps.drawn(teams)[0]
    desk = corps.first.desk()
    last = papers_of_visit(corps.session, desk, seat.visit_id).notice.sheet.last_day
    corps.changes(
        Noun.INSPECTOR, seat.person_id, LONG_AGO, province_until=TODAY,
        ministry_no="部发1号", ministry_until=last,
    )  # fmt: skip

    team = papers_of_visit(corps.session, desk, seat.visit_id).notice.sheet.team

    (card,) = [one.card for one in team.members if one.card.entry_id == seat.person_id]
    assert card.certificate_no == "部发1号"


def test_there_are_no_papers_without_a_team(corps: Corps) -> None:
    listed = corps.list_drawn()
    corps.rules(listed)
    visit = plan_visits(corps.session, listed.plan_id, corps.office.planner, NOON)[0]

    with pytest.raises(VisitNotFound):
        papers_of_visit(corps.session, corps.first.desk(), visit.key)


def test_an_institution_gets_nothing_before_an_unannounced_visit(corps: Corps) -> None:
    content = corps.office.sound(notice="unannounced", publish_drawn=False)
    sealed = corps.list_drawn(content=content, opens_on=date(2026, 11, 20))
    teams = corps.teams_held(sealed)

    papers = papers_of_visit(corps.session, corps.first.desk(), corps.drawn(teams)[0].visit_id)

    assert papers.notice.sheet.sealed


def test_on_the_first_day_of_an_unannounced_visit_the_institution_gets_its_papers(
    corps: Corps,
) -> None:
    content = corps.office.sound(notice="unannounced", publish_drawn=False)
    teams = corps.teams_held(corps.list_drawn(content=content, opens_on=date(2027, 1, 15)))
    visit = get_visit(corps.session, corps.drawn(teams)[0].visit_id)
    days = visit.first_day - TODAY

    papers = papers_of_visit(corps.session, corps.first.desk(after=days), visit.key)

    assert not papers.notice.sheet.sealed


# -- who sees what -----------------------------------------------------------------------------


def test_everybody_finds_the_visits_he_is_sent_to(corps: Corps) -> None:
    teams = published(corps)

    for person in {seat.person_id for seat in corps.drawn(teams)}:
        found = visits_of_person(corps.session, person, TODAY)
        sent = {seat.visit_id for seat in corps.drawn(teams) if seat.person_id == person}
        assert {own.line.visit.key for own in found} == sent
        assert all(own.me.card.entry_id == person for own in found)


def test_void_teams_send_nobody(corps: Corps) -> None:
    teams = published(corps)
    person = corps.drawn(teams)[0].person_id

    corps.first.void(teams)

    assert visits_of_person(corps.session, person, TODAY) == []
    assert board_of(corps.session, teams.plan_id, TODAY).teams is None


def test_teams_that_are_drawn_again_leave_with_papers_of_another_number(corps: Corps) -> None:
    listed = corps.list_drawn()
    first = corps.teams_held(listed)
    visits = {seat.visit_id for seat in corps.drawn(first)}
    before = numbers_of(corps, visits)
    corps.first.void(first)

    corps.teams_held(listed)

    assert before.isdisjoint(numbers_of(corps, visits))


def numbers_of(corps: Corps, visits: set[int]) -> set[str]:
    desk = corps.first.desk()
    return {papers_of_visit(corps.session, desk, one).notice.sheet.number for one in visits}


def test_a_department_sees_the_visits_of_its_own_people(corps: Corps) -> None:
    office = corps.department("演示生态环境厅", "environment")
    corps.inspectors(4, department_id=office)
    teams = published(corps, partners=(Trade.ENVIRONMENT,))

    lines = lines_of_department(corps.session, teams.plan_id, office, TODAY)

    assert len(lines) == 4
    empty = corps.department("演示水利厅", "water")
    assert lines_of_department(corps.session, teams.plan_id, empty, TODAY) == []


def test_the_report_counts_what_happened_after_the_draw(corps: Corps) -> None:
    teams = published(corps)
    seat = corps.drawn(teams)[0]
    corps.changes(Noun.INSPECTOR, seat.person_id, TODAY, duty="left")
    left = StandInReason.LEFT
    step = step_out(corps.session, corps.first.desk(), teams.key, seat.slot, left)

    files = corps.office.files
    report = fairness_of(corps.session, files, teams)
    loads = loads_of(corps.session, files, teams, TODAY).by_person
    board = board_of(corps.session, teams.plan_id, TODAY)
    visit = next(line.visit for line in board.lines if line.visit.key == seat.visit_id)

    assert report.stand_ins == {left: 1}
    assert loads[seat.person_id].now == loads[seat.person_id].drawn - 1
    assert step.in_id is not None
    assert loads[step.in_id].now == loads[step.in_id].drawn + 1
    assert [one.key for one in changes_of(corps.session, teams, visit).stand_ins] == [step.key]


# -- at once -----------------------------------------------------------------------------------


def replace(root: Path, person: int, draw_id: int, slot: str, url: str, _number: int) -> str:
    engine = connect(url)
    try:
        with unit_of_work(engine) as session:
            actor = Actor(person, "操作员", "national_planner")
            desk = Desk(actor, NOON, FileStore(root), SEAL, FRAME_KEY)
            step_out(session, desk, draw_id, slot, StandInReason.LEFT)
            return "replaced"
    except Fact as fact:
        return fact.code
    finally:
        engine.dispose()


def test_two_who_replace_the_same_person_replace_him_once(engine: Engine, tmp_path: Path) -> None:
    with Session(writing(engine), expire_on_commit=False) as session:
        corps = a_corps(session, tmp_path)
        corps.inspectors(10)
        teams = corps.teams_held(corps.list_drawn())
        seat, clerk = corps.drawn(teams)[0], corps.first.operator.user_id or 0
        corps.changes(Noun.INSPECTOR, seat.person_id, TODAY, duty="left")
        session.commit()
        draw_id, slot = teams.key, seat.slot

    def work(url: str, number: int) -> str:
        return replace(tmp_path, clerk, draw_id, slot, url, number)

    # whoever comes second finds the alternate there, who can go
    assert sorted(in_threads(work, url_of(engine), 3)) == [
        "replaced", "stand_in_unproven", "stand_in_unproven",
    ]  # fmt: skip
    with Session(engine) as session:
        assert len(stand_ins_of(session, draw_id)) == 1
