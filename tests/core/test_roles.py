"""Who may do what to whose rows: the table, the rule of sight, and the same rule as a query."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlmodel import Session

from core.regions import provinces, region_of, within
from core.roles import (
    NATION,
    NATIONWIDE,
    NEEDS_SECOND_FACTOR,
    PERMISSIONS,
    SCOPES_OF,
    Permission,
    Place,
    Role,
    Scope,
    ScopeKind,
    kept_apart,
    may,
    permitted,
    scopes_for,
    visible,
)

codes = st.sampled_from(
    [p.code for p in provinces()] + ["330100", "330106", "330200", "440100", "222400"]
)
departments = st.sampled_from(["生态环境", "卫生健康", "公安"])
institutions = st.sampled_from(["91A", "91B", "91C"])
keys = {
    ScopeKind.NATION: st.just(""),
    ScopeKind.REGION: codes,
    ScopeKind.DEPARTMENT: departments,
    ScopeKind.INSTITUTION: institutions,
}
scopes = st.sampled_from(list(ScopeKind)).flatmap(
    lambda kind: st.builds(Scope, st.just(kind), keys[kind])
)
held = st.sampled_from(list(Role)).flatmap(
    lambda role: st.tuples(
        st.just(role),
        st.sampled_from(sorted(SCOPES_OF[role])).flatmap(
            lambda kind: st.builds(Scope, st.just(kind), keys[kind])
        ),
    )
)
places = st.builds(
    Place,
    st.one_of(st.just(""), codes),
    st.frozensets(departments),
    st.one_of(st.just(""), institutions),
)
permissions = st.sampled_from(list(Permission))


def test_every_permission_has_its_roles_and_every_role_its_words() -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert all(PERMISSIONS.values())
    assert len({role.label for role in Role}) == len(Role)
    assert all(kind.label for kind in ScopeKind)
    assert set(SCOPES_OF) == set(Role)


@given(held, permissions, places)
def test_nobody_does_anything_to_a_row_of_another_region_department_or_institution(
    one: tuple[Role, Scope], permission: Permission, place: Place
) -> None:
    role, scope = one

    if may(role, scope, permission, place):
        assert role in PERMISSIONS[permission]
        assert (
            scope == NATION
            or (scope.kind == ScopeKind.REGION and within(place.region, scope.key))
            or (scope.kind == ScopeKind.DEPARTMENT and scope.key in place.departments)
            or (scope.kind == ScopeKind.INSTITUTION and scope.key == place.institution)
        )


@given(held, permissions, places)
def test_what_a_role_lacks_no_scope_gives(
    one: tuple[Role, Scope], permission: Permission, place: Place
) -> None:
    role, scope = one

    assert may(role, scope, permission, place) == (
        permitted(role, permission) and scope.sees(place)
    )


@given(codes, codes, places)
def test_a_wider_region_sees_all_that_a_narrower_one_does(
    inner: str, outer: str, place: Place
) -> None:
    narrow, wide = (Scope(ScopeKind.REGION, code) for code in (inner, outer))

    assert not within(inner, outer) or not narrow.sees(place) or wide.sees(place)


@given(places)
def test_the_nation_sees_everything(place: Place) -> None:
    assert NATION.sees(place)


@given(scopes.filter(lambda scope: scope != NATION))
def test_what_belongs_to_nobody_in_particular_is_seen_by_the_nation_only(scope: Scope) -> None:
    assert not scope.sees(NATIONWIDE)


@pytest.mark.parametrize("kind", [kind for kind in ScopeKind if kind != ScopeKind.NATION])
def test_a_scope_without_a_key_sees_nothing(kind: ScopeKind) -> None:
    assert not Scope(kind, "").sees(Place("330000", frozenset({""}), ""))


@given(st.lists(held, max_size=4), permissions, places)
def test_the_scopes_of_a_permission_are_those_in_which_it_may_be_used(
    roles: list[tuple[Role, Scope]], permission: Permission, place: Place
) -> None:
    found = scopes_for(roles, permission)

    assert any(scope.sees(place) for scope in found) == any(
        may(role, scope, permission, place) for role, scope in roles
    )


def test_supervision_administration_and_planning_are_kept_apart() -> None:
    for role in Role:
        assert not kept_apart(role, role)
        assert role == Role.ADMINISTRATOR or kept_apart(Role.ADMINISTRATOR, role)
        assert role == Role.DISCIPLINE or kept_apart(role, Role.DISCIPLINE)
    assert not kept_apart(Role.INSPECTOR, Role.REVIEWER)
    assert all(kept_apart(a, b) == kept_apart(b, a) for a, b in product(Role, Role))


def test_whoever_administers_neither_reads_the_trail_nor_plans_nor_draws() -> None:
    for permission in (Permission.TRAIL_READ, Permission.PLANS_EDIT, Permission.DRAWS_HOLD):
        assert not permitted(Role.ADMINISTRATOR, permission)
    assert permitted(Role.DISCIPLINE, Permission.TRAIL_READ)


def test_who_decides_administers_or_supervises_needs_a_second_factor() -> None:
    asked = (Permission.PLANS_EDIT, Permission.PLANS_APPROVE, Permission.USERS_MANAGE)

    for permission in (*asked, Permission.TRAIL_READ):
        assert PERMISSIONS[permission] <= NEEDS_SECOND_FACTOR


ROWS = Table(
    "rows_of_a_list",
    MetaData(),
    Column("number", String, primary_key=True),
    Column("region", String),
    Column("department", String),
    Column("institution", String),
)


# the table is emptied for every example
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.lists(scopes, max_size=3), rows=st.lists(places, max_size=8))
def test_a_list_shows_what_the_rule_sees(
    session: Session, some: list[Scope], rows: list[Place]
) -> None:
    connection = session.connection()
    ROWS.create(connection, checkfirst=True)
    connection.execute(ROWS.delete())
    for number, place in enumerate(rows):
        department = min(place.departments, default="")
        connection.execute(
            insert(ROWS).values(
                number=str(number),
                region=place.region,
                department=department,
                institution=place.institution,
            )
        )
    condition = visible(
        some,
        region=ROWS.c.region,
        department=ROWS.c.department,
        institution=ROWS.c.institution,
    )

    shown = set(connection.execute(select(ROWS.c.number).where(condition)).scalars())

    assert shown == {
        str(number)
        for number, place in enumerate(rows)
        for as_kept in [
            Place(
                place.region,
                frozenset({min(place.departments)} if place.departments else ()),
                place.institution,
            )
        ]
        if any(scope.sees(as_kept) for scope in some)
    }


def test_a_list_without_the_column_of_a_scope_shows_it_nothing(session: Session) -> None:
    connection = session.connection()
    ROWS.create(connection)
    connection.execute(
        insert(ROWS).values(number="1", region=region_of("330000").code, institution="91A")
    )
    theirs = [Scope(ScopeKind.INSTITUTION, "91A")]

    shown = connection.execute(select(ROWS).where(visible(theirs, region=ROWS.c.region)))

    assert shown.all() == []
