"""The trail on the pages: who sees what of it, and in which words."""

import ast
import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event as Stop
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from core import checkpoints, trail
from core.jobs import ENDED
from core.roles import Role
from core.trail import SYSTEM, Search
from tests.architecture.tree import HOUSE
from tests.core.forgers import drop_guards
from tests.core.people import NOW
from tests.web.people import Service, facts
from tests.web.visits import words
from web import lists
from web.handlers import handlers
from web.settings import demo_settings
from web.words import trail as words_trail
from web.worker import Terms, run_worker

RECORDING = {"record", "record_change"}
NOT_IN_LETTERS = {state.value for state in ENDED} | {"account.locked", "login.failed"}
"""Actions that are computed: the end of a job, and what a failed log-in leads to."""


def recorded() -> Iterator[tuple[str, str]]:
    """Action and noun of every event that is recorded anywhere, as far as they are in letters."""
    for room in ("core", "web"):
        for path in sorted((HOUSE / room).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and is_recording(call):
                    action, noun = (constant(part) for part in call.args[2:4])
                    yield action, noun


def is_recording(call: ast.Call) -> bool:
    named = ast.unparse(call.func).rpartition(".")[2]
    return named in RECORDING and len(call.args) >= 5


def constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_everything_that_is_recorded_anywhere_has_its_words() -> None:
    actions = {action for action, _ in recorded()} | NOT_IN_LETTERS
    nouns = {noun for _, noun in recorded()} | {"account"}

    assert "role.granted" in actions
    assert actions - {""} <= words_trail.ACTIONS.keys()
    assert nouns - {""} <= words_trail.NOUNS.keys()


def test_no_words_are_left_over() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for room in ("core", "web")
        for path in (HOUSE / room).rglob("*.py")
        if path.name != "words_trail.py"
    )
    told = {action for action in words_trail.ACTIONS if f'"{action}"' not in source}

    assert told == set()


def test_everybody_sees_his_own_deeds_and_no_others(service: Service) -> None:
    other = service.sign_in(Role.REVIEWER)
    theirs = service.last
    browser = service.sign_in(Role.ADMINISTRATOR)
    mine = service.last

    page = facts(browser.get("/trail"))
    with service.work() as session:
        number = trail.page(session, Search(actor_id=theirs.key), size=1)[0].number
        own = trail.page(session, Search(actor_id=mine.key), size=1)[0].number

    assert "登录" in page
    assert theirs.display_name not in page
    assert theirs.display_name not in facts(browser.get(f"/trail?actor={theirs.key}"))
    assert browser.get(f"/trail/{number}").status_code == 404
    assert browser.get(f"/trail/{own}").status_code == 200
    assert other.get(f"/trail/{number}").status_code == 200
    assert browser.post("/trail/verify").status_code == 403


def test_a_supervisor_sees_all_and_filters_it_in_the_address(service: Service) -> None:
    service.sign_in(Role.REVIEWER, name="reviewer")
    reviewer = service.last
    with service.work() as session:
        trail.record(
            session, service.actor(), "role.granted", "account", 7, NOW - timedelta(days=30),
            after={"role": Role.EXPERT}, reason="增补专家",
        )  # fmt: skip
    browser = service.sign_in(Role.DISCIPLINE)

    def found(query: str) -> str:
        page = facts(browser.get(f"/trail?{query}"))
        return words(page[page.index('aria-label="记录"') :])

    assert "增补专家" in found(f"actor={reviewer.key}")
    assert "增补专家" in found("name=review")
    assert "增补专家" in found("noun=account&noun_id=7")
    assert "角色 专家" in found("action=role.granted&since=2026-01-31&until=2026-01-31")
    assert "没有符合筛选的记录" in found("action=role.granted&noun_id=7&since=2026-02-01")
    assert "没有符合筛选的记录" in found("name=%25")
    assert "去掉筛选" in facts(browser.get("/trail?noun_id=7"))


def test_nonsense_in_the_address_is_passed_over(service: Service) -> None:
    browser = service.sign_in(Role.DISCIPLINE)

    for query in ("since=never", "below=-1", "below=99999999999999999999", "actor=x", "action=no"):
        assert browser.get(f"/trail?{query}").status_code == 200


def test_pages_go_by_number(service: Service) -> None:
    browser = service.sign_in(Role.DISCIPLINE)
    with service.work() as session:
        for day in range(60):
            trail.record(session, SYSTEM, "forgotten", "file", day, NOW)

    first = facts(browser.get("/trail?noun=file"))
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].partition('"')[0]
    second = facts(browser.get(older.replace("&amp;", "&")))

    assert first.count('<tr><th scope="row" class="n">') == 50
    assert second.count('<tr><th scope="row" class="n">') == 10
    assert "回到最新" in second


def test_an_event_shows_before_and_after_side_by_side(service: Service) -> None:
    browser = service.sign_in(Role.DISCIPLINE)
    with service.work() as session:
        trail.record(
            session, SYSTEM, "account.disabled", "account", 3, NOW,
            before={"state": "active", "display_name": "演示甲"},
            after={"state": "disabled", "display_name": "演示甲"}, reason="调离",
        )  # fmt: skip
    with service.work() as session:
        number = trail.page(session, Search(), size=1)[0].number

    page = facts(browser.get(f"/trail/{number}"))

    assert '<tr class="changed"><th scope="row">状态（有变化）' in page
    assert '<tr><th scope="row">姓名' in page
    assert "调离" in page
    assert "本条哈希" in page


def test_a_file_of_the_trail_can_be_taken_and_leaves_an_event(service: Service) -> None:
    browser = service.sign_in(Role.DISCIPLINE)
    with service.work() as session:
        trail.record(session, SYSTEM, "forgotten", "file", "=SUM(A1)", NOW, reason="@清理")

    answer = browser.post("/trail/export?noun=file")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    with service.work() as session:
        event = trail.page(session, Search(action="trail.exported"))[0]

    assert rows[0] == list(words_trail.HEAD)
    assert rows[1][8] == "'=SUM(A1)"
    assert rows[1][11] == "'@清理"
    assert event.after is not None
    assert event.after["events"] == 1
    assert event.after["search"] == ["noun"]
    assert browser.get("/trail/export").status_code == 405


def test_too_long_a_file_is_refused_with_the_way_out(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = service.sign_in(Role.DISCIPLINE)
    monkeypatch.setattr(lists, "MOST_EXPORTED", 1)
    browser.get("/trail")
    service.sign_in(Role.REVIEWER)

    answer = browser.post("/trail/export")

    assert answer.status_code == 422
    assert "缩小时间范围" in answer.text


def verified(service: Service) -> str:
    """The page of the trail after the worker has done what the supervisor asked for."""
    browser = service.sign_in(Role.DISCIPLINE)
    told = browser.post("/trail/verify")
    assert told.status_code == 303
    assert browser.post("/trail/verify").headers["Location"] == told.headers["Location"]
    engine, stop = service.app.extensions["engine"], Stop()

    def clock() -> datetime:
        return service.time

    worker = Thread(
        target=run_worker,
        args=(engine, handlers(demo_settings(), engine, clock), clock, stop, "w", Terms()),
    )
    worker.start()
    for _ in range(200):
        if not browser.get(f"{told.headers['Location']}/progress").get_json()["running"]:
            break
        stop.wait(0.05)
    stop.set()
    worker.join()
    assert "后台任务已完成：核验操作日志" in words(facts(browser.get("/messages")))
    return words(facts(browser.get("/trail")))


def test_a_whole_trail_is_said_to_be_whole(service: Service) -> None:
    assert "还没有核验过" in facts(service.sign_in(Role.DISCIPLINE).get("/trail"))

    page = verified(service)

    assert "完整" in page
    assert "发现问题" not in page


def test_a_changed_event_is_found_and_named(service: Service) -> None:
    service.sign_in(Role.REVIEWER)
    with service.app.extensions["engine"].begin() as connection:
        drop_guards(connection)
        connection.execute(text("UPDATE event SET actor_name = 'somebody' WHERE number = 2"))

    page = verified(service)

    assert "发现问题 第 2 条内容被改动" in page


def test_the_last_checkpoint_and_what_came_since_are_told(service: Service) -> None:
    service.sign_in(Role.REVIEWER)
    with service.work() as session:
        signed = checkpoints.checkpoint(session, Ed25519PrivateKey.generate(), NOW)
    page = words(facts(service.sign_in(Role.DISCIPLINE).get("/trail")))

    assert f"第 {signed.number} 条，2026-03-02 01:00" in page
    assert "其后又有" in page
