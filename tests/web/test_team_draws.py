"""The second ceremony at its pages: from a drawn list to teams that stand-ins keep whole."""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from core.roles import Role
from inspections.teams.recusals import RecusalSide
from inspections.teams.stepping import RecusalDraft, raise_recusal
from tests.inspections.teams.corps import RULES
from tests.web.people import Service, facts
from tests.web.team_room import TeamRoom, a_team_room, sign_in
from tests.web.visits import words
from web.inspections.desk import desk_for

OPENS = date(2026, 11, 20)


@pytest.fixture
def room(service: Service) -> TeamRoom:
    return a_team_room(service)


# -- before the draw ---------------------------------------------------------------------------


def test_the_way_goes_step_by_step_from_the_list_to_the_sources(room: TeamRoom) -> None:
    def now() -> str:
        page = facts(room.planner.get(room.desk))
        return page.partition('id="h-next">现在：')[2].partition("<")[0]

    assert "安排检查组" in facts(room.planner.get(f"/ceremonies/{room.listed}"))
    assert now() == "选派规则"
    room.set_rules()
    assert now() == "安排检查任务"
    room.planner.post(f"{room.desk}/visits")
    assert now() == "冻结选派任务"
    told = room.freeze()
    assert (told["visits"], told["slots"], told["feasible"]) == (4, 8, True)
    page = words(facts(room.planner.get(f"{room.desk}/task")))
    assert "能够成组" in page
    assert "公布随机数来源" in page


def test_who_cannot_be_staffed_is_said_before_anything_is_announced(service: Service) -> None:
    room = a_team_room(service, inspectors=2)
    room.prepare(RULES.model_copy(update={"capacity": 1, "per_window": 1}))

    page = words(facts(room.planner.get(f"{room.desk}/task")))

    assert "这样不能成组" in page
    assert "检查次数上限" in page
    assert room.planner.get(f"{room.desk}/announcement").status_code == 404


def test_the_board_shows_visits_by_window_and_finds_them(room: TeamRoom) -> None:
    room.set_rules()
    room.planner.post(f"{room.desk}/visits")
    at = f"{room.desk}/visits"

    page = words(facts(room.planner.get(at)))
    assert "第 1 段" in page
    assert "4 项" in page
    assert "1 项" in words(facts(room.planner.get(f"{at}?q=002")))
    assert "没有符合条件的检查任务" in facts(room.planner.get(f"{at}?state=cancelled"))
    for sort in ("number", "name", "region", "executor"):
        assert room.planner.get(f"{at}?sort={sort}&order=desc").status_code == 200
    assert "任务编号" in room.planner.get(f"{at}.csv").data.decode("utf-8-sig")
    assert room.planner.get(f"{at}.xlsx").data[:2] == b"PK"
    assert room.planner.get(f"{at}.pdf").status_code == 404


def test_a_visit_is_moved_within_its_window_with_a_reason(room: TeamRoom) -> None:
    room.set_rules()
    room.planner.post(f"{room.desk}/visits")
    at = f"{room.desk}/visits/1"
    form = {"version": "1", "first_day": "2026-10-09", "last_day": "2026-10-09"}

    without = room.planner.post(at, data=form)
    outside = room.planner.post(at, data={**form, "last_day": "2026-12-09", "reason": "顺延"})
    moved = room.planner.post(at, data={**form, "reason": "机构搬家"})
    late = room.planner.post(at, data={**form, "reason": "再改"})

    assert (without.status_code, outside.status_code) == (422, 422)
    assert 'id="e-reason"' in without.text
    assert 'id="e-first_day"' in outside.text
    assert moved.status_code == 303
    assert "10月9日" in facts(room.planner.get(f"{room.desk}/visits"))
    assert late.status_code == 422
    assert "第 2 版" in words(facts(room.planner.get(at)))


# -- the ceremony ------------------------------------------------------------------------------


def test_teams_are_drawn_like_institutions_and_the_verifier_confirms_it(
    room: TeamRoom, tmp_path: Path
) -> None:
    room.hold()
    hall = words(room.hall())
    assert "组已公布，共 4 组" in hall
    assert room.planner.post(f"{room.at}/publication").status_code == 303

    assert "名单已公开" in room.page()
    for name in ("certificate.json", "frame.jsonl", "verifier.py"):
        with room.planner.get(f"{room.at}/papers/{name}") as answer:
            assert answer.status_code == 200
            (tmp_path / name).write_bytes(answer.data)
    checked = subprocess.run(
        [sys.executable, "-I", "verifier.py", "certificate.json", "frame.jsonl"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout.decode()
    assert len(json.loads((tmp_path / "certificate.json").read_bytes())["members"]) == 8


# -- after the draw ----------------------------------------------------------------------------


def test_the_team_of_a_visit_stands_on_its_page_with_chances(room: TeamRoom) -> None:
    room.hold()

    page = words(facts(room.planner.get(f"{room.desk}/visits/1")))

    assert page.count("在组") == 2
    assert "组长" in page
    assert "%" in page
    assert "演示数据检查员" in words(facts(room.planner.get(f"{room.desk}/visits")))
    assert "演示数据检查员" in room.planner.get(f"{room.desk}/visits.csv").data.decode()


def test_an_adjustment_takes_two_persons_and_brings_an_alternate(room: TeamRoom) -> None:
    room.hold()
    at = f"{room.desk}/visits/1/stand-in"
    slot = {"slot": "001/组长"}

    nothing = room.planner.post(at, data=slot)
    unproven = room.planner.post(at, data={**slot, "reason": "leave"})
    silent = room.planner.post(at, data={**slot, "reason": "duty"})
    moved = room.planner.post(at, data={**slot, "reason": "duty", "note": "临时公务"})

    assert [nothing.status_code, unproven.status_code, silent.status_code] == [422] * 3
    assert "请选择理由" in nothing.text
    assert "不能以“检查期间请假”为由退出" in unproven.text
    assert moved.status_code == 303
    assert "等待会签" in facts(room.planner.get(f"{room.desk}/visits/1"))
    asked = words(facts(room.reviewer.get(f"{room.at}/motions/1")))
    assert "检查任务 001，组长" in asked
    assert "紧急公务" in asked
    signed = room.reviewer.post(f"{room.at}/motions/1/signature")
    assert signed.status_code == 303
    page = words(facts(room.planner.get(f"{room.desk}/visits/1")))
    assert "已退出 紧急公务" in page
    assert "递补" in page
    assert "第 2 版" in page


def test_nobody_outside_the_office_sees_the_board(room: TeamRoom) -> None:
    room.hold()
    pages = [f"{room.desk}{at}" for at in ("", "/visits", "/visits/1", "/task", "/figures")]

    for role in (Role.PROVINCIAL_PLANNER, Role.PARTNER_DEPARTMENT, Role.INSTITUTION):
        other = sign_in(room.service, role)
        assert {other.get(page).status_code for page in pages} <= {403, 404}
    assert room.service.app.test_client().get(pages[0]).status_code == 303


def test_loads_and_the_fairness_report_can_be_taken_away(room: TeamRoom) -> None:
    room.hold()
    at = f"{room.desk}/figures"

    page = words(facts(room.planner.get(at)))
    assert "可派人员" in page
    assert "同去次数最多的" in page
    for by in ("department", "province"):
        assert "8.00" in words(facts(room.planner.get(f"{at}?by={by}")))
    assert "预计席位" in room.planner.get(f"{at}/loads.csv").data.decode("utf-8-sig")
    assert room.planner.get(f"{at}/fairness.pdf").data[:5] == b"%PDF-"


# -- for everybody -----------------------------------------------------------------------------


def test_the_public_sees_the_promise_first_and_the_teams_with_the_list(room: TeamRoom) -> None:
    public = room.service.app.test_client()
    room.revealed()
    at = f"/published/teams/{room.plan}/1"
    assert "演示数据检查员" not in facts(public.get(at))
    assert public.get(f"{at}/files/commitment.json").status_code == 200
    room.planner.post(f"{room.at}/draw")
    assert "演示数据检查员" not in facts(public.get(at))
    assert public.get(f"{at}/files/certificate.json").status_code == 404
    assert public.get(f"{at}/fairness.pdf").status_code == 404

    room.planner.post(f"{room.at}/publication")

    page = words(facts(public.get(at)))
    assert page.count("组长：演示数据检查员") == 4
    assert public.get(f"{at}/files/certificate.json").status_code == 200
    assert public.get(f"{at}/fairness.pdf").data[:5] == b"%PDF-"
    assert f'href="{at}"' in facts(public.get(f"/published/draws/{room.plan}/1"))
    assert f'href="{at}"' in facts(public.get("/published/teams"))


def test_teams_of_a_sealed_list_stay_sealed_until_its_day(service: Service) -> None:
    room = a_team_room(service, opens_on=OPENS)
    public = service.app.test_client()
    room.hold()
    at = f"/published/teams/{room.plan}/1"

    early = room.planner.post(f"{room.at}/publication")

    assert early.status_code == 422
    page = facts(public.get(at))
    assert "演示数据" not in page.partition("<main")[2].partition("</main>")[0].replace(
        "2026年演示数据计划", ""
    )
    assert "2026年11月20日" in page
    for name in ("commitment.json", "frame.jsonl", "chances.csv", "certificate.json"):
        assert public.get(f"{at}/files/{name}").status_code == 404
    assert "演示数据检查员" not in room.hall()


# -- recusal and substitution ------------------------------------------------------------------


def a_recusal(room: TeamRoom, slot: str = "001/组长") -> str:
    """The institution asks that the leader does not come; the page of its request."""
    member = next(seat for seat in room.seats() if (seat.slot, seat.rank) == (slot, 0))
    settings = room.service.app.extensions["settings"]
    sign_in(room.service, Role.INSTITUTION)
    desk = desk_for(settings, room.service.actor(), room.service.time)
    draft = RecusalDraft(slot, member.person_id, RecusalSide.INSTITUTION, "曾在本机构任职")
    with room.service.work() as session:
        return f"{room.desk}/recusals/{raise_recusal(session, desk, room.draw, draft).key}"


def test_a_recusal_is_decided_with_a_reason_and_brings_an_alternate(room: TeamRoom) -> None:
    room.hold()
    at = a_recusal(room)
    assert "曾在本机构任职" in facts(room.planner.get(f"{room.desk}/recusals?state=open"))

    silent = room.planner.post(f"{at}/accept")
    granted = room.planner.post(f"{at}/accept", data={"reason": "情况属实"})
    told = words(facts(room.planner.get(at)))
    again = room.planner.post(f"{at}/reject", data={"reason": "改主意"})

    assert silent.status_code == 422
    assert 'id="e-reason"' in silent.text
    assert granted.status_code == 303
    assert "由候补 演示数据检查员" in told
    assert "情况属实" in told
    assert again.status_code == 422
    team = words(facts(room.planner.get(f"{room.desk}/visits/1")))
    assert "已退出 回避申请或者申报经决定成立" in team


def test_a_recusal_that_is_refused_leaves_the_team_as_it_is(room: TeamRoom) -> None:
    room.hold()
    at = a_recusal(room)

    assert room.planner.post(f"{at}/reject", data={"reason": "没有依据"}).status_code == 303

    assert "不予回避" in facts(room.planner.get(at))
    assert "已退出" not in facts(room.planner.get(f"{room.desk}/visits/1"))
    assert room.planner.post(f"{at}/perhaps", data={"reason": "x"}).status_code == 404


def test_a_reserve_takes_over_visit_and_team(room: TeamRoom) -> None:
    room.hold()
    before = words(facts(room.planner.get(f"{room.desk}/visits/1")))
    out = facts(room.planner.get(f"/ceremonies/{room.listed}/substitutions"))
    name = re.search(r"<p class=\"lead\">([^<]+)", facts(room.planner.get(f"{room.desk}/visits/1")))
    assert name is not None
    unit = re.search(rf'/substitutions/(\d+)" aria-label="替换{name[1]}"', out)
    assert unit is not None, out
    form = {"reason": "closed", "note": "已停业"}
    at = f"/ceremonies/{room.listed}"
    assert room.planner.post(f"{at}/substitutions/{unit[1]}", data=form).status_code == 303
    assert room.reviewer.post(f"{at}/motions/1/signature").status_code == 303

    after = words(facts(room.planner.get(f"{room.desk}/visits/1")))

    assert name[1] not in after
    assert "第 2 版" in after
    assert re.findall("演示数据检查员[0-9]+", after) == re.findall("演示数据检查员[0-9]+", before)
