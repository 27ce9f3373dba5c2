"""Accounts: who somebody is, and whether he can enter. What he may do: `core.memberships`.

An account is one person. Personal data in it are shown masked (`core.privacy`).
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy import CheckConstraint
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import Conflict, Forbidden, NotFound
from core.privacy import mask_email, mask_phone

NOUN = "account"
"""Under this noun the trail keeps everything about a person's account."""


class UserState(StrEnum):
    """Whether an account can be used; a lock after wrong passwords passes by itself (attempts)."""

    INVITED = "invited"  # no password yet
    ACTIVE = "active"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        """The state's name on a page."""
        return {"invited": "待激活", "active": "正常", "disabled": "已停用"}[self.value]


# -- inputs ------------------------------------------------------------------------------------

_LOGIN_NAME = re.compile(r"[\w.@-]{2,64}")
_PHONE = re.compile(r"(1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,6})?)?")
LONGEST_EMAIL = 254
_EMAIL = re.compile(r"([^@\s]{1,64}@[^@\s]+\.[^@\s.]+)?")


def fold(login_name: str) -> str:
    """One spelling for all that look alike: full-width signs, capitals and blanks around."""
    once = unicodedata.normalize("NFKC", login_name).strip().casefold()
    return unicodedata.normalize("NFKC", once)


def _login_name(text: str) -> str:
    if not _LOGIN_NAME.fullmatch(folded := fold(text)):
        raise ValueError("login_name")
    return folded


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(plain := _plain(text)):
        raise ValueError("phone")
    return plain


def _email(text: str) -> str:
    if not is_email(plain := _plain(text)):
        raise ValueError("email")
    return plain


def is_email(text: str) -> bool:
    """Whether a text is empty or looks like an e-mail address; only a letter can prove more."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def _name(text: str) -> str:
    if not (plain := text.strip()).isprintable():
        raise ValueError("display_name")
    return plain


class Contact(SQLModel):
    """What a person may change about himself."""

    display_name: Annotated[str, AfterValidator(_name)] = Field(min_length=1, max_length=60)
    phone: Annotated[str, AfterValidator(_phone)] = Field(default="", max_length=32)
    email: Annotated[str, AfterValidator(_email)] = Field(default="", max_length=LONGEST_EMAIL)


class AccountDraft(Contact):
    """A new account."""

    login_name: Annotated[str, AfterValidator(_login_name)] = Field(max_length=64)


# -- tables ------------------------------------------------------------------------------------


class User(SQLModel, table=True):
    """A person who can log in."""

    # `user` is a word of SQL: PostgreSQL answers SELECT * FROM user with the database's own
    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("login_name <> ''", name="login_name_given"),
        CheckConstraint("state <> 'active' OR password_hash <> '' OR external", name="can_enter"),
        CheckConstraint(
            "(password_hash = '') = (password_changed_at IS NULL)", name="password_has_time"
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    login_name: str = Field(max_length=64, unique=True)
    display_name: str = Field(max_length=60)
    phone: str = Field(default="", max_length=32)
    email: str = Field(default="", max_length=LONGEST_EMAIL)
    state: UserState = Field(default=UserState.INVITED, sa_type=enum_column(UserState))
    password_hash: str = Field(default="", max_length=200)
    password_changed_at: datetime | None = None
    must_change: bool = False  # the password was given by somebody else
    external: bool = False  # enters by single sign-on, needs no password
    created_at: datetime

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        if self.id is None:
            raise LookupError("this account has not been written yet")
        return self.id

    def facts(self) -> dict[str, object]:
        """What the trail may keep of it."""
        return {
            "login_name": self.login_name,
            "display_name": self.display_name,
            "phone": mask_phone(self.phone),
            "email": mask_email(self.email),
            "state": self.state.value,
        }


# -- facts -------------------------------------------------------------------------------------


class LoginNameTaken(Conflict):
    """Another account has this login name."""

    code = "login_name_taken"


class OwnAccount(Forbidden):
    """Nobody gives himself rights, takes them from himself, or disables himself."""

    code = "own_account"


class AccountIsDisabled(Conflict):
    """A disabled account is given nothing."""

    code = "account_is_disabled"


# -- queries -----------------------------------------------------------------------------------


def get_user(session: Session, user_id: int) -> User:
    """The account.

    Raises
    ------
    NotFound
        If there is none.
    """
    if (user := session.get(User, user_id)) is None:
        raise NotFound(noun=NOUN, id=user_id)
    return user


def lock_user(session: Session, user_id: int) -> User:
    """The account as it is now, kept from others until the transaction ends."""
    # rows that only refer to the account need not wait
    locked = select(User).where(User.id == user_id).with_for_update(key_share=True)
    user = session.exec(locked.execution_options(populate_existing=True)).first()
    if user is None:
        raise NotFound(noun=NOUN, id=user_id)
    return user


def names_of(session: Session, user_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these people, by id; what is None, or nobody, is not in it."""
    known = [user_id for user_id in user_ids if user_id is not None]
    found = session.exec(select(User.id, User.display_name).where(col(User.id).in_(known)))
    return {user_id: name for user_id, name in found if user_id is not None}


def find_user(session: Session, login_name: str) -> User | None:
    """The account with a login name in any spelling."""
    if not _LOGIN_NAME.fullmatch(name := fold(login_name)):
        return None
    return session.exec(select(User).where(User.login_name == name)).first()


# -- operations --------------------------------------------------------------------------------


def create_user(
    session: Session,
    draft: AccountDraft,
    actor: trail.Actor,
    now: datetime,
    *,
    external: bool = False,
) -> User:
    """Open an account that has no password yet; an external one is active at once.

    Raises
    ------
    LoginNameTaken
        If another account has the name.
    """
    state = UserState.ACTIVE if external else UserState.INVITED
    known = {"state": state, "external": external, "created_at": now}
    user = User.model_validate(draft, update=known)
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise LoginNameTaken(login_name=draft.login_name) from error
    trail.record(session, actor, "account.created", NOUN, user.key, now, after=user.facts())
    return user


def change_contact(
    session: Session, user_id: int, contact: Contact, actor: trail.Actor, now: datetime
) -> User:
    """Take over a new name, phone and e-mail address."""
    user = lock_user(session, user_id)
    before = user.facts()
    user.sqlmodel_update(contact.model_dump(include=set(Contact.model_fields)))
    session.add(user)
    trail.record(
        session, actor, "account.changed", NOUN, user_id, now, before=before, after=user.facts()
    )
    return user
