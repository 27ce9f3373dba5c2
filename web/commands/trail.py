"""`spotcheck trail`: whether the log of operations is whole, and its signed checkpoints."""

from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlmodel import Session

from core import checkpoints
from core.checkpoints import Audit, Statement
from core.database import unit_of_work
from core.trail_check import Break, verify
from web.commands import surroundings
from web.words.trail import FAULTS

MOST_TOLD = 20


@click.group()
def trail() -> None:
    """操作日志：核验与检查点。"""


@trail.command("verify")
@click.option("--key", "keys", multiple=True, help="检查点公钥（十六进制），可给多个")
@click.option(
    "--published",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="从外部取回的检查点，每行一个",
)
def check(keys: tuple[str, ...], published: Path | None) -> None:
    """核验整条操作日志；有问题时退出码为 1。"""
    trusted = [_public(key) for key in keys]
    if published and not trusted:
        raise click.UsageError("核对已公布的检查点需要用 --key 给出公钥。")
    settings = surroundings.settings()
    with surroundings.refusals(), surroundings.ready_database(settings) as engine:
        statements = _read(published) if published else []
        # a session that only reads: nobody has to wait for it
        with Session(engine) as session:
            done = _Done()
            if trusted:
                found = checkpoints.audit(session, trusted, statements, done)
            else:
                found = Audit(verify(session, done), [], 0)
    _tell(found, done.events, signed=bool(trusted))


class _Done:
    """How many events have been checked."""

    events = 0

    def __call__(self, done: int, _of: int) -> None:
        self.events = done


def _tell(found: Audit, events: int, *, signed: bool) -> None:
    lines = [_line(gap) for gap in found.breaks[:MOST_TOLD]]
    lines += [f"- 第 {number} 条的检查点签名无效" for number in found.forged[:MOST_TOLD]]
    if lines:
        told = "\n".join(lines)
        number = len(found.breaks) + len(found.forged)
        raise click.ClickException(f"操作日志有 {number} 处问题：\n{told}")
    vouched = f"，其中前 {found.vouched:,} 条有检查点担保" if signed else ""
    click.echo(f"操作日志完整：{events:,} 条{vouched}")


def _line(gap: Break) -> str:
    where = f"第 {gap.first} 条" if gap.first == gap.last else f"第 {gap.first}—{gap.last} 条"
    return f"- {where}：{FAULTS[gap.fault]}"


def _read(published: Path) -> list[Statement]:
    lines = published.read_text(encoding="utf-8").splitlines()
    return [checkpoints.read(line) for line in lines if line.strip()]


def _public(key: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    except ValueError:
        raise click.UsageError("公钥应是 64 个十六进制字符。") from None


@trail.command("key")
@click.argument("file", type=click.Path(path_type=Path))
def new_key(file: Path) -> None:
    """造一把检查点签名密钥，写入新文件 FILE，并显示公钥。"""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with surroundings.refusals():
        # made for nobody else from its first byte on
        file.touch(mode=0o600, exist_ok=False)
        file.write_bytes(pem)
    click.echo(f"公钥 {key.public_key().public_bytes_raw().hex()}")


@trail.command("checkpoint")
@click.option(
    "--key",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="签名密钥文件（spotcheck trail key）",
)
def sign(file: Path) -> None:
    """核验操作日志，为链尾签一个检查点，显示应公布的一行。"""
    key = _private(file)
    settings = surroundings.settings()
    with surroundings.refusals(), surroundings.ready_database(settings) as engine:
        with Session(engine) as session:
            # a signature under a chain that is broken says nothing good
            found = checkpoints.audit(session, [key.public_key()])
        if found.breaks:
            _tell(found, 0, signed=True)
        with unit_of_work(engine) as session:
            line = checkpoints.checkpoint(session, key, surroundings.now()).published
    click.echo(line)


def _private(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError):
        raise click.UsageError(f"{file} 不是签名密钥文件。") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise click.UsageError(f"{file} 不是 Ed25519 密钥。")
    return key
