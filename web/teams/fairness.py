"""The fairness report of a draw of teams: nobody is named in it, so it opens with the list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from inspections.draws import Draw
from inspections.plans import Plan
from inspections.teams.figures import FairnessReport
from web.papers.faces import SMALL, words
from web.papers.pieces import Cells, fact_table, grid, heading, title, verification
from web.papers.sheet import MEASURE, Margins, paper
from web.words.draws import percent
from web.words.times import moment

KIND = "检查人员选派公平性报告"


@dataclass(frozen=True)
class Counted:
    """Something that was counted by reasons."""

    title: str
    head: tuple[str, str]
    rows: tuple[tuple[str, int], ...]
    none: str


@dataclass(frozen=True)
class FairnessTold:
    """The report in words."""

    lines: tuple[tuple[str, str], ...]
    counted: tuple[Counted, ...]


def told(report: FairnessReport) -> FairnessTold:
    """What the report says, for pages and papers."""
    above = (
        f"；另有 {len(report.above)} 个席位可派的人太少，机会均等而高于此数" if report.above else ""
    )
    spread = "各人相同" if report.least == report.most else f"最多为最少的 {_times(report)} 倍"
    return FairnessTold(
        (
            ("可派人员", f"{report.people:,} 人"),
            ("席位", f"{report.slots:,} 个"),
            ("单席机会", f"最大 {percent(report.cap)}{above}"),
            ("预计负担", f"按在岗天数折算，{spread}"),
            ("空缺席位", f"{report.unfilled} 个"),
        ),
        (
            Counted(
                "抽取前的回避和轮换限制",
                ("理由", "项"),
                tuple((rule.label, count) for rule, count in report.bars.items()),
                "没有回避和轮换限制。",
            ),
            Counted(
                "抽取后的人员调整",
                ("理由", "次"),
                tuple((reason.label, count) for reason, count in report.stand_ins.items()),
                "没有调整。",
            ),
            Counted(
                "抽取后的回避申请和申报",
                ("结果", "项"),
                tuple((state.label, count) for state, count in report.recusals.items()),
                "没有回避申请和申报。",
            ),
        ),
    )


def _times(report: FairnessReport) -> str:
    return f"{float(report.most / report.least):.2f}"


@dataclass(frozen=True)
class FairnessFacts:
    """What the paper says.

    Attributes
    ----------
    state : what the head says beside the title; of demonstration data that it is one.
    """

    title: str
    number: int
    digest: str
    drawn_at: datetime | None
    address: str
    state: str
    report: FairnessTold
    signed_by: str = ""


def facts_of(
    plan: Plan, draw: Draw, report: FairnessReport, address: str, *, demo: bool
) -> FairnessFacts:
    """The facts of the paper of a held draw."""
    return FairnessFacts(
        title=plan.title,
        number=draw.number,
        digest=draw.certificate_sha256 or "",
        drawn_at=draw.drawn_at,
        address=address,
        state="演示数据" if demo else "",
        report=told(report),
    )


def fairness_sheet(facts: FairnessFacts) -> bytes:
    """The report as a paper."""
    head = f"{facts.title}　{KIND}"
    return paper(
        Margins(head, head, facts.state, f"证书文件 SHA-256：{facts.digest}"), _story(facts)
    )


def _story(facts: FairnessFacts) -> Iterator[Flowable]:
    under = f"（检查人员第 {facts.number} 次抽取）"
    yield from title(facts.title, KIND, under)
    yield fact_table([("抽取时间", moment(facts.drawn_at)), *facts.report.lines])
    yield Spacer(0, 2 * mm)
    yield words(
        "机会由抽取前公布的机会表决定：先求最小的机会上限，再使各人负担尽量均衡，最后才照顾路途和领域。"
        "本报告只有数目，不涉及任何个人。",
        SMALL,
    )
    for one in facts.report.counted:
        yield from heading(one.title)
        rows: list[Cells] = [[words(label), f"{count:,}"] for label, count in one.rows]
        widths = (MEASURE - 30 * mm, 30 * mm)
        yield grid(one.head, rows, widths, (1,)) if rows else words(one.none)
    scanned = "扫码打开公开页面，下载证书，由您自己的设备把抽取重算一遍。"
    yield from verification(facts.address, scanned, facts.signed_by)
