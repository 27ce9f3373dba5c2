"""`spotcheck run`, `serve` and `worker`: the service itself."""

import logging
import socket
import tempfile
from functools import partial
from pathlib import Path

import click

from core.database import connect, unit_of_work
from rosters.demo.rows import FEWEST_NATIONAL, MOST_UNITS
from web.commands import surroundings
from web.commands.tidy import keep_tidy
from web.demo import WORLD_UNITS, DemoWorld, open_accounts
from web.operation import logs, migrating, serving
from web.papers.serving import signatory_of
from web.settings import NATIONAL, SEED, UNITS, DemoSize, Settings, demo_settings

FIRST_PORT, PORTS_TRIED = 8000, 20

listening = click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")


@click.command()
@listening
@click.option("--port", type=click.IntRange(1, 65535), help="端口；不填时从 8000 起找空闲的")
@click.option(
    "--units",
    type=click.IntRange(2_000, MOST_UNITS),
    default=UNITS,
    show_default=True,
    help="演示名录（试算用的文件）的机构数",
)
@click.option(
    "--world",
    type=click.IntRange(1, MOST_UNITS),
    default=WORLD_UNITS,
    show_default=True,
    help="两库（机构和人员）里的机构数；五万家约需半分钟",
)
def run(host: str, port: int | None, units: int, world: int) -> None:
    """启动演示服务，并显示网址和演示账号。"""
    national = max(FEWEST_NATIONAL, round(units * NATIONAL / UNITS))
    size = DemoSize(units, national, SEED)
    listener = listen(host, port)
    click.echo(f"正在准备演示名录（{units:,} 家）…")
    address = "http://{}:{}".format(*listener.getsockname()[:2])
    logs.begin(logging.WARNING)
    # gone with the service: a demo leaves nothing behind
    with tempfile.TemporaryDirectory(prefix="spotcheck-demo-") as folder:
        settings = demo_settings(size, Path(folder), address)
        told = _begin_demo(settings, DemoWorld(world, SEED))
        ready = (
            f"双随机抽查平台（演示数据）已启动：{address}\n{told}"
            "用浏览器打开上面的网址；按 Ctrl+C 停止，停止时演示数据全部删除。"
        )
        serving.serve(settings, listener, lambda: click.echo(ready))


def _begin_demo(settings: Settings, world: DemoWorld) -> str:
    """Make the database with the demo world and accounts; how to log in, a line each."""
    engine, now = connect(settings.database), surroundings.now()
    migrating.upgrade(engine)
    where = surroundings.OPERATOR, surroundings.store(settings), now
    with unit_of_work(engine) as session:
        world.settle(session, *where)
        accounts = open_accounts(session, *where)
    engine.dispose()
    lines = (f"  {each.role.label}　{each.login_name}　{each.password}\n" for each in accounts)
    return (
        "试算和核验不需要账号；登录用以下演示账号（登录名、口令），每次启动都是新的：\n"
        + "".join(lines)
    )


@click.command()
@listening
@click.option(
    "--port", type=click.IntRange(1, 65535), default=FIRST_PORT, show_default=True, help="端口"
)
def serve(host: str, port: int) -> None:
    """启动正式服务：网页进程与作业进程；设置来自环境变量。"""
    settings = surroundings.settings()
    with surroundings.refusals():
        # said here, in words, and not by every web process when it begins
        signatory_of(settings)
    with surroundings.ready_database(settings):
        listener = listen(host, port)
    logs.begin()
    logs.say("service_started", port=listener.getsockname()[1])
    with surroundings.refusals():
        serving.serve(
            settings, listener, lambda: logs.say("web_ready"), tidy=partial(keep_tidy, settings)
        )


@click.command()
@click.option("--name", default="worker", show_default=True, help="本进程的名字")
def worker(name: str) -> None:
    """只启动一个作业进程，例如在另一台机器上。"""
    settings = surroundings.settings()
    with surroundings.ready_database(settings):
        logs.begin()
    serving.do_jobs(settings, name)


def listen(host: str, port: int | None) -> socket.socket:
    """A socket on the port that was asked for, or on the first free one from 8000."""
    ports = [port] if port else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for number in ports:
        try:
            return socket.create_server((host, number))
        except OSError:
            continue
    raise click.ClickException(
        f"不能在 {host} 的端口 {port or f'{ports[0]}—{ports[-1]}'} 上启动：已被占用，"
        "或这个地址不能用；请用 --port 换一个。"
    )
