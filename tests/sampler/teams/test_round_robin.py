"""The second draw beside dealing in turn, as platforms do it: the table in docs/teams.md."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from pathlib import Path

from sampler.teams.procedure import chances, prepare
from sampler.teams.rules import Rule
from sampler.teams.rulings import Rulings
from sampler.teams.task import Bar, TeamTask
from tests.sampler.teams.tasks import officer, slot, task, visit

DOCUMENT = Path(__file__).parents[3] / "docs" / "teams.md"

EXAMPLE = task(
    [visit(n, f"第{n}周") for n in (1, 2, 3, 4)],
    [row for n in (1, 2, 3, 4) for row in (slot(n, "组员"), slot(n, "组长", leader=True))],
    [officer(n, leader=n <= 3, capacity=2) for n in range(1, 7)],
    bars=(Bar("001", "p01", Rule.RECUSAL_SHARE), Bar("002", "p04", Rule.ROTATION)),
)
"""Four visits of a leader and a member; six officers, three of whom may lead; two bars."""

Dealt = dict[str, str]
"""Slot id -> inspector id."""


def deal(whole: TeamTask, order: tuple[str, ...], start: int) -> Dealt | None:
    """Dealing in turn: leader, then member, of one visit after the other, each to the next on
    the list who may; None if nobody is left who may."""
    rulings = Rulings(prepare(whole).eligible)
    people = rulings.eligible.task.inspectors
    served: Counter[str] = Counter()
    dealt: Dealt = {}
    slots = {row.id: row for row in whole.slots}
    for slot_id in (f"{name}/{role}" for name in order for role in ("组长", "组员")):
        row = slots[slot_id]
        team = {who for other, who in dealt.items() if slots[other].visit == row.visit}
        turn = [people[(start + step) % len(people)] for step in range(len(people))]
        able = (
            person
            for person in turn
            if not rulings.against(row, person)
            and person.id not in team
            and served[person.id] < person.capacity
        )
        person = next(able, None)
        if person is None:
            return None
        dealt[slot_id] = person.id
        served[person.id] += 1
        start = people.index(person) + 1
    return dealt


def all_deals(whole: TeamTask) -> Iterator[Dealt | None]:
    """Every order of the visits with every place on the list to begin at."""
    for order in permutations(row.id for row in whole.visits):
        for start in range(len(whole.inspectors)):
            yield deal(whole, order, start)


def percent(share: Fraction) -> str:
    return f"{float(share * 100):.1f} %"


def printed() -> list[str]:
    """The rows of the table: slot, inspector by inspector, dealing / drawing."""
    deals = list(all_deals(EXAMPLE))
    done = [dealt for dealt in deals if dealt is not None]
    worked = chances(prepare(EXAMPLE))
    rows = []
    for row in EXAMPLE.in_order().slots:
        counts = Counter(dealt[row.id] for dealt in done)
        cells = [
            f"{percent(Fraction(counts[p.id], len(done)))} / {percent(worked.chance(row.id, p.id))}"
            for p in EXAMPLE.inspectors
        ]
        rows.append(f"| {row.id} | {' | '.join(cells)} |")
    loads = Counter(who for dealt in done for who in dealt.values())
    cells = [
        f"{float(Fraction(loads[p.id], len(done))):.2f} / {float(worked.load(p.id)):.2f}"
        for p in EXAMPLE.inspectors
    ]
    return [*rows, f"| expected visits | {' | '.join(cells)} |"]


def test_the_document_prints_the_figures_of_both() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    for row in printed():
        assert row in text


def test_dealing_runs_dry_where_the_draw_does_not() -> None:
    deals = list(all_deals(EXAMPLE))
    dry = sum(dealt is None for dealt in deals)

    sentence = (
        f"In {dry} of the {len(deals)} cases dealing ends with a slot that nobody is left for"
    )
    assert sentence in DOCUMENT.read_text(encoding="utf-8")
