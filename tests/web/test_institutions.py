"""The pages of institutions: found, read as at any day, changed alone or together, undone."""

import io
import re
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from core import leases, trail
from core.files import FileStore
from core.roles import NATION, Role, Scope, ScopeKind
from core.trail import Event, Search
from rosters.bulk import state_of_all
from rosters.changes import Act
from rosters.editing import change, enter, facts_on
from rosters.entries import Noun
from rosters.institution_file import Rated
from rosters.institutions import CreditClass, Institution
from rosters.layout import defaults
from tests.core.people import CLERK, NOW, ZHEJIANG, made_up_code
from tests.web.people import Service, facts
from web.handlers import handlers
from web.rosters.class_chart import class_chart

LONG_AGO, MARCH, MAY = date(2020, 1, 1), date(2025, 3, 1), date(2025, 5, 1)
TODAY = NOW.date()
JIANGSU = Scope(ScopeKind.REGION, "320000")
PLANNER, PROVINCE = Role.NATIONAL_PLANNER, Role.PROVINCIAL_PLANNER


def act(service: Service, reason: str = "演示") -> Act:
    files = service.app.extensions["settings"].data_dir / "files"
    return Act(CLERK, NOW, FileStore(files), reason)


def entered(service: Service, noun: Noun, **told: Any) -> int:
    with service.work() as session:
        return enter(session, act(service), noun, told, LONG_AGO)[0]


def an_institution(service: Service, number: int, name: str = "", **told: Any) -> int:
    plain = {"name": name or f"演示{number}号检测有限公司", "credit_code": made_up_code(number)}
    return entered(service, Noun.INSTITUTION, **{**plain, "region": "330100", **told})


def a_certificate(service: Service, of: int, number: str, until: date) -> int:
    told = {"institution_id": of, "number": number, "expires_on": until}
    return entered(service, Noun.CERTIFICATE, **told)


INSTITUTION = defaults(Institution)


def known(service: Service, entry: int, day: date = TODAY) -> dict[str, Any]:
    with service.work() as session:
        told = facts_on(session, entry, day)
    return INSTITUTION | told if told else {}


def events(service: Service, action: str) -> list[Event]:
    with service.work() as session:
        return list(trail.page(session, Search(action=action)))


def expected(page: str) -> str:
    found = re.search(r'name="expected" value="(\d+)"', page)
    assert found is not None
    return found[1]


def send(browser: FlaskClient, address: str, **form: Any) -> Any:
    return browser.post(address, data=form)


def do_jobs(service: Service) -> dict[str, Any]:
    """Do the one job that waits, as a worker does; its result."""
    app = service.app
    settings, engine = app.extensions["settings"], app.extensions["engine"]
    known = handlers(settings, engine, lambda: service.time)
    with service.work() as session:
        job = leases.claim(session, "worker", list(known), service.time)
        assert job is not None
    with Session(engine, expire_on_commit=False) as session:
        result = known[job.kind](session, job, lambda *_: None)
        leases.finish(session, leases.hold_of(job), result, service.time)
        session.commit()
    return result


# -- finding -----------------------------------------------------------------------------------


def test_a_renamed_institution_is_found_by_its_old_name(service: Service) -> None:
    entry = an_institution(service, 1, "演示旧名检验所")
    with service.work() as session:
        change(session, act(service), Noun.INSTITUTION, entry, {"name": "演示新名检测中心"}, MARCH)
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


# -- one institution ---------------------------------------------------------------------------


def test_the_file_tells_everything_as_at_any_day(service: Service) -> None:
    entry = an_institution(service, 1, "演示旧名检验所", credit_class="B")
    with service.work() as session:
        new = {"name": "演示新名检测中心", "credit_class": "C", "class_reason": "发现问题"}
        change(session, act(service, "年度评价"), Noun.INSTITUTION, entry, new, MARCH)
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


# -- what becomes of institutions --------------------------------------------------------------


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


# -- many at once, and undoing -----------------------------------------------------------------


def test_one_fact_of_many_is_looked_at_stated_and_undone(service: Service) -> None:
    entries = [an_institution(service, n, credit_class="B") for n in (1, 2)]
    same = an_institution(service, 3, credit_class="D")
    outside = an_institution(service, 4, region="320100")
    browser = service.sign_in(PROVINCE, scope=ZHEJIANG)
    chosen = "&".join(f"entry={one}" for one in (*entries, same, outside))
    at, form = f"?{chosen}&fact=credit_class", {"credit_class": "D", "takes_effect": "2025-05-01"}

    facts(browser.get(f"/institutions/bulk{at}"))
    assert send(browser, f"/institutions/bulk/preview{at}", **form).status_code == 422
    form["reason"] = "专项整治"
    looked = facts(send(browser, f"/institutions/bulk/preview{at}", **form))
    assert "将修改 2 家机构" in looked
    changed = send(browser, f"/institutions/bulk{at}", **form, changing=1)
    assert changed.status_code == 422
    assert "再核对一次" in changed.text
    done = send(browser, f"/institutions/bulk{at}", **form, changing=2)

    told = known(service, entries[0])
    assert (told["credit_class"], told["class_reason"]) == ("D", "专项整治")
    assert known(service, outside)["credit_class"] == ""
    number = int(done.location.rpartition("/")[2])
    assert "专项整治" in facts(browser.get(done.location))
    facts(browser.get(f"{done.location}/withdraw"))
    assert send(browser, f"{done.location}/withdraw", reason="").status_code == 422
    assert send(browser, f"{done.location}/withdraw", reason="改错了").status_code == 303
    assert known(service, entries[0])["credit_class"] == "B"
    assert "已撤销" in facts(browser.get(f"/roster-changes/{number}"))


def test_a_change_that_others_stand_on_names_them_instead_of_being_undone(
    service: Service,
) -> None:
    entry = an_institution(service, 1)
    with service.work() as session:
        first = change(session, act(service), Noun.INSTITUTION, entry, {"remark": "甲"}, MARCH)
        later = change(session, act(service), Noun.INSTITUTION, entry, {"remark": "乙"}, MAY)
        numbers = first.key, later.key
    browser = service.sign_in(PLANNER)

    page = facts(browser.get(f"/roster-changes/{numbers[0]}/withdraw"))
    refused = send(browser, f"/roster-changes/{numbers[0]}/withdraw", reason="改错了")

    assert f"/roster-changes/{numbers[1]}" in page
    assert refused.status_code == 422
    assert known(service, entry, MARCH)["remark"] == "甲"


def test_a_province_sees_and_undoes_changes_of_its_own_alone(service: Service) -> None:
    an_institution(service, 1, "演示杭州检测")
    theirs = an_institution(service, 2, "演示南京检测", region="320100")
    with service.work() as session:
        made = change(session, act(service, "苏"), Noun.INSTITUTION, theirs, {"remark": "x"}, MAY)
        number = made.key
    ours, others = (service.sign_in(PROVINCE, scope=of) for of in (ZHEJIANG, JIANGSU))

    assert ours.get(f"/roster-changes/{number}").status_code == 404
    assert ours.get(f"/roster-changes/{number}/withdraw").status_code == 404
    assert "<b>1 次变更</b>" in facts(ours.get("/roster-changes"))
    assert "<b>2 次变更</b>" in facts(others.get("/roster-changes?state=standing&kind=edit"))
    assert '"remark":"x"' in others.get(f"/roster-changes/{number}/statements.jsonl").text.replace(
        " ", ""
    )
    assert "苏" in others.get("/roster-changes.csv?q=苏").get_data(as_text=True)


def test_all_that_a_large_change_said_is_in_its_file(service: Service) -> None:
    entries = [an_institution(service, n) for n in range(1, 23)]
    with service.work() as session:
        made = state_of_all(session, act(service, "整批"), entries, "remark", "甲", MAY)
        number = made.key
    nation, province = service.sign_in(PLANNER), service.sign_in(PROVINCE, scope=ZHEJIANG)

    for browser in (nation, province):
        assert "22 条登记将整个失效" in facts(browser.get(f"/roster-changes/{number}/withdraw"))
        file = browser.get(f"/roster-changes/{number}/statements.jsonl")
        assert len(file.get_data(as_text=True).splitlines()) == 22
        file.close()


def test_a_large_change_is_made_by_a_job(service: Service, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.views.bulk_changes.MOST_AT_ONCE", 1)
    entries = [an_institution(service, n) for n in (1, 2)]
    browser = service.sign_in(PLANNER)
    form = {"standing": "closed", "takes_effect": "2025-05-01", "reason": "注销", "changing": 2}

    asked = send(browser, "/institutions/bulk?all=yes&fact=standing", **form)
    result = do_jobs(service)

    assert asked.location.startswith("/jobs/")
    assert result["entries"] == 2
    assert {known(service, one)["standing"] for one in entries} == {"closed"}


# -- taking it away ----------------------------------------------------------------------------


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


# -- the institution itself --------------------------------------------------------------------


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


# -- the chart of its classes ------------------------------------------------------------------

CLASSES = st.sampled_from(CreditClass)


@given(steps=st.lists(st.tuples(st.integers(1, 900), CLASSES, CLASSES), min_size=1, max_size=8))
def test_a_class_stands_in_the_chart_for_as_long_as_it_held(
    steps: list[tuple[int, CreditClass, CreditClass]],
) -> None:
    days = [LONG_AGO, *(LONG_AGO + timedelta(days=n) for n in accumulate(s[0] for s in steps))]
    told = [
        Rated(general, cma, "", since, until)
        for (_, general, cma), since, until in zip(steps, days, days[1:], strict=False)
    ]
    chart = class_chart(told, days[-1])

    if chart is None:
        assert not any(rated.credit_class.value or rated.cma_class.value for rated in told)
        return
    marks = [x for x, _ in chart.series[0].marks]
    assert marks == sorted(marks)
    assert marks[0] == chart.left
    assert chart.series[0].path.endswith(f"H{float(chart.right)}")
    heights = dict(chart.rows)
    for rated, (_, y) in zip(told, chart.series[0].marks, strict=True):
        assert heights[rated.credit_class.value or "未评"] == y
