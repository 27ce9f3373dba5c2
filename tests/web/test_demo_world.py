"""A demo service starts with a world, and with accounts of those who live in it."""

from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.calendar import china_date
from core.database import unit_of_work
from core.files import FileStore
from core.memberships import Membership
from core.roles import Role, ScopeKind
from rosters.entries import holds
from rosters.inspectors import Inspector
from rosters.institutions import Institution
from tests.rosters.worlds import MACHINE, NOON
from web.demo import DemoWorld, open_accounts


def test_the_accounts_of_institution_and_inspector_are_of_the_world(
    engine: Engine, tmp_path: Path
) -> None:
    today = china_date(NOON)

    with unit_of_work(engine) as session:
        DemoWorld(120, 7).settle(session, MACHINE, FileStore(tmp_path), NOON)
        accounts = {
            one.role: one for one in open_accounts(session, MACHINE, FileStore(tmp_path), NOON)
        }

    with Session(engine) as session:
        held = select(Membership).where(Membership.scope_kind == ScopeKind.INSTITUTION)
        code = session.exec(held).one().scope_key
        of_code = select(Institution).where(Institution.credit_code == code)
        institution = session.exec(of_code.where(holds(Institution, today))).one()
        logins = session.exec(
            select(Inspector.login_name).where(
                holds(Inspector, today), col(Inspector.login_name) != ""
            )
        ).all()
    assert set(accounts) == set(Role)
    assert institution.region.startswith("33")
    assert logins == [accounts[Role.INSPECTOR].login_name]
