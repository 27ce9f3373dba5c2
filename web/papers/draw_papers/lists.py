"""The drawn list and the list of reserves, by field."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Spacer

from web.papers.draw_papers.facts import DrawFacts, FieldUnits, UnitLine
from web.papers.faces import SMALL, words
from web.papers.pieces import Cells, fact_table, fitting, grid, title, verification
from web.papers.sheet import MEASURE, Margins, paper
from web.words.draws import percent
from web.words.times import moment

WIDTHS = (12 * mm, 76 * mm, 44 * mm, MEASURE - 132 * mm)
RESERVE_WIDTHS = (12 * mm, 70 * mm, 44 * mm, MEASURE - 126 * mm)
WIDE = 18
"""Characters of a name, or of a code, that fit on a line."""

TOLD = "扫码打开公开页面，下载证书和公开名单，由您自己的设备把抽取重算一遍。"


def drawn_list(facts: DrawFacts) -> bytes:
    """抽查名单 of a draw whose list is open."""
    return paper(_margins(facts, "抽查名单"), _drawn_story(facts))


def reserves_list(facts: DrawFacts) -> bytes:
    """候补名单: who steps in, in which order."""
    return paper(_margins(facts, "候补名单"), _reserve_story(facts))


def _margins(facts: DrawFacts, kind: str) -> Margins:
    head = f"{facts.title}　{kind}"
    return Margins(head, head, facts.state, f"证书文件 SHA-256：{facts.certificate_sha256}")


def _drawn_story(facts: DrawFacts) -> Iterator[Flowable]:
    yield from title(facts.title, "抽查名单", f"（{facts.state}）")
    yield fact_table(
        [
            ("抽取时间", moment(facts.drawn_at)),
            ("底册", f"{facts.rows:,} 家，可抽 {facts.eligible:,} 家"),
            ("抽中", f"{len(facts.drawn):,} 家；候补 {len(facts.reserves):,} 家，另见候补名单"),
            ("种子", facts.seed),
        ]
    )
    yield Spacer(0, 3 * mm)
    yield words("序号是本领域内的抽取次序；机会是抽取前公布的概率。", SMALL)
    for field in facts.by_field(facts.drawn):
        yield CondPageBreak(36 * mm)
        yield _drawn_table(field, facts.decimals)
    yield from verification(facts.address, TOLD, facts.signed_by)


def _drawn_table(field: FieldUnits, decimals: int) -> Flowable:
    rows = [[*_named(unit), percent(unit.probability, decimals)] for unit in field.units]
    over = f"{field.name}（{len(field.units)} 家）"
    return grid(("序号", "机构名称", "机构编号", "机会"), rows, WIDTHS, (0, 3), over)


def _named(unit: UnitLine) -> list[str | Flowable]:
    return [str(unit.rank), fitting(unit.name, WIDE), fitting(unit.unit_id, WIDE)]


def _reserve_story(facts: DrawFacts) -> Iterator[Flowable]:
    yield from title(facts.title, "候补名单", f"（{facts.state}）")
    yield words(
        "抽中机构注销、迁出、停业、已被检查或者遇不可抗力的，由同一领域、符合同样交叉要求、"
        "次序在前的候补机构递补。每次递补由两人签署，作为证书附录公布。次序接在抽中机构之后。"
    )
    yield Spacer(0, 3 * mm)
    for field in facts.by_field(facts.reserves):
        yield CondPageBreak(36 * mm)
        rows: list[Cells] = [
            [*_named(unit), words(unit.signature.replace("|", "、") or "—")] for unit in field.units
        ]
        over = f"{field.name}（{len(field.units)} 家）"
        head = ("次序", "机构名称", "机构编号", "符合的交叉要求")
        yield grid(head, rows, RESERVE_WIDTHS, (0,), over)
    if not facts.reserves:
        yield words("本次抽取没有候补机构。")
    yield from verification(facts.address, TOLD, facts.signed_by)
