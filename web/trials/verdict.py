"""What an audit found, in words for somebody who has never heard of a hash."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sampler.audit import Finding

MEANINGS = {
    "证书文字": ("证书没有改过", "证书每一部分与它自己的摘要一致，一个字节也没有变"),
    "名单": ("名单没有改过", "按公开名单重新算出的根摘要，与承诺时公布的一致"),
    "各家类别": ("各家归类正确", "每家机构的公开栏与它的类别相符，必查和排除都有名有据"),
    "概率表": ("机会表算得对", "每家机会在 0 与上限之间，各项名额、交叉要求和合计都相等"),
    "瓶颈说明": ("“为什么不能再高”说得对", "每一级机会的理由，其中的算式都成立"),
    "来源和种子": ("种子算得对", "由承诺摘要和各来源给出的内容重新合成，结果相同"),
    "重新抽取": ("抽中名单和候补算得对", "用种子把抽取重做一遍，每一家、每个次序都相同"),
    "封存栏与封存值": ("封存的内容没有换过", "封存栏与抽取时的封存值逐行一致"),
    "每家机构的类别（含封存栏）": ("封存栏也归类正确", "用全部栏目重新归类，与公开名单一致"),
    "整份证书由承诺和揭示重做": (
        "整份证书重做得出",
        "由承诺和各方所出的内容重做整份，逐项相同",
    ),
    "名单的写法和栏目": ("公开名单写法规范", "公开名单每行的写法、栏目与承诺所列一致"),
    "文件格式": ("文件能读", "两个文件应为同一次抽取的证书和公开名单"),
}

TO_COMPARE = "请与公布的承诺摘要比对"


@dataclass(frozen=True)
class Check:
    """One check as it is shown."""

    title: str
    meaning: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """All checks, and what the certificate says of itself (nothing if it cannot be read)."""

    checks: tuple[Check, ...]
    seconds: float
    promised: str = ""
    title: str = ""
    rehearsal: bool = False
    rows: int = 0
    drawn: int = 0
    digest: str = ""

    @property
    def agrees(self) -> bool:
        """Whether nothing is wrong."""
        return not any(check.faults for check in self.checks)


def checks(findings: Sequence[Finding]) -> tuple[Check, ...]:
    """Findings with their titles and meanings; without the one that only a reader can make."""
    return tuple(
        Check(*MEANINGS.get(finding.check, (finding.check, "")), finding.faults)
        for finding in findings
        if not finding.check.startswith(TO_COMPARE)
    )


def promised(findings: Sequence[Finding]) -> str:
    """The digest of the commitment, which a reader has to compare with the published one."""
    told = (f.check.partition("：")[2] for f in findings if f.check.startswith(TO_COMPARE))
    return next(told, "")


def explained(certificate: bytes, findings: Sequence[Finding], seconds: float) -> Verdict:
    """The verdict on two files."""
    try:
        about = _about(json.loads(certificate))
    except (LookupError, RecursionError, TypeError, ValueError):
        about = {}
    return Verdict(checks(findings), seconds, promised(findings), **about)


def _about(certificate: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": str(certificate["commitment"]["plan"]["name"]),
        "rehearsal": certificate["rehearsal"] is True,
        "rows": int(certificate["commitment"]["frame"]["rows"]),
        "drawn": len(certificate["drawn"]),
        "digest": str(certificate["whole_digest"]),
    }
