"""The frame around the pages of whoever is signed in: his face, his way, and what waits for him.

Three faces of one family (`templates/shell.html`): a dense desk for those who plan, review and
administer; large targets for those who stand in a laboratory; a list of tasks for institutions.
The navigation runs in the order of the journey and names only pages that exist and open: a
screen of a later part adds one line to `JOURNEY`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from flask import Flask, current_app, g, request, url_for

from core import jobs, messages
from core.entrance import Step
from core.roles import Permission, Role
from web.auth import Door, Me, door_of, me, visitor
from web.database import session
from web.words import times as words_time


class Face(StrEnum):
    """How the pages look; the class of the body."""

    DESK = "desk"
    TOUCH = "touch"
    TASKS = "tasks"


FACES = {Role.INSPECTOR: Face.TOUCH, Role.EXPERT: Face.TOUCH, Role.INSTITUTION: Face.TASKS}
"""All others sit at a desk."""

_AT_DESKS = frozenset(Role) - FACES.keys()
_SENDING = frozenset({Role.NATIONAL_PLANNER, Role.PROVINCIAL_PLANNER, Role.REVIEWER})
_OUTSIDE = frozenset({Role.INSPECTOR, Role.EXPERT})
_VISITED = frozenset({Role.INSTITUTION})
_LENDING = frozenset({Role.PARTNER_DEPARTMENT, Role.PROVINCIAL_PLANNER})
"""Who answers for the people of a department without sending all teams."""


@dataclass(frozen=True)
class Page:
    """A page of the navigation.

    Attributes
    ----------
    section : blueprints whose pages belong to it; its own if none is told.
    roles : whose work it is, where the door alone would let in everybody.
    """

    endpoint: str
    label: str
    picture: str
    section: tuple[str, ...] = ()
    roles: frozenset[Role] = frozenset(Role)

    @property
    def blueprint(self) -> str:
        """The noun it is about."""
        return self.endpoint.partition(".")[0]


HOME = Page("home.show", "首页", "home")

ROSTERS = (
    "institutions", "belongings", "successions", "bulk_changes", "saved_views",
    "roster_exports", "roster_changes", "inspectors", "experts", "departments", "relations",
    "items", "joint_items", "leaves", "mappings", "imports", "import_reviews", "quality",
    "risk", "indicators",
)  # fmt: skip
"""Blueprints whose pages belong to the rosters."""

TEAMS = ("team_board", "team_rules", "team_draws", "team_changes", "team_figures", "team_notices")
"""Blueprints whose pages belong to the second random."""

JOURNEY = (
    # whoever checks has his own pages before all others'
    Page("my_visits.index", "我的检查", "trail", ("my_visits", "recusal_requests"), _OUTSIDE),
    Page("declarations.show", "我的名录", "people", roles=_OUTSIDE),
    # 名录库 → 计划 → 抽取 → 派组 → 检查 → 研判 → 公示 → 统计
    Page("institutions.index", "名录库", "roster", ROSTERS, frozenset(Role) - {Role.INSTITUTION}),
    Page(
        "visit_notices.index", "检查通知", "trail", ("visit_notices", "recusal_requests"), _VISITED
    ),
    Page("institutions.own", "本机构档案", "roster", roles=_VISITED),
    Page("plans.index", "计划", "trail", ("plans", "plan_reviews", "workbench"), _AT_DESKS),
    Page("ceremonies.index", "抽取", "draw", ("ceremonies", "signatures", "hall"), _AT_DESKS),
    Page("team_board.index", "派组", "people", TEAMS, _SENDING),
    Page("department_teams.index", "部门派出", "people", roles=_LENDING),
    Page("draws.start", "试抽", "draw", roles=_AT_DESKS),
    Page("verify.ask", "核对抽取", "verify"),
)
"""The year, in its order; what is not built yet is not here."""

OWN = (
    Page("messages.index", "消息", "messages"),
    Page("jobs.index", "后台任务", "jobs"),
    Page("trail.index", "操作日志", "trail"),
)

HOUSE = (
    Page("users.index", "账号", "people", ("users", "memberships", "hand_overs")),
    Page("invitations.index", "邀请", "people"),
    Page("settings.show", "系统设置", "settings"),
)

MOST_TABS = 5
"""A thumb reaches no more."""


@dataclass(frozen=True)
class Entry:
    """A page of the navigation as this person sees it."""

    label: str
    href: str
    picture: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Frame:
    """What `shell.html` shows around a page."""

    face: Face
    name: str
    role_words: str
    unread: int
    groups: tuple[Group, ...] = field(default=())
    account: str = ""
    leave: str = ""


def install(app: Flask) -> None:
    """Give the templates their frame."""
    app.jinja_env.globals |= {"frame": frame, "signed_in": signed_in}
    app.jinja_env.filters |= {
        "moment": words_time.moment,
        "to_the_second": words_time.to_the_second,
        "duration": words_time.duration,
    }


def signed_in(status: int = 200) -> bool:
    """Whether the page of an error is shown inside the frame.

    After a fault of ours nothing is asked anew: the page about it must not cause the next one.
    """
    mine = visitor() if status < 500 else g.get("me")
    return mine is not None and mine.step is Step.NOTHING


def face_of(mine: Me) -> Face:
    """The face for the standing in which somebody works."""
    return FACES.get(mine.standing.role, Face.DESK) if mine.standing else Face.DESK


def frame() -> Frame:
    """The frame of this request."""
    mine = me()
    # who has a step to take first is led nowhere else
    ready = mine.step is Step.NOTHING
    unread = messages.unread(session(), mine.user.key) if ready else 0
    return Frame(
        face=face_of(mine),
        name=mine.user.display_name,
        role_words=_role_words(mine),
        unread=unread,
        groups=tuple(_groups(mine, unread)) if ready else (),
        account=_address("account.show"),
        leave=_address("login.log_out"),
    )


def _role_words(mine: Me) -> str:
    if mine.standing is None:
        return "尚无角色"
    lent = f"（代{mine.standing.principal}）" if mine.standing.principal else ""
    return mine.standing.role.label + lent


def _groups(mine: Me, unread: int) -> Iterator[Group]:
    parts = (("", (HOME,)), ("全年流程", JOURNEY), ("我的", OWN), ("管理", HOUSE))
    left = MOST_TABS if face_of(mine) is Face.TOUCH else None
    for title, pages in parts:
        entries = [_entry(page, unread) for page in pages if is_open(page, mine)][:left]
        if left is not None:
            left -= len(entries)
        if entries:
            yield Group(title, tuple(entries))


def _entry(page: Page, unread: int) -> Entry:
    current = request.blueprint in (page.section or (page.blueprint,))
    count = unread if page is OWN[0] else 0
    return Entry(page.label, url_for(page.endpoint), page.picture, current, count)


def is_open(page: Page, mine: Me) -> bool:
    """Whether the page exists, is this person's work, and its door opens to him."""
    if page.endpoint not in current_app.view_functions:
        return False
    if mine.standing is not None and mine.standing.role not in page.roles:
        return False
    door = door_of(current_app, page.endpoint)
    return isinstance(door, Door) or (isinstance(door, Permission) and mine.may(door))


def _address(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def unfinished_jobs(mine: Me) -> list[jobs.Job]:
    """Jobs of this person that wait, run, or need him."""
    states = (*jobs.WAITING, jobs.JobState.RUNNING, jobs.JobState.DEAD)
    return jobs.page_of_jobs(session(), mine.user.key, states, size=20).jobs
