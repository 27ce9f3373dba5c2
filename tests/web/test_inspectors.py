"""Inspectors, experts and departments on their pages; and what a person sees of himself."""

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core import trail
from core.privacy import READ
from core.roles import Role
from core.trail import Search
from tests.core.people import GUANGDONG, ZHEJIANG
from tests.web.people import Service, facts
from tests.web.rosters import Small, form_of, small_roster


@pytest.fixture
def small(service: Service, tmp_path: Path) -> Small:
    return small_roster(service, tmp_path)


@pytest.fixture
def planner(service: Service) -> FlaskClient:
    return service.sign_in(Role.PROVINCIAL_PLANNER, scope=ZHEJIANG)


@pytest.fixture
def nation(service: Service) -> FlaskClient:
    return service.sign_in(Role.NATIONAL_PLANNER)


NAMES = re.compile(r'<th scope="row"><a href="/inspectors/\d+[^"]*">([^<]+)</a>')


def found(browser: FlaskClient, query: str = "") -> list[str]:
    return NAMES.findall(facts(browser.get(f"/inspectors{query}")))


def test_each_sees_the_people_of_his_own_region(
    service: Service, small: Small, planner: FlaskClient, nation: FlaskClient
) -> None:
    abroad = service.sign_in(Role.PROVINCIAL_PLANNER, scope=GUANGDONG)

    assert found(nation) == ["演示李四", "演示张三"]
    assert found(planner) == ["演示张三"]
    assert found(abroad) == []
    assert planner.get(f"/inspectors/{small.neighbour}").status_code == 404
    assert planner.get(f"/inspectors/{small.neighbour}/edit").status_code == 404
    assert planner.post(f"/inspectors/{small.neighbour}/end").status_code == 404
    assert planner.get(f"/inspectors/{small.expert}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?q=张三", "?q=yszs", "?q=zj001", "?q=ＺＪ００１", "?certificate=expiring", "?leader=yes",
        "?field=食品检验", "?region=330100", "?level=province&leader=yes", "?leader=nonsense",
    ],
)  # fmt: skip
def test_an_inspector_is_found_by_any_filter(
    service: Service, small: Small, nation: FlaskClient, query: str
) -> None:
    expected = [] if "nonsense" in query else ["演示张三"]

    assert found(nation, query) == expected


def test_the_page_of_an_inspector_tells_what_bears_on_sending_him(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    page = facts(planner.get(f"/inspectors/{small.inspector}"))

    assert re.search(r"ZJ-9.*?过期.*?33-1.*?临期", page, re.S)
    assert "浙江省演示市场监督管理局" in page
    assert "演示杭州食品检测有限公司" in page
    assert "近亲属任职" in page
    assert "13800000001" not in page


def test_a_telephone_number_is_shown_for_a_reason_that_stays_in_the_trail(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    at = f"/inspectors/{small.inspector}/reveal"
    refused = planner.post(at, data={"reason": ""})
    shown = planner.post(at, data={"reason": "通知检查"})

    assert refused.status_code == 422
    assert "13800000001" not in refused.text
    assert "13800000001" in shown.text
    with service.work() as session:
        events = trail.page(session, Search(action=READ, noun="inspector"))
        assert [event.reason for event in events] == ["通知检查"]
    supervisor = service.sign_in(Role.DISCIPLINE)
    assert supervisor.post(at, data={"reason": "好奇"}).status_code == 403


def test_a_file_of_people_holds_no_telephone_numbers_and_leaves_a_trace(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    answer = planner.post("/inspectors/export", data={"kind": "csv"})
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    book = planner.post("/inspectors/export", data={"kind": "xlsx"})

    assert [row[0] for row in rows] == ["姓名", "演示张三"]
    assert "浙江省演示市场监督管理局" in rows[1]
    assert "13800000001" not in answer.get_data().decode()
    assert book.get_data()[:2] == b"PK"
    assert planner.post("/inspectors/export", data={"kind": "exe"}).status_code == 404
    with service.work() as session:
        assert len(trail.page(session, Search(action="roster.exported"))) == 2


def test_days_on_which_somebody_cannot_be_sent_are_entered_changed_and_cancelled(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    at = f"/inspectors/{small.inspector}/leaves"
    days = {"first_day": "2026-03-01", "last_day": "2026-03-10", "reason": "脱产培训"}
    backwards = planner.post(
        at, data=days | {"last_day": "2026-02-01", "takes_effect": "2026-03-02"}
    )
    planner.post(at, data=days | {"takes_effect": "2026-03-02"})
    page = facts(planner.get(f"/inspectors/{small.inspector}"))
    leave = re.findall(r"/leaves/(\d+)/edit", page)[0]

    assert backwards.status_code == 422
    assert "不能早于" in backwards.text
    assert "正在期间" in page
    assert found(planner, "?on_leave=yes") == ["演示张三"]
    longer = form_of(facts(planner.get(f"/leaves/{leave}/edit")))
    longer |= {"last_day": "2026-03-20", "reason": "延长"}
    assert planner.post(f"/leaves/{leave}", data=longer).status_code == 303
    asked = form_of(facts(planner.get(f"/leaves/{leave}/end"))) | {"reason": "取消培训"}
    assert planner.post(f"/leaves/{leave}/end", data=asked).status_code == 303
    assert found(planner, "?on_leave=yes") == []


def test_experts_are_told_apart_from_officers(
    service: Service, small: Small, planner: FlaskClient
) -> None:
    listed = facts(planner.get("/experts?q=yjy"))

    assert "不计入执法检查人员" in listed
    assert "演示王五" in facts(planner.get("/experts?q=研究院"))
    assert "不计入执法检查人员" in facts(planner.get(f"/experts/{small.expert}"))
    assert "演示王五" not in facts(planner.get("/inspectors"))
    form = form_of(facts(planner.get(f"/experts/{small.expert}/edit")))
    answer = planner.post(
        f"/experts/{small.expert}", data=form | {"title": "研究员", "reason": "晋升"}
    )
    assert answer.status_code == 303


def test_departments_are_kept_by_those_in_whose_region_they_are(
    service: Service, small: Small, planner: FlaskClient, nation: FlaskClient
) -> None:
    form = {"trade": "water", "takes_effect": "2026-03-01"}
    own = planner.post("/departments", data=form | {"name": "浙江省演示水利厅", "region": "330000"})
    national = planner.post("/departments", data=form | {"name": "演示水利部", "region": ""})
    by_nation = nation.post("/departments", data=form | {"name": "演示水利部", "region": ""})

    assert (own.status_code, national.status_code, by_nation.status_code) == (303, 422, 303)
    listed = facts(planner.get("/departments?trade=water"))
    assert "演示水利部" in listed
    assert "1 人" in facts(planner.get("/departments?q=演示市场"))
    assert planner.get("/departments/export.csv").status_code == 200


# -- oneself -----------------------------------------------------------------------------------


def test_an_inspector_sees_his_own_entry_and_is_warned_of_his_certificates(
    service: Service, small: Small
) -> None:
    own = service.sign_in(Role.INSPECTOR, scope=GUANGDONG, name="zhang")
    page = facts(own.get("/own-entry"))

    assert "演示张三" in page
    assert "省政府执法证将在 2026年4月30日 到期" in page
    assert "部门执法证已在 2026年1月31日 到期" in page
    assert "13800000001" not in page


def test_who_has_no_entry_is_told_how_to_get_one(service: Service, small: Small) -> None:
    stranger = service.sign_in(Role.INSPECTOR, name="nobody")

    assert "名录里还没有您的登记" in facts(stranger.get("/own-entry"))
    assert stranger.get("/own-entry/declare").status_code == 404
    assert stranger.post("/own-entry/declare").status_code == 404


@pytest.mark.parametrize(("role", "login_name"), [(Role.INSPECTOR, "zhang"), (Role.EXPERT, "wang")])
def test_whoever_checks_declares_an_interest_himself_and_takes_it_back(
    service: Service, small: Small, planner: FlaskClient, role: Role, login_name: str
) -> None:
    own = service.sign_in(role, name=login_name)
    form = {"kind": "share", "note": "持有少量股份", "takes_effect": "2026-03-02"}
    doubtful = own.post("/own-entry/declare", data=form | {"institution_id": "食品检测"})
    offered = re.findall(r'name="institution_id.pick" value="(\d+)"', doubtful.text)
    picked = {"institution_id.pick": str(small.twin), "institution_id.asked": "食品检测"}
    answer = own.post("/own-entry/declare", data=form | {"institution_id": "食品检测"} | picked)

    assert doubtful.status_code == 422
    assert {int(key) for key in offered} == {small.institution, small.twin}
    assert answer.status_code == 303
    page = facts(own.get("/own-entry"))
    assert "演示南京食品检测有限公司" in page
    assert "演示南京食品检测有限公司" in facts(planner.get("/relations?declared=yes"))
    (declared,) = re.findall(r"/own-entry/declarations/(\d+)/end", page)
    asked = form_of(facts(own.get(f"/own-entry/declarations/{declared}/end")))
    back = own.post(
        f"/own-entry/declarations/{declared}/end", data=asked | {"reason": "股份已转让"}
    )
    assert back.status_code == 303
    assert "演示南京食品检测有限公司" not in facts(own.get("/own-entry"))


def test_nobody_takes_back_what_another_has_entered(service: Service, small: Small) -> None:
    own = service.sign_in(Role.INSPECTOR, name="zhang")
    other = service.sign_in(Role.EXPERT, name="wang")
    at = f"/own-entry/declarations/{small.relation}/end"

    assert own.get(at).status_code == other.get(at).status_code == 404
    assert own.post(at, data={"reason": "不想回避"}).status_code == 404
