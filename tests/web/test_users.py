"""Administering accounts: each administrator within his region, nobody over himself."""

import csv
import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from core import trail
from core.accounts import User
from core.errors import Fact
from core.memberships import RolesKeptApart, memberships_of
from core.roles import NATION, SCOPES_OF, Role, Scope, ScopeKind
from core.trail import Event, Search
from tests.core import people
from tests.core.people import PASSWORD
from tests.web.persons import JIANGSU, SCOPE_OF, ZHEJIANG, House, Visitor
from tests.web.visits import words
from web.errors import FACTS, PAGES, fact_words

ADMIN = Role.ADMINISTRATOR


def act(visitor: Visitor, user: User, what: str, **form: object) -> int:
    visitor.get("/account")
    return visitor.send(f"/users/{user.key}/{what}", **form).status_code


def roles_of(house: House, user: User) -> list[Role]:
    with house.session() as session:
        return [m.role for m in memberships_of(session, user.key, house.hours())]


def events(house: House, user: User) -> list[Event]:
    with house.session() as session:
        return list(trail.page(session, Search(noun="account", noun_id=str(user.key))))


def test_a_new_account_gets_a_password_that_is_shown_once_and_must_be_changed(
    house: House,
) -> None:
    admin, _ = house.logged_in(ADMIN)
    admin.get("/users/new")
    form = {"login_name": "li.si", "display_name": "李四", "role": "inspector", "region": "浙江省"}
    shown = admin.send("/users", **form)
    password = re.search(r'class="secret gap">([^<]+)<', shown.text)
    assert password is not None

    visitor = house.browser()
    visitor.log_in("li.si", password[1])

    assert visitor.get("/account").location == "/account/password"
    assert "李四" in admin.get("/users?q=li.si&role=inspector&state=active").text
    assert password[1] not in admin.get("/users").text


def test_faults_of_the_form_are_told_at_their_fields_and_nothing_is_kept(house: House) -> None:
    admin, user = house.logged_in(ADMIN)
    admin.get("/users/new")
    page = admin.send(
        "/users", login_name="x", display_name="", phone="12", email="nowhere", role="inspector"
    )
    again = admin.send(
        "/users", login_name=user.login_name, display_name="某人", role="inspector", region="浙江"
    )

    assert page.status_code == again.status_code == 422
    assert {'id="e-login_name"', 'id="e-display_name"', 'id="e-phone"', 'id="e-email"'} <= set(
        re.findall(r'id="e-[a-z_]+"', page.text)
    )
    assert "已经被别的账号使用" in again.text
    assert len(admin.get("/users/export.csv").text.splitlines()) == 2


@pytest.mark.parametrize(
    ("role", "where"),
    [("national_planner", ""), ("inspector", "江苏省"), ("inspector", ""), ("administrator", "")],
)
def test_a_provincial_administrator_gives_nothing_beyond_his_province(
    house: House, role: str, where: str
) -> None:
    admin, _ = house.logged_in(ADMIN, ZHEJIANG)
    user, _ = house.seated(Role.EXPERT)

    assert act(admin, user, "memberships", role=role, region=where, reason="需要") == 422
    assert roles_of(house, user) == [Role.EXPERT]


def test_a_role_is_given_replaced_and_ended_with_a_reason(house: House) -> None:
    admin, _ = house.logged_in(ADMIN)
    user, first = house.seated(Role.EXPERT)
    given = {"role": "inspector", "region": "浙江省"}

    assert act(admin, user, "memberships", **given) == 422
    assert act(admin, user, "memberships", **given, reason="调入") == 303
    assert roles_of(house, user) == [Role.EXPERT, Role.INSPECTOR]
    other = {"role": "reviewer", "region": "330000", "reason": "转岗"}
    assert act(admin, user, f"memberships/{first.key}/replace", **other) == 303
    assert roles_of(house, user) == [Role.INSPECTOR, Role.REVIEWER]
    with house.session() as session:
        last = memberships_of(session, user.key, house.hours())[-1]
    assert act(admin, user, f"memberships/{last.key}/end", reason="转岗") == 303
    assert roles_of(house, user) == [Role.INSPECTOR]
    assert {"调入", "转岗"} <= {event.reason for event in events(house, user)}


def test_roles_that_are_kept_apart_are_refused_in_words(house: House) -> None:
    admin, _ = house.logged_in(ADMIN)
    user, _ = house.seated(Role.INSPECTOR)
    admin.get("/account")
    page = admin.send(f"/users/{user.key}/memberships", role="discipline", reason="兼任")

    assert page.status_code == 422
    assert "“纪检监督”与“检查人员”须由不同的人担任" in words(page.text)


def test_nobody_changes_his_own_rights_or_resets_his_own_password(house: House) -> None:
    admin, user = house.logged_in(ADMIN)
    other, membership = house.seated(ADMIN)
    with house.session() as session:
        own = memberships_of(session, user.key, house.hours())[0]

    assert act(admin, user, f"memberships/{own.key}/end", reason="x") == 422
    assert act(admin, user, "disable", reason="x") == 422
    assert act(admin, user, "password") == 404
    assert act(admin, user, "second-factor/remove") == 404
    assert act(admin, other, f"memberships/{membership.key}/end", reason="离任") == 303


def test_a_membership_is_not_reached_through_the_page_of_somebody_else(house: House) -> None:
    admin, _ = house.logged_in(ADMIN, ZHEJIANG)
    mine, _ = house.seated(Role.INSPECTOR, ZHEJIANG)
    other, foreign = house.seated(Role.INSPECTOR, JIANGSU)

    assert act(admin, mine, f"memberships/{foreign.key}/end", reason="x") == 404
    assert roles_of(house, other) == [Role.INSPECTOR]


def test_a_locked_account_is_unlocked(house: House) -> None:
    admin, _ = house.logged_in(ADMIN)
    user, _ = house.seated(Role.INSPECTOR)
    visitor = house.browser()
    for _ in range(5):
        visitor.log_in(user.login_name, "wrong")
    assert "锁定到" in admin.get(f"/users/{user.key}").text

    assert act(admin, user, "unlock") == 303
    visitor.log_in(user.login_name)
    assert visitor.is_in()


def test_a_lost_phone_is_answered_by_removing_the_second_factor(house: House) -> None:
    admin, _ = house.logged_in(ADMIN)
    user, _ = house.seated(Role.REVIEWER)
    visitor = house.enter(user)

    assert act(admin, user, "second-factor/remove") == 303
    assert not visitor.is_in()
    visitor.log_in(user.login_name)
    assert visitor.get("/account").location == "/account/second-factor"


def test_personal_data_are_masked_until_somebody_says_what_for(house: House) -> None:
    admin, _ = house.logged_in(ADMIN)
    user, _ = house.seated(Role.INSPECTOR)
    visitor = house.enter(user)
    visitor.get("/account")
    visitor.send("/account/contact", display_name="王五", phone="13812345678", email="")

    assert "138****5678" in admin.get(f"/users/{user.key}").text
    assert "13812345678" not in admin.get("/users/export.csv").text
    assert act(admin, user, "reveal", field="phone", reason=" ") == 422
    admin.get("/account")
    page = admin.send(f"/users/{user.key}/reveal", field="phone", reason="核实身份")
    assert "13812345678" in page.text
    read = next(e for e in events(house, user) if e.action == "personal_data.read")
    assert (read.reason, "13812345678" in str(read.after)) == ("核实身份", False)


def test_a_hand_over_needs_a_second_administrator(house: House) -> None:
    (one, _), (two, _) = house.logged_in(ADMIN), house.logged_in(ADMIN)
    leaving, _ = house.seated(Role.INSPECTOR)
    coming, _ = house.seated(Role.EXPERT)
    assert act(one, leaving, "hand-over", to=coming.login_name, reason="调离") == 303

    one.get("/hand-overs")
    assert one.send("/hand-overs/1/confirm").status_code == 422
    two.get("/hand-overs")
    assert two.send("/hand-overs/1/confirm").status_code == 303
    assert roles_of(house, leaving) == []
    assert roles_of(house, coming) == [Role.EXPERT, Role.INSPECTOR]


def test_the_table_holds_nothing_a_spreadsheet_would_carry_out(house: House) -> None:
    admin, _ = house.logged_in(ADMIN)
    user, _ = house.seated(Role.INSPECTOR)
    visitor = house.enter(user)
    visitor.get("/account")
    visitor.send("/account/contact", display_name='=HYPERLINK("x")', phone="", email="")
    rows = list(csv.reader(io.StringIO(admin.get("/users/export.csv").text)))

    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_long_list_is_turned_page_by_page(house: House) -> None:
    admin, _ = house.logged_in(ADMIN)
    with house.session() as session:
        for number in range(60):
            people.seated(session, Role.INSPECTOR, ZHEJIANG, f"page{number:02}")
    first = admin.get("/users?role=inspector").text
    further = re.search(r'href="(/users\?after=[^"]+)"', first)
    assert further is not None
    second = admin.get(further[1].replace("&amp;", "&")).text

    names = [set(re.findall(r">(page\d\d)<", page)) for page in (first, second)]
    assert [len(found) for found in names] == [50, 10]


# -- never another's row -----------------------------------------------------------------------

HELD = st.sampled_from(
    [
        (role, scope)
        for role in Role
        for scope in (
            NATION,
            *(Scope(ScopeKind.REGION, code) for code in ("330000", "330100", "320000")),
            *(Scope(ScopeKind.DEPARTMENT, name) for name in ("甲部", "乙部")),
            *(Scope(ScopeKind.INSTITUTION, people.made_up_code(n)) for n in (1, 2)),
        )
        if scope.kind in SCOPES_OF[role]
    ]
)


def region_of(scope: Scope) -> str:
    return scope.key if scope.kind is ScopeKind.REGION else ""


# the house is shared by all examples: the more people live in it, the harder the question
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    everybody=st.lists(HELD, min_size=3, max_size=8), where=st.sampled_from(["330000", "330100"])
)
def test_an_administrator_sees_the_accounts_of_his_region_and_no_other(
    house: House, everybody: list[tuple[Role, Scope]], where: str
) -> None:
    scope = Scope(ScopeKind.REGION, where)
    admin, _ = house.logged_in(ADMIN, scope)
    found = [(house.seated(role, held)[0], held) for role, held in everybody]
    listed = admin.get("/users/export.csv").text
    admin.get("/account")

    for user, held in found:
        inside = region_of(held).startswith("33" if where == "330000" else "3301")
        assert (f"\r\n{user.login_name}," in listed) is inside
        assert admin.client.get(f"/users/{user.key}").status_code == (200 if inside else 404)
        if not inside:
            for what in ("unlock", "password", "disable", "second-factor/remove", "reveal"):
                form = {"csrf_token": admin.token, "reason": "x", "field": "phone"}
                answer = admin.client.post(f"/users/{user.key}/{what}", data=form)
                assert answer.status_code == 404


def test_every_fact_of_core_has_words_and_every_status_a_page() -> None:
    def kinds(of: type[Fact]) -> set[type[Fact]]:
        return {of}.union(*(kinds(sub) for sub in of.__subclasses__()))

    codes = {kind.code for kind in kinds(Fact) if kind.__module__.startswith(("core", "web"))}

    assert codes - {"password_refused"} <= FACTS.keys()
    assert {400, 401, 403, 404, 429, 500} <= PAGES.keys()


def test_words_of_facts_take_their_parameters() -> None:
    said = fact_words(RolesKeptApart(role=Role.DISCIPLINE, other=Role.EXPERT))

    assert said == ["“纪检监督”与“专家”须由不同的人担任，不能同时持有。"]


def test_the_password_is_nowhere_in_the_database_in_clear(house: House) -> None:
    house.enter(house.person())
    with house.session() as session:
        kept = session.exec(select(User.password_hash)).all()

    assert kept
    assert all(PASSWORD not in hashed and hashed.startswith("$argon2id$") for hashed in kept)
    assert SCOPE_OF.keys() == set(Role)
