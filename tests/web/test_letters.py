"""Letters: what the worker hands to the mail server, and when it does not."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from sqlmodel import Session

from core.accounts import AccountDraft, User, create_user
from core.invitations import invite
from core.jobs import enqueue
from core.memberships import Seat
from core.messages import MAIL, notify
from core.roles import NATION, Role
from core.trail import SYSTEM
from tests.core.people import NOW
from web.entrance.links import LETTER, token_from
from web.letters import hand_over, handlers
from web.settings import Settings, Smtp

SECRET = "s" * 32
SERVER = Smtp("mail.example", "spotcheck@example.org")
SERVICE = Settings(SECRET, public_url="https://spotcheck.example", smtp=SERVER)

Sent = list[EmailMessage]


def somebody(session: Session, email: str) -> User:
    draft = AccountDraft(login_name="planner", display_name="演示计划员", phone="", email=email)
    return create_user(session, draft, SYSTEM, NOW, external=True)


def done(
    session: Session, kind: str, payload: dict[str, Any], later: timedelta
) -> tuple[Any, Sent]:
    """What the handler of a job says, and the letters it posted."""
    sent: Sent = []
    known = handlers(SERVICE, lambda _, email: sent.append(email), lambda: NOW + later)
    job = enqueue(session, kind, payload, SYSTEM, NOW)
    session.commit()
    return known[kind](session, job, lambda *_: None), sent


def test_without_a_mail_server_nobody_sends_letters() -> None:
    assert handlers(Settings(SECRET)) == {}


def test_a_message_goes_out_in_words_and_leads_back(session: Session) -> None:
    user = somebody(session, "planner@example.org")
    wanted: list[dict[str, Any]] = []
    notify(
        session, [user.key], "password_reset", NOW,
        outbox=lambda _, /, *, kind, payload: wanted.append({"kind": kind, **payload}),
    )  # fmt: skip
    assert [job["kind"] for job in wanted] == [MAIL]

    result, sent = done(session, MAIL, {"message": wanted[0]["message"]}, timedelta())

    assert result == {"sent": True}
    assert sent[0]["To"] == "planner@example.org"
    assert sent[0]["Subject"] == "管理员重置了您的密码"
    assert "https://spotcheck.example/messages" in sent[0].get_content()


def test_a_message_that_is_gone_sends_nothing(session: Session) -> None:
    assert done(session, MAIL, {"message": 404}, timedelta()) == ({"sent": False}, [])


@pytest.mark.parametrize(("later", "goes"), [(timedelta(), True), (timedelta(days=30), False)])
def test_an_invitation_brings_its_link_while_it_is_open(
    session: Session, later: timedelta, goes: bool
) -> None:
    token = token_from(SECRET, "once")
    seat = Seat(Role.NATIONAL_PLANNER, NATION)
    invitation = invite(session, seat, token, SYSTEM, NOW, email="new@example.org")

    result, sent = done(session, LETTER, {"invitation": invitation.key, "nonce": "once"}, later)

    assert result == {"sent": goes}
    assert [f"/invitations/links/{token}" in email.get_content() for email in sent] == [True] * goes


# -- a mail server of our own ------------------------------------------------------------


class _Clerk(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one letter needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                cast(_Office, self.server).letters.append(b"".join(lines))
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


class _Office(socketserver.ThreadingTCPServer):
    def __init__(self) -> None:
        self.letters: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Clerk)


@contextmanager
def post_office() -> Iterator[_Office]:
    with _Office() as office:
        threading.Thread(target=office.serve_forever, daemon=True).start()
        yield office
        office.shutdown()


def test_a_letter_arrives_as_it_was_written() -> None:
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = "a@example.org", "b@example.org", "演示"
    email.set_content("正文\n")

    with post_office() as office:
        hand_over(Smtp("127.0.0.1", "a@example.org", office.server_address[1]), email)

    arrived = message_from_bytes(office.letters[0], policy=policy.default)
    assert arrived["Subject"] == "演示"
    assert arrived.get_content().splitlines() == ["正文"]


def test_a_mail_server_that_is_away_is_tried_again_later() -> None:
    with pytest.raises(OSError, match="refused"):
        hand_over(Smtp("127.0.0.1", "a@example.org", 9), EmailMessage())
