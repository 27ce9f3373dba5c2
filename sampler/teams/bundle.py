"""The files of a draw of teams, as bytes: what is published, and what stays sealed."""

from collections.abc import Mapping
from importlib.resources import files as package_files
from typing import Any

from sampler.bundle import SEALED, csv_text
from sampler.hashing import canonical
from sampler.teams.certificate import chance_rows, load_rows, member_rows
from sampler.teams.frame import TeamFrame
from sampler.teams.holding import TeamOutcome
from sampler.teams.task import task_to_json

TASK = "task.secret"
"""The frozen task: leave, relations and institutions' regions are for the authority alone."""

MEMBER_HEADER = ("slot", "inspector", "rank", "chance", "chance_decimal")
CHANCE_HEADER = ("slot", "type", "members", "chance", "chance_decimal")
LOAD_HEADER = ("inspector", "type", "expected", "expected_decimal", "drawn")

README = """双随机抽查 检查人员抽取结果文件包

一、文件
  certificate.json  抽取证书：承诺、来源与揭示、种子、各席位人员、候补、各部分摘要
  frame.jsonl       检查人员名单：每行一人（编号、封存值、类别号）
  members.csv       各席位抽中人员（rank 为 0）与候补（按 rank 次序），可用表格软件打开（UTF-8）
  chances.csv       各类人员在每个席位的机会；未列出的类别机会为 0
  loads.csv         每人预期检查次数与抽中次数
  verifier.py       独立核对程序，只用 Python 标准库
  sealed.secret     盐值与封存栏，仅供主管机关和监督人员保存，不得公开
  task.secret       冻结的组队任务，仅供主管机关和监督人员保存，不得公开

二、怎样核对
  在装有 Python 3.11 以上版本的任何电脑上运行：
      python3 verifier.py certificate.json frame.jsonl
  每项显示“一致”即核对无误；退出码 0 为全部一致，1 为有不一致。

三、说明
  核对程序重新计算名单摘要、种子、各席位人员和候补，并核对概率表的各项上限与合计；
  不证明概率最优，也不核对封存栏（请假、回避等），封存栏由持有 sealed.secret 的人员另行核对。
{rehearsal}"""


def verifier_source() -> bytes:
    """The stand-alone verifier that goes into every bundle of teams."""
    return package_files("sampler.teams").joinpath("verifier.py").read_bytes()


def team_bundle(
    certificate: Mapping[str, Any], frame: TeamFrame, outcome: TeamOutcome
) -> dict[str, bytes]:
    """All files of a draw of teams by name; those in `.secret` must not be published."""
    commitment = certificate["commitment"]
    note = "本文件包出自试抽（rehearsal），不是正式抽取结果。\n" if certificate["rehearsal"] else ""
    loads = load_rows(commitment, frame.inspector_ids, frame.types, outcome)
    return {
        "certificate.json": canonical(dict(certificate)),
        "frame.jsonl": b"".join(line + b"\n" for line in frame.lines),
        "members.csv": csv_text(MEMBER_HEADER, member_rows(outcome)).encode(),
        "chances.csv": csv_text(CHANCE_HEADER, chance_rows(commitment)).encode(),
        "loads.csv": csv_text(LOAD_HEADER, loads).encode(),
        "verifier.py": verifier_source(),
        "README.txt": README.format(rehearsal=note).encode(),
        SEALED: "".join(f"{line}\n" for line in frame.secrets()).encode(),
        TASK: canonical(task_to_json(frame.eligible.task)),
    }
