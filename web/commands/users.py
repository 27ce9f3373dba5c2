"""`spotcheck users`: the first administrator, and whoever else is to be let in from outside."""

import secrets

import click

from core import accounts, entrance, grants
from core.accounts import AccountDraft
from core.database import unit_of_work
from core.memberships import Seat
from core.roles import SCOPES_OF, Role, Scope, ScopeKind
from web.commands import surroundings
from web.entrance.temporary import temporary_password


@click.group()
def users() -> None:
    """账号。"""


@users.command()
@click.argument("login_name")
@click.option("--name", "display_name", required=True, help="姓名")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="角色"
)
@click.option("--scope", "key", default="", help="行政区划代码、部门或统一社会信用代码；全国不填")
@click.option("--region", default="", help="部门或机构所在的行政区划代码")
@click.option("--email", default="", help="电子邮箱")
def add(login_name: str, display_name: str, role: str, key: str, region: str, email: str) -> None:
    """开一个账号，显示一次性的临时口令；首次登录必须更换。"""
    with surroundings.refusals():
        draft = AccountDraft(login_name=login_name, display_name=display_name, email=email)
        seat = Seat(Role(role), _scope(Role(role), key), region)
        with surroundings.ready_database(surroundings.settings()) as engine:
            password = temporary_password(
                draft.login_name, entrance.RULES.passwords, secrets.choice
            )
            with unit_of_work(engine) as session:
                now = surroundings.now()
                user = accounts.create_user(session, draft, surroundings.OPERATOR, now)
                grants.give(session, user.key, seat, surroundings.OPERATOR, now)
                entrance.reset_password(session, user.key, password, surroundings.OPERATOR, now)
    click.echo(f"账号 {login_name}（{seat.role.label}）已建立\n临时口令 {password}")


def _scope(role: Role, key: str) -> Scope:
    """The scope that goes with the role: the whole nation unless a key is given."""
    kinds = SCOPES_OF[role]
    if not key and ScopeKind.NATION in kinds:
        return Scope(ScopeKind.NATION, "")
    bound = sorted(kinds - {ScopeKind.NATION})
    if not key or not bound:
        wanted = "不填 --scope" if not bound else "用 --scope 给出管辖范围"
        raise click.UsageError(f"{role.label}应{wanted}。")
    return Scope(bound[0], key)
