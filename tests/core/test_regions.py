"""The divisions of the country."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.regions import (
    CORPS,
    NoSuchRegion,
    Region,
    cities,
    find,
    is_region,
    provinces,
    region_of,
    significant,
    within,
)

everything = [region for province in provinces() for region in (province, *cities(province))]
regions = st.sampled_from(everything)


def test_there_are_31_provinces_and_the_corps_with_342_cities() -> None:
    assert len(provinces()) == 31 + 1
    assert len(everything) == 31 + 1 + 342


def test_codes_are_unique_and_tell_their_level() -> None:
    assert len({region.code for region in everything}) == len(everything)
    assert all(region.code.endswith("0000") == region.is_province for region in everything)
    assert all(len(region.code) == 6 and region.code.isdecimal() for region in everything)


@given(regions)
def test_every_region_lies_in_itself_and_in_its_province(region: Region) -> None:
    assert within(region.code, region.code)
    assert within(region.code, region.province.code)
    assert region_of(region.code) is region


@given(regions, regions)
def test_a_region_lies_in_another_only_if_it_is_the_same_or_its_province(
    inner: Region, outer: Region
) -> None:
    assert within(inner.code, outer.code) == (outer in (inner, inner.parent))


def test_a_county_lies_in_its_city_and_its_province_and_nowhere_else() -> None:
    assert within("330106", "330100")
    assert within("330106", "330000")
    assert not within("330106", "330200")
    assert not within("330100", "330106")


@pytest.mark.parametrize("code", ["", "33", "3300000", "全国"])
def test_what_is_no_code_lies_nowhere(code: str) -> None:
    assert not within(code, "330000")
    assert not within("330000", code)


def test_the_corps_stands_beside_the_autonomous_region() -> None:
    assert region_of(CORPS).is_province
    assert not within(CORPS, "650000")


def test_significant_digits_are_those_by_which_all_within_begin() -> None:
    assert [significant(code) for code in ("330000", "330100", "330106")] == [
        "33",
        "3301",
        "330106",
    ]
    # a city whose number ends in 0
    assert significant("331000") == "3310"


@given(regions.filter(lambda region: "辖" not in region.name and region.name != "县"))
def test_a_region_is_found_by_its_path(region: Region) -> None:
    assert find(region.path) == region


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("浙江", "330000"),
        ("浙江省", "330000"),
        (" 浙 江 省 ", "330000"),
        ("内蒙古", "150000"),
        ("广西壮族自治区", "450000"),
        ("杭州", "330100"),
        ("浙江杭州", "330100"),
        ("浙江省杭州市", "330100"),
        ("延边", "222400"),
        ("兵团", CORPS),
        ("新疆兵团", CORPS),
        ("吉林", "220000"),
        ("吉林市", "220200"),
        ("海南", "460000"),
        ("青海省海南藏族自治州", "632500"),
        ("　重庆市", "500000"),
    ],
)
def test_names_as_people_write_them_are_understood(name: str, code: str) -> None:
    assert find(name) == region_of(code)


@pytest.mark.parametrize("name", ["", "市辖区", "县", "浙江省广州市", "火星"])
def test_a_name_that_means_no_one_place_finds_none(name: str) -> None:
    assert find(name) is None


def test_a_code_that_the_table_lacks_is_said() -> None:
    assert not is_region("990000")
    with pytest.raises(NoSuchRegion):
        region_of("990000")
