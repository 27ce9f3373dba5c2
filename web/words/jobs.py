"""Long work in words: its kinds, its states, why it failed, and what it has brought."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.jobs import ENDED, Job, JobState
from core.messages import MAIL
from rosters.imports.steps import APPLY, PREVIEW, UNDO
from rosters.imports.working import COMPARING, READING, WRITING
from web.entrance.links import LETTER

VERIFY_TRAIL = "trail.verify"
BULK = "roster_bulk_change"
EXPORT = "roster_export"
SCORE = "risk.score"
FREEZE = "draw.freeze"
COMMIT = "draw.commit"
FREEZE_TEAMS = "teams.freeze"
BIND = "visit_papers.bind"
NOTICES = "visits.notify"

KINDS = {
    MAIL: "发送邮件",
    LETTER: "寄出邀请",
    VERIFY_TRAIL: "核验操作日志",
    PREVIEW: "预演名录导入",
    APPLY: "导入名录",
    UNDO: "撤销名录导入",
    BULK: "批量修改名录",
    EXPORT: "导出机构名录",
    SCORE: "风险评分",
    FREEZE: "冻结抽取底册",
    COMMIT: "计算机会并公布抽取承诺",
    FREEZE_TEAMS: "冻结选派任务并试算",
    BIND: "合订全部检查文书",
    NOTICES: "发送检查通知",
}
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
    "changed_since": "导入之后，同一批条目又有别的修改，不能整批撤销",
    "change_already_withdrawn": "写入的变更已经在“变更记录”里撤销过",
    "roster_import_not_now": "这次导入已经办过，或者已经放弃",
    "roster_import_has_faults": "还有错误或待确认的行，按整批导入的约定没有导入",
    "entry_changed_meanwhile": "写入时有条目被别人修改，稍后再试",
    "roster_key_taken": "写入时有代码或编号被别的条目占用，稍后再试",
    "worker_lost": "执行的进程中断，或很久没有回音",
    "bands_out_of_order": "等级分界不是由低到高，请先改好风险指标",
    "stuck": "很久没有进展，已被中止",
    "plan_cannot_be_drawn": "计划的各项名额在这份底册上不能同时满足，没有公布承诺",
    "plan_has_faults": "计划与名录对不上，没有冻结；请在计划页逐项更正",
    "roster_has_faults": "当日名录不能用于抽取，没有冻结",
    "roster_day_ahead": "名录截止日期还没有到",
    "plan_is_elsewhere": "计划已不在公布状态",
    "team_has_problems": "选派任务还有需要处理的地方，没有冻结；请在“冻结选派任务”页逐项更正",
    "teams_cannot_be_staffed": "有席位派不出人，没有公布承诺",
    "teams_are_committed": "检查人员的抽取已经公布承诺，选派任务不能再换",
    "no_team_rules": "还没有填写选派规则",
    "visit_not_found": "检查组还没有抽出，没有文书可以合订",
    "promise_is_missing": "还有见证人没有封存，没有公布承诺",
    "draw_is_elsewhere": "这次抽取已经进行到别的步骤",
    "frame_is_damaged": "抽取底册的文件与冻结时的摘要不符",
    "other_frame": "算出的机会与底册不符，没有公布承诺",
    "unexpected": "程序出了意料之外的问题，详细情况已记入服务日志",
    "not_found": "要处理的内容已经不在",
    "conflict": "要处理的内容同时被别人改动",
    "mail_refused": "邮件服务器拒收",
    "mail_away": "连不上邮件服务器",
}
"""Why an attempt failed, by the code of the failure."""

STEPS = {
    "events": "核对每一条记录",
    "rows": "写出各行",
    "stating": "登记各家机构",
    READING: "读取文件",
    COMPARING: "与名录比对",
    WRITING: "写入",
    "risk.reading": "读取名录",
    "risk.scoring": "逐家计分",
    "risk.writing": "写入评分",
    "frame.freezing": "读取名录并冻结",
    "papers.setting": "排印文书",
    "teams.reading": "读取检查人员、请假和利害关系",
    "cap": "计算每人机会的上限",
    "loads": "使各人负担均衡",
    "affinity": "在同样公平中就近安排",
}
"""Steps that are named in English."""

RESULTS = {
    "plan": "计划编号",
    "draw": "抽取编号",
    "commitment": "承诺摘要",
    "eligible": "可抽机构",
    "list": "应检查名单编号",
    "visits": "检查任务",
    "slots": "席位",
    "inspectors": "可选派人员",
    "feasible": "能够成组",
    "members": "通知的检查人员",
    "noticed": "通知的机构",
    "called_off": "撤销的通知",
    "unreached": "没有账号的",
    "events": "核对的记录",
    "breaks": "发现的问题",
    "vouched": "有检查点担保的前几条",
    "sent": "已寄出",
    "rows": "行数",
    "file": "文件",
    "entries": "机构数",
    "change": "变更号",
    "import": "导入编号",
    "new": "新增",
    "changed": "变更",
    "unchanged": "无变化",
    "doubtful": "待确认",
    "skipped": "不导入",
    "faulty": "有错误，未导入",
    "faults": "发现的问题",
    "unreadable": "文件读不了",
    "applied": "已导入",
    "nothing_changed": "内容与名录一致，没有改动",
    "roster_changed": "名录在预演后有变动，请重新确认",
    "undone": "已撤销",
    "run": "评分编号",
    "institutions": "评分的机构",
    "proposals": "建议调整等级",
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
