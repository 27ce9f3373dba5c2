"""What commands share: the settings of the service, its database and files, and plain refusals."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version

import click
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError

from core.database import connect
from core.errors import Fact
from core.files import FileStore
from core.trail import Actor
from web.errors import fact_words, input_words
from web.operation import migrating
from web.operation.backup_parts import BackupRefused
from web.papers.signing import SignatoryIsUnusable
from web.settings import SecretIsMissing, SettingIsWrong, Settings, from_environment

PRODUCT = "spotcheck"
OPERATOR = Actor(None, "运维（命令行）", "system")
"""Whoever may type commands on the server; who that is, the operating system knows."""


def settings() -> Settings:
    """The settings of the service on this machine, from its environment."""
    try:
        return from_environment(os.environ)
    except (SecretIsMissing, SettingIsWrong) as fault:
        raise click.ClickException(str(fault)) from None


def store(of: Settings) -> FileStore:
    """The files of the service."""
    return FileStore(of.data_dir / "files")


@contextmanager
def database(of: Settings) -> Iterator[Engine]:
    """The database of the service; what it refuses is said in words, without quoting rows."""
    of.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        engine = connect(of.database)
    except ArgumentError:
        raise click.ClickException(
            "SPOTCHECK_DATABASE_URL 应形如 postgresql://用户:口令@主机/数据库。"
        ) from None
    try:
        yield engine
    except DBAPIError as error:
        raise click.ClickException(f"数据库不可用：{type(error.orig).__name__}。") from None
    finally:
        engine.dispose()


@contextmanager
def ready_database(of: Settings) -> Iterator[Engine]:
    """The same, at the revision of this program."""
    with database(of) as engine:
        found = migrating.revision_of(engine)
        if found != migrating.newest():
            raise click.ClickException(
                f"数据库版本是 {found or '空'}，程序需要 {migrating.newest()}；"
                "请先运行 spotcheck db upgrade。"
            )
        yield engine


@contextmanager
def refusals() -> Iterator[None]:
    """Say refusals in the words of the pages."""
    try:
        yield
    except Fact as fact:
        raise click.ClickException("\n".join(fact_words(fact))) from None
    except ValidationError as error:
        raise click.ClickException("\n".join(input_words(error).values())) from None
    except (BackupRefused, SignatoryIsUnusable) as refused:
        raise click.ClickException(str(refused)) from None
    except OSError as error:
        where = f"{error.filename}：" if error.filename else ""
        raise click.ClickException(f"{where}{error.strerror}") from None


def now() -> datetime:
    """The moment, aware UTC."""
    return datetime.now(UTC)


def program_version() -> str:
    """Of this program."""
    return version(PRODUCT)
