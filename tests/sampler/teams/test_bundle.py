"""The files of a draw of teams: tables that add up, and nothing sealed among the public."""

import csv
import io
from fractions import Fraction

from sampler.merkle import root_from_proof
from sampler.seeds import Contribution
from sampler.teams.bundle import CHANCE_HEADER, LOAD_HEADER, MEMBER_HEADER
from sampler.teams.frame import TeamFrame
from sampler.teams.procedure import draw
from tests.sampler.teams.draws import COUNTRY, committed, country, files_of


def table(name: str, header: tuple[str, ...]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(files_of(country())[name].decode()))
    rows = list(reader)
    assert tuple(reader.fieldnames or ()) == header
    return rows


def test_members_are_listed_with_their_alternates_behind_them() -> None:
    rows = table("members.csv", MEMBER_HEADER)

    drawn = [row for row in rows if row["rank"] == "0"]
    assert [row["slot"] for row in drawn] == sorted(slot.id for slot in COUNTRY.slots)
    assert {row["rank"] for row in rows} == {"0", "1", "2"}


def test_the_chances_of_every_slot_sum_to_one() -> None:
    sums: dict[str, Fraction] = {}
    for row in table("chances.csv", CHANCE_HEADER):
        people = int(row["members"]) * Fraction(row["chance"])
        sums[row["slot"]] = sums.get(row["slot"], Fraction(0)) + people

    assert set(sums.values()) == {Fraction(1)}


def test_expected_and_drawn_loads_come_to_all_slots() -> None:
    rows = table("loads.csv", LOAD_HEADER)

    assert [row["inspector"] for row in rows] == sorted(p.id for p in COUNTRY.inspectors)
    assert sum(Fraction(row["expected"]) for row in rows) == len(COUNTRY.slots)
    assert sum(int(row["drawn"]) for row in rows) == len(COUNTRY.slots)
    for row in rows:
        assert abs(Fraction(row["expected"]) - int(row["drawn"])) < 1


def test_an_inspector_can_prove_his_own_row() -> None:
    frame: TeamFrame = country().frame

    proof = frame.proof("p03")

    assert root_from_proof(proof["line"].encode(), proof["path"]) == frame.root
    assert proof["sealed"]["bars"] == [["001", "recusal_former_employer"]]


def test_a_rehearsal_says_so() -> None:
    fixed = committed(COUNTRY, share=None)
    drawn = draw(fixed, [Contribution(name, "1") for name in fixed.data["sources"]])

    assert drawn.certificate["rehearsal"] is True
    assert "试抽" in files_of(drawn)["README.txt"].decode()
    assert "试抽" not in files_of(country())["README.txt"].decode()


def test_too_few_alternates_are_reported_and_no_fault() -> None:
    short = country().certificate["alternate_shortfalls"]

    assert {row["slot"].split("/")[1] for row in short} == {"专家"}
    assert all(row["wanted"] == 2 and row["found"] < 2 for row in short)
