"""Reserves step in in their order, for stated reasons, with two names; addenda keep it public."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from inspections.addenda import Standing, SubstitutionReason, check_addenda
from inspections.draw_check import inner_faults
from inspections.draw_papers import papers_of
from inspections.draws import Draw, DrawIsElsewhere
from inspections.holding import publish
from inspections.motions import MotionIsPending, NoteIsMissing, SecondSignatoryNeeded
from inspections.substitutions import (
    Substitution,
    UnitDoesNotStand,
    addendum_name,
    drawn_elsewhere,
    move_substitution,
    reserve_for,
    sign_substitution,
    standing_of,
    substitutions_of,
)
from sampler.hashing import canonical, sha256
from tests.core.people import NOW
from tests.inspections.hall import Hall, a_hall

CLOSED = SubstitutionReason.CLOSED
DAY = NOW.date()


@pytest.fixture
def hall(session: Session, tmp_path: Path) -> Hall:
    return a_hall(session, tmp_path)


def replaced(hall: Hall, draw: Draw, unit_id: str) -> Substitution:
    motion, _ = move_substitution(
        hall.session, hall.desk(), draw.key, unit_id, CLOSED, "现场核实已停业"
    )
    return sign_substitution(hall.session, hall.desk(hall.second), motion.key)


def addenda(hall: Hall, draw: Draw) -> list[bytes]:
    rows = substitutions_of(hall.session, draw.key)
    return [hall.paper(draw, addendum_name(row.number)) for row in rows]


def with_reserve(hall: Hall, draw: Draw) -> str:
    """A drawn unit for which a reserve stands by."""
    state = standing_of(hall.session, hall.desk(), draw)
    return next(u for u, row in state.standing.items() if state.next_reserve(row))


# -- stepping in -------------------------------------------------------------------------------


def test_the_next_reserve_of_the_same_place_and_signature_steps_in(hall: Hall) -> None:
    draw = hall.held()
    out = with_reserve(hall, draw)
    expected = reserve_for(hall.session, hall.desk(), draw.key, out)

    replaced(hall, draw, out)

    standing = standing_of(hall.session, hall.desk(), draw).standing
    assert expected is not None
    assert out not in standing
    assert standing[expected["unit_id"]] == expected
    assert len(standing) == 5


def test_a_reserve_that_has_stepped_in_can_be_replaced_too_until_none_is_left(hall: Hall) -> None:
    draw = hall.held()
    out = with_reserve(hall, draw)
    first = json.loads(hall.paper(draw, addendum_name(replaced(hall, draw, out).number)))

    last = replaced(hall, draw, first["in"]["unit_id"])

    told = json.loads(hall.paper(draw, addendum_name(last.number)))
    assert told["in"] is None
    assert last.in_unit_id is None
    assert len(standing_of(hall.session, hall.desk(), draw).standing) == 4
    assert list(inner_faults(hall.session, hall.desk(), draw.key)) == []


def test_nobody_replaces_a_unit_alone_or_without_a_word(hall: Hall) -> None:
    draw = hall.held()
    out = with_reserve(hall, draw)
    with pytest.raises(NoteIsMissing):
        move_substitution(hall.session, hall.desk(), draw.key, out, CLOSED, "")
    motion, _ = move_substitution(hall.session, hall.desk(), draw.key, out, CLOSED, "停业")

    with pytest.raises(SecondSignatoryNeeded):
        sign_substitution(hall.session, hall.desk(), motion.key)
    with pytest.raises(MotionIsPending):
        move_substitution(hall.session, hall.desk(hall.second), draw.key, out, CLOSED, "停业")
    assert substitutions_of(hall.session, draw.key) == []


def test_only_a_unit_that_stands_is_replaced(hall: Hall) -> None:
    draw = hall.held()
    out = with_reserve(hall, draw)
    waiting = standing_of(hall.session, hall.desk(), draw).waiting[0]["unit_id"]
    replaced(hall, draw, out)

    for unit_id in (out, "nobody"):
        with pytest.raises(UnitDoesNotStand):
            replaced(hall, draw, unit_id)
    if waiting not in standing_of(hall.session, hall.desk(), draw).standing:
        with pytest.raises(UnitDoesNotStand):
            reserve_for(hall.session, hall.desk(), draw.key, waiting)


def test_of_two_motions_for_one_place_the_one_signed_first_gets_the_reserve(hall: Hall) -> None:
    draw = hall.held()
    state = standing_of(hall.session, hall.desk(), draw)
    groups: dict[tuple[str, str], list[str]] = {}
    for unit_id, row in state.standing.items():
        groups.setdefault((row["field"], row["signature"]), []).append(unit_id)
    one, other, *_ = next(units for units in groups.values() if len(units) > 1)
    desk = hall.desk()
    early, first_choice = move_substitution(hall.session, desk, draw.key, one, CLOSED, "停业")
    late, _ = move_substitution(hall.session, desk, draw.key, other, CLOSED, "停业")

    signed = sign_substitution(hall.session, hall.desk(hall.second), late.key)

    told = json.loads(hall.paper(draw, addendum_name(signed.number)))
    assert told["out"]["unit_id"] == other
    assert told["in"] == {
        name: (first_choice or {})[name] for name in ("unit_id", "field", "rank", "signature")
    }
    assert sign_substitution(hall.session, hall.desk(hall.second), early.key).in_unit_id is None


def test_a_void_draw_has_no_substitutions(hall: Hall) -> None:
    draw = hall.held()
    out = with_reserve(hall, draw)
    hall.void(draw)

    with pytest.raises(DrawIsElsewhere):
        move_substitution(hall.session, hall.desk(), draw.key, out, CLOSED, "停业")


def test_what_stands_on_an_open_list_is_drawn_elsewhere_for_other_plans(hall: Hall) -> None:
    draw = hall.held()
    other, year, today = draw.plan_id + 1, 2026, hall.now.date()
    assert drawn_elsewhere(hall.session, other, year, today) == {}
    publish(hall.session, hall.desk(), draw.key)
    replaced(hall, draw, with_reserve(hall, draw))

    standing = standing_of(hall.session, hall.desk(), draw).standing
    assert drawn_elsewhere(hall.session, other, year, today).keys() == standing.keys()
    for plan, asked in ((draw.plan_id, year), (other, year + 1)):
        assert drawn_elsewhere(hall.session, plan, asked, today) == {}


def test_a_sealed_list_is_not_given_away_by_another_plan(session: Session, tmp_path: Path) -> None:
    hall = a_hall(session, tmp_path, opens_on=DAY + timedelta(days=5))
    draw = hall.held()

    assert drawn_elsewhere(hall.session, draw.plan_id + 1, 2026, hall.now.date()) == {}


# -- addenda -----------------------------------------------------------------------------------


def test_an_addendum_is_public_and_chained_to_the_certificate(hall: Hall) -> None:
    draw = hall.held()
    replaced(hall, draw, with_reserve(hall, draw))
    (text,) = addenda(hall, draw)
    told = json.loads(text)

    assert (
        told["previous"] == draw.certificate_sha256 == sha256(hall.paper(draw, "certificate.json"))
    )
    assert told["reason"] == "closed"
    assert "现场核实" not in text.decode()
    assert addendum_name(1) in papers_of(hall.session, draw.key)


FORGERIES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "left out": lambda a: a[1:],
    "turned round": lambda a: a[::-1],
    "twice": lambda a: [a[0], a[0]],
    "another reason": lambda a: [a[0].replace(b"closed", b"moved"), a[1]],
    "no lawful reason": lambda a: [a[0].replace(b"closed", b"friend"), a[1]],
    "another day": lambda a: [a[0].replace(b"2026-03", b"2026-04"), a[1]],
    "another unit": lambda a: [_with(a[0], "in", {"unit_id": "u19"}), a[1]],
    "nobody steps in": lambda a: [_with(a[0], "in", None), a[1]],
    "torn": lambda a: [a[0][:-5]],
    "no addendum": lambda a: [b"[]"],
}


def _with(text: bytes, name: str, value: object) -> bytes:
    return canonical({**json.loads(text), name: value})


def test_a_stranger_sees_every_change_of_an_addendum(hall: Hall) -> None:
    draw = hall.held()
    for row in hall.certificate(draw)["drawn"][:2]:
        replaced(hall, draw, row["unit_id"])
    certificate, honest = hall.paper(draw, "certificate.json"), addenda(hall, draw)

    unseen = [
        name
        for name, forge in FORGERIES.items()
        if list(check_addenda(certificate, forge(honest))) == []
    ]

    assert unseen == []
    assert list(check_addenda(certificate, honest)) == []


@given(
    drawn=st.lists(st.sampled_from("甲乙丙"), min_size=1, max_size=8),
    reserves=st.lists(st.sampled_from("甲乙丙"), max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_whatever_is_replaced_no_unit_stands_twice_and_no_quota_is_broken(
    drawn: list[str], reserves: list[str], order: Any
) -> None:
    def rows(fields: list[str], first: int) -> list[dict[str, Any]]:
        return [
            {"unit_id": f"{first + i}", "field": f, "rank": first + i, "signature": ""}
            for i, f in enumerate(fields)
        ]

    certificate = {"drawn": rows(drawn, 1), "reserves": rows(reserves, 100)}
    state = Standing.of(certificate, "0" * 64)
    other = Standing.of(certificate, "0" * 64)
    seen = set(state.standing)
    for _ in range(len(drawn) + len(reserves)):
        if not state.standing:
            break
        out = order.choice(sorted(state.standing))
        waiting = [r for r in state.waiting if r["field"] == state.standing[out]["field"]]
        told = state.addendum(out, CLOSED, DAY)
        if told["in"] is None:
            assert waiting == []
        else:
            assert told["in"]["rank"] == min(r["rank"] for r in waiting)
            assert told["in"]["field"] == told["out"]["field"]
            assert told["in"]["unit_id"] not in seen
            seen.add(told["in"]["unit_id"])
        other.follow(canonical(told))
    assert other == state
