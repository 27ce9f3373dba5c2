"""What the commands of the sampler refuse: all faults at once, and nothing written."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sampler.builders import csv_of, roster_of, rows_of
from tests.sampler.desk import BOTH, COMMIT, DRAW, PLAN, ROSTER, Desk, committed, desk_in


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return desk_in(tmp_path, capsys)


# -- what is refused ---------------------------------------------------------------------


def test_a_commitment_is_never_overwritten(desk: Desk) -> None:
    committed(desk)

    assert desk.codes(COMMIT) == ["already_committed"]


def test_a_held_draw_is_never_overwritten(desk: Desk) -> None:
    committed(desk)
    desk.run(f"{DRAW} --reveal 彩票=03 --out @o")

    assert desk.codes(f"{DRAW} --reveal 彩票=04 --out @o") == ["already_drawn"]
    assert desk.codes(f"draw {BOTH} --seed 甲 --seed 乙 --out @o") == ["already_drawn"]


def test_a_rehearsal_may_be_held_again(desk: Desk) -> None:
    assert desk.run(f"draw {BOTH} --seed 甲 --seed 乙 --out @o")[0] == 0
    assert desk.run(f"draw {BOTH} --seed 丙 --seed 乙 --out @o")[0] == 0


def test_all_options_that_are_missing_are_named_at_once(desk: Desk) -> None:
    assert desk.codes("commit --roster @roster.csv") == ["missing_option"] * 3


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("prüfen", "没有“prüfen”这个命令"),
        ("check --plam x", "不认识“--plam x”"),
        ("check --plan", "--plan 后面要写内容"),
        ("check --json=1", "--json 后面不能写内容"),
        ("verify", "没有给出证书文件"),
    ],
)
def test_a_command_that_is_typed_wrong_is_answered_in_chinese(
    desk: Desk, typed: str, told: str
) -> None:
    code, said, complained = desk.run(typed)

    assert (code, said) == (2, "")
    assert f"{told}；用 --help 查看写法" in complained


def test_an_option_is_never_guessed_from_its_beginning(desk: Desk) -> None:
    assert desk.codes(f"check {BOTH.replace('--roster', '--rost')}") == ["usage"]


def test_help_speaks_chinese(desk: Desk) -> None:
    with pytest.raises(SystemExit):
        desk.run("draw --help")
    said = desk.capsys.readouterr().out

    assert said.startswith("用法：python -m sampler draw")
    assert not any(word in said for word in ("usage:", "options:", "show this"))


def test_the_faults_of_plan_and_roster_are_told_at_once(desk: Desk) -> None:
    desk.write("plan.toml", PLAN.replace("max = 2", "max = -2\nmix = 3"))
    desk.write("roster.csv", csv_of(ROSTER).replace(b'"u03"', b'"u04"'))
    codes = desk.codes(f"check {BOTH}")

    assert len(codes) >= 3
    assert "unit_id_doubled" in codes


def test_a_field_that_nobody_holds_is_named_beside_the_conflict(desk: Desk) -> None:
    desk.write("plan.toml", PLAN.replace("食品", "食物"))
    code, said, complained = desk.run(f"check {BOTH}")
    answer = desk.json(f"check {BOTH}")[1]

    assert (code, said) == (2, "")
    assert "提醒：[fields]：名单的 fields 列中没有 “食物”" in complained
    assert answer["notes"] == ["[fields]：名单的 fields 列中没有 “食物”"]


def test_what_the_disk_refuses_is_told_in_chinese(desk: Desk) -> None:
    folder = desk.run("check --plan @. --roster @roster.csv")[2]
    file = desk.run(f"chances {BOTH} --out @roster.csv/deeper")[2]

    assert "这是文件夹，不是文件" in folder
    assert "路径中有一段不是文件夹" in file


def test_faults_in_words_go_to_standard_error_with_their_file(desk: Desk) -> None:
    desk.write("roster.csv", csv_of(ROSTER).replace(b'"u03"', b'"u04"'))
    code, said, complained = desk.run(f"check {BOTH}")

    assert (code, said) == (2, "")
    assert "roster.csv" in complained
    assert "没有写出任何结果" in complained


def test_a_plan_that_cannot_be_drawn_is_explained(desk: Desk) -> None:
    desk.write("plan.toml", PLAN.replace('"食品" = 3', '"食品" = 13').replace("n = 5", "n = 15"))
    for command in (
        f"check {BOTH}",
        f"chances {BOTH} --out @o",
        COMMIT,
        f"draw {BOTH} --seed 甲 --seed 乙 --out @o",
    ):
        before = desk.files()
        code, answer = desk.json(command)
        assert code == 2
        assert "食品" in answer["infeasible"]["conflicts"][0]["message"]
        assert desk.files() == before
        assert "食品" in desk.run(command)[2]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("--seed 甲", "too_few_seeds"),
        ("", "missing_option"),
    ],
)
def test_a_rehearsal_needs_its_seeds(desk: Desk, options: str, code: str) -> None:
    assert desk.codes(f"draw {BOTH} {options} --out @o") == [code]


@pytest.mark.parametrize(
    ("sources", "codes"),
    [
        ("--source 甲", ["too_few_sources"]),
        ("--source 甲 --source 甲", ["source_twice"]),
        ("--source machine --source 甲=乙", ["source_name", "source_name"]),
    ],
)
def test_a_commitment_needs_its_sources(desk: Desk, sources: str, codes: list[str]) -> None:
    assert desk.codes(f"commit {BOTH} {sources} --out @c") == codes


@pytest.mark.parametrize(
    ("reveals", "codes"),
    [
        ("--reveal 彩票", ["reveal_form"]),
        ("--reveal 彩票=", ["reveal_form"]),
        ("--reveal 彩票=1 --reveal 彩票=2 --reveal 公证处", ["reveal_twice", "reveal_form"]),
        ("--reveal 丙=1 --reveal 丁=1", ["unknown_source", "unknown_source"]),
    ],
)
def test_reveals_that_cannot_be_counted_are_refused(
    desk: Desk, reveals: str, codes: list[str]
) -> None:
    committed(desk)

    assert desk.codes(f"{DRAW} {reveals} --out @o") == codes


def test_a_draw_by_commitment_takes_no_other_plan_and_no_seeds(desk: Desk) -> None:
    committed(desk)

    assert desk.codes(f"{DRAW} --plan @plan.toml --seed 甲 --out @o") == ["needless_option"] * 2


def test_no_draw_on_another_roster_or_with_another_share(desk: Desk) -> None:
    committed(desk)
    desk.run(COMMIT.replace("@c", "@d"))
    rows = rows_of(ROSTER)
    rows[7]["name"] = "改名"
    desk.write("other.csv", csv_of(roster_of(rows)))

    assert desk.codes(f"{DRAW.replace('@roster', '@other')} --out @o") == ["other_roster"]
    assert desk.codes(f"{DRAW.replace('@c/machine', '@d/machine')} --out @o") == ["other_machine"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("commitment.json", "", "not_json"),
        ("commitment.json", "[]", "not_json"),
        ("commitment.json", "{}", "bad_commitment"),
        ("commitment.json", '{"frame":{},"machine":"","plan":{}}', "bad_commitment"),
        ("commitment.json", "[" * 100_000, "not_json"),
        ("machine.secret", "x", "not_json"),
        ("machine.secret", "{}", "bad_machine"),
        (
            "machine.secret",
            '{"format":"","machine_share":7,"salt_key":[]}',
            "bad_commitment",
        ),
    ],
)
def test_damaged_commitments_and_shares_are_refused(
    desk: Desk, name: str, text: str, code: str
) -> None:
    committed(desk).write(f"c/{name}", text)

    assert desk.codes(f"{DRAW} --out @o") == [code]


@pytest.mark.parametrize("key", ["plan", "frame", "types", "chances", "sources", "machine"])
def test_a_commitment_with_a_damaged_part_is_refused(desk: Desk, key: str) -> None:
    data = json.loads(committed(desk).path("c/commitment.json").read_bytes())
    others: list[Any] = [None, [], {}, 3, "x"]
    for other in others:
        text = json.dumps(
            {**data, key: other}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        desk.write("c/commitment.json", text)
        assert desk.codes(f"{DRAW} --out @o")


def test_a_commitment_written_in_another_way_is_refused(desk: Desk) -> None:
    data = json.loads(committed(desk).path("c/commitment.json").read_bytes())
    desk.write("c/commitment.json", json.dumps(data, indent=1))

    assert desk.codes(f"{DRAW} --out @o") == ["bad_commitment"]


def test_the_share_of_a_rehearsal_draws_nothing(desk: Desk) -> None:
    committed(desk)
    desk.run(f"draw {BOTH} --seed 甲 --seed 乙 --out @r")
    data = json.loads(desk.path("r/certificate.json").read_bytes())["commitment"]
    desk.write(
        "c/commitment.json",
        json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )

    assert desk.codes(f"{DRAW} --out @o") == ["bad_machine"]


def test_files_that_are_not_there_are_named(desk: Desk) -> None:
    assert desk.codes("check --plan @no.toml --roster @no.csv") == ["no_file", "no_file"]
    assert desk.codes("verify @no.json") == ["no_file"]


def test_a_folder_that_cannot_be_written_is_named(desk: Desk) -> None:
    desk.write("o", "a file stands where the folder should be")

    assert desk.codes(f"draw {BOTH} --seed 甲 --seed 乙 --out @o") == ["cannot_write"]


def test_a_command_that_is_not_known_is_bad_input(desk: Desk) -> None:
    assert desk.run("drew")[0] == 2
    assert desk.run("check --plam x")[0] == 2
    assert desk.run("")[0] == 2
