"""The ceremony at its pages: officials, witnesses at their telephones, the screen in the hall."""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from core.roles import Role
from tests.core.people import ZHEJIANG
from tests.inspections.offices import open_office
from tests.web.ceremony_room import (
    DICE,
    FIRST,
    SECOND,
    SOURCES,
    VALUES,
    Room,
    a_room,
    do_jobs,
    put_in_force,
)
from tests.web.people import Service
from tests.web.persons import House
from tests.web.visits import words


@pytest.fixture
def room(service: Service) -> Room:
    return a_room(service)


def test_a_draw_goes_from_its_sources_to_a_list_that_the_verifier_confirms(
    room: Room, tmp_path: Path
) -> None:
    room.hold()
    room.planner.post(f"{room.at}/publication")

    assert "名单已公开" in room.page()
    for name in ("commitment.json", "certificate.json", "frame.jsonl", "verifier.py", "drawn.csv"):
        with room.planner.get(f"{room.at}/papers/{name}") as answer:
            assert answer.status_code == 200
            (tmp_path / name).write_bytes(answer.data)
    told = json.loads((tmp_path / "certificate.json").read_bytes())
    assert VALUES.items() <= {c["source"]: c["value"] for c in told["contributions"]}.items()
    checked = subprocess.run(
        [sys.executable, "-I", "verifier.py", "certificate.json", "frame.jsonl"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout.decode()


def test_the_hall_shows_each_step_and_then_the_names_one_after_the_other(room: Room) -> None:
    room.announce()
    assert f"等待：{FIRST}、{SECOND}" in words(room.hall())
    room.promise()
    assert "见证人都已封存" in room.hall()
    room.commit()
    assert "承诺已经公布" in room.hall()
    room.open_reveals()
    assert re.search(r'data-left="(\d+)"', room.hall())
    room.reveal()
    room.throw_dice()
    room.planner.post(f"{room.at}/draw")

    assert "1 家已公布，共 5 家" in words(room.hall())
    room.service.later(seconds=60)
    assert "5 家已公布，共 5 家" in words(room.hall())


def test_two_projectors_show_the_same_names(room: Room) -> None:
    room.hold()
    room.service.later(seconds=5)

    assert room.hall() == room.hall()


def test_a_list_that_stays_sealed_is_on_no_screen_of_the_hall(service: Service) -> None:
    room = a_room(service, sealed=True)
    room.hold(opens_on="2026-04-01")
    unit = re.findall(r'<td class="mono">(u\d\d)</td>', room.page())[0]
    watcher = service.sign_in(Role.DISCIPLINE)

    assert "才公开" in room.hall()
    assert unit not in room.hall()
    for address in (room.at, f"/hall/{room.draw}"):
        assert unit not in watcher.get(address).text
    assert watcher.get(f"{room.at}/papers/certificate.json").status_code == 404
    with watcher.get(f"{room.at}/papers/frame.jsonl") as public:
        assert public.status_code == 200
    assert room.planner.post(f"{room.at}/publication").status_code == 422


def test_a_witness_needs_no_account_and_gets_no_cookie(room: Room) -> None:
    room.announce()

    answer = room.witness(FIRST)

    assert "封存您的值" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_code_typed_from_paper_opens_the_page_of_its_witness(room: Room) -> None:
    room.announce()
    code, browser = room.codes[FIRST], room.service.app.test_client()
    typed = "-".join(code[at : at + 4].lower() for at in range(0, 20, 4))

    assert browser.post("/witness", data={"code": typed}).location == f"/witness/{code}"
    assert browser.post("/witness", data={"code": "ABCD"}).status_code == 422
    assert browser.get("/witness/AAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_the_command_for_the_own_computer_gives_the_promise_of_the_page(room: Room) -> None:
    room.announce()
    page = room.witness(FIRST).text
    given = re.search(r"printf '([^']+)%s'", page)
    assert given is not None
    done = subprocess.run(
        ["sh", "-c", f"printf '{given[1]}%s' {VALUES[FIRST]} | sha256sum"],
        capture_output=True, check=True,
    )  # fmt: skip

    answer = room.witness(FIRST, "promise", promise=done.stdout.decode().split()[0])

    assert answer.status_code == 303
    room.promise(SECOND)
    room.commit()
    room.open_reveals()
    room.reveal()


def test_the_commitment_waits_for_every_witness(room: Room) -> None:
    room.announce()
    room.promise(FIRST)

    refused = room.planner.post(f"{room.at}/commitment", data={"minutes": "30"})

    assert refused.status_code == 422
    assert f"还没有封存的见证人：{SECOND}" in refused.text


def test_a_witness_who_does_not_come_is_withdrawn_before_the_commitment(room: Room) -> None:
    room.announce()
    room.promise(FIRST)
    withdrawals = re.findall(rf"{room.at}/sources/\d+/withdrawal", room.page())

    assert room.planner.post(withdrawals[1]).status_code == 303
    room.commit()
    assert room.witness(SECOND).status_code == 404


def test_another_value_than_the_promised_is_refused_and_recorded(room: Room) -> None:
    room.announce()
    room.promise()
    room.commit()
    room.open_reveals()

    answer = room.witness(FIRST, "value", value="ff" * 16)

    assert "refused=1" in answer.location
    assert "有 1 次所示的值与封存不符" in room.page()


def test_a_witness_who_misses_the_deadline_is_named_and_nothing_restarts(room: Room) -> None:
    room.announce()
    room.promise()
    room.commit("5")
    room.open_reveals()
    room.reveal(FIRST)
    assert f"等待见证人揭示： {SECOND}" in words(room.page())
    assert room.planner.get(f"{room.at}/draw").text.count("还不能抽取") == 1
    room.service.later(minutes=6)

    assert "揭示时限已过" in room.witness(SECOND).text
    assert room.witness(SECOND, "value", value=VALUES[SECOND]).status_code == 422
    room.throw_dice()
    room.planner.post(f"{room.at}/draw")
    assert "未揭示，用固定的空值" in room.hall()


def test_dice_wait_until_no_witness_can_reveal(room: Room) -> None:
    room.announce()
    room.promise()
    room.commit()
    room.open_reveals()
    assert "/value" not in room.page()
    room.reveal()

    assert room.throw_dice().status_code == 303
    assert room.planner.get(f"{room.at}/draw").status_code == 200


def test_going_without_dice_takes_two_persons(room: Room) -> None:
    room.announce()
    room.promise()
    room.commit()
    room.open_reveals()
    room.reveal()
    absence = re.search(rf"{room.at}/sources/\d+/absence", room.page())
    assert absence is not None
    assert room.planner.post(absence[0], data={"note": ""}).status_code == 422
    room.planner.post(absence[0], data={"note": "骰子丢失"})
    motion = re.search(rf"{room.at}/motions/\d+", room.page())
    assert motion is not None

    own = room.planner.post(f"{motion[0]}/signature")
    assert own.status_code in (403, 422)
    assert room.planner.post(f"{room.at}/draw").status_code == 422
    assert room.reviewer.post(f"{motion[0]}/signature").status_code == 303
    assert room.planner.post(f"{room.at}/draw").status_code == 303
    assert "缺，用固定的空值" in room.page()


def test_of_two_operators_the_second_gets_the_same_draw(room: Room) -> None:
    room.hold()
    seed = re.search(r"种子</th><td class=\"digest\">(\w{64})", room.page())
    other = room.service.sign_in(Role.NATIONAL_PLANNER)

    assert other.post(f"{room.at}/draw").status_code == 303
    assert seed is not None
    assert seed[1] in other.get(room.at).text


def test_two_operators_who_publish_the_commitment_make_one(room: Room) -> None:
    room.announce()
    room.promise()
    for _ in range(2):
        room.planner.post(f"{room.at}/commitment", data={"minutes": "30"})

    first, second = do_jobs(room.service), do_jobs(room.service)

    assert "commitment" in first
    assert second == {"draw": room.draw}


def test_a_redraw_names_the_draw_that_was_made_void_and_both_stay(room: Room) -> None:
    room.hold()
    answer = room.planner.post(f"{room.at}/void", data={"reason": "ordered", "note": "上级决定"})
    assert answer.status_code == 303
    motion = re.search(rf"{room.at}/motions/\d+", room.page())
    assert motion is not None
    assert "已抽取" in room.page()
    room.reviewer.post(f"{motion[0]}/signature")
    first = room.draw
    assert "已作废" in room.page()

    room.announce()

    assert room.draw != first
    assert "第 1 次抽取" in room.page()
    assert "前次已作废" in room.hall()
    assert room.planner.get(f"/ceremonies/{first}").status_code == 200


def test_a_second_draw_beside_a_valid_one_is_refused(room: Room) -> None:
    room.announce()

    page = room.planner.get(f"/ceremonies/new?plan={room.plan}").text

    assert "已有一次有效的抽取" in page
    told = {"plan": str(room.plan), "frame": "1", **SOURCES}
    assert room.planner.post("/ceremonies", data=told).status_code == 422


def test_what_was_typed_stays_when_an_announcement_is_refused(room: Room) -> None:
    told = {"plan": str(room.plan), "frame": "1", "name_1": "公证员演示", "kind_1": "witness"}

    page = room.planner.post("/ceremonies", data=told)

    assert page.status_code == 422
    assert "至少要有 2 个来源" in page.text
    assert 'value="公证员演示"' in page.text


def test_a_reserve_steps_in_when_two_have_signed(room: Room) -> None:
    room.hold()
    page = room.planner.get(f"{room.at}/substitutions").text
    unit = re.search(rf"{room.at}/substitutions/\d+", page)
    assert unit is not None
    assert "现在轮到递补的是" in room.planner.get(unit[0]).text
    assert room.planner.post(unit[0], data={"note": "注销公告"}).status_code == 422
    room.planner.post(unit[0], data={"reason": "deregistered", "note": "注销公告"})
    motion = re.search(rf"{room.at}/motions/\d+", room.page())
    assert motion is not None
    room.reviewer.post(f"{motion[0]}/signature")

    after = words(room.planner.get(f"{room.at}/substitutions").text)
    assert "已经递补" in after
    assert "addendum-1.json" in room.page()


def test_a_motion_is_withdrawn_by_whoever_refuses_it(room: Room) -> None:
    room.hold()
    room.planner.post(f"{room.at}/void", data={"reason": "ordered", "note": "上级决定"})
    motion = re.search(rf"{room.at}/motions/\d+", room.page())
    assert motion is not None

    assert room.reviewer.post(f"{motion[0]}/withdrawal").status_code == 303

    assert "等待第二人会签" not in room.page()


def test_a_province_neither_sees_nor_touches_the_draws_of_the_nation(room: Room) -> None:
    room.announce()
    province = room.service.sign_in(Role.PROVINCIAL_PLANNER, scope=ZHEJIANG)

    for address in (room.at, f"/hall/{room.draw}", f"{room.at}/links", f"{room.at}/draw"):
        assert province.get(address).status_code == 404
    assert province.post(f"{room.at}/reveals").status_code == 404


def test_a_reviewer_signs_but_does_not_hold(room: Room) -> None:
    room.revealed()

    assert room.reviewer.post(f"{room.at}/draw").status_code == 403
    assert room.reviewer.get(f"{room.at}/links").status_code == 403


def test_every_step_out_of_its_turn_is_refused_in_words(room: Room) -> None:
    room.announce()

    for step in ("reveals", "draw", "publication"):
        answer = room.planner.post(f"{room.at}/{step}")
        assert answer.status_code == 422
        assert "现在是“已公布来源”" in answer.text


def test_the_list_offers_a_draw_for_a_published_plan(room: Room) -> None:
    assert f"/ceremonies/new?plan={room.plan}" in room.planner.get("/ceremonies").text
    room.announce()

    assert room.at in room.planner.get("/ceremonies").text
    assert DICE in room.page()


def test_a_roster_is_frozen_by_a_worker_and_then_its_sources_are_announced(
    service: Service,
) -> None:
    service.later(days=60)
    folder = service.app.extensions["settings"].data_dir / "files"
    with service.work() as session:
        office = open_office(session, folder)
        office.institutions(6)
        office.institutions(6, fields="建筑工程", region="440100")
        version = office.draft(office.sound(roster_day=date(2026, 4, 20)))
        approver = office.reviewer.user_id
        assert approver is not None
        put_in_force(session, version, office.planner, approver, service.time)
        plan = version.plan_id
    planner = service.sign_in(Role.NATIONAL_PLANNER)
    assert "还没有冻结底册" in planner.get(f"/ceremonies/new?plan={plan}").text

    answer = planner.post("/ceremonies/frames", data={"plan": str(plan)})
    frozen = do_jobs(service)

    assert frozen == {"plan": plan, "rows": 12, "eligible": 12}
    assert f"/ceremonies/new?plan={plan}" in planner.get(answer.location).text
    Room(service, planner, planner, plan).announce()


def test_a_witness_sends_his_form_without_any_token(house: House) -> None:
    answer = house.app.test_client().post("/witness", data={"code": "ABCD"})

    assert answer.status_code == 422
    assert "见证码是 20 位" in answer.text
