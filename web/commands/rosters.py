"""`spotcheck demo world` and `spotcheck rosters`: the institutions and inspectors as a whole."""

import time
from dataclasses import replace

import click
from sqlmodel import Session

from core.database import unit_of_work
from rosters.demo.rows import MOST_UNITS
from rosters.quality.soundness import check
from web.commands import surroundings
from web.demo import DemoWorld
from web.operation import migrating
from web.operation.backup import snapshot
from web.settings import SEED, UNITS
from web.words.rosters import noun_words

MOST_TOLD = 20
"""Entries that are named one by one; the first are what matters."""


@click.command()
@click.option(
    "--units",
    type=click.IntRange(1, MOST_UNITS),
    default=UNITS,
    show_default=True,
    help="机构数；检查人员、专家等按比例",
)
@click.option("--seed", type=int, default=SEED, show_default=True)
@click.option("--database", default="", help="数据库地址；不填时用环境变量里的")
def world(units: int, seed: int, database: str) -> None:
    """在空的数据库里造一套演示两库：机构、人员及其历史。"""
    settings = surroundings.settings()
    if database:
        settings = replace(settings, database_url=database)
    began = time.monotonic()
    with surroundings.refusals(), surroundings.database(settings) as engine:
        if migrating.revision_of(engine) is None:
            migrating.upgrade(engine)
        with unit_of_work(engine) as session:
            stated = DemoWorld(units, seed).settle(
                session,
                surroundings.OPERATOR,
                surroundings.store(settings),
                surroundings.now(),
                lambda what, many: click.echo(f"  {what}　{many:,}"),
            )
    seconds = time.monotonic() - began
    click.echo(f"演示两库已建好：{units:,} 家机构，共登记 {stated:,} 条，用时 {seconds:.1f} 秒。")


@click.group()
def rosters() -> None:
    """两库（机构和人员）：核对。"""


@rosters.command("check")
def check_rosters() -> None:
    """按全部登记记录重算两库，与现有各表核对；不一致时退出码为 1。"""
    settings = surroundings.settings()
    with (
        surroundings.refusals(),
        surroundings.ready_database(settings) as engine,
        snapshot(engine) as connection,
        Session(connection) as session,
    ):
        found = check(session, lambda _step, _done, _of: None)
    if found:
        lines = [f"  {noun_words(one.noun)} {one.entry_id}" for one in found[:MOST_TOLD]]
        told = "\n".join(lines)
        raise click.ClickException(f"两库与登记记录不一致，共 {len(found):,} 条：\n{told}")
    click.echo("两库与登记记录一致。")
