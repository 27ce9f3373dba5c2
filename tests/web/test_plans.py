"""Plans on the page: begun from a template, filled in, approved by a second person, published."""

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from core.roles import Role
from inspections.plan_content import CertainUnit, ItemRef
from inspections.plans import PlanState
from inspections.reasons import CertainReason
from tests.web.people import Service, facts
from tests.web.persons import JIANGSU
from tests.web.planning import drafted, listed_item, newest, sound, step
from tests.web.rosters import TODAY, form_of
from web.inspections.plan_fields import SECTIONS


@pytest.fixture
def planner(service: Service) -> FlaskClient:
    return service.sign_in(Role.NATIONAL_PLANNER)


@pytest.fixture
def item(service: Service) -> ItemRef:
    return listed_item(service)


@pytest.fixture
def plan(service: Service, planner: FlaskClient, item: ItemRef) -> int:
    """A draft without a fault, made by the planner."""
    return drafted(service, sound(item))


# -- beginning ----------------------------------------------------------------------------------


def test_a_plan_begins_with_the_numbers_of_2023(service: Service, planner: FlaskClient) -> None:
    assert "2023年国家级计划" in facts(planner.get("/plans/new"))

    answer = planner.post("/plans", data={"start": "national-2023", "year": "2026"})

    assert answer.status_code == 303
    page = facts(planner.get(answer.location))
    assert "抽取家数" in page
    assert "处需要改正" in page  # no template chooses the items
    assert "2026年度国家级资质认定检验检测机构监督抽查" in facts(planner.get("/plans"))
    assert "2026年度国家级" in facts(planner.get("/plans.csv"))


def test_the_list_of_plans_is_taken_away_as_a_workbook_with_its_filters(
    service: Service, planner: FlaskClient, plan: int, item: ItemRef
) -> None:
    drafted(service, sound(item), title="=另一份计划", year=2027)

    book = planner.get("/plans.xlsx?year=2027&kind=national").data

    (head, row) = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(values_only=True)
    assert head[:3] == ("编号", "年度", "名称")
    assert row[1:3] == (2027, "=另一份计划")
    assert str(row[-1]).startswith(TODAY.isoformat())
    assert "另一份计划" in facts(planner.get("/plans.csv?year=2027&kind=national"))
    assert "/plans.xlsx?year=2027" in facts(planner.get("/plans?year=2027"))
    assert planner.get("/plans.pdf").status_code == 404


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"start": "national-2023", "year": "二零"}, "之间的年度"),
        ({"start": "", "year": "2026"}, "从哪里开始"),
        ({"start": "provincial", "year": "2026"}, "请选择省份"),
        ({"start": "999", "year": "2026"}, ""),
    ],
)
def test_what_is_missing_at_the_beginning_is_said(
    planner: FlaskClient, form: dict[str, str], words: str
) -> None:
    answer = planner.post("/plans", data=form)

    assert answer.status_code in (404, 422)
    assert words in answer.text


def test_a_province_plans_for_itself_alone(service: Service) -> None:
    province = service.sign_in(Role.PROVINCIAL_PLANNER)

    other = province.post(
        "/plans", data={"start": "provincial", "year": "2026", "region": "320000"}
    )
    own = province.post("/plans", data={"start": "provincial", "year": "2026", "region": "330000"})

    assert (other.status_code, own.status_code) == (422, 303)
    assert "管辖范围" in other.text
    neighbour = service.sign_in(Role.PROVINCIAL_PLANNER, scope=JIANGSU)
    assert neighbour.get(own.location).status_code == 404
    assert "（省级）" not in facts(neighbour.get("/plans"))


def test_last_years_plan_is_taken_over_without_its_single_units(
    service: Service, planner: FlaskClient, item: ItemRef
) -> None:
    certain = [CertainUnit(unit_id="U1", reason=CertainReason.FOLLOW_UP)]
    old = drafted(service, sound(item, certain=certain))

    answer = planner.post("/plans", data={"start": str(old), "year": "2027"})

    version = newest(service, int(answer.location.rsplit("/", 1)[1]))
    assert version.content.certain == ()
    assert version.content.first_day == date(2027, 3, 10)


# -- the form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("section", [section.key for section in SECTIONS])
def test_a_form_that_is_sent_back_untouched_changes_nothing(
    service: Service, planner: FlaskClient, plan: int, section: str
) -> None:
    before = newest(service, plan)
    address = f"/plans/{plan}/edit/{section}"
    form = form_of(facts(planner.get(address)))

    assert planner.post(address, data=form).status_code == 303

    assert newest(service, plan).content == before.content


def test_faults_stand_at_their_fields_and_do_not_keep_a_draft_from_being_saved(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    address = f"/plans/{plan}/edit/quotas"
    form = form_of(facts(planner.get(address))) | {"fields.0.count": "7"}

    assert planner.post(address, data=form).status_code == 303

    page = facts(planner.get(address))
    assert 'href="#f-fields"' in page
    assert "各领域合计 11 家，与抽取家数 6 家不符" in page
    assert newest(service, plan).content.fields[0].count == 7


def test_what_cannot_be_read_comes_back_as_it_was_typed(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    address = f"/plans/{plan}/edit/quotas"
    form = form_of(facts(planner.get(address)))
    form |= {"n": "很多", "fields.1.count": "-3", "eligible": "浙江", "cap": "150%"}

    answer = planner.post(address, data=form)

    assert answer.status_code == 422
    for typed in ("很多", "-3", "浙江"):
        assert f'value="{typed}"' in answer.text
    for name in ("n", "fields.1.count", "eligible"):
        assert f'href="#f-{name}"' in answer.text
    assert newest(service, plan).revision == 1


def test_a_value_out_of_range_is_told_at_its_field(planner: FlaskClient, plan: int) -> None:
    address = f"/plans/{plan}/edit/quotas"
    form = form_of(facts(planner.get(address))) | {"cap": "150%"}

    answer = planner.post(address, data=form)

    assert answer.status_code == 422
    assert 'href="#f-cap"' in answer.text
    assert "不能大于 1" in answer.text


def test_two_who_edit_at_once_do_not_overwrite_each_other(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    address = f"/plans/{plan}/edit/days"
    mine = form_of(facts(planner.get(address)))
    other = service.sign_in(Role.NATIONAL_PLANNER)
    theirs = form_of(facts(other.get(address))) | {"deadlines.0.name": "别人的要求"}
    assert other.post(address, data=theirs).status_code == 303

    late = planner.post(address, data=mine | {"deadlines.0.name": "我的要求"})

    assert late.status_code == 422
    assert "别人修改或办理过" in late.text
    assert 'value="我的要求"' in late.text
    assert newest(service, plan).content.deadlines[0].name == "别人的要求"


def test_the_title_can_be_changed_until_the_plan_is_public(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    address = f"/plans/{plan}/edit/basics"
    form = form_of(facts(planner.get(address)))

    assert planner.post(address, data=form | {"title": ""}).status_code == 422
    assert planner.post(address, data=form | {"title": "新的演示标题"}).status_code == 303
    assert "新的演示标题" in facts(planner.get("/plans?q=新的"))


def test_only_who_may_edit_gets_to_the_form(service: Service, plan: int) -> None:
    for role, status in ((Role.REVIEWER, 403), (Role.PROVINCIAL_PLANNER, 404)):
        visitor = service.sign_in(role)
        assert visitor.get(f"/plans/{plan}/edit/quotas").status_code == status
        assert visitor.post(f"/plans/{plan}/edit/quotas", data={}).status_code == status


def test_a_section_that_does_not_exist_is_not_found(planner: FlaskClient, plan: int) -> None:
    assert planner.get(f"/plans/{plan}/edit/nothing").status_code == 404


# -- plan files ---------------------------------------------------------------------------------


def test_a_plan_goes_out_as_a_file_and_comes_in_again(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    file = planner.get(f"/plans/{plan}/plan.toml")
    changed = file.data.replace(b" = 4\n", b" = 5\n").replace(b"n = 6\n", b"n = 7\n")

    answer = send_file(planner, plan, changed)

    assert answer.status_code == 303, answer.text
    content = newest(service, plan).content
    assert (content.n, content.fields[1].count) == (7, 5)
    assert content.legal_basis == ("《检验检测机构监督管理办法》",)


def test_a_file_with_faults_names_them_all(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    answer = send_file(planner, plan, b'name = ""\nn = -1\nmethod = "luck"\n')

    assert answer.status_code == 422
    assert "处错误" in answer.text
    assert len(re.findall(r"<li>", answer.text.split('id="h-lines"')[1].split("</ul>")[0])) > 1
    assert newest(service, plan).revision == 1
    assert planner.post(f"/plans/{plan}/import", data={}).status_code == 422


def send_file(client: FlaskClient, plan: int, data: bytes) -> Any:
    page = facts(client.get(f"/plans/{plan}/import"))
    form = {**form_of(page), "file": (io.BytesIO(data), "plan.toml")}
    return client.post(f"/plans/{plan}/import", data=form, content_type="multipart/form-data")


# -- the way to publication ---------------------------------------------------------------------


def test_a_second_person_approves_and_then_the_plan_is_public(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    reviewer = service.sign_in(Role.REVIEWER)
    stranger = service.sign_in(Role.PROVINCIAL_PLANNER, scope=JIANGSU)
    assert stranger.get(f"/plans/{plan}").status_code == 404

    assert step(planner, plan, "submit").status_code == 303
    assert "批准" in facts(reviewer.get(f"/plans/{plan}"))
    assert step(reviewer, plan, "approve").status_code == 303
    assert step(planner, plan, "publish", document_no="演示〔2026〕1号").status_code == 303

    assert newest(service, plan).state is PlanState.PUBLISHED
    assert f"/ceremonies/new?plan={plan}" in facts(planner.get(f"/plans/{plan}"))
    assert "准备抽取" not in facts(stranger.get(f"/plans/{plan}"))
    assert "演示〔2026〕1号" in facts(stranger.get(f"/plans/{plan}"))
    assert stranger.get(f"/plans/{plan}/workbench").status_code == 404


def test_a_plan_with_faults_is_not_submitted(
    service: Service, planner: FlaskClient, item: ItemRef
) -> None:
    plan = drafted(service, sound(item, n=9))

    page = facts(planner.get(f"/plans/{plan}/steps/submit"))
    answer = planner.post(f"/plans/{plan}/steps/submit", data={"revision": "1"})

    assert "处需要改正" in page
    assert answer.status_code == 422
    assert newest(service, plan).state is PlanState.DRAFT


def test_a_returned_plan_says_why_and_can_be_mended(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    reviewer = service.sign_in(Role.REVIEWER)
    step(planner, plan, "submit")

    assert step(reviewer, plan, "return", reason="").status_code == 422
    assert step(reviewer, plan, "return", reason="名额太少").status_code == 303

    assert "名额太少" in facts(planner.get(f"/plans/{plan}"))
    address = f"/plans/{plan}/edit/publication"
    assert planner.post(address, data=form_of(facts(planner.get(address)))).status_code == 303


def test_what_was_not_seen_is_not_approved(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    reviewer = service.sign_in(Role.REVIEWER)
    step(planner, plan, "submit")

    answer = reviewer.post(f"/plans/{plan}/decision/approve", data={"revision": "1"})

    assert answer.status_code == 422
    assert "别人修改或办理过" in answer.text


def test_a_change_after_publication_is_a_new_version_that_shows_what_changed(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    reviewer = service.sign_in(Role.REVIEWER)
    step(planner, plan, "submit")
    step(reviewer, plan, "approve")
    step(planner, plan, "publish")

    assert step(planner, plan, "new", reason="").status_code == 422
    assert step(planner, plan, "new", reason="增加候补").status_code == 303
    address = f"/plans/{plan}/edit/quotas"
    planner.post(address, data=form_of(facts(planner.get(address))) | {"reserves": "3"})

    page = facts(planner.get(f"/plans/{plan}/compare?to=2"))
    assert "增加候补" in page
    assert "<ins>3</ins>" in page
    assert "候补家数" in page
    assert "领域名额" not in page
    assert step(planner, plan, "withdraw").status_code == 303
    assert newest(service, plan).state is PlanState.WITHDRAWN


@pytest.mark.parametrize("address", ["steps/approve", "steps/nothing", "decision/submit"])
def test_steps_have_their_own_doors(service: Service, plan: int, address: str) -> None:
    visitor = service.sign_in(
        Role.REVIEWER if address.startswith("decision") else Role.NATIONAL_PLANNER
    )

    assert visitor.get(f"/plans/{plan}/{address}").status_code == 404
