"""The fields of a form: what stands in them for the facts of an entry, and back again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from core.privacy import mask_email, mask_phone
from rosters.finding.naming import Named
from rosters.vocabularies import BETWEEN, Vocabulary, parted
from web.forms import text
from web.rosters.inputs import MASKED, REFERENCES, Input, Shape
from web.rosters.references import meant

LONGEST = 10_000
"""Signs of a field that are looked at; the input model tells how many are allowed."""

Typed = str | list[str]


# -- from facts to fields ----------------------------------------------------------------------


def typed_of(fields: Sequence[Input], facts: Mapping[str, Any]) -> dict[str, Typed]:
    """What stands in each field for the facts of an entry."""
    return {one.name: _as_typed(one, _told(one, facts)) for one in fields}


def _told(one: Input, facts: Mapping[str, Any]) -> Any:
    value = facts.get(one.name)
    if one.shape is Shape.TERM_OF and value:
        return f"{facts[vocabulary_of(one)]}{BETWEEN}{value}"
    return value


def vocabulary_of(one: Input) -> str:
    """The fact that says of which vocabulary a term is."""
    return one.name.removesuffix("_term")


def _as_typed(one: Input, value: Any) -> Typed:
    if one.shape is Shape.TERMS:
        return parted(value or "")
    if one.shape is Shape.YES_NO:
        return "yes" if value else "no"
    # numbers of people are seen in clear for a reason only
    return "" if value is None or one.shape in MASKED else str(value)


def masked(fields: Sequence[Input], row: Any) -> dict[str, str]:
    """What an entry has in the fields that are not shown in clear."""
    masks = {Shape.PHONE: mask_phone, Shape.EMAIL: mask_email}
    return {
        one.name: masks[one.shape](value)
        for one in fields
        if one.shape in MASKED and (value := getattr(row, one.name))
    }


# -- from fields to facts ----------------------------------------------------------------------


@dataclass
class Reading:
    """What was typed, read field by field; faults and entries that may be meant by field."""

    facts: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    offered: dict[str, Sequence[Named]] = field(default_factory=dict)


def sent_fields(fields: Sequence[Input]) -> dict[str, Typed]:
    """What was typed in each field."""
    return {one.name: _sent(one) for one in fields}


def _sent(one: Input) -> Typed:
    if one.shape is Shape.TERMS:
        return [term for term in request.form.getlist(one.name) if term][:100]
    return text(one.name, LONGEST)


def read_fields(fields: Sequence[Input], typed: Mapping[str, Typed]) -> Reading:
    """The facts that the fields state."""
    read = Reading()
    for one in fields:
        _take(read, one, typed[one.name])
    return read


def _take(read: Reading, one: Input, typed: Typed) -> None:
    """Add the fact of one field to what was read."""
    if one.shape in MASKED:
        if typed or f"{one.name}.clear" in request.form:
            read.facts[one.name] = typed
    elif one.shape in REFERENCES:
        found = meant(one, str(typed))
        read.facts[one.name] = found.entry_id
        if found.fault:
            read.faults[one.name], read.offered[one.name] = found.fault, found.offered
    elif one.shape is Shape.TERM_OF:
        vocabulary, _, term = str(typed).partition(BETWEEN)
        # without any term it does not matter of which vocabulary it is none
        of = vocabulary if term else Vocabulary.CERTIFICATE
        read.facts |= {vocabulary_of(one): of, one.name: term}
    else:
        read.facts[one.name] = _plain(one, typed)


def _plain(one: Input, typed: Typed) -> Any:
    match one.shape:
        case Shape.TERMS:
            return BETWEEN.join(typed)
        case Shape.YES_NO:
            return typed == "yes"
        case Shape.DAY if not typed:
            return None
    return typed
