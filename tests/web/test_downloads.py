"""The files of a result: the same as on the command line, and readable by whom they are for."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from flask.testing import FlaskClient

from core.fonts import SANS
from sampler.__main__ import main as sampler
from tests.web.visits import PLAN, ROSTER, SEEDS, draw, files_of, upload

PUBLIC = ("certificate.json", "frame.jsonl", "drawn.csv", "chances.csv", "verifier.py")
HARD_ROSTER = ROSTER.replace("机构3", "机构𬭎😀").replace("机构5", "机构&<i>五")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """All files of one result, downloaded."""
    from tests.web.visits import SMALL
    from web.app import create_app
    from web.settings import demo_settings

    app = create_app(demo_settings(SMALL))
    client = app.test_client()
    addresses = files_of(draw(client, upload(client, roster=HARD_ROSTER)))
    found = {name: client.get(address).data for name, address in addresses.items()}
    app.extensions["desk"].close()
    return found


def test_the_page_and_the_command_line_write_the_same_bytes(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "p.toml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "r.csv").write_text(HARD_ROSTER, encoding="utf-8")
    seeds = [part for seed in SEEDS for part in ("--seed", seed)]
    inputs = ["--plan", str(tmp_path / "p.toml"), "--roster", str(tmp_path / "r.csv")]

    assert sampler(["draw", *inputs, *seeds, "--out", str(tmp_path / "out")]) == 0

    for file in (tmp_path / "out").iterdir():
        assert files[file.name] == file.read_bytes(), file.name


def test_the_archive_holds_the_public_files_and_never_the_sealed_one(
    files: dict[str, bytes],
) -> None:
    with zipfile.ZipFile(io.BytesIO(files["bundle.zip"])) as archive:
        names = archive.namelist()
        contents = {name: archive.read(name) for name in names}

    assert set(names) == {*PUBLIC, "README.txt", "drawn.xlsx", "drawn.pdf"}
    assert contents == {name: files[name] for name in names}


def text_of(paper: bytes) -> str:
    document = pypdfium2.PdfDocument(paper)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_paper_can_be_searched_and_names_every_drawn_unit(files: dict[str, bytes]) -> None:
    text = text_of(files["drawn.pdf"])

    assert "小计划" in text
    assert "试抽，不是正式抽取结果" in text
    assert "第 1 页，共 1 页" in text
    for line in files["drawn.csv"].decode().splitlines()[1:]:
        assert line.split(",")[0] in text


def test_the_paper_embeds_its_only_face(files: dict[str, bytes]) -> None:
    paper = files["drawn.pdf"]

    assert b"/FontFile2" in paper
    assert SANS.encode() in paper
    assert b"Helvetica" not in paper


def test_a_character_that_the_face_lacks_is_marked_and_named(client: FlaskClient) -> None:
    trial = upload(client, PLAN.replace("小计划", "小计划😀"))

    text = text_of(client.get(files_of(draw(client, trial))["drawn.pdf"]).data)

    assert "小计划〓" in text
    assert "U+1F600" in text


def test_a_long_list_says_on_every_page_which_and_how_many(client: FlaskClient) -> None:
    rows = "".join(f"L{i:03},机构{i},食品检验,0,省级,浙江省,A\n" for i in range(120))
    trial = upload(client, 'name = "长名单"\nn = 90\n', ROSTER.splitlines()[0] + "\n" + rows)

    document = pypdfium2.PdfDocument(client.get(files_of(draw(client, trial))["drawn.pdf"]).data)

    pages = [page.get_textpage().get_text_range() for page in document]
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert f"第 {number} 页，共 {len(pages)} 页" in text
        assert "全部：抽中 90 家" in text


def test_the_workbook_keeps_codes_as_text_under_a_frozen_head(files: dict[str, bytes]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(files["drawn.xlsx"]))
    sheet = workbook["抽中名单"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    lines = [line.split(",") for line in files["drawn.csv"].decode().splitlines()[1:]]

    assert sheet.freeze_panes == "A2"
    assert {(r[4], r[3], r[0], r[1]) for r in rows} == {
        (line[0], line[1], line[2], int(line[3])) for line in lines
    }
    assert all(cell.data_type == "s" for cell in sheet["E"])
    assert sheet.column_dimensions["D"].width > 40


def test_papers_of_equal_draws_are_equal(client: FlaskClient) -> None:
    first, second = (
        {n: client.get(a).data for n, a in files_of(draw(client, upload(client))).items()}
        for _ in range(2)
    )

    assert first == second
