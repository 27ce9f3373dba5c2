"""What a programme reads is what the public files say."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampler import merkle
from tests.web.api.reader import (
    OF_AN_OPEN_LIST,
    ROOT,
    addresses,
    draw_at,
    proof_at,
    refusal,
    told,
)
from tests.web.people import Service, close
from tests.web.published import (
    committed,
    drawn,
    published,
    replaced,
    void,
    void_before_the_draw,
)
from web.app import create_app
from web.settings import Settings


def unit_ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["unit_id"] for row in rows]


@pytest.fixture
def public(service: Service) -> tuple[int, int]:
    return drawn(service, published)


def test_before_anything_is_published_the_lists_are_empty(service: Service) -> None:
    visitor = service.app.test_client()

    assert told(visitor, f"{ROOT}/plans")["items"] == []
    assert told(visitor, f"{ROOT}/draws") == {"page": 1, "size": 50, "total": 0, "items": []}


def test_commitment_and_certificate_are_the_files_under_their_digests(
    service: Service, public: tuple[int, int]
) -> None:
    visitor = service.app.test_client()
    draw = told(visitor, draw_at(public))

    for part in ("commitment", "certificate"):
        data = visitor.get(draw_at(public, f"/{part}")).data
        assert hashlib.sha256(data).hexdigest() == draw[f"{part}_sha256"]


def test_drawn_units_and_reserves_are_those_of_the_certificate(
    service: Service, public: tuple[int, int]
) -> None:
    visitor = service.app.test_client()
    certificate = told(visitor, draw_at(public, "/certificate"))

    for part in ("drawn", "reserves"):
        listed = told(visitor, draw_at(public, f"/{part}"))["items"]
        assert sorted(unit_ids(listed)) == sorted(unit_ids(certificate[part]))
    assert told(visitor, draw_at(public, "/drawn"))["seed"] == certificate["seed"]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_the_pages_of_a_list_make_up_the_list(
    service: Service, public: tuple[int, int], size: int
) -> None:
    visitor = service.app.test_client()
    whole = told(visitor, draw_at(public, "/drawn"))

    pages = [
        told(visitor, draw_at(public, f"/drawn?size={size}&page={page}"))
        for page in range(1, whole["total"] // size + 2)
    ]

    assert [unit for page in pages for unit in page["items"]] == whole["items"]
    assert {page["total"] for page in pages} == {whole["total"]}


def test_every_institution_gets_a_proof_that_leads_to_the_committed_root(
    service: Service,
) -> None:
    public, visitor = drawn(service, committed), service.app.test_client()
    (frame,) = told(visitor, f"{ROOT}/plans/{public[0]}/frames")["items"]
    root = told(visitor, draw_at(public, "/commitment"))["frame"]["root"]

    assert frame["root"] == root
    for index in range(frame["rows"]):
        proof = told(visitor, proof_at(public, f"u{index:02d}"))
        path = [(step["side"], step["hash"]) for step in proof["path"]]
        assert merkle.root_from_leaf(bytes.fromhex(proof["leaf"]), path) == root
        assert json.loads(proof["line"])["public"] == proof["public"]
        assert proof["chance"] is not None
        assert proof["outcome"] is None


def test_a_proof_says_what_became_of_an_institution_once_the_list_is_open(
    service: Service, public: tuple[int, int]
) -> None:
    visitor = service.app.test_client()
    lists = {
        "drawn": unit_ids(told(visitor, draw_at(public, "/drawn"))["items"]),
        "reserve": unit_ids(told(visitor, draw_at(public, "/reserves"))["items"]),
    }

    for index in range(20):
        unit_id = f"u{index:02d}"
        expected = next((what for what, ids in lists.items() if unit_id in ids), "not_drawn")
        assert told(visitor, proof_at(public, unit_id))["outcome"] == expected


@pytest.mark.parametrize("unit_id", ["u0", "u033", "机构u03", "nobody", '"u03"', "%22"])
def test_only_a_whole_unit_id_finds_an_institution(
    service: Service, public: tuple[int, int], unit_id: str
) -> None:
    refused = refusal(service.app.test_client(), proof_at(public, unit_id))

    assert refused["code"] == "unit_not_in_frame"


def test_a_substitution_is_told_with_both_units_and_its_file(service: Service) -> None:
    public, visitor = drawn(service, replaced), service.app.test_client()

    (addendum,) = told(visitor, draw_at(public, "/addenda"))["items"]
    file = visitor.get(addendum["href"]).data

    assert hashlib.sha256(file).hexdigest() == addendum["sha256"]
    assert json.loads(file)["in"] == addendum["in"]
    assert addendum["previous"] == told(visitor, draw_at(public))["certificate_sha256"]
    gone = [u for u in told(visitor, draw_at(public, "/drawn"))["items"] if u["addendum"] == 1]
    came = [u for u in told(visitor, draw_at(public, "/reserves"))["items"] if u["addendum"] == 1]
    assert unit_ids(gone + came) == [addendum["out"]["unit_id"], addendum["in"]["unit_id"]]


@pytest.mark.parametrize("until", [committed, published, replaced, void])
def test_whatever_is_offered_for_download_can_be_downloaded(
    service: Service, until: Callable[..., Any]
) -> None:
    public, visitor = drawn(service, until), service.app.test_client()

    for one in told(visitor, draw_at(public, "/files"))["items"]:
        data = visitor.get(one["href"]).data
        if one["sha256"] is not None:
            assert (len(data), hashlib.sha256(data).hexdigest()) == (one["size"], one["sha256"])
        else:
            assert data


def test_a_void_draw_stays_with_its_reason(service: Service) -> None:
    public, visitor = drawn(service, void), service.app.test_client()

    (draw,) = told(visitor, f"{ROOT}/plans/{public[0]}/draws")["items"]

    assert (draw["state"], draw["void_reason"]) == ("void", "procedure_broken")
    assert told(visitor, draw_at(public, "/drawn"))["total"] == 5


def test_plans_are_found_by_year_region_kind_and_words(
    service: Service, public: tuple[int, int]
) -> None:
    visitor = service.app.test_client()

    for right in ("year=2026", "kind=national", "q=小计划", "year=2026&kind=national"):
        assert told(visitor, f"{ROOT}/plans?{right}")["total"] == 1, right
    for wrong in ("year=2025", "kind=joint", "q=大计划", "region=330000"):
        assert told(visitor, f"{ROOT}/plans?{wrong}")["total"] == 0, wrong


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=1.0", "page"),
        ("page=１", "page"),
        ("page=1&page=2", "page"),
        ("size=1001", "size"),
        ("year=1999", "year"),
        ("region=33", "region"),
        ("kind=secret", "kind"),
        ("q=%00", "q"),
        ("state=draft", "state"),
    ],
)
def test_a_parameter_that_is_wrong_is_refused_by_its_name(
    service: Service, query: str, named: str
) -> None:
    refused = refusal(service.app.test_client(), f"{ROOT}/plans?{query}")

    assert (refused["status"], refused["code"]) == (422, "parameter_is_wrong")
    assert named in refused["detail"]


def test_what_is_not_there_answers_like_what_is_hidden(service: Service) -> None:
    public, visitor = drawn(service, lambda hall: hall.announced()), service.app.test_client()

    hidden = refusal(visitor, draw_at(public))
    absent = refusal(visitor, draw_at((public[0], 9)))

    assert {**hidden, "instance": ""} == {**absent, "instance": ""}
    assert told(visitor, f"{ROOT}/plans/{public[0]}/draws")["items"] == []
    assert told(visitor, f"{ROOT}/plans/{public[0]}/frames")["items"] == []


def test_what_a_draw_without_an_outcome_lacks_is_not_open(service: Service) -> None:
    public, visitor = drawn(service, void_before_the_draw), service.app.test_client()

    for part in OF_AN_OPEN_LIST:
        assert refusal(visitor, draw_at(public, part))["code"] == "not_open_yet"


@pytest.mark.parametrize("path", ["/x", "/v1/nothing", "/v1/plans/x", "/v1/plans/1/"])
def test_an_address_that_is_none_is_told_to_a_programme_as_a_problem(
    service: Service, path: str
) -> None:
    refused = refusal(service.app.test_client(), f"/api{path}")

    assert (refused["status"], refused["code"]) == (404, "http_404")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_interface_is_for_reading_alone(service: Service, method: str) -> None:
    answer = service.app.test_client().open(f"{ROOT}/plans", method=method)

    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_an_answer_is_kept_for_a_while_and_asked_for_by_its_tag(
    service: Service, public: tuple[int, int]
) -> None:
    visitor = service.app.test_client()

    for address in [*addresses(public), proof_at(public, "u03"), f"{ROOT}/openapi.json"]:
        first = visitor.get(address)
        again = visitor.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304, address
        assert "max-age" in first.headers["Cache-Control"], address
        assert "Set-Cookie" not in first.headers, address


def test_whoever_asks_too_often_is_told_so_in_the_same_form(
    page_database: str, tmp_path: Path
) -> None:
    settings = Settings("s" * 32, database_url=page_database, data_dir=tmp_path)
    service = Service(create_app(settings))
    visitor = service.app.test_client()

    answers = [visitor.get(f"{ROOT}/draws") for _ in range(301)]
    close(service)

    assert [answer.status_code for answer in answers] == [200] * 300 + [429]
    assert answers[-1].content_type == "application/problem+json"
    assert "过于频繁" in answers[-1].get_data(as_text=True)
