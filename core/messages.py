"""Messages: what a person should know or do, shown in the app and, where he wishes, by e-mail.

A message keeps a kind and its parameters; `web` finds the words and the link. A letter is not
sent here: it becomes a job in the same transaction, so it goes out if and only if what it tells
of has happened. The job carries the number of the message, never an address.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, Index, func, update
from sqlmodel import Field, Session, SQLModel, col, select

from core.accounts import User, UserState

MAIL = "mail"
"""Kind of the jobs that send a letter; their payload is {"message": id}."""


class Outbox(Protocol):
    """Puts a job into the same transaction; `core.jobs.enqueue` bound to its actor and time."""

    def __call__(self, session: Session, /, *, kind: str, payload: dict[str, Any]) -> object:
        """Write the job."""


class Message(SQLModel, table=True):
    """A message to one person."""

    __table_args__ = (Index(None, "user_id", "read_at", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="account.id")
    kind: str = Field(max_length=64)
    # never changed in place: SQLAlchemy would not notice
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    noun: str = Field(default="", max_length=40)
    noun_id: str = Field(default="", max_length=64)
    created_at: datetime
    read_at: datetime | None = None

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        if self.id is None:
            raise LookupError("this message has not been written yet")
        return self.id


def notify(
    session: Session,
    user_ids: Iterable[int],
    kind: str,
    now: datetime,
    *,
    params: dict[str, Any] | None = None,
    noun: str = "",
    noun_id: str | int = "",
    outbox: Outbox | None = None,
) -> list[Message]:
    """Tell people something, each once; a letter too for those who gave an address.

    Parameters
    ----------
    params : for the words; no personal data.
    noun, noun_id : what the message leads to.
    outbox : none, and nobody gets a letter.
    """
    messages = [
        Message(
            user_id=user_id,
            kind=kind,
            params=params or {},
            noun=noun,
            noun_id=str(noun_id),
            created_at=now,
        )
        for user_id in dict.fromkeys(user_ids)
    ]
    session.add_all(messages)
    session.flush()
    if outbox is not None:
        reachable = _reachable(session, [message.user_id for message in messages])
        for message in messages:
            if message.user_id in reachable:
                outbox(session, kind=MAIL, payload={"message": message.key})
    return messages


def _reachable(session: Session, user_ids: list[int]) -> set[int]:
    with_address = select(User.id).where(
        col(User.id).in_(user_ids), User.email != "", User.state == UserState.ACTIVE
    )
    return {user_id for user_id in session.exec(with_address) if user_id is not None}


def unread(session: Session, user_id: int) -> int:
    """How many messages a person has not read."""
    mine = select(func.count()).where(Message.user_id == user_id, col(Message.read_at).is_(None))
    return session.exec(mine).one()


def messages_of(
    session: Session,
    user_id: int,
    *,
    below: int | None = None,
    most: int = 50,
    kind: str = "",
    unread_only: bool = False,
) -> list[Message]:
    """The newest messages to a person, of one kind if told; *below* continues a page."""
    mine = select(Message).where(Message.user_id == user_id)
    if kind:
        mine = mine.where(Message.kind == kind)
    if unread_only:
        mine = mine.where(col(Message.read_at).is_(None))
    if below is not None:
        mine = mine.where(col(Message.id) < below)
    return list(session.exec(mine.order_by(col(Message.id).desc()).limit(most)))


def mark_read(session: Session, user_id: int, now: datetime, message_id: int | None = None) -> int:
    """Mark one message of a person, or all of them, as read; says how many were not."""
    mine = update(Message).where(col(Message.user_id) == user_id, col(Message.read_at).is_(None))
    if message_id is not None:
        mine = mine.where(col(Message.id) == message_id)
    # what somebody has read is his own business: no event
    return session.exec(mine.values(read_at=now)).rowcount


def letter(session: Session, message_id: int) -> tuple[Message, User] | None:
    """What the worker needs to send a letter; None if its receiver cannot get one any more."""
    message = session.get(Message, message_id)
    if message is None:
        return None
    user = session.get(User, message.user_id)
    if user is None or not user.email or user.state != UserState.ACTIVE:
        return None
    return message, user
