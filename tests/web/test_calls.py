"""What waits for a second person reaches him: a message, and a line on the page of his day."""

import re
from datetime import timedelta

from flask.testing import FlaskClient

from core import jobs, leases
from core.jobs import Failure
from core.roles import Role, Scope, ScopeKind
from tests.web.ceremony_room import Room, a_room
from tests.web.people import Service, facts
from tests.web.planning import drafted, listed_item, sound, step
from tests.web.visits import words
from web.words.jobs import FREEZE

SHANDONG = Scope(ScopeKind.REGION, "370000")


def told(browser: FlaskClient) -> str:
    return facts(browser.get("/messages.csv"))


def next_steps(browser: FlaskClient) -> str:
    return words(facts(browser.get("/home")))


def submitted(service: Service) -> tuple[int, FlaskClient]:
    """A national plan that its maker has submitted."""
    planner = service.sign_in(Role.NATIONAL_PLANNER)
    plan = drafted(service, sound(listed_item(service)))
    assert step(planner, plan, "submit").status_code == 303
    return plan, planner


def test_reviewers_hear_of_a_submitted_plan_and_find_it_on_their_first_page(
    service: Service,
) -> None:
    reviewer = service.sign_in(Role.REVIEWER)
    elsewhere = service.sign_in(Role.REVIEWER, scope=SHANDONG)

    plan, planner = submitted(service)

    assert "计划待审批：2026年演示数据计划" in told(reviewer)
    assert f'href="/plans/{plan}"' in facts(reviewer.get("/messages"))
    assert "审批计划：2026年演示数据计划" in next_steps(reviewer)
    for other in (elsewhere, planner):
        assert "待审批" not in told(other)
        assert "审批计划" not in next_steps(other)


def test_the_maker_hears_what_was_decided_and_the_reviewer_is_done(service: Service) -> None:
    reviewer = service.sign_in(Role.REVIEWER)
    plan, planner = submitted(service)

    assert step(reviewer, plan, "return", reason="名额有误").status_code == 303
    assert "计划已退回：2026年演示数据计划" in told(planner)
    assert "审批计划" not in next_steps(reviewer)

    assert step(planner, plan, "submit").status_code == 303
    assert step(reviewer, plan, "approve").status_code == 303
    assert "计划已批准：2026年演示数据计划" in told(planner)


def test_a_step_that_is_refused_tells_nobody(service: Service) -> None:
    reviewer = service.sign_in(Role.REVIEWER)
    plan, planner = submitted(service)

    assert step(reviewer, plan, "return", reason="").status_code == 422

    assert "退回" not in told(planner)


def voiding(room: Room) -> str:
    """The planner moves to make the draw void; the address of the motion."""
    room.announce()
    moved = {"reason": "procedure_broken", "note": "设备断电"}
    assert room.planner.post(f"{room.at}/void", data=moved).status_code == 303
    found = re.search(rf"{room.at}/motions/\d+", room.page())
    assert found is not None
    return found[0]


def test_a_motion_calls_those_who_may_sign_it_and_not_who_moved_it(service: Service) -> None:
    room = a_room(service)
    inspector = service.sign_in(Role.INSPECTOR)

    motion = voiding(room)

    assert "抽取事项待会签：抽取作废" in told(room.reviewer)
    assert f'href="{motion}"' in facts(room.reviewer.get("/home"))
    for other in (room.planner, inspector):
        assert "待会签" not in told(other)
        assert motion not in facts(other.get("/home"))


def test_a_signed_motion_waits_for_nobody(service: Service) -> None:
    room = a_room(service)
    motion = voiding(room)

    assert room.reviewer.post(f"{motion}/signature").status_code == 303

    assert motion not in facts(room.reviewer.get("/home"))


def test_whoever_asked_for_a_job_hears_that_it_is_dead(service: Service) -> None:
    planner = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        jobs.enqueue(session, FREEZE, {}, service.actor(), service.time)
        job = leases.claim(session, "worker", [FREEZE], service.time)
        assert job is not None
        refused = Failure("plan_is_elsewhere", {}, final=True)
        leases.fail(session, leases.hold_of(job), service.time, refused)

    assert "后台任务失败：冻结" in told(planner)


def test_a_job_that_will_be_tried_again_tells_nobody_yet(service: Service) -> None:
    planner = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        jobs.enqueue(session, FREEZE, {}, service.actor(), service.time)
        job = leases.claim(session, "worker", [FREEZE], service.time, timedelta(minutes=1))
        assert job is not None
        leases.fail(session, leases.hold_of(job), service.time, Failure("unexpected", {}))

    assert "任务失败" not in told(planner)
