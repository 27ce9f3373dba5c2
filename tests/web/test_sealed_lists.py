"""Until its list opens no page tells anybody but its makers whom a sealed draw has drawn."""

import re
from typing import Any

import pytest
from flask import url_for
from flask.testing import FlaskClient

from core.files import FileStore
from core.roles import Role
from inspections.addenda import SubstitutionReason
from inspections.drawn_units import units_of
from inspections.draws import Desk, find_draw
from inspections.holding import hold
from inspections.substitutions import move_substitution
from tests.inspections.hall import FRAME_KEY, SEAL, Hall
from tests.web.people import Service
from tests.web.published import SEALED_UNTIL, drawn

UNIT = re.compile(r"\bu[0-1][0-9]\b|机构u?[0-1][0-9]")
WITHOUT_LIST = [None, *sorted(set(Role) - {Role.NATIONAL_PLANNER, Role.REVIEWER})]


def pages(service: Service, browser: FlaskClient, **about: Any) -> dict[str, str]:
    """Every page whose address needs no other number than those of the draw and its plan."""
    with service.app.test_request_context():
        addresses = [
            url_for(rule.endpoint, **{name: about[name] for name in rule.arguments})
            for rule in service.app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.arguments <= about.keys()
        ]
    plan, draw = about["plan_id"], about["draw_id"]
    addresses += [f"/published/draws/{plan}/1/proof?row={row}" for row in range(3)]
    addresses += [f"/ceremonies/{draw}/papers/{name}" for name in ("certificate.json", "drawn.csv")]
    answers = {address: browser.get(address) for address in addresses}
    return {
        address: one.data.decode(errors="replace")
        for address, one in answers.items()
        if one.status_code == 200
    }


def held(service: Service, draw: int) -> str:
    """Hold the draw; its seed."""
    official = service.token_of(Role.NATIONAL_PLANNER)
    files = FileStore(service.app.extensions["settings"].data_dir / "files")
    desk = Desk(service.actor(service.people[official]), service.time, files, SEAL, FRAME_KEY)
    with service.work() as session:
        return hold(session, desk, draw).seed or ""


@pytest.mark.parametrize("role", WITHOUT_LIST)
def test_no_page_names_other_institutions_after_a_sealed_draw_than_before(
    service: Service, role: Role | None
) -> None:
    plan, number = drawn(service, Hall.revealed, opens_on=SEALED_UNTIL)
    with service.work() as session:
        draw = find_draw(session, plan, number).key
    browser = service.sign_in(role) if role else service.app.test_client()
    before = pages(service, browser, plan_id=plan, number=number, draw_id=draw)

    seed = held(service, draw)
    after = pages(service, browser, plan_id=plan, number=number, draw_id=draw)

    assert len(after) > 15
    assert before.keys() == after.keys()
    for address, page in after.items():
        assert seed not in page, address
        assert set(UNIT.findall(page)) == set(UNIT.findall(before[address])), address


@pytest.mark.parametrize("role", [one for one in WITHOUT_LIST if one])
def test_why_a_unit_of_a_sealed_list_goes_is_read_by_those_alone_who_may_sign(
    service: Service, role: Role
) -> None:
    plan, number = drawn(service, Hall.held, opens_on=SEALED_UNTIL)
    official = service.token_of(Role.NATIONAL_PLANNER)
    files = FileStore(service.app.extensions["settings"].data_dir / "files")
    desk = Desk(service.actor(service.people[official]), service.time, files, SEAL, FRAME_KEY)
    note, closed = "演示一号检测公司已停业", SubstitutionReason.CLOSED
    with service.work() as session:
        draw = find_draw(session, plan, number)
        unit = units_of(session, draw.key, reserves=False)[0].unit_id
        move_substitution(session, desk, draw.key, unit, closed, note)
    address = f"/ceremonies/{draw.key}"

    assert note in service.sign_in(Role.REVIEWER).get(address).text
    assert note not in service.sign_in(role).get(address).text
