"""Bad files, large files, and what is left of good ones."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Opened
from tests.web.visits import PLAN, ROSTER, begin, upload, words

NOISE = bytes(range(256)) * 64


def test_the_faults_of_both_files_are_shown_together(client: FlaskClient) -> None:
    roster = ROSTER.replace("省级", "市级", 3)

    page = words(client.get(upload(client, PLAN + "extra = 1\n", roster)).text)

    assert "没有计算：发现 4 处问题" in page
    assert "计划.toml" in page
    assert "名单.csv 第 2 行 level 列" in page


def test_all_faults_can_be_taken_away_as_a_table(client: FlaskClient) -> None:
    trial = upload(client, roster=ROSTER.replace("省级", "市级"))

    text = client.get(f"{trial}/faults.csv").data.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["文件", "位置", "问题"]
    assert len(rows) == 1 + 12


def test_many_faults_are_capped_on_the_page_and_complete_in_the_table(client: FlaskClient) -> None:
    header, *rows = ROSTER.splitlines()
    many = "\n".join([header, *(rows[0].replace("U00", f"V{i}") for i in range(90))])
    trial = upload(client, roster=many.replace("省级", "市级"))

    assert client.get(trial).text.count("市级") == 50
    assert client.get(f"{trial}/faults.csv").text.count("市级") == 90


@pytest.mark.parametrize("plan", [NOISE, b"", "name = ", "\x00"])
def test_a_plan_that_is_none_is_a_fault(client: FlaskClient, plan: str | bytes) -> None:
    assert "没有计算" in client.get(upload(client, plan=plan)).text


@pytest.mark.parametrize("roster", [NOISE, b"", b"PK\x03\x04 broken", "unit_id\n"])
def test_a_roster_that_is_none_is_a_fault(client: FlaskClient, roster: str | bytes) -> None:
    assert "没有计算" in client.get(upload(client, roster=roster)).text


def test_forgetting_to_choose_a_file_is_said_in_plain_words(client: FlaskClient) -> None:
    page = client.get(begin(client, roster="upload", plan="upload").location).text

    assert "没有选择计划文件" in page
    assert "没有选择名单文件" in page


def test_nothing_can_be_drawn_from_faults(client: FlaskClient) -> None:
    trial = upload(client, plan=NOISE)

    for step in ("rehearsal", "comparison", "again"):
        form = {"seed1": "甲", "seed2": "乙"}
        assert "没有计算" in client.post(f"{trial}/{step}", data=form, follow_redirects=True).text
    assert "没有计算" in client.get(f"{trial}/chances.csv").text


def test_a_request_beyond_64_megabytes_is_refused_in_plain_words(client: FlaskClient) -> None:
    answer = begin(client, roster="upload", roster_file=(io.BytesIO(bytes(65 << 20)), "big.csv"))

    assert answer.status_code == 413
    assert "不得超过 64 MB" in answer.text
    assert "没有保存任何内容" in answer.text


def test_an_upload_is_gone_from_the_disk_with_the_answer(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    client = opened().test_client()
    # large enough for Werkzeug to put it on the disk
    large = ROSTER + "".join(
        f"W{i},{'名' * 200}{i},食品检验,0,省级,浙江省,A\n" for i in range(2_000)
    )

    trial = upload(client, roster=large)

    assert "2,012 家" in client.get(trial).text
    assert list(tmp_path.iterdir()) == []
