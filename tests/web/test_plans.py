"""Plans on the page: begun from a template, filled in, approved by a second person, tried out."""

import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from core.files import FileStore
from core.roles import Role, Scope, ScopeKind
from inspections.plan_content import (
    CertainUnit,
    Deadline,
    ExcludedUnit,
    FieldQuota,
    ItemRef,
    PlanContent,
    Window,
)
from inspections.plan_drafts import draft_plan
from inspections.plan_faults import PlanFault
from inspections.plan_items import item_ref
from inspections.plan_templates import TEMPLATES
from inspections.plans import PlanHeading, PlanKind, PlanState, versions_of
from inspections.reasons import CertainReason, ExclusionReason
from rosters.changes import Act
from rosters.demo.world import demo_world, settle
from rosters.editing import enter, row_on
from rosters.entries import Noun
from tests.core.people import CLERK, NOW, made_up_code
from tests.web.people import Service, facts
from tests.web.rosters import LONG_AGO, TODAY, form_of
from web.inspections import plan_bench, plan_cells, plan_forms
from web.inspections.plan_cells import Misread
from web.inspections.plan_fields import SECTIONS, section_of
from web.inspections.plan_grounds import Benches
from web.words.plans import COLUMNS, CONTENT

JIANGSU = Scope(ScopeKind.REGION, "320000")
UNITS = 300


def sound(item: ItemRef, **more: Any) -> PlanContent:
    """A plan that can be submitted."""
    return PlanContent(
        name="演示数据监督抽查",
        legal_basis=("《检验检测机构监督管理办法》",),
        check_items=(item,),
        windows=(Window(first=date(2026, 3, 10), last=date(2026, 4, 10)),),
        deadlines=(Deadline(name="报送自查表", day=date(2026, 3, 20)),),
        lead="国家市场监督管理总局",
        roster_day=TODAY,
        n=6,
        fields=(FieldQuota(name="食品检验", count=2), FieldQuota(name="其他领域", count=4)),
        other="其他领域",
    ).changed(**more)


@pytest.fixture
def item(service: Service, tmp_path: Path) -> ItemRef:
    """The one item of the published list."""
    with service.work() as session:
        act = Act(CLERK, NOW, FileStore(tmp_path))
        told = {"number": "YS-1", "name": "演示抽查事项", "category": "重点检查事项"}
        entry, _ = enter(session, act, Noun.CHECK_ITEM, told, LONG_AGO)
        return item_ref(row_on(session, Noun.CHECK_ITEM, entry, TODAY))


@pytest.fixture
def planner(service: Service) -> FlaskClient:
    return service.sign_in(Role.NATIONAL_PLANNER)


@pytest.fixture
def plan(service: Service, planner: FlaskClient, item: ItemRef) -> int:
    """A draft without a fault, made by the planner."""
    return drafted(service, sound(item))


def drafted(service: Service, content: PlanContent, **heading: Any) -> int:
    told = {"kind": PlanKind.NATIONAL, "year": 2026, "title": "2026年演示数据计划", **heading}
    with service.work() as session:
        named = PlanHeading.model_validate(told)
        return draft_plan(session, named, content, service.actor(), NOW).plan_id


def newest(service: Service, plan: int) -> Any:
    with service.work() as session:
        version = versions_of(session, plan)[-1]
        session.expunge(version)
        return version


def step(client: FlaskClient, plan: int, key: str, **form: Any) -> Any:
    """Ask for a step and take it, as a browser would."""
    kind = "decision" if key in ("approve", "return") else "steps"
    address = f"/plans/{plan}/{kind}/{key}"
    asked = facts(client.get(address))
    revision = re.search(r'name="revision" value="(\d+)"', asked)
    return client.post(address, data={"revision": revision[1] if revision else "", **form})


# -- what is typed -----------------------------------------------------------------------------

texts = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters='"'), min_size=1, max_size=8
)
columns = st.sampled_from(sorted(set(COLUMNS) - {"qi_centre"}))


@given(st.lists(st.tuples(columns, st.lists(texts, min_size=1, max_size=3)), max_size=3))
def test_a_condition_reads_back_as_it_was_written(where: list[tuple[str, list[str]]]) -> None:
    assert plan_cells.where(plan_cells.told_where(where)) == where


def test_a_condition_is_typed_in_the_words_of_the_page() -> None:
    typed = "国家质检中心＝是；省份=浙江省|江苏省"

    found = plan_cells.where(typed)

    assert found == [("qi_centre", ["1"]), ("province", ["浙江省", "江苏省"])]


@pytest.mark.parametrize("typed", ["浙江省", "省份==浙江省", "=是"])
def test_half_a_condition_is_refused_with_words(typed: str) -> None:
    with pytest.raises(Misread, match="栏目"):
        plan_cells.where(typed)


@given(st.decimals(0, 1, places=6))
def test_a_share_can_be_typed_as_percent_or_plain(value: Decimal) -> None:
    assert plan_cells.share(plan_cells.told_figure(value)) == value
    assert plan_cells.share(f"{plan_cells.told_figure(value * 100)}%") == value


@given(
    st.lists(st.sampled_from(list(CertainReason)), max_size=4),
    st.sampled_from(["", "食品检验"]),
)
def test_units_read_back_as_they_were_written(reasons: list[CertainReason], field: str) -> None:
    units = [
        CertainUnit(unit_id=f"U{at}", reason=reason, note="说明", field=field or None)
        for at, reason in enumerate(reasons)
    ]

    typed = plan_cells.certain(plan_cells.told_units(units))

    assert [CertainUnit.model_validate(one) for one in typed] == units


def test_units_are_pasted_from_a_spreadsheet() -> None:
    found = plan_cells.excluded("U1\t其他理由\t演示\n\nU2\n")

    assert [ExcludedUnit.model_validate(one) for one in found] == [
        ExcludedUnit(unit_id="U1", reason=ExclusionReason.OTHER, note="演示"),
        ExcludedUnit(unit_id="U2"),
    ]
    with pytest.raises(Misread, match="第 1 行的理由"):
        plan_cells.excluded("U1|不喜欢")


def test_every_field_of_a_plan_stands_in_one_section() -> None:
    named = [name for section in SECTIONS for name in section.names]

    assert sorted(named) == sorted(set(CONTENT) - {"format"})
    assert len(named) == len(set(named))


@pytest.mark.parametrize("key", sorted(TEMPLATES))
def test_a_section_that_is_sent_untouched_says_what_it_said(service: Service, key: str) -> None:
    region = "330000" if key == "provincial" else ""
    _, content = TEMPLATES[key].begin(2026, region)

    for section in SECTIONS:
        typed = plan_forms.typed_of(section, content)
        reading = plan_forms.read(section, typed, content, {})

        assert reading.faults == []
        assert reading.content == content


@given(
    st.sampled_from(
        ["windows.0.first", "windows", "weights", "ratios.values.2", "cross.0.where.1", "n",
         "check_items.3", "publish.1", "automatic", "certain.4.field", "legal_basis"]
    )
)  # fmt: skip
def test_every_fault_finds_a_field_of_its_section(at: str) -> None:
    section = section_of(at)
    _, content = TEMPLATES["joint"].begin(2026)
    typed = plan_forms.typed_of(section, content)

    sheet = plan_forms.sheet(section, typed, {}, [(at, "有误。")])

    (place,) = sheet.faults
    assert place.partition(".")[0] == at.partition(".")[0]


# -- beginning ---------------------------------------------------------------------------------


def test_a_plan_begins_with_the_numbers_of_2023(service: Service, planner: FlaskClient) -> None:
    assert "2023年国家级计划" in facts(planner.get("/plans/new"))

    answer = planner.post("/plans", data={"start": "national-2023", "year": "2026"})

    assert answer.status_code == 303
    page = facts(planner.get(answer.location))
    assert "抽取家数" in page
    assert "处需要改正" in page  # no template chooses the items
    assert "2026年度国家级资质认定检验检测机构监督抽查" in facts(planner.get("/plans"))
    assert "2026年度国家级" in facts(planner.get("/plans.csv"))


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


# -- the form ----------------------------------------------------------------------------------


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


# -- plan files --------------------------------------------------------------------------------


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


# -- the way to publication --------------------------------------------------------------------


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


# -- the workbench -----------------------------------------------------------------------------


@pytest.fixture
def world(service: Service, tmp_path: Path) -> Iterator[None]:
    with service.work() as session:
        settle(session, Act(CLERK, NOW, FileStore(tmp_path)), demo_world(UNITS, 7, TODAY))
    yield
    if (benches := service.app.extensions.get("benches")) is not None:
        benches.close()


@pytest.mark.usefixtures("world")
def test_the_workbench_answers_and_other_figures_are_tried_without_saving(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    page = facts(planner.get(f"/plans/{plan}/workbench"))
    tried = facts(planner.get(f"/plans/{plan}/workbench?count.0=3&count.1=5&cap=50%25&by=province"))

    for words in (
        "可以抽取",
        "公平抽取",
        "逐领域抽取",
        "桑福德抽样",
        "各省任务量",
        "为什么不能再高",
    ):
        assert words in page
    assert "没有保存" not in page
    assert "这是试算，没有保存" in tried
    assert "浙江省" in tried
    assert newest(service, plan).content.n == 6


@pytest.mark.usefixtures("world")
def test_figures_that_were_tried_can_be_kept(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    form = {"count.0": "3", "count.1": "5", "cap": "0.5", "revision": "1"}

    assert planner.post(f"/plans/{plan}/workbench", data=form).status_code == 303
    assert planner.post(f"/plans/{plan}/workbench", data=form).status_code == 303  # too late

    assert newest(service, plan).content.n == 8
    assert newest(service, plan).revision == 2


@pytest.mark.usefixtures("world")
def test_what_cannot_be_drawn_is_explained(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    page = facts(planner.get(f"/plans/{plan}/workbench?count.0=299"))

    assert "这样抽不成" in page
    assert "可以抽取。" not in page


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "query",
    ["count.0=x&cap=abc&method=luck&day=2026-13-01", "count.0=0&count.1=0", "cap=900%25",
     "count.0=9999999999", "method=sampford", "method=sequential&cap=0", "day=2020-01-01"],
)  # fmt: skip
def test_no_figure_of_the_address_breaks_the_workbench(
    planner: FlaskClient, plan: int, query: str
) -> None:
    planner.get(f"/plans/{plan}/workbench?{query}")

    assert planner.get(f"/plans/{plan}/workbench?{query}").status_code in (200, 422)


@pytest.mark.usefixtures("world")
def test_while_the_rosters_are_read_a_page_says_so_and_goes_on_by_itself(
    service: Service, planner: FlaskClient, plan: int
) -> None:
    benches = Benches(service.app.extensions["engine"], patience=0)
    service.app.extensions["benches"] = benches

    first = facts(planner.get(f"/plans/{plan}/workbench"))
    benches.close()  # waits for what is being read

    assert "正在读取名录" in first
    assert 'http-equiv="refresh"' in first


def test_without_institutions_the_workbench_says_so(planner: FlaskClient, plan: int) -> None:
    answer = planner.get(f"/plans/{plan}/workbench")

    assert answer.status_code in (200, 422)
    assert "可以抽取。" not in answer.text


@pytest.mark.usefixtures("world")
def test_after_a_change_of_the_rosters_they_are_read_anew(
    service: Service, planner: FlaskClient, plan: int, tmp_path: Path
) -> None:
    before = facts(planner.get(f"/plans/{plan}/workbench"))
    with service.work() as session:
        act = Act(CLERK, NOW, FileStore(tmp_path))
        told = {"name": "演示新机构", "credit_code": made_up_code(987_654), "region": "330100"}
        enter(session, act, Noun.INSTITUTION, told, LONG_AGO)

    after = facts(planner.get(f"/plans/{plan}/workbench"))

    assert excluded_of(after) == excluded_of(before) + 1  # it has no certificate yet


def excluded_of(page: str) -> int:
    return int(re.findall(r"排除 ([\d,]+) 家", page)[0].replace(",", ""))


# -- charts ------------------------------------------------------------------------------------


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.01, 0.05, 0.1, 1.0]))
def test_a_strip_stays_on_its_rail(one: float, two: float, three: float, top: float) -> None:
    low, mean, high = sorted((one, two, three))
    drawn = plan_bench.strip(low, mean, high, plan_bench.top_of([top]))

    assert plan_bench.LEFT <= drawn.low <= drawn.mean <= drawn.high <= plan_bench.RIGHT


@given(st.lists(st.floats(0, 1), min_size=1))
def test_a_rail_holds_all_its_values(values: list[float]) -> None:
    assert max(values) <= float(plan_bench.top_of(values)) <= 1


def test_a_fault_is_told_with_its_place() -> None:
    fault = PlanFault("windows.1.first", "missing")

    assert plan_forms.in_words([fault]) == [("windows.1.first", "请填写。")]
    assert plan_forms.faults_in(section_of("windows.1"), [fault]) == [fault]
