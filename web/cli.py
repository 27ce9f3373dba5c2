"""The command `spotcheck`."""

import socket
import sys
from pathlib import Path

import click

from rosters.demo import FEWEST_NATIONAL, MOST_UNITS, DemoImpossible, demo_roster, write_demo_roster
from sampler.__main__ import main as sampler_main
from web.serving import serve
from web.settings import NATIONAL, SEED, UNITS, DemoSize, demo_settings

FIRST_PORT, PORTS_TRIED = 8000, 20


@click.group()
def main() -> None:
    """双随机抽查平台。"""


@main.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def sampler(arguments: tuple[str, ...]) -> None:
    """核对计划、计算机会、承诺、抽取、核对（spotcheck sampler --help）。"""
    sys.exit(sampler_main(arguments, prog="spotcheck sampler"))


@main.group()
def demo() -> None:
    """演示数据。"""


@demo.command("roster")
@click.option("--units", type=click.IntRange(1, MOST_UNITS), default=UNITS, show_default=True)
@click.option("--national", type=click.IntRange(0), default=NATIONAL, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def demo_roster_file(units: int, national: int, seed: int, out: Path) -> None:
    """造一份演示名录（CSV）。"""
    try:
        rows = demo_roster(units, national, seed)
        # made completely before the file is touched
        whole = list(rows)
        with out.open("wb") as stream:
            write_demo_roster(whole, stream)
    except DemoImpossible as impossible:
        raise click.UsageError(str(impossible)) from None
    except OSError as error:
        raise click.FileError(str(out), error.strerror) from None
    click.echo(f"已写入 {out}：{units:,} 家，其中国家级 {national:,} 家（演示数据）")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", type=click.IntRange(1, 65535), help="端口；不填时从 8000 起找空闲的")
@click.option(
    "--units",
    type=click.IntRange(2_000, MOST_UNITS),
    default=UNITS,
    show_default=True,
    help="演示名录的机构数",
)
def run(host: str, port: int | None, units: int) -> None:
    """启动演示服务，并显示网址。"""
    national = max(FEWEST_NATIONAL, round(units * NATIONAL / UNITS))
    size = DemoSize(units, national, SEED)
    listener = _listen(host, port)
    click.echo(f"正在准备演示名录（{units:,} 家）…")
    address, number = listener.getsockname()[:2]
    ready = (
        f"双随机抽查平台（演示数据）已启动：http://{address}:{number}\n"
        "用浏览器打开上面的网址。这一部分不需要账号；按 Ctrl+C 停止，停止时试算数据全部删除。"
    )
    serve(demo_settings(size), listener, lambda: click.echo(ready))


def _listen(host: str, port: int | None) -> socket.socket:
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
