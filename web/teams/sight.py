"""The drawn list of a plan with all that has come of it, as those see it who send the teams."""

from dataclasses import dataclass
from functools import cached_property

from flask import current_app, url_for

from core.errors import NotFound
from inspections.draws import Draw, DrawState, draws_of
from inspections.subjects import Subject
from inspections.teams.rules import RulesRow, rules_history
from inspections.teams.tasks import FrozenTask, tasks_of
from inspections.teams.visits import Visit, visits_of
from web.database import session
from web.inspections.ceremony_sight import Sight, to_hold, to_sign


@dataclass(frozen=True)
class TeamSight:
    """The list of a held draw, and what follows from it; *sight* is that of the draw."""

    sight: Sight

    @property
    def list_id(self) -> int:
        """The first draw, under whose id the pages of its teams stand."""
        return self.sight.draw.key

    @property
    def is_alive(self) -> bool:
        """Whether the list counts."""
        return self.sight.draw.state in (DrawState.DRAWN, DrawState.PUBLISHED)

    @property
    def may_act(self) -> bool:
        """Whether who asks sends these teams."""
        return self.sight.holds and self.is_alive

    @property
    def may_prepare(self) -> bool:
        """Whether he can still change what a task of teams is made from."""
        return self.may_act and (self.teams is None or self.teams.state is DrawState.ANNOUNCED)

    @property
    def is_drawn(self) -> bool:
        """Whether there are teams."""
        return self.teams is not None and self.teams.is_held

    def held_teams(self) -> Draw:
        """The draw of the teams, which must have been held.

        Raises
        ------
        core.errors.NotFound
        """
        if self.teams is None or not self.teams.is_held:
            raise NotFound(noun="draw")
        return self.teams

    @property
    def tabs(self) -> list[tuple[str, str, str]]:
        """The pages about these teams: key, words and address."""
        pages = (*TABS, *TABS_OF_TEAMS) if self.is_drawn else TABS
        return [
            (key, words, url_for(endpoint, draw_id=self.list_id))
            for key, words, endpoint in pages
            if endpoint in current_app.view_functions
        ]

    @cached_property
    def history(self) -> list[RulesRow]:
        """All rules that the plan had for its teams, the newest last."""
        return rules_history(session(), self.sight.version.key)

    @property
    def rules(self) -> RulesRow | None:
        """The rules that count, if there are any yet."""
        return self.history[-1] if self.history else None

    @cached_property
    def visits(self) -> list[Visit]:
        """One for each place on the list, once they have been planned."""
        return visits_of(session(), self.list_id)

    @cached_property
    def tasks(self) -> list[FrozenTask]:
        """What was frozen for this list, the newest first."""
        found = tasks_of(session(), self.sight.version.key)
        return [one for one in found if one.list_certificate == self.sight.draw.certificate_sha256]

    @cached_property
    def draws(self) -> list[Draw]:
        """The draws of teams for this list, in their order, the void ones too."""
        mine = {task.key for task in self.tasks}
        found = draws_of(session(), self.sight.plan.key, Subject.TEAMS)
        return [one for one in found if one.task_id in mine]

    @property
    def teams(self) -> Draw | None:
        """The one that is not void."""
        return next((one for one in self.draws if one.state is not DrawState.VOID), None)


TABS = (
    ("board", "概览", "team_board.show"),
    ("rules", "选派规则", "team_rules.show"),
    ("visits", "检查任务", "team_board.visits"),
    ("task", "冻结和试算", "team_draws.task"),
)
TABS_OF_TEAMS = (
    ("notices", "通知", "team_notices.show"),
    ("papers", "文书", "visit_papers.volume"),
    ("recusals", "回避", "team_changes.recusals"),
    ("figures", "负担和公平性", "team_figures.show"),
)
"""Pages about teams that are drawn."""


def team_sight(draw_id: int) -> TeamSight:
    """A held list within reach of who asks: whoever holds draws here, or signs.

    Raises
    ------
    DrawNotFound, core.errors.NotFound, NotPermitted
    """
    return _of(to_sign(draw_id))


def to_send(draw_id: int) -> TeamSight:
    """The same for a step that only those take who hold draws here.

    Raises
    ------
    DrawNotFound, core.errors.NotFound, NotPermitted
    """
    return _of(to_hold(draw_id))


def _of(sight: Sight) -> TeamSight:
    sight.draw.must_draw(Subject.UNITS)
    if not sight.draw.is_held:
        raise NotFound(noun="draw", id=sight.draw.key)
    return TeamSight(sight)
