import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rosters.demo.figures import FIELDS, NAMED_QUOTAS
from rosters.demo.rows import DemoRow, demo_roster

PLANS = Path(__file__).parents[2] / "sampler" / "plans"
NAMES = sorted(path.name for path in PLANS.glob("*.toml"))


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((PLANS / name).read_text(encoding="utf-8"))


def conditions(plan: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every (column, value) that the plan asks about."""
    wheres = [plan.get("eligible", {})]
    wheres += [rule["where"] for rule in plan.get("cross", []) + plan.get("factor", [])]
    for where in wheres:
        for column, wanted in where.items():
            for value in wanted if isinstance(wanted, list) else [wanted]:
                yield column, value
    for table in ("weights", "ratios"):
        for value in plan.get(table, {}).keys() - {"by"}:
            yield plan[table]["by"], value


@pytest.fixture(scope="module")
def cells() -> dict[str, set[str]]:
    rows = list(demo_roster(20_000, 2_000, 7))
    return {column: {getattr(row, column) for row in rows} for column in DemoRow._fields}


def test_there_is_a_plan_for_every_way_of_planning() -> None:
    assert {
        "2023-national.toml",
        "2023-national-all.toml",
        "provincial-ratios.toml",
        "joint-crossing.toml",
        "risk-weights.toml",
    } == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_field_counts_of_a_plan_sum_to_its_total(name: str) -> None:
    plan = read(name)

    assert sum(plan["fields"].values()) == plan["n"]


@pytest.mark.parametrize("name", NAMES)
def test_the_fields_of_a_plan_are_those_of_the_roster(name: str) -> None:
    plan = read(name)

    assert plan["fields"].keys() - {plan["other"]} <= {field.name for field in FIELDS}
    assert plan["other"] in plan["fields"]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_plan_asks_about_occurs_in_the_roster(
    name: str, cells: dict[str, set[str]]
) -> None:
    assert all(str(value) in cells[column] for column, value in conditions(read(name)))


@pytest.mark.parametrize("name", ["2023-national.toml", "2023-national-all.toml"])
def test_the_plans_of_2023_say_what_the_notice_says(name: str) -> None:
    plan = read(name)

    assert plan["n"] == 100
    assert plan["fields"] == {**NAMED_QUOTAS, "其他领域": 35}
    assert [(rule["where"], rule["min"], rule["max"]) for rule in plan["cross"]] == [
        ({"qi_centre": 1}, 20, 20)
    ]
    assert plan.get("eligible") == ({"level": "国家级"} if name == "2023-national.toml" else None)


def test_the_crossing_quotas_do_not_nest() -> None:
    rows = [row._asdict() for row in demo_roster(20_000, 2_000, 7)]
    quotas = [
        {number for number, row in enumerate(rows) if meets(row, rule["where"])}
        for rule in read("joint-crossing.toml")["cross"]
    ]

    assert len(quotas) == 5
    for place, one in enumerate(quotas):
        for other in quotas[:place]:
            assert one & other
            assert one - other
            assert other - one


def meets(row: dict[str, str], where: dict[str, Any]) -> bool:
    return all(
        row[column] in map(str, wanted if isinstance(wanted, list) else [wanted])
        for column, wanted in where.items()
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_explains_itself_in_chinese(name: str) -> None:
    comments = [
        line for line in (PLANS / name).read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    ]

    assert len(comments) >= 3
