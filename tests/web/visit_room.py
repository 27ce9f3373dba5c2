"""Who goes and who is visited, through the mornings on which notices are sent."""

from datetime import date
from itertools import count

from flask.testing import FlaskClient

from core.accounts import User
from tests.core.people import entered
from tests.web.ceremony_room import do_jobs
from tests.web.dispatch import Dispatch


def at(dispatch: Dispatch) -> str:
    """Where the planner orders notices."""
    return f"/teams/{dispatch.listed}/notices"


def order(dispatch: Dispatch, planner: FlaskClient, days: str = "3") -> None:
    assert planner.post(at(dispatch), data={"days": days}).status_code == 303
    do_jobs(dispatch.service)


def go_on_to(dispatch: Dispatch, day: date) -> None:
    """Let every morning until that day pass."""
    while dispatch.service.time.date() < day:
        dispatch.service.later(days=1)
        do_jobs(dispatch.service)


_tokens = count(1)


def returns(dispatch: Dispatch, user: User) -> FlaskClient:
    """Somebody logs in again, days later."""
    service, token = dispatch.service, f"later-{next(_tokens)}"
    with service.work() as session:
        account = session.get_one(User, user.key)
        account.password_changed_at = service.time
        entered(session, account, token, service.time)
    browser = service.app.test_client()
    browser.set_cookie(service.app.config["LOGIN_COOKIE"], token)
    return browser


def a_clerk(dispatch: Dispatch) -> User:
    """Who acts for the institution of the visit 001."""
    dispatch.institution()
    return dispatch.service.last


def a_member(dispatch: Dispatch) -> User:
    """The leader of its team."""
    dispatch.member()
    return dispatch.service.last
