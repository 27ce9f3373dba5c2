"""Working days, with holidays and the days that make up for them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import (
    PUBLICATION_DAYS,
    Clock,
    add_working_days,
    announced,
    china_date,
    is_working_day,
    occasion,
    start_of,
    working_days_between,
)

days = st.dates(date(2019, 1, 1), date(2030, 12, 31))
periods = st.integers(0, 60)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2023, 1, 28), True),  # a Saturday after the Spring Festival
        (date(2023, 1, 23), False),  # a Monday in it
        (date(2023, 9, 29), False),  # Mid-autumn Festival, a Friday
        (date(2023, 10, 7), True),  # a Saturday
        (date(2023, 10, 8), True),  # a Sunday
        (date(2024, 2, 18), True),  # a Sunday
        (date(2024, 2, 12), False),
        (date(2024, 9, 17), False),
        (date(2024, 10, 12), True),
        (date(2025, 1, 26), True),
        (date(2025, 1, 28), False),  # New Year's Eve, a holiday by law since 2025
        (date(2025, 5, 2), False),  # the second day of Labour Day, the same
        (date(2025, 9, 28), True),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
        (date(2025, 11, 12), True),
    ],
)
def test_announced_days_are_as_announced(day: date, works: bool) -> None:
    assert is_working_day(day).value is works
    assert not is_working_day(day).assumed


@pytest.mark.parametrize(("year", "working"), [(2023, 249), (2024, 251), (2025, 248)])
def test_a_year_has_as_many_working_days_as_its_announcement_leaves(
    year: int, working: int
) -> None:
    found = working_days_between(date(year - 1, 12, 31), date(year, 12, 31))

    assert found.value == working


@given(st.dates(date(2031, 1, 1), date(2060, 1, 1)))
def test_where_nothing_is_announced_weekends_count_and_it_is_said(day: date) -> None:
    answer = is_working_day(day)

    assert answer.assumed
    assert answer.value == (day.weekday() < 5)


def test_the_end_of_the_last_announced_year_may_still_move() -> None:
    last = max(year for year in range(2024, 2060) if announced(date(year, 6, 1)))

    assert not is_working_day(date(last, 12, 20)).assumed
    assert is_working_day(date(last, 12, 30)).assumed


def test_the_whole_answer_is_never_taken_for_its_value() -> None:
    with pytest.raises(TypeError):
        assert is_working_day(date(2025, 10, 1))


def test_a_holiday_and_its_make_up_day_know_their_occasion() -> None:
    assert occasion(date(2025, 10, 1)) == "国庆节"
    assert occasion(date(2025, 10, 11)) == "国庆节"
    assert occasion(date(2025, 11, 12)) == ""


@given(days, periods)
def test_a_period_of_n_working_days_holds_n_working_days(start: date, n: int) -> None:
    end = add_working_days(start, n)

    assert working_days_between(start, end.value).value == n
    assert n == 0 or is_working_day(end.value).value


@given(days, periods, periods)
def test_periods_one_after_the_other_add_up(start: date, one: int, two: int) -> None:
    there = add_working_days(add_working_days(start, one).value, two)

    assert there.value == add_working_days(start, one + two).value


@given(days, st.integers(-90, 90))
def test_counting_back_is_counting_forth_with_the_other_sign(start: date, shift: int) -> None:
    end = start + timedelta(days=shift)

    assert working_days_between(start, end).value == -working_days_between(end, start).value


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_working_days_of_adjoining_periods_add_up(start: date, one: int, two: int) -> None:
    middle, end = start + timedelta(days=one), start + timedelta(days=one + two)

    together = working_days_between(start, end).value

    assert together == sum(
        part.value
        for part in (working_days_between(start, middle), working_days_between(middle, end))
    )


def test_a_period_reaching_into_a_year_without_announcement_is_assumed() -> None:
    assert add_working_days(date(2040, 1, 3), 1).assumed
    assert not add_working_days(date(2025, 3, 3), 20).assumed


def test_a_negative_period_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        add_working_days(date(2025, 3, 3), -1)


def test_the_publication_clock_skips_the_national_holidays() -> None:
    clock = Clock(date(2025, 9, 22))

    assert PUBLICATION_DAYS == 20
    # 23-30 September with Sunday 28th: 7; 9-11 October with Saturday 11th: 3; 13-17, 20-24: 10
    assert clock.due().value == date(2025, 10, 24)
    assert clock.left(date(2025, 10, 23)).value == 1
    assert clock.left(date(2025, 10, 27)).value == -1
    assert not clock.is_over(date(2025, 10, 24)).value
    assert clock.is_over(date(2025, 10, 25)).value


@given(days, st.integers(1, 40), st.integers(0, 90))
def test_a_clock_is_over_once_its_last_day_has_passed(start: date, n: int, later: int) -> None:
    clock, today = Clock(start, n), start + timedelta(days=later)

    assert clock.is_over(today).value == (today > clock.due().value)
    assert clock.is_over(today).value or clock.left(today).value >= 0


def test_the_date_of_a_moment_is_that_of_an_office_in_china() -> None:
    evening = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)

    assert china_date(evening) == date(2026, 1, 1)
    assert start_of(date(2026, 1, 1)) == datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="zone"):
        china_date(evening.replace(tzinfo=None))
