"""The standard library's reader of command lines, made to speak Chinese."""

import argparse
import re
from typing import Any, NoReturn

from sampler.faults import BadInput, Fault


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese and ends with code 2.

    Options are never shortened: what a script writes must not change its meaning later.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, add_help=False, allow_abbrev=False, formatter_class=_ChineseHelp)
        self._optionals.title = "选项"
        self._positionals.title = "文件"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """End with the fault that *message* tells, as bad input."""
        for pattern, words in USAGE_FAULTS:
            if found := re.search(pattern, message):
                message = words.format(*found.groups())
        raise BadInput([Fault("usage", self.prog, f"{message}；用 --help 查看写法")])


class _ChineseHelp(argparse.HelpFormatter):
    """Help whose own words are Chinese too."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


USAGE_FAULTS = (
    (r"unrecognized arguments: (.*)", "不认识“{}”"),
    (r"invalid choice: '?(.*?)'? \(choose from", "没有“{}”这个命令"),
    (r"argument (--?[\w-]+).*: expected one argument", "{} 后面要写内容"),
    (r"the following arguments are required: .*certificate", "没有给出证书文件"),
    (r"ignored explicit argument", "--json 后面不能写内容"),
)
"""What argparse complains of, and what a user is told instead."""
