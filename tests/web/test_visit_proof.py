"""What is scanned at the door: whether a paper counts, and who may come."""

import re
from datetime import timedelta

import pytest

from inspections.draws import Draw, get_draw
from tests.inspections.offices import NOON
from tests.web.dispatch import Dispatch, got
from tests.web.persons import House
from tests.web.test_visit_codes import text_of


def code_on(data: bytes) -> str:
    """The address that a paper prints, without its host."""
    text = text_of(data)
    at = text.index("/onsite/")
    return text[at : at + len("/onsite/") + len("1-1-1-") + 20]


def without_number(page: str) -> str:
    """A page of an error without the number of the request."""
    return re.sub(r'<span class="mono">[0-9a-f]{16}</span>', "", page)


def test_who_scans_a_paper_sees_who_may_come_and_why(dispatch: Dispatch) -> None:
    at, line = code_on(got(dispatch.planner(), dispatch.at("notice.pdf"))), dispatch.line()
    dispatch.service.later(days=(line.visit.first_day - NOON.date()).days)

    answer = dispatch.service.app.test_client().get(at)

    assert answer.status_code == 200
    assert "<b>有效。</b>" in answer.text
    for member in line.team.members:
        assert member.card.name in answer.text
        assert member.card.certificate_no in answer.text
    assert line.organ in answer.text
    assert line.institution.unit_id[-4:] in answer.text
    assert line.institution.name not in answer.text
    with dispatch.work() as session:
        assert (get_draw(session, dispatch.teams).certificate_sha256 or "-")[:4] in answer.text
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_outside_the_days_of_the_visit_the_proof_warns(dispatch: Dispatch) -> None:
    at = code_on(got(dispatch.planner(), dispatch.at("notice.pdf")))

    assert "今天不在检查日期之内" in dispatch.service.app.test_client().get(at).text


def test_a_paper_that_was_replaced_is_found_out_when_it_is_scanned(dispatch: Dispatch) -> None:
    at = code_on(got(dispatch.planner(), dispatch.at("notice.pdf")))
    before = dispatch.line().team.members[0].card.name

    dispatch.replace_the_leader()

    page = dispatch.service.app.test_client().get(at).text
    assert "这份文书已作废" in page
    assert dispatch.line().team.members[0].card.name in page
    assert before not in page


def test_a_visit_that_was_called_off_is_withdrawn(dispatch: Dispatch) -> None:
    at = code_on(got(dispatch.planner(), dispatch.at("notice.pdf")))
    with dispatch.work() as session:
        teams = session.get_one(Draw, dispatch.teams)
        dispatch.corps.first.void(teams)

    page = dispatch.service.app.test_client().get(at).text

    assert "这次检查已撤回" in page
    assert "演示数据检查员" not in page


def test_an_unannounced_visit_can_be_looked_up_from_its_first_day_on(
    unannounced: Dispatch,
) -> None:
    at = code_on(got(unannounced.planner(), unannounced.at("notice.pdf")))
    stranger, first = unannounced.service.app.test_client(), unannounced.line().visit.first_day
    before = stranger.get(at)
    guessed = stranger.get(at[:-1] + ("A" if at[-1] != "A" else "B"))

    assert (before.status_code, guessed.status_code) == (404, 404)
    assert without_number(before.text) == without_number(guessed.text)

    unannounced.service.later(days=(first - NOON.date()).days - 1)
    assert stranger.get(at).status_code == 404
    unannounced.service.time += timedelta(days=1)
    assert "<b>有效。</b>" in stranger.get(at).text


@pytest.mark.parametrize("code", ["1", "1-1-1-" + "A" * 20, "0-1-1-" + "A" * 20, "x" * 400])
def test_a_code_that_nobody_made_opens_nothing(dispatch: Dispatch, code: str) -> None:
    assert dispatch.service.app.test_client().get(f"/onsite/{code}").status_code == 404


def test_whoever_tries_one_code_after_the_other_is_stopped(house: House) -> None:
    visitor = house.browser().client
    answers = [visitor.get(f"/onsite/1-1-1-{'A' * 20}").status_code for _ in range(70)]

    assert set(answers) == {404, 429}
