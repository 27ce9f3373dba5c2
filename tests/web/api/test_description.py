"""The description says what the service does, and the service does what it says."""

import re
from typing import Any

import jsonschema_rs
import pytest

from inspections.draws import Draw
from tests.inspections.hall import Hall
from tests.web.api.reader import ROOT, Description, addresses, draw_at, proof_at, told
from tests.web.people import Service, facts
from tests.web.published import (
    SEALED_UNTIL,
    committed,
    drawn,
    held,
    published,
    replaced,
    void,
    void_before_the_draw,
)

PLACE = re.compile(r"<int:(\w+)>")
NOT_JSON = {f"{ROOT}/", f"{ROOT}/openapi.json"}


def revealing(hall: Hall) -> Draw:
    return hall.revealing()


def routes(service: Service) -> set[str]:
    rules = (rule.rule for rule in service.app.url_map.iter_rules())
    return {PLACE.sub(r"{\1}", rule) for rule in rules if rule.startswith("/api/")} - NOT_JSON


def described(address: str) -> str:
    """The address as the description writes it."""
    bare = address.partition("?")[0]
    bare = re.sub(r"/plans/\d+", "/plans/{plan_id}", bare)
    return re.sub(r"/draws/\d+", "/draws/{number}", bare)


def test_every_route_is_described_and_nothing_else(service: Service) -> None:
    assert Description(service).paths == routes(service)


def test_every_address_of_a_reader_is_described(service: Service) -> None:
    asked = {described(address) for address in [*addresses((1, 1)), proof_at((1, 1), "u03")]}

    assert asked == Description(service).paths


def test_every_schema_of_the_description_is_one(service: Service) -> None:
    description = Description(service).data

    assert description["openapi"] == "3.1.0"
    for name, shape in description["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(shape), name


def words_of(part: Any) -> list[str]:
    """Whatever the description says to a reader."""
    if isinstance(part, list):
        return [word for one in part for word in words_of(one)]
    if not isinstance(part, dict):
        return []
    said = [v for k, v in part.items() if k in ("description", "summary") and isinstance(v, str)]
    return said + [word for one in part.values() for word in words_of(one)]


def test_what_the_description_says_is_said_in_chinese(service: Service) -> None:
    words = words_of(Description(service).data)

    assert len(words) > 100
    assert [word for word in words if not re.search(r"[\u4e00-\u9fff]", word)] == []


@pytest.mark.parametrize(
    ("until", "sealed"),
    [
        (committed, False),
        (revealing, False),
        (held, True),
        (published, False),
        (replaced, False),
        (void, False),
        (void_before_the_draw, True),
    ],
)
def test_every_answer_about_a_draw_in_any_state_is_as_described(
    service: Service, until: Any, sealed: bool
) -> None:
    public = drawn(service, until, opens_on=SEALED_UNTIL if sealed else None)
    description, visitor = Description(service), service.app.test_client()

    for address in [*addresses(public), proof_at(public, "u03"), proof_at(public, "nobody")]:
        answer = visitor.get(address)
        assert answer.status_code in (200, 404), address
        faults = description.faults(described(address), answer.status_code, answer.json)
        assert list(faults) == [], address


def test_a_wrong_answer_would_not_pass(service: Service) -> None:
    public = drawn(service, published)
    answer = told(service.app.test_client(), draw_at(public))
    description, path = Description(service), described(draw_at(public))

    assert list(description.faults(path, 200, answer)) == []
    assert list(description.faults(path, 200, {**answer, "sealed_share": "00"}))
    assert list(description.faults(path, 200, {**answer, "deadline": "soon"}))


def test_the_page_tells_every_address_and_the_foot_of_public_pages_leads_to_it(
    service: Service,
) -> None:
    visitor = service.app.test_client()
    page = facts(visitor.get(f"{ROOT}/"))

    assert all(f"GET {path}" in page for path in Description(service).paths)
    assert f'href="{ROOT}/openapi.json"' in page
    for address in ("/published/plans", "/published/draws", "/published/items", "/verify"):
        assert f'href="{ROOT}/"' in visitor.get(address).text, address


def test_every_name_on_the_page_leads_to_what_it_means(service: Service) -> None:
    page = facts(service.app.test_client().get(f"{ROOT}/"))

    named = set(re.findall(r'href="#([^"]+)"', page)) - {"main"}
    assert named - set(re.findall(r' id="([^"]+)"', page)) == set()
