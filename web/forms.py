"""Forms: what was typed, and what is wrong with it, said on the same page."""

from dataclasses import dataclass, field
from datetime import date
from types import TracebackType

from flask import request
from pydantic import ValidationError

from core.errors import Conflict, Forbidden, Invalid
from web.database import give_up
from web.errors import fact_words, input_words

UNPROCESSABLE = 422
MOST_SECRET = 400


WHOLE = "form"
"""Where a fault stands that belongs to no single field."""

FIELDS = {
    "login_name_taken": "login_name",
    "password_refused": "fresh",
    "wrong_code": "code",
    "reason_is_missing": "reason",
    "file_is_empty": "file",
    "file_too_large": "file",
    "roster_list_is_national": "noun",
    "not_a_credit_code": "credit_code",
    "class_reason_missing": "class_reason",
    "relation_known": "kind",
    "not_an_address": "email",
    "scope_does_not_fit": "region",
    "period_does_not_fit": "ends_on",
    "team_rules_reason_missing": "reason",
    "recusal_reason_missing": "reason",
    "note_is_missing": "note",
    "appointment_unclear": "first_day",
    "notice_days_unclear": "days",
}
"""At which field of a form a fact of core is told, by its code."""


class FormFault(Invalid):
    """Something that only the form knows is missing or wrong; *words* say what, *field* where."""

    code = "form_fault"


@dataclass
class Problems:
    """Collects what keeps a form from being carried out, in words; nothing of it is kept.

    with Problems() as problems:
        create_user(…)
    if problems.found:
        return page(problems.found), UNPROCESSABLE

    Attributes
    ----------
    found : words by field, as the macros of `frame.html` take them.
    """

    found: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> "Problems":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        match error:
            case FormFault():
                self.found[str(error.params["field"])] = str(error.params["words"])
            case Invalid() | Conflict() | Forbidden():
                self.found[FIELDS.get(error.code, WHOLE)] = "".join(fact_words(error))
            case ValidationError():
                self.found |= input_words(error)
            case _:
                return False
        # what an operation has begun is undone; the page that tells of it reads anew
        give_up()
        return True


def text(name: str, most: int = 200) -> str:
    """A field of the form without blanks around it."""
    return request.form.get(name, "").replace("\x00", "").strip()[:most]


def day(name: str) -> date:
    """A field that must hold a day, as the date field of a browser writes it.

    Raises
    ------
    FormFault
    """
    try:
        return date.fromisoformat(text(name))
    except ValueError:
        raise FormFault(field=name, words="请填写完整的日期，例如 2026-12-01。") from None


def secret(name: str) -> str:
    """A password as it was typed, blanks and all."""
    return request.form.get(name, "")[:MOST_SECRET]


def number(name: str) -> int | None:
    """A field that holds a number; None if it is empty or none."""
    typed = text(name)
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 18 else None
