"""The command `spotcheck`."""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from rosters.demo.rows import MOST_UNITS, DemoImpossible, demo_roster, write_demo_roster
from sampler.__main__ import main as sampler_main
from web.settings import NATIONAL, SEED, UNITS

SERVICE = {
    "run": "service:run",
    "serve": "service:serve",
    "worker": "service:worker",
    "db": "data:db",
    "users": "users:users",
    "trail": "trail:trail",
    "backup": "data:back_up",
    "restore": "data:bring_back",
    "tidy": "tidy:tidy",
    "rosters": "rosters:rosters",
}
"""Commands that need the whole service, and where they stand in `web.commands`."""


class Commands(click.Group):
    """Loads the service only for a command that needs it: a draw should start at once."""

    def __init__(self, *arguments: Any, service: Mapping[str, str], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.service = service

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which one meets them."""
        return [*self.service, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in self.service:
            return super().get_command(ctx, cmd_name)
        module, name = self.service[cmd_name].split(":")
        command: click.Command = getattr(import_module(f"web.commands.{module}"), name)
        return command


@click.group(cls=Commands, service=SERVICE)
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


@main.group(cls=Commands, service={"world": "rosters:world"})
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
