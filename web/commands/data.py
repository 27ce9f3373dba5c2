"""`spotcheck db`, `backup` and `restore`: the database and the files as a whole."""

from pathlib import Path

import click
from sqlalchemy import Engine
from sqlmodel import Session

from core import trail
from core.database import unit_of_work
from core.trail_check import verify as verify_trail
from web.commands import surroundings
from web.operation import backup, migrating, restore
from web.operation.backup_parts import Manifest


@click.group()
def db() -> None:
    """数据库：升级与核对。"""


@db.command()
def upgrade() -> None:
    """把数据库升级到本程序的版本，已有数据保留。"""
    with surroundings.database(surroundings.settings()) as engine:
        before = migrating.revision_of(engine)
        migrating.upgrade(engine)
    click.echo(f"数据库版本：{before or '空'} → {migrating.newest()}")


@db.command()
def check() -> None:
    """核对数据库与本程序是否一致；不一致时退出码为 1。"""
    with surroundings.database(surroundings.settings()) as engine:
        differences = migrating.check(engine)
    if differences:
        raise click.ClickException(f"数据库与程序不一致：\n{migrating.told(differences)}")
    click.echo(f"数据库与程序一致，版本 {migrating.newest()}")


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
def back_up(target: Path) -> None:
    """把数据库与全部文件备份到新文件夹 TARGET；服务不必停。

    备份里有口令摘要和个人信息，请加密保存，并与服务器分开存放。
    有文件损坏时仍完成备份，退出码为 3。
    """
    settings = surroundings.settings()
    with surroundings.refusals(), surroundings.ready_database(settings) as engine:
        made = backup.back_up(
            engine,
            surroundings.store(settings),
            target,
            surroundings.now(),
            surroundings.program_version(),
        )
        _record(engine, "backup.made", made)
    _tell(f"已备份到 {target}", made)


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--digest", default="", help="备份时记下的总摘要；给出时必须相同")
def bring_back(source: Path, digest: str) -> None:
    """把文件夹 SOURCE 中的备份恢复到空的数据库和空的文件库。

    先核对全部摘要，再一次写入；任何一步不对，都不留下数据。
    """
    settings = surroundings.settings()
    with surroundings.refusals(), surroundings.database(settings) as engine:
        made = restore.restore(source, engine, surroundings.store(settings), digest)
        with Session(engine) as session:
            breaks = verify_trail(session)
        _record(engine, "backup.restored", made)
    if breaks:
        raise click.ClickException("数据已恢复，但备份中的操作日志本身不完整，请核查。")
    _tell("已恢复，各表与备份逐一核对相同，操作日志完整", made)


def _record(engine: Engine, action: str, manifest: Manifest) -> None:
    """Who takes all data out, or puts other data in, leaves a trace as everybody does."""
    facts = {"made_at": manifest.made_at, "files": manifest.files.count}
    with unit_of_work(engine) as session:
        trail.record(
            session, surroundings.OPERATOR, action, "backup", manifest.digest[:16],
            surroundings.now(), after=facts,
        )  # fmt: skip


def _tell(done: str, manifest: Manifest) -> None:
    rows = sum(part.rows for part in manifest.tables)
    kept = manifest.files.count - manifest.files.damaged
    click.echo(f"{done}：{rows:,} 行，{kept:,} 个文件\n总摘要 {manifest.digest}")
    if manifest.files.damaged:
        click.echo(f"注意：有 {manifest.files.damaged:,} 个文件损坏或缺失，不在备份内。", err=True)
        raise SystemExit(3)
