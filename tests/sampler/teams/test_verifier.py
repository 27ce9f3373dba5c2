"""The stand-alone verifier of teams: it repeats any draw, alone, and finds any forgery."""

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sampler.verifier
from sampler.__main__ import main
from sampler.hashing import canonical
from sampler.teams import verifier
from sampler.teams.audit import audit
from sampler.teams.bundle import TASK
from sampler.teams.commitment import cells_of, cells_text
from sampler.teams.task import TeamTask, task_to_json
from tests.sampler.forgery import Data, signed
from tests.sampler.teams.draws import (
    COUNTRY,
    committed,
    country,
    files_of,
    flip,
    found_after,
    found_if_committed,
    found_in,
    held,
    leaves,
    redrawn,
)
from tests.sampler.teams.tasks import staffed_tasks

TEXT, LIST, SEATS, TABLE, SEED, AGAIN, RESULT = (
    "证书文字",
    "人员名单",
    "席位和资格",
    "概率表",
    "来源和种子",
    "重新抽取",
    "抽取结果",
)


@settings(max_examples=25, deadline=None)
@given(staffed_tasks())
def test_every_honest_draw_verifies(whole: TeamTask) -> None:
    files = files_of(held(whole))

    assert found_in(files["certificate.json"], files["frame.jsonl"]) == set()


def test_it_runs_alone_with_nothing_installed(tmp_path: Path) -> None:
    files = files_of(country())
    for name in ("certificate.json", "frame.jsonl", "verifier.py"):
        (tmp_path / name).write_bytes(files[name])

    done = subprocess.run(
        [sys.executable, "-I", "-S", "verifier.py"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
        check=False,
    )

    said = [line.split("  ") for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert [words[1] for words in said if words[0] == "一致"] == [
        TEXT,
        LIST,
        SEATS,
        TABLE,
        SEED,
        AGAIN,
        RESULT,
    ]
    assert said[-1] == ["未证明：不证明概率最优；封存栏（请假、回避等）由持有封存值的人核对。"]


def test_it_is_short_and_speaks_like_the_verifier_of_the_first_draw() -> None:
    source = inspect.getsource(verifier)

    assert source.count("\n") < 300
    for name in ("H", "canonical", "coin", "merkle_root", "digest"):
        here, there = (inspect.getsource(getattr(m, name)) for m in (verifier, sampler.verifier))
        assert here == there


def test_the_tools_of_the_forger_leave_an_honest_draw_as_it_is() -> None:
    assert found_after(country(), dict) == found_if_committed(country(), dict) == set()


PATHS = list(leaves({k: v for k, v in country().certificate.items() if k != "parts"}))


def test_every_single_value_of_a_certificate_is_guarded() -> None:
    frame = files_of(country())["frame.jsonl"]
    mended = {"whole_digest", "commitment_digest"}
    unfound = []
    for path in PATHS:
        forged = json.loads(canonical(country().certificate))
        flip(forged, path)
        if path[0] not in mended and not found_in(signed(forged), frame):
            unfound.append(path)

    assert unfound == []


@given(st.data())
def test_a_flipped_byte_is_found(data: st.DataObject) -> None:
    files = files_of(country())
    name = data.draw(st.sampled_from(["certificate.json", "frame.jsonl"]))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    text = bytearray(files[name])
    text[place] ^= data.draw(st.integers(1, 255))
    files[name] = bytes(text)

    assert found_in(files["certificate.json"], files["frame.jsonl"])


# -- a commitment that was wrong from the beginning, drawn from honestly -----------------


def first_cells(data: Data) -> list[tuple[int, int]]:
    return list(cells_of(data["chances"]["cells"][0]))


def too_low_a_cap(data: Data) -> None:
    data["chances"]["cap"] = "1/1000"


def slots_above_unlisted(data: Data) -> None:
    data["chances"]["above"] = []


def a_load_misstated(data: Data) -> None:
    data["types"][0]["load"] = "1/7"


def a_type_without_capacity(data: Data) -> None:
    for t in data["types"]:
        t["capacity"] = 0


def a_type_without_window(data: Data) -> None:
    for t in data["types"]:
        t["per_window"] = 0


def a_barred_type_with_a_chance(data: Data) -> None:
    (number, _), *_ = first_cells(data)
    data["visits"][0]["barred"] = sorted({*data["visits"][0]["barred"], number})


def an_empty_pool(data: Data) -> None:
    data["pools"][data["slots"][0]["pool"]] = []


def another_root(data: Data) -> None:
    data["frame"]["root"] = "0" * 64


def one_source(data: Data) -> None:
    data["sources"] = data["sources"][:1]


def a_rehearsal(data: Data) -> None:
    data["rehearsal"] = True


def one_chance_for_another(data: Data) -> None:
    """Somebody gets all of a slot, and everybody else on it nothing."""
    (number, _), *_ = first_cells(data)
    data["chances"]["cells"][0] = cells_text([(number, data["chances"]["denominator"])])


WRONG: dict[str, tuple[Callable[[Data], None], str]] = {
    "a cap lower than the chances": (too_low_a_cap, TABLE),
    "slots above the cap that are not listed": (slots_above_unlisted, TABLE),
    "an expected load that is not the table's": (a_load_misstated, TABLE),
    "somebody sent more often than he may be": (a_type_without_capacity, TABLE),
    "somebody sent too often in a window": (a_type_without_window, TABLE),
    "a chance for somebody who is barred": (a_barred_type_with_a_chance, SEATS),
    "a chance for somebody outside the pool": (an_empty_pool, SEATS),
    "a chosen person instead of a chance": (one_chance_for_another, TABLE),
    "the root of another list": (another_root, LIST),
    "one source instead of two": (one_source, SEED),
    "a rehearsal with a machine's share": (a_rehearsal, SEED),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_commitment_is_found_though_the_draw_is_honest(name: str) -> None:
    change, check = WRONG[name]

    assert check in found_if_committed(country(), change)


def test_a_slot_that_does_not_come_to_one_cannot_even_be_drawn() -> None:
    def more(data: Data) -> None:
        (number, amount), *others = first_cells(data)
        data["chances"]["cells"][0] = cells_text([(number, amount + 1), *others])

    with pytest.raises(ValueError, match="does not flow out"):
        found_if_committed(country(), more)


# -- after the draw ----------------------------------------------------------------------


def test_a_member_exchanged_for_another_of_his_type_is_found() -> None:
    frame = country().frame
    alike: dict[int, list[str]] = {}
    for name, number in zip(frame.inspector_ids, frame.types, strict=True):
        alike.setdefault(number, []).append(name)

    def exchange(certificate: Data) -> None:
        member = next(m for m in certificate["members"] if len(alike[m["type"]]) > 1)
        others = (name for name in alike[member["type"]] if name != member["inspector"])
        member["inspector"] = next(others)

    assert AGAIN in found_after(country(), exchange)


def test_a_member_against_the_rules_is_found_by_the_result_alone() -> None:
    def expert_leads(certificate: Data) -> None:
        leader = next(m for m in certificate["members"] if m["slot"] == "001/组长")
        leader["inspector"] = "e01"

    assert RESULT in found_after(country(), expert_leads)


def test_an_alternate_passed_over_is_found() -> None:
    def pass_over(certificate: Data) -> None:
        certificate["alternates"][0]["inspectors"].reverse()

    assert found_after(country(), pass_over) == {AGAIN}


def test_the_audit_opens_the_seals_and_solves_again() -> None:
    files = files_of(country())
    given = files["certificate.json"], files["frame.jsonl"], files["sealed.secret"]

    findings = audit(*given, files[TASK])

    assert [finding for finding in findings if finding.faults] == []
    assert [finding.check for finding in findings[-3:]] == [
        "承诺由冻结的任务重做",
        "人员名单与冻结的任务",
        "概率重新求解",
    ]


def test_the_audit_finds_a_broken_seal_and_another_task() -> None:
    files = files_of(country())
    secrets = files["sealed.secret"].replace(b'"expert":true', b'"expert":false', 1)
    other = canonical(task_to_json(replace(COUNTRY, bars=())))

    found = audit(files["certificate.json"], files["frame.jsonl"], secrets, other)

    wrong = {finding.check: finding.faults for finding in found if finding.faults}
    assert wrong["封存栏与封存值"] == ("e01 的封存值（seal）与盐值、封存栏不符",)
    assert "按冻结的任务应另写（bars）" in wrong["承诺由冻结的任务重做"]
    assert "人员名单与冻结的任务" in wrong


def test_chances_that_are_lawful_but_not_the_fairest_are_found_by_the_audit_alone() -> None:
    loose = committed(replace(COUNTRY, pair_cap=Fraction(1))).data

    def favour(data: Data) -> None:
        data["chances"], data["types"] = loose["chances"], loose["types"]

    forged = redrawn(country(), favour)
    files = files_of(forged)
    found = audit(files["certificate.json"], files["frame.jsonl"], task=files_of(country())[TASK])

    (finding,) = [finding for finding in found if finding.faults]
    assert finding.check == "概率重新求解"
    assert finding.faults[0] == "机会上限应为 1/15，承诺写的是 1/1"


def test_the_command_line_knows_a_certificate_of_teams(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in files_of(country()).items():
        (tmp_path / name).write_bytes(text)

    assert main(["verify", str(tmp_path / "certificate.json")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "一致　  概率重新求解" in said
    assert said[-1] == "结论：全部一致"

    (tmp_path / TASK).unlink()
    main(["verify", str(tmp_path / "certificate.json")])
    assert "未证明：没有 task.secret，不证明概率最优" in capsys.readouterr().out


def test_the_bundle_keeps_secrets_apart() -> None:
    files = files_of(country())

    assert sorted(name for name in files if name.endswith(".secret")) == ["sealed.secret", TASK]
    public = b"".join(text for name, text in files.items() if not name.endswith(".secret"))
    assert not any(hidden.encode() in public for hidden in ("甲省", "certificate_until", "away"))
