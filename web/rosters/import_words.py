"""Imports in words: where they stand, what is wrong by kind, how a column was read."""

from datetime import datetime

from core.jobs import Job, JobState
from rosters.imports.imports import ImportState, Mode, RosterImport
from rosters.imports.nouns import FORMS
from rosters.imports.plans import Outcome
from rosters.sheets.columns import How
from rosters.sheets.faults import Severity
from web.words import jobs as words_jobs
from web.words.times import duration, to_the_second

STATES = {state.value: state.label for state in ImportState}

MARKS = {
    ImportState.UPLOADED: "wait",
    ImportState.PREVIEWING: "act",
    ImportState.PREVIEWED: "warn",
    ImportState.FAILED: "bad",
    ImportState.APPLYING: "act",
    ImportState.APPLIED: "ok",
    ImportState.UNDOING: "act",
    ImportState.UNDONE: "",
    ImportState.CANCELLED: "",
}
"""The mark beside the word (`.tag`)."""

NOUNS = {noun.value: form.title for noun, form in FORMS.items()}

MODES = {
    Mode.VALID_ROWS: "有错误和没有判定的行留在外面，改好后可以再传一次。",
    Mode.ALL_OR_NOTHING: "只要有一行有错误或没有判定，就一行也不写入。",
}

OUTCOMES = {
    Outcome.NEW: ("new", "名录里还没有，将新增"),
    Outcome.CHANGED: ("changed", "名录里已有，内容不同"),
    Outcome.UNCHANGED: ("", "与名录完全一致"),
    Outcome.DOUBTFUL: ("doubtful", "像是已有的机构，要您判定"),
    Outcome.FAULTY: ("faulty", "有错误，不会导入"),
}
"""What each big number says, and the sign of its figure."""

HOWS = {
    How.LABEL: "名称一致",
    How.SYNONYM: "常用的名称",
    How.NORMAL: "去掉空格和符号后一致",
    How.REMEMBERED: "按以前的对应",
    How.CHOSEN: "您指定的",
    How.IGNORED: "没有读",
    How.ALIKE: "拿不准，没有读",
    How.DOUBLED: "与另一栏重复，没有读",
}
"""How a column of the file was taken for what it was."""

SEVERITIES = {Severity.ERROR: ("bad", "错误"), Severity.WARNING: ("warn", "提醒")}

FAULT_KINDS = {
    "no_head": "没有认出表头",
    "missing_column": "缺少必填栏目",
    "column_doubled": "栏目重复",
    "column_in_doubt": "栏目拿不准",
    "required": "必填项是空的",
    "excel_error": "公式错误值",
    "formula_without_result": "公式没有结果",
    "damaged_text": "乱码",
    "too_long": "内容过长",
    "damaged_number": "代码被 Excel 损坏",
    "not_text": "应填文字",
    "credit_code_length": "信用代码位数不对",
    "credit_code_sign": "信用代码用了不该有的字",
    "credit_code_check": "信用代码校验位不对",
    "stray_value": "不知道是谁的，没有读入",
    "credit_code_lookalike": "信用代码字母数字混淆",
    "old_registration_no": "老注册号",
    "certificate_unusual": "证书编号格式少见",
    "not_a_date": "不是日期",
    "no_such_day": "没有这一天",
    "date_ambiguous": "日期先后不清",
    "date_without_day": "日期缺少“日”",
    "date_out_of_range": "年份不合理",
    "date_in_future": "日期在将来",
    "date_before": "两个日期先后颠倒",
    "not_a_choice": "不在可选范围内",
    "one_only": "只能填一个",
    "not_yes_or_no": "应填是或否",
    "not_an_integer": "应为整数",
    "no_such_region": "没有这个地区",
    "city_elsewhere": "市不在省内",
    "not_a_city": "应填地级市",
    "not_a_province": "应填省份",
    "phone_unusual": "电话格式少见",
    "not_an_email": "邮箱格式不对",
    "row_contradicts": "同一家两行说法不一",
    "value_taken": "代码或证书重复",
    "out_of_scope": "不在管辖范围",
    "name_twice": "同名又没有代码",
    "same_entry_twice": "两行是名录中同一条",
    "not_accepted": "不符合名录要求",
    "date_before_known": "早于名录中的日期",
    "date_after_known": "晚于名录中的日期",
    "institution_missing": "没有写明机构",
    "no_such_institution": "名录中没有这家机构",
    "several_institutions": "名录中有几家同名",
    "certificate_elsewhere": "证书属于另一家",
    "no_such_department": "名录中没有这个部门",
    "no_such_person": "名录中没有这个人",
    "person_name_differs": "姓名与名录不一致",
}
"""A kind of fault in a few words, for the filter above the list."""


HEAD = (
    "导入编号", "文件", "摘要 SHA-256", "名录", "状态", "新增", "变更", "无变化", "待确认",
    "有错误", "生效日期", "方式", "理由", "变更号", "上传人", "上传时间", "写入时间",
)  # fmt: skip
"""The columns of an exported list."""


def line(one: RosterImport) -> tuple[object, ...]:
    """An import as a row of an exported list."""
    rows = one.counts.get("rows", {})
    return (
        one.key, one.file_name, one.sha256, NOUNS[one.noun.value], one.state.label,
        *(rows.get(outcome.value) for outcome in OUTCOMES),
        one.takes_effect.isoformat(), one.mode.label, one.reason, one.change_id, one.uploader,
        to_the_second(one.uploaded_at), to_the_second(one.applied_at),
    )  # fmt: skip


def mode_options() -> list[tuple[str, str, str]]:
    """The modes as a form offers them: value, name, what it means."""
    return [(mode.value, mode.label, meaning) for mode, meaning in MODES.items()]


def mark_of(state: ImportState) -> str:
    """The sign beside the name of a state."""
    return MARKS[state]


def trouble(one: RosterImport, state: ImportState, job: Job | None) -> str:
    """Why the last work on an import came to nothing; empty if it did not.

    Parameters
    ----------
    state : where the import stands really (`imports.resting`).
    """
    if job is None or state == one.state or job.state not in (JobState.CANCELLED, JobState.DEAD):
        return ""
    doing = words_jobs.kind_words(job.kind)
    if job.state == JobState.CANCELLED:
        return f"“{doing}”已经取消，名录没有改动。"
    return f"“{doing}”没有成功，名录没有改动：{words_jobs.failure_words(job)}。"


def share(job: Job | None) -> int | None:
    """How much of a job is done, in percent; None if that is not known."""
    return None if job is None else words_jobs.share(job)


def progress_words(job: Job | None, now: datetime) -> str:
    """What a job is doing, how far it is, and how long it will take."""
    if job is None:
        return ""
    left = words_jobs.time_left(job, now)
    return words_jobs.step_words(job) + (f"，大约还要 {duration(left)}" if left else "")
