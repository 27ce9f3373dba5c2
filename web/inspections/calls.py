"""Who is told in the app that a plan or a draw waits for him, or what became of his own."""

from core.accounts import User
from core.memberships import who_may
from core.roles import Permission, Place
from inspections import draws, plans
from inspections.motions import Motion
from inspections.plans import Plan, PlanVersion, place_of
from web.auth import me, now
from web.database import session
from web.letters import tell

SIGNING = (Permission.DRAWS_HOLD, Permission.PLANS_APPROVE)
"""Who may be the second person of a motion about a draw has one of these."""


def call_reviewers(plan: Plan, version: PlanVersion) -> None:
    """Tell those who may approve a submitted version."""
    makers = {version.made_by, version.submitted_by}
    tell(
        _others((Permission.PLANS_APPROVE,), place_of(session(), plan), makers),
        "plan_submitted",
        **_about_plan(plan, version),
    )


def answer_makers(kind: str, plan: Plan, version: PlanVersion) -> None:
    """Tell those who made and submitted a version what was decided on it."""
    makers = {version.made_by, version.submitted_by} - {me().user.key, None}
    tell(sorted(one for one in makers if one), kind, **_about_plan(plan, version))


def call_second(plan: Plan, motion: Motion) -> None:
    """Tell those who may sign what was moved."""
    tell(
        _others(SIGNING, place_of(session(), plan), {motion.moved_by}),
        "motion_moved",
        params={"plan": plan.title, "motion": motion.kind.label},
        noun=draws.NOUN,
        noun_id=motion.draw_id,
    )


def _about_plan(plan: Plan, version: PlanVersion) -> dict[str, object]:
    params = {"plan": plan.title, "version": version.number}
    return {"params": params, "noun": plans.NOUN, "noun_id": plan.key}


def _others(permissions: tuple[Permission, ...], place: Place, but: set[int | None]) -> list[int]:
    found: list[User] = who_may(session(), permissions, place, now())
    return [user.key for user in found if user.key not in but]
