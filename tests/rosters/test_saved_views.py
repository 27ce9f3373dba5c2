"""Views of a list that somebody saves for himself."""

from datetime import timedelta

import pytest
from sqlmodel import Session

import web.tables  # noqa: F401
from core import trail
from core.accounts import User
from core.trail import Actor
from rosters.finding.saved_views import (
    LONGEST_QUERY,
    BadQuery,
    BadTitle,
    RosterList,
    SavedViewNotFound,
    TitleTaken,
    add_view,
    remove_view,
    rename_view,
    views_of,
)
from tests.rosters.worlds import NOON

LIST, LATER = RosterList.INSTITUTIONS, NOON + timedelta(hours=1)


@pytest.fixture
def planner(session: Session) -> Actor:
    return somebody(session, "演示计划员")


def somebody(session: Session, name: str) -> Actor:
    user = User(login_name=name, display_name=name, created_at=NOON)
    session.add(user)
    session.flush()
    return Actor(user.id, name, "national_planner")


def titles(session: Session, actor: Actor, of: RosterList = LIST) -> list[str]:
    return [view.title for view in views_of(session, actor.user_id or 0, of)]


def test_a_view_is_kept_for_its_owner_and_its_list(session: Session, planner: Actor) -> None:
    other = somebody(session, "演示审核员")
    add_view(session, planner, LIST, " 浙江  C类 ", "region=330000&class=C", NOON)

    (view,) = views_of(session, planner.user_id or 0, LIST)

    assert (view.title, view.query) == ("浙江 C类", "region=330000&class=C")
    assert titles(session, planner, RosterList.EXPERTS) == titles(session, other) == []


def test_a_title_is_given_once_in_a_list(session: Session, planner: Actor) -> None:
    add_view(session, planner, LIST, "临期", "status=expiring", NOON)
    add_view(session, planner, RosterList.EXPERTS, "临期", "", NOON)
    add_view(session, somebody(session, "演示审核员"), LIST, "临期", "", NOON)

    with pytest.raises(TitleTaken):
        add_view(session, planner, LIST, "临期", "", NOON)


def test_a_view_is_not_given_the_title_of_another(session: Session, planner: Actor) -> None:
    one = add_view(session, planner, LIST, "甲", "", NOON)
    add_view(session, planner, LIST, "乙", "", NOON)

    with pytest.raises(TitleTaken):
        rename_view(session, planner, one.key, "乙", LATER)


def test_a_view_gets_another_title_or_goes(session: Session, planner: Actor) -> None:
    one = add_view(session, planner, LIST, "甲", "", NOON)
    other = add_view(session, planner, LIST, "乙", "", NOON)

    rename_view(session, planner, one.key, "丙", LATER)
    remove_view(session, planner, other.key, LATER)

    assert titles(session, planner) == ["丙"]
    assert [told.action for told in trail.pending(session)] == [
        "saved_view.added", "saved_view.added", "saved_view.renamed", "saved_view.removed",
    ]  # fmt: skip


def test_nobody_touches_the_views_of_others(session: Session, planner: Actor) -> None:
    view, other = add_view(session, planner, LIST, "甲", "", NOON), somebody(session, "演示审核员")

    with pytest.raises(SavedViewNotFound):
        rename_view(session, other, view.key, "乙", LATER)
    with pytest.raises(SavedViewNotFound):
        remove_view(session, other, view.key, LATER)


@pytest.mark.parametrize("title", ["", "  ", "长" * 61])
def test_a_view_needs_a_title(session: Session, planner: Actor, title: str) -> None:
    with pytest.raises(BadTitle):
        add_view(session, planner, LIST, title, "", NOON)


def test_filters_without_end_are_not_kept(session: Session, planner: Actor) -> None:
    with pytest.raises(BadQuery):
        add_view(session, planner, LIST, "甲", "x" * (LONGEST_QUERY + 1), NOON)
