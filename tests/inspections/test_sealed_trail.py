"""Who reads the trail while a list is sealed learns nothing by which it could be tried out."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core.trail import Search, page
from inspections.addenda import SubstitutionReason
from inspections.draw_papers import CERTIFICATE, COMMITMENT, papers_of
from inspections.drawn_units import units_of
from inspections.substitutions import move_substitution, sign_substitution
from tests.core.people import NOW
from tests.inspections.hall import Hall, a_hall

NOTE = "某某检测公司已停业"


@pytest.fixture
def hall(session: Session, tmp_path: Path) -> Hall:
    return a_hall(session, tmp_path, opens_on=(NOW + timedelta(days=90)).date())


def told(session: Session) -> set[Any]:
    """All that the events of the trail say, one by one."""
    events = [event.model_dump(mode="json") for event in page(session, Search(), size=1000)]
    return {json.dumps(said) for event in events for said in _leaves(event)}


def _leaves(said: Any) -> list[Any]:
    if isinstance(said, dict):
        return [one for value in said.values() for one in _leaves(value)]
    if isinstance(said, list):
        return [one for value in said for one in _leaves(value)]
    return [said]


def test_the_trail_has_the_digests_of_those_files_alone_that_hold_a_secret(hall: Hall) -> None:
    draw = hall.held()

    papers = papers_of(hall.session, draw.key)
    said = told(hall.session)
    in_trail = {name for name, sha256 in papers.items() if json.dumps(sha256) in said}
    assert in_trail == {COMMITMENT, CERTIFICATE}
    assert len(papers) > 5


def test_the_trail_names_neither_who_was_drawn_nor_who_steps_in(hall: Hall) -> None:
    draw = hall.held()
    unit = units_of(hall.session, draw.key, reserves=False)[0].unit_id
    reason = SubstitutionReason.CLOSED
    motion, _ = move_substitution(hall.session, hall.desk(), draw.key, unit, reason, NOTE)
    sign_substitution(hall.session, hall.desk(hall.second), motion.key)
    hall.session.commit()

    said = told(hall.session)
    assert json.dumps(reason.value) in said
    assert json.dumps(NOTE) not in said
    assert not {json.dumps(one.unit_id) for one in units_of(hall.session, draw.key)} & said
