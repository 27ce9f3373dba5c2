"""Forged certificates: each forgery is found by the check that is made for it."""

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from sampler import procedure
from sampler.audit import audit
from sampler.bundle import SEALED
from sampler.frame import Frame, freeze
from sampler.procedure import Drawn
from sampler.quotas import Cross
from sampler.seeds import Contribution
from sampler.unit_types import Typed
from tests.sampler.builders import (
    SALT_KEY,
    Case,
    files_of,
    where,
)
from tests.sampler.forgery import (
    Data,
    by_cuts,
    by_panels,
    drawn_from,
    found_after,
    found_if_committed,
    found_in,
    frame_of,
    held,
    published,
    root_of,
    small,
    touched,
)

# -- what was drawn

DRAWS = pytest.mark.parametrize("draw", [by_cuts, by_panels], ids=["cuts", "panels"])


@DRAWS
def test_the_tools_of_the_forger_leave_an_honest_draw_as_it_is(draw: Callable[[], Drawn]) -> None:
    assert touched(draw(), dict) == drawn_from(draw(), dict) == files_of(draw())["certificate.json"]


@DRAWS
def test_a_drawn_unit_exchanged_for_one_of_its_own_type(draw: Callable[[], Drawn]) -> None:
    def exchange(certificate: Data) -> None:
        ids = {pick["unit_id"] for pick in certificate["drawn"] + certificate["reserves"]}
        frame = draw().frame
        pick, other = next(
            (pick, unit)
            for pick in certificate["drawn"]
            for unit, number in zip(frame.unit_ids, frame.types, strict=True)
            if number == pick["type"] and unit not in ids
        )
        pick["unit_id"] = other

    assert found_after(draw(), exchange) == {"重新抽取"}


@DRAWS
def test_a_reserve_left_out(draw: Callable[[], Drawn]) -> None:
    assert found_after(draw(), lambda x: x["reserves"].pop()) == {"重新抽取"}


@DRAWS
def test_the_order_of_two_reserves_changed(draw: Callable[[], Drawn]) -> None:
    def change(certificate: Data) -> None:
        first, second, *_ = certificate["reserves"]
        first["rank"], second["rank"] = second["rank"], first["rank"] + 5

    assert found_after(draw(), change) == {"重新抽取"}


# -- how it was drawn --------------------------------------------------------------------


@DRAWS
def test_a_seed_that_was_chosen(draw: Callable[[], Drawn]) -> None:
    assert "来源和种子" in found_after(draw(), lambda x: x.update(seed="0" * 64))


@DRAWS
def test_a_reveal_changed_after_the_draw(draw: Callable[[], Drawn]) -> None:
    assert "来源和种子" in found_after(draw(), lambda x: x["contributions"][2].update(value="8"))


@DRAWS
def test_a_source_dropped(draw: Callable[[], Drawn]) -> None:
    assert "来源和种子" in found_after(draw(), lambda x: x["contributions"].pop())


def test_a_source_dropped_from_the_commitment_as_well() -> None:
    forged = by_cuts().certificate["contributions"][:2]
    committed = small().commitment(("公证处", "彩票")).data
    committed["sources"] = ["公证处"]
    given = [Contribution(c["source"], c["value"] or None) for c in forged]
    drawn = procedure.draw(procedure.reopen(committed, small().roster, SALT_KEY), given)

    assert found_in(*published(drawn)) == {"来源和种子"}


@DRAWS
def test_a_machine_share_other_than_the_promised(draw: Callable[[], Drawn]) -> None:
    assert found_if_committed(draw(), lambda x: x.update(machine="0" * 64)) == {"来源和种子"}


# -- what was committed ------------------------------------------------------------------


def test_chances_moved_from_one_type_to_another() -> None:
    def favour(commitment: Data) -> None:
        # within the cap, and every count still right: only the bottlenecks tell
        cells, types = commitment["chances"]["cells"], commitment["types"]
        denominator = int(commitment["chances"]["denominator"])
        poor, rich = two_alike(types, cells)
        for cell, step in ((poor, -1), (rich, 1)):
            cell[2] = str(int(cell[2]) + step)
            t = types[cell[0] - 1]
            total = sum(int(v) for number, _, v in cells if number == cell[0])
            chance = Fraction(total, denominator * t["units"])
            t["chance"] = f"{chance.numerator}/{chance.denominator}"

    assert found_if_committed(by_cuts(), favour) == {"瓶颈说明"}


def two_alike(types: list[Data], cells: list[list[Any]]) -> tuple[list[Any], list[Any]]:
    """Two cells of one place whose types share their cross values and pool."""
    ordinary = {t["number"]: t for t in types if t["kind"] == "ordinary"}
    return next(
        (a, b)
        for a in cells
        for b in cells
        if a[1] == b[1]
        and a[0] != b[0]
        and {a[0], b[0]} <= ordinary.keys()
        and ordinary[a[0]]["cross"] == ordinary[b[0]]["cross"]
    )


def test_a_table_that_does_not_give_the_published_chances() -> None:
    def change(commitment: Data) -> None:
        poor, rich = two_alike(commitment["types"], commitment["chances"]["cells"])
        poor[2], rich[2] = str(int(poor[2]) - 1), str(int(rich[2]) + 1)

    assert "概率表" in found_if_committed(by_cuts(), change)


def test_a_panel_that_breaks_a_quota() -> None:
    def change(commitment: Data) -> None:
        panel = commitment["chances"]["panels"][0]
        panel[0][2] += 1

    assert "概率表" in found_if_committed(by_panels(), change)


def test_weights_of_the_panels_that_do_not_give_the_published_chances() -> None:
    def change(commitment: Data) -> None:
        weights_ = commitment["chances"]["weights"]
        weights_[0], weights_[1] = weights_[0] - 1, weights_[1] + 1

    assert found_if_committed(by_panels(), change) == {"概率表"}


def test_a_field_count_changed_in_the_plan() -> None:
    def change(commitment: Data) -> None:
        fields = commitment["plan"]["fields"]
        fields[0][1], fields[1][1] = fields[0][1] + 1, fields[1][1] - 1

    assert "概率表" in found_if_committed(by_cuts(), change)


@DRAWS
def test_a_cross_quota_changed_in_the_plan(draw: Callable[[], Drawn]) -> None:
    def change(commitment: Data) -> None:
        commitment["plan"]["cross"][0] |= {"min": 0, "max": 0}

    assert "概率表" in found_if_committed(draw(), change)


@DRAWS
def test_a_chance_above_the_cap_of_the_plan(draw: Callable[[], Drawn]) -> None:
    found = found_if_committed(draw(), lambda x: x["plan"].update(cap="1/1000"))

    assert "概率表" in found


@pytest.mark.parametrize("name", ["value", "types", "places", "n"])
def test_the_arithmetic_of_a_bottleneck(name: str) -> None:
    def change(commitment: Data) -> None:
        level = commitment["chances"]["levels"][0]
        others = {t["number"] for t in commitment["types"] if t["kind"] == "ordinary"}
        level[name] = {
            "value": "1/1000003",
            "types": sorted(others - set(level["types"])),
            "places": [f for f in range(3) if f not in level["places"]],
            "n": level["n"] + 1,
        }[name]

    assert found_if_committed(by_cuts(), change) == {"瓶颈说明"}


def test_a_weight_other_than_the_committed_one() -> None:
    def change(commitment: Data) -> None:
        for t in commitment["types"]:
            if t["weight"] == "4":
                t["weight"] = "3"

    assert found_if_committed(by_cuts(), change) == {"瓶颈说明"}


# -- who stands where --------------------------------------------------------------------


def with_types(frame: Frame, moved: dict[str, int]) -> Frame:
    """The frame with the types of some rows exchanged for others."""
    numbers = frame.typed.numbers.copy()
    for i, unit_id in enumerate(frame.roster.cells["unit_id"]):
        numbers[i] = moved.get(unit_id, numbers[i])
    return freeze(small().plan, frame.roster, Typed(frame.typed.problem, numbers), frame.salt_key)


def type_where(kind: str, *, more: bool = False) -> int:
    """Number of a type of this kind; *more* one of several units."""
    types = by_cuts().certificate["commitment"]["types"]
    return int(
        next(t["number"] for t in types if t["kind"] == kind and (t["units"] > 1 or not more))
    )


def units_of(kind: str) -> list[str]:
    numbers = {
        t["number"] for t in by_cuts().certificate["commitment"]["types"] if t["kind"] == kind
    }
    frame = by_cuts().frame
    return [u for u, n in zip(frame.unit_ids, frame.types, strict=True) if n in numbers]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("ordinary", "outside"),
        ("outside", "ordinary"),
        ("ordinary", "excluded"),
        ("excluded", "ordinary"),
        ("certain", "ordinary"),
    ],
)
def test_a_row_that_is_given_the_type_of_another_kind(kind: str, told: str) -> None:
    unit, number = units_of(kind)[-1], type_where(told)
    frame = with_types(by_cuts().frame, {unit: number})

    def change(commitment: Data) -> None:
        commitment["frame"]["root"] = frame.root
        for t in commitment["types"]:
            t["units"] = frame.types.count(t["number"])

    certificate = drawn_from(by_cuts(), change, frame.types)

    assert "各家类别" in found_in(certificate, frame_of(frame.lines))


def test_a_row_that_is_given_places_it_may_not_fill() -> None:
    types = by_cuts().certificate["commitment"]["types"]
    frame = by_cuts().frame
    number, other = next(
        (a["number"], b["number"])
        for a in types
        for b in types
        if a["kind"] == b["kind"] == "ordinary" and a["places"] != b["places"]
    )
    unit = frame.unit_ids[frame.types.index(number)]
    moved = with_types(frame, {unit: other})

    def change(commitment: Data) -> None:
        commitment["frame"]["root"] = moved.root
        for t in commitment["types"]:
            t["units"] = moved.types.count(t["number"])

    certificate = drawn_from(by_cuts(), change, moved.types)

    assert "各家类别" in found_in(certificate, frame_of(moved.lines))


def test_a_row_whose_sealed_class_is_another_is_found_by_who_holds_the_cells() -> None:
    # weights go by a sealed column: public cells fit both types
    types = by_cuts().certificate["commitment"]["types"]
    frame = by_cuts().frame
    number, other = next(
        (a["number"], b["number"])
        for a in types
        for b in types
        if a["kind"] == b["kind"] == "ordinary"
        and (a["places"], a["cross"]) == (b["places"], b["cross"])
        and a["number"] != b["number"]
    )
    one = frame.unit_ids[frame.types.index(number)]
    two = frame.unit_ids[frame.types.index(other)]
    moved = with_types(frame, {one: other, two: number})
    certificate = drawn_from(by_cuts(), lambda x: x["frame"].update(root=moved.root), moved.types)
    lines, secret = frame_of(moved.lines), files_of(by_cuts())[SEALED]
    found = [finding for finding in audit(certificate, lines, secret) if finding.faults]

    assert found_in(certificate, lines) == set()
    assert [finding.check for finding in found] == ["每家机构的类别（含封存栏）"]
    assert {one, two} == {fault.split(" ")[0] for fault in found[0].faults}


def test_the_cross_values_of_a_type_that_only_sealed_cells_show() -> None:
    plan = replace(small().plan, cross=(Cross("信用较低", where(credit_class="C"), 0, 8),))
    drawn = held(Case(plan, small().roster))

    def change(commitment: Data) -> None:
        for t in commitment["types"]:
            t["cross"] = []

    certificate = drawn_from(drawn, change)
    files = files_of(drawn)
    found = audit(certificate, files["frame.jsonl"], files[SEALED])

    assert [f.check for f in found if f.faults] == ["每家机构的类别（含封存栏）"]


def test_a_row_added_to_the_frame_after_the_commitment() -> None:
    lines = by_cuts().frame.lines
    more = lines[0].replace(b"u00", b"u000")
    frame = frame_of(sorted([*lines, more], key=lambda line: json.loads(line)["public"]["unit_id"]))

    assert "名单" in found_in(files_of(by_cuts())["certificate.json"], frame)


@pytest.mark.parametrize("order", ["doubled", "unsorted"])
def test_a_frame_with_a_unit_twice_or_out_of_order(order: str) -> None:
    lines = by_cuts().frame.lines
    forged = [lines[1], *lines[1:]] if order == "doubled" else [lines[1], lines[0], *lines[2:]]
    certificate = touched(
        by_cuts(), lambda x: x["commitment"]["frame"].update(root=root_of(forged))
    )

    assert "名单" in found_in(certificate, frame_of(forged))


# -- what a draw does not hang on, but people do -----------------------------------------


def audited(certificate: bytes) -> str:
    files = files_of(by_cuts())
    found = audit(certificate, files["frame.jsonl"], files[SEALED])
    return "".join(fault for finding in found for fault in finding.faults)


def test_a_rehearsal_passed_off_as_a_draw_and_a_draw_as_a_rehearsal() -> None:
    rehearsed = small().rehearsed()
    files = files_of(rehearsed)
    passed_off = touched(rehearsed, lambda x: x.update(rehearsal=False))
    found = audit(passed_off, files["frame.jsonl"])

    assert "rehearsal" in "".join(fault for finding in found for fault in finding.faults)
    assert "rehearsal" in audited(touched(by_cuts(), lambda x: x.update(rehearsal=True)))
    assert "rehearsal" in audited(drawn_from(by_cuts(), lambda x: x.update(rehearsal=True)))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("signature", lambda x: x["drawn"][0].update(signature="质检中心以外")),
        ("shortfall", lambda x: x["reserve_shortfalls"].append({"field": "食品"})),
        ("revealed", lambda x: x["contributions"][1].update(revealed=True)),
        ("hash", lambda x: x.update(hash="sm3")),
        ("format", lambda x: x.update(format="x")),
        ("parts", lambda x: x["parts"].pop("seed")),
        ("more", lambda x: x.update(note="一切正常")),
    ],
)
def test_every_other_word_of_a_certificate_is_held_by_the_sampler(
    name: str, change: Callable[[Data], object]
) -> None:
    assert audited(touched(by_cuts(), change)), name


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x["frame"].update(rows=39),
        lambda x: x["frame"].update(public=["unit_id"]),
        lambda x: x["frame"].update(sealed=[]),
    ],
)
def test_what_the_commitment_says_of_its_frame_is_true(change: Callable[[Data], object]) -> None:
    assert audited(drawn_from(by_cuts(), change))
