"""What the screen in the hall shows at a moment: it follows from rows and clock alone."""

from datetime import timedelta
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from inspections.drawn_units import DrawnUnit, in_order_of_showing
from inspections.draws import Draw, DrawState
from tests.core.people import NOW
from web.inspections.hall_stage import (
    PAGE_SECONDS,
    ROWS,
    SHOW_SECONDS,
    Names,
    names_at,
    pace,
    units_to_show,
)

SEED = sha256(b"hall").hexdigest()
totals = st.integers(1, 120)
moments = st.floats(0, 1_000, allow_nan=False)


def drawn(total: int) -> tuple[Draw, list[DrawnUnit]]:
    draw = Draw(
        plan_id=1, plan_version_id=1, frame_id=1, number=1, state=DrawState.DRAWN, seed=SEED,
        announced_by=1, announced_at=NOW, drawn_at=NOW,
    )  # fmt: skip
    units = [
        DrawnUnit(
            draw_id=1, unit_id=f"u{i}", name=f"机构{i}", field="食品", rank=i, is_reserve=False,
            chance="1/2",
        )
        for i in range(1, total + 1)
    ]  # fmt: skip
    return draw, units


def after(total: int, seconds: float) -> Names:
    draw, units = drawn(total)
    return names_at(draw, units_to_show(draw, units), NOW + timedelta(seconds=seconds))


def places(names: Names) -> list[int]:
    return [place for column in names.columns for place, _ in column]


@given(totals, moments)
def test_no_screen_holds_more_than_two_columns(total: int, seconds: float) -> None:
    names = after(total, seconds)

    assert all(len(column) <= ROWS for column in names.columns)
    assert 1 <= len(places(names)) <= 2 * ROWS


@given(totals, moments)
def test_the_names_stand_in_the_order_of_their_tickets(total: int, seconds: float) -> None:
    _, units = drawn(total)
    ordered = in_order_of_showing(SEED, units)

    for column in after(total, seconds).columns:
        assert all(ordered[place - 1].name == shown.name for place, shown in column)


@given(totals, moments, moments)
def test_a_name_that_was_shown_stays_shown(total: int, one: float, other: float) -> None:
    early, late = sorted((one, other))

    assert after(total, early).shown <= after(total, late).shown <= total


@given(totals, st.integers(0, 119))
def test_the_newest_name_is_on_the_screen(total: int, at: int) -> None:
    names = after(total, (at % total) * pace(total))

    assert names.shown in places(names)


@given(totals)
def test_all_pages_come_by_once_all_are_shown(total: int) -> None:
    pages = -(-total // (2 * ROWS))
    end = total * pace(total)

    seen = {
        place
        for page in range(pages)
        for place in places(after(total, end + (page + 0.5) * PAGE_SECONDS))
    }

    assert seen == set(range(1, total + 1))


@given(st.integers(1, 100_000))
def test_a_hall_never_waits_longer_than_four_minutes_for_the_last_name(total: int) -> None:
    assert 0 < total * pace(total) <= SHOW_SECONDS + 1e-6
