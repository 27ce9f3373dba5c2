"""A plan whose list stays sealed does not tell beforehand whom it makes certain to be visited."""

import json
import re
from typing import Any

import pypdfium2
import pytest

from core.files import FileStore
from core.roles import Role
from inspections.draws import Desk, find_draw
from inspections.holding import publish
from sampler import merkle
from tests.inspections.hall import FRAME_KEY, SEAL
from tests.sampler.desk import PLAN
from tests.web.people import Service, facts
from tests.web.published import SEALED_UNTIL, committed, drawn, held, void_before_the_draw

FORETELLING = ("commitment.json", "frame.jsonl", "chances.csv")
PAGES = ("", *(f"/proof?row={row}" for row in range(20)), "/proof?unit=u03")
DIGEST = re.compile(r"[0-9a-f]{64}")
ALONE = (
    PLAN.replace('"环境" = 2', '"环境" = 10')
    .replace("n = 5", "n = 13")
    .replace("max = 2", "max = 9")
)
"""All ten institutions of one field are needed: their chance is 1, though nobody names them."""


def naming(unit: str) -> str:
    """The small plan with a unit that must be visited."""
    return f'{PLAN}[[certain]]\nunit_id = "{unit}"\nreason = "上次检查发现问题"\n'


def sealed(service: Service, plan: str, until: Any = held) -> str:
    """The address of a draw of this plan whose list opens much later."""
    plan_id, number = drawn(service, until, opens_on=SEALED_UNTIL, plan=plan)
    return f"/published/draws/{plan_id}/{number}"


def seen(service: Service, page: str) -> list[str]:
    """All that a stranger reads about a draw and its plan; digests look alike to him."""
    visitor, plan = service.app.test_client(), page.split("/")[3]
    told = [facts(visitor.get(page + rest)) for rest in PAGES]
    told.append(facts(visitor.get(f"/published/plans/{plan}")))
    papers = (f"{page}/papers/digests.pdf", f"/published/plans/{plan}/notice.pdf")
    told += [_words(visitor.get(paper).data) for paper in papers]
    # the witnesses of each draw show values that end with the number of its plan
    mine = [re.sub(rf"plans/{plan}\b| {plan}(?=<br>)", "", one.replace(page, "")) for one in told]
    return [_without_digests(one) for one in mine]


def _words(paper: bytes) -> str:
    pages = pypdfium2.PdfDocument(paper)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    return re.sub(r"(?<=/published/draws/)\d+", "", re.sub(r"[0-9a-f]{8,}", "", text))


def _without_digests(page: str) -> str:
    grouped = re.sub(r"(<span>[0-9a-f]{4,8}</span>)+", "", page)
    return re.sub(r'nonce="[^"]*"', "", DIGEST.sub("", grouped))


def test_what_is_public_before_the_opening_is_the_same_whoever_is_certain(
    service: Service,
) -> None:
    of_one, of_another = (seen(service, sealed(service, naming(u))) for u in ("u03", "u11"))

    assert of_one == of_another


@pytest.mark.parametrize("plan", [naming("u03"), ALONE])
@pytest.mark.parametrize("until", [committed, held])
def test_only_digests_are_public_while_a_chance_of_one_would_tell(
    service: Service, plan: str, until: Any
) -> None:
    page, visitor = sealed(service, plan, until), service.app.test_client()

    told = facts(visitor.get(page))

    assert "从机会就能看出要检查谁" in told
    assert "2027 年 1 月 15 日或者以后" in told or "2027年1月15日或者以后" in told
    assert visitor.get(f"{page}/files/verifier.py").status_code == 200
    for name in FORETELLING:
        assert name not in told
        assert visitor.get(f"{page}/files/{name}").status_code == 404, name


def test_an_institution_is_shown_that_it_is_in_the_frame_but_neither_type_nor_chance(
    service: Service,
) -> None:
    page, visitor = sealed(service, naming("u03"), committed), service.app.test_client()

    told = facts(visitor.get(f"{page}/proof?unit=u03"))
    (leaf,) = re.findall(r"data-leaf>([0-9a-f]{64})<", told)
    path = re.findall(r'data-side="(\w+)" data-other="(\w+)"', told)
    (root,) = re.findall(r'data-expected="(\w+)"', told)

    assert merkle.root_from_leaf(bytes.fromhex(leaf), path) == root
    assert "必查" not in told
    assert "抽取前公布的机会" not in told
    assert '"type"' not in told


def test_the_digest_of_a_plan_that_names_somebody_waits_for_the_list(service: Service) -> None:
    """Everything else of the plan is public: one could try each institution in its place."""
    page, visitor = sealed(service, naming("u03")), service.app.test_client()

    told = facts(visitor.get(f"/published/plans/{page.split('/')[3]}"))

    assert "内容摘要与抽查名单同时公开" in told
    assert DIGEST.findall(told) == []


def test_when_the_list_opens_everything_is_public_and_the_verifier_agrees(
    service: Service,
) -> None:
    page, visitor = sealed(service, naming("u03")), service.app.test_client()
    noted = _digest_of(service, page)
    service.later(days=400)
    service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        files = FileStore(service.app.extensions["settings"].data_dir / "files")
        desk = Desk(service.actor(), service.time, files, SEAL, FRAME_KEY)
        publish(session, desk, find_draw(session, *_number(page)).key)

    certificate, frame, programme = (
        visitor.get(f"{page}/files/{name}").data
        for name in ("certificate.json", "frame.jsonl", "verifier.py")
    )
    room: dict[str, Any] = {"__name__": "verifier"}
    exec(programme, room)  # what a stranger has downloaded

    assert not any(faults for _, faults in room["verify"](certificate, frame))
    assert json.loads(certificate)["commitment_digest"] == noted
    assert "（必查）" in facts(visitor.get(f"{page}/proof?unit=u03"))
    assert len(DIGEST.findall(facts(visitor.get(f"/published/plans/{_number(page)[0]}")))) == 1


def test_a_draw_that_was_void_before_it_was_held_never_shows_who_was_certain(
    service: Service,
) -> None:
    page = sealed(service, naming("u03"), void_before_the_draw)
    service.later(days=400)
    visitor = service.app.test_client()

    assert "在抽出名单之前作废" in facts(visitor.get(page))
    assert visitor.get(f"{page}/files/commitment.json").status_code == 404


def test_a_plan_whose_list_is_open_at_once_hides_nothing_of_its_certain_units(
    service: Service,
) -> None:
    plan_id, number = drawn(service, committed, plan=naming("u03"))
    visitor = service.app.test_client()

    told = facts(visitor.get(f"/published/draws/{plan_id}/{number}/proof?unit=u03"))

    assert "（必查）" in told


def _number(page: str) -> tuple[int, int]:
    _, _, _, plan, number = page.split("/")
    return int(plan), int(number)


def _digest_of(service: Service, page: str) -> str:
    with service.work() as session:
        return find_draw(session, *_number(page)).commitment_digest or ""
