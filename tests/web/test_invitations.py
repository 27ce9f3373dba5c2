"""Invitations: by credit code, one or many; a link that is shown once and counts once."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from core.accounts import find_user
from core.invitations import Invitation
from core.jobs import Job
from core.memberships import memberships_of
from core.roles import Role, Scope, ScopeKind
from tests.core.people import OTHER_PASSWORD, made_up_code
from tests.web.persons import JIANGSU, ZHEJIANG, House, Visitor, open_house
from web.entrance.links import LETTER, token_from
from web.settings import Smtp

CODE, OTHER = made_up_code(11), made_up_code(12)
PLANNER = Role.PROVINCIAL_PLANNER


def links(page: str) -> list[str]:
    return re.findall(r"<code>http://localhost(/invitations/links/[0-9a-f]{64})</code>", page)


def invited(house: House, codes: str = CODE, **form: str) -> list[str]:
    """The links that a planner of Zhejiang gets."""
    planner, _ = house.logged_in(PLANNER)
    planner.get("/invitations")
    sent = planner.send("/invitations/institutions", codes=codes, region="浙江省", **form)
    assert sent.status_code == 200, sent.text
    return links(sent.text)


def open_account(visitor: Visitor, link: str, name: str = "clerk") -> int:
    visitor.get(link)
    form = {"login_name": name, "display_name": "经办人", "fresh": OTHER_PASSWORD}
    return visitor.send(f"{link}/new", **form, again=OTHER_PASSWORD).status_code


def institutions_of(house: House, name: str) -> list[str]:
    with house.session() as session:
        user = find_user(session, name)
        assert user is not None
        return [m.scope_key for m in memberships_of(session, user.key, house.hours())]


def test_an_institution_opens_its_account_by_the_link(house: House) -> None:
    (link,) = invited(house)
    visitor = house.browser()

    assert open_account(visitor, link) == 303
    visitor.log_in("clerk", OTHER_PASSWORD)
    assert visitor.is_in()
    assert institutions_of(house, "clerk") == [CODE]


def test_a_link_counts_once(house: House) -> None:
    (link,) = invited(house)
    open_account(house.browser(), link)

    assert house.browser().get(link).status_code == 409
    assert open_account(house.browser(), link, "thief") == 409


def test_many_codes_are_invited_at_once_with_a_link_each(house: House) -> None:
    many = [made_up_code(number) for number in range(100, 140)]

    found = invited(house, "\n".join(many) + "\n\n")

    assert len(set(found)) == 40


def test_one_faulty_code_keeps_all_from_being_invited_and_is_told_with_its_line(
    house: House,
) -> None:
    planner, _ = house.logged_in(PLANNER)
    planner.get("/invitations")
    codes = f"{CODE}\n123\n{OTHER} not-an-address"
    page = planner.send("/invitations/institutions", codes=codes, region="浙江省")

    assert page.status_code == 422
    assert "第 2 行" in page.text
    assert "第 3 行" in page.text
    with house.session() as session:
        assert session.exec(select(Invitation)).all() == []


@pytest.mark.parametrize("region", ["江苏省", "", "没有的地方"])
def test_a_planner_invites_only_into_his_province(house: House, region: str) -> None:
    planner, _ = house.logged_in(PLANNER, ZHEJIANG)
    planner.get("/invitations")

    refused = planner.send("/invitations/institutions", codes=CODE, region=region)

    assert refused.status_code == 422


def test_a_planner_sees_and_takes_back_only_invitations_of_his_province(house: House) -> None:
    (link,) = invited(house)
    (near, _), (far, _) = house.logged_in(PLANNER, ZHEJIANG), house.logged_in(PLANNER, JIANGSU)

    assert CODE in near.get("/invitations").text
    assert CODE not in far.get("/invitations").text
    assert far.send("/invitations/1/revoke").status_code == 404
    near.get("/invitations")
    assert near.send("/invitations/1/revoke").status_code == 303
    assert house.browser().get(link).status_code == 409


def test_an_invitation_runs_out_after_a_week(house: House) -> None:
    (link,) = invited(house)
    house.hours.moment += timedelta(days=7)

    assert house.browser().get(link).status_code == 409


def test_one_account_works_for_several_institutions(house: House) -> None:
    first, second = invited(house, f"{CODE}\n{OTHER}")
    visitor = house.browser()
    open_account(visitor, first)
    visitor.log_in("clerk", OTHER_PASSWORD)
    assert "用现在登录的账号接受" in visitor.get(second).text
    visitor.send(f"{second}/own")

    assert institutions_of(house, "clerk") == [CODE, OTHER]
    page = visitor.get("/account").text
    membership = re.findall(r'name="membership_id" value="(\d+)"', page)[0]
    visitor.send("/account/standing", membership_id=membership, delegation_id="")
    assert visitor.is_in()


def test_several_accounts_work_for_one_institution(house: House) -> None:
    for name, (link,) in {name: invited(house) for name in ("one", "two")}.items():
        open_account(house.browser(), link, name)

    assert institutions_of(house, "one") == institutions_of(house, "two") == [CODE]


def test_an_invitation_to_an_address_is_not_for_another(house: House) -> None:
    (link,) = invited(house, f"{CODE} clerk@example.cn")
    visitor = house.enter(house.person("other", email="other@example.cn"))
    visitor.get(link)

    assert visitor.send(f"{link}/own").status_code == 422


def test_only_administrators_invite_colleagues(house: House) -> None:
    planner, _ = house.logged_in(PLANNER)
    admin, _ = house.logged_in(Role.ADMINISTRATOR)
    form = {"role": "inspector", "region": "浙江省"}

    planner.get("/invitations")
    assert planner.send("/invitations/staff", **form).status_code == 403
    admin.get("/invitations")
    (link,) = links(admin.send("/invitations/staff", **form).text)
    assert "检查人员" in house.browser().get(link).text


def test_the_queue_of_letters_holds_neither_address_nor_what_opens_the_link(
    house: House,
) -> None:
    smtp = Smtp("mail.example.cn", "spotcheck@example.cn")
    url = str(house.app.extensions["engine"].url)
    posting = open_house(url, house.app.extensions["settings"].data_dir, smtp=smtp)
    (link,) = invited(posting, f"{CODE} clerk@example.cn")
    with posting.session() as session:
        letters = session.exec(select(Job).where(Job.kind == LETTER)).all()
    posting.close()

    (letter,) = letters
    assert "clerk@example.cn" not in str(letter.payload)
    token = link.rpartition("/")[2]
    assert token not in str(letter.payload)
    key = posting.app.extensions["settings"].secret_key
    assert token_from(key, letter.payload["nonce"]) == token


def test_the_seat_of_an_institution_lies_in_the_region_it_was_invited_to(house: House) -> None:
    invited(house)
    with house.session() as session:
        (kept,) = session.exec(select(Invitation)).all()

    assert kept.scope == Scope(ScopeKind.INSTITUTION, CODE)
    assert kept.region == "330000"
