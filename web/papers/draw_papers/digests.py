"""The frame digest sheet: what is fixed before the draw, to be signed and kept by witnesses."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from web.papers.draw_papers.facts import DrawFacts
from web.papers.faces import SMALL, words
from web.papers.forms import signatures
from web.papers.pieces import Cells, fact_table, grid, heading, title, verification
from web.papers.sheet import MEASURE, Margins, paper
from web.words.times import long_day, moment

SHOWN = "扫码打开公开页面，下载承诺、公开名单和机会表，自行重算。"
LATER = "扫码打开公开页面；承诺、公开名单和机会表与抽查名单同时公开，届时可以自行重算。"


def frame_digest_sheet(facts: DrawFacts) -> bytes:
    """底册摘要单 of a draw whose commitment is public."""
    head = f"{facts.title}　底册摘要单"
    foot = f"承诺摘要：{facts.commitment_digest}"
    return paper(Margins(head, head, facts.state, foot), _story(facts))


def _story(facts: DrawFacts) -> Iterator[Flowable]:
    yield from title(facts.title, "底册摘要单", f"（{facts.state}）")
    yield fact_table(
        [
            ("名录截止日期", long_day(facts.roster_day)),
            (
                "底册",
                f"{facts.rows:,} 家：可以抽取 {facts.eligible:,} 家；"
                f"排除 {facts.excluded:,} 家，理由已记录",
            ),
            ("抽取家数", f"{facts.n:,} 家"),
            ("公布时间", moment(facts.committed_at)),
            ("底册根摘要", facts.root),
            ("承诺摘要", facts.commitment_digest),
        ]
    )
    yield Spacer(0, 2 * mm)
    yield words(
        "承诺摘要由底册、计划、每家机构的机会、种子来源和见证人封存的摘要一起算出；其中任何一字改动，"
        "摘要就会不同。请在抽取前把承诺摘要抄下或者拍照，抽取后与证书上的逐组比较。",
        SMALL,
    )
    yield from heading("领域名额")
    places: list[Cells] = [[words(name), f"{count:,}"] for name, count in facts.places]
    yield grid(("领域", "家数"), places, (MEASURE - 30 * mm, 30 * mm), (1,))
    yield from heading("见证")
    yield signatures(["主持人", "见证人"])
    yield from verification(facts.address, SHOWN if facts.shown else LATER, facts.signed_by)
