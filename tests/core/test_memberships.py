"""Who may do something at a place: asked for when somebody has to be called."""

from sqlmodel import Session

from core.accounts import UserState
from core.memberships import who_may
from core.roles import Permission, Place, Role, Scope, ScopeKind
from tests.core.people import DAY, NOW, ZHEJIANG, seated

APPROVING = (Permission.PLANS_APPROVE,)
SHANDONG = Scope(ScopeKind.REGION, "370000")


def called(session: Session, place: Place, *permissions: Permission) -> list[int]:
    return [user.key for user in who_may(session, permissions or APPROVING, place, NOW)]


def test_those_are_called_whose_role_and_scope_fit(session: Session) -> None:
    nationwide, _ = seated(session, Role.REVIEWER)
    near, _ = seated(session, Role.REVIEWER, ZHEJIANG)
    seated(session, Role.REVIEWER, SHANDONG)
    planner, _ = seated(session, Role.NATIONAL_PLANNER)

    assert called(session, Place(region=ZHEJIANG.key)) == [nationwide.key, near.key]
    assert called(session, Place()) == [nationwide.key]
    both = (Permission.DRAWS_HOLD, Permission.PLANS_APPROVE)
    assert called(session, Place(), *both) == [nationwide.key, planner.key]


def test_nobody_is_called_whose_membership_or_account_is_over(session: Session) -> None:
    _, over = seated(session, Role.REVIEWER)
    over.valid_until = NOW - DAY / 2
    gone, _ = seated(session, Role.REVIEWER)
    gone.state = UserState.DISABLED
    session.add_all([over, gone])
    session.flush()

    assert called(session, Place()) == []
