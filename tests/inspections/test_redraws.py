"""There is no second draw but by two persons and with a reason, and the first one stays."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from core.errors import Conflict
from inspections.draw_papers import offered
from inspections.draw_seals import DrawKeyIsLost, draw_seal_from
from inspections.drawn_units import units_of
from inspections.draws import (
    DrawExists,
    DrawReason,
    DrawState,
    draws_of,
)
from inspections.holding import DrawMustBeHeld, hold, sign_void
from inspections.motions import (
    MotionIsOver,
    MotionIsPending,
    NoteIsMissing,
    SecondSignatoryNeeded,
    motions_of,
    move_void,
    open_motions,
    withdraw_motion,
)
from tests.inspections.hall import Hall, a_hall

TODAY = date(2026, 3, 2)


@pytest.fixture
def hall(session: Session, tmp_path: Path) -> Hall:
    return a_hall(session, tmp_path)


def test_there_is_no_second_draw_beside_the_first(hall: Hall) -> None:
    hall.held()

    with pytest.raises(DrawExists):
        hall.announced()


def test_a_redraw_takes_two_persons_and_a_reason_and_both_stay(hall: Hall) -> None:
    first = hall.held()
    hall.void(first)

    second = hall.announced()

    assert [(d.number, d.state) for d in draws_of(hall.session, first.plan_id)] == [
        (1, DrawState.VOID),
        (2, DrawState.ANNOUNCED),
    ]
    assert second.redraw_reason == DrawReason.PROCEDURE_BROKEN
    assert (second.redraw_first, second.redraw_second) == (
        hall.operator.user_id,
        hall.second.user_id,
    )
    assert len(units_of(hall.session, first.key, reserves=False)) == 5
    assert "certificate.json" in offered(hall.session, hall.files, first, TODAY)


def test_the_commitment_of_a_redraw_names_the_draw_before_it(hall: Hall) -> None:
    first = hall.held()
    hall.void(first)
    hall.values |= {"见证人甲": "又一次 0c11", "见证人乙": "再一次 77fe"}

    second = hall.held()

    assert hall.certificate(second)["commitment"]["ceremony"]["void"] == [
        {
            "draw": 1,
            "reason": "procedure_broken",
            "commitment": first.commitment_digest,
            "certificate": first.certificate_sha256,
        }
    ]
    assert second.seed != first.seed


def test_nobody_makes_a_draw_void_alone(hall: Hall) -> None:
    draw = hall.held()
    motion = move_void(
        hall.session, draw.key, DrawReason.ORDERED, "上级决定", hall.operator, hall.now
    )

    with pytest.raises(SecondSignatoryNeeded):
        sign_void(hall.session, hall.desk(), motion.key)
    with pytest.raises(MotionIsPending):
        hall.void(draw)
    withdraw_motion(hall.session, motion.key, hall.second, hall.now)
    with pytest.raises(MotionIsOver):
        sign_void(hall.session, hall.desk(hall.second), motion.key)
    with pytest.raises(NoteIsMissing):
        move_void(hall.session, draw.key, DrawReason.ORDERED, "  ", hall.operator, hall.now)
    assert draw.state == DrawState.DRAWN
    assert motions_of(hall.session, [draw.key]) == [motion]
    assert open_motions(hall.session, draw.key) == []


@pytest.mark.parametrize("step", ["announced", "promised", "committed"])
def test_before_the_reveals_a_draw_can_be_made_void(hall: Hall, step: str) -> None:
    draw = getattr(hall, step)()

    assert hall.void(draw).state == DrawState.VOID
    with pytest.raises(Conflict):
        hold(hall.session, hall.desk(), draw.key)


def test_once_reveals_have_begun_a_draw_is_held_before_it_is_made_void(hall: Hall) -> None:
    draw = hall.revealed("见证人乙", "当众掷骰")

    with pytest.raises(DrawMustBeHeld):
        hall.void(draw)


def test_a_draw_that_cannot_be_held_can_be_made_void(hall: Hall) -> None:
    draw = hall.revealed()
    lost = draw_seal_from("the service has a new secret by now")
    desk = replace(hall.desk(hall.second), seal=lost)
    with pytest.raises(DrawKeyIsLost):
        hold(hall.session, desk, draw.key)
    reason = DrawReason.CANNOT_BE_HELD
    motion = move_void(hall.session, draw.key, reason, "密钥丢失", hall.operator, hall.now)

    assert sign_void(hall.session, desk, motion.key).state == DrawState.VOID
