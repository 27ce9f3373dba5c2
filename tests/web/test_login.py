"""Coming in: wrong and right passwords, codes, locks, forced steps, and where one lands."""

import re

import pyotp
import pytest

from core.attempts import locked_until
from core.roles import Role
from tests.core.people import OTHER_PASSWORD, PASSWORD
from tests.web.persons import RECOVERY, House, Visitor
from tests.web.visits import words
from web.auth import STEPS
from web.entrance.onward import is_local

WRONG = "Wrong-Password-77"


def told(visitor: Visitor, address: str = "/login") -> str:
    return words(visitor.get(address).text)


def test_whoever_knows_name_and_password_comes_in(house: House) -> None:
    user = house.person("zhang.san")
    visitor = house.browser()

    answer = visitor.log_in("Zhang.San ")

    assert answer.status_code == 303
    assert visitor.is_in()
    assert user.display_name in visitor.get("/account").text


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(house: House) -> None:
    house.person("real")
    answers = []
    for name in ("real", "nobody"):
        visitor = house.browser()
        answer = visitor.log_in(name, WRONG)
        answers.append((answer.status_code, answer.location, told(visitor)))

    assert answers[0] == answers[1]
    assert "登录名、密码或验证码不对" in answers[0][2]


@pytest.mark.parametrize("name", ["real", "nobody"])
def test_five_wrong_passwords_lock_the_name_whether_there_is_one_or_not(
    house: House, name: str
) -> None:
    house.person("real")
    visitor = house.browser()
    for _ in range(5):
        visitor.log_in(name, WRONG)

    house.hours.pass_by(minutes=5)
    visitor.log_in(name)

    assert "请在 10 分钟后再试" in told(visitor)
    assert not visitor.is_in()


def test_brute_force_never_gets_more_than_five_tries_in_a_quarter_of_an_hour(house: House) -> None:
    house.person("target")
    visitor = house.browser()
    for _ in range(8):
        visitor.log_in("target", WRONG)
        house.hours.pass_by(seconds=61)
    visitor.log_in("target")

    assert not visitor.is_in()
    house.hours.pass_by(minutes=15)
    visitor.log_in("target")
    assert visitor.is_in()


def test_a_lock_is_kept_in_the_database_and_holds_for_every_browser(house: House) -> None:
    house.person("target")
    for _ in range(5):
        house.browser().log_in("target", WRONG)

    with house.session() as session:
        assert locked_until(session, "target", house.hours()) is not None
    other = house.browser()
    other.log_in("target")
    assert not other.is_in()


def test_a_second_factor_is_asked_for_before_any_page_opens(house: House) -> None:
    user = house.person()
    house.give_factor(user)
    visitor = house.browser()
    visitor.log_in(user.login_name)

    for page in ("/account", "/account/password", "/delegations"):
        assert visitor.get(page).location == "/login/code"

    visitor.send("/login/code", code=house.code(user))
    assert visitor.is_in()


def test_a_code_counts_once(house: House) -> None:
    user = house.person()
    house.give_factor(user)
    code = house.code(user)
    first, second = house.browser(), house.browser()
    for visitor in (first, second):
        visitor.log_in(user.login_name)
        visitor.send("/login/code", code=code)

    assert first.is_in()
    assert not second.is_in()


def test_a_stolen_recovery_code_is_worth_nothing_once_it_has_been_used(house: House) -> None:
    user = house.person()
    house.give_factor(user)
    owner, thief = house.browser(), house.browser()
    for visitor in (owner, thief):
        visitor.log_in(user.login_name)
        visitor.send("/login/code", code=RECOVERY[0].lower())

    assert owner.is_in()
    assert not thief.is_in()


def test_wrong_codes_lock_like_wrong_passwords(house: House) -> None:
    user = house.person()
    house.give_factor(user)
    visitor = house.browser()
    visitor.log_in(user.login_name)
    for _ in range(5):
        visitor.send("/login/code", code="000000")

    visitor.send("/login/code", code=house.code(user))

    assert "已锁定" in told(visitor, "/login/code")


def test_the_code_has_to_come_within_five_minutes(house: House) -> None:
    user = house.person()
    house.give_factor(user)
    visitor = house.browser()
    visitor.log_in(user.login_name)
    house.hours.pass_by(minutes=6)

    visitor.send("/login/code", code=house.code(user))

    assert not visitor.is_in()


def test_whoever_administers_must_set_a_second_factor_up_first(house: House) -> None:
    user, _ = house.seated(Role.ADMINISTRATOR)
    visitor = house.browser()
    visitor.log_in(user.login_name)

    assert visitor.get("/users").location == "/account/second-factor"
    visitor.get("/account/second-factor")
    visitor.send("/account/second-factor")
    page = visitor.get("/account/second-factor")
    assert "<svg" in page.text
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)
    assert secret is not None
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(house.hours())
    assert visitor.send("/account/second-factor/confirm", code="12").status_code == 422
    visitor.get("/account/second-factor")
    shown = visitor.send("/account/second-factor/confirm", code=code)

    assert len(re.findall(r"<li>[2-9A-Z]{5}-[2-9A-Z]{5}</li>", shown.text)) == 10
    assert "style=" not in shown.text
    assert visitor.get("/users").status_code == 200


def test_a_password_given_by_somebody_else_is_changed_first(house: House) -> None:
    admin, _ = house.logged_in(Role.ADMINISTRATOR)
    user, _ = house.seated(Role.INSPECTOR)
    admin.get(f"/users/{user.key}")
    page = admin.send(f"/users/{user.key}/password").text
    temporary = re.search(r'class="secret gap">([^<]+)<', page)
    assert temporary is not None
    visitor = house.browser()
    visitor.log_in(user.login_name, temporary[1])

    assert visitor.get("/account").location == "/account/password"
    visitor.get("/account/password")
    form = {"present": temporary[1], "fresh": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    visitor.send("/account/password", **form)

    assert visitor.is_in()


def test_a_bad_new_password_is_refused_with_all_its_faults(house: House) -> None:
    visitor = house.enter(house.person())
    visitor.get("/account/password")
    page = visitor.send("/account/password", present=PASSWORD, fresh="abc", again="abc")

    assert page.status_code == 422
    assert "至少 10 个字符" in page.text
    assert "四类中至少用 3 类" in page.text


def test_the_wanted_page_opens_after_the_code(house: House) -> None:
    user, _ = house.seated(Role.ADMINISTRATOR)
    house.give_factor(user)
    visitor = house.browser()
    wanted = visitor.get("/users?q=li").location
    page = visitor.get(wanted).text
    assert 'name="next" value="/users?q=li"' in page
    visitor.log_in(user.login_name, next="/users?q=li")

    answer = visitor.send("/login/code", code=house.code(user))

    assert answer.location == "/users?q=li"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", "/a\nb"],
)
def test_nobody_is_sent_to_another_site_after_the_log_in(house: House, address: str) -> None:
    user = house.person()
    visitor = house.browser()

    assert not is_local(address)
    assert "evil" not in visitor.log_in(user.login_name, next=address).location


def test_a_disabled_account_does_not_open(house: House) -> None:
    admin, _ = house.logged_in(Role.ADMINISTRATOR)
    user, _ = house.seated(Role.INSPECTOR)
    visitor = house.enter(user)
    admin.get(f"/users/{user.key}")
    admin.send(f"/users/{user.key}/disable", reason="调离")

    assert not visitor.is_in()
    visitor.log_in(user.login_name)
    assert "账号已停用" in told(visitor)


def test_every_step_names_pages_that_exist(house: House) -> None:
    endpoints = {endpoint for pages in STEPS.values() for endpoint in pages}

    assert endpoints <= house.app.view_functions.keys()


def test_a_flood_from_one_address_is_stopped_before_the_database(house: House) -> None:
    visitor = house.browser()
    visitor.get("/login")
    token, seen = visitor.token, set()
    for _ in range(25):
        answer = visitor.client.post("/login", data={"csrf_token": token, "login_name": "x"})
        seen.add(answer.status_code)

    assert seen == {303, 429}
