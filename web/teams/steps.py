"""The way from a drawn list to teams with their papers: how far it is gone, and what comes next."""

from dataclasses import dataclass

from inspections.draws import Draw, DrawState
from web.inspections.hall_stage import Mark
from web.teams.sight import TeamSight


@dataclass(frozen=True)
class TeamStep:
    """A step: what it is, where it stands in words, and how far it is.

    Attributes
    ----------
    key : under which the page says what can be done now.
    """

    key: str
    title: str
    words: str
    mark: Mark


def steps_of(seen: TeamSight) -> list[TeamStep]:
    """The steps in their order; the first that is not done is the one to take now."""
    told = (
        ("rules", "选派规则", _rules_words(seen), seen.rules is not None),
        ("visits", "安排检查任务", _visits_words(seen), bool(seen.visits)),
        ("task", "冻结选派任务", _task_words(seen), bool(seen.tasks) and seen.teams is not None),
        ("draw", "公开抽取检查组", _draw_words(seen.teams), _is_held(seen.teams)),
        ("papers", "通知和文书", "检查组抽出以后印发", False),
    )
    place = next(at for at, (*_, done) in enumerate(told) if not done)
    return [
        TeamStep(key, title, words, _mark(at, place))
        for at, (key, title, words, _) in enumerate(told)
    ]


def _mark(at: int, place: int) -> Mark:
    return Mark.DONE if at < place else Mark.NOW if at == place else Mark.NEXT


def _rules_words(seen: TeamSight) -> str:
    return f"第 {seen.rules.number} 稿" if seen.rules else "还没有填写"


def _visits_words(seen: TeamSight) -> str:
    return f"{len(seen.visits)} 项" if seen.visits else "填写规则以后安排"


def _task_words(seen: TeamSight) -> str:
    if not seen.tasks:
        return "看能不能成组，然后冻结名录"
    return f"已冻结 {seen.tasks[0].inspectors:,} 名检查人员"


def _draw_words(teams: Draw | None) -> str:
    return teams.state.label if teams else "在见证人面前抽取"


def _is_held(teams: Draw | None) -> bool:
    return teams is not None and teams.state in (DrawState.DRAWN, DrawState.PUBLISHED)
