"""Messages: what they say, who sees them, and that they can be marked as read."""

import ast
from pathlib import Path

from core.messages import notify, unread
from core.roles import Role
from tests.architecture.tree import HOUSE
from tests.core.people import NOW
from tests.web.people import Service, facts
from tests.web.visits import words
from web.words.messages import KINDS


def notified_kinds() -> set[str]:
    """Every kind of message that is written anywhere, as far as it stands there in letters."""
    return {
        part.value
        for room in ("core", "web")
        for path in sorted((HOUSE / room).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and tells_somebody(call, path)
        for part in call.args
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def tells_somebody(call: ast.Call, path: Path) -> bool:
    named = ast.unparse(call.func).rpartition(".")[2]
    if named == "_tell":
        return path.parent.name == "views"
    return named in ("notify", "tell", "answer_makers")


def test_every_kind_of_message_has_its_words() -> None:
    assert {"role_granted", "job_dead", "plan_returned"} <= notified_kinds()
    assert notified_kinds() <= KINDS.keys()


def test_a_filter_names_a_kind_of_message_without_what_single_ones_tell(service: Service) -> None:
    page = facts(service.sign_in(Role.INSPECTOR).get("/messages"))

    assert "委托您代办" in page
    assert "{" not in words(page)


def test_a_new_reader_is_told_what_messages_are_for(service: Service) -> None:
    assert "还没有消息" in facts(service.sign_in(Role.INSPECTOR).get("/messages"))


def test_messages_are_counted_in_the_head_until_they_are_read(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        first, _ = (
            notify(session, [service.last.key], kind, NOW, params={"role": "专家"})[0]
            for kind in ("role_granted", "password_changed")
        )

    page = words(facts(browser.get("/messages")))
    assert "有 2 条未读" in page
    assert "您有了新的角色：专家" in page

    assert browser.post(f"/messages/{first.key}/read").status_code == 303
    assert "有 1 条未读" in words(facts(browser.get("/messages?state=unread")))
    browser.post("/messages/read")
    assert "没有未读的消息" in facts(browser.get("/messages"))
    assert "没有符合筛选的消息" in facts(browser.get("/messages?state=unread"))


def test_nobody_reads_for_another_person(service: Service) -> None:
    service.sign_in(Role.NATIONAL_PLANNER)
    owner = service.last
    with service.work() as session:
        message = notify(session, [owner.key], "role_ended", NOW)[0]
    stranger = service.sign_in(Role.REVIEWER)

    stranger.post(f"/messages/{message.key}/read")
    stranger.post("/messages/read")

    assert "还没有消息" in facts(stranger.get("/messages"))
    with service.work() as session:
        assert unread(session, owner.key) == 1


def test_a_long_list_goes_on_page_by_page(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        for _ in range(60):
            notify(session, [service.last.key], "password_changed", NOW)

    first = facts(browser.get("/messages"))
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].partition('"')[0]

    assert first.count("您的密码已修改</b>") == 50
    assert facts(browser.get(older)).count("您的密码已修改</b>") == 10


def test_messages_can_be_taken_away_as_a_file(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        notify(session, [service.last.key], "role_granted", NOW, params={"role": "=1+1"})

    answer = browser.get("/messages.csv")

    assert answer.mimetype == "text/csv"
    assert "您有了新的角色：=1+1" in answer.get_data().decode("utf-8-sig")


def test_a_message_without_known_words_is_shown_all_the_same(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        notify(session, [service.last.key], "of.tomorrow", NOW)

    assert "of.tomorrow" in facts(browser.get("/messages"))
