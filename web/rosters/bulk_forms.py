"""The form of a bulk change: of whom, which fact, which value, from when and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import request

from core.privacy import ReasonIsMissing
from core.roles import Permission
from rosters.bulk import FACTS, BulkPlan, plan_bulk, sound_value
from rosters.entries import Noun
from rosters.finding.institution_lists import ids
from web.auth import me
from web.database import session
from web.forms import FormFault, Problems, text
from web.rosters import forms, institution_filters
from web.rosters.days import day_asked
from web.rosters.fields import LONGEST
from web.rosters.forms import DAY, MOST_REASON, REASON, EntryForm
from web.rosters.inputs import Input, inputs
from web.words.rosters import fact_words

MOST_PICKED = 200
"""Institutions that an address may name one by one; more are named by their filters."""

CHOICES = tuple((fact, fact_words(Noun.INSTITUTION, fact)) for fact in FACTS)


@dataclass(frozen=True)
class Selection:
    """Of whom something is to be stated.

    Attributes
    ----------
    address : the same for another address.
    """

    entries: tuple[int, ...]
    address: Mapping[str, list[str]] = field(default_factory=dict)


def selection() -> Selection:
    """Those that were ticked, or all that the filters of the address find; within reach only."""
    if request.args.get("all"):
        filters = institution_filters.asked(day_asked())
        found = ids(session(), filters, me().scopes(Permission.ROSTERS_EDIT))
        return Selection(tuple(found), {**institution_filters.kept(), "all": ["yes"]})
    ticked = [one for one in request.args.getlist("entry") if one.isascii() and one.isdecimal()]
    ticked = [one for one in ticked if len(one) < 10][:MOST_PICKED]
    kept = {**institution_filters.kept(), "entry": ticked}
    return Selection(tuple(dict.fromkeys(map(int, ticked))), kept)


def fact_asked() -> str:
    """Which fact is to be stated."""
    asked = request.args.get("fact", "")
    return asked if asked in FACTS else FACTS[0]


@dataclass(frozen=True)
class BulkForm:
    """What was typed, and what it means unless there are faults."""

    form: EntryForm
    fact: str
    value: Any = None
    day: date | None = None

    @property
    def faults(self) -> Mapping[str, str]:
        """Why it cannot be carried out."""
        return self.form.faults

    @property
    def reason(self) -> str:
        """Why it is so."""
        return self.form.reason


def blank(fact: str) -> BulkForm:
    """The form before anything is typed."""
    (asked,) = inputs(Noun.INSTITUTION, only=(fact,))
    form = forms.blank(Noun.INSTITUTION, (_plain(asked),))
    # as a change, not as a new entry: a reason belongs to it
    return BulkForm(replace(form, expected=0, typed={fact: ""}), fact)


def _plain(asked: Input) -> Input:
    """A choice has to be made; a text that is left empty is taken away from all of them."""
    if asked.options or asked.groups:
        chosen = tuple(option for option in asked.options if option[0])
        return replace(asked, required=True, options=chosen)
    return replace(asked, hint="不填就是清空原来的内容。")


def sent(fact: str) -> BulkForm:
    """The form as it was sent."""
    faults: dict[str, str] = {}
    value, day = None, None
    with Problems(faults):
        value = _value(fact)
    with Problems(faults):
        day = forms.effective_day()
    with Problems(faults):
        if not 0 < len(text(REASON, LONGEST)) <= MOST_REASON:
            raise ReasonIsMissing
    form = replace(
        blank(fact).form,
        typed={fact: text(fact, LONGEST)},
        day=text(DAY),
        reason=text(REASON, LONGEST),
        faults=faults,
    )
    return BulkForm(form, fact, value, day)


def _value(fact: str) -> Any:
    (asked,) = blank(fact).form.inputs
    if asked.required and not text(fact):
        raise FormFault(field=fact, words=f"请选择{asked.label}。")
    return sound_value(fact, text(fact, LONGEST))


def plan(of: Selection, form: BulkForm) -> BulkPlan:
    """What it would change."""
    assert form.day is not None  # or there would be a fault
    reach = me().scopes(Permission.ROSTERS_EDIT)
    return plan_bulk(session(), of.entries, form.fact, form.value, form.day, reach)
