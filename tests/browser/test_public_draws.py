"""Strangers repeat a draw on their own machine, in a real browser and without any account."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import storage
from tests.browser.serving import served
from tests.browser.test_frame import Desk
from tests.sampler.desk import PLAN
from tests.web.people import Service, close, open_service
from tests.web.published import SEALED_UNTIL, drawn, held, published, void

START = "用公布的文件核对"
ALL_AGREES = "全部一致：结果就是按公布的办法抽出来的"


CERTAIN = f'{PLAN}[[certain]]\nunit_id = "u03"\nreason = "上次检查发现问题"\n'

CROSSING = (
    PLAN
    + """
[[cross]]
name = "信用风险"
where = { credit_class = "A" }
min = 1
max = 2
"""
)


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[Service, str, dict[str, str]]]:
    """A service with a draw in each state; its address, and the addresses of the draws."""
    folder = tmp_path_factory.mktemp("published")
    with storage.sqlite_database(sqlite_template, folder) as engine:
        opened = open_service(folder, storage.url_of(engine))
        draws = {
            "open": drawn(opened, published),
            "sealed": drawn(opened, held, opens_on=SEALED_UNTIL),
            "certain": drawn(opened, held, opens_on=SEALED_UNTIL, plan=CERTAIN),
            "void": drawn(opened, void),
            "crossing": drawn(opened, published, plan=CROSSING),
        }
        pages = {name: f"/published/draws/{plan}/{n}" for name, (plan, n) in draws.items()}
        with served(opened.app) as address:
            yield opened, address, pages
        close(opened)


@pytest.fixture
def desk(page: Page, site: tuple[Service, str, dict[str, str]]) -> Iterator[Desk]:
    desk = Desk(page, *site[:2])
    yield desk
    assert [url for url in desk.asked if not url.startswith((desk.site, "blob:"))] == []


def test_every_public_page_fits_every_screen(
    desk: Desk, site: tuple[Service, str, dict[str, str]]
) -> None:
    for name in ("plans", "draws", "how"):
        desk.open(f"/published/{name}")
    for page in site[2].values():
        desk.open(page)
    desk.open(f"{site[2]['open']}/proof")
    desk.open(f"{site[2]['open']}/proof?unit=u03")
    desk.open(f"{site[2]['certain']}/proof?unit=u03")
    desk.open("/published/plans/1")


def test_a_stranger_repeats_an_open_draw(
    desk: Desk, site: tuple[Service, str, dict[str, str]]
) -> None:
    desk.page.goto(desk.site + site[2]["open"])
    desk.page.get_by_role("button", name=START).click()

    expect(desk.page.locator("[data-verdict]")).to_have_text(ALL_AGREES)
    expect(desk.page.locator("[data-list] > li")).to_have_count(8)
    desk.open(site[2]["void"])


def test_he_repeats_a_lottery_of_panels_as_well(
    desk: Desk, site: tuple[Service, str, dict[str, str]]
) -> None:
    page = desk.site + site[2]["crossing"]
    commitment = desk.page.request.get(f"{page}/files/commitment.json").json()
    assert commitment["chances"]["path"] == "panels"

    desk.page.goto(page)
    desk.page.get_by_role("button", name=START).click()

    expect(desk.page.locator("[data-verdict]")).to_have_text(ALL_AGREES)


def test_before_the_opening_he_repeats_what_is_public(
    desk: Desk, site: tuple[Service, str, dict[str, str]]
) -> None:
    desk.page.goto(desk.site + site[2]["sealed"])
    desk.page.get_by_role("button", name=START).click()

    expect(desk.page.locator("[data-verdict]")).to_contain_text("已公布的部分全部一致")
    expect(desk.page.locator("[data-list] > li")).to_have_count(2)


FORGERIES = {
    "drawn": "抽中的",
    "seed": "种子算得对",
    "value": "封存的数没有换过",
    "plan": "名单、计划和机会在抽取前已经定下",
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forged_certificate_is_named_by_the_visitors_own_machine(
    desk: Desk, site: tuple[Service, str, dict[str, str]], tmp_path: Path, what: str
) -> None:
    page = desk.site + site[2]["open"]
    certificate = json.loads(desk.page.request.get(f"{page}/files/certificate.json").body())
    forge(certificate, what)
    forged, frame = tmp_path / "certificate.json", tmp_path / "frame.jsonl"
    forged.write_text(json.dumps(certificate, ensure_ascii=False), encoding="utf-8")
    frame.write_bytes(desk.page.request.get(f"{page}/files/frame.jsonl").body())

    desk.page.goto(page)
    desk.page.get_by_text("用我自己存下的文件").click()
    desk.page.get_by_label("抽取证书 certificate.json").set_input_files(forged)
    desk.page.get_by_label("公开名单 frame.jsonl").set_input_files(frame)
    desk.page.get_by_role("button", name="用这两个文件核对").click()

    expect(desk.page.locator("[data-verdict]")).to_contain_text("有不一致")
    wrong = desk.page.locator("[data-list] > li.no")
    expect(wrong.filter(has_text=FORGERIES[what])).to_have_count(1)


def forge(certificate: dict[str, object], what: str) -> None:
    """Change one thing, as somebody would who wants another list."""
    told: dict[str, list[dict[str, object]]] = certificate  # type: ignore[assignment]
    if what == "drawn":
        told["drawn"][0], told["drawn"][1] = told["drawn"][1], told["drawn"][0]
    elif what == "seed":
        certificate["seed"] = "00" * 32
    elif what == "value":
        told["contributions"][1]["value"] = "another value"
    else:
        commitment: dict[str, dict[str, object]] = certificate["commitment"]  # type: ignore[assignment]
        commitment["plan"]["name"] = "另一个计划"


@pytest.mark.parametrize("state", ["open", "certain"])
def test_an_institution_repeats_the_proof_that_it_is_in_the_frame(
    desk: Desk, site: tuple[Service, str, dict[str, str]], state: str
) -> None:
    """Also from the digest of its line, while the line itself waits for the list."""
    desk.page.goto(f"{desk.site}{site[2][state]}/proof")
    desk.page.get_by_label("机构编号或者名称").fill("u07")
    desk.page.get_by_role("button", name="查询").click()

    expect(desk.page.locator("[data-verdict]")).to_contain_text("在册")


def test_sha256_agrees_with_its_standard(
    desk: Desk, site: tuple[Service, str, dict[str, str]]
) -> None:
    desk.page.goto(f"{desk.site}{site[2]['open']}/proof")
    for size in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000):
        found = desk.page.evaluate(
            "n => DrawSums.hex(DrawSums.sha256(new Uint8Array(n).map((_, i) => i * 7)))", size
        )
        assert found == hashlib.sha256(bytes(i * 7 % 256 for i in range(size))).hexdigest()
