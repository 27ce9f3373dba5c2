"""What waits for a second person: plans that were submitted, and motions about draws.

Who that person may be, the caller says; nobody is asked to decide on what he has made himself.
"""

from sqlmodel import Session, col, select

from inspections.draws import Draw
from inspections.motions import Motion
from inspections.plans import Plan, PlanState, PlanVersion


def undecided(session: Session, person: int) -> list[tuple[Plan, PlanVersion]]:
    """Submitted versions that *person* has neither made nor submitted, the oldest first."""
    wanted = (
        select(Plan, PlanVersion)
        .join(PlanVersion, col(PlanVersion.plan_id) == Plan.id)
        .where(
            PlanVersion.state == PlanState.SUBMITTED,
            PlanVersion.made_by != person,
            PlanVersion.submitted_by != person,
        )
    )
    return list(session.exec(wanted.order_by(col(PlanVersion.submitted_at), col(PlanVersion.id))))


def unsigned(session: Session, person: int) -> list[tuple[Plan, Motion]]:
    """Open motions that somebody else than *person* has moved, the oldest first."""
    wanted = (
        select(Plan, Motion)
        .join(Draw, col(Draw.plan_id) == Plan.id)
        .join(Motion, col(Motion.draw_id) == Draw.id)
        .where(
            col(Motion.signed_at).is_(None),
            col(Motion.withdrawn_at).is_(None),
            Motion.moved_by != person,
        )
    )
    return list(session.exec(wanted.order_by(col(Motion.id))))
