"""The commands of the sampler, from files to files."""

import json
import stat
from pathlib import Path

import pytest

from tests.sampler.builders import csv_of, roster_of, rows_of
from tests.sampler.desk import BOTH, COMMIT, DRAW, ROSTER, Desk, committed, desk_in


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return desk_in(tmp_path, capsys)


# -- what each command says --------------------------------------------------------------


def test_check_says_that_a_plan_can_be_drawn(desk: Desk) -> None:
    code, said, _ = desk.run(f"check {BOTH}")

    assert code == 0
    assert "可以抽取" in said
    assert "“食品”3 家，可抽 10 家" in said


def test_a_lottery_of_panels_is_said_to_reach_the_bound_or_how_near_it_comes(desk: Desk) -> None:
    crossing = "".join(
        f'[[cross]]\nname = "{name}"\nwhere = {{ {where} }}\nmin = 2\nmax = 3\n'
        for name, where in (("中心", "qi_centre = 1"), ("低", 'credit_class = "D"'))
    )
    desk.write("plan.toml", f'name = "交叉"\nn = 6\n{crossing}')
    code, said, _ = desk.run(f"check {BOTH}")

    assert code == 0
    assert "组合方案抽签" in said
    assert "最小的机会已达理论上限" in said
    assert "e-" not in said


def test_check_tells_the_same_to_a_machine(desk: Desk) -> None:
    code, answer = desk.json(f"check {BOTH}")

    assert (code, answer["ok"], answer["n"], answer["path"]) == (0, True, 5, "cuts")
    assert answer["counts"]["rows"] == answer["counts"]["drawable"] == 20
    assert [(f["name"], f["count"], f["units"]) for f in answer["fields"]] == [
        ("食品", 3, 10),
        ("环境", 2, 10),
    ]
    assert answer["cross"] == [{"name": "质检中心", "min": 1, "max": 2, "units": 7}]


def test_chances_writes_one_row_for_every_unit(desk: Desk) -> None:
    code, said, _ = desk.run(f"chances {BOTH} --out @o")
    lines = desk.path("o/chances.csv").read_text(encoding="utf-8-sig").splitlines()

    assert code == 0
    assert "最小" in said
    assert lines[0] == "unit_id,name,type,chance,chance_decimal,reason"
    assert len(lines) == 21


def test_a_rehearsal_writes_a_whole_bundle_that_verifies(desk: Desk) -> None:
    code, said, _ = desk.run(f"draw {BOTH} --seed 甲 --seed 乙 --out @o")

    assert code == 0
    assert "试抽（不是正式结果）" in said
    assert sorted(path.name for path in desk.path("o").iterdir()) == [
        "README.txt",
        "certificate.json",
        "chances.csv",
        "drawn.csv",
        "frame.jsonl",
        "sealed.secret",
        "verifier.py",
    ]
    assert json.loads(desk.path("o/certificate.json").read_bytes())["rehearsal"] is True
    assert "试抽" in desk.path("o/README.txt").read_text(encoding="utf-8")
    assert desk.run("verify @o/certificate.json --roster @roster.csv")[0] == 0


def test_drawn_csv_has_a_row_for_each_drawn_unit_and_each_reserve(desk: Desk) -> None:
    desk.run(f"draw {BOTH} --seed 甲 --seed 乙 --out @o")
    header, *rows = desk.path("o/drawn.csv").read_text(encoding="utf-8-sig").splitlines()

    assert header == "unit_id,name,field,rank,is_reserve,signature,chance"
    assert sum(line.split(",")[4] == "0" for line in rows) == 5
    assert {line.split(",")[4] for line in rows} == {"0", "1"}


# -- commit, draw, verify ----------------------------------------------------------------


def test_commit_then_draw_then_verify_with_a_source_that_keeps_silent(desk: Desk) -> None:
    committed(desk)
    code, said, _ = desk.run(f"{DRAW} --reveal 彩票=03 --out @o")
    certificate = json.loads(desk.path("o/certificate.json").read_bytes())

    assert code == 0
    assert "未揭示（按空值计入）：公证处" in said
    assert certificate["rehearsal"] is False
    assert certificate["commitment"] == json.loads(desk.path("c/commitment.json").read_bytes())
    assert [c["revealed"] for c in certificate["contributions"]] == [True, False, True]
    assert desk.json("verify @o/certificate.json --roster @roster.csv")[1]["agrees"] is True


def test_the_answers_to_a_machine_name_the_digests(desk: Desk) -> None:
    _, promised = desk.json(COMMIT)
    _, held = desk.json(f"{DRAW} --reveal 彩票=03 --reveal 公证处=7 --out @o")
    certificate = json.loads(desk.path("o/certificate.json").read_bytes())

    assert promised["commitment_digest"] == certificate["commitment_digest"]
    assert (held["seed"], held["whole_digest"]) == (
        certificate["seed"],
        certificate["whole_digest"],
    )
    assert held["drawn"] == certificate["drawn"]


def test_the_order_in_which_sources_reveal_does_not_matter(desk: Desk) -> None:
    committed(desk)
    first = desk.json(f"{DRAW} --reveal 彩票=03 --reveal 公证处=7 --out @o")[1]
    second = desk.json(f"{DRAW} --reveal 公证处=7 --reveal 彩票=03 --out @p")[1]

    assert first["seed"] == second["seed"]


def test_a_draw_is_repeated_byte_for_byte(desk: Desk) -> None:
    committed(desk)
    desk.run(f"{DRAW} --reveal 彩票=03 --out @o")
    before = desk.files()

    assert desk.run(f"{DRAW} --reveal 彩票=03 --out @o")[0] == 0
    assert desk.files() == before


def test_a_roster_in_another_order_gives_the_same_bundle(desk: Desk) -> None:
    committed(desk)
    desk.run(f"{DRAW} --reveal 彩票=03 --out @o")
    desk.write("roster.csv", csv_of(roster_of(rows_of(ROSTER)[::-1], ROSTER.columns[::-1])))
    desk.run(f"{DRAW} --reveal 彩票=03 --out @p")

    for path in desk.path("o").iterdir():
        assert path.read_bytes() == desk.path(f"p/{path.name}").read_bytes()


def test_what_is_secret_can_be_read_by_its_owner_alone(desk: Desk) -> None:
    committed(desk)
    desk.run(f"{DRAW} --out @o")

    for name in ("c/machine.secret", "o/sealed.secret"):
        assert stat.S_IMODE(desk.path(name).stat().st_mode) == 0o600


def test_two_commitments_promise_different_shares(desk: Desk) -> None:
    first = desk.json(COMMIT)[1]
    second = desk.json(COMMIT.replace("@c", "@d"))[1]

    assert first["commitment_digest"] != second["commitment_digest"]


def test_nothing_of_the_machine_share_stands_in_the_commitment(desk: Desk) -> None:
    secret = json.loads(committed(desk).path("c/machine.secret").read_bytes())
    published = desk.path("c/commitment.json").read_text(encoding="utf-8")

    assert secret["machine_share"] not in published
    assert secret["salt_key"] not in published


def test_the_digest_to_compare_is_not_said_to_agree(desk: Desk) -> None:
    desk.run(f"draw {BOTH} --seed 甲 --seed 乙 --out @o")
    lines = desk.run("verify @o/certificate.json")[1].splitlines()
    (line,) = [line for line in lines if "请与公布的承诺摘要比对" in line]

    assert "一致" not in line


# -- verification --------------------------------------------------------------------------


def test_a_certificate_that_does_not_agree_ends_with_code_1(desk: Desk) -> None:
    desk.run(f"draw {BOTH} --seed 甲 --seed 乙 --out @o")
    text = desk.path("o/certificate.json").read_bytes()
    desk.write("o/certificate.json", text.replace(b'"rank":1', b'"rank":3', 1))
    code, answer = desk.json("verify @o/certificate.json")

    assert (code, answer["agrees"], answer["ok"]) == (1, False, False)
    assert "改动在：drawn" in desk.run("verify @o/certificate.json")[2]


def test_without_the_sealed_cells_it_is_said_what_was_not_checked(desk: Desk) -> None:
    desk.run(f"draw {BOTH} --seed 甲 --seed 乙 --out @o")
    desk.path("o/sealed.secret").unlink()
    code, said, _ = desk.run("verify @o/certificate.json")

    assert code == 0
    assert "没有核对封存栏" in said
    assert "不证明概率最优" in said
    assert desk.json("verify @o/certificate.json")[1]["sealed_checked"] is False


def test_a_damaged_sealed_file_does_not_agree(desk: Desk) -> None:
    desk.run(f"draw {BOTH} --seed 甲 --seed 乙 --out @o")
    desk.write("o/sealed.secret", "乱\n")

    assert desk.json("verify @o/certificate.json")[0] == 1
