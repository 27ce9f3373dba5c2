"""Institutions entered one by one for the tests of their pages, and what is known of them."""

import re
from datetime import date
from typing import Any

from flask.testing import FlaskClient

from core import trail
from core.roles import Role
from core.trail import Event, Search
from rosters.editing import facts_on
from rosters.entries import Noun
from rosters.institutions import Institution
from rosters.layout import defaults
from tests.core.people import made_up_code
from tests.web.people import Service
from tests.web.rosters import TODAY, entered

MARCH, MAY = date(2025, 3, 1), date(2025, 5, 1)
PLANNER, PROVINCE = Role.NATIONAL_PLANNER, Role.PROVINCIAL_PLANNER


def an_institution(service: Service, number: int, name: str = "", **told: Any) -> int:
    plain = {"name": name or f"演示{number}号检测有限公司", "credit_code": made_up_code(number)}
    return entered(service, Noun.INSTITUTION, **{**plain, "region": "330100", **told})


def a_certificate(service: Service, of: int, number: str, until: date) -> int:
    told = {"institution_id": of, "number": number, "expires_on": until}
    return entered(service, Noun.CERTIFICATE, **told)


INSTITUTION = defaults(Institution)


def known(service: Service, entry: int, day: date = TODAY) -> dict[str, Any]:
    with service.work() as session:
        told = facts_on(session, entry, day)
    return INSTITUTION | told if told else {}


def events(service: Service, action: str) -> list[Event]:
    with service.work() as session:
        return list(trail.page(session, Search(action=action)))


def expected(page: str) -> str:
    found = re.search(r'name="expected" value="(\d+)"', page)
    assert found is not None
    return found[1]


def send(browser: FlaskClient, address: str, **form: Any) -> Any:
    return browser.post(address, data=form)
