"""An inspector's own visits: what he finds, what he declares, and what others may not see."""

import re

from flask.testing import FlaskClient

from core.roles import Role
from inspections.teams.recusals import RecusalState, recusals_of
from tests.web.ceremony_room import do_jobs
from tests.web.dispatch import Dispatch
from tests.web.people import facts
from tests.web.visit_room import a_member, returns
from tests.web.visits import words

GROUND = "其配偶在该机构任职"


def at(dispatch: Dispatch) -> str:
    return f"/my-visits/{dispatch.visit}"


def stranger(dispatch: Dispatch) -> FlaskClient:
    """An inspector who is not in the team of 001."""
    team = {one.card.entry_id for one in dispatch.line().team.members}
    other = next(entry for entry in dispatch.login_names if entry not in team)
    return dispatch.enter(Role.INSPECTOR, name=dispatch.login_names[other])


def declared(dispatch: Dispatch, browser: FlaskClient) -> str:
    """The leader says that he must not go; the address of what he said."""
    answer = browser.post(f"{at(dispatch)}/interest", data={"reason": GROUND})
    assert answer.status_code == 303, answer.text
    found = re.search(r"/recusal-requests/\d+", facts(browser.get(at(dispatch))))
    assert found is not None
    return found[0]


def state(dispatch: Dispatch) -> RecusalState:
    with dispatch.service.work() as session:
        return recusals_of(session, dispatch.teams)[0].state


def decide(dispatch: Dispatch, planner: FlaskClient, decision: str) -> None:
    with dispatch.service.work() as session:
        key = recusals_of(session, dispatch.teams)[0].key
    address = f"/teams/{dispatch.listed}/recusals/{key}/{decision}"
    assert planner.post(address, data={"reason": "经核实"}).status_code == 303


# -- what he finds -----------------------------------------------------------------------------


def test_a_member_finds_when_where_and_with_whom_he_goes(dispatch: Dispatch) -> None:
    member, line = dispatch.member(), dispatch.line()

    assert line.institution.name in facts(member.get("/my-visits"))
    page = facts(member.get(at(dispatch)))
    assert all(one.card.name in page for one in line.team.members)
    assert f"/visits/{dispatch.visit}/papers" in page


def test_a_visit_stands_on_the_first_page_when_it_is_near(dispatch: Dispatch) -> None:
    user, near = a_member(dispatch), "检查任务 001"
    assert near not in facts(returns(dispatch, user).get("/home"))

    dispatch.service.later(days=7)

    assert near in facts(returns(dispatch, user).get("/home"))


def test_nobody_else_finds_it(dispatch: Dispatch) -> None:
    name = dispatch.line().institution.name
    for browser in (stranger(dispatch), dispatch.enter(Role.INSPECTOR), dispatch.institution()):
        for address in (at(dispatch), f"{at(dispatch)}/interest"):
            assert browser.get(address).status_code == 404
        assert browser.post(f"{at(dispatch)}/receipt").status_code == 404
        assert name not in facts(browser.get("/my-visits"))
        assert name not in facts(browser.get("/my-visits/calendar.ics"))


def test_the_calendar_holds_what_is_to_come_of_all_or_of_one(dispatch: Dispatch) -> None:
    member, line = dispatch.member(), dispatch.line()

    one = facts(member.get(f"/my-visits/calendar.ics?visit={dispatch.visit}"))

    assert one.count("BEGIN:VEVENT") == 1
    assert f"DTSTART;VALUE=DATE:{line.visit.first_day:%Y%m%d}" in one
    assert facts(member.get("/my-visits/calendar.ics")).count("BEGIN:VEVENT") >= 1
    dispatch.service.time = dispatch.service.time.replace(year=2027)
    again = dispatch.enter(Role.INSPECTOR)
    assert "VEVENT" not in facts(again.get("/my-visits/calendar.ics"))


def test_a_search_that_finds_nothing_says_so(dispatch: Dispatch) -> None:
    member = dispatch.member()

    assert "没有符合条件的检查" in facts(member.get("/my-visits?q=没有这样的机构"))
    assert "没有符合条件的检查" in facts(member.get("/my-visits?when=past"))
    assert "001" in facts(member.get("/my-visits/export.csv?when=all"))


# -- what he declares --------------------------------------------------------------------------


def test_an_interest_that_is_granted_sends_the_alternate(dispatch: Dispatch) -> None:
    member, planner = dispatch.member(), dispatch.planner()
    leader = dispatch.line().team.members[0].card
    own = declared(dispatch, member)
    assert "决定回避：任务 001" in facts(planner.get("/home"))
    assert "回避待决定：001" in facts(planner.get("/messages.csv"))

    decide(dispatch, planner, "accept")

    assert leader.entry_id != dispatch.line().team.members[0].card.entry_id
    assert member.get(at(dispatch)).status_code == 404
    page = words(facts(member.get(own)))
    assert "决定回避。" in page
    assert "经核实" in page


def test_an_interest_that_is_refused_is_answered_with_its_reason(dispatch: Dispatch) -> None:
    member, planner = dispatch.member(), dispatch.planner()
    own = declared(dispatch, member)

    decide(dispatch, planner, "reject")

    assert "决定不予回避" in facts(member.get(own))
    assert member.get(at(dispatch)).status_code == 200


def test_an_interest_without_a_ground_is_refused_at_its_field(dispatch: Dispatch) -> None:
    answer = dispatch.member().post(f"{at(dispatch)}/interest", data={"reason": " "})

    assert answer.status_code == 422
    assert 'id="e-reason"' in answer.text


def test_the_same_is_not_declared_twice_and_what_was_typed_is_kept(dispatch: Dispatch) -> None:
    member = dispatch.member()
    declared(dispatch, member)

    again = member.post(f"{at(dispatch)}/interest", data={"reason": "同一理由"})

    assert again.status_code == 422
    assert "正在等待决定" in again.text
    assert "同一理由" in again.text


def test_what_was_declared_is_let_be_after_a_question(dispatch: Dispatch) -> None:
    member = dispatch.member()
    own = declared(dispatch, member)

    assert "撤回这项申请？" in facts(member.get(f"{own}/withdrawal"))
    assert state(dispatch) is RecusalState.OPEN
    assert member.post(f"{own}/withdrawal").status_code == 303

    assert state(dispatch) is RecusalState.WITHDRAWN
    assert member.get(f"{own}/withdrawal").status_code == 409


def test_others_do_not_see_what_was_declared_and_who_decides_is_led_on(
    dispatch: Dispatch,
) -> None:
    own = declared(dispatch, dispatch.member())

    for other in (dispatch.institution(), dispatch.enter(Role.EXPERT)):
        assert other.get(own).status_code == 404
        assert other.post(f"{own}/withdrawal").status_code == 404
    led = dispatch.planner().get(own)
    assert led.status_code == 303
    assert dispatch.planner().get(str(led.location)).status_code == 200


# -- what an institution asks for --------------------------------------------------------------


def test_a_recusal_that_an_institution_asked_for_changes_team_and_notice(
    dispatch: Dispatch,
) -> None:
    clerk, planner = dispatch.institution(), dispatch.planner()
    planner.post(f"/teams/{dispatch.listed}/notices", data={"days": "60"})
    do_jobs(dispatch.service)
    found = re.search(r"/visit-notices/\d+", facts(clerk.get("/visit-notices")))
    assert found is not None
    leader = dispatch.line().team.members[0]
    form = {"slot": leader.slot, "reason": GROUND}

    assert clerk.post(f"{found[0]}/recusal", data={"reason": GROUND}).status_code == 422
    asked = clerk.post(f"{found[0]}/recusal", data=form)
    decide(dispatch, planner, "accept")

    assert "决定回避。" in facts(clerk.get(str(asked.location)))
    assert facts(clerk.get("/messages.csv")).count("回避已有决定：001") == 1
    do_jobs(dispatch.service)
    assert "检查任务有变动：001" in facts(clerk.get("/messages.csv"))
    page = facts(clerk.get(found[0], follow_redirects=True))
    assert dispatch.line().team.members[0].card.name in page
    assert leader.card.certificate_no not in page
