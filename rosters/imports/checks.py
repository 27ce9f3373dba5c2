"""Whether what a row wants to state can be stated at all: types, lengths, dates that fit."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from rosters.editing import INPUTS
from rosters.entries import Noun
from rosters.imports.plans import Sorter, Wish
from rosters.sheets.drafts import Draft

IN_ORDER: Mapping[Noun, tuple[str, str]] = {
    Noun.CERTIFICATE: ("issued_on", "expires_on"),
    Noun.RELATION: ("first_day", "last_day"),
    Noun.FLAG: ("happened_on", "ended_on"),
}
"""Pairs of dates of which the second may not come before the first."""


@cache
def _model(noun: Noun) -> type[BaseModel]:
    """A plain model of the same fields: the input model itself does more, at three times the
    price, and a file has 150,000 of them.
    """
    model = INPUTS[noun]
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in model.model_fields.items()
    }
    return create_model(model.__name__, **fields)


class Checks:
    """Holds what a row wants against the input models, together with what is known already."""

    def __init__(self, sorter: Sorter) -> None:
        self.sorter = sorter

    def are_sound(self, wish: Wish, draft: Draft, now: Mapping[str, Any]) -> bool:
        """Whether the facts may hold beside those of *now*; if not, why is among the faults."""
        facts = {**now, **wish.facts}
        if not self._dates_fit(wish, draft, facts):
            return False
        try:
            _model(wish.noun).model_validate(facts)
        except ValidationError as error:
            key = str(error.errors()[0]["loc"][0])
            self.sorter.refuse(draft, "not_accepted", key, facts.get(key, ""), field=key)
            return False
        return True

    def _dates_fit(self, wish: Wish, draft: Draft, facts: Mapping[str, Any]) -> bool:
        """A file may bring one of two dates; it has to fit the one that is there."""
        first, second = IN_ORDER.get(wish.noun, ("", ""))
        begins, ends = facts.get(first), facts.get(second)
        if not isinstance(begins, date) or not isinstance(ends, date) or begins <= ends:
            return True
        late = second in wish.facts
        key, known = (second, begins) if late else (first, ends)
        code = "date_before_known" if late else "date_after_known"
        self.sorter.refuse(draft, code, key, draft.values.get(key), date=known.isoformat())
        return False
