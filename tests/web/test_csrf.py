"""No other site can act in the name of somebody who is logged in here."""

from core.roles import Role
from tests.web.persons import House
from web.app import PUBLIC_ROOMS


def test_every_form_without_its_token_is_refused(house: House) -> None:
    visitor, user = house.logged_in(Role.ADMINISTRATOR)
    values = {"user_id": user.key}
    public = {room.bp.name for room in PUBLIC_ROOMS}
    tried = 0
    for rule in house.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint.partition(".")[0] in public:
            continue
        with house.app.test_request_context():
            known = {name: values.get(name, 1) for name in rule.arguments}
            address = house.app.url_map.bind("localhost").build(rule.endpoint, known)
        answer = visitor.client.post(address)
        tried += 1

        assert answer.status_code in (400, 403), address
    assert tried > 30
    assert visitor.is_in()


def test_the_token_of_another_browser_is_worth_nothing(house: House) -> None:
    victim, attacker = house.enter(house.person()), house.enter(house.person())
    attacker.get("/account")
    answer = victim.client.post(
        "/account/contact", data={"csrf_token": attacker.token, "display_name": "改名"}
    )

    assert answer.status_code == 400
    assert "表单已经失效" in answer.text


def test_a_token_from_before_the_log_in_is_void_after_it(house: House) -> None:
    visitor = house.browser()
    visitor.get("/login")
    before = visitor.token
    user = house.person()
    visitor.log_in(user.login_name)

    answer = visitor.client.post(
        "/account/contact", data={"csrf_token": before, "display_name": "改名"}
    )

    assert answer.status_code == 400


def test_a_form_on_another_site_is_refused_even_with_a_token(house: House) -> None:
    visitor = house.enter(house.person())
    visitor.get("/account")
    answer = visitor.client.post(
        "/account/contact",
        data={"csrf_token": visitor.token, "display_name": "改名"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403


def test_nothing_is_changed_by_looking(house: House) -> None:
    unsafe = {"create", "give", "end", "revoke", "delete", "disable", "enable", "log_out"}
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[2] in unsafe:
            assert "GET" not in (rule.methods or ())
