"""`python -m bench.draw_papers`: how long do the papers of a draw take?

A made-up draw of 100 units in 11 fields with reserves, of a frame of the whole country; each
paper is made again and again in one process, as the service does.
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction

from bench.tables import Table, Value, surroundings
from web.papers.draw_papers.certificate import certificate_sheet
from web.papers.draw_papers.digests import frame_digest_sheet
from web.papers.draw_papers.facts import DrawFacts, SourceLine, UnitLine
from web.papers.draw_papers.lists import drawn_list, reserves_list
from web.papers.draw_papers.record import draw_record
from web.papers.draw_papers.workbook import drawn_workbook

PAPERS = 100
TARGET = 20
"""Seconds for 100 drawn lists."""

DRAWN, RESERVES, FIELDS = 100, 36, 11
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
KINDS: tuple[tuple[str, Callable[[DrawFacts], bytes]], ...] = (
    ("drawn list", drawn_list),
    ("reserves", reserves_list),
    ("draw record", draw_record),
    ("frame digest sheet", frame_digest_sheet),
    ("certificate sheet", certificate_sheet),
    ("workbook", drawn_workbook),
)


def a_draw(number: int) -> DrawFacts:
    """A draw whose names differ from those of the others."""
    places = [[f"演示领域{field}", 9 + (field == 0)] for field in range(FIELDS)]
    every = [
        UnitLine(
            f"9100{number:04d}{unit:010d}",
            f"演示第{number}批{unit}号检测技术服务有限公司",
            f"演示领域{unit % FIELDS}",
            unit // FIELDS + 1,
            "国家质检中心" if unit % 5 == 0 else "",
            str(Fraction(1, 50 + unit)),
        )
        for unit in range(DRAWN + RESERVES)
    ]
    return DrawFacts(
        title=f"演示计划{number}", document_no="", organ="演示总局", number=1,
        address=f"https://draws.example/published/draws/{number}/1", demo=True, void="",
        roster_day=date(2026, 3, 1), rows=53_834, eligible=50_000, excluded=0, root="ab" * 32,
        commitment={"plan": {"fields": places, "n": DRAWN}}, commitment_digest="cd" * 32,
        committed_at=NOON, opened_at=NOON, deadline=NOON, drawn_at=NOON, published_at=NOON,
        opens_on=None, certificate_sha256="ef" * 32, seed="12" * 32,
        certificate={"whole_digest": "34" * 32, "parts": {"seed": "56" * 32, "drawn": "78" * 32}},
        sources=(SourceLine("见证人甲", "见证人", "", "78" * 32, "春风"),) * 3,
        shown=True, drawn=tuple(every[:DRAWN]), reserves=tuple(every[DRAWN:]),
    )  # fmt: skip


def run() -> Table:
    """Each kind of paper *PAPERS* times, the drawn list first (it loads the face)."""
    rows: list[tuple[Value, ...]] = []
    draws = [a_draw(number) for number in range(PAPERS)]
    for name, make in KINDS:
        began, busy = time.perf_counter(), time.process_time()
        size = sum(len(make(draw)) for draw in draws)
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        target = TARGET if make is drawn_list else None
        rows.append((name, PAPERS, seconds, busy, target, size / PAPERS / 1000))
    head = ("paper", "papers", "wall s", "processor s", "target s", "KB each")
    return Table(
        "How long do the papers of a draw take?",
        head,
        rows,
        "One process, one paper after the other.",
    )


if __name__ == "__main__":
    sys.stdout.write(run().markdown())
    sys.stdout.write("".join(f"{name}: {told}\n" for name, told in surroundings().items()))
