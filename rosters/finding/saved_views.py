"""Views of a list that somebody has saved for himself: a title for the filters of an address."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.database import enum_column
from core.errors import Conflict, Invalid, NotFound
from core.trail import Actor

NOUN = "saved_view"
LONGEST_TITLE = 60
LONGEST_QUERY = 4_000


class RosterList(StrEnum):
    """The lists of which views can be saved."""

    INSTITUTIONS = "institutions"
    INSPECTORS = "inspectors"
    EXPERTS = "experts"

    @property
    def label(self) -> str:
        """The list's name on a page."""
        return {"institutions": "机构名录", "inspectors": "检查人员", "experts": "专家"}[self.value]


class SavedViewNotFound(NotFound):
    """There is no such view, or it is somebody else's."""

    code = "saved_view_not_found"


class TitleTaken(Conflict):
    """The person has saved another view of the list under this title."""

    code = "saved_view_title_taken"


class BadTitle(Invalid):
    """A view needs a title of at most *most* characters."""

    code = "saved_view_bad_title"


class BadQuery(Invalid):
    """The filters of a view are too long to be kept."""

    code = "saved_view_bad_query"


class SavedView(SQLModel, table=True):
    """Filters under a title; *query* is the part of the address after the question mark."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "list", "title"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="account.id")
    list: RosterList = Field(sa_type=enum_column(RosterList))
    title: str = Field(max_length=LONGEST_TITLE)
    query: str = Field(max_length=LONGEST_QUERY)
    created_at: datetime

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id


def add_view(
    session: Session, actor: Actor, of: RosterList, title: str, query: str, now: datetime
) -> SavedView:
    """Save the filters *query* of a list for *actor*.

    Raises
    ------
    BadTitle, BadQuery, TitleTaken
    """
    assert actor.user_id is not None
    if len(query) > LONGEST_QUERY:
        raise BadQuery(most=LONGEST_QUERY)
    view = SavedView(
        user_id=actor.user_id, list=of, title=_title(title), query=query, created_at=now
    )
    _write(session, view)
    trail.record(
        session, actor, "saved_view.added", NOUN, view.key, now,
        after={"list": of, "title": view.title, "query": query},
    )  # fmt: skip
    return view


def rename_view(
    session: Session, actor: Actor, view_id: int, title: str, now: datetime
) -> SavedView:
    """Give one of the actor's own views another title.

    Raises
    ------
    SavedViewNotFound, BadTitle, TitleTaken
    """
    view = _own(session, actor, view_id)
    before, view.title = view.title, _title(title)
    _write(session, view)
    trail.record(
        session, actor, "saved_view.renamed", NOUN, view.key, now,
        before={"title": before}, after={"title": view.title},
    )  # fmt: skip
    return view


def remove_view(session: Session, actor: Actor, view_id: int, now: datetime) -> None:
    """Remove one of the actor's own views.

    Raises
    ------
    SavedViewNotFound
    """
    view = _own(session, actor, view_id)
    before = {"list": view.list, "title": view.title, "query": view.query}
    trail.record(session, actor, "saved_view.removed", NOUN, view.key, now, before=before)
    session.delete(view)
    session.flush()


def views_of(session: Session, user_id: int, of: RosterList) -> list[SavedView]:
    """The views of a list that a person has saved, by title."""
    wanted = select(SavedView).where(SavedView.user_id == user_id, SavedView.list == of)
    return list(session.exec(wanted.order_by(col(SavedView.title))))


def _own(session: Session, actor: Actor, view_id: int) -> SavedView:
    view = session.get(SavedView, view_id)
    if view is None or view.user_id != actor.user_id:
        raise SavedViewNotFound(view=view_id)
    return view


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise BadTitle(most=LONGEST_TITLE)
    return title


def _write(session: Session, view: SavedView) -> None:
    of, title = view.list, view.title
    session.add(view)
    try:
        session.flush()
    except IntegrityError as error:
        raise TitleTaken(list=of, title=title) from error
