"""The workbench of a plan: figures tried without saving them, and the charts of what they do."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from core.roles import Role
from rosters.demo.world import demo_world, settle
from tests.web.institution_desk import an_institution
from tests.web.people import Service, facts
from tests.web.planning import drafted, listed_item, newest, sound
from tests.web.rosters import TODAY, act_in
from web.inspections import plan_bench
from web.inspections.plan_grounds import Benches

UNITS = 300


@pytest.fixture
def planner(service: Service) -> FlaskClient:
    return service.sign_in(Role.NATIONAL_PLANNER)


@pytest.fixture
def plan(service: Service, planner: FlaskClient) -> int:
    """A draft without a fault, made by the planner."""
    return drafted(service, sound(listed_item(service)))


@pytest.fixture
def world(service: Service) -> Iterator[None]:
    with service.work() as session:
        settle(session, act_in(service), demo_world(UNITS, 7, TODAY))
    # on a busy machine reading takes longer than a visitor is kept waiting
    benches = service.app.extensions["benches"] = Benches(
        service.app.extensions["engine"], patience=60
    )
    yield
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
    service: Service, planner: FlaskClient, plan: int
) -> None:
    before = facts(planner.get(f"/plans/{plan}/workbench"))
    an_institution(service, 987_654, "演示新机构")

    after = facts(planner.get(f"/plans/{plan}/workbench"))

    assert excluded_of(after) == excluded_of(before) + 1  # it has no certificate yet


def excluded_of(page: str) -> int:
    return int(re.findall(r"排除 ([\d,]+) 家", page)[0].replace(",", ""))


# -- charts -------------------------------------------------------------------------------------


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.01, 0.05, 0.1, 1.0]))
def test_a_strip_stays_on_its_rail(one: float, two: float, three: float, top: float) -> None:
    low, mean, high = sorted((one, two, three))
    drawn = plan_bench.strip(low, mean, high, plan_bench.top_of([top]))

    assert plan_bench.LEFT <= drawn.low <= drawn.mean <= drawn.high <= plan_bench.RIGHT


@given(st.lists(st.floats(0, 1), min_size=1))
def test_a_rail_holds_all_its_values(values: list[float]) -> None:
    assert max(values) <= float(plan_bench.top_of(values)) <= 1
