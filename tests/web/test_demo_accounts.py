"""Demo accounts open a demo service in every role, and nothing else."""

from core.roles import Role
from tests.web.persons import House
from tests.web.visits import words
from web.entrance.demo_accounts import demo_accounts


def test_every_role_has_an_account_that_opens(house: House) -> None:
    house.app.config["SECOND_FACTOR_IS_FREE"] = True
    with house.session() as session:
        accounts = demo_accounts(session, house.hours())

    assert {account.role for account in accounts} == set(Role)
    for account in accounts:
        visitor = house.browser()
        visitor.log_in(account.login_name, account.password)
        assert account.role.label in words(visitor.get("/account").text)


def test_passwords_are_new_for_every_start(house: House) -> None:
    with house.session() as session:
        first = demo_accounts(session, house.hours())
    with house.session() as session:
        second = demo_accounts(session, house.hours())

    assert {a.password for a in first}.isdisjoint(a.password for a in second)


def test_outside_a_demo_service_the_same_accounts_still_need_a_second_factor(
    house: House,
) -> None:
    with house.session() as session:
        accounts = demo_accounts(session, house.hours())
    admin = next(a for a in accounts if a.role is Role.ADMINISTRATOR)
    visitor = house.browser()
    visitor.log_in(admin.login_name, admin.password)

    assert visitor.get("/users").location == "/account/second-factor"
