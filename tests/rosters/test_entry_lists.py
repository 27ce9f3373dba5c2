"""Which entry somebody means, what it is on a day, and the lists of the smaller nouns."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from core.roles import NATION, Scope
from rosters.editing import change, end, enter
from rosters.entries import Noun
from rosters.entry_facts import entry_facts
from rosters.finding.entry_lists import (
    RelationFilters,
    check_items,
    departments,
    mappings,
    relations,
    versions,
)
from rosters.finding.naming import institutions_meant, named, own_entry, people_meant
from rosters.relations import RelationKind
from rosters.statements import EntryNotFound
from rosters.vocabularies import Vocabulary
from tests.core.people import GUANGDONG, ZHEJIANG, made_up_code
from tests.web.rosters import LONG_AGO, TODAY, Small, act, settle

ALL = frozenset({NATION})


@pytest.fixture
def small(session: Session, tmp_path: Path) -> Small:
    return settle(session, tmp_path)


@pytest.mark.parametrize(
    "words", ["演示杭州食品检测有限公司", "杭州", "yshz", made_up_code(1), made_up_code(1).lower()]
)
def test_an_institution_is_meant_by_its_code_or_by_any_part_of_its_name(
    session: Session, small: Small, words: str
) -> None:
    found = institutions_meant(session, words, TODAY)

    assert [one.entry_id for one in found] == [small.institution]


def test_a_whole_name_means_nobody_whose_name_is_longer(
    session: Session, small: Small, tmp_path: Path
) -> None:
    said = {"name": "演示杭州食品检测有限公司余杭分公司"}
    enter(session, act(tmp_path), Noun.INSTITUTION, said, LONG_AGO)

    assert len(institutions_meant(session, "杭州食品检测有限公司", TODAY)) == 2
    assert len(institutions_meant(session, "演示杭州食品检测有限公司", TODAY)) == 1
    assert institutions_meant(session, "（ ）", TODAY) == []


def test_people_are_meant_within_sight_only(session: Session, small: Small) -> None:
    everybody = {one.number for one in people_meant(session, "演示", TODAY, ALL)}

    assert everybody == {"ZJ001", "JS001", "E1"}
    assert people_meant(session, "演示", TODAY, {GUANGDONG}) == []
    (expert,) = people_meant(session, "研究院", TODAY, {ZHEJIANG})
    assert expert.noun is Noun.EXPERT


def test_what_has_left_the_roster_keeps_its_last_name(
    session: Session, small: Small, tmp_path: Path
) -> None:
    doing, noun = act(tmp_path), Noun.INSTITUTION
    change(session, doing, noun, small.twin, {"name": "演示新名"}, date(2025, 1, 1))
    end(session, doing, noun, small.twin, date(2026, 1, 1))

    assert named(session, [small.twin, 999_999], TODAY)[small.twin].name == "演示新名"
    earlier = named(session, [small.twin], date(2024, 1, 1))
    assert earlier[small.twin].name == "演示南京食品检测有限公司"
    assert institutions_meant(session, "演示新名", TODAY) == []


def test_everybody_has_at_most_one_entry_of_his_own(session: Session, small: Small) -> None:
    own = own_entry(session, "zhang", TODAY)

    assert own is not None
    assert own.entry_id == small.inspector
    assert own_entry(session, "", TODAY) is None
    assert own_entry(session, "nobody", TODAY) is None


@pytest.mark.parametrize("days", [1, 40, 400])
def test_a_fact_holds_since_it_last_became_what_it_is(
    session: Session, small: Small, tmp_path: Path, days: int
) -> None:
    told = LONG_AGO + timedelta(days=days)
    doing, noun = act(tmp_path), Noun.INSPECTOR
    change(session, doing, noun, small.inspector, {"post": "一级"}, told)
    end(session, doing, noun, small.inspector, date(2025, 1, 1))
    now = entry_facts(session, noun, small.inspector, TODAY)
    then = entry_facts(session, noun, small.inspector, told - timedelta(days=1))

    assert (now.present, then.present) == (False, True)
    assert (now.since["post"], now.since["name"]) == (told, LONG_AGO)
    assert (then.row.post, then.since["post"]) == ("", LONG_AGO)
    with pytest.raises(EntryNotFound):
        entry_facts(session, Noun.EXPERT, small.inspector, TODAY)


FILTERS = RelationFilters(TODAY)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (FILTERS, 1),
        (replace(FILTERS, words="zhangsan"), 0),
        (replace(FILTERS, words="杭州"), 1),
        (replace(FILTERS, kind=RelationKind.SHARE), 0),
        (replace(FILTERS, declared=False), 1),
        (replace(FILTERS, day=date(2019, 1, 1)), 0),
    ],
)
def test_relations_are_narrowed_by_person_institution_and_kind(
    session: Session, small: Small, filters: RelationFilters, expected: int
) -> None:
    assert relations(session, filters, ALL)[1] == expected
    assert relations(session, filters, {ZHEJIANG})[1] == expected
    assert relations(session, filters, {GUANGDONG})[1] == 0


def test_departments_count_the_inspectors_within_sight(session: Session, small: Small) -> None:
    def counts(scope: Scope) -> list[int]:
        return [row.inspectors for row in departments(session, TODAY, {scope})]

    assert counts(NATION) == [1]
    assert counts(GUANGDONG) == [0]
    assert departments(session, TODAY, ALL, region="440000") == []


def test_a_list_has_a_version_for_each_day_on_which_it_changed(
    session: Session, small: Small, tmp_path: Path
) -> None:
    doing, noun = act(tmp_path), Noun.CHECK_ITEM
    change(session, doing, noun, small.item, {"basis": "演示依据二"}, date(2026, 1, 1))
    end(session, doing, noun, small.item, date(2026, 2, 1))

    days = versions(session, [noun], TODAY)
    assert days == [date(2026, 2, 1), date(2026, 1, 1), LONG_AGO]
    assert [[item.basis for item in check_items(session, day)] for day in days] == [
        [], ["演示依据二"], ["演示依据一"],
    ]  # fmt: skip


def test_mappings_stand_in_the_order_of_their_vocabularies(
    session: Session, small: Small, tmp_path: Path
) -> None:
    def maps(source: Vocabulary, term: str) -> None:
        said = {
            "source": source,
            "source_term": term,
            "target": "spot_check",
            "target_term": "其他",
        }
        enter(session, act(tmp_path), Noun.FIELD_MAPPING, said, LONG_AGO)

    for source, term in (
        (Vocabulary.STATISTICS, "水质"),
        (Vocabulary.CERTIFICATE, "水质"),
        (Vocabulary.CERTIFICATE, "食品"),
    ):
        maps(source, term)

    found = [(one.source, one.source_term) for one in mappings(session, TODAY)]
    assert [term for _, term in found] == ["食品", "水质", "水质"]
    assert len(mappings(session, TODAY, source=Vocabulary.STATISTICS)) == 1
    assert len(mappings(session, TODAY, term="水质")) == 2
