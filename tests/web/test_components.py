"""The page of the building blocks, and the small words of lists and times."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.roles import Role
from tests.web.people import Service, facts
from web import lists
from web.words import times as words_time

BLOCKS = (
    'class="btn go"', 'class="btn danger"', 'class="tag warn"', 'class="note bad"', 'role="alert"',
    'aria-invalid="true"', 'class="filters"', 'class="chip"', 'class="pg"', 'class="empty"',
    "<progress", 'class="bars"', 'class="todo"', "<tfoot>", 'class="facts"',
)  # fmt: skip


@pytest.mark.parametrize("role", [Role.NATIONAL_PLANNER, Role.INSPECTOR, Role.INSTITUTION])
def test_every_block_stands_there_in_every_face(service: Service, role: Role) -> None:
    page = facts(service.sign_in(role).get("/components"))

    assert [block for block in BLOCKS if block not in page] == []


def test_a_fault_of_the_summary_leads_to_its_field(service: Service) -> None:
    page = facts(service.sign_in(Role.NATIONAL_PLANNER).get("/components"))

    assert '<a href="#f-code">' in page
    assert 'id="f-code"' in page
    assert 'aria-describedby="e-code h-code"' in page


def test_what_cannot_be_undone_is_asked_on_a_page_of_its_own(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)

    assert "不，返回" in facts(browser.get("/components/confirm"))
    assert "已撤回" in facts(browser.post("/components/confirm"))


def test_no_page_behind_the_door_needs_a_style_or_a_script_of_its_own(service: Service) -> None:
    browser = service.sign_in(Role.ADMINISTRATOR)
    for address in ("/home", "/messages", "/jobs", "/trail", "/settings", "/components"):
        page = facts(browser.get(address))

        assert " style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count("<script src=")
        assert " on" + "click" not in page


@pytest.mark.parametrize("address", ["/messages", "/jobs", "/trail", "/components"])
def test_nothing_in_the_address_bends_the_links_of_a_list(service: Service, address: str) -> None:
    browser = service.sign_in(Role.DISCIPLINE)
    query = "endpoint=x&_external=1&_scheme=javascript&_anchor=y&message_id=1&noun=account&page=2"

    page = facts(browser.get(f"{address}?{query}"))

    assert "javascript:" not in page
    assert "http://" not in page


@given(total=st.integers(0, 10_000), page=st.integers(1, 300))
def test_pages_cover_all_rows_once(total: int, page: int) -> None:
    paging = lists.Paging(page, total)

    assert (paging.pages - 1) * lists.SIZE < max(total, 1) <= paging.pages * lists.SIZE


def test_a_text_like_a_formula_is_no_formula_in_a_file() -> None:
    app = Flask(__name__)
    with app.test_request_context():
        file = lists.csv_file("a.csv", ["列"], [["=1+1", "-3", -3, None, "正常"]])

    told = file.get_data().decode("utf-8-sig").split("\r\n")
    assert told == ["列", "'=1+1,'-3,-3,,正常", ""]


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 秒"),
        (59.4, "59 秒"),
        (65, "1 分 5 秒"),
        (7_260, "2 小时 1 分"),
        (3_600, "1 小时"),
        (900, "15 分"),
        (-5, "0 秒"),
    ],
)
def test_durations_are_written_for_people(seconds: float, written: str) -> None:
    assert words_time.duration(timedelta(seconds=seconds)) == written


def test_moments_are_written_on_the_clock_of_china() -> None:
    late = datetime(2026, 12, 31, 16, 5, tzinfo=UTC)

    assert words_time.moment(late) == "2027年1月1日 00:05"
    assert words_time.to_the_second(late) == "2027-01-01 00:05:00"


def test_a_deadline_counts_working_days() -> None:
    friday = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)

    assert words_time.deadline(date(2026, 3, 9), friday).endswith(
        "2026年3月9日（周一），还有 1 个工作日"
    )
    assert "今天截止" in words_time.deadline(date(2026, 3, 6), friday)
    assert "已经过期" in words_time.deadline(date(2026, 3, 5), friday)
