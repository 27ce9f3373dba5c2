"""The picture compares the same institutions under two methods."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import by_hand
from bench.material import NATIONAL_PLAN, ROOT
from rosters.demo.rows import demo_roster, write_demo_roster


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> by_hand.Compared:
    roster = tmp_path_factory.mktemp("bench") / "roster.csv"
    with roster.open("wb") as stream:
        write_demo_roster(demo_roster(2_000, 1_000, 7), stream)
    return by_hand.compare(NATIONAL_PLAN, roster, rounds=50)


def test_both_methods_draw_the_same_number_of_institutions(compared: by_hand.Compared) -> None:
    for chances in (compared.fair, compared.by_hand):
        drawn = sum(chances[t.number] * t.units for t in compared.problem.drawable)
        assert drawn == compared.problem.n


def test_every_institution_stands_in_one_row(compared: by_hand.Compared) -> None:
    units = sum(t.units for t in compared.problem.drawable)

    assert sum(row.units for row in by_hand.rows(compared)) == units == 1_000


def test_the_picture_is_one_well_formed_drawing_with_its_figures(
    compared: by_hand.Compared,
) -> None:
    text = by_hand.picture(compared)
    drawing = ElementTree.fromstring(text)
    said = [node.text for node in drawing.iter("{http://www.w3.org/2000/svg}text")]

    assert len(text) < 100_000
    for row in by_hand.rows(compared):
        assert {row.label, f"{row.fair:.2f}", f"{row.by_hand:.2f}"} <= set(said)


def test_the_page_shows_the_picture_that_is_kept() -> None:
    page = (ROOT / "docs" / "fairness-by-hand.md").read_text(encoding="utf-8")

    assert "(img/by-hand.svg)" in page
    assert Path(by_hand.PICTURE).stat().st_size < 100_000
