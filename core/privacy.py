"""Personal data: shown masked, and whoever reads them in clear leaves his name in the trail.

个人信息保护法 第五十一条 asks for de-identification and for rights to handle personal data;
GB/T 35273-2020 7.2 asks for masking on screens; GB/T 22239-2019 8.1.4.11 b) forbids reading
without authority. Nothing here keeps the data; the rooms that do call `reveal` first.
"""

from datetime import datetime

from sqlmodel import Session

from core import trail
from core.errors import Invalid

READ = "personal_data.read"
"""The action under which a reading stands in the trail."""

LONGEST_REASON = 200
STAR = "*"


class ReasonIsMissing(Invalid):
    """It must be said what for: to read personal data, to lend, to disable, to hand over."""

    code = "reason_is_missing"


def _masked(text: str, head: int, tail: int) -> str:
    """*text* with all but its first *head* and last *tail* signs starred.

    A text too short to hide at least half of itself is starred whole.
    """
    text = text.strip()
    if len(text) < 2 * (head + tail):
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]


def mask_phone(number: str) -> str:
    """138****5678 of a mobile; of any other number the last two digits at most."""
    digits = number.strip()
    if len(digits) == 11 and digits.isdigit():
        return digits[:3] + STAR * 4 + digits[7:]
    return _masked(digits, 0, 2)


def mask_id_number(number: str) -> str:
    """The province and the last two signs of an identity number; never the date of birth."""
    return _masked(number, 2, 2)


def mask_name(name: str) -> str:
    """The first character of a name: 张*, 欧**."""
    name = name.strip()
    return name[:1] + STAR * (len(name) - 1) if len(name) > 1 else STAR * len(name)


def mask_email(address: str) -> str:
    """The first sign and the host: z*****@example.cn."""
    name, at, host = address.strip().rpartition("@")
    return f"{name[:1]}{STAR * 5}{at}{host}" if name else STAR * len(host)


def reveal(
    session: Session,
    actor: trail.Actor,
    noun: str,
    noun_id: str | int,
    field: str,
    now: datetime,
    reason: str,
) -> None:
    """Write down that *actor* reads a field in clear; call it before showing the field.

    Raises
    ------
    ReasonIsMissing
        If no reason is given, or one longer than `LONGEST_REASON`.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonIsMissing(field=field, most=LONGEST_REASON)
    trail.record(session, actor, READ, noun, noun_id, now, after={"field": field}, reason=reason)
