"""The trail in words: what was done, to what, by whom, and what the fields of an event mean.

One table for pages, files and filters. A test holds that every action that is recorded anywhere
has its words here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.accounts import UserState
from core.attempts import Outcome
from core.logins import Ending, Method
from core.roles import Role, ScopeKind
from core.trail import Event
from core.trail_check import Fault
from inspections.addenda import SubstitutionReason
from inspections.draws import DrawReason
from inspections.motions import MotionKind
from inspections.plans import PlanKind, PlanState
from rosters.entries import Noun
from rosters.finding.saved_views import RosterList
from rosters.statements import ChangeKind
from web.words import plans, rosters, teams
from web.words.jobs import KINDS, STATES
from web.words.times import to_the_second

ACTIONS = {
    "backup.made": "备份",
    "backup.restored": "从备份恢复",
    "account.created": "建立账号",
    "account.changed": "修改账号资料",
    "account.disabled": "停用账号",
    "account.enabled": "恢复账号",
    "account.locked": "账号因多次输错被锁定",
    "account.unlocked": "解除锁定",
    "login.succeeded": "登录",
    "login.failed": "登录失败",
    "login.ended": "退出登录",
    "logins.ended": "结束全部登录",
    "password.set": "设置密码",
    "second_factor.set_up": "启用双因素认证",
    "second_factor.removed": "取消双因素认证",
    "recovery_codes.replaced": "更换恢复码",
    "recovery_code.used": "使用恢复码",
    "role.granted": "授予角色",
    "role.ended": "收回角色",
    "hand_over.proposed": "提出工作移交",
    "hand_over.confirmed": "确认工作移交",
    "hand_over.withdrawn": "撤回工作移交",
    "identity.tied": "绑定统一身份认证",
    "identity.untied": "解除统一身份认证",
    "invitation.sent": "发出邀请",
    "invitation.revoked": "收回邀请",
    "invitation.accepted": "接受邀请",
    "standing.chosen": "切换身份",
    "delegation.given": "委托他人代办",
    "delegation.revoked": "收回委托",
    "personal_data.read": "查看个人信息",
    "enqueued": "提交后台任务",
    "cancelled": "取消后台任务",
    "retried": "重新执行后台任务",
    "done": "后台任务完成",
    "dead": "后台任务失败",
    "attached": "上传附件",
    "detached": "移除附件",
    "forgotten": "清理不再使用的文件",
    "trail.exported": "导出操作日志",
    "entered": "登记入册",
    "changed": "变更登记",
    "ended": "移出名录",
    "stated": "批量登记",
    "withdrawn": "撤销名录变更",
    "plan.drafted": "起草计划",
    "plan.saved": "修改计划",
    "plan.renamed": "修改计划名称或文号",
    "plan.submitted": "提交计划审批",
    "plan.approved": "批准计划",
    "plan.returned": "退回计划",
    "plan.published": "公布计划",
    "plan.superseded": "计划被新版本代替",
    "plan.withdrawn": "撤回计划",
    "plan.version_begun": "起草计划新版本",
    "plan.frozen": "锁定计划（已公布抽取承诺）",
    "plan.released": "解除计划锁定（抽取已作废）",
    "frame.frozen": "冻结抽取底册",
    "draw.announced": "公布随机数来源",
    "draw.committed": "公布抽取承诺",
    "draw.reveals_opened": "开始揭示",
    "draw.held": "抽取",
    "draw.published": "公开抽中名单",
    "draw.voided": "抽取作废",
    "source.withdrawn": "撤下来源",
    "source.promised": "见证人封存",
    "source.revealed": "见证人揭示",
    "source.refused": "揭示的值与封存不符，未接受",
    "source.typed": "录入来源的值",
    "source.without": "缺少来源仍继续",
    "motion.moved": "提出会签申请",
    "motion.signed": "会签",
    "motion.withdrawn": "撤回会签申请",
    "substitution.signed": "候补递补",
    **teams.ACTIONS,
    "roster.exported": "导出名录",
    "saved_view.added": "保存视图",
    "saved_view.renamed": "视图改名",
    "saved_view.removed": "删除视图",
    "risk.scored": "风险评分",
    "risk.declined": "不采纳等级建议",
    "import.uploaded": "上传名录文件",
    "import.matched": "确认栏目对应",
    "import.settled": "修改导入方式",
    "import.previewed": "名录导入预演",
    "import.refused": "名录文件读不了",
    "import.decided": "判定疑似重复",
    "import.applied": "名录导入完成",
    "import.undone": "撤销名录导入",
    "import.discarded": "放弃名录导入",
}
"""What was done, by the code of the event."""

NOUNS = {
    "account": "账号",
    "invitation": "邀请",
    "job": "后台任务",
    "attachment": "附件",
    "file": "文件",
    "trail": "操作日志",
    "backup": "备份",
    "roster_change": "名录变更",
    "plan": "计划",
    "draw_frame": "抽取底册",
    "draw": "抽取",
    **teams.NOUNS,
    "saved_view": "视图",
    "roster_import": "名录导入",
    "risk_run": "风险评分",
    **{noun.value: words for noun, words in rosters.NOUNS.items()},
}
"""To what kind of thing."""

ROLES = {role.value: role.label for role in Role} | {
    "": "本人",
    "system": "系统",
    "visitor": "未登录者",
    "witness": "见证人",
}
"""In which role."""

FIELDS = {
    "role": "角色",
    "state": "状态",
    "outcome": "结果",
    "ending": "结束原因",
    "kind": "种类",
    "field": "查看的内容",
    "display_name": "姓名",
    "login_name": "登录名",
    "phone": "手机",
    "email": "邮箱",
    "scope": "范围",
    "key": "范围代码",
    "from": "起",
    "to": "止",
    "until": "有效期至",
    "method": "登录方式",
    "second_factor": "双因素认证",
    "address": "来源地址",
    "issuer": "认证服务",
    "items": "移交事项",
    "left": "剩余个数",
    "events": "条数",
    "search": "筛选条件",
    "noun": "所属",
    "noun_id": "所属编号",
    "delegate": "受托人账号",
    "delegation": "委托编号",
    "membership": "任职编号",
    "memberships": "任职编号",
    "hand_over": "移交编号",
    "invitation": "邀请编号",
    "identity": "绑定编号",
    "login": "登录编号",
    "logins": "登录编号",
    "sha256": "文件摘要 SHA-256",
    "change": "变更号",
    "takes_effect": "生效日期",
    "statements": "登记条数",
    "version": "版本",
    "plan_state": "计划状态",
    "sections": "修改的栏目",
    "year": "年度",
    "region": "地区",
    "document_no": "文号",
    "content_digest": "计划内容摘要 SHA-256",
    "copied_from": "复制自计划编号",
    "plan_version": "计划版本编号",
    "roster_day": "名录截止日期",
    "rows": "底册家数",
    "eligible": "可抽家数",
    "excluded": "排除家数",
    "root": "底册指纹",
    "plan": "计划编号",
    "draw": "第几次抽取",
    "source": "来源",
    "sources": "来源",
    "promise": "封存摘要",
    "value": "值",
    "refused": "不符次数",
    "commitment": "承诺摘要",
    "deadline": "揭示时限",
    "seed": "种子",
    "certificate": "证书摘要 SHA-256",
    "units": "抽中和候补家数",
    "silent": "未揭示的来源",
    "motion": "会签编号",
    "motion_kind": "会签事项",
    "motion_reason": "理由",
    "subject": "所涉对象",
    "void_reason": "作废理由",
    "addendum": "附录编号",
    "out_line": "换下的名单行编号",
    "in_line": "递补的名单行编号",
    "substitution_reason": "递补理由",
    **teams.FIELDS,
    "day": "所看日期",
    "institutions": "机构",
    "proposals": "建议调整等级的机构数",
    "digest": "指标摘要 SHA-256",
    "list": "列表",
    "title": "名称",
    "query": "筛选条件",
}
"""The fields of *before* and *after*; what says most comes first."""

_ORDER = {name: place for place, name in enumerate(FIELDS)}
_FRAME = frozenset({"change", "takes_effect"})
"""What an event of the rosters says of itself, not of the entry."""

MOST_TOLD = 3

_OUTCOMES = {
    Outcome.ENTERED: "进入",
    Outcome.WRONG_PASSWORD: "密码不对",
    Outcome.WRONG_CODE: "验证码不对",
    Outcome.REFUSED: "锁定期间，未核对",
    Outcome.DISABLED: "账号已停用",
    Outcome.UNLOCKED: "解除锁定",
}

_METHODS = {Method.PASSWORD: "密码", Method.SINGLE_SIGN_ON: "统一身份认证"}

VALUES: dict[str, dict[str, str]] = {
    "list": {of.value: of.label for of in RosterList},
    "state": {state.value: state.label for state in UserState}
    | {state.value: words for state, words in STATES.items()},
    "role": ROLES,
    "scope": {kind.value: kind.label for kind in ScopeKind},
    "ending": {ending.value: ending.label for ending in Ending},
    "outcome": {outcome.value: words for outcome, words in _OUTCOMES.items()},
    "method": {method.value: words for method, words in _METHODS.items()},
    "kind": KINDS
    | {kind.value: kind.label for kind in ChangeKind}
    | {kind.value: kind.label for kind in PlanKind},
    "plan_state": {state.value: state.label for state in PlanState},
    "motion_kind": {kind.value: kind.label for kind in MotionKind},
    "motion_reason": {reason.value: reason.label for reason in (*DrawReason, *SubstitutionReason)}
    | teams.VALUES["stand_in_reason"]
    | {"missing": "无法取得"},
    "void_reason": {reason.value: reason.label for reason in DrawReason},
    "substitution_reason": {reason.value: reason.label for reason in SubstitutionReason},
    **teams.VALUES,
    "sections": plans.CONTENT,
    "noun": NOUNS,
    "field": {"phone": "手机", "email": "邮箱", "id_number": "身份证号"},
}
"""Values that are codes, by field."""

FAULTS = {
    Fault.MISSING: "缺少记录",
    Fault.MISNUMBERED: "编号不对",
    Fault.CHANGED: "内容被改动",
    Fault.UNLINKED: "与前一条接不上",
    Fault.CUT_OFF: "末尾被截去",
    Fault.BEYOND_HEAD: "超出登记的末尾",
    Fault.NOT_AS_PUBLISHED: "与已公布的检查点不符",
    Fault.NO_HEAD: "末尾登记缺失",
}
"""What is wrong at a break of the chain."""


def action_words(action: str) -> str:
    """What was done; a code without words is shown as it is."""
    return ACTIONS.get(action, action)


def noun_words(noun: str) -> str:
    """The kind of thing."""
    return NOUNS.get(noun, noun)


def role_words(role: str) -> str:
    """The role of that day."""
    return ROLES.get(role, role)


def value_words(name: str, value: Any) -> str:
    """A value of a field, as a person reads it."""
    match value:
        case None | "" | []:
            return "—"
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(value_words(name, one) for one in value)
        case dict():
            return "；".join(f"{FIELDS.get(k, k)}：{value_words(k, v)}" for k, v in value.items())
    return VALUES.get(name, {}).get(str(value), str(value))


@dataclass(frozen=True)
class Line:
    """A field of an event: its value before and after."""

    name: str
    before: str
    after: str
    changed: bool


def lines(event: Event) -> list[Line]:
    """Every field of *before* and *after*, side by side."""
    before, after = event.before or {}, event.after or {}
    both = event.before is not None and event.after is not None
    return [
        Line(
            _field_words(event, name),
            _told(event, name, before.get(name)),
            _told(event, name, after.get(name)),
            both and name not in _FRAME and before.get(name) != after.get(name),
        )
        for name in _names(event)
    ]


def _is_of_rosters(event: Event, name: str) -> bool:
    return event.noun in rosters.NOUNS and name not in _FRAME


def _field_words(event: Event, name: str) -> str:
    if _is_of_rosters(event, name):
        return rosters.fact_words(Noun(event.noun), name)
    return FIELDS.get(name, name)


def _told(event: Event, name: str, value: Any) -> str:
    if _is_of_rosters(event, name):
        return rosters.value_words(Noun(event.noun), name, value)
    return value_words(name, value)


def _names(event: Event) -> list[str]:
    told = {**(event.before or {}), **(event.after or {})}
    return sorted(told, key=lambda name: _ORDER.get(name, len(_ORDER)))


HEAD = (
    "编号", "时间", "操作人编号", "操作人", "角色", "操作", "操作代码", "对象", "对象编号",
    "变更前", "变更后", "理由", "变更文件摘要", "本条哈希",
)  # fmt: skip
"""The columns of an exported file."""


def row(event: Event) -> Iterator[object]:
    """An event as a row of an exported file."""
    yield from (event.number, to_the_second(event.at), event.actor_id, event.actor_name)
    yield from (role_words(event.actor_role), action_words(event.action), event.action)
    yield from (noun_words(event.noun), event.noun_id)
    for facts in (event.before, event.after):
        yield "" if facts is None else value_words("", facts)
    yield from (event.reason, event.change_digest, event.hash)


def short(event: Event) -> str:
    """What says most about an event, for its line in the list: what changed, or how it is."""
    told = [line for line in lines(event) if line.before != "—" or line.after != "—"]
    changed = [line for line in told if line.changed] or told
    return "；".join(f"{line.name} {_values(line)}" for line in changed[:MOST_TOLD])


def _values(line: Line) -> str:
    if line.changed:
        return f"{line.before} → {line.after}"
    return line.after if line.after != "—" else line.before
