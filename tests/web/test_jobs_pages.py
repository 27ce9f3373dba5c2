"""Long work on the pages: seen, followed, called off, tried again."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core import jobs, leases
from core.jobs import Failure, Job, JobState, Steps
from core.roles import Role
from core.trail import SYSTEM
from tests.core.people import NOW
from tests.web.people import Service, facts
from tests.web.visits import words
from web.words import jobs as words_jobs

KIND = "trail.verify"


def asked_for(service: Service, session: Session) -> Job:
    return jobs.enqueue(session, KIND, {}, service.actor(), NOW)


def begun(session: Session) -> Job:
    job = leases.claim(session, "worker-1", [KIND], NOW)
    assert job is not None
    return job


def dead(session: Session) -> Job:
    job = begun(session)
    leases.fail(session, leases.hold_of(job), NOW, Failure("stuck", {"seconds": 600}, final=True))
    return job


def test_every_state_has_its_words_mark_and_meaning() -> None:
    for table in (words_jobs.STATES, words_jobs.MARKS, words_jobs.MEANINGS):
        assert set(table) == set(JobState)


def test_who_has_asked_for_nothing_is_told_what_jobs_are(service: Service) -> None:
    assert "还没有后台任务" in facts(service.sign_in(Role.NATIONAL_PLANNER).get("/jobs"))


def test_a_running_job_shows_its_step_its_share_and_the_time_left(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        asked_for(service, session)
        job = begun(session)
        leases.renew(session, leases.hold_of(job), Steps(250, 1000, "events"), NOW)
    service.later(seconds=10)

    page = facts(browser.get(f"/jobs/{job.number}"))
    told = browser.get(f"/jobs/{job.number}/progress").get_json()

    assert "核对每一条记录：250 / 1,000，大约还要 30 秒" in page
    assert 'value="25"' in page
    assert '<noscript><meta http-equiv="refresh" content="5">' in page
    assert told == {
        "running": True, "share": 25,
        "words": "核对每一条记录：250 / 1,000，大约还要 30 秒",
    }  # fmt: skip


def test_a_job_is_called_off_after_a_question(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        job = asked_for(service, session)

    assert "不能恢复" in facts(browser.get(f"/jobs/{job.number}/cancel"))
    assert browser.post(f"/jobs/{job.number}/cancel").status_code == 303
    page = facts(browser.get(f"/jobs/{job.number}"))

    assert "已取消" in page
    assert "取消这项任务" not in page
    # somebody who was slower is told, not surprised
    assert browser.get(f"/jobs/{job.number}/cancel").status_code == 303
    assert browser.post(f"/jobs/{job.number}/cancel").status_code == 409


def test_a_dead_job_says_why_and_can_be_tried_again(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        asked_for(service, session)
        job = dead(session)

    page = words(facts(browser.get(f"/jobs/{job.number}")))
    assert "很久没有进展，已被中止" in page
    assert "重新执行" in page
    assert "很久没有进展" in facts(browser.get(f"/jobs/{job.number}/retry"))

    browser.post(f"/jobs/{job.number}/retry")
    assert "等待执行" in facts(browser.get(f"/jobs/{job.number}"))
    assert browser.get(f"/jobs/{job.number}/retry").status_code == 303


def test_a_finished_job_has_a_receipt(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        asked_for(service, session)
        job = begun(session)
        end = NOW + timedelta(seconds=95)
        leases.finish(session, leases.hold_of(job), {"events": 12_345, "breaks": 0}, end)

    page = words(facts(browser.get(f"/jobs/{job.number}")))

    assert "回执" in page
    assert "用时 1 分 35 秒" in page
    assert "核对的记录 12,345" in page
    assert "data-progress=" not in page


@pytest.mark.parametrize("address", ["", "/progress", "/cancel", "/retry"])
def test_another_persons_job_is_as_if_there_were_none(service: Service, address: str) -> None:
    service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        job = asked_for(service, session)
    stranger = service.sign_in(Role.REVIEWER)

    assert stranger.get(f"/jobs/{job.number}{address}").status_code == 404
    assert stranger.post(f"/jobs/{job.number}/cancel").status_code == 404
    assert f"第 {job.number} 号" not in facts(stranger.get("/jobs?whose=all"))


def test_an_administrator_sees_the_jobs_of_all(service: Service) -> None:
    service.sign_in(Role.NATIONAL_PLANNER, name="planner")
    with service.work() as session:
        job = asked_for(service, session)
        jobs.enqueue(session, "mail", {"message": 1}, SYSTEM, NOW)
    browser = service.sign_in(Role.ADMINISTRATOR)

    assert f"第 {job.number} 号" not in facts(browser.get("/jobs"))
    page = words(facts(browser.get("/jobs?whose=all")))
    assert "Planner" in page
    assert "发送邮件" in page
    assert "发送邮件 第" not in words(facts(browser.get("/jobs?whose=all&kind=trail.verify")))


def test_filters_order_and_pages_stay_in_the_address(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)
    with service.work() as session:
        numbers = [asked_for(service, session).number for _ in range(60)]
        jobs.cancel(session, numbers[0], service.actor(), NOW)

    second = facts(browser.get("/jobs?state=queued&state=cancelled&order=oldest&page=2"))

    assert "第 51—60 项，共 60 项" in second
    assert f"第 {numbers[-1]} 号" in second
    assert "state=queued&amp;state=cancelled" in second.replace("order=oldest&amp;", "")
    assert "共 1 项" in facts(browser.get("/jobs?state=cancelled"))
    assert browser.get("/jobs.csv?state=cancelled").get_data().decode("utf-8-sig").count("\n") == 2


def test_nonsense_in_the_address_is_passed_over(service: Service) -> None:
    browser = service.sign_in(Role.NATIONAL_PLANNER)

    assert browser.get("/jobs?page=x&state=nope&order=1&whose=2&kind=%00").status_code == 200
