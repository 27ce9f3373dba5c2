"""The form on which the sources of a draw are announced."""

from dataclasses import dataclass

from flask import request

from inspections.draws import draws_of
from inspections.plans import Plan
from inspections.sources import SourceDraft, SourceKind
from inspections.subjects import Subject
from web.auth import now
from web.database import session
from web.forms import text
from web.inspections.witness_codes import Ceremony, code_for

PLACES = 8
"""Sources that can be announced on one form; more would only make the ceremony long."""

KINDS = [(kind.value, kind.label) for kind in SourceKind]


@dataclass(frozen=True)
class SourceLine:
    """A line of the form as it was typed."""

    kind: str = SourceKind.WITNESS.value
    name: str = ""
    address: str = ""


FIRST_TIME = (
    SourceLine(name="见证人甲"),
    SourceLine(name="见证人乙"),
    SourceLine(SourceKind.DICE.value, "当众掷骰"),
)
"""What stands on an empty form: to be changed, and enough for a draw."""


def empty_lines() -> list[SourceLine]:
    """The lines of a form nobody has typed into."""
    return [*FIRST_TIME, *[SourceLine()] * (PLACES - len(FIRST_TIME))]


def typed_lines() -> list[SourceLine]:
    """The lines as they were sent."""
    return [
        SourceLine(text(f"kind_{at}"), text(f"name_{at}", 60), text(f"address_{at}", 500))
        for at in range(1, PLACES + 1)
        if f"name_{at}" in request.form
    ]


def drafts_for(
    plan: Plan, lines: list[SourceLine], subject: Subject = Subject.UNITS
) -> list[SourceDraft]:
    """The sources that were typed, each witness with a code of his own; empty lines are none."""
    number = len(draws_of(session(), plan.key, subject)) + 1
    ceremony = Ceremony(plan.key, subject, number, now())
    filled = [line for line in lines if line.name]
    return [_draft(ceremony, position, line) for position, line in enumerate(filled, start=1)]


def _draft(ceremony: Ceremony, position: int, line: SourceLine) -> SourceDraft:
    kind = SourceKind(line.kind) if line.kind in set(SourceKind) else SourceKind.WITNESS
    witness = kind is SourceKind.WITNESS
    code = code_for(ceremony, position) if witness else ""
    return SourceDraft(line.name, kind, "" if witness else line.address, token=code)
