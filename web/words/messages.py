"""Messages in words: what a message says, and where it leads. Letters say the same."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.messages import Message
from web.words.jobs import kind_words
from web.words.times import stretch
from web.words.trail import role_words

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Wording:
    """What a kind of message says; the texts take the parameters of the message."""

    title: str
    text: str

    def filled(self, params: Params) -> "Wording":
        """The same with the parameters of one message."""
        known = _Known(params)
        return Wording(self.title.format_map(known), self.text.format_map(known))

    @property
    def kind(self) -> str:
        """The title without its parameters, for all messages of the kind."""
        return _GAP.sub("", self.title)


_GAP = re.compile(r"：?\{\w+\}")


class _Known(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "—"


KINDS: dict[str, Wording] = {
    "password_changed": Wording("您的密码已修改", "不是您本人修改的，请马上联系系统管理员。"),
    "second_factor_set_up": Wording("双因素认证已启用", "请把恢复码抄下或打印，与手机分开保管。"),
    "second_factor_removed": Wording("双因素认证已取消", "不是您要求的，请马上联系系统管理员。"),
    "password_reset": Wording("管理员重置了您的密码", "不是您要求的，请马上联系系统管理员。"),
    "role_granted": Wording("您有了新的角色：{role}", "在“我的账号”中可以切换身份。"),
    "role_ended": Wording("您的一个角色已收回：{role}", "有疑问的，请联系系统管理员。"),
    "delegation_given": Wording(
        "{from}委托您代办", "在“我的账号”中切换身份后办理；操作日志会同时记下两个人的名字。"
    ),
    "job_done": Wording("后台任务已完成：{job}", "结果见回执。"),
    "job_dead": Wording("后台任务失败：{job}", "请看失败的原因，再决定是否重新执行。"),
    "plan_submitted": Wording(
        "计划待审批：{plan}", "第 {version} 版。请核对后批准，或者写明理由退回。"
    ),
    "plan_approved": Wording("计划已批准：{plan}", "第 {version} 版已经批准，可以公布。"),
    "plan_returned": Wording("计划已退回：{plan}", "第 {version} 版已经退回，理由见计划页。"),
    "motion_moved": Wording(
        "抽取事项待会签：{motion}", "{plan}。须由提出人以外的另一人会签，会签后即时生效。"
    ),
    "visit_assigned": Wording(
        "检查任务：{number}",
        "{plan}。检查日期：{days}。请打开任务确认收到，核对有无应当回避的情形。",
    ),
    "visit_noticed": Wording(
        "检查通知：{plan}",
        "任务编号 {number}，检查日期：{days}。请打开通知确认收到；"
        "认为检查人员应当回避的，可以申请。",
    ),
    "visit_changed": Wording(
        "检查任务有变动：{number}", "{plan}。检查日期：{days}。以新的通知为准，请再次确认收到。"
    ),
    "visit_called_off": Wording(
        "检查任务与您不再有关：{number}", "{plan}。原来的通知已经撤销，不需要再办理。"
    ),
    "recusal_raised": Wording("回避待决定：{number}", "{plan}。由{side}提出，请决定并写明理由。"),
    "recusal_decided": Wording(
        "回避已有决定：{number}", "{plan}。结果：{decision}，理由见申请页。"
    ),
    "invitation_accepted": Wording("邀请已被接受", "{name} 已经开通账号，范围 {key}。"),
}

OTHER = Wording("系统通知", "种类：{kind}。")
"""For a kind that this version does not know."""


def wording(message: Message) -> Wording:
    """What a message says."""
    params = message.params | {"kind": message.kind}
    if "role" in params:
        params["role"] = role_words(str(params["role"]))
    if "job_kind" in params:
        params["job"] = kind_words(str(params["job_kind"]))
    if "first" in params:
        first, last = (date.fromisoformat(str(params[end])) for end in ("first", "last"))
        params["days"] = stretch(first, last)
    return KINDS.get(message.kind, OTHER).filled(params)


def leads_to(message: Message, addresses: Mapping[str, Callable[[str], str]]) -> str:
    """The address that a message is about, by its noun; empty if there is no page for it."""
    found = addresses.get(message.noun)
    return found(message.noun_id) if found and message.noun_id else ""
