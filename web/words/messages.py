"""Messages in words: what a message says, and where it leads. Letters say the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.messages import Message
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
    "invitation_accepted": Wording("邀请已被接受", "{name} 已经开通账号，范围 {key}。"),
}

OTHER = Wording("系统通知", "种类：{kind}。")
"""For a kind that this version does not know."""


def wording(message: Message) -> Wording:
    """What a message says."""
    params = message.params | {"kind": message.kind}
    if "role" in params:
        params["role"] = role_words(str(params["role"]))
    return KINDS.get(message.kind, OTHER).filled(params)


def leads_to(message: Message, addresses: Mapping[str, Callable[[str], str]]) -> str:
    """The address that a message is about, by its noun; empty if there is no page for it."""
    found = addresses.get(message.noun)
    return found(message.noun_id) if found and message.noun_id else ""
