"""The certificate: one way to write it, and no way to change it unseen."""

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest
import rfc8785

from sampler import merkle, procedure, verifier
from sampler.audit import Finding, audit
from sampler.bundle import SEALED
from sampler.certificate import decimal
from sampler.frame import SEAL_TAG
from sampler.hashing import canonical, sha256, tagged
from sampler.inputs.roster_table import Roster
from sampler.procedure import Drawn
from sampler.quotas import Certain, Cross, Excluded, Plan
from tests.sampler.builders import (
    MACHINE_SHARE,
    PREDICATES,
    QI,
    Case,
    crossing_case,
    files_of,
    roster_of,
    row,
    rows_of,
    weights,
    where,
)
from tests.sampler.demo import country

PLACES = (("食品检验", 4), ("机动车检验", 4), ("其他领域", 4))
NESTED = (Cross("质检中心", QI, 2, 4),)


def national(cross: tuple[Cross, ...] = NESTED) -> Case:
    """A plan with all its parts on a small demo roster; a third of the rows not eligible."""
    roster = country(320, 210)
    first, second, *_ = (
        r["unit_id"]
        for r in rows_of(roster)
        if r["level"] == "国家级" and "食品检验" in r["fields"]
    )
    plan = Plan(
        "全国计划",
        12,
        other="其他领域",
        eligible=where(level="国家级"),
        fields=PLACES,
        cross=cross,
        weights=weights(A=1, B=2, C=4, D=8),
        certain=(Certain(first, "回头看"),),
        excluded=(Excluded(second, "证书注销"),),
        reserves=2,
    )
    return Case(plan, roster)


def held(case: Case) -> Drawn:
    """A formal draw in which one source kept silent."""
    committed = case.commitment()
    given = procedure.contributions(committed.data, MACHINE_SHARE, {"彩票": "03 17 22 28 31 33"})
    return procedure.draw(committed, given)


@cache
def by_cuts() -> Drawn:
    return held(national())


@cache
def by_panels() -> Drawn:
    return held(crossing_case(3))


DRAWS = pytest.mark.parametrize("draw", [by_cuts, by_panels], ids=["cuts", "panels"])


def faulty(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.faults]


def alone(certificate: bytes, frame: bytes) -> list[Finding]:
    """The stand-alone verifier's findings."""
    return [Finding(check, tuple(faults)) for check, faults in verifier.verify(certificate, frame)]


def for_the_authority(files: Mapping[str, bytes]) -> tuple[bytes, bytes, bytes]:
    """What only the authority has all of."""
    return files["certificate.json"], files["frame.jsonl"], files[SEALED]


# -- how it is written -------------------------------------------------------------------


@DRAWS
def test_the_certificate_is_exactly_its_rfc_8785_bytes(draw: Any) -> None:
    written = files_of(draw())["certificate.json"]

    assert written == rfc8785.dumps(json.loads(written))


@DRAWS
def test_it_ends_with_a_digest_over_all_the_rest(draw: Any) -> None:
    written = files_of(draw())["certificate.json"]
    rest = json.loads(written)
    whole = rest.pop("whole_digest")

    assert whole == sha256(rfc8785.dumps(rest))
    assert written.endswith(f',"whole_digest":"{whole}"}}'.encode())


@DRAWS
def test_an_honest_bundle_agrees_with_everything(draw: Any) -> None:
    files = files_of(draw())

    found = audit(files["certificate.json"], files["frame.jsonl"], files[SEALED])
    assert faulty(found) == faulty(alone(files["certificate.json"], files["frame.jsonl"])) == []


def test_every_line_of_the_frame_is_canonical_and_under_the_root() -> None:
    lines = files_of(by_cuts())["frame.jsonl"].splitlines()
    root = by_cuts().certificate["commitment"]["frame"]["root"]

    assert all(line == rfc8785.dumps(json.loads(line)) for line in lines)
    assert merkle.root([merkle.leaf_hash(line) for line in lines]) == root


@pytest.mark.parametrize("public", [("unit_id",), ("unit_id", "𝔄", "﬩", '百分%"')])
def test_any_name_of_a_column_and_any_cell_is_written_canonically(public: tuple[str, ...]) -> None:
    rows = [row(f"甲{i}", **{"𝔄": 'a"\\', "﬩": "%s", '百分%"': "\t"}) for i in range(3)]
    files = files_of(held(Case(Plan("计划", 2, publish=public), roster_of(rows))))
    lines = files["frame.jsonl"].splitlines() + files[SEALED].splitlines()

    assert all(line == rfc8785.dumps(json.loads(line)) for line in lines)
    assert faulty(audit(*for_the_authority(files), roster_of(rows))) == []


def test_an_institution_can_prove_its_own_row_without_the_rest() -> None:
    frame = by_cuts().frame
    proof = frame.proof(frame.unit_ids[17])
    line = json.loads(proof["line"])

    assert merkle.root_from_proof(proof["line"].encode(), proof["path"]) == frame.root
    assert line["seal"] == tagged(SEAL_TAG, proof["salt"], canonical(proof["sealed"]).decode())
    assert line["public"]["unit_id"] == frame.unit_ids[17]


def test_sealed_cells_and_salts_stand_in_no_published_file() -> None:
    rows = [{**r, "complaints": f"密{i}"} for i, r in enumerate(rows_of(national().roster))]
    drawn = held(Case(national().plan, roster_of(rows)))
    files = files_of(drawn)
    secret = files.pop(SEALED).decode()

    assert "密17" in secret
    for data in files.values():
        assert "密17".encode() not in data
        assert not any(salt.encode() in data for salt in drawn.frame.salts[:20])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 3), "0.3333333333"),
        (Fraction(2, 3), "0.6666666667"),
        (Fraction(1, 2 * 10**10), "0.0000000001"),
        (Fraction(1), "1.0000000000"),
    ],
)
def test_decimals_are_rounded_half_up(value: Fraction, expected: str) -> None:
    assert decimal(value) == expected


# -- changed bytes -----------------------------------------------------------------------


def byte_changes(data: bytes, seed: int) -> Iterable[tuple[int, bytes]]:
    """Endless (position, data with another byte there)."""
    chance = Random(seed)
    while True:
        position = chance.randrange(len(data))
        other = (data[position] + chance.randrange(1, 256)) % 256
        yield position, data[:position] + bytes([other]) + data[position + 1 :]


def part_at(data: bytes, position: int) -> str | None:
    """The part of the certificate whose value this byte belongs to."""
    parts = json.loads(data)
    for name in parts["parts"]:
        value = canonical(parts[name])
        start = data.index(canonical({name: parts[name]})[1:-1]) + len(canonical(name)) + 1
        if start <= position < start + len(value):
            return str(name)
    return None


def check_changed_bytes(draw: Drawn, count: int) -> None:
    files = files_of(draw)
    data, frame = files["certificate.json"], files["frame.jsonl"]
    for (position, changed), _ in zip(byte_changes(data, count), range(count), strict=False):
        for found in (alone(changed, frame), audit(changed, frame, files[SEALED])):
            said = "".join("".join(finding.faults) for finding in faulty(found))
            part = part_at(data, position)
            assert said, f"byte {position} unseen"
            assert "无法读取" in said or f"改动在：{part or ''}" in said, (position, part, said)


@DRAWS
def test_a_changed_byte_is_seen_and_its_part_is_named(draw: Any) -> None:
    check_changed_bytes(draw(), 60)


@pytest.mark.soak
@DRAWS
def test_a_thousand_changed_bytes_are_seen_and_their_parts_named(draw: Any) -> None:
    check_changed_bytes(draw(), 1_000)


def check_changed_frame(count: int) -> None:
    files = files_of(by_cuts())
    certificate, frame = files["certificate.json"], files["frame.jsonl"]
    for (position, changed), _ in zip(byte_changes(frame, 1), range(count), strict=False):
        assert faulty(audit(certificate, changed)), f"byte {position} unseen"


def test_a_changed_byte_of_the_frame_is_seen() -> None:
    check_changed_frame(60)


@pytest.mark.soak
def test_a_thousand_changed_bytes_of_the_frame_are_seen() -> None:
    check_changed_frame(1_000)


@pytest.mark.parametrize("other", [b"\r", b"\r\n", b" \n", b"\n\n"])
def test_even_the_line_ends_of_the_frame_are_held(other: bytes) -> None:
    files = files_of(by_cuts())
    changed = files["frame.jsonl"].replace(b"\n", other, 1)

    assert faulty(audit(files["certificate.json"], changed))


# -- changed cells -----------------------------------------------------------------------


def with_cell(roster: Roster, index: int, column: str, text: str) -> Roster:
    cells = {**roster.cells, column: [*roster.cells[column]]}
    cells[column][index] = text
    return Roster(roster.columns, cells)


def other_cell(roster: Roster, column: str, cell: str, chance: Random) -> str:
    """Another cell that could stand there; a new unit id, a digit more, or one of another row."""
    if column == "unit_id" or chance.random() < 0.2:
        return cell + "1"
    others = [text for text in roster.cells[column] if text != cell]
    return chance.choice(others) if others else cell + "1"


def check_changed_cells(count: int) -> None:
    case, files, chance = national(), files_of(by_cuts()), Random(count)
    roster = case.roster
    for _ in range(count):
        index, column = chance.randrange(len(roster)), chance.choice(roster.columns)
        cell = roster.cells[column][index]
        changed = with_cell(roster, index, column, other_cell(roster, column, cell, chance))
        (finding,) = faulty(audit(*for_the_authority(files), changed))
        said = "".join(finding.faults)
        assert roster.cells["unit_id"][index] in said
        assert column in said


def test_a_changed_cell_of_the_roster_is_seen_with_its_row_and_column() -> None:
    check_changed_cells(60)


@pytest.mark.soak
def test_a_thousand_changed_cells_of_the_roster_are_seen() -> None:
    check_changed_cells(1_000)


@pytest.mark.parametrize("column", country(320, 210).columns)
def test_without_the_sealed_cells_the_public_columns_are_held(column: str) -> None:
    case, files = national(), files_of(by_cuts())
    changed = with_cell(case.roster, 5, column, "别的")
    found = faulty(audit(files["certificate.json"], files["frame.jsonl"], None, changed))

    assert bool(found) == (column in case.plan.publish)


@pytest.mark.parametrize("column", ["credit_class", "complaints", "remark"])
def test_a_changed_sealed_cell_does_not_fit_its_seal(column: str) -> None:
    files = files_of(by_cuts())
    rows = [json.loads(line) for line in files[SEALED].splitlines()]
    rows[40]["sealed"][column] += "改"
    secret = b"".join(canonical(r) + b"\n" for r in rows)
    found = faulty(audit(files["certificate.json"], files["frame.jsonl"], secret))

    assert [finding.check for finding in found] == ["封存栏与封存值"]
    assert rows[40]["unit_id"] in found[0].faults[0]


def roster_faults(roster: Roster) -> Sequence[str]:
    files = files_of(by_cuts())
    return [
        fault
        for finding in faulty(audit(*for_the_authority(files), roster))
        for fault in finding.faults
    ]


def test_missing_and_added_rows_and_columns_are_named() -> None:
    roster = national().roster
    rows = rows_of(roster)
    without = [name for name in roster.columns if name != "remark"]

    assert rows[3]["unit_id"] in roster_faults(roster_of(rows[:3] + rows[4:]))[0]
    assert "新来的" in roster_faults(roster_of([*rows, {**rows[0], "unit_id": "新来的"}]))[0]
    assert "remark" in roster_faults(roster_of(rows, without))[0]
    assert "备注" in roster_faults(roster_of([{**r, "备注": "x"} for r in rows]))[0]


def test_many_differences_are_counted_not_listed() -> None:
    rows = [{**r, "province": "别省"} for r in rows_of(national().roster)]

    assert len(roster_faults(roster_of(rows))) == 21


def test_a_plan_that_reads_sealed_columns_is_checked_with_them() -> None:
    # 信用较低 is sealed: only who holds the cells can judge the types
    case = national((Cross("信用较低", PREDICATES[3], 2, 6),))
    files = files_of(held(case))

    assert faulty(audit(*for_the_authority(files))) == []
