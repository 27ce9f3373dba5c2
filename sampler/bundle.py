"""The files of a draw, as bytes: what is published, and what stays with the authority."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files as package_files
from typing import Any

from sampler.certificate import chance_rows, drawn_rows
from sampler.draw import Outcome
from sampler.frame import Frame
from sampler.hashing import canonical

DRAWN_HEADER = ("unit_id", "name", "field", "rank", "is_reserve", "signature", "chance")
CHANCE_HEADER = ("unit_id", "name", "type", "chance", "chance_decimal", "reason")

SEALED = "sealed.secret"
"""Salts and sealed cells: for the authority alone."""

README = """双随机抽查 抽取结果文件包
{title}

一、文件
  certificate.json  抽取证书：承诺、来源与揭示、种子、抽中名单、候补、各部分摘要
  frame.jsonl       公开名单：每行一家机构（公开栏、封存值、类别号）
  drawn.csv         抽中名单与候补（is_reserve 为 1 的是候补），可用表格软件打开（UTF-8）
  chances.csv       每家机构抽取前的机会，以及为 0 或为 1 的原因
  verifier.py       独立核对程序，只用 Python 标准库
  sealed.secret     盐值与封存栏，仅供主管机关和监督人员保存，不得公开

二、怎样核对
  在装有 Python 3.11 以上版本的任何电脑上运行：
      python3 verifier.py certificate.json frame.jsonl
  每项显示“一致”即核对无误；退出码 0 为全部一致，1 为有不一致。

三、说明
  核对程序重新计算名单摘要、种子、抽取和候补，并核对每条瓶颈说明的算术；
  除此之外不证明概率最优。封存栏由持有 sealed.secret 的人员另行核对。
{rehearsal}"""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV table with one header line, UNIX line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def chances_csv(commitment: Mapping[str, Any], frame: Frame) -> bytes:
    """`chances.csv`: the chance of every unit of the frame."""
    return csv_text(CHANCE_HEADER, chance_rows(commitment, frame)).encode()


def drawn_csv(commitment: Mapping[str, Any], frame: Frame, outcome: Outcome) -> bytes:
    """`drawn.csv`: the drawn units and the reserves."""
    return csv_text(DRAWN_HEADER, drawn_rows(commitment, frame, outcome)).encode()


def verifier_source() -> bytes:
    """The stand-alone verifier that goes into every bundle."""
    return package_files("sampler").joinpath("verifier.py").read_bytes()


Chunks = Iterable[bytes]
"""A file piece by piece: a million lines need not be held twice."""


def contents(certificate: Mapping[str, Any], frame: Frame, outcome: Outcome) -> dict[str, Chunks]:
    """All files of a draw by name, each to be read once; `sealed.secret` must not be
    published."""
    commitment = certificate["commitment"]
    note = "本文件包出自试抽（rehearsal），不是正式抽取结果。\n" if certificate["rehearsal"] else ""
    readme = README.format(title=commitment["plan"]["name"], rehearsal=note)
    return {
        "certificate.json": [canonical(dict(certificate))],
        "frame.jsonl": (line + b"\n" for line in frame.lines),
        "drawn.csv": [drawn_csv(commitment, frame, outcome)],
        "chances.csv": [chances_csv(commitment, frame)],
        "verifier.py": [verifier_source()],
        "README.txt": [readme.encode()],
        SEALED: (f"{line}\n".encode() for line in frame.secrets()),
    }


def bundle(certificate: Mapping[str, Any], frame: Frame, outcome: Outcome) -> dict[str, bytes]:
    """The same files whole."""
    files = contents(certificate, frame, outcome)
    return {name: b"".join(chunks) for name, chunks in files.items()}
