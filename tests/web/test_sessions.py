"""Log-ins in browsers: cookies, fixation, limits in time, lists and revoking."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from core import trail_check
from core.logins import Login
from core.roles import Role
from tests import storage
from tests.core.people import OTHER_PASSWORD, PASSWORD
from tests.web.persons import House, Visitor, open_house


def cookie(visitor: Visitor) -> str:
    found = visitor.client.get_cookie("spotcheck")
    return found.value if found else ""


def test_the_cookie_is_bound_to_the_host_and_to_https(page_database: str, tmp_path: Path) -> None:
    house = open_house(page_database, tmp_path, public_url="https://localhost")
    user, visitor = house.person(), house.browser()
    page = visitor.client.get("/login", base_url="https://localhost")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = visitor.client.post(
        "/login",
        data={"csrf_token": token, "login_name": user.login_name, "password": PASSWORD},
        base_url="https://localhost",
    )
    sent = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-spotcheck=")]
    house.close()

    assert len(sent) == 1
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(sent[0].split("; "))
    assert "Domain" not in sent[0]
    assert "Expires" not in sent[0]


def test_a_planted_token_does_not_become_a_log_in(house: House) -> None:
    user, visitor = house.person(), house.browser()
    visitor.client.set_cookie("spotcheck", "planted-by-the-attacker")
    visitor.log_in(user.login_name)
    attacker = house.browser()
    attacker.client.set_cookie("spotcheck", "planted-by-the-attacker")

    assert visitor.is_in()
    assert not attacker.is_in()


def test_every_gain_of_rights_brings_a_new_token(house: House) -> None:
    user = house.person()
    house.give_factor(user)
    visitor = house.browser()
    visitor.log_in(user.login_name)
    tokens = [cookie(visitor)]
    visitor.send("/login/code", code=house.code(user))
    tokens.append(cookie(visitor))
    visitor.get("/account/password")
    form = {"present": PASSWORD, "fresh": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    visitor.send("/account/password", **form)
    tokens.append(cookie(visitor))

    assert len(set(tokens)) == 3
    for old in tokens[:2]:
        thief = house.browser()
        thief.client.set_cookie("spotcheck", old)
        assert not thief.is_in()


def test_a_token_is_worth_nothing_after_logging_out(house: House) -> None:
    visitor = house.enter(house.person())
    token = cookie(visitor)
    visitor.get("/account")
    visitor.send("/logout")
    thief = house.browser()
    thief.client.set_cookie("spotcheck", token)

    assert not visitor.is_in()
    assert not thief.is_in()


@pytest.mark.parametrize(("minutes", "still_in"), [(29, True), (31, False)])
def test_half_an_hour_without_use_ends_a_log_in(house: House, minutes: int, still_in: bool) -> None:
    visitor = house.enter(house.person())
    house.hours.pass_by(minutes=minutes)

    assert visitor.is_in() is still_in


def test_a_log_in_in_use_lasts_twelve_hours_and_no_longer(house: House) -> None:
    visitor = house.enter(house.person())
    for _ in range(28):
        house.hours.pass_by(minutes=25)
        assert visitor.is_in()

    house.hours.pass_by(minutes=25)
    assert not visitor.is_in()


def test_one_of_several_log_ins_can_be_ended(house: House) -> None:
    user = house.person()
    here, lost = house.enter(user), house.enter(user)
    page = here.get("/account").text
    number = page.partition("/account/logins/")[2].partition("/end")[0]

    here.send(f"/account/logins/{number}/end")

    assert here.is_in()
    assert not lost.is_in()


def test_all_others_can_be_ended_at_once(house: House) -> None:
    user = house.person()
    here, *others = (house.enter(user) for _ in range(3))
    here.get("/account")
    here.send("/account/logins/end-others")

    assert here.is_in()
    assert not any(other.is_in() for other in others)


def test_nobody_ends_the_log_in_of_another(house: House) -> None:
    one, other = house.enter(house.person()), house.enter(house.person())
    one.get("/account")

    assert one.send("/account/logins/2/end").status_code == 404
    assert other.is_in()


def test_a_new_password_ends_all_other_log_ins(house: House) -> None:
    user = house.person()
    here, other = house.enter(user), house.enter(user)
    here.get("/account/password")
    form = {"present": PASSWORD, "fresh": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    here.send("/account/password", **form)

    assert here.is_in()
    assert not other.is_in()


def test_a_browser_left_open_is_no_way_to_try_out_passwords(house: House) -> None:
    visitor = house.enter(house.person())
    for _ in range(5):
        visitor.get("/account/password")
        form = {"present": "Guess-Guess-77", "fresh": OTHER_PASSWORD, "again": OTHER_PASSWORD}
        visitor.send("/account/password", **form)
    visitor.get("/account/password")
    form["present"] = PASSWORD
    visitor.send("/account/password", **form)

    assert "已锁定" in visitor.get("/account/password").text


def test_taking_the_own_second_factor_away_needs_the_password(house: House) -> None:
    user = house.person()
    house.give_factor(user)
    visitor = house.enter(user)
    visitor.get("/account/second-factor")
    visitor.send("/account/second-factor/remove", present="wrong")
    assert "已经设置" in visitor.get("/account/second-factor").text

    visitor.send("/account/second-factor/remove", present=PASSWORD)
    assert "已经设置" not in visitor.get("/account/second-factor").text


def test_no_page_behind_the_door_may_be_kept(house: House) -> None:
    visitor, _ = house.logged_in(Role.ADMINISTRATOR)

    for page in ("/account", "/users", "/users/export.csv", "/invitations", "/login"):
        assert visitor.get(page).headers["Cache-Control"] == "no-store"


def last_seen(house: House) -> datetime:
    with house.session() as session:
        return session.exec(select(Login.last_seen_at)).one()


def test_looking_at_pages_writes_at_most_once_a_minute(house: House) -> None:
    visitor = house.enter(house.person())
    first = last_seen(house)
    house.hours.pass_by(seconds=50)
    visitor.get("/account")
    assert last_seen(house) == first

    house.hours.pass_by(seconds=20)
    visitor.get("/account")
    assert last_seen(house) == house.hours()


def test_a_day_at_work_on_either_database(engine: Engine, tmp_path: Path) -> None:
    house = open_house(storage.url_of(engine), tmp_path)
    admin, user = house.logged_in(Role.ADMINISTRATOR)
    admin.get("/invitations")
    sent = admin.send("/invitations/staff", role="inspector", region="浙江省")
    link = sent.text.partition("<code>http://localhost")[2].partition("<")[0]
    clerk = house.browser()
    clerk.get(link)
    form = {"display_name": "新人", "fresh": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    clerk.send(f"{link}/new", login_name="new", **form)
    for _ in range(5):
        clerk.log_in("new", "wrong")
    assert not clerk.is_in()
    admin.get("/account")
    admin.send(f"/users/{user.key + 1}/unlock")
    clerk.log_in("new", OTHER_PASSWORD)
    assert clerk.is_in()
    clerk.get("/account")
    clerk.send("/logout")
    assert not clerk.is_in()
    with house.session() as session:
        assert trail_check.verify(session) == []
    house.close()
