"""What is said to somebody who does not come in: never whether there is such a name."""

from datetime import datetime, timedelta

from core.entrance import Refusal, Refused

WORDS = {
    Refusal.WRONG: "登录名、密码或验证码不对，请重新输入。连续错 5 次将锁定 15 分钟。",
    Refusal.LOCKED: "连续输错次数过多，已锁定，请在{left}后再试。急用请联系系统管理员解锁。",
    Refusal.MUST_WAIT: "这个网络地址失败次数过多，请 15 分钟后再试。",
    Refusal.DISABLED: "这个账号已停用，请联系系统管理员。",
    Refusal.TOO_LATE: "输入验证码超时，请重新登录。",
}


def refusal_words(refusal: Refused, now: datetime) -> str:
    """The refusal in a sentence, with the time that is left of a lock."""
    left = refusal.until - now if refusal.until else timedelta(0)
    return WORDS[refusal.why].format(left=time_left(left))


def time_left(left: timedelta) -> str:
    """A time to wait, rounded up to whole minutes; below one in seconds."""
    seconds = max(1, -int(-left.total_seconds() // 1))
    return f" {seconds} 秒" if seconds < 60 else f" {-(-seconds // 60)} 分钟"
