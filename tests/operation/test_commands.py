"""What an operator types, and what he is told."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from core.accounts import User
from core.database import connect, unit_of_work
from core.files import FileStore
from core.jobs import cancel, enqueue
from core.memberships import Membership
from core.roles import Role, ScopeKind
from core.trail import SYSTEM
from tests import storage
from tests.operation.processes import SECRET
from web import cli
from web.settings import DATABASE_FILE


@dataclass(frozen=True)
class Spotcheck:
    """The command, and where its service keeps everything."""

    folder: Path
    url: str = ""

    def __call__(self, *arguments: str, status: int = 0, **more: str) -> Result:
        env = {
            "SPOTCHECK_SECRET_KEY": SECRET,
            "SPOTCHECK_DATA_DIR": str(self.folder / "data"),
            "SPOTCHECK_DATABASE_URL": self.url,
        }
        done = CliRunner(env=env | more).invoke(cli.main, list(arguments))
        assert done.exit_code == status, done.output
        return done

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Its database, behind its back."""
        engine = connect(self.url or f"sqlite:///{self.folder / 'data' / DATABASE_FILE}")
        yield engine
        engine.dispose()


@pytest.fixture(params=storage.BACKENDS)
def spotcheck(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Spotcheck]:
    """The command of a service on each of the databases."""
    if request.param == "postgres":
        with request.getfixturevalue("postgres").bare() as engine:
            yield Spotcheck(tmp_path, storage.url_of(engine))
    else:
        yield Spotcheck(tmp_path)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Spotcheck:
    return Spotcheck(tmp_path)


def test_the_first_day_of_an_operator(spotcheck: Spotcheck, tmp_path: Path) -> None:
    assert "revision none" in spotcheck("db", "check", status=1).output
    spotcheck("db", "upgrade")
    assert "一致" in spotcheck("db", "check").output

    spotcheck("users", "add", "root", "--name", "欧阳", "--role", "administrator")
    key = tmp_path / "key.pem"
    public = spotcheck("trail", "key", str(key)).output.split()[1]
    published = tmp_path / "published.txt"
    published.write_text(spotcheck("trail", "checkpoint", "--key", str(key)).output)
    assert "3 条" in spotcheck("trail", "verify").output
    vouched = spotcheck("trail", "verify", "--key", public, "--published", str(published))
    assert "前 3 条有检查点担保" in vouched.output

    saved = spotcheck("backup", str(tmp_path / "backup")).output
    (digest,) = re.findall(r"总摘要 (\w{64})", saved)
    elsewhere = Spotcheck(tmp_path / "elsewhere")
    told = elsewhere("restore", str(tmp_path / "backup"), "--digest", digest).output
    assert digest in told
    assert "前 3 条有检查点担保" in elsewhere("trail", "verify", "--key", public).output
    assert "4 条" in elsewhere("trail", "verify").output, "the restore leaves a trace"
    assert "不是空的" in elsewhere("restore", str(tmp_path / "backup"), status=1).output


def test_a_new_account_gets_its_role_and_a_password_to_be_changed(
    on_sqlite: Spotcheck,
) -> None:
    on_sqlite("db", "upgrade")

    told = on_sqlite(
        "users", "add", "zhang", "--name", "张三", "--role", "provincial_planner",
        "--scope", "110000",
    ).output  # fmt: skip

    assert re.search(r"临时口令 \S{12,}", told)
    with on_sqlite.engine() as engine, Session(engine) as session:
        user = session.exec(select(User)).one()
        held = session.exec(select(Membership)).one()
    assert user.must_change
    assert (held.role, held.scope_kind, held.scope_key) == (
        Role.PROVINCIAL_PLANNER,
        ScopeKind.REGION,
        "110000",
    )


def test_an_account_that_cannot_be_is_refused_in_words_and_leaves_nothing(
    on_sqlite: Spotcheck,
) -> None:
    on_sqlite("db", "upgrade")
    on_sqlite("users", "add", "root", "--name", "欧阳", "--role", "administrator")
    add = ("users", "add")

    taken = on_sqlite(*add, "root", "--name", "张三", "--role", "administrator", status=1)
    without = on_sqlite(*add, "li", "--name", "李四", "--role", "provincial_planner", status=2)
    with_one = on_sqlite(
        *add, "li", "--name", "李四", "--role", "national_planner", "--scope", "110000", status=2
    )
    short = on_sqlite(*add, "x", "--name", "李四", "--role", "administrator", status=1)

    assert "登录名已经被" in taken.output
    assert "--scope" in without.output
    assert "不填" in with_one.output
    assert "登录名为" in short.output
    assert "3 条" in on_sqlite("trail", "verify").output


def test_a_broken_trail_is_told_and_not_signed(spotcheck: Spotcheck, tmp_path: Path) -> None:
    spotcheck("db", "upgrade")
    spotcheck("users", "add", "root", "--name", "欧阳", "--role", "administrator")
    spotcheck("trail", "key", str(tmp_path / "key.pem"))
    tamper(spotcheck)

    broken = spotcheck("trail", "verify", status=1)
    unsigned = spotcheck("trail", "checkpoint", "--key", str(tmp_path / "key.pem"), status=1)

    assert "第 2 条：内容被改动" in broken.output
    assert "第 2 条：内容被改动" in unsigned.output


def tamper(spotcheck: Spotcheck) -> None:
    with spotcheck.engine() as engine, engine.begin() as connection:
        on = " ON event" if engine.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER event_never_changed{on}"))
        connection.execute(text("UPDATE event SET action = 'x' WHERE number = 2"))


def test_a_key_is_never_overwritten_and_only_ours(on_sqlite: Spotcheck, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    on_sqlite("trail", "key", str(key))
    before = key.read_bytes()

    on_sqlite("trail", "key", str(key), status=1)

    assert key.read_bytes() == before
    assert key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "more", "words"),
    [
        (("db", "check"), {"SPOTCHECK_SECRET_KEY": ""}, "SPOTCHECK_SECRET_KEY"),
        (("db", "check"), {"SPOTCHECK_DATABASE_URL": "no address"}, "SPOTCHECK_DATABASE_URL"),
        (
            ("db", "upgrade"),
            {"SPOTCHECK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "数据库不可用",
        ),
        (("serve",), {}, "db upgrade"),
        (
            ("serve",),
            {
                "SPOTCHECK_SIGNING_FILE": "missing.p12",
                "SPOTCHECK_SIGNING_PASSPHRASE": "word",
                "SPOTCHECK_PUBLIC_URL": "https://a.example.cn",
            },
            "读不到电子签名证书文件",
        ),
        (("worker",), {}, "db upgrade"),
        (("trail", "verify"), {}, "db upgrade"),
        (("backup", "somewhere"), {}, "db upgrade"),
        (("tidy",), {}, "db upgrade"),
    ],
)
def test_what_is_missing_is_said_in_plain_words(
    on_sqlite: Spotcheck, arguments: tuple[str, ...], more: dict[str, str], words: str
) -> None:
    assert words in on_sqlite(*arguments, status=1, **more).output


def test_tidying_forgets_what_may_be_forgotten_and_nothing_else(spotcheck: Spotcheck) -> None:
    spotcheck("db", "upgrade")
    now = datetime.now(UTC)
    store = FileStore(spotcheck.folder / "data" / "files")
    with spotcheck.engine() as engine:
        for age in (timedelta(days=1), timedelta(days=100)):
            with unit_of_work(engine) as session:
                job = enqueue(session, "mail", {}, SYSTEM, now - age)
                cancel(session, job.number, SYSTEM, now - age)
    stray, young = (store.put(BytesIO(content), 9) for content in (b"stray", b"young"))
    long_ago = (now - timedelta(days=3)).timestamp()
    os.utime(store.path(stray.sha256), (long_ago, long_ago))

    told = spotcheck("tidy").output

    assert "删除到期作业 1" in told
    assert list(store.digests()) == [young.sha256]
    assert "删除到期作业 0" in spotcheck("tidy").output
    assert "操作日志完整" in spotcheck("trail", "verify").output


def test_a_demo_world_fills_an_empty_database_once_and_is_sound(spotcheck: Spotcheck) -> None:
    told = spotcheck("demo", "world", "--units", "40", "--seed", "3").output
    assert "40 家机构" in told

    assert "空的数据库" in spotcheck("demo", "world", "--units", "40", status=1).output
    assert "一致" in spotcheck("rosters", "check").output

    with spotcheck.engine() as engine, engine.begin() as connection:
        connection.execute(text("UPDATE institution SET standing = 'closed'"))
    assert "机构 " in spotcheck("rosters", "check", status=1).output


def test_a_demo_world_goes_into_the_database_that_is_named(
    on_sqlite: Spotcheck, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'named.sqlite'}"

    on_sqlite("demo", "world", "--units", "1", "--database", url)

    assert "一致" in Spotcheck(tmp_path, url)("rosters", "check").output
    assert "db upgrade" in on_sqlite("rosters", "check", status=1).output


def test_every_command_explains_itself_in_chinese(on_sqlite: Spotcheck) -> None:
    for command in cli.SERVICE:
        assert re.search("[\u4e00-\u9fff]{4}", on_sqlite(command, "--help").output)
