"""One entry at a time: what is typed is checked as a whole, and belongs to somebody."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import Session

from core.files import FileStore
from core.roles import NATIONWIDE, Place
from core.trail import Actor
from rosters.changes import Act
from rosters.editing import INPUTS, RelationKnown, change, end, enter, facts_on, place_of, row_on
from rosters.entries import TABLES, Noun
from rosters.statements import EntryNotFound

MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)
CODE = "91350100M000100Y43"


@pytest.fixture
def act(tmp_path: Path) -> Act:
    actor = Actor(7, "名录管理员", "provincial_planner")
    return Act(actor, datetime(2026, 3, 1, 4, tzinfo=UTC), FileStore(tmp_path))


def an_institution(session: Session, act: Act) -> int:
    facts = {"name": "演示甲检测有限公司", "credit_code": CODE, "region": "330100"}
    return enter(session, act, Noun.INSTITUTION, facts, MARCH)[0]


def test_all_faults_of_an_entry_are_told_at_once(session: Session, act: Act) -> None:
    with pytest.raises(ValidationError) as refused:
        enter(
            session,
            act,
            Noun.INSTITUTION,
            {"name": "", "credit_code": "91350100M000100Y44", "region": "999999", "level": "x"},
            MARCH,
        )

    faulty = {fault["loc"][0] for fault in refused.value.errors()}
    assert faulty == {"name", "credit_code", "region", "level"}


def test_a_changed_day_is_checked_against_the_one_that_stays(session: Session, act: Act) -> None:
    owner = an_institution(session, act)
    facts = {"institution_id": owner, "number": "221111010001", "issued_on": date(2022, 5, 1)}
    entry, _ = enter(session, act, Noun.CERTIFICATE, facts, MARCH)

    with pytest.raises(ValidationError) as refused:
        change(session, act, Noun.CERTIFICATE, entry, {"expires_on": date(2022, 4, 30)}, JUNE)

    assert [fault["loc"] for fault in refused.value.errors()] == [("expires_on",)]


def test_fields_are_kept_in_the_order_of_their_vocabulary(session: Session, act: Act) -> None:
    entry = an_institution(session, act)

    change(session, act, Noun.INSTITUTION, entry, {"fields": "食品检验|机动车检验|食品检验"}, JUNE)

    assert facts_on(session, entry, JUNE)["fields"] == "机动车检验|食品检验"


def test_what_is_ended_is_found_no_more_but_on_the_days_before(session: Session, act: Act) -> None:
    entry = an_institution(session, act)

    end(session, act, Noun.INSTITUTION, entry, JUNE)

    with pytest.raises(EntryNotFound):
        row_on(session, Noun.INSTITUTION, entry, JUNE)
    assert row_on(session, Noun.INSTITUTION, entry, MARCH).credit_code == CODE


def test_what_belongs_to_an_institution_is_where_that_one_is(session: Session, act: Act) -> None:
    owner = an_institution(session, act)
    here = Place(region="330100", institution=CODE)

    assert place_of(session, Noun.CERTIFICATE, {"institution_id": owner}) == here
    end(session, act, Noun.INSTITUTION, owner, JUNE)
    assert place_of(session, Noun.FLAG, {"institution_id": owner}) == here


def test_a_relation_belongs_where_its_person_is(session: Session, act: Act) -> None:
    expert = {"name": "演示员", "expert_no": "专1", "region": "110000"}
    person, _ = enter(session, act, Noun.EXPERT, expert, MARCH)
    facts = {"person_id": person, "institution_id": an_institution(session, act)}

    assert place_of(session, Noun.RELATION, facts) == Place(region="110000")


def test_a_list_of_the_whole_nation_belongs_to_nobody_in_particular(session: Session) -> None:
    assert place_of(session, Noun.CHECK_ITEM, {"number": "1"}) == NATIONWIDE


def test_every_noun_with_a_table_has_its_input_model() -> None:
    assert INPUTS.keys() == TABLES.keys()


def test_the_same_relation_is_not_entered_twice(session: Session, act: Act) -> None:
    expert = {"name": "演示员", "expert_no": "专1", "region": "110000"}
    person, _ = enter(session, act, Noun.EXPERT, expert, MARCH)
    facts = {
        "person_id": person,
        "institution_id": an_institution(session, act),
        "kind": "relative",
    }
    enter(session, act, Noun.RELATION, facts, MARCH)

    with pytest.raises(RelationKnown):
        enter(session, act, Noun.RELATION, facts, JUNE)
    enter(session, act, Noun.RELATION, facts | {"kind": "share"}, JUNE)


def test_a_vocabulary_is_mapped_to_another_one(session: Session, act: Act) -> None:
    facts = {"source": "statistics", "source_term": "水质", "target": "statistics"}

    with pytest.raises(ValidationError) as refused:
        enter(session, act, Noun.FIELD_MAPPING, facts | {"target_term": "水质"}, MARCH)

    assert [fault["loc"] for fault in refused.value.errors()] == [("target",)]
