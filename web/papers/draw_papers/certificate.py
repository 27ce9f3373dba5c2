"""The certificate sheet: the digests of a draw on one page, to be compared by hand."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from web.papers.draw_papers.facts import DrawFacts
from web.papers.faces import BODY, SMALL, words
from web.papers.forms import signatures
from web.papers.pieces import RECOMPUTED, fact_table, heading, title, verification
from web.papers.sheet import Margins, paper
from web.words.times import moment

PARTS = {
    "commitment": "承诺",
    "contributions": "来源的值",
    "seed": "种子",
    "drawn": "抽中名单",
    "reserves": "候补",
    "reserve_shortfalls": "候补不足",
}
"""The parts of a certificate (docs/draw.md, section 8)."""


def certificate_sheet(facts: DrawFacts) -> bytes:
    """抽取证书 of a draw whose list is open."""
    head = f"{facts.title}　抽取证书"
    foot = f"证书文件 SHA-256：{facts.certificate_sha256}"
    return paper(Margins(head, head, facts.state, foot), _story(facts))


def _story(facts: DrawFacts) -> Iterator[Flowable]:
    yield from title(facts.title, "抽取证书", f"（{facts.state}）")
    yield words(
        f"{moment(facts.drawn_at)}，按照抽取前公布的底册、名额和机会，从 {facts.rows:,} 家机构中"
        f"抽取 {len(facts.drawn):,} 家，候补 {len(facts.reserves):,} 家。结果由下列种子唯一确定，"
        "任何人可以重算。",
        BODY,
    )
    if facts.void:
        yield words(f"本次抽取已作废，理由：{facts.void}。", BODY)
    yield Spacer(0, 3 * mm)
    yield fact_table(
        [
            ("承诺摘要", facts.commitment_digest),
            ("底册根摘要", facts.root),
            ("种子", facts.seed),
            ("证书总摘要", str(facts.certificate["whole_digest"])),
            ("证书文件摘要", facts.certificate_sha256),
        ]
    )
    yield from heading("各部分摘要")
    parts = facts.certificate["parts"]
    yield fact_table((label, parts[name]) for name, label in PARTS.items() if name in parts)
    yield Spacer(0, 2 * mm)
    yield words("本页是摘要；证书以公开页面上的 certificate.json 为准。", SMALL)
    yield Spacer(0, 2 * mm)
    yield signatures(["发起部门", "纪检监督"])
    yield from verification(facts.address, RECOMPUTED, facts.signed_by)
