"""Whatever is pressed, in whatever order: it is a step, or refused in words; nothing breaks."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from core import trail_check
from core.errors import Fact
from inspections.addenda import SubstitutionReason
from inspections.ceremonies import open_reveals
from inspections.draw_check import inner_faults
from inspections.drawn_units import units_of
from inspections.draws import Draw, DrawReason, DrawState, draws_of
from inspections.holding import hold, publish, sign_void
from inspections.motions import (
    Motion,
    MotionKind,
    move_void,
    move_without,
    open_motions,
    sign_without,
    withdraw_motion,
)
from inspections.plans import get_version
from inspections.reveals import reveal, type_in
from inspections.sources import DrawSource, promise, promise_of, sources_of, withdraw_source
from inspections.substitutions import move_substitution, sign_substitution
from tests.core.people import MINUTE
from tests.inspections.hall import Hall, a_hall

ORDER = (
    DrawState.ANNOUNCED,
    DrawState.COMMITTED,
    DrawState.REVEALING,
    DrawState.DRAWN,
    DrawState.PUBLISHED,
    DrawState.VOID,
)


class Walk:
    """Two officials and two witnesses who press whatever they find."""

    def __init__(self, hall: Hall, chance: random.Random) -> None:
        self.hall, self.chance = hall, chance
        self.plan_id = get_version(hall.session, hall.version_id).plan_id

    @property
    def draw(self) -> Draw:
        return draws_of(self.hall.session, self.plan_id)[-1]

    def source(self) -> DrawSource:
        return self.chance.choice(sources_of(self.hall.session, self.draw.key))

    def value(self, source: DrawSource) -> str:
        right = f"{self.hall.values[source.name]} {source.key}"
        return self.chance.choice([right, right, right, "别的值"])

    def buttons(self) -> list[Callable[[], object]]:
        return [
            self.announce, self.promise, self.promise, self.commit, self.open, self.reveal,
            self.reveal, self.type_in, self.hold, self.publish, self.move, self.sign, self.wait,
            self.give_up,
        ]  # fmt: skip

    def announce(self) -> None:
        self.hall.announced()

    def promise(self) -> None:
        source = self.source()
        given = promise_of(source.name, f"{self.hall.values[source.name]} {source.key}")
        promise(self.hall.session, source.key, given, self.hall.now)

    def commit(self) -> None:
        self.hall.commit(self.draw)

    def open(self) -> None:
        open_reveals(self.hall.session, self.hall.desk(), self.draw.key)

    def reveal(self) -> None:
        source = self.source()
        reveal(self.hall.session, source.key, self.value(source), self.hall.now)

    def type_in(self) -> None:
        source, hall = self.source(), self.hall
        type_in(hall.session, source.key, self.value(source), hall.operator, hall.now)

    def hold(self) -> None:
        hold(self.hall.session, self.hall.desk(), self.draw.key)

    def publish(self) -> None:
        publish(self.hall.session, self.hall.desk(), self.draw.key)

    def move(self) -> None:
        hall, draw = self.hall, self.draw
        units = units_of(hall.session, draw.key)
        if units and self.chance.random() < 0.6:
            unit, why = self.chance.choice(units), SubstitutionReason.CLOSED
            move_substitution(hall.session, hall.desk(), draw.key, unit.unit_id, why, "停业")
        elif self.chance.random() < 0.5:
            move_without(hall.session, self.source().key, "缺", hall.operator, hall.now)
        else:
            reason = self.chance.choice(list(DrawReason))
            move_void(hall.session, draw.key, reason, "有误", hall.operator, hall.now)

    def sign(self) -> None:
        hall, motion = self.hall, self.chance.choice(self.motions())
        desk = hall.desk(self.chance.choice([hall.operator, hall.second, hall.second]))
        if motion.kind == MotionKind.VOID:
            sign_void(hall.session, desk, motion.key)
        elif motion.kind == MotionKind.WITHOUT_SOURCE:
            sign_without(hall.session, motion.key, desk.actor, desk.now)
        else:
            sign_substitution(hall.session, desk, motion.key)

    def motions(self) -> list[Motion]:
        found = open_motions(self.hall.session, self.draw.key)
        if not found:
            raise Fact
        return found

    def wait(self) -> None:
        self.hall.now += self.chance.choice([1, 5, 12]) * MINUTE

    def give_up(self) -> None:
        if self.chance.random() < 0.5:
            withdraw_motion(
                self.hall.session, self.motions()[0].key, self.hall.second, self.hall.now
            )
        else:
            withdraw_source(self.hall.session, self.source().key, self.hall.operator, self.hall.now)


def press(walk: Walk) -> str:
    """One request: a step, or a refusal that leaves nothing behind."""
    button, session = walk.chance.choice(walk.buttons()), walk.hall.session
    savepoint = session.begin_nested()
    try:
        button()
        savepoint.commit()
    except Fact as fact:
        savepoint.rollback()
        session.expire_all()
        return fact.code
    return button.__name__


def check(walk: Walk, before: dict[int, tuple[int, str | None]]) -> None:
    """Nothing goes back, nothing that was drawn changes, and one draw counts at most."""
    draws = draws_of(walk.hall.session, walk.plan_id)
    assert [draw.number for draw in draws] == list(range(1, len(draws) + 1))
    assert sum(draw.state != DrawState.VOID for draw in draws) <= 1
    for draw in draws:
        place, seed = before.get(draw.key, (0, None))
        assert ORDER.index(draw.state) >= place
        assert seed in (None, draw.seed)
        before[draw.key] = ORDER.index(draw.state), draw.seed


@pytest.mark.parametrize(
    ("walks", "steps"), [(2, 150), pytest.param(40, 400, marks=pytest.mark.soak)]
)
def test_whatever_is_pressed_in_whatever_order_nothing_breaks(
    session: Session, tmp_path: Path, walks: int, steps: int
) -> None:
    told = Counter[str]()
    for number in range(walks):
        hall = a_hall(session, tmp_path / str(number))
        walk = Walk(hall, random.Random(number))
        walk.announce()
        before: dict[int, tuple[int, str | None]] = {}
        for _ in range(steps):
            told[press(walk)] += 1
            check(walk, before)
        session.commit()
        for draw in draws_of(session, walk.plan_id):
            if draw.is_held:
                assert list(inner_faults(session, hall.desk(), draw.key)) == []
    assert trail_check.verify(session) == []
    assert told["hold"]
    assert told["draw_is_elsewhere"]
