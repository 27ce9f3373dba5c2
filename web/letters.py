"""Letters: what the worker hands to the mail server, after the commit that asked for it.

A letter may come twice if the worker dies between the mail server's word and its own; it
never comes without its cause. Handlers read first and let go of the database before they
speak to the mail server, which may be slow.
"""

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from typing import Any

from flask import current_app
from sqlmodel import Session

from core.invitations import Invitation
from core.jobs import Job, enqueue
from core.messages import MAIL, Message, Outbox, letter, notify
from core.trail import Actor
from web.auth import me, now
from web.database import session
from web.entrance.links import LETTER, token_from
from web.settings import Settings, Smtp
from web.words.messages import wording
from web.words.times import moment
from web.worker import Handler, Progress

PATIENCE_SECONDS = 30
FOOT = "本邮件由双随机抽查平台自动发出，请勿回复。"

Post = Callable[[Smtp, EmailMessage], None]
"""Hands a letter to a mail server."""


def tell(user_ids: list[int], kind: str, **more: Any) -> list[Message]:
    """`core.messages.notify` in a request, with letters where they are configured."""
    outbox = outbox_of(current_app.extensions["settings"], me().actor, now())
    return notify(session(), user_ids, kind, now(), outbox=outbox, **more)


def outbox_of(settings: Settings, actor: Actor, moment: datetime) -> Outbox | None:
    """Where letters are put for the worker; none if no mail server is configured."""
    return partial(_enqueue_letter, actor=actor, now=moment) if settings.smtp else None


def _enqueue_letter(
    session: Session, /, *, kind: str, payload: dict[str, Any], **by_whom: Any
) -> object:
    return enqueue(session, kind, payload, by_whom["actor"], by_whom["now"])


def hand_over(server: Smtp, email: EmailMessage) -> None:
    """Give a letter to the mail server, encrypted wherever the server can.

    Raises
    ------
    OSError
        If the server cannot be reached or does not take the letter (`smtplib`).
    """
    with smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS) as line:
        line.ehlo()
        if line.has_extn("starttls"):
            line.starttls()
            line.ehlo()
        if server.user:
            line.login(server.user, server.password)
        line.send_message(email)


def present() -> datetime:
    """The time of the machine, for work that no request has asked for just now."""
    return datetime.now(UTC)


def handlers(
    settings: Settings, post: Post = hand_over, clock: Callable[[], datetime] = present
) -> dict[str, Handler]:
    """The handlers of both kinds of letters; none if no mail server is configured."""
    if settings.smtp is None:
        return {}
    return {
        MAIL: partial(_send_message, settings, post),
        LETTER: partial(_send_link, settings, post, clock),
    }


def _send_message(
    settings: Settings, post: Post, session: Session, job: Job, _progress: Progress
) -> dict[str, Any]:
    found = letter(session, job.payload["message"])
    if found is None:
        return {"sent": False}
    message, user = found
    said, address = wording(message), user.email
    session.rollback()
    lines = [said.text, f"登录后在“消息”中查看：{settings.public_url}/messages"]
    return _send(settings, post, address, said.title, lines)


def _send_link(
    settings: Settings,
    post: Post,
    clock: Callable[[], datetime],
    session: Session,
    job: Job,
    _progress: Progress,
) -> dict[str, Any]:
    invitation = session.get(Invitation, job.payload["invitation"])
    # a worker acts when its turn comes: by then the invitation may be over
    if invitation is None or not invitation.email or not invitation.is_open(clock()):
        return {"sent": False}
    address, until = invitation.email, moment(invitation.expires_at)
    session.rollback()
    token = token_from(settings.secret_key, job.payload["nonce"])
    lines = [
        "您被邀请使用双随机抽查平台。请在浏览器中打开下面的网址，设置登录名和密码：",
        f"{settings.public_url}/invitations/links/{token}",
        f"网址只能使用一次，{until}前有效。不认识发件单位的，请不要打开。",
    ]
    return _send(settings, post, address, "双随机抽查平台的邀请", lines)


def _send(
    settings: Settings, post: Post, address: str, subject: str, lines: list[str]
) -> dict[str, Any]:
    server = settings.smtp
    if server is None:
        return {"sent": False}
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = server.sender, address, subject
    email.set_content("\n\n".join([*lines, FOOT]) + "\n")
    post(server, email)
    return {"sent": True}
