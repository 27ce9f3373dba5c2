"""Dice and public values are typed by an official: whoever types something else can be caught."""

import json
import re
from typing import Any

import pytest

from core import trail
from core.trail import Search
from tests.web.ceremony_room import DICE, Room, a_room
from tests.web.people import Service, facts

THROWN, TYPED = "3 6 1", "6 6 6"
LOTTERY = "当日开奖号码"
ADDRESS = "https://lottery.example/2026-03-02"
BEACON = {"kind_3": "beacon", "name_3": LOTTERY, "address_3": ADDRESS}


@pytest.fixture
def room(service: Service) -> Room:
    return a_room(service)


def awaiting(room: Room, **more: str) -> Room:
    """The witnesses have shown their values; dice or numbers are still to come."""
    room.announce(**more)
    room.promise()
    room.commit()
    room.open_reveals()
    room.reveal()
    return room


def public_row(room: Room, source: str) -> str:
    """What everybody reads about a source of this draw."""
    page = facts(room.service.app.test_client().get(f"/published/draws/{room.plan}/1"))
    row = re.search(rf'<tr><th scope="row" class="name">{source}</th>(.*?)</tr>', page, re.DOTALL)
    assert row is not None, page
    return row[1]


def typed_events(room: Room) -> list[trail.Event]:
    with room.service.work() as session:
        found = trail.page(session, Search(noun_id=str(room.draw), action="source.typed"))
        session.expunge_all()
        return found


def test_the_trail_names_who_typed_what_and_when(room: Room) -> None:
    awaiting(room)
    room.service.later(minutes=3)

    room.throw_dice(TYPED)

    (event,) = typed_events(room)
    assert event.after == {"source": DICE, "value": TYPED}
    assert (event.actor_role, event.at) == ("national_planner", room.service.time)
    assert event.actor_id is not None


def test_everybody_reads_the_typed_dice_with_their_time_and_the_typists_role(room: Room) -> None:
    awaiting(room)
    room.service.later(minutes=3)

    room.throw_dice(TYPED)

    told = public_row(room, DICE)
    assert TYPED in told
    assert "09:03" in told
    assert "总局计划员录入" in told
    assert TYPED in room.hall()


def test_a_typed_public_value_stands_beside_the_address_that_was_committed(room: Room) -> None:
    awaiting(room, **BEACON)
    asked = room.service.app.test_client()
    file = asked.get(f"/published/draws/{room.plan}/1/files/commitment.json")
    commitment = json.loads(file.data)

    room.throw_dice("01 02 03 04 05 06 + 07")

    assert ADDRESS in [one["address"] for one in commitment["ceremony"]["sources"]]
    told = public_row(room, LOTTERY)
    assert ADDRESS in told
    assert "01 02 03 04 05 06 + 07" in told


def test_what_was_typed_cannot_be_corrected(room: Room) -> None:
    """Or whoever does not like the outcome would call a true value a slip of his."""
    awaiting(room)
    at = re.search(rf"{room.at}/sources/(\d+)/value", room.page())
    assert at is not None
    room.planner.post(at[0], data={"value": THROWN})

    again = room.planner.post(at[0], data={"value": TYPED})
    without = room.planner.post(at[0].replace("/value", "/absence"), data={"note": "录错了"})

    assert (again.status_code, without.status_code) == (422, 422)
    assert THROWN in public_row(room, DICE)
    assert len(typed_events(room)) == 1


def test_a_new_draw_after_a_wrong_value_takes_two_and_shows_the_old_value(room: Room) -> None:
    awaiting(room)
    room.throw_dice(TYPED)
    moved = {"reason": "procedure_broken", "note": "录入的点数与当众掷出的不同"}
    assert room.planner.post(f"{room.at}/void", data=moved).status_code == 303

    alone = sign(room, room.planner)
    too_early = sign(room, room.reviewer)
    assert room.planner.post(f"{room.at}/draw").status_code == 303
    by_two = sign(room, room.reviewer)

    assert (alone, too_early, by_two) == (422, 422, 303)
    assert TYPED in public_row(room, DICE)
    certificate = room.service.app.test_client().get(
        f"/published/draws/{room.plan}/1/files/certificate.json"
    )
    values = {c["source"]: c["value"] for c in json.loads(certificate.data)["contributions"]}
    assert values[DICE] == TYPED


def sign(room: Room, browser: Any) -> int:
    """Put a name to the motion that is pending; the answer."""
    found = re.search(rf"{room.at}/motions/\d+", room.page())
    assert found is not None
    return int(browser.post(f"{found[0]}/signature").status_code)
