"""The command line of the sampler: check, chances, commit, draw, verify.

Works without web or database: `python -m sampler …`. Exit code 0 if all is well, 1 if a
verification found something, 2 for bad input or a plan that cannot be drawn.
"""

import argparse
import gc
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sampler import bundle as files_of
from sampler import procedure
from sampler.arguments import Parser
from sampler.audit import Finding, audit
from sampler.commitment import FEWEST_SOURCES, types_json
from sampler.faults import BadInput, Fault, Infeasible
from sampler.files import load, load_roster, read_bytes, write_all
from sampler.frame import freeze
from sampler.hashing import canonical, normal
from sampler.report import (
    chances_json,
    chances_lines,
    check_json,
    check_lines,
    drawn_lines,
    fault_lines,
)
from sampler.teams.audit import audit as audit_teams
from sampler.teams.audit import is_of_teams
from sampler.teams.bundle import TASK

COMMITMENT = "commitment.json"
MACHINE_FILE = "machine.secret"
MACHINE_FORMAT = "spotcheck/machine/1"

PATIENCE = 1.0
"""Seconds after which the command begins to tell of its progress."""


class Reporter:
    """Tells on standard error what is being done, once it takes longer than a second."""

    STEPS = {  # noqa: RUF012 - a table of words
        "virtual draws": "模拟试抽",
        "levels": "计算机会的层次",
        "panels": "编制组合方案",
        "rows": "读取名单",
        "checks": "核对证书",
    }

    def __init__(self) -> None:
        self._next = time.monotonic() + PATIENCE

    def __call__(self, step: str, done: int, total: int) -> None:
        """Tell of *done* parts of *total*, at most once a second."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + PATIENCE
            share = f"{done}/{total}" if total else f"{done}"
            print(f"进行中：{self.STEPS.get(step, step)} {share}", file=sys.stderr, flush=True)


def parser(prog: str) -> Parser:
    """The parser of all commands."""
    top = Parser(prog=prog, description="双随机抽取：核对计划、计算机会、承诺、抽取、核对。")
    commands = top.add_subparsers(dest="command", title="命令", metavar="命令", parser_class=Parser)
    both = {"--plan": "计划文件（TOML）", "--roster": "名单文件（CSV 或 XLSX）"}
    _command(commands, "check", "核对计划与名单，说明能否抽取", both)
    _command(commands, "chances", "计算每家机构的机会", {**both, "--out": "结果目录"})
    commit = _command(commands, "commit", "写出承诺", {**both, "--out": "结果目录"})
    commit.add_argument("--source", action="append", default=[], help="来源名称，可多次给出")
    draw = _command(commands, "draw", "抽取；给出 --plan 和 --seed 为试抽", {"--out": "结果目录"})
    for option, words in {
        **both,
        "--commitment": "承诺文件 commitment.json",
        "--machine": "承诺时生成的 machine.secret",
    }.items():
        draw.add_argument(option, type=Path, help=words)
    draw.add_argument("--seed", action="append", default=[], help="试抽的种子，至少两个")
    draw.add_argument("--reveal", action="append", default=[], help="揭示：来源名称=内容")
    verify = commands.add_parser("verify", help="核对证书")
    verify.add_argument("certificate", type=Path, help="证书 certificate.json")
    verify.add_argument("--roster", type=Path, help="名单文件（CSV 或 XLSX）")
    verify.add_argument("--json", action="store_true", help="以 JSON 输出")
    return top


def _command(
    commands: "argparse._SubParsersAction[Parser]", name: str, words: str, needed: dict[str, str]
) -> Parser:
    command = commands.add_parser(name, help=words, description=words)
    for option, meaning in needed.items():
        command.add_argument(option, type=Path, help=meaning)
    command.add_argument("--json", action="store_true", help="以 JSON 输出")
    return command


def _needs(args: argparse.Namespace, *names: str) -> None:
    """Fault every option of *names* that was not given, all at once."""
    missing = [name for name in names if not getattr(args, name)]
    if missing:
        raise BadInput([Fault("missing_option", f"--{name}", "没有给出这一项") for name in missing])


def _refuse(args: argparse.Namespace, *names: str) -> None:
    """Fault every option of *names* that was given though it would not be looked at."""
    given = [name for name in names if getattr(args, name)]
    if given:
        message = "按承诺抽取时不能再给出这一项：计划和来源已在承诺中写定"
        raise BadInput([Fault("needless_option", f"--{name}", message) for name in given])


CHECKED = {
    "证书文字": "规定的写法、各部分摘要和总摘要、承诺摘要",
    "名单": "根摘要、编号次序、各类家数",
    "各家类别": "按公开栏逐行核对",
    "概率表": "各领域和各项数量、各行各列之和、概率在 0 与上限之间",
    "瓶颈说明": "每条的算术",
    "来源和种子": "来源及次序、机器份额、种子",
    "重新抽取": "取整或组合方案、签号、名次、候补",
}
"""What each check of the verifier looks at, in words."""

TO_COMPARE = "请与公布的承诺摘要比对"
"""Begins the one line that asks the reader, and on which nothing was found to agree."""


Answer = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and in words."""


def check(args: argparse.Namespace, report: Reporter) -> Answer:
    """Whether plan and roster fit, and whether the plan can be drawn."""
    _needs(args, "plan", "roster")
    prepared = procedure.prepare(*load(args.plan, args.roster, report))
    worked = procedure.chances(prepared, report)
    return check_json(prepared, worked), check_lines(prepared, worked)


def chances(args: argparse.Namespace, report: Reporter) -> Answer:
    """The chance of every unit, written to --out."""
    _needs(args, "plan", "roster", "out")
    prepared = procedure.prepare(*load(args.plan, args.roster, report))
    worked = procedure.chances(prepared, report)
    frame = freeze(prepared.plan, prepared.roster, prepared.typed, salt_key="")
    table = chances_json(prepared, worked)
    types = types_json(prepared.typed.problem, worked)
    data = {"types": types, "plan": prepared.plan.as_json()}
    files = {"chances.csv": [files_of.chances_csv(data, frame)], "chances.json": [canonical(table)]}
    write_all(args.out, files)
    written = [f"已写入 {args.out / name}" for name in files]
    return table, [*chances_lines(prepared, worked), *written]


def commit(args: argparse.Namespace, report: Reporter) -> Answer:
    """The commitment, before any seed exists."""
    _needs(args, "plan", "roster", "source", "out")
    if (args.out / MACHINE_FILE).exists() or (args.out / COMMITMENT).exists():
        message = "目录中已有一份承诺；承诺不得覆盖，请换一个目录"
        raise BadInput([Fault("already_committed", str(args.out), message)])
    prepared = procedure.prepare(*load(args.plan, args.roster, report))
    share, salt_key = secrets.token_hex(32), secrets.token_hex(32)
    worked = procedure.chances(prepared, report)
    committed = procedure.commit(
        prepared, worked, args.source, salt_key=salt_key, machine_share=share
    )
    machine = {"format": MACHINE_FORMAT, "machine_share": share, "salt_key": salt_key}
    files = {
        COMMITMENT: [canonical(committed.data)],
        "chances.csv": [files_of.chances_csv(committed.data, committed.frame)],
        MACHINE_FILE: [canonical(machine) + b"\n"],
    }
    write_all(args.out, files, secret=(MACHINE_FILE,))
    lines = [
        f"承诺摘要：{committed.digest}",
        f"名单根摘要：{committed.data['frame']['root']}",
        *chances_lines(prepared, worked),
        f"已写入 {args.out}；{MACHINE_FILE} 须妥善保管，抽取前不得公开",
    ]
    answer = {"commitment_digest": committed.digest, "root": committed.data["frame"]["root"]}
    return {**answer, "out": str(args.out)}, lines


def draw(args: argparse.Namespace, report: Reporter) -> Answer:
    """The draw of a commitment; with --plan and --seed a rehearsal."""
    if args.commitment or args.machine or args.reveal:
        _refuse(args, "plan", "seed")
        _needs(args, "commitment", "roster", "machine", "out")
        drawn = _held(args, report)
    else:
        _needs(args, "plan", "roster", "seed", "out")
        drawn = _rehearsed(args, report)
    _refuse_second_draw(args.out, canonical(drawn.certificate))
    files = files_of.contents(drawn.certificate, drawn.frame, drawn.outcome)
    write_all(args.out, files, secret=(files_of.SEALED,))
    answer = {
        "rehearsal": drawn.certificate["rehearsal"],
        "seed": drawn.certificate["seed"],
        "whole_digest": drawn.certificate["whole_digest"],
        "drawn": drawn.certificate["drawn"],
        "reserves": drawn.certificate["reserves"],
        "reserve_shortfalls": drawn.certificate["reserve_shortfalls"],
        "out": str(args.out),
    }
    return answer, [*drawn_lines(drawn), f"已写入 {args.out}"]


def _rehearsed(args: argparse.Namespace, report: Reporter) -> procedure.Drawn:
    if args.seed and len(args.seed) < FEWEST_SOURCES:
        message = f"试抽至少要有 {FEWEST_SOURCES} 个种子，现有 {len(args.seed)} 个"
        raise BadInput([Fault("too_few_seeds", "--seed", message)])
    prepared = procedure.prepare(*load(args.plan, args.roster, report))
    return procedure.rehearse(prepared, procedure.chances(prepared, report), args.seed)


def _held(args: argparse.Namespace, report: Reporter) -> procedure.Drawn:
    text = read_bytes(args.commitment, "承诺文件")
    data = _json_object(text, args.commitment)
    machine = _json_object(read_bytes(args.machine, "机器份额文件"), args.machine)
    if not procedure.is_canonical(text, data) or not {"plan", "frame", "machine"} <= set(data):
        message = "承诺文件残缺或被改动，不能据此抽取"
        raise BadInput([Fault("bad_commitment", str(args.commitment), message)])
    if data["machine"] is None or set(machine) != {"format", "machine_share", "salt_key"}:
        message = "不是正式承诺及其机器份额，不能据此抽取"
        raise BadInput([Fault("bad_machine", str(args.machine), message)])
    revealed, roster = _revealed(args.reveal), load_roster(args.roster, report)
    try:
        given = procedure.contributions(data, machine["machine_share"], revealed)
        return procedure.draw(procedure.reopen(data, roster, machine["salt_key"]), given)
    except BadInput:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        message = f"承诺文件或机器份额的内容残缺或被改动，不能据此抽取（{error!r}）"
        raise BadInput([Fault("bad_commitment", str(args.commitment), message)]) from None


def _json_object(text: bytes, path: Path) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (RecursionError, ValueError):
        data = None
    if not isinstance(data, dict):
        raise BadInput([Fault("not_json", str(path), "不是有效的 JSON 文件")])
    return data


def _revealed(pairs: Sequence[str]) -> dict[str, str]:
    faults: list[Fault] = []
    revealed: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = normal(pair).partition("=")
        if not equals or not text:
            faults.append(
                Fault("reveal_form", "--reveal", f"“{pair}”应写成“来源名称=内容”，内容不得为空")
            )
        elif name in revealed:
            faults.append(Fault("reveal_twice", "--reveal", f"来源“{name}”揭示了两次"))
        revealed[name] = text
    if faults:
        raise BadInput(faults)
    return revealed


def _refuse_second_draw(folder: Path, certificate: bytes) -> None:
    """A held draw is never overwritten; repeating it byte for byte changes nothing."""
    path = folder / "certificate.json"
    if not path.exists():
        return
    there = path.read_bytes()
    try:
        rehearsal = json.loads(there).get("rehearsal") is True
    except (ValueError, AttributeError):
        rehearsal = False
    if there != certificate and not rehearsal:
        message = "目录中已有一次抽取的证书；抽取结果不得覆盖，请换一个目录"
        raise BadInput([Fault("already_drawn", str(path), message)])


def verify(args: argparse.Namespace, report: Reporter) -> Answer:
    """Check a bundle; the answer's `agrees` decides the exit code."""
    folder = args.certificate.parent
    certificate = read_bytes(args.certificate, "证书")
    frame = read_bytes(folder / "frame.jsonl", "公开名单")
    secret = _kept(folder / files_of.SEALED, "封存文件")
    about: dict[str, str] = {}
    if is_of_teams(certificate):
        task = _kept(folder / TASK, "组队任务")
        findings = audit_teams(certificate, frame, secret, task)
        unproved = [] if task else ["未证明：没有 task.secret，不证明概率最优"]
    else:
        roster = load_roster(args.roster, report) if args.roster else None
        findings = audit(certificate, frame, secret, roster, report)
        about, unproved = CHECKED, ["未证明：除瓶颈说明外，不证明概率最优"]
    agrees = not any(finding.faults for finding in findings)
    lines = [line for finding in findings for line in _finding_lines(finding, about)]
    if secret is None:
        lines.append("未核对：没有 sealed.secret，只核对了公开栏和类别号，没有核对封存栏")
    lines += unproved
    lines.append("结论：全部一致" if agrees else "结论：有不一致，请保存本结果并向监督方反映")
    checks = [{"check": f.check, "faults": list(f.faults)} for f in findings]
    return {"agrees": agrees, "checks": checks, "sealed_checked": secret is not None}, lines


def _kept(path: Path, what: str) -> bytes | None:
    """A file that only the authority has."""
    return read_bytes(path, what) if path.exists() else None


def _finding_lines(finding: Finding, about: Mapping[str, str]) -> list[str]:
    told = f"（{about[finding.check]}）" if finding.check in about else ""
    mark = "不一致" if finding.faults else "一致　"
    if finding.check.startswith(TO_COMPARE):
        mark = "　　　"
    return [f"{mark}  {finding.check}{told}", *(f"        {fault}" for fault in finding.faults)]


COMMANDS: dict[str, Callable[[argparse.Namespace, Reporter], Answer]] = {
    "check": check,
    "chances": chances,
    "commit": commit,
    "draw": draw,
    "verify": verify,
}


def main(arguments: Sequence[str] | None = None, prog: str = "python -m sampler") -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        args = parser(prog).parse_args(given)
        if args.command is None:
            parser(prog).print_help()
            return 2
        with _collector_at_rest():
            answer, lines = COMMANDS[args.command](args, Reporter())
    except procedure.NotFeasible as infeasible:
        explanation, notes = infeasible.explanation, [str(note) for note in infeasible.notes]
        _say(
            as_json,
            {"ok": False, "infeasible": explanation.as_json(), "notes": notes},
            [*explanation.lines(), *(f"提醒：{note}" for note in notes)],
        )
        return 2
    except Infeasible as error:
        # no quota is to blame by itself: a cap that whole weights can only just not keep
        _say(as_json, {"ok": False, "infeasible": {"message": str(error)}}, [str(error)])
        return 2
    except BadInput as bad:
        faults = [{"code": f.code, "where": f.where, "message": f.message} for f in bad.faults]
        _say(as_json, {"ok": False, "faults": faults}, fault_lines(bad.faults))
        return 2
    agrees = answer.get("agrees", True)
    _say(as_json, {"ok": agrees, **answer}, lines, well=agrees)
    return 0 if agrees else 1


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Millions of cells and no cycle among them: looking for cycles takes a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _say(as_json: bool, answer: dict[str, Any], lines: Sequence[str], well: bool = False) -> None:
    """JSON always goes to standard output; words about trouble to standard error."""
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines), file=sys.stdout if well else sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
