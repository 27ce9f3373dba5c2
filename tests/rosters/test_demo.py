import csv
import io
import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from rosters.demo.country import allocate
from rosters.demo.figures import FIELDS, NAMED_QUOTAS, PROVINCES
from rosters.demo.rows import DemoImpossible, DemoRow, demo_roster, write_demo_roster
from rosters.identifiers import ISSUERS, is_credit_code, read_certificate_number

sizes = st.integers(200, 1_500).flatmap(
    lambda national: st.tuples(st.integers(national, 4_000), st.just(national))
)
seeds = st.integers(0, 2**64)
few = settings(max_examples=25)


def held(rows: list[DemoRow]) -> Counter[str]:
    return Counter(field for row in rows for field in row.fields.split("|"))


def written(rows: list[DemoRow]) -> bytes:
    stream = io.BytesIO()
    write_demo_roster(rows, stream)
    return stream.getvalue()


def most_drawn(rows: list[DemoRow], centres: int) -> int:
    """How many places of the 2023 plan the national-level *rows* can fill, with so many centres."""
    quotas = {**NAMED_QUOTAS, "其他领域": 35}
    types = Counter(
        (row.qi_centre == "1", frozenset(place_of(field) for field in row.fields.split("|")))
        for row in rows
        if row.level == "国家级"
    )
    # the nodes: source, sum of the others, sum of the centres, types, places, sink
    place = {name: 3 + len(types) + at for at, name in enumerate(quotas)}
    sink = 3 + len(types) + len(quotas)
    capacity = np.zeros((sink + 1, sink + 1), dtype=np.int32)
    capacity[0, 1:3] = 100 - centres, centres
    for node, ((centre, names), units) in enumerate(types.items(), start=3):
        capacity[1 + centre, node] = units
        capacity[node, [place[name] for name in names]] = units
    for name, quota in quotas.items():
        capacity[place[name], sink] = quota
    return int(maximum_flow(csr_array(capacity), 0, sink).flow_value)


def place_of(field: str) -> str:
    return field if field in NAMED_QUOTAS else "其他领域"


@pytest.fixture(scope="module")
def nation() -> list[DemoRow]:
    return list(demo_roster(53_834, 5_200, 7))


def test_the_country_has_the_published_field_counts(nation: list[DemoRow]) -> None:
    counts = held(nation)

    assert counts == {field.name: field.units for field in FIELDS}
    assert counts["机动车检验"] == 15_760
    assert counts["生态环境监测"] == 8_601


def test_provinces_keep_their_published_proportions(nation: list[DemoRow]) -> None:
    counts = Counter(row.province for row in nation)
    total = sum(province.units for province in PROVINCES)

    for province in PROVINCES:
        assert abs(counts[province.name] - 53_834 * province.units / total) < 1
    assert [name for name, _ in counts.most_common(4)] == ["广东省", "山东省", "江苏省", "河南省"]


def test_the_national_level_and_its_centres_have_the_asked_size(nation: list[DemoRow]) -> None:
    centres = [row for row in nation if row.qi_centre == "1"]

    assert sum(row.level == "国家级" for row in nation) == 5_200
    assert len(centres) == 900
    assert {row.level for row in centres} == {"国家级"}


def test_some_institutions_are_much_broader_than_chance_would_make_them(
    nation: list[DemoRow],
) -> None:
    breadth = np.array([row.fields.count("|") for row in nation if row.level == "国家级"])

    # independent further fields would give a variance close to the mean
    assert breadth.var() > 1.15 * breadth.mean()
    assert breadth.max() >= 5


def test_credit_classes_have_plausible_shares(nation: list[DemoRow]) -> None:
    shares = {name: n / len(nation) for name, n in Counter(r.credit_class for r in nation).items()}

    assert set(shares) == set("ABCD")
    assert shares["B"] > shares["A"] > shares["C"] > shares["D"] > 0.02


@few
@given(sizes, seeds)
def test_every_named_field_has_three_times_its_quota_at_national_level(
    size: tuple[int, int], seed: int
) -> None:
    national = [row for row in demo_roster(*size, seed) if row.level == "国家级"]

    assert len(national) == size[1]
    assert all(held(national)[name] >= 3 * quota for name, quota in NAMED_QUOTAS.items())


@few
@given(sizes, seeds)
def test_the_plan_of_2023_can_be_drawn_with_exactly_20_centres(
    size: tuple[int, int], seed: int
) -> None:
    assert most_drawn(list(demo_roster(*size, seed)), centres=20) == 100


@few
@given(st.integers(1, 3_000), seeds)
def test_identifiers_are_valid_and_nobody_shares_one(units: int, seed: int) -> None:
    rows = list(demo_roster(units, 0 if units < 200 else 200, seed))

    assert all(is_credit_code(row.unit_id) for row in rows)
    for column in ("unit_id", "name", "certificate_no"):
        assert len({getattr(row, column) for row in rows}) == units


@few
@given(st.integers(200, 2_000), seeds)
def test_a_certificate_agrees_with_its_row(units: int, seed: int) -> None:
    for row in demo_roster(units, 200, seed):
        number = read_certificate_number(row.certificate_no)

        assert number is not None
        issuer = ISSUERS[number.issuer]
        assert issuer == "国家" if row.level == "国家级" else row.province.startswith(issuer)
        assert (number.field == 0) == ("食品检验" in row.fields)


def test_names_stay_apart_when_the_coined_words_run_out() -> None:
    names = {row.name for row in demo_roster(86_000, 0, 1)}

    assert len(names) == 86_000


def test_every_row_says_that_it_is_made_up(nation: list[DemoRow]) -> None:
    assert all("演示" in row.name and row.remark == "演示数据" for row in nation)
    # no county of the country has this code
    assert {row.unit_id[4:8] for row in nation} == {"0099"}


@few
@given(st.integers(1, 1_000), seeds)
def test_every_institution_holds_each_of_its_fields_once(units: int, seed: int) -> None:
    known = {field.name for field in FIELDS}

    for row in demo_roster(units, 0, seed):
        fields = row.fields.split("|")
        assert fields
        assert len(set(fields)) == len(fields)
        assert known.issuperset(fields)


def test_another_seed_gives_another_roster_of_the_same_shape() -> None:
    one, other = list(demo_roster(2_000, 300, 1)), list(demo_roster(2_000, 300, 2))

    assert {row.unit_id for row in one}.isdisjoint(row.unit_id for row in other)
    assert held(one) == held(other)
    assert Counter(row.province for row in one) == Counter(row.province for row in other)


GOLDEN = "2c84e7fee588f6ee3b8054b611aace8c2a45145e9e1cf8bc8349b0e823e2aab0"
PROGRAM = """
import sys
from rosters.demo.rows import demo_roster, write_demo_roster
write_demo_roster(demo_roster(700, 250, 7), sys.stdout.buffer)
"""


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_bytes_are_the_same_in_every_run(hash_seed: str) -> None:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, check=True, env=environment
    )

    assert sha256(run.stdout).hexdigest() == GOLDEN


def test_the_file_opens_in_a_spreadsheet_and_reads_back() -> None:
    rows = list(demo_roster(300, 200, 3))
    data = written(rows)

    assert data.startswith(
        b"\xef\xbb\xbfunit_id,name,fields,qi_centre,level,province,credit_class,"
    )
    assert data.count(b"\r\n") == 301
    table = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert [tuple(line) for line in table] == [DemoRow._fields, *rows]


def test_writing_leaves_the_stream_open() -> None:
    stream = io.BytesIO()
    write_demo_roster([], stream)

    assert not stream.closed


@pytest.mark.parametrize(
    ("units", "national", "reason"),
    [
        (0, 0, "机构总数"),
        (1_000_001, 5_200, "机构总数"),
        (100, 101, "国家级机构数"),
        (100, -1, "国家级机构数"),
        (1_000, 199, "三倍"),
        (1_000, 1, "三倍"),
    ],
)
def test_a_size_that_cannot_keep_the_promises_is_refused(
    units: int, national: int, reason: str
) -> None:
    with pytest.raises(DemoImpossible, match=reason):
        demo_roster(units, national, 7)


shares = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=1, max_size=8)


@given(shares, st.data())
def test_an_allocation_uses_up_the_total_and_no_more_than_the_room(
    pairs: list[tuple[int, int]], data: st.DataObject
) -> None:
    weights, room = np.array(pairs).T
    total = data.draw(st.integers(0, int(room.sum())))
    counts = allocate(total, weights, room)

    assert counts.sum() == total
    assert (counts >= 0).all()
    assert (counts <= room).all()


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 500))
def test_an_allocation_with_room_is_proportional_to_less_than_one(
    weights: list[int], total: int
) -> None:
    counts = allocate(total, np.array(weights), np.full(len(weights), total))

    assert (abs(counts - total * np.array(weights) / sum(weights)) < 1).all()
