"""The form of an entry, whatever its noun: filled in, read, checked at once, and carried out.

A form remembers which day of the roster it showed and which statement was the last then. What
differs from the facts it showed is stated from the effective day on; what does not is left as it
is, so a change that takes effect in the past does not carry the facts of today back with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import current_app

from core.calendar import china_date
from core.files import FileStore
from core.privacy import ReasonIsMissing
from core.roles import Permission, Place
from rosters import editing
from rosters.changes import Act, NothingChanges
from rosters.entries import TABLES, Noun
from rosters.finding.naming import Named, departments_on
from rosters.layout import defaults
from rosters.statements import EntryNotFound, last_statement
from rosters.timeline import FOREVER
from rosters.vocabularies import BETWEEN
from web import lists
from web.auth import me, need, now
from web.database import session
from web.forms import FormFault, Problems, number, text
from web.rosters.fields import LONGEST, Reading, Typed, masked, read_fields, sent_fields, typed_of
from web.rosters.inputs import MASKED, Group, Input, Option, Shape, inputs

MOST_REASON = 200
FIRST_DAY = date(1949, 10, 1)
"""No roster reaches further back; a year typed with two digits is noticed by it."""

DAY, REASON, EXPECTED, SHOWN = "takes_effect", "reason", "expected", "shown"
OUTSIDE = "这个地区不在您的管辖范围内，请改为您管辖的地区，或请上级办理。"

DAY_HINT = "从这一天起名录按所填内容；可以填过去的日期补登，也可以填将来的日期预先登记。"
DAY_HINTS = dict.fromkeys(
    (Noun.LEAVE, Noun.RELATION),
    "从这一天起记入名录，一般就是今天；与上面的起止日期是两回事。",
)

Allowed = Callable[[Place], bool]


@dataclass(frozen=True)
class EntryForm:
    """A form as a page shows it.

    Attributes
    ----------
    typed : what stands in each field.
    offered : entries that may have been meant, by the name of the field.
    masked : what the entry has in a field that is not shown in clear.
    expected : number of the last statement when the form was opened; None for a new entry.
    """

    noun: Noun
    inputs: tuple[Input, ...]
    typed: Mapping[str, Typed]
    day: str
    shown: str = ""
    reason: str = ""
    expected: int | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, Sequence[Named]] = field(default_factory=dict)
    masked: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether it enters an entry that is not in the roster yet."""
        return self.expected is None

    @property
    def day_hint(self) -> str:
        """What the effective day means."""
        return DAY_HINTS.get(self.noun, DAY_HINT)

    def value(self, name: str) -> str:
        """What stands in a field of one value."""
        typed = self.typed.get(name, "")
        return typed if isinstance(typed, str) else BETWEEN.join(typed)

    def holds(self, one: Input, key: str) -> bool:
        """Whether a choice of a field is taken."""
        typed = self.typed.get(one.name, "")
        return key in typed if isinstance(typed, list) else key == typed

    def options(self, one: Input) -> list[Option]:
        """The choices of a field, with those that it holds beside the usual ones."""
        known = dict(one.options)
        held = self.typed.get(one.name, [])
        extra = held if isinstance(held, list) else []
        return [*one.options, *((term, term) for term in extra if term not in known)]


@dataclass(frozen=True)
class Saved:
    """What became of a form: the entry, or the form again with its faults."""

    form: EntryForm
    entry_id: int = 0

    @property
    def faults(self) -> Mapping[str, str]:
        """Why it was not carried out."""
        return self.form.faults


def today() -> date:
    """The day of this request in China."""
    return china_date(now())


def act(reason: str = "") -> Act:
    """Who changes the rosters in this request, and why."""
    files = FileStore(current_app.extensions["settings"].data_dir / "files")
    return Act(me().actor, now(), files, reason)


def may_edit(place: Place) -> bool:
    """Whether who asks may change what belongs to a place."""
    return me().may(Permission.ROSTERS_EDIT, place)


# -- filling in --------------------------------------------------------------------------------


def blank(noun: Noun, fields: tuple[Input, ...] | None = None, **given: str) -> EntryForm:
    """The form of a new entry; *given* stands in its fields already."""
    fields = inputs(noun) if fields is None else fields
    typed = {**typed_of(fields, defaults(TABLES[noun])), **given}
    return _with_choices(EntryForm(noun, fields, typed, day=today().isoformat()))


def opened(noun: Noun, entry_id: int, fields: tuple[Input, ...] | None = None) -> EntryForm:
    """The form of an entry, as it is on the day of the address (`?day=`), or today.

    Raises
    ------
    EntryNotFound
        If it is not in the roster then.
    """
    fields = inputs(noun) if fields is None else fields
    day = lists.day("day") or today()
    row = editing.row_on(session(), noun, entry_id, day)
    return _with_choices(
        EntryForm(
            noun,
            fields,
            typed_of(fields, row.model_dump()),
            day=day.isoformat(),
            shown=day.isoformat(),
            expected=last_statement(session(), entry_id),
            masked=masked(fields, row),
        )
    )


def _with_choices(form: EntryForm) -> EntryForm:
    asked = [one.name for one in form.inputs if one.shape is Shape.DEPARTMENT]
    return replace(form, groups=dict.fromkeys(asked, department_groups())) if asked else form


def department_groups() -> tuple[Group, ...]:
    """The departments of today under the names of their trades."""
    found: dict[str, list[Option]] = {}
    for one in departments_on(session(), today()):
        found.setdefault(one.trade.label, []).append((str(one.entry_id), one.name))
    return tuple((trade, tuple(options)) for trade, options in found.items())


# -- reading -----------------------------------------------------------------------------------


@dataclass
class _Answers:
    """A form as it was sent: what its fields state, and from which day on."""

    form: EntryForm
    read: Reading
    day: date | None = None


def _read(
    noun: Noun, entry_id: int | None, fields: tuple[Input, ...], *, needs_reason: bool
) -> _Answers:
    typed = sent_fields(fields)
    form = EntryForm(
        noun, fields, typed,
        day=text(DAY), shown=text(SHOWN), reason=text(REASON, LONGEST),
        expected=None if entry_id is None else number(EXPECTED) or 0,
    )  # fmt: skip
    answers = _Answers(form, read_fields(fields, typed))
    with Problems(answers.read.faults):
        answers.day = effective_day()
    if needs_reason:
        with Problems(answers.read.faults):
            _need_reason(form.reason)
    return answers


def effective_day() -> date:
    """The day from which on the form is to hold.

    Raises
    ------
    FormFault
        If none is given, or one that cannot be meant.
    """
    if not (typed := text(DAY)):
        raise FormFault(field=DAY, words="请填写生效日期。")
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise FormFault(field=DAY, words="生效日期应写成 2026-03-01 的样子。") from None
    if not FIRST_DAY <= day < FOREVER.replace(year=today().year + 50):
        raise FormFault(field=DAY, words="生效日期不像是真的，请检查年份。")
    return day


def _need_reason(reason: str) -> None:
    if not 0 < len(reason) <= MOST_REASON:
        raise ReasonIsMissing


# -- carrying out ------------------------------------------------------------------------------


def save(
    noun: Noun,
    entry_id: int | None = None,
    fields: tuple[Input, ...] | None = None,
    *,
    given: Mapping[str, Any] | None = None,
    allowed: Allowed = may_edit,
) -> Saved:
    """Carry out the form that was sent: enter a new entry, or change one.

    Parameters
    ----------
    given : facts of a new entry that the form does not ask for.
    allowed : whether who asks may change what belongs to a place.

    Raises
    ------
    NotFound
        If the entry is not his to change.
    """
    is_new = entry_id is None
    fields = inputs(noun) if fields is None else fields
    answers = _read(noun, entry_id, fields, needs_reason=not is_new)
    read = answers.read
    was = {} if entry_id is None else facts_shown(noun, entry_id, allowed)
    facts = {**(given or {}), **read.facts}
    with Problems() as checks:
        _check(noun, {**was, **facts}, allowed)
    # what is said of a field by hand tells more than what its model says of it
    faults = {**checks.found, **read.faults}
    if not faults:
        with Problems(faults):
            entry_id = _carry_out(answers, entry_id, was, facts)
    faults = _in_order(faults, fields)
    kept = {} if entry_id is None or is_new else _masked_now(noun, entry_id, fields)
    form = replace(answers.form, faults=faults, offered=read.offered, masked=kept)
    return Saved(_with_choices(form) if faults else form, entry_id or 0)


def _in_order(faults: Mapping[str, str], fields: Sequence[Input]) -> dict[str, str]:
    """The faults in the order of the form, so that the summary is read from top to bottom."""
    order = [one.name for one in fields]
    place = {name: at for at, name in enumerate(order)}
    return dict(sorted(faults.items(), key=lambda fault: place.get(fault[0], len(order))))


def facts_shown(noun: Noun, entry_id: int, allowed: Allowed = may_edit) -> dict[str, Any]:
    """The facts that a form showed, by its hidden day; of an entry that may be changed.

    Raises
    ------
    NotFound
    """
    shown = _day_or_today(text(SHOWN))
    row = editing.row_on(session(), noun, entry_id, shown)
    facts: dict[str, Any] = row.model_dump(exclude={"entry_id", "since", "until"})
    if not allowed(editing.place_of(session(), noun, facts)):
        raise EntryNotFound(entry=entry_id)
    return facts


def _day_or_today(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return today()


def _check(noun: Noun, facts: Mapping[str, Any], allowed: Allowed) -> None:
    sound = editing.checked(noun, facts)
    if not allowed(editing.place_of(session(), noun, sound)):
        where = "region" if "region" in sound else "form"
        raise FormFault(field=where, words=OUTSIDE)


def _carry_out(
    answers: _Answers, entry_id: int | None, was: Mapping[str, Any], facts: Mapping[str, Any]
) -> int:
    noun, form, day = answers.form.noun, answers.form, answers.day
    doing = act(form.reason)
    assert day is not None  # or there would be a fault
    if entry_id is None:
        entered, _ = editing.enter(session(), doing, noun, facts, day)
        return entered
    sound = editing.checked(noun, {**was, **facts})
    said = {name: sound[name] for name in facts if sound[name] != was.get(name)}
    if not said:
        raise NothingChanges
    if not editing.facts_on(session(), entry_id, day):
        # before its first day nothing is known of it: all that was shown holds from then on
        said = sound
    editing.change(session(), doing, noun, entry_id, said, day, form.expected)
    return entry_id


def _masked_now(noun: Noun, entry_id: int, fields: Sequence[Input]) -> dict[str, str]:
    if not any(one.shape in MASKED for one in fields):
        return {}
    return masked(fields, editing.row_on(session(), noun, entry_id, _day_or_today(text(SHOWN))))


# -- ending ------------------------------------------------------------------------------------


def end(noun: Noun, entry_id: int, allowed: Allowed = may_edit) -> dict[str, str]:
    """Take an entry out of the roster, as the form of `rosters/end.html` says; its faults.

    Raises
    ------
    NotFound
        If the entry is not his to change.
    """
    facts_shown(noun, entry_id, allowed)
    faults: dict[str, str] = {}
    with Problems(faults):
        _need_reason(text(REASON, LONGEST))
    with Problems(faults):
        day = effective_day()
    if not faults:
        with Problems(faults):
            doing = act(text(REASON, LONGEST))
            editing.end(session(), doing, noun, entry_id, day, number(EXPECTED))
    return faults


def need_to_edit(noun: Noun, facts: Mapping[str, Any]) -> None:
    """That who asks may change an entry with these facts.

    Raises
    ------
    NotFound
        If not: that there is such an entry is told to nobody else.
    """
    need(Permission.ROSTERS_EDIT, editing.place_of(session(), noun, facts))
