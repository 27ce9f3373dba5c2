"""From the first page to a result, as a visitor reads it."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Opened
from tests.web.visits import (
    PLAN,
    ROSTER,
    begin,
    draw,
    files_of,
    is_running,
    send_files,
    settle,
    take_demo,
    upload,
    words,
)
from web.demo import example_plans


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What keeps the only worker of a service busy until the test is over."""
    gate = threading.Event()
    yield gate
    gate.set()


def test_the_first_page_offers_a_roster_and_every_example_plan(client: FlaskClient) -> None:
    page = client.get("/").text

    assert "3,000 家机构" in page
    assert "演示数据" in page
    for plan in example_plans().values():
        assert plan.plan.name in page


def test_demo_roster_and_plans_can_be_taken_away_and_brought_back(client: FlaskClient) -> None:
    roster, plan = client.get("/demo/roster.csv").data, client.get("/demo/plans/2023-national.toml")

    page = client.get(upload(client, plan.data, roster)).text

    assert "可以抽取" in page
    assert '<span class="demo">' in page  # the rows say of themselves that they are made up


@pytest.mark.parametrize("plan", example_plans())
def test_every_example_plan_is_answered_with_chances_or_with_reasons(
    client: FlaskClient, plan: str
) -> None:
    page = words(client.get(take_demo(client, plan)).text)

    assert "可以抽取" in page or "不能同时满足" in page


def test_the_page_of_chances_says_what_is_asked_and_what_there_is(client: FlaskClient) -> None:
    page = words(client.get(upload(client)).text)

    assert "2 个领域合计 6 家" in page
    assert "食品检验 4 12" in page
    assert "机动车检验 2 6" in page
    assert "机会全部相同，都是 50.00%" in page


def test_one_seed_is_not_enough(client: FlaskClient) -> None:
    trial = upload(client)

    answer = client.post(f"{trial}/rehearsal", data={"seed1": "甲", "seed2": "  "})

    assert answer.status_code == 422
    assert "至少填 2 个种子，现在填了 1 个" in answer.text
    assert 'value="甲"' in answer.text


def test_a_rehearsal_names_its_seeds_its_digest_and_all_files(client: FlaskClient) -> None:
    page = draw(client, upload(client), ("甲 27", "", "丙"))

    assert "试抽，不是正式抽取结果" in page
    assert "甲 27" in page
    assert "丙" in page
    assert set(files_of(page)) == {
        "README.txt",
        "bundle.zip",
        "certificate.json",
        "chances.csv",
        "drawn.csv",
        "drawn.pdf",
        "drawn.xlsx",
        "frame.jsonl",
        "sealed.secret",
        "verifier.py",
    }


def test_the_same_seeds_give_the_same_draw_and_others_another(client: FlaskClient) -> None:
    trial = take_demo(client)
    first, again, other = (
        client.get(files_of(draw(client, trial, seeds))["certificate.json"]).data
        for seeds in (("甲", "乙"), ("甲", "乙"), ("甲", "丁"))
    )

    assert first == again != other


def test_the_audit_of_a_result_finds_that_all_agrees(client: FlaskClient) -> None:
    trial = upload(client)
    address = files_of(draw(client, trial))["certificate.json"].replace("certificate.json", "audit")

    page = client.post(address, follow_redirects=True).text

    assert "全部一致" in page
    assert "不一致" not in page.replace("有不一致，", "")


def test_the_comparison_shows_what_drawing_by_hand_does(client: FlaskClient) -> None:
    trial = take_demo(client)

    client.post(f"{trial}/comparison")
    page = client.get(settle(client, trial)).text

    assert "按 2000 次模拟抽取估计" in page
    assert "恰好 20 家" in page


def test_a_plan_that_cannot_be_drawn_by_hand_is_told_why(client: FlaskClient) -> None:
    floor = '[[cross]]\nname = "本省"\nwhere = {province = "浙江省"}\nmin = 1\n'
    trial = upload(client, PLAN + floor)

    client.post(f"{trial}/comparison")
    page = client.get(settle(client, trial)).text

    assert "不能比较" in page
    assert "逐领域抽取最多只能有一条交叉数量" in page


def test_an_infeasible_plan_is_explained_with_the_nearest_change(client: FlaskClient) -> None:
    page = words(client.get(upload(client, PLAN.replace("= 4", "= 12").replace("6", "14"))).text)

    assert "不能同时满足" in page
    assert "最小的改动" in page
    assert "改好计划后重新核对" in page


def test_a_classical_plan_is_drawn_by_its_own_method(client: FlaskClient) -> None:
    trial = upload(client, 'name = "简单"\nn = 3\nmethod = "simple"\n')

    assert "简单随机抽样" in client.get(trial).text
    assert "抽中 <b>3</b> 家" in draw(client, trial)


def test_a_name_with_marks_of_html_stays_text(client: FlaskClient) -> None:
    plan = PLAN.replace("小计划", "<script>alert(1)</script>")
    trial = upload(client, plan, ROSTER.replace("机构", "<b>"))

    assert "<script>alert" not in client.get(trial).text
    assert "<b>1<" not in draw(client, trial)


def test_long_work_shows_its_progress_and_can_be_stopped_and_begun_again(
    opened: Opened, gate: threading.Event
) -> None:
    app = opened(workers=1, patience_seconds=0.05)
    client = app.test_client()
    app.extensions["desk"].runner.start("门", lambda _: gate.wait(30))
    trial = send_files(client)

    assert "停止计算" in client.get(trial).text
    assert is_running(client, trial)
    assert "已停止计算" in client.post(f"{trial}/cancel", follow_redirects=True).text
    gate.set()
    client.post(f"{trial}/again")
    assert "可以抽取" in client.get(settle(client, trial)).text


def test_who_comes_when_too_many_wait_is_asked_to_come_back(
    opened: Opened, gate: threading.Event
) -> None:
    app = opened(workers=1, most_waiting=0)
    app.extensions["desk"].runner.start("门", lambda _: gate.wait(30))

    answer = begin(app.test_client())

    assert answer.status_code == 503
    assert "请过一分钟再试" in answer.text


def test_a_fault_of_ours_is_answered_in_plain_words(app: Flask, client: FlaskClient) -> None:
    assert client.get("/draws").status_code == 405
    missing = client.get("/nowhere")

    assert missing.status_code == 404
    assert "没有这个页面" in missing.text
