"""The risk of an institution is a sum that anybody can repeat."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosters.certificates import CertificateState
from rosters.flags import FlagKind, Verdict
from rosters.institutions import CreditClass, Standing
from rosters.risk.indicators import STANDARD, Bands, BandsOutOfOrder, IndicatorGroup, bands_of
from rosters.risk.measures import (
    MEASURES,
    MENDING,
    Event,
    HeldCertificate,
    Record,
    RoundResult,
    Weight,
    contributions,
    points,
    years_ago,
)

DAY = date(2026, 11, 20)
STANDARD_WEIGHTS = [
    Weight(one.code, one.weight, one.most) for one in STANDARD if one.group != IndicatorGroup.BAND
]

days = st.dates(date(2020, 1, 1), date(2028, 12, 31))
events = st.builds(Event, st.sampled_from(FlagKind), days, st.none() | days)
tests = st.builds(RoundResult, st.sampled_from(Verdict), days)
certificates = st.builds(
    HeldCertificate, st.sampled_from(CertificateState), st.none() | days, st.none() | days
)
records = st.builds(
    Record,
    standing=st.sampled_from(Standing),
    missing=st.integers(0, 3),
    first_seen=days,
    sites=st.integers(0, 9),
    qi_centres=st.integers(0, 3),
    certificates=st.lists(certificates, max_size=4),
    events=st.lists(events, max_size=12),
    tests=st.lists(tests, max_size=6),
)
weights = st.lists(
    st.builds(
        Weight, st.sampled_from(sorted(MEASURES)), st.integers(-100, 100), st.integers(0, 100)
    ),
    unique_by=lambda weight: weight.code,
)


def total(record: Record, day: date = DAY) -> int:
    return sum(one.points for one in contributions(record, day, STANDARD_WEIGHTS).values())


def clean(**more: object) -> Record:
    """An institution of which nothing is known but that it is certified."""
    valid = HeldCertificate(CertificateState.VALID, date(2023, 1, 1), date(2028, 12, 31))
    return replace(Record(certificates=[valid]), **more)  # type: ignore[arg-type]


def with_event(kind: FlagKind, day: date, ended_on: date | None = None) -> Record:
    return clean(events=[Event(kind, day, ended_on)])


def counted(code: str, record: Record, day: date = DAY) -> int:
    return MEASURES[code](record, day)


@given(records, days, weights)
def test_each_contribution_is_what_was_counted_times_its_weight_within_its_limit(
    record: Record, day: date, indicators: list[Weight]
) -> None:
    found = contributions(record, day, indicators)

    for one in indicators:
        expected = points(MEASURES[one.code](record, day), one.weight, one.most)
        assert (found[one.code].points if one.code in found else 0) == expected
        assert not one.most or abs(expected) <= one.most
        assert abs(expected) <= MEASURES[one.code](record, day) * abs(one.weight)


@given(records, days)
def test_the_order_in_which_things_were_recorded_does_not_matter(record: Record, day: date) -> None:
    turned = replace(
        record,
        certificates=record.certificates[::-1],
        events=record.events[::-1],
        tests=record.tests[::-1],
    )

    assert total(turned, day) == total(record, day)


@given(records, days)
def test_another_complaint_never_speaks_for_an_institution(record: Record, day: date) -> None:
    worse = replace(record, events=[*record.events, Event(FlagKind.COMPLAINT, day, None)])

    assert total(worse, day) >= total(record, day)


@given(records, days)
def test_what_happens_later_is_not_counted_yet(record: Record, day: date) -> None:
    later = day + timedelta(days=1)
    more = [Event(kind, later, None) for kind in FlagKind]
    foreseen = replace(record, events=[*record.events, *more])

    assert total(foreseen, day) == total(record, day)


def test_an_institution_without_a_record_has_no_points() -> None:
    assert contributions(clean(), DAY, STANDARD_WEIGHTS) == {}


@pytest.mark.parametrize("kind", [FlagKind.FINDING, FlagKind.PENALTY, FlagKind.PRODUCT_QUALITY])
def test_what_was_found_counts_for_three_years(kind: FlagKind) -> None:
    code = {
        FlagKind.FINDING: "findings",
        FlagKind.PENALTY: "penalties",
        FlagKind.PRODUCT_QUALITY: "product_quality",
    }[kind]

    assert counted(code, with_event(kind, date(2023, 11, 21))) == 1
    assert counted(code, with_event(kind, date(2023, 11, 20))) == 0


def test_a_complaint_counts_for_a_year() -> None:
    assert counted("complaints", with_event(FlagKind.COMPLAINT, date(2025, 11, 21))) == 1
    assert counted("complaints", with_event(FlagKind.COMPLAINT, date(2025, 11, 20))) == 0


def test_three_years_before_a_leap_day_is_the_last_of_february() -> None:
    assert years_ago(date(2028, 2, 29), 3) == date(2025, 2, 28)


def test_a_list_counts_until_the_day_it_is_left() -> None:
    entered = date(2025, 1, 1)

    assert counted("abnormal_list", with_event(FlagKind.ABNORMAL_LIST, entered)) == 1
    left_tomorrow = with_event(FlagKind.ABNORMAL_LIST, entered, DAY + timedelta(days=1))
    assert counted("abnormal_list", left_tomorrow) == 1
    assert counted("abnormal_list", with_event(FlagKind.ABNORMAL_LIST, entered, DAY)) == 0


def test_a_fault_weighs_more_when_it_is_not_mended_in_time() -> None:
    found_on = DAY - MENDING

    assert counted("unmended", with_event(FlagKind.FINDING, found_on)) == 0
    assert counted("unmended", with_event(FlagKind.FINDING, found_on - timedelta(days=1))) == 1
    mended = with_event(FlagKind.FINDING, found_on - timedelta(days=1), DAY)
    assert counted("unmended", mended) == 0


def test_a_check_is_clean_if_nothing_was_found_that_day() -> None:
    day, other = date(2025, 6, 1), date(2024, 6, 1)
    record = clean(
        events=[
            Event(FlagKind.CHECKED, day, None),
            Event(FlagKind.FINDING, day, None),
            Event(FlagKind.CHECKED, other, None),
        ]
    )

    assert counted("clean_checks", record) == 1


def test_a_test_that_is_recorded_twice_counts_once() -> None:
    day = date(2025, 9, 1)
    record = clean(
        events=[Event(FlagKind.PROFICIENCY_FAILED, day, None)],
        tests=[RoundResult(Verdict.UNSATISFACTORY, day)],
    )

    assert counted("tests_failed", record) == 1


@pytest.mark.parametrize(
    ("state", "until", "without"),
    [
        (CertificateState.VALID, DAY, 0),
        (CertificateState.VALID, DAY - timedelta(days=1), 1),
        (CertificateState.SUSPENDED, date(2028, 1, 1), 1),
        (CertificateState.VALID, None, 0),
    ],
)
def test_who_is_in_business_needs_a_certificate_that_is_valid_on_the_day(
    state: CertificateState, until: date | None, without: int
) -> None:
    record = clean(certificates=[HeldCertificate(state, date(2022, 1, 1), until)])

    assert counted("no_certificate", record) == without
    assert counted("no_certificate", replace(record, standing=Standing.CLOSED)) == 0


@given(st.integers(-100, 300))
def test_more_points_never_propose_a_better_class(points_: int) -> None:
    bands = bands_of([])

    assert bands.class_of(points_) <= bands.class_of(points_ + 1)


def test_a_class_begins_at_its_bound() -> None:
    bands = Bands(1, 20, 50)

    classes = [bands.class_of(points) for points in (0, 1, 19, 20, 49, 50)]

    assert classes == [
        CreditClass.A, CreditClass.B, CreditClass.B, CreditClass.C, CreditClass.C, CreditClass.D
    ]  # fmt: skip


def test_bounds_that_do_not_rise_are_refused() -> None:
    with pytest.raises(BandsOutOfOrder):
        Bands(20, 20, 50)


def test_every_measure_has_a_standard_weight_and_its_reason() -> None:
    assert {weight.code for weight in STANDARD_WEIGHTS} == set(MEASURES)
    assert all(one.basis for one in STANDARD)
