"""Long work in words: its kinds, its states, why it failed, and what it has brought."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.jobs import ENDED, Job, JobState
from core.messages import MAIL
from web.entrance.links import LETTER

VERIFY_TRAIL = "trail.verify"

KINDS = {MAIL: "发送邮件", LETTER: "寄出邀请", VERIFY_TRAIL: "核验操作日志"}
"""What is done, by the kind of the job."""

STATES = {
    JobState.QUEUED: "等待执行",
    JobState.RUNNING: "正在执行",
    JobState.FAILED: "稍后再试",
    JobState.DONE: "已完成",
    JobState.CANCELLED: "已取消",
    JobState.DEAD: "失败，待处理",
}

MARKS = {
    JobState.QUEUED: "wait",
    JobState.RUNNING: "act",
    JobState.FAILED: "warn",
    JobState.DONE: "ok",
    JobState.CANCELLED: "",
    JobState.DEAD: "bad",
}
"""The mark beside the word (`.tag`)."""

MEANINGS = {
    JobState.QUEUED: "已经受理，轮到时自动开始。可以离开本页。",
    JobState.RUNNING: "正在进行。可以离开本页，做完后这里有回执。",
    JobState.FAILED: "这一次没有成功，系统会在所示时间自动再试，不需要操作。",
    JobState.DONE: "已经做完，结果见回执。",
    JobState.CANCELLED: "已经取消，没有留下任何结果。",
    JobState.DEAD: "多次尝试都没有成功，系统不再自动重试。排除原因后可以重新执行。",
}

FAILURES = {
    "worker_lost": "执行的进程中断，或很久没有回音",
    "stuck": "很久没有进展，已被中止",
    "unexpected": "程序出了意料之外的问题，详细情况已记入服务日志",
    "not_found": "要处理的内容已经不在",
    "conflict": "要处理的内容同时被别人改动",
    "mail_refused": "邮件服务器拒收",
    "mail_away": "连不上邮件服务器",
}
"""Why an attempt failed, by the code of the failure."""

STEPS = {"events": "核对每一条记录"}
"""Steps that are named in English."""

RESULTS = {
    "events": "核对的记录",
    "breaks": "发现的问题",
    "vouched": "有检查点担保的前几条",
    "sent": "已寄出",
    "seconds": "秒数",
    "worker": "进程",
    "error": "错误类型",
    "where": "位置",
}
"""What a result or a failure says, by its name."""


def kind_words(kind: str) -> str:
    """What is done."""
    return KINDS.get(kind, kind)


def failure_words(job: Job) -> str:
    """Why the last attempt failed; empty if none did."""
    if job.error_code is None:
        return ""
    return FAILURES.get(job.error_code, f"原因代码 {job.error_code}")


def details(facts: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a result or a failure tells, name by name; what is a list has a page of its own."""
    return [
        (RESULTS.get(name, name), _plain(value))
        for name, value in (facts or {}).items()
        if not isinstance(value, list | dict)
    ]


def _plain(value: object) -> str:
    match value:
        case None | "":
            return "—"
        case bool():
            return "是" if value else "否"
        case int():
            return f"{value:,}"
    return str(value)


def share(job: Job) -> int | None:
    """How much is done, in per cent; None while nobody knows."""
    if job.state is JobState.DONE:
        return 100
    return 100 * job.progress_done // job.progress_total if job.progress_total else None


def time_left(job: Job, now: datetime) -> timedelta | None:
    """How long it will take if it goes on like this; None before there is something to go by."""
    if job.state is not JobState.RUNNING or job.started_at is None or not job.progress_done:
        return None
    if not job.progress_total:
        return None
    todo = job.progress_total - job.progress_done
    return (now - job.started_at) * todo / job.progress_done


def step_words(job: Job) -> str:
    """What it is doing, and how far it is."""
    if job.state in ENDED or job.state is not JobState.RUNNING:
        return STATES[job.state]
    doing = STEPS.get(job.progress_step, job.progress_step) or "正在开始"
    if not job.progress_total:
        return doing
    return f"{doing}：{job.progress_done:,} / {job.progress_total:,}"
