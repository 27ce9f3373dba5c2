"""Whether all slots can be filled, against trying everything; and shortages without surplus."""

from collections.abc import Callable
from itertools import product

from hypothesis import given, settings

from sampler.teams.eligibility import Eligibility, eligibility
from sampler.teams.explanation import ChangeKind, explain
from sampler.teams.staffing import Bounds, Staffing
from sampler.teams.task import TeamTask
from tests.sampler.teams.tasks import tasks


def most_filled(found: Eligibility) -> int:
    """The same by trying every way to fill the slots."""
    rows, people = found.task.slots, found.task.inspectors
    choices = []
    for able in found.eligible:
        may = set(able.tolist())
        fit = [i for i, t in enumerate(found.types) if t in may]
        choices.append([None, *fit])
    windows = {v.id: v.window for v in found.task.visits}
    best = 0
    for taken in product(*choices):
        pairs = [(i, row) for i, row in zip(taken, rows, strict=True) if i is not None]
        held = [(i, row.visit) for i, row in pairs]
        in_window = [(i, windows[row.visit]) for i, row in pairs]
        if len(set(held)) == len(held) and all(
            in_window.count((i, window)) <= people[i].per_window for i, window in in_window
        ):
            seats = [i for i, _ in pairs]
            if all(seats.count(i) <= people[i].capacity for i in seats):
                best = max(best, len(seats))
    return best


@settings(max_examples=60)
@given(tasks(most_people=4, most_visits=2))
def test_the_most_slots_that_can_be_filled_are_found(whole: TeamTask) -> None:
    found = eligibility(whole)

    assert Staffing(found, range(len(found.task.slots))).filled == most_filled(found)


@settings(max_examples=60)
@given(tasks())
def test_a_conflict_cannot_be_filled_and_without_any_one_slot_it_can(whole: TeamTask) -> None:
    found = eligibility(whole)

    for conflict in Staffing(found, range(len(found.task.slots))).conflicts():
        assert Staffing(found, conflict).filled == len(conflict) - 1
        for slot in conflict:
            rest = [other for other in conflict if other != slot]
            assert Staffing(found, rest).filled == len(rest)


@settings(max_examples=60)
@given(tasks())
def test_conflicts_have_no_slot_in_common_and_lie_in_what_is_contested(whole: TeamTask) -> None:
    found = eligibility(whole)
    staffing = Staffing(found, range(len(found.task.slots)))
    named = [slot for conflict in staffing.conflicts() for slot in conflict]

    assert len(named) == len(set(named))
    assert set(named) <= set(staffing.contested())
    assert bool(named) == (staffing.filled < len(found.task.slots))


@settings(max_examples=60)
@given(tasks())
def test_only_in_what_is_contested_slots_stay_empty(whole: TeamTask) -> None:
    found = eligibility(whole)
    every = range(len(found.task.slots))
    staffing = Staffing(found, every)
    contested = staffing.contested()

    lacking = len(contested) - Staffing(found, contested).filled
    assert lacking == len(every) - staffing.filled


@settings(max_examples=60)
@given(tasks())
def test_an_explanation_is_given_just_when_some_slot_stays_empty(whole: TeamTask) -> None:
    found = eligibility(whole)
    every = range(len(found.task.slots))
    explanation = explain(found)

    assert (explanation is None) == (Staffing(found, every).filled == len(every))
    if explanation is not None:
        people = explanation.changes[0].amount
        assert Staffing(found, every, Bounds(people=people)).filled == len(every)
        assert Staffing(found, every, Bounds(people=people - 1)).filled < len(every)
        named = [slot for shortage in explanation.shortages for slot in shortage.slots]
        assert len(named) == len(set(named))


BOUNDS: dict[ChangeKind, Callable[[int], Bounds]] = {
    ChangeKind.CAPACITY: lambda n: Bounds(more=n),
    ChangeKind.WINDOW: lambda n: Bounds(more_per_window=n),
    ChangeKind.BOTH: lambda n: Bounds(more=n, more_per_window=n),
}


@settings(max_examples=60)
@given(tasks())
def test_a_higher_bound_is_named_just_when_it_is_the_least_that_helps(whole: TeamTask) -> None:
    found = eligibility(whole)
    every = range(len(found.task.slots))
    explanation = explain(found)
    told = {c.kind: c.amount for c in explanation.changes} if explanation else {}
    enough = {
        kind: next(
            (
                n
                for n in range(1, 5 + len(every))
                if Staffing(found, every, of(n)).filled == len(every)
            ),
            0,
        )
        for kind, of in BOUNDS.items()
    }

    if explanation is not None:
        single = enough[ChangeKind.CAPACITY], enough[ChangeKind.WINDOW]
        assert (told.get(ChangeKind.CAPACITY, 0), told.get(ChangeKind.WINDOW, 0)) == single
        both = 0 if any(single) else enough[ChangeKind.BOTH]
        assert told.get(ChangeKind.BOTH, 0) == both
