"""The pages of institutions: found, read as at any day, changed, joined, taken away as a file."""

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest

from core.roles import NATION, Role, Scope, ScopeKind
from rosters.editing import change
from rosters.entries import Noun
from tests.core.people import ZHEJIANG, made_up_code
from tests.web.ceremony_room import do_jobs
from tests.web.institution_desk import (
    MARCH,
    MAY,
    PLANNER,
    PROVINCE,
    a_certificate,
    an_institution,
    events,
    expected,
    known,
    send,
)
from tests.web.people import Service, facts
from tests.web.rosters import act_in, entered

# -- finding ------------------------------------------------------------------------------------


def test_a_renamed_institution_is_found_by_its_old_name(service: Service) -> None:
    entry = an_institution(service, 1, "演示旧名检验所")
    with service.work() as session:
        change(
            session, act_in(service), Noun.INSTITUTION, entry, {"name": "演示新名检测中心"}, MARCH
        )
    an_institution(service, 2)
    browser = service.sign_in(PLANNER)

    for words in ("旧名", "jmjys", made_up_code(1)):
        page = facts(browser.get("/institutions", query_string={"q": words}))

        assert "演示新名检测中心" in page
        assert "曾用名：演示旧名检验所" in page
        assert "演示2号" not in page


def test_filters_are_counted_shown_as_marks_and_taken_away_one_by_one(service: Service) -> None:
    one = an_institution(service, 1, level="national", credit_class="C")
    an_institution(service, 2, credit_class="C")
    a_certificate(service, one, "220000010001", date(2030, 1, 1))
    browser = service.sign_in(PLANNER)

    page = facts(browser.get("/institutions?credit_class=C&level=national&level=nonsense"))

    assert "<b>1 家</b>" in page
    assert 'aria-label="去掉筛选：国家级"' in page
    assert "/institutions?credit_class=C&amp;level=nonsense" in page
    assert re.search(r'value="provincial"[^>]*><span>省级</span><span class="n">1<', page)


def test_a_list_without_a_single_hit_says_what_to_do(service: Service) -> None:
    browser = service.sign_in(PLANNER)
    assert "名录里还没有机构" in facts(browser.get("/institutions"))

    an_institution(service, 1)

    assert "没有符合条件的机构" in facts(browser.get("/institutions?q=nowhere"))


def test_a_province_finds_reads_and_exports_only_its_own(service: Service) -> None:
    ours = an_institution(service, 1, "演示杭州检测")
    theirs = an_institution(service, 2, "演示南京检测", region="320100")
    browser = service.sign_in(PROVINCE, scope=ZHEJIANG)

    listed = facts(browser.get("/institutions"))
    file = send(browser, "/institutions/export", format="csv").get_data(as_text=True)

    assert "演示杭州检测" in listed
    assert "演示南京检测" not in listed
    assert "演示杭州检测" in file
    assert "演示南京检测" not in file
    assert browser.get(f"/institutions/{ours}").status_code == 200
    for address in ("", "/edit", "/end", "/certificate/new", "/successions/merger"):
        assert browser.get(f"/institutions/{theirs}{address}").status_code == 404, address


def test_columns_density_and_rows_are_remembered_by_the_browser(service: Service) -> None:
    an_institution(service, 1, remark="演示备注一则")
    browser = service.sign_in(PLANNER)

    answer = send(
        browser, "/institutions/columns?q=1", column=["remark"], density="loose", size="25"
    )

    assert answer.location == "/institutions?q=1"
    page = facts(browser.get("/institutions"))
    assert "演示备注一则" in page
    assert made_up_code(1) not in page


def test_a_list_is_sorted_by_its_heads(service: Service) -> None:
    an_institution(service, 1, "演示乙检测", credit_class="A")
    an_institution(service, 2, "演示甲检测", credit_class="D")
    browser = service.sign_in(PLANNER)

    by_class = facts(browser.get("/institutions?sort=class"))
    falling = facts(browser.get("/institutions?sort=class&order=desc"))

    assert by_class.index("演示乙检测") < by_class.index("演示甲检测")
    assert falling.index("演示甲检测") < falling.index("演示乙检测")
    assert 'aria-sort="descending"' in falling


def test_a_view_is_saved_under_a_name_renamed_and_removed(service: Service) -> None:
    browser = service.sign_in(PLANNER)
    form = {"title": "C类", "query": "credit_class=C"}

    assert send(browser, "/institutions/views", **form).location == "/institutions?credit_class=C"
    twice = send(browser, "/institutions/views", **form)
    assert twice.status_code == 422
    assert "?credit_class=C" in facts(browser.get("/institutions"))
    view = re.findall(r"/institutions/views/(\d+)\"", facts(browser.get("/institutions/views")))[0]
    other = service.sign_in(PLANNER)
    assert send(other, f"/institutions/views/{view}", title="别人的").status_code == 404

    send(browser, f"/institutions/views/{view}", title="风险较高")
    assert "风险较高" in facts(browser.get("/institutions"))
    send(browser, f"/institutions/views/{view}/remove")
    assert "风险较高" not in facts(browser.get("/institutions"))


# -- one institution ----------------------------------------------------------------------------


def test_the_file_tells_everything_as_at_any_day(service: Service) -> None:
    entry = an_institution(service, 1, "演示旧名检验所", credit_class="B")
    with service.work() as session:
        new = {"name": "演示新名检测中心", "credit_class": "C", "class_reason": "发现问题"}
        change(session, act_in(service, "年度评价"), Noun.INSTITUTION, entry, new, MARCH)
    a_certificate(service, entry, "220000010001", date(2026, 4, 1))
    entered(service, Noun.SITE, institution_id=entry, address="演示路1号")
    flag = {"institution_id": entry, "kind": "complaint", "happened_on": MAY, "source": "12315"}
    entered(service, Noun.FLAG, **flag)
    browser = service.sign_in(PLANNER)

    today = facts(browser.get(f"/institutions/{entry}"))
    before = facts(browser.get(f"/institutions/{entry}?day=2025-02-28"))

    assert "<h1>演示新名检测中心</h1>" in today
    for told in ("220000010001", "演示路1号", "投诉举报", "临期", "申请证书延续", "年度评价"):
        assert told in today, told
    assert "<h1>演示旧名检验所</h1>" in before
    assert "您看到的是 2025年2月28日 的名录" in before
    assert "不在名录里" in facts(browser.get(f"/institutions/{entry}?day=2019-01-01"))


def test_phones_are_masked_and_shown_for_a_reason_that_stays(service: Service) -> None:
    entry = an_institution(service, 1)
    person = {"institution_id": entry, "name": "演示甲", "phone": "00012345678"}
    contact = entered(service, Noun.CONTACT, **person)
    browser = service.sign_in(PLANNER)
    address = f"/institutions/{entry}/contacts/{contact}/reveal"

    masked = facts(browser.get(f"/institutions/{entry}"))
    without = send(browser, address, field="phone", reason="")
    shown = send(browser, address, field="phone", reason="核实投诉")

    assert "00012345678" not in masked
    assert without.status_code == 422
    assert "00012345678" in facts(shown)
    assert [event.reason for event in events(service, "personal_data.read")] == ["核实投诉"]
    supervisor = service.sign_in(Role.DISCIPLINE)
    assert send(supervisor, address, field="phone", reason="看看").status_code == 404


def test_an_institution_is_entered_changed_and_ended_through_its_forms(service: Service) -> None:
    browser = service.sign_in(PLANNER)
    form = {
        "name": "演示甲检测有限公司", "credit_code": made_up_code(1), "region": "330100",
        "legal_form": "company", "level": "provincial", "credit_class": "B", "cma_class": "",
        "standing": "active", "takes_effect": "2025-01-01",
    }  # fmt: skip

    faulty = send(browser, "/institutions", **form | {"credit_code": "1", "name": ""})
    assert faulty.status_code == 422
    assert "有内容需要改正" in faulty.text
    entry = int(send(browser, "/institutions", **form).location.rpartition("/")[2])
    seen = expected(facts(browser.get(f"/institutions/{entry}/edit")))
    changed = form | {"standing": "suspended", "takes_effect": "2025-05-01", "expected": seen}
    without = send(browser, f"/institutions/{entry}", **changed)
    assert without.status_code == 422
    assert "理由" in without.text
    assert send(browser, f"/institutions/{entry}", **changed, reason="停业整顿").status_code == 303
    late = send(browser, f"/institutions/{entry}", **changed | {"standing": "closed"}, reason="迟")

    assert late.status_code == 422
    assert "别人修改过" in late.text
    assert known(service, entry, MARCH)["standing"] == "active"
    assert known(service, entry)["standing"] == "suspended"
    over = {"takes_effect": "2026-01-01", "reason": "登记错误", "expected": ""}
    ask = facts(browser.get(f"/institutions/{entry}/end"))
    over["expected"] = expected(ask)
    assert send(browser, f"/institutions/{entry}/end", **over).status_code == 303
    assert known(service, entry) == {}
    assert known(service, entry, MAY) != {}


def test_a_certificate_is_entered_and_changed_on_the_page_of_its_owner(service: Service) -> None:
    entry, other = an_institution(service, 1), an_institution(service, 2)
    browser = service.sign_in(PROVINCE, scope=ZHEJIANG)
    at = f"/institutions/{entry}/certificate"
    form = {"number": "220000010001", "state": "valid", "takes_effect": "2025-01-01"}

    wrong = form | {"issued_on": "2025-01-01", "expires_on": "2024-01-01"}
    assert send(browser, at, **wrong).status_code == 422
    assert send(browser, at, **form).status_code == 303
    held = re.findall(rf"{at}/(\d+)", facts(browser.get(f"/institutions/{entry}")))[0]
    seen = expected(facts(browser.get(f"{at}/{held}")))
    more = form | {"state": "suspended", "reason": "文号", "expected": seen}
    assert send(browser, f"{at}/{held}", **more).status_code == 303

    assert "证书暂停" in facts(browser.get(f"/institutions/{entry}"))
    assert browser.get(f"/institutions/{other}/certificate/{held}").status_code == 404
    assert browser.get(f"/institutions/{entry}/relation/new").status_code == 404


# -- what becomes of institutions ---------------------------------------------------------------


@pytest.mark.parametrize("kind", ["merger", "duplicate"])
def test_what_two_are_one_is_looked_at_and_then_joined(service: Service, kind: str) -> None:
    gone, kept = an_institution(service, 1, "演示并入所"), an_institution(service, 2, "演示保留院")
    a_certificate(service, gone, "220000010001", date(2030, 1, 1))
    browser = service.sign_in(PLANNER)
    at = f"/institutions/{gone}/successions/{kind}"
    form = {"remains": "other", "takes_effect": "2025-05-01", "reason": "批复"}

    facts(browser.get(at))
    assert "没有找到这家机构" in send(browser, f"{at}/preview", **form, other="没有的").text
    assert "同一个条目" in send(browser, f"{at}/preview", **form, other="并入所").text
    looked = facts(send(browser, f"{at}/preview", **form, other="保留院"))
    assert "资质认定证书 1 条，转到 演示保留院 名下" in looked
    assert known(service, gone) != {}
    done = send(browser, at, **form, other="保留院")

    assert done.location == f"/institutions/{kept}"
    assert known(service, gone) == {}
    page = facts(browser.get(f"/institutions/{kept}"))
    assert "220000010001" in page
    assert "演示并入所" in page


def test_a_split_says_where_an_institution_came_from(service: Service) -> None:
    old, new = an_institution(service, 1, "演示母体院"), an_institution(service, 2, "演示分出所")
    browser = service.sign_in(PLANNER)
    at = f"/institutions/{old}/successions/split"
    form = {"other": "分出所", "remains": "this", "takes_effect": "2025-05-01", "reason": "改制"}

    assert send(browser, f"{at}/preview", **form).status_code == 200
    assert send(browser, at, **form).status_code == 303

    assert known(service, old) != {}
    assert "分立，来自" in facts(browser.get(f"/institutions/{new}"))


def test_a_province_joins_nothing_of_another(service: Service) -> None:
    ours = an_institution(service, 1)
    an_institution(service, 2, "演示外省院", region="320100")
    browser = service.sign_in(PROVINCE, scope=ZHEJIANG)
    form = {"other": "外省院", "remains": "this", "takes_effect": "2025-05-01", "reason": "合并"}

    refused = send(browser, f"/institutions/{ours}/successions/merger/preview", **form)

    assert refused.status_code == 422
    assert "管辖范围" in refused.text


# -- taking it away -----------------------------------------------------------------------------


def test_a_file_opens_with_its_codes_and_can_be_written_by_a_job(
    service: Service, monkeypatch: Any
) -> None:
    entry = an_institution(service, 1, "=演示公式检测", fields="食品检验|机动车检验")
    a_certificate(service, entry, "220000010001", date(2030, 1, 1))
    a_certificate(service, entry, "220000010002", date(2031, 1, 1))
    browser = service.sign_in(PLANNER)

    at_once = send(browser, "/institutions/export?q=公式", format="xlsx")
    monkeypatch.setattr("web.views.roster_exports.MOST_AT_ONCE", 0)
    asked = send(browser, "/institutions/export", format="xlsx")
    result = do_jobs(service)
    written = browser.get(f"/institutions/exports/{result['export']}")

    assert f"/institutions/exports/{result['export']}" in facts(browser.get(asked.location))
    for answer in (at_once, written):
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
        answer.close()
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[0][:2] == ("机构名称", "统一社会信用代码")
        assert [row[:2] for row in rows[1:]] == [("=演示公式检测", made_up_code(1))] * 2
    assert asked.location == f"/jobs/{result['export']}"
    assert len(events(service, "roster.exported")) == 2
    other = service.sign_in(PLANNER)
    assert other.get(f"/institutions/exports/{result['export']}").status_code == 404


# -- the institution itself ---------------------------------------------------------------------


def test_an_institution_reads_its_own_file_and_no_other(service: Service) -> None:
    own = an_institution(service, 1, "演示本机构", credit_class="D", remark="内部备注")
    other = an_institution(service, 2)
    a_certificate(service, own, "220000010001", date(2026, 4, 1))
    browser = service.sign_in(Role.INSTITUTION)

    assert browser.get("/institutions").location == "/institutions/own"
    page = facts(browser.get("/institutions/own"))

    for told in ("演示本机构", "220000010001", "申请证书延续", "发现有误怎么办"):
        assert told in page, told
    for secret in ("D类", "内部备注", "变更登记", "信用风险"):
        assert secret not in page, secret
    assert browser.get(f"/institutions/{other}").status_code == 404


def test_an_institution_learns_its_class_from_no_list_of_changes_and_no_file(
    service: Service,
) -> None:
    own = an_institution(service, 1, "演示本机构", credit_class="D", remark="内部备注")
    browser = service.sign_in(Role.INSTITUTION)

    for at in ("", ".csv", "/1", "/1/statements.jsonl"):
        assert browser.get(f"/roster-changes{at}").status_code == 403
    assert send(browser, "/institutions/export", format="csv").status_code == 403
    assert "变更 1" not in facts(browser.get(f"/institutions/{own}"))


def test_an_institution_that_is_not_in_the_roster_is_told_whom_to_ask(service: Service) -> None:
    browser = service.sign_in(
        Role.INSTITUTION, scope=Scope(ScopeKind.INSTITUTION, made_up_code(77))
    )

    assert "没有找到本机构" in facts(browser.get("/institutions/own"))
    assert service.sign_in(PLANNER, scope=NATION).get("/institutions/own").status_code == 404
