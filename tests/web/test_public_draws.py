"""What everybody sees of plans and draws, and what nobody sees before its day."""

import gzip
import json
from typing import Any

import pytest

from core.files import FileStore
from inspections.draws import find_draw
from inspections.plans import PlanState, versions_of
from sampler import merkle
from tests.inspections.hall import VALUES
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

LISTS = ("/published/plans", "/published/draws", "/published/how")


def address(public: tuple[int, int], rest: str = "") -> str:
    return f"/published/draws/{public[0]}/{public[1]}{rest}"


def test_before_anything_is_published_the_lists_say_so(service: Service) -> None:
    visitor = service.app.test_client()

    assert "还没有公布的计划" in facts(visitor.get("/published/plans"))
    assert "还没有公布承诺的抽取" in facts(visitor.get("/published/draws"))


def test_a_commitment_is_public_before_the_draw(service: Service) -> None:
    public, visitor = drawn(service, committed), service.app.test_client()

    page = facts(visitor.get(address(public)))
    commitment = visitor.get(address(public, "/files/commitment.json"))

    assert "小计划（演示数据）" in page

    assert "尚未揭示" in page
    assert str(commitment.get_etag()[0]) in page.replace("</span><span>", "")
    assert visitor.get(address(public, "/files/certificate.json")).status_code == 404


def test_an_open_list_is_shown_in_the_order_of_the_seed(service: Service) -> None:
    public, visitor = drawn(service, published), service.app.test_client()
    certificate = json.loads(visitor.get(address(public, "/files/certificate.json")).data)

    page = facts(visitor.get(address(public)))

    assert all(row["unit_id"] in page for row in certificate["drawn"])
    assert all(value in page for value in list(VALUES.values())[:3])
    assert "data-certificate" in page


def everything(service: Service, public: tuple[int, int]) -> str:
    """All that a stranger can get hold of about a draw."""
    visitor = service.app.test_client()
    rests = ["", "/proof?unit=u03", "/proof?row=3", "/papers/digests.pdf"]
    papers = [f"/papers/{name}.pdf" for name in ("record", "drawn", "reserves", "certificate")]
    assert all(visitor.get(address(public, paper)).status_code == 404 for paper in papers)
    names = ("commitment.json", "frame.jsonl", "chances.csv", "certificate.json", "drawn.csv")
    rests += [f"/files/{name}" for name in (*names, "README.txt")]
    pages = [visitor.get(address(public, rest)) for rest in rests]
    pages += [visitor.get(one) for one in (*LISTS, f"/published/plans/{public[0]}")]
    return "\n".join(page.get_data().decode(errors="replace") for page in pages)


def test_a_sealed_list_is_given_away_by_nothing(service: Service) -> None:
    public = drawn(service, held, opens_on=SEALED_UNTIL)
    with service.work() as session:
        # the row knows what the pages must not tell
        draw = find_draw(session, *public)
        seed, digest = draw.seed or "", draw.certificate_sha256 or ""

    told = everything(service, public)

    assert digest in told

    assert "之前不公开" in told
    assert seed not in told
    assert "已抽中" not in told
    assert "没有抽中" not in told


def test_before_the_opening_the_page_of_a_drawn_unit_looks_like_any_other(
    service: Service,
) -> None:
    public = drawn(service, held, opens_on=SEALED_UNTIL)
    visitor = service.app.test_client()

    rows = [visitor.get(address(public, f"/proof?row={row}")).text for row in range(20)]
    sizes = {len([line for line in page.splitlines() if line.strip()]) for page in rows}

    assert all("<b></b>" not in page for page in rows)
    assert max(sizes) - min(sizes) <= 3, "only the path of a proof may be a step shorter"


def test_what_a_draw_that_was_made_void_drew_stays_visible(service: Service) -> None:
    public, visitor = drawn(service, void), service.app.test_client()

    page = facts(visitor.get(address(public)))

    assert "已经作废（程序不符合规定）" in page

    assert "抽查名单" in page
    assert "已作废" in facts(visitor.get("/published/draws"))


def test_every_institution_of_the_frame_gets_a_proof_that_leads_to_the_root(
    service: Service,
) -> None:
    public, visitor = drawn(service, committed), service.app.test_client()
    told = visitor.get(address(public, "/files/frame.jsonl")).get_data().splitlines()
    root = json.loads(visitor.get(address(public, "/files/commitment.json")).data)["frame"]["root"]

    for index, line in enumerate(told):
        unit = json.loads(line)["public"]["unit_id"]
        page = facts(visitor.get(address(public, f"/proof?unit={unit}")))
        path = [
            (part.split('"')[0], part.split('data-other="')[1][:64])
            for part in page.split('data-side="')[1:]
        ]
        assert merkle.root_from_proof(line, path) == root, index
        assert "抽取前公布的机会" in page


def test_whoever_is_not_in_the_frame_is_told_so(service: Service) -> None:
    public, visitor = drawn(service, committed), service.app.test_client()

    assert "底册中没有找到" in facts(visitor.get(address(public, "/proof?unit=nobody")))
    assert "请选择" in facts(visitor.get(address(public, "/proof?unit=机构")))


def test_a_page_is_kept_for_a_minute_and_asked_for_by_its_tag(service: Service) -> None:
    public, visitor = drawn(service, published), service.app.test_client()

    for page in (*LISTS, address(public), address(public, "/files/frame.jsonl")):
        first = visitor.get(page)
        tag = first.headers["ETag"]
        again = visitor.get(page, headers={"If-None-Match": tag})
        assert again.status_code == 304, page
        assert "max-age" in first.headers["Cache-Control"], page
        assert "Set-Cookie" not in first.headers, page


def test_the_long_files_are_packed_for_whoever_asks_and_are_the_same_unpacked(
    service: Service,
) -> None:
    public, visitor = drawn(service, published), service.app.test_client()
    for name in ("frame.jsonl", "chances.csv"):
        page = address(public, f"/files/{name}")
        plain = visitor.get(page)

        packed = visitor.get(page, headers={"Accept-Encoding": "br, gzip"})
        again = visitor.get(page, headers={"Accept-Encoding": "gzip"})
        known = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}

        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(packed.data) == plain.data
        assert again.data == packed.data
        assert packed.headers["ETag"] != plain.headers["ETag"]
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert visitor.get(page, headers=known).status_code == 304
        assert (
            "Content-Encoding"
            not in visitor.get(page, headers={"Accept-Encoding": "gzip;q=0"}).headers
        )


def test_a_file_that_was_changed_on_the_disk_is_handed_to_nobody(service: Service) -> None:
    public, visitor = drawn(service, published), service.app.test_client()
    page = address(public, "/files/frame.jsonl")
    files = FileStore(service.app.extensions["settings"].data_dir / "files")
    files.path(str(visitor.get(page).get_etag()[0])).write_bytes(b"{}")

    for asked in ({}, {"Accept-Encoding": "gzip"}):
        assert visitor.get(page, headers=asked).status_code == 409


def test_what_is_not_there_answers_like_what_is_hidden(service: Service) -> None:
    public, visitor = drawn(service, lambda hall: hall.announced()), service.app.test_client()

    for page in (
        address(public),
        address((public[0], 9)),
        address(public, "/proof"),
        address(public, "/papers/record.pdf"),
        "/published/plans/999",
        "/published/plans/999/notice.pdf",
    ):
        assert visitor.get(page).status_code == 404, page


@pytest.mark.parametrize("name", ["..%2f..%2fsecret", "sealed.secret", "排除名单.json", "x.pdf"])
def test_only_published_files_are_handed_out(service: Service, name: str) -> None:
    public, visitor = drawn(service, published), service.app.test_client()

    assert visitor.get(address(public, f"/files/{name}")).status_code == 404
    assert visitor.get(address(public, f"/papers/{name}")).status_code == 404


def test_a_draft_is_not_public(service: Service) -> None:
    public, visitor = drawn(service, committed), service.app.test_client()
    with service.work() as session:
        (version,) = versions_of(session, public[0])
        # a plan whose only version went back to the drawing board
        version.frozen_at = version.published_by = version.published_at = None
        version.approved_by = version.approved_at = None
        version.state = PlanState.SUBMITTED
        session.add(version)

    assert visitor.get(f"/published/plans/{public[0]}").status_code == 404
    assert "小计划" not in facts(visitor.get("/published/plans"))


def test_a_plan_leads_to_its_draws_and_its_notice(service: Service) -> None:
    public, visitor = drawn(service, published), service.app.test_client()

    page = facts(visitor.get(f"/published/plans/{public[0]}"))
    notice = visitor.get(f"/published/plans/{public[0]}/notice.pdf")

    assert address(public) in page

    assert "共抽取 5 家" in page
    assert notice.data.startswith(b"%PDF")


def test_a_draw_that_was_void_before_it_was_held_shows_no_list(service: Service) -> None:
    public, visitor = drawn(service, void_before_the_draw), service.app.test_client()

    page = facts(visitor.get(address(public)))

    assert "已经作废" in page
    assert "data-certificate" not in page
    assert visitor.get(address(public, "/papers/record.pdf")).status_code == 404


def test_a_substitution_is_told_with_its_reason_and_its_addendum(service: Service) -> None:
    public, visitor = drawn(service, replaced), service.app.test_client()

    page = facts(visitor.get(address(public)))
    addendum = json.loads(visitor.get(address(public, "/files/addendum-1.json")).data)

    assert "因停业不检查" in page
    assert "不检查，见递补" in page
    assert addendum["reason"] == "closed"
    assert "递补附录" in page


@pytest.mark.parametrize("name", ["digests", "record", "drawn", "reserves", "certificate"])
def test_papers_of_an_open_draw_are_offered_and_equal_for_everybody(
    service: Service, name: str
) -> None:
    public, visitor = drawn(service, published), service.app.test_client()

    paper = visitor.get(address(public, f"/papers/{name}.pdf"))
    again = service.app.test_client().get(address(public, f"/papers/{name}.pdf"))

    assert f"/papers/{name}.pdf" in facts(visitor.get(address(public)))
    assert paper.data.startswith(b"%PDF")
    assert again.data == paper.data


def test_the_stand_alone_verifier_agrees_with_what_the_public_page_offers(
    service: Service,
) -> None:
    public, visitor = drawn(service, published), service.app.test_client()
    certificate, frame, programme = (
        visitor.get(address(public, f"/files/{name}")).data
        for name in ("certificate.json", "frame.jsonl", "verifier.py")
    )
    room: dict[str, Any] = {"__name__": "verifier"}
    exec(programme, room)  # what a stranger has downloaded

    assert not any(faults for _, faults in room["verify"](certificate, frame))
