"""The page of data quality: what is counted, where, for whom, and the way to the entries."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from core.regions import Region, provinces
from core.roles import Role
from core.trail import Search, page
from rosters.editing import end
from rosters.entries import Noun
from rosters.quality.faults import KINDS
from tests.core.people import ZHEJIANG
from tests.web.people import Service, facts
from tests.web.rosters import TODAY, Small, act, small_roster
from web.rosters.charts import PLACES, TILE, tile_map

NUMBERS = st.dictionaries(st.sampled_from(provinces()), st.integers(1, 99_999))


@pytest.fixture
def small(service: Service, tmp_path: Path) -> Small:
    return small_roster(service, tmp_path)


@pytest.fixture
def nation(service: Service) -> FlaskClient:
    return service.sign_in(Role.NATIONAL_PLANNER)


def counted(text: str, code: str) -> int:
    found = re.search(rf'quality/{code}[^>]*>[^<]+</a></th>.*?<td class="n">([\d,]+)</td>', text)
    assert found is not None
    return int(found[1].replace(",", ""))


@given(NUMBERS)
def test_every_province_has_a_place_of_its_own_and_darker_means_more(
    numbers: dict[Region, int],
) -> None:
    found = tile_map(numbers)

    assert {one.region for one in found.tiles} == set(provinces())
    assert len({(one.x, one.y) for one in found.tiles}) == len(provinces())
    assert all(one.x + TILE <= found.width and one.y + TILE <= found.height for one in found.tiles)
    ordered = sorted(found.tiles, key=lambda one: one.number)
    assert [one.shade for one in ordered] == sorted(one.shade for one in ordered)
    assert all((one.shade == 0) == (one.number == 0) for one in found.tiles)
    assert len({len(line.split()) for line in PLACES}) == 1


def test_every_kind_of_fault_is_explained_and_its_entries_have_pages(
    service: Service, small: Small, nation: FlaskClient
) -> None:
    home = facts(nation.get("/quality"))
    for kind in KINDS:
        shown = facts(nation.get(f"/quality/{kind.code}"))
        assert kind.meaning in shown
        assert kind.mending in shown
        total = int(re.findall(r"<b>([\d,]+) 条</b>", shown)[0])
        assert total == counted(home, kind.code)
        links = re.findall(r'class="name"><a href="([^"]+)"', shown)
        assert len(links) == total
        assert all(nation.get(href).status_code == 200 for href in links)


def test_a_province_counts_its_own_entries_only(
    service: Service, small: Small, nation: FlaskClient
) -> None:
    planner = service.sign_in(Role.PROVINCIAL_PLANNER, scope=ZHEJIANG)

    everywhere, own = facts(nation.get("/quality")), facts(planner.get("/quality"))
    listed = facts(planner.get("/quality/no_contact"))

    assert (counted(everywhere, "no_contact"), counted(own, "no_contact")) == (2, 1)
    assert "演示杭州食品检测有限公司" in listed
    assert "演示南京食品检测有限公司" not in listed
    narrowed = facts(nation.get("/quality/no_contact?province=320000"))
    assert "演示南京食品检测有限公司" in narrowed
    assert "演示杭州食品检测有限公司" not in narrowed


def test_a_relation_to_nobody_is_shown_by_the_person_it_belongs_to(
    service: Service, small: Small, nation: FlaskClient, tmp_path: Path
) -> None:
    with service.work() as session:
        doing = act(tmp_path)
        end(session, doing, Noun.INSTITUTION, small.institution, TODAY)

    shown = facts(nation.get("/quality/relation_to_nobody"))

    assert f'href="/relations/{small.relation}"' in shown
    assert "演示张三" in shown


def test_whoever_takes_away_a_file_of_people_is_in_the_trail(
    service: Service, small: Small, nation: FlaskClient
) -> None:
    answer = nation.post("/quality/officer_no_fields/export", data={"kind": "csv"})

    assert answer.status_code == 200
    told = answer.get_data(as_text=True)
    assert "演示李四" in told
    assert "补录领域" in told
    with service.work() as session:
        (event,) = page(session, Search(action="roster.exported"))
    assert event.after == {"rows": 1}


def test_the_numbers_come_as_a_file(service: Service, small: Small, nation: FlaskClient) -> None:
    told = nation.post("/quality/export", data={"kind": "csv"}).get_data(as_text=True)

    assert "机构,没有联系人,江苏省,1" in told.replace('"', "")


def test_an_unknown_kind_and_an_unknown_file_are_not_there(nation: FlaskClient) -> None:
    assert nation.get("/quality/nothing").status_code == 404
    assert nation.post("/quality/export", data={"kind": "pdf"}).status_code == 404
    assert nation.post("/quality/unrated/export", data={"kind": "pdf"}).status_code == 404


def test_an_institution_does_not_read_how_it_is_rated(service: Service) -> None:
    visitor = service.sign_in(Role.INSTITUTION)

    assert {visitor.get(at).status_code for at in ("/quality", "/risk")} == {403}
