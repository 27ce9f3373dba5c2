"""Calls that nobody foresaw: the service answers each of them, and as it is described."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from flask import Response
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from sqlalchemy import Engine
from werkzeug.routing import IntegerConverter, Rule

from tests import storage
from tests.web.api.reader import ROOT
from tests.web.people import Service, close, open_service
from tests.web.published import SEALED_UNTIL, committed, drawn, held, replaced
from web.auth import Door, door, door_of

UNITS = [f"u{number:02d}" for number in range(20)]


@pytest.fixture(scope="module")
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One database for all calls: reading changes nothing."""
    if request.config.getoption("--pages-on") == "postgres":
        with request.getfixturevalue("postgres").lent() as engine:
            yield engine
    else:
        template = request.getfixturevalue("sqlite_template")
        with storage.sqlite_database(template, tmp_path_factory.mktemp("calls")) as engine:
            yield engine


@pytest.fixture(scope="module")
def busy(database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with draws in several states."""
    service = open_service(tmp_path_factory.mktemp("busy"), storage.url_of(database))
    drawn(service, committed)
    drawn(service, held, opens_on=SEALED_UNTIL)
    drawn(service, replaced)
    yield service
    close(service)


@pytest.fixture(scope="module")
def operations(busy: Service) -> list[Any]:
    """All that the description of the service offers."""
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", busy.app)
    # one that could not be read would have no `ok`, and fail here
    return [cast(Any, found).ok() for found in schema.get_all_operations()]


@st.composite
def calls(draw: st.DrawFn, operations: list[Any]) -> Any:
    """A call as described, or one that breaks the description; most of them reach a draw."""
    operation = draw(st.sampled_from(operations))
    mode = draw(st.sampled_from(GenerationMode))
    aimed: dict[str, Any] = {}
    if "plan_id" in operation.path and draw(st.integers(0, 3)):
        mode = GenerationMode.POSITIVE
        aimed["path_parameters"] = {"plan_id": draw(st.integers(1, 3))}
        if "number" in operation.path:
            aimed["path_parameters"]["number"] = 1
        if operation.path.endswith("/proof"):
            aimed["query"] = {"unit_id": draw(st.sampled_from(UNITS))}
    return draw(operation.as_strategy(generation_mode=mode, **aimed))


def answered(operations: list[Any], times: int) -> dict[int, int]:
    """How many calls were answered with each status, every answer checked."""
    statuses: dict[int, int] = {}

    @settings(max_examples=times)
    @given(case=calls(operations))
    def ask(case: Any) -> None:
        answer = case.call()
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        case.validate_response(answer)

    ask()
    return statuses


@pytest.mark.parametrize("times", [800, pytest.param(5_000, marks=pytest.mark.soak)])
def test_no_call_to_the_interface_finds_a_fault(operations: list[Any], times: int) -> None:
    statuses = answered(operations, times)

    assert sum(statuses.values()) >= times * 0.9
    assert statuses.keys() <= {200, 404, 405, 422}
    assert min(statuses[200], statuses[404], statuses[422]) > times / 20


def test_an_answer_that_is_not_as_described_would_be_found(
    busy: Service, operations: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    @door(Door.PUBLIC)
    def wrong() -> Response:
        body = '{"page": 1, "size": 50, "total": "many", "items": []}'
        return Response(body, content_type="application/json")

    monkeypatch.setitem(busy.app.view_functions, "api.draws", wrong)

    with pytest.raises(FailureGroup):
        answered([one for one in operations if one.path == f"{ROOT}/draws"], 20)


# -- pages -------------------------------------------------------------------------------------


def public_rules(service: Service, method: str) -> list[Rule]:
    """The routes of pages that everybody may open."""
    return [
        rule
        for rule in service.app.url_map.iter_rules()
        if method in (rule.methods or ())
        and door_of(service.app, rule.endpoint) is Door.PUBLIC
        and rule.endpoint.partition(".")[0] not in ("api", "static")
    ]


NUMBERS = st.integers(0, 3) | st.integers(0, 2**80)
WORDS = st.text(min_size=1, max_size=20)
IN_AN_ADDRESS = WORDS.filter(lambda word: "/" not in word)
VALUES = st.one_of(
    NUMBERS.map(str), WORDS, st.sampled_from([*UNITS, "2026-02-30", "-1", "joint", "csv", "\0"])
)
KNOWN = ("page", "q", "day", "list", "row", "unit", "next", "source", "code", "login_name", "token")
"""Fields of public pages."""

FIELDS = st.dictionaries(st.sampled_from(KNOWN) | WORDS, VALUES, max_size=4)


@st.composite
def visits(draw: st.DrawFn, service: Service) -> tuple[str, str, dict[str, str]]:
    """Method, address and fields of a page with whatever somebody may type."""
    method = draw(st.sampled_from(["GET", "GET", "GET", "POST"]))
    rule = draw(st.sampled_from(public_rules(service, method)))
    converters = rule._converters
    values = {
        name: draw(NUMBERS if isinstance(converters[name], IntegerConverter) else IN_AN_ADDRESS)
        for name in sorted(rule.arguments)
    }
    address = service.app.url_map.bind("localhost").build(rule.endpoint, values, method)
    return method, address, draw(FIELDS)


@pytest.mark.parametrize("times", [800, pytest.param(5_000, marks=pytest.mark.soak)])
def test_no_visit_to_a_public_page_finds_a_fault(busy: Service, times: int) -> None:
    visitor = busy.app.test_client()

    @settings(max_examples=times)
    @given(visit=visits(busy))
    def go(visit: tuple[str, str, dict[str, str]]) -> None:
        method, address, fields = visit
        told: dict[str, Any] = {"query_string" if method == "GET" else "data": fields}
        with visitor.open(address, method=method, **told) as answer:
            assert answer.status_code != 500, answer.get_data(as_text=True)

    go()
