"""Delegations on the pages: lent for some days, chosen on the account page, taken back."""

import re

import pytest

from core import trail
from core.accounts import User
from core.roles import Role
from core.trail import Search
from tests.web.persons import House, Visitor


def lend(visitor: Visitor, membership: int, to: str, **form: str) -> int:
    visitor.get("/delegations")
    told = {"starts_on": "2026-03-02", "ends_on": "2026-03-06", "reason": "出差", **form}
    return visitor.send("/delegations", membership_id=membership, delegate=to, **told).status_code


def lent(house: House) -> tuple[Visitor, User, Visitor, User]:
    """An inspector and the reviewer who has lent him his work."""
    lender, membership = house.seated(Role.REVIEWER)
    delegate, _ = house.seated(Role.INSPECTOR)
    one, other = house.enter(lender), house.enter(delegate)
    assert lend(one, membership.key, delegate.login_name) == 303
    return one, lender, other, delegate


def act_for(visitor: Visitor, principal: User) -> None:
    page = visitor.get("/account").text
    row = page.partition(f"受{principal.display_name}委托")[2]
    found = re.search(r'"membership_id" value="(\d+)".*?"delegation_id" value="(\d+)"', row)
    assert found is not None
    visitor.send("/account/standing", membership_id=found[1], delegation_id=found[2])


def test_the_delegate_must_have_what_the_lent_role_requires(house: House) -> None:
    _, _, other, _ = lent(house)

    # a reviewer needs a second factor, and so does whoever works as one
    assert other.get("/account").location == "/account/second-factor"


def test_the_delegate_works_in_the_name_of_the_lender_and_the_trail_tells_both(
    house: House,
) -> None:
    _, lender, _, delegate = lent(house)
    house.give_factor(delegate)
    house.hours.pass_by(minutes=1)
    other = house.enter(delegate)
    act_for(other, lender)

    assert "当前身份" in other.get("/account").text.partition(f"受{lender.display_name}委托")[2]
    with house.session() as session:
        newest = trail.page(session, Search(actor_id=delegate.key))[0]
    assert newest.actor_name == f"{delegate.display_name}（代{lender.display_name}）"


def test_it_ends_at_once_when_it_is_taken_back(house: House) -> None:
    one, lender, _, delegate = lent(house)
    house.give_factor(delegate)
    house.hours.pass_by(minutes=1)
    other = house.enter(delegate)
    act_for(other, lender)
    one.get("/delegations")
    one.send("/delegations/1/revoke")

    assert lender.display_name not in other.get("/account").text


def test_it_ends_by_itself_after_its_last_day(house: House) -> None:
    _, lender, _, delegate = lent(house)
    house.give_factor(delegate)
    house.hours.pass_by(days=5)
    other = house.enter(delegate)

    assert f"受{lender.display_name}委托" not in other.get("/account").text


def test_what_is_lent_is_not_passed_on(house: House) -> None:
    _, _, _, delegate = lent(house)
    house.give_factor(delegate)
    house.hours.pass_by(minutes=1)
    other = house.enter(delegate)
    third, _ = house.seated(Role.INSPECTOR)

    assert lend(other, 1, third.login_name) == 422


@pytest.mark.parametrize(
    "form",
    [
        {"reason": " "},
        {"ends_on": "2026-03-01"},
        {"ends_on": "2026-07-01"},
        {"starts_on": "soon"},
        {"delegate": "nobody"},
    ],
    ids=lambda form: next(iter(form)),
)
def test_a_faulty_delegation_is_refused_in_words(house: House, form: dict[str, str]) -> None:
    lender, membership = house.seated(Role.INSPECTOR)
    delegate, _ = house.seated(Role.INSPECTOR)
    visitor = house.enter(lender)
    to = form.pop("delegate", delegate.login_name)

    assert lend(visitor, membership.key, to, **form) == 422


def test_nobody_takes_back_the_delegation_of_others(house: House) -> None:
    lent(house)
    stranger = house.enter(house.person())
    stranger.get("/delegations")

    assert stranger.send("/delegations/1/revoke").status_code == 404
