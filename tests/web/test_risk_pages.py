"""Risk scores on the page: asked for, shown with every contribution, and decided by people."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.jobs import Job
from core.roles import Role
from core.trail import Actor
from rosters.demo.world import demo_world, settle
from rosters.editing import change, row_on
from rosters.entries import Noun
from rosters.risk.decisions import RiskDecision, Stage
from rosters.risk.indicators import Bands, Indicator, bands_of, indicators_on
from rosters.risk.scores import RiskScore, score_all
from tests.core.people import NOW, ZHEJIANG
from tests.web.people import Service, facts
from tests.web.rosters import TODAY, act, small_roster
from web.rosters.charts import BOTTOM, LEFT, RIGHT, TOP, WIDTH, histogram
from web.words.jobs import SCORE

UNITS = 250
MACHINE = Actor(None, "运维（命令行）", "system")
BANDS = Bands(0, 20, 50)


def silent(*_told: Any) -> None:
    """Nobody listens."""


@pytest.fixture
def run(service: Service, tmp_path: Path) -> int:
    """A small world that has been scored."""
    with service.work() as session:
        settle(session, act(tmp_path), demo_world(UNITS, 7, TODAY))
        return score_all(session, MACHINE, TODAY, NOW, silent).key


@pytest.fixture
def nation(service: Service) -> FlaskClient:
    return service.sign_in(Role.NATIONAL_PLANNER)


def ticked(text: str) -> list[int]:
    return [int(one) for one in re.findall(r'name="entry" value="(\d+)"', text)]


def total_of(text: str) -> int:
    return int(re.findall(r"<b>([\d,]+) 家</b>", text)[0].replace(",", ""))


def class_of(service: Service, entry: int) -> str:
    with service.work() as session:
        return str(row_on(session, Noun.INSTITUTION, entry, TODAY).credit_class)


def score_of(service: Service, run: int, entry: int) -> RiskScore:
    with service.work() as session:
        found = session.get_one(RiskScore, (run, entry))
        session.expunge(found)
        return found


# -- the histogram -----------------------------------------------------------------------------


@given(st.dictionaries(st.integers(-400, 1_500), st.integers(1, 60_000), min_size=1))
def test_every_institution_stands_in_one_bar_that_begins_at_zero(totals: dict[int, int]) -> None:
    found = histogram(totals, BANDS)

    assert found is not None
    assert sum(bar.number for bar in found.bars) == sum(totals.values())
    for bar in found.bars:
        held = sum(n for total, n in totals.items() if bar.least <= total <= bar.last)
        assert bar.number == held
        assert bar.y + bar.height == pytest.approx(BOTTOM)
        assert bar.y >= TOP
        assert bar.x >= LEFT
        assert bar.x + bar.width <= WIDTH - RIGHT
    heights = [(bar.number, bar.height) for bar in found.bars]
    assert [h for _, h in sorted(heights)] == sorted(h for _, h in heights)
    assert len(found.bars) <= 31


def test_without_scores_there_is_no_histogram() -> None:
    assert histogram({}, BANDS) is None


# -- asking ------------------------------------------------------------------------------------


def test_the_national_planner_asks_and_is_led_to_the_progress(
    service: Service, run: int, nation: FlaskClient
) -> None:
    answer = nation.post("/risk/runs", data={"takes_effect": "2026-03-01"})

    assert answer.status_code == 303
    assert answer.location.startswith("/jobs/")
    with service.work() as session:
        job = session.exec(select(Job).where(Job.kind == SCORE)).one()
    assert job.payload["day"] == "2026-03-01"
    again = facts(nation.get("/risk"))
    assert "正在评分" in again
    assert "开始评分" not in again


def test_a_day_that_cannot_be_meant_is_refused_with_words(
    service: Service, run: int, nation: FlaskClient
) -> None:
    answer = nation.post("/risk/runs", data={"takes_effect": "2026-02-30"})

    assert answer.status_code == 422
    assert "生效日期应写成" in answer.text
    assert 'value="2026-02-30"' in answer.text


def test_a_province_decides_about_its_own_and_asks_for_no_scores(
    service: Service, run: int, nation: FlaskClient
) -> None:
    planner = service.sign_in(Role.PROVINCIAL_PLANNER, scope=ZHEJIANG)

    assert planner.post("/risk/runs", data={"takes_effect": "2026-03-01"}).status_code == 404
    own = ticked(facts(planner.get(f"/risk/runs/{run}?stage=open")))
    everywhere = total_of(facts(nation.get(f"/risk/runs/{run}")))
    with service.work() as session:
        rows = [row_on(session, Noun.INSTITUTION, entry, TODAY) for entry in own]
        assert all(row.region.startswith("33") for row in rows)
    assert len(own) < everywhere
    strange = next(e for e in ticked(nation.get(f"/risk/runs/{run}").text) if e not in own)
    assert planner.get(f"/risk/runs/{run}/institutions/{strange}").status_code == 404
    page = facts(planner.get(f"/risk/runs/{run}/decide?entry={strange}&verdict=accepted"))
    assert "没有选中可以决定的机构" in page


# -- looking -----------------------------------------------------------------------------------


def test_the_page_shows_every_contribution_and_they_sum_to_the_total(
    service: Service, run: int, nation: FlaskClient
) -> None:
    listed = facts(nation.get(f"/risk/runs/{run}"))
    entries = ticked(listed)
    assert entries
    for row in re.findall(r"<tr><td class=\"pick-cell\">.*?</tr>", listed, re.S):
        total = int(re.findall(r'data-name="总分"><b>(-?\d+)</b>', row)[0])
        parts = re.findall(r" <b>([+−]?\d+)</b>", row.partition("made-of")[2])
        assert sum(int(part.replace("−", "-")) for part in parts) == total

    for entry in entries[:5]:
        page = facts(nation.get(f"/risk/runs/{run}/institutions/{entry}"))
        score = score_of(service, run, entry)
        points = [int(one) for one in re.findall(r'<td class="n"><b>(-?\d+)</b></td>', page)]
        assert sum(points) == score.total
        assert f"为什么是 {score.total} 分" in page


def test_the_proposals_are_found_by_class_and_come_as_a_file(
    service: Service, run: int, nation: FlaskClient
) -> None:
    listed = facts(nation.get(f"/risk/runs/{run}?was=A&proposed=B&stage=all"))
    file = nation.post(f"/risk/runs/{run}/export?was=A&proposed=B&stage=all", data={"kind": "csv"})

    lines = file.get_data(as_text=True).splitlines()
    assert len(lines) - 1 == total_of(listed)
    assert all("A类" in line and "B类" in line for line in lines[1:])
    assert "去掉筛选：评分时等级：A类" in listed


def test_who_was_scored_and_proposed_nothing_has_his_page_too(
    service: Service, run: int, nation: FlaskClient
) -> None:
    with service.work() as session:
        entry = session.exec(
            select(RiskScore.entry_id).where(RiskScore.was == RiskScore.proposed).limit(1)
        ).one()

    assert "分数与等级相符" in facts(nation.get(f"/risk/runs/{run}/institutions/{entry}"))
    assert nation.get(f"/risk/runs/{run}/institutions/999999").status_code == 404
    assert nation.get("/risk/runs/999").status_code == 404


def test_the_file_of_an_institution_leads_to_its_latest_score(
    service: Service, run: int, nation: FlaskClient
) -> None:
    entry = ticked(nation.get(f"/risk/runs/{run}").text)[0]

    assert f'href="/risk/institutions/{entry}"' in facts(nation.get(f"/institutions/{entry}"))
    answer = nation.get(f"/risk/institutions/{entry}")
    assert answer.location == f"/risk/runs/{run}/institutions/{entry}"


def test_who_was_never_scored_is_led_back_to_the_file(
    service: Service, nation: FlaskClient, tmp_path: Path
) -> None:
    entry = small_roster(service, tmp_path).institution

    answer = nation.get(f"/risk/institutions/{entry}", follow_redirects=True)

    assert "还没有评过分" in facts(answer)


def test_the_start_page_says_what_waits_for_a_decision(
    service: Service, run: int, nation: FlaskClient
) -> None:
    many = total_of(facts(nation.get(f"/risk/runs/{run}")))

    assert f"决定 {many} 家的信用风险等级建议" in facts(nation.get("/home"))


# -- deciding ----------------------------------------------------------------------------------


def test_ticked_proposals_are_accepted_with_a_reason_and_the_classes_change(
    service: Service, run: int, nation: FlaskClient
) -> None:
    one, other, *_ = ticked(nation.get(f"/risk/runs/{run}").text)
    at = f"/risk/runs/{run}/decide?entry={one}&entry={other}&verdict=accepted"
    asked = facts(nation.get(at))
    assert "采纳 2 家的等级建议" in asked

    wordless = nation.post(at, data={"many": "2", "reason": ""})
    assert wordless.status_code == 422
    assert 'id="e-reason"' in wordless.text
    long = nation.post(at, data={"many": "2", "reason": "很" * 201})
    assert long.status_code == 422
    assert "很" * 201 in long.text
    assert class_of(service, one) == score_of(service, run, one).was

    done = nation.post(at, data={"many": "2", "reason": "核对证据后采纳"})

    assert done.status_code == 303
    assert done.location == f"/risk/runs/{run}"
    for entry in (one, other):
        assert class_of(service, entry) == score_of(service, run, entry).proposed
        assert "已采纳" in facts(nation.get(f"/risk/runs/{run}/institutions/{entry}"))
    assert one not in ticked(nation.get(f"/risk/runs/{run}").text)
    late = nation.post(at, data={"many": "2", "reason": "再来一次"})
    assert late.status_code == 422
    assert "没有选中可以决定的机构" in late.text


def test_all_that_the_filters_find_are_declined_and_no_class_changes(
    service: Service, run: int, nation: FlaskClient
) -> None:
    listed = facts(nation.get(f"/risk/runs/{run}?was=A"))
    many, entries = total_of(listed), ticked(listed)
    at = f"/risk/runs/{run}/decide?was=A&all=yes&verdict=declined"

    fewer = nation.post(at, data={"many": str(many - 1), "reason": "证据不足"})
    assert fewer.status_code == 422
    assert "家数有了变动" in fewer.text
    done = nation.post(at, data={"many": str(many), "reason": "证据不足"})

    assert done.status_code == 303
    with service.work() as session:
        decided = session.exec(select(RiskDecision)).all()
    assert len(decided) == many
    assert {one.reason for one in decided} == {"证据不足"}
    assert all(class_of(service, entry) == "A" for entry in entries[:5])
    assert total_of(facts(nation.get(f"/risk/runs/{run}?was=A&stage=declined"))) == many


def test_a_class_that_has_changed_since_makes_the_proposal_stale_and_says_so(
    service: Service, run: int, nation: FlaskClient, tmp_path: Path
) -> None:
    one, *_ = ticked(nation.get(f"/risk/runs/{run}").text)
    score = score_of(service, run, one)
    other = next(c for c in "ABCD" if c not in (score.was, score.proposed))
    with service.work() as session:
        told = {"credit_class": other, "class_reason": "专项检查"}
        change(session, act(tmp_path), Noun.INSTITUTION, one, told, TODAY)

    page = facts(nation.get(f"/risk/runs/{run}/institutions/{one}"))
    listed = facts(nation.get(f"/risk/runs/{run}?stage=stale"))

    assert "建议已失效" in page
    assert "采纳</a>" not in page
    assert f"/institutions/{one}" in listed
    assert Stage.STALE.label in listed
    assert ticked(listed) == []
    assert "没有选中" in facts(nation.get(f"/risk/runs/{run}/decide?entry={one}&verdict=accepted"))


# -- indicators --------------------------------------------------------------------------------


def indicator(service: Service, code: str) -> Indicator:
    with service.work() as session:
        return next(one for one in indicators_on(session, TODAY) if one.code == code)


def form_of(service: Service, code: str, **typed: str) -> dict[str, str]:
    one = indicator(service, code)
    return {
        "title": one.title, "weight": str(one.weight), "most": str(one.most), "basis": one.basis,
        "active": "yes", "takes_effect": TODAY.isoformat(), "shown": TODAY.isoformat(),
        "reason": "年度调整", **typed,
    }  # fmt: skip


def send(service: Service, browser: FlaskClient, code: str, **typed: str) -> Any:
    entry = indicator(service, code).entry_id
    expected = re.findall(
        r'name="expected" value="(\d+)"', browser.get(f"/risk/indicators/{entry}/edit").text
    )
    data = form_of(service, code, **typed) | {"expected": expected[0]}
    return browser.post(f"/risk/indicators/{entry}", data=data)


def test_a_weight_changes_from_a_day_on_and_its_past_stays(
    service: Service, run: int, nation: FlaskClient
) -> None:
    entry = indicator(service, "complaints").entry_id

    done = send(service, nation, "complaints", weight="9", takes_effect="2026-05-01")

    assert done.status_code == 303
    assert "<b>6</b>" in facts(nation.get("/risk/indicators"))
    later = facts(nation.get("/risk/indicators?day=2026-05-01"))
    assert "<b>9</b>" in later
    assert "您看到的是" in later
    history = facts(nation.get(f"/risk/indicators/{entry}"))
    assert "年度调整" in history
    assert "移出名录" not in history


def test_bands_out_of_order_are_refused_with_words_now_and_for_later_days(
    service: Service, run: int, nation: FlaskClient
) -> None:
    answer = send(service, nation, "C", weight="60")
    assert answer.status_code == 422
    assert 'id="e-weight">等级分界应由低到高' in answer.text
    assert 'value="60"' in answer.text

    assert send(service, nation, "D", weight="40", takes_effect="2026-09-01").status_code == 303
    answer = send(service, nation, "C", weight="45")
    assert answer.status_code == 422
    assert "等级分界应由低到高" in answer.text

    with service.work() as session:
        assert bands_of(indicators_on(session, TODAY)) == BANDS


def test_a_province_reads_the_indicators_and_changes_none(service: Service, run: int) -> None:
    planner = service.sign_in(Role.PROVINCIAL_PLANNER, scope=ZHEJIANG)
    entry = indicator(service, "complaints").entry_id

    assert "一年内投诉举报" in facts(planner.get("/risk/indicators"))
    assert "年度" not in facts(planner.get(f"/risk/indicators/{entry}"))
    assert planner.get(f"/risk/indicators/{entry}/edit").status_code == 404
    assert planner.post("/risk/indicators").status_code == 404


def test_a_service_without_indicators_begins_with_the_standard(
    service: Service, nation: FlaskClient
) -> None:
    assert "还没有风险指标" in facts(nation.get("/risk"))
    assert "采用标准指标" in facts(nation.get("/risk/indicators"))

    assert nation.post("/risk/indicators").status_code == 303

    assert "开始评分" in facts(nation.get("/risk"))
