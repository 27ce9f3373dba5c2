"""A service whose rosters have been drawn from: what the public pages show."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from inspections.addenda import SubstitutionReason
from inspections.drawn_units import units_of
from inspections.draws import Draw
from inspections.holding import hold, publish
from inspections.substitutions import move_substitution, sign_substitution
from tests.inspections.hall import Hall, a_hall
from tests.web.people import Service

SEALED_UNTIL = date(2027, 1, 15)


def drawn(
    service: Service,
    until: Callable[[Hall], Draw],
    opens_on: date | None = None,
    rows: bytes | None = None,
    plan: str | None = None,
) -> tuple[int, int]:
    """The public number of a draw that has got as far as *until* takes it."""
    with service.work() as session:
        folder = service.app.extensions["settings"].data_dir
        asked = {"plan": plan} if plan else {}
        hall = a_hall(session, folder, rows, opens_on=opens_on, **asked)
        # no promise is taken twice, so witnesses think of something else each time
        values = {name: f"{value} {hall.version_id}" for name, value in hall.values.items()}
        draw = until(replace(hall, now=service.time, values=values))
        return draw.plan_id, draw.number


def committed(hall: Hall) -> Draw:
    return hall.committed()


def held(hall: Hall) -> Draw:
    return hold(hall.session, hall.desk(), hall.revealed().key)


def published(hall: Hall) -> Draw:
    return publish(hall.session, hall.desk(), held(hall).key)


def void(hall: Hall) -> Draw:
    return hall.void(published(hall))


def void_before_the_draw(hall: Hall) -> Draw:
    return hall.void(hall.committed())


def replaced(hall: Hall) -> Draw:
    """Published; then the first unit that was drawn has closed."""
    draw = published(hall)
    out = units_of(hall.session, draw.key, reserves=False)[0].unit_id
    reason = SubstitutionReason.CLOSED
    motion, _ = move_substitution(hall.session, hall.desk(), draw.key, out, reason, "停业")
    sign_substitution(hall.session, hall.desk(hall.second), motion.key)
    return draw
