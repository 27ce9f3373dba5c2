"""The second ceremony: after the first, by the same code, with a seed of its own."""

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from core import trail_check
from core.database import connect, unit_of_work, writing
from core.files import FileStore
from core.trail import Actor
from inspections.addenda import SubstitutionReason
from inspections.ceremonies import make_ready
from inspections.draw_papers import DrawIsDamaged, is_open, offered
from inspections.draws import (
    Desk,
    Draw,
    DrawExists,
    DrawNotFound,
    DrawState,
    draws_of,
    standing_draw,
)
from inspections.holding import DrawMustBeHeld, ListComesFirst, hold, publish
from inspections.plans import get_version
from inspections.subjects import Subject
from inspections.substitutions import move_substitution
from inspections.teams.boards import visit_line
from inspections.teams.checks import inner_team_faults, public_team_faults
from inspections.teams.making import freeze_task
from inspections.teams.rules import TeamRulesReasonMissing, TeamsAreCommitted
from inspections.teams.seats import seats_of
from inspections.teams.tasks import TaskIsOld, get_task
from inspections.teams.visits import appoint, visits_of
from tests.inspections.hall import FRAME_KEY, SEAL
from tests.inspections.offices import NOON
from tests.inspections.teams.corps import RULES, Corps, a_corps
from tests.storage import in_threads, url_of
from web.words.jobs import STEPS

OPENS = date(2026, 11, 20)


@pytest.fixture
def corps(session: Session, tmp_path: Path) -> Corps:
    """Twelve inspectors of one province."""
    corps = a_corps(session, tmp_path)
    corps.inspectors(12)
    return corps


def public_files(corps: Corps, teams: Draw) -> dict[str, str]:
    return offered(corps.session, corps.office.files, teams, NOON.date())


# -- the whole way -----------------------------------------------------------------------------


def test_teams_are_drawn_for_every_institution_on_the_list(corps: Corps) -> None:
    listed = corps.list_drawn()

    teams = corps.teams_held(listed)

    assert (teams.subject, teams.number, teams.state) == (Subject.TEAMS, 1, DrawState.DRAWN)
    assert [seat.slot for seat in corps.drawn(teams)] == [
        f"{number:03d}/{role}" for number in range(1, 5) for role in ("成员1", "组长")
    ]
    assert teams.seed not in (None, listed.seed)
    assert list(inner_team_faults(corps.session, corps.first.desk(), teams.key)) == []
    assert trail_check.verify(corps.session) == []


def test_a_stranger_verifies_the_teams_from_the_published_files(corps: Corps) -> None:
    teams = corps.teams_held(corps.list_drawn())
    publish(corps.session, corps.first.desk(), teams.key)

    paper = partial(corps.first.paper, teams)
    faults = public_team_faults(
        teams.commitment_digest or "", paper("certificate.json"), paper("frame.jsonl")
    )

    assert list(faults) == []
    told = json.loads(paper("certificate.json"))["commitment"]["ceremony"]
    listed = standing_draw(corps.session, teams.plan_id)
    assert listed is not None
    assert (told["subject"], told["list"]) == ("teams", listed.certificate_sha256)


def test_the_files_name_neither_people_nor_institutions(corps: Corps) -> None:
    teams = corps.teams_held(corps.list_drawn())
    publish(corps.session, corps.first.desk(), teams.key)

    shown = "".join(
        corps.first.paper(teams, name).decode()
        for name in public_files(corps, teams)
        if name != "verifier.py"
    )

    assert "演示数据检查员" not in shown
    assert "演示数据检测" not in shown
    assert "task.secret" not in public_files(corps, teams)


def test_teams_wait_for_the_list_of_the_institutions(corps: Corps) -> None:
    office = corps.office
    corps.inspectors(1)
    with pytest.raises(DrawNotFound):
        freeze_task(corps.session, office.files, 1, office.planner, NOON)
    listed = corps.list_drawn()
    task = corps.frozen(listed)
    corps.first.void(listed)

    with pytest.raises(DrawNotFound):
        corps.announced(task)


def test_a_task_for_another_list_is_not_drawn(corps: Corps) -> None:
    listed = corps.list_drawn()
    task = corps.frozen(listed)
    corps.first.void(listed)
    corps.first.values = {name: f"{value} 再" for name, value in corps.first.values.items()}
    again = corps.first.held()

    assert again.key != listed.key
    with pytest.raises(TaskIsOld):
        corps.announced(task)


def test_a_task_is_old_when_a_visit_has_other_days_or_another_institution(corps: Corps) -> None:
    listed = corps.list_drawn(institutions=9)
    first = corps.frozen(listed)
    visit = visits_of(corps.session, listed.key)[0]
    days, clerk = (visit.window_last, visit.window_last), corps.office.planner
    appoint(corps.session, visit.key, visit.version, days, "", clerk, NOON)
    with pytest.raises(TaskIsOld):
        corps.announced(first)
    draw = corps.announced(corps.frozen(listed))
    line = visit_line(corps.session, visit.key, NOON.date())
    corps.replaced(listed, line.institution.unit_id)

    with pytest.raises(TaskIsOld):
        corps.committed(draw)


def test_two_draws_of_teams_cannot_both_count(corps: Corps) -> None:
    listed = corps.list_drawn()
    corps.teams_announced(listed)

    with pytest.raises(DrawExists):
        corps.teams_announced(listed)


def test_the_same_ground_gives_the_same_task(corps: Corps) -> None:
    listed = corps.list_drawn()

    assert corps.frozen(listed).key == corps.frozen(listed).key
    corps.inspectors(1)
    assert len({corps.frozen(listed).key, corps.frozen(listed).key}) == 1


def test_rules_change_with_a_reason_and_not_after_the_commitment(corps: Corps) -> None:
    listed = corps.list_drawn()
    corps.rules(listed)
    other = RULES.model_copy(update={"alternates": 1})
    with pytest.raises(TeamRulesReasonMissing):
        corps.rules(listed, other)
    corps.teams_committed(listed, RULES)

    with pytest.raises(TeamsAreCommitted):
        corps.rules(listed, other, "候补太多")


def test_whoever_waits_for_the_chances_is_told_the_steps(corps: Corps) -> None:
    teams = corps.teams_announced(corps.list_drawn())
    steps: list[str] = []

    make_ready(
        corps.session, corps.office.files, teams.key, lambda step, done, total: steps.append(step)
    )

    assert steps
    assert set(steps) <= STEPS.keys()


# -- void --------------------------------------------------------------------------------------


def test_making_the_first_draw_void_takes_its_teams_with_it(corps: Corps) -> None:
    listed = corps.list_drawn()
    teams = corps.teams_held(listed)

    corps.first.void(listed)

    assert (listed.state, teams.state) == (DrawState.VOID, DrawState.VOID)
    assert teams.void_reason == listed.void_reason
    # what was drawn stays visible, as that of the list does
    assert is_open(teams, NOON.date())


def test_teams_of_a_void_list_are_drawn_anew_under_their_next_number(corps: Corps) -> None:
    listed = corps.list_drawn()
    first = corps.teams_held(listed)
    corps.first.void(listed)
    corps.first.values = {name: f"{value} 再" for name, value in corps.first.values.items()}
    again = publish(corps.session, corps.first.desk(), corps.first.held().key)

    second = corps.teams_held(again)

    assert [d.number for d in draws_of(corps.session, first.plan_id, Subject.TEAMS)] == [1, 2]
    assert (second.redraw_first, second.redraw_second) == (
        corps.first.operator.user_id, corps.first.second.user_id,
    )  # fmt: skip
    void = corps.first.certificate(second)["commitment"]["ceremony"]["void"]
    assert [one["certificate"] for one in void] == [first.certificate_sha256]


def test_void_teams_leave_the_list_and_the_plan_as_they_are(corps: Corps) -> None:
    listed = corps.list_drawn()
    teams = corps.teams_held(listed)

    corps.first.void(teams)

    assert (listed.state, teams.state) == (DrawState.PUBLISHED, DrawState.VOID)
    assert get_version(corps.session, listed.plan_version_id).frozen_at is not None
    assert corps.teams_held(listed).number == 2


def test_nobody_gets_rid_of_teams_in_the_middle_by_making_the_list_void(corps: Corps) -> None:
    listed = corps.list_drawn()
    teams = corps.teams_revealed(listed)

    with pytest.raises(DrawMustBeHeld):
        corps.first.void(listed)
    corps.session.rollback()

    assert teams.state is DrawState.REVEALING


# -- sealed lists ------------------------------------------------------------------------------


@pytest.fixture
def sealed(corps: Corps) -> Draw:
    """The list of a plan whose visits are unannounced."""
    content = corps.office.sound(notice="unannounced", publish_drawn=False)
    return corps.list_drawn(content=content, opens_on=OPENS)


def test_teams_of_a_sealed_list_open_with_it_and_tell_nothing_before(
    corps: Corps, sealed: Draw
) -> None:
    teams = corps.teams_held(sealed)

    assert teams.opens_on == OPENS
    assert public_files(corps, teams).keys() == {"verifier.py"}
    with pytest.raises(ListComesFirst):
        publish(corps.session, corps.first.desk(), teams.key)
    corps.session.rollback()
    late = corps.first.desk(after=OPENS - NOON.date())
    publish(corps.session, late, sealed.key)
    publish(corps.session, late, teams.key)
    assert "certificate.json" in offered(corps.session, corps.office.files, teams, OPENS)


def test_teams_never_open_before_the_day_of_the_list(corps: Corps) -> None:
    content = corps.office.sound(notice="unannounced", publish_drawn=False)
    sealed = corps.list_drawn(content=content, opens_on=OPENS)
    teams = corps.teams_held(sealed)
    corps.first.void(sealed)

    assert not is_open(teams, NOON.date())
    assert is_open(teams, OPENS)


def test_void_teams_of_a_list_that_is_not_published_stay_unseen_until_it_is(corps: Corps) -> None:
    listed = corps.list_drawn()
    teams = corps.teams_held(listed)
    corps.session.expire_all()
    listed.state, listed.published_at, listed.published_by = DrawState.DRAWN, None, None
    corps.session.add(listed)
    corps.session.flush()
    corps.first.void(teams)
    assert not is_open(teams, NOON.date())

    publish(corps.session, corps.first.desk(), listed.key)

    assert is_open(teams, NOON.date())


def test_a_draw_of_teams_knows_no_substitution_of_institutions(corps: Corps) -> None:
    teams = corps.teams_held(corps.list_drawn())

    with pytest.raises(DrawNotFound):
        move_substitution(
            corps.session, corps.first.desk(), teams.key, "001", SubstitutionReason.CLOSED, "停业"
        )


# -- at once -----------------------------------------------------------------------------------


def press(root: Path, people: tuple[int, int], draw_id: int, url: str, number: int) -> str:
    engine = connect(url)
    try:
        with unit_of_work(engine) as session:
            actor = Actor(people[number % 2], "操作员", "national_planner")
            desk = Desk(actor, NOON, FileStore(root), SEAL, FRAME_KEY)
            return hold(session, desk, draw_id).seed or ""
    finally:
        engine.dispose()


def test_officers_who_press_at_the_same_moment_get_the_same_teams(
    engine: Engine, tmp_path: Path
) -> None:
    with Session(writing(engine), expire_on_commit=False) as session:
        corps = a_corps(session, tmp_path)
        corps.inspectors(8)
        teams = corps.teams_revealed(corps.list_drawn()).key
        people = (corps.first.operator.user_id or 0, corps.first.second.user_id or 0)
        session.commit()

    seeds = in_threads(partial(press, tmp_path, people, teams), url_of(engine), 4)

    assert len(set(seeds)) == 1
    with Session(engine) as session:
        assert len(session.exec(select(Draw).where(Draw.subject == Subject.TEAMS)).all()) == 1
        assert sum(seat.rank == 0 for seat in seats_of(session, teams)) == 8


# -- damage ------------------------------------------------------------------------------------


def test_a_task_changed_on_the_disk_is_not_drawn_from(corps: Corps) -> None:
    teams = corps.teams_revealed(corps.list_drawn())
    frozen = get_task(corps.session, teams.task_id)
    path = corps.office.files.path(frozen.task_sha256)
    path.write_bytes(path.read_bytes().replace(b"330000", b"440000"))

    with pytest.raises(DrawIsDamaged):
        hold(corps.session, corps.first.desk(), teams.key)


def test_the_house_finds_a_seed_or_a_file_that_was_changed(corps: Corps) -> None:
    teams = corps.teams_held(corps.list_drawn())
    seed, teams.seed = teams.seed, "0" * 64
    assert list(inner_team_faults(corps.session, corps.first.desk(), teams.key)) == [
        "数据库中的种子与证书不符"
    ]
    teams.seed = seed
    path = corps.office.files.path(teams.certificate_sha256 or "")
    path.write_bytes(path.read_bytes().replace(b"001/", b"002/", 1))

    assert list(inner_team_faults(corps.session, corps.first.desk(), teams.key))
