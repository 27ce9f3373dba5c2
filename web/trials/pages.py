"""What the templates show, gathered from the trial and its works."""

from dataclasses import dataclass
from fractions import Fraction

from sampler.faults import BadInput
from sampler.report import (
    METHOD_NAMES,
    PATH_NAMES,
    counts,
    gap_words,
    notes,
    ratio_kept,
    spread,
)
from web.papers.lists import FieldList
from web.trials import figures
from web.trials.comparison import Comparison
from web.trials.desk import Trial
from web.trials.results import Result
from web.trials.runner import Telling
from web.trials.verdict import Check, checks
from web.words.draws import decimals_for, percent, step_words

MOST_ROWS = 2_000
"""More drawn units than this are not shown on the page; the files have them all."""


@dataclass(frozen=True)
class ChancesPage:
    """Everything on the page of chances."""

    counts: dict[str, int]
    method: str
    path: str
    places: list[figures.PlaceRow]
    crosses: list[figures.PlaceRow]
    total: figures.PlaceRow
    levels: list[figures.LevelRow]
    bars: list[figures.Bar]
    spread: figures.Spread | None
    gini: str
    zero: int
    one: int
    kept: Fraction | None
    gap: str
    notes: list[str]
    decimals: int
    axis: Fraction
    comparison: Comparison | None
    not_comparable: tuple[str, ...]

    def percent(self, value: Fraction) -> str:
        """*value* with the decimals of this page."""
        return percent(value, self.decimals)


def chances_page(trial: Trial) -> ChancesPage:
    """The chances of a trial whose works are over."""
    prepared, worked = trial.prepared, trial.worked
    extremes = figures.spread(prepared, worked)
    decimals = decimals_for(extremes.least if extremes else Fraction(1))
    total = figures.in_all(prepared, worked)
    about = spread(prepared, worked)
    path = worked.data["path"]
    compared, reasons = _comparison(trial)
    return ChancesPage(
        counts=counts(prepared),
        method=METHOD_NAMES[prepared.plan.method.value],
        path=PATH_NAMES.get(path, METHOD_NAMES.get(path, path)),
        places=figures.by_place(prepared, worked),
        crosses=figures.by_cross(prepared, worked),
        total=total,
        levels=figures.levels(prepared, worked),
        bars=figures.distribution(prepared, worked, decimals),
        spread=extremes,
        gini=about["gini"],
        zero=about["zero"],
        one=about["one"],
        kept=ratio_kept(prepared, worked),
        gap=gap_words(worked.data["gap"]) if "gap" in worked.data else "",
        notes=notes(prepared, worked),
        decimals=decimals,
        axis=figures.round_up(total.most),
        comparison=compared,
        not_comparable=reasons,
    )


def _comparison(trial: Trial) -> tuple[Comparison | None, tuple[str, ...]]:
    """The comparison if it is there; the reasons if the plan cannot be drawn by hand."""
    job = trial.comparison
    if job is None or job.running or job.future.cancelled():
        return None, ()
    error = job.future.exception()
    if isinstance(error, BadInput):
        return None, tuple(fault.message for fault in error.faults)
    return (None, ()) if job.failed else (job.result(), ())


@dataclass(frozen=True)
class ResultPage:
    """What the page of a result shows besides its certificate."""

    fields: tuple[FieldList, ...]
    hidden: int
    decimals: int
    checks: tuple[Check, ...] | None

    @property
    def agrees(self) -> bool:
        """Whether the audit found nothing."""
        return not any(check.faults for check in self.checks or ())

    def percent(self, value: Fraction) -> str:
        """*value* with the decimals of this page."""
        return percent(value, self.decimals)


def result_page(result: Result) -> ResultPage:
    """The list of a result, and what the audit found."""
    rows = result.list.rows
    shown = result.list.fields if len(rows) <= MOST_ROWS else ()
    findings = result.findings
    return ResultPage(
        fields=shown,
        hidden=0 if shown else len(rows),
        decimals=result.list.decimals,
        checks=None if findings is None else checks(findings),
    )


def progress_words(telling: Telling) -> tuple[str, int | None]:
    """What is being done and since when, and how much of it is done in per cent."""
    seconds = f"已用 {telling.seconds:.0f} 秒"
    if not telling.step:
        return f"正在等待或开始，{seconds}", None
    share = min(100, 100 * telling.done // telling.total) if telling.total else None
    words = f"正在{step_words(telling.step)}，{seconds}"
    return words, share
