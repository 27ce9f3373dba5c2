"""The workbench: what a plan would do on today's rosters, tried out as often as one likes.

Nothing here writes. A `Bench` is loaded once and kept by the caller; every question to it is
answered over the types of the plan, so that a changed quota costs milliseconds, not a reading of
the rosters. The fair draw and all classical methods are answered side by side: the planner sees
what each would mean before he prescribes one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from inspections.bench_views import Extreme, Group, Load, Quota, extremes, groups, loads, quotas
from inspections.exclusions import Exclusions, exclusions
from inspections.fitting import Fitted, fit
from inspections.grounds import Ground
from inspections.plan_content import PlanContent, to_sampler
from inspections.plan_faults import PlanFault, PlanHasFaults, ratio_faults
from sampler.classical.design import design, not_kept
from sampler.classical.promises import EXACT
from sampler.classical.promises import chances as design_chances
from sampler.commitment import Worked, work_out
from sampler.conflicts.explanation import Explanation, explain
from sampler.fairness import Progress
from sampler.faults import BadInput, Infeasible
from sampler.inputs.plan_check import notes_on
from sampler.procedure import Prepared
from sampler.quotas import Method
from sampler.report import counts, spread
from sampler.seeds import Coins
from sampler.unit_types import Typed, typed

QUICK_ROUNDS = 200
"""Virtual draws of a field-after-field method on the bench; a commitment takes 2,000."""


@dataclass(frozen=True)
class Bench:
    """The rosters of one place and day, ready to be asked.

    Attributes
    ----------
    inspectors : who is available in each province, by its name.
    """

    ground: Ground
    inspectors: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class MethodAnswer:
    """What one method would mean; without *worked* it cannot be used here, and *why* says so.

    Attributes
    ----------
    smallest, largest : chance of a unit that is not certain.
    gini : of the chances of these units, 0 for equal.
    note : how good the figures are; not_kept : what the plan asks and the method breaks.
    by : units and chances by province, class, field and so on (`bench_views.VIEWS`).
    """

    method: Method
    why: str = ""
    smallest: Fraction = Fraction(0)
    largest: Fraction = Fraction(0)
    gini: str = ""
    note: str = ""
    not_kept: tuple[str, ...] = ()
    by: Mapping[str, Sequence[Group]] = field(default_factory=dict)
    loads: Sequence[Load] = ()
    extremes: Sequence[Extreme] = ()

    @property
    def works(self) -> bool:
        """Whether it can be used for this plan on these rosters."""
        return not self.why


@dataclass(frozen=True)
class Answers:
    """What the bench says to a plan.

    Attributes
    ----------
    faults : what only plan and rosters together show; then there is nothing else.
    counts : rows, certain, ordinary, excluded, outside, drawable units, and types.
    quotas : places and cross quotas, with who could fill them and what he can expect.
    explanation : why it cannot be drawn and what would mend it, a sentence to a line; empty if
        it can.
    levels : from the smallest chance up, why nobody can be promised more.
    notes : what is allowed but was probably not meant.
    methods : the plan's own first.
    """

    faults: tuple[PlanFault, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    exclusions: Exclusions = field(default_factory=Exclusions)
    quotas: Sequence[Quota] = ()
    explanation: tuple[str, ...] = ()
    levels: tuple[tuple[Fraction, str], ...] = ()
    notes: tuple[str, ...] = ()
    methods: tuple[MethodAnswer, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether the plan can be drawn by its own method."""
        return bool(self.methods) and self.methods[0].works


def try_out(
    bench: Bench,
    content: PlanContent,
    methods: Sequence[Method] = tuple(Method),
    progress: Progress | None = None,
) -> Answers:
    """Everything the planner asks about a plan on these rosters; nothing is written.

    Parameters
    ----------
    methods : to be compared with that of the plan.
    progress : told of the steps of a lottery, the only part that can take seconds; may raise to
        stop.
    """
    try:
        fitted = fit(content, bench.ground)
    except PlanHasFaults as error:
        found = exclusions(content, bench.ground)
        return Answers(faults=error.faults, exclusions=found)
    own = _worked(fitted.prepared, progress)
    variants = _Variants(fitted.prepared)
    others = [variants.under(method) for method in methods if method is not content.method]
    compared = [_answer(bench, content, other, progress) for other in others]
    first = _answer(bench, content, fitted.prepared, progress, own)
    return _answers(content, fitted, own, (first, *compared))


def _answers(
    content: PlanContent,
    fitted: Fitted,
    own: "Worked | Refusal",
    methods: tuple[MethodAnswer, ...],
) -> Answers:
    prepared = fitted.prepared
    about = counts(prepared)
    worked = own if isinstance(own, Worked) else None
    lines = own.lines if isinstance(own, Refusal) else ()
    return Answers(
        faults=tuple(ratio_faults(content, about["drawable"])),
        counts=about,
        exclusions=fitted.exclusions,
        quotas=quotas(prepared, worked.chances if worked else None),
        explanation=lines,
        levels=_levels(worked),
        notes=tuple(map(str, notes_on(prepared.plan, prepared.roster))),
        methods=methods,
    )


def _levels(worked: Worked | None) -> tuple[tuple[Fraction, str], ...]:
    # as they will be committed: working them out a second time takes as long as the draw
    told = worked.data.get("levels", ()) if worked else ()
    return tuple((Fraction(level["value"]), level["sentence"]) for level in told)


# -- one method --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    """A method that cannot be used here, and why, a sentence to a line."""

    lines: tuple[str, ...]


class _Variants:
    """The same plan drawn by other methods, which may not keep all of it (`not_kept`); methods
    that see the same types share them."""

    def __init__(self, prepared: Prepared) -> None:
        self._own = prepared
        self._typed: dict[tuple[bool, int], Typed] = {}

    def under(self, method: Method) -> Prepared:
        plan = replace(self._own.plan, method=method)
        if method is not Method.FAIR and not self._keeps_cross(method):
            plan = replace(plan, cross=())
        key = (method.fills_places, len(plan.cross))
        if key not in self._typed:
            self._typed[key] = typed(plan, self._own.roster)
        return replace(self._own, plan=plan, typed=self._typed[key])

    def _keeps_cross(self, method: Method) -> bool:
        cross = self._own.plan.cross
        return method is Method.SEQUENTIAL and len(cross) == 1 and cross[0].low == cross[0].high


def _worked(prepared: Prepared, progress: Progress | None) -> Worked | Refusal:
    problem, method = prepared.typed.problem, prepared.plan.method
    try:
        if method is Method.FAIR:
            return work_out(problem, method, progress)
        plan = design(problem, method)
        coins = Coins("", "virtual draws")
        chances, note = design_chances(problem, plan, coins, rounds=QUICK_ROUNDS)
    except Infeasible as error:
        return _refusal(explain(problem), error)
    except BadInput as error:
        return Refusal(tuple(map(str, error.faults)))
    return Worked(chances, {"path": method.value, "note": note}, note=note)


def _refusal(explanation: Explanation | None, error: Infeasible) -> Refusal:
    return Refusal(tuple(explanation.lines()) if explanation else (str(error),))


def _answer(
    bench: Bench,
    content: PlanContent,
    prepared: Prepared,
    progress: Progress | None,
    known: Worked | Refusal | None = None,
) -> MethodAnswer:
    method = prepared.plan.method
    worked = known or _worked(prepared, progress)
    broken = tuple(not_kept(to_sampler(content), method))
    if isinstance(worked, Refusal):
        return MethodAnswer(method, why="\n".join(worked.lines), not_kept=broken)
    about = spread(prepared, worked)
    found = groups(prepared, worked.chances)
    return MethodAnswer(
        method,
        smallest=Fraction(about["smallest"]),
        largest=Fraction(about["largest"]),
        gini=about["gini"],
        note=worked.note,
        not_kept=broken,
        by=found,
        loads=loads(found["province"], bench.inspectors),
        extremes=extremes(prepared, worked.chances, exact=worked.note in ("", EXACT)),
    )
