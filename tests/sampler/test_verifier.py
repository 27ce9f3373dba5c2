"""The stand-alone verifier: repeats any draw with nothing installed, and finds every forgery."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sampler import verifier
from sampler.audit import audit
from sampler.bundle import SEALED
from sampler.quotas import Certain, Method, Plan
from tests.sampler.builders import (
    CLASSICAL,
    Case,
    files_of,
    roster_of,
    row,
)
from tests.sampler.demo import PLAN_NAMES, country, example_plan
from tests.sampler.forgery import (
    Data,
    by_cuts,
    classical,
    drawn_from,
    found_after,
    found_in,
    held,
    published,
    signed,
    small,
    touched,
)

BY_THE_SAMPLER = (Method.SPS, Method.PARETO, Method.SAMPFORD)
"""Methods that only the sampler itself repeats; the stand-alone file says so."""


# -- with nothing installed --------------------------------------------------------------


NAMED = ("certificate.json", "frame.jsonl")


def run_alone(
    folder: Path, files: dict[str, bytes], named: Sequence[str] = NAMED
) -> tuple[int, dict[str, str]]:
    """Exit code and verdict of each check: only what is published, no site packages, no
    environment."""
    for name in ("certificate.json", "frame.jsonl", "verifier.py"):
        (folder / name).write_bytes(files[name])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verifier.py", *named],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
        check=False,
    )
    assert done.stderr == ""
    said = [line.split("  ") for line in done.stdout.splitlines()]
    return done.returncode, {parts[1]: parts[0] for parts in said if len(parts) > 1}


def as_a_module(files: dict[str, bytes]) -> dict[str, str]:
    """The same verdicts from the package."""
    found = verifier.verify(files["certificate.json"], files["frame.jsonl"])
    # the digest is for the reader to compare: nothing is said to agree there
    fine = {check: "" if check.startswith("请") else "一致" for check, _ in found}
    return {check: "不一致" if faults else fine[check] for check, faults in found}


def wrong(findings: dict[str, str]) -> set[str]:
    return {check for check, verdict in findings.items() if verdict == "不一致"}


@pytest.mark.parametrize("name", PLAN_NAMES)
def test_the_draw_of_every_example_plan_is_repeated(name: str, tmp_path: Path) -> None:
    files = files_of(Case(example_plan(name), country(20_000, 2_000)).rehearsed())
    code, verdicts = run_alone(tmp_path, files)

    assert code == 0
    assert verdicts == as_a_module(files)
    assert len(verdicts) == 8  # seven checks, and the digest to be held against the published one
    told = json.loads(files["certificate.json"])["commitment_digest"]
    assert any(told in check for check in verdicts)


@pytest.mark.parametrize("method", CLASSICAL)
def test_the_draw_of_every_classical_method_is_repeated(method: Method, tmp_path: Path) -> None:
    drawn = held(classical(method))
    files = files_of(drawn)
    code, verdicts = run_alone(tmp_path, files)
    audited = audit(files["certificate.json"], files["frame.jsonl"], files[SEALED])

    assert verdicts == as_a_module(files)
    assert [finding for finding in audited if finding.faults] == []
    if method in BY_THE_SAMPLER:
        assert (code, wrong(verdicts)) == (1, {"重新抽取"})
    else:
        assert (code, wrong(verdicts)) == (0, set())


def test_the_verifier_finds_the_files_that_lie_beside_it(tmp_path: Path) -> None:
    files = files_of(by_cuts())

    assert run_alone(tmp_path, files, ()) == run_alone(tmp_path, files)


def test_an_audit_tells_how_far_it_is() -> None:
    files, heard = files_of(by_cuts()), []
    audit(
        files["certificate.json"],
        files["frame.jsonl"],
        files[SEALED],
        progress=lambda step, done, total: heard.append((step, done, total)),
    )

    assert heard == [("checks", 1, 4), ("checks", 2, 4), ("checks", 3, 4)]


def test_a_plan_without_fields_is_repeated(tmp_path: Path) -> None:
    plan = replace(small().plan, fields=(), other=None)

    assert run_alone(tmp_path, files_of(held(Case(plan, small().roster))))[0] == 0


def test_a_forged_bundle_ends_with_code_1_and_says_which_check_failed(tmp_path: Path) -> None:
    def swap(certificate: Data) -> None:
        certificate["drawn"][0]["unit_id"] = certificate["reserves"][0]["unit_id"]

    files = {**files_of(by_cuts()), "certificate.json": touched(by_cuts(), swap)}
    code, verdicts = run_alone(tmp_path, files)

    assert (code, wrong(verdicts)) == (1, {"重新抽取"})


# -- damaged beyond reading --------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"null", b"1e400", b"\xff", b'{"commitment":{}}']
)
def test_what_is_no_certificate_is_said_to_be_none(text: bytes) -> None:
    assert found_in(text, b"") == {"文件格式"}
    assert found_in(files_of(by_cuts())["certificate.json"], text) != set()


def test_a_file_of_brackets_is_said_to_be_no_certificate() -> None:
    assert found_in(b"[" * 200_000, b"") == {"文件格式"}


def test_a_damaged_table_is_reported_and_not_stumbled_over() -> None:
    def change(certificate: Data) -> None:
        cell = certificate["commitment"]["chances"]["cells"][0]
        cell[2] = str(int(cell[2]) + 1)

    assert "概率表" in found_after(by_cuts(), change)


def test_a_chance_that_is_no_fraction_is_not_taken_for_one() -> None:
    def change(certificate: Data) -> None:
        certificate["commitment"]["types"][0]["chance"] = "1e-9"

    assert found_after(by_cuts(), change) == {"文件格式"}


@pytest.mark.parametrize("other", [b"\r", b"\r\n"])
def test_a_stranger_sees_changed_line_ends_of_the_frame(other: bytes) -> None:
    certificate, frame = published(by_cuts())

    assert found_in(certificate, frame.replace(b"\n", other, 1))


def test_a_certain_unit_with_a_field_fits_its_type_where_a_method_knows_no_fields() -> None:
    case = classical(Method.SIMPLE)
    plan = replace(case.plan, certain=(Certain("u09", "回头看", "环境"),))

    assert found_in(*published(held(Case(plan, case.roster)))) == set()


def test_a_field_with_the_name_of_the_one_place_is_a_field_like_any_other() -> None:
    rows = [row("甲", "全部"), row("乙", "全部"), row("丙", "食品")]
    case = Case(Plan("计划", 1, fields=(("全部", 1),)), roster_of(rows))

    assert found_in(*published(held(case))) == set()


@pytest.mark.parametrize("marks", ["certificate", "commitment", "both"])
def test_a_stranger_sees_that_a_rehearsal_is_no_draw(marks: str) -> None:
    rehearsed = small().rehearsed()
    frame = files_of(rehearsed)["frame.jsonl"]

    def in_commitment(commitment: Data) -> None:
        commitment["rehearsal"] = marks == "certificate"

    forged = json.loads(drawn_from(rehearsed, in_commitment))
    forged["rehearsal"] = marks == "commitment"

    assert "来源和种子" in found_in(signed(forged), frame)


@pytest.mark.parametrize("method", [Method.SPS, Method.SAMPFORD])
def test_a_verifier_that_stumbles_early_is_heard_where_the_sampler_draws_again(
    method: Method,
) -> None:
    # what comes after the stumble was not checked; the repeated draw must not hide that
    drawn = held(classical(method))
    forged = drawn_from(drawn, lambda x: x["chances"].update(levels=5))
    found = audit(forged, files_of(drawn)["frame.jsonl"])

    assert "无法读取" in "".join(fault for finding in found for fault in finding.faults)
