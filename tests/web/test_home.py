"""The page where everybody's day begins."""

from pathlib import Path

import pytest

from core.calendar import china_date
from core.jobs import enqueue
from core.messages import notify
from core.roles import Role
from tests.core.people import NOW
from tests.web.people import Service, close, facts, open_service
from tests.web.visits import words
from web.frame import HOUSE, JOURNEY, OWN
from web.settings import Settings
from web.views.home import MEANINGS
from web.words.times import long_day


@pytest.mark.parametrize("role", Role)
def test_everybody_begins_with_what_is_next(service: Service, role: Role) -> None:
    page = words(facts(service.sign_in(role).get("/home")))

    assert role.label in page
    assert long_day(china_date(NOW)) in page
    assert "没有" in page or "待办" in page or "请先办理" in page


def test_whoever_has_no_role_is_told_whom_to_ask(service: Service) -> None:
    page = facts(service.sign_in(None).get("/home"))

    assert "请联系系统管理员" in page


def test_a_visitor_is_asked_to_log_in_first(service: Service) -> None:
    answer = service.app.test_client().get("/home")

    assert answer.status_code == 303
    assert "/login" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("role", "face"),
    [
        (Role.NATIONAL_PLANNER, "desk"),
        (Role.ADMINISTRATOR, "desk"),
        (Role.INSPECTOR, "touch"),
        (Role.EXPERT, "touch"),
        (Role.INSTITUTION, "tasks"),
    ],
)
def test_each_role_has_its_face(service: Service, role: Role, face: str) -> None:
    assert f'<body class="in {face} ' in facts(service.sign_in(role).get("/home"))


def test_the_navigation_names_only_what_opens(service: Service) -> None:
    for role in Role:
        browser = service.sign_in(role)
        page = facts(browser.get("/home"))
        side = page[page.index('<nav class="side"') : page.index("</nav>")]
        for address in side.split('href="')[1:]:
            assert browser.get(address.partition('"')[0]).status_code == 200


def test_settings_are_nothing_for_an_inspector(service: Service) -> None:
    assert "系统设置" not in facts(service.sign_in(Role.INSPECTOR).get("/home"))
    assert "系统设置" in facts(service.sign_in(Role.ADMINISTRATOR).get("/home"))


def test_unread_messages_and_running_jobs_are_things_to_do(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        notify(session, [service.last.key], "role_ended", NOW, params={"role": "reviewer"})
        enqueue(session, "trail.verify", {}, service.actor(), NOW)

    page = words(facts(browser.get("/home")))

    assert "阅读 1 条新消息" in page
    assert "正在进行：核验操作日志" in page
    assert "您的一个角色已收回：审核员" in page


def test_an_error_behind_the_door_keeps_the_frame(service: Service) -> None:
    page = service.sign_in(Role.NATIONAL_PLANNER).get("/jobs/99")

    assert page.status_code == 404
    assert '<nav class="side"' in page.text
    assert '<nav class="side"' not in service.app.test_client().get("/nowhere").text


def test_whoever_has_a_step_to_take_first_is_led_nowhere_else(
    tmp_path: Path, page_database: str
) -> None:
    real = Settings("s" * 40, data_dir=tmp_path, public_url="http://localhost")
    service = open_service(tmp_path, page_database, real)
    browser = service.sign_in(Role.ADMINISTRATOR)

    answer = browser.get("/home")
    page = facts(browser.get(answer.headers["Location"]))
    lost = browser.get("/nowhere")
    close(service)

    assert answer.status_code == 303
    assert "双因素" in page
    assert '<nav class="side"' not in page
    assert '<nav class="side"' not in lost.text


def test_every_page_of_the_navigation_says_what_it_is_for() -> None:
    pages = {page.endpoint for page in (*JOURNEY, *OWN, *HOUSE)}

    assert pages == MEANINGS.keys()
