"""The draw record: what happened in the hall, to be signed by all who were there."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from web.papers.draw_papers.facts import DrawFacts, SourceLine
from web.papers.faces import SMALL, words
from web.papers.forms import signatures
from web.papers.pieces import (
    RECOMPUTED,
    Cells,
    digest,
    fact_table,
    grid,
    heading,
    title,
    verification,
)
from web.papers.sheet import MEASURE, Margins, paper
from web.words.times import to_the_second


def draw_record(facts: DrawFacts) -> bytes:
    """抽取记录 of a draw whose list is open."""
    head = f"{facts.title}　抽取记录"
    foot = f"证书文件 SHA-256：{facts.certificate_sha256}"
    return paper(Margins(head, head, facts.state, foot), _story(facts))


def _story(facts: DrawFacts) -> Iterator[Flowable]:
    yield from title(facts.title, "抽取记录", f"（{facts.state}）")
    yield fact_table(_facts(facts))
    if facts.void:
        yield words(f"本次抽取已作废，理由：{facts.void}。抽取经过和结果仍全部公开。", SMALL)
    yield from heading("种子来源")
    yield _sources(facts)
    yield Spacer(0, 2 * mm)
    yield words(
        "见证人在抽取前封存各自的数，只公布其摘要；公布承诺后揭示。没有揭示的按空值计入，抽取不重来。",
        SMALL,
    )
    yield from heading("抽取结果")
    yield _outcome(facts)
    yield from heading("签署")
    witnesses = [f"见证人：{source.name}" for source in facts.sources if source.kind == "见证人"]
    yield signatures(["主持人", "操作人员", "纪检监督人员", *witnesses])
    yield from verification(facts.address, RECOMPUTED, facts.signed_by)


def _facts(facts: DrawFacts) -> list[tuple[str, str]]:
    return [
        ("发起部门", facts.organ or "—"),
        ("文号", facts.document_no or "—"),
        ("底册", f"{facts.rows:,} 家，可抽 {facts.eligible:,} 家，排除 {facts.excluded:,} 家"),
        ("公布承诺", to_the_second(facts.committed_at)),
        ("开始揭示", to_the_second(facts.opened_at)),
        ("揭示截止", to_the_second(facts.deadline)),
        ("抽取", to_the_second(facts.drawn_at)),
        ("名单公开", to_the_second(facts.published_at)),
        ("底册根摘要", facts.root),
        ("承诺摘要", facts.commitment_digest),
        ("种子", facts.seed),
    ]


def _sources(facts: DrawFacts) -> Flowable:
    rows = [
        [
            words(one.name),
            words(one.kind),
            words(one.value or "未揭示，按空值计入"),
            words(_told(one)),
        ]
        for one in facts.sources
    ]
    widths = (30 * mm, 26 * mm, 42 * mm, MEASURE - 98 * mm)
    return grid(("来源", "种类", "揭示的值", "事先公布"), rows, widths)


def _told(source: SourceLine) -> str:
    return digest(source.promise) if source.promise else source.address or "当众产生"


def _outcome(facts: DrawFacts) -> Flowable:
    drawn = {field.name: len(field.units) for field in facts.by_field(facts.drawn)}
    reserves = {field.name: len(field.units) for field in facts.by_field(facts.reserves)}
    places = facts.places or [("全部", facts.n)]
    rows: list[Cells] = [
        [words(name), f"{count:,}", f"{drawn.get(name, 0):,}", f"{reserves.get(name, 0):,}"]
        for name, count in places
    ]
    rows.append(["合计", f"{facts.n:,}", f"{len(facts.drawn):,}", f"{len(facts.reserves):,}"])
    widths = (MEASURE - 66 * mm, 22 * mm, 22 * mm, 22 * mm)
    return grid(("领域", "名额", "抽中", "候补"), rows, widths, (1, 2, 3))
