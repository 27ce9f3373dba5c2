"""The papers with which a team leaves: who may have them, in which version, and how they come."""

import io
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from core.roles import Role, Scope, ScopeKind
from inspections.teams.visits import VisitState, visits_of
from tests.inspections.offices import NOON
from tests.web.ceremony_room import do_jobs
from tests.web.dispatch import Dispatch, got
from tests.web.test_visit_codes import text_of
from web.papers.visit_papers.bundle import PAPERS

# -- what the papers say -------------------------------------------------------------------------


def test_every_paper_names_its_task_its_version_and_where_it_is_verified(
    dispatch: Dispatch,
) -> None:
    browser, line = dispatch.planner(), dispatch.line()
    for name, (kind, _) in PAPERS.items():
        text = text_of(got(browser, dispatch.at(name)))

        assert kind in text
        assert line.institution.name in text
        assert f"-001-{line.visit.version}" in text
        assert "/onsite/" in text
        assert "参考格式" in text
        assert "第 1 页，共" in text
        assert "已作废" not in text


def test_the_notice_says_who_comes_with_which_certificate_and_what_one_may_refuse(
    dispatch: Dispatch,
) -> None:
    text = text_of(got(dispatch.planner(), dispatch.at("notice.pdf")))

    for member in dispatch.line().team.members:
        assert member.card.name in text
        assert member.card.certificate_no in text
    for wanted in (
        "检查依据",
        "任务来源",
        "检查频次",
        "检查事项",
        "请准备的材料",
        "回避",
        "行政复议",
    ):
        assert wanted in text
    assert text.count("严禁") == 1 + 5
    assert "检查人员2名，辅助人员0名" in text


def test_the_feedback_slip_does_not_pass_through_the_team(dispatch: Dispatch) -> None:
    text = text_of(got(dispatch.planner(), dispatch.at("feedback.pdf")))

    assert "不得由检查组转交" in text


def test_a_package_holds_all_papers_of_a_team(dispatch: Dispatch) -> None:
    browser = dispatch.member()
    data = got(browser, f"/visits/{dispatch.visit}/papers.zip")

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"001-{kind}.pdf" for kind, _ in PAPERS.values()]
    assert data == got(browser, f"/visits/{dispatch.visit}/papers.zip")


# -- who may have them ---------------------------------------------------------------------------


def test_who_sends_the_team_and_who_belongs_to_it_have_all_papers(dispatch: Dispatch) -> None:
    for browser in (dispatch.planner(), dispatch.enter(Role.REVIEWER), dispatch.member()):
        page = browser.get(dispatch.at())
        assert page.status_code == 200
        for name in PAPERS:
            assert f"{dispatch.at(name)}" in page.text
            assert browser.get(dispatch.at(name)).status_code == 200


@pytest.mark.parametrize(
    "role", [Role.INSPECTOR, Role.EXPERT, Role.PARTNER_DEPARTMENT, Role.ADMINISTRATOR]
)
def test_whoever_the_visit_does_not_concern_is_not_told_that_there_is_one(
    dispatch: Dispatch, role: Role
) -> None:
    browser = dispatch.enter(role)
    for at in (dispatch.at(), dispatch.at("notice.pdf"), f"/visits/{dispatch.visit}/papers.zip"):
        answer, nothing = browser.get(at), browser.get(at.replace(str(dispatch.visit), "999"))

        assert answer.status_code == nothing.status_code == 404


def test_who_has_stepped_out_has_the_papers_no_longer(dispatch: Dispatch) -> None:
    leader = dispatch.member()
    assert leader.get(dispatch.at()).status_code == 200

    dispatch.replace_the_leader()

    assert leader.get(dispatch.at()).status_code == 404
    assert dispatch.member().get(dispatch.at()).status_code == 200


def test_an_institution_has_only_what_is_meant_for_it(dispatch: Dispatch) -> None:
    browser = dispatch.institution()
    page = browser.get(dispatch.at()).text

    for name in PAPERS:
        given = name in ("notice.pdf", "discipline.pdf", "feedback.pdf")
        assert (dispatch.at(name) in page) is given
        assert browser.get(dispatch.at(name)).status_code == (200 if given else 404)
    data = got(browser, f"/visits/{dispatch.visit}/papers.zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 3


def test_another_institution_has_nothing(dispatch: Dispatch) -> None:
    other = visits_of(dispatch.corps.session, dispatch.listed)[1]
    code = dispatch.line(other.key).institution.unit_id
    browser = dispatch.enter(Role.INSTITUTION, Scope(ScopeKind.INSTITUTION, code))

    assert browser.get(dispatch.at()).status_code == 404


def test_an_unannounced_visit_stays_unknown_to_the_institution_until_its_first_day(
    unannounced: Dispatch,
) -> None:
    browser, first = unannounced.institution(), unannounced.line().visit.first_day
    assert browser.get(unannounced.at()).status_code == 404
    assert browser.get(unannounced.at("notice.pdf")).status_code == 404

    unannounced.service.later(days=(first - NOON.date()).days)

    assert unannounced.institution().get(unannounced.at("notice.pdf")).status_code == 200


def test_the_team_has_its_papers_before_an_unannounced_visit(unannounced: Dispatch) -> None:
    page = unannounced.member().get(unannounced.at())

    assert page.status_code == 200
    assert "现在还不能让机构知道" in page.text


def test_papers_are_kept_by_nobody_on_the_way(dispatch: Dispatch) -> None:
    answer = dispatch.planner().get(dispatch.at("task.pdf"))

    assert "no-store" in answer.headers["Cache-Control"]


# -- versions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [Dispatch.postpone, Dispatch.replace_the_leader])
def test_papers_change_with_the_visit_and_the_older_version_is_marked_void(
    dispatch: Dispatch, change: Callable[[Dispatch], None]
) -> None:
    browser, before = dispatch.planner(), dispatch.line()
    got(browser, dispatch.at("notice.pdf"))

    change(dispatch)

    after = dispatch.line()
    new = text_of(got(browser, dispatch.at("notice.pdf")))
    old = text_of(got(browser, dispatch.at("notice.pdf?version=1")))
    assert after.visit.version == 2
    assert "已作废" not in new
    assert "已作废：第1版已被第2版代替" in old.replace(" ", "")
    assert before.team.members[0].card.name in old
    assert after.team.members[0].card.name in new
    assert "以前的版本" in browser.get(dispatch.at()).text


def test_a_version_that_nobody_was_given_does_not_exist(dispatch: Dispatch) -> None:
    dispatch.postpone()

    assert dispatch.planner().get(dispatch.at("notice.pdf?version=1")).status_code == 404


def test_papers_of_a_cancelled_visit_are_void(dispatch: Dispatch) -> None:
    with dispatch.work() as session:
        visit = visits_of(session, dispatch.listed)[0]
        visit.state = VisitState.CANCELLED
        session.add(visit)

    text = text_of(got(dispatch.planner(), dispatch.at("notice.pdf")))

    assert "已作废：检查任务已取消" in text


# -- all in one file -----------------------------------------------------------------------------


def bind(dispatch: Dispatch, browser: FlaskClient) -> None:
    answer = browser.post(f"/teams/{dispatch.listed}/papers")
    assert answer.status_code == 303
    assert str(answer.location).startswith("/jobs/"), answer.location
    do_jobs(dispatch.service)


def test_all_papers_of_all_visits_come_in_one_file(dispatch: Dispatch) -> None:
    browser = dispatch.planner()
    bind(dispatch, browser)

    page = browser.get(f"/teams/{dispatch.listed}/papers")
    assert f"/teams/{dispatch.listed}/papers/1.pdf" in page.text
    text = text_of(got(browser, f"/teams/{dispatch.listed}/papers/1.pdf"))
    for number in range(1, 5):
        assert f"-{number:03d}-1" in text
    # each paper is numbered by itself
    assert text.count("第 1 页，共") == 4 * len(PAPERS)


def test_a_volume_is_not_set_twice_and_does_not_outlive_a_change(dispatch: Dispatch) -> None:
    browser, at = dispatch.planner(), f"/teams/{dispatch.listed}/papers"
    bind(dispatch, browser)
    first = got(browser, f"{at}/1.pdf")
    bind(dispatch, browser)
    assert got(browser, f"{at}/1.pdf") == first
    assert browser.get(at).text.count("/papers/1.pdf") == 1

    dispatch.replace_the_leader()

    assert browser.get(f"{at}/1.pdf").status_code == 404
    assert "以前的合订本已作废" in browser.get(at).text
    bind(dispatch, browser)
    assert got(browser, f"{at}/1.pdf") != first


def test_volumes_are_for_those_who_send_the_teams(dispatch: Dispatch) -> None:
    bind(dispatch, dispatch.planner())
    at = f"/teams/{dispatch.listed}/papers"
    for browser in (dispatch.member(), dispatch.enter(Role.DISCIPLINE)):
        assert browser.get(at).status_code == 403
        assert browser.get(f"{at}/1.pdf").status_code == 403
    assert dispatch.institution().get(at).status_code == 403
