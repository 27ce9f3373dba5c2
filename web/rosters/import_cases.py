"""The review queue on a page: the row beside its candidates, and the answers that are sent."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request

from core.roles import Scope
from rosters.imports.candidates import Candidate, candidates_of
from rosters.imports.cases import DuplicateCase, cases
from rosters.imports.imports import RosterImport
from rosters.imports.plans import (
    FOUND,
    SKIP,
    UNDECIDED,
    Decision,
    Grounds,
    Outcome,
    same_as,
)
from web import lists
from web.database import session

ANSWER = "case."
"""Before the number of the case in the name of its field."""

SAME, NEW, SKIPPED, OPEN = "same.", "new", "skip", "open"
"""The answers: one of the candidates by its number, a new institution, leave it out, not yet."""

FILTERS = ("decision", "grounds", "page")

DECISIONS = {
    Outcome.DOUBTFUL.value: "还没有判定",
    Outcome.CHANGED.value: "判为同一机构",
    Outcome.NEW.value: "判为新机构",
    Outcome.SKIPPED.value: "跳过",
}


@dataclass(frozen=True)
class Shown:
    """A case with the institutions that it names; *answer* is what is decided so far."""

    case: DuplicateCase
    candidates: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    answer: str


@dataclass(frozen=True)
class Page:
    """A page of the queue."""

    cases: list[Shown]
    total: int
    page: int


def chosen() -> Mapping[str, Any]:
    """The filters of the address."""
    decision = lists.one_of("decision", DECISIONS)
    grounds = lists.one_of("grounds", {each.value: each for each in Grounds})
    return {"decision": decision, "grounds": grounds, "decisions": DECISIONS.items()}


def page(
    one: RosterImport, chosen: Mapping[str, Any], scopes: Collection[Scope], size: int
) -> Page:
    """A page of the queue; what is decided moves the rest up, so a page too far is the first."""
    decision = Outcome(chosen["decision"]) if chosen["decision"] else None
    grounds = Grounds(chosen["grounds"]) if chosen["grounds"] else None
    find = partial(cases, session(), one.key, decision=decision, grounds=grounds, size=size)
    number = lists.page_number()
    found = find(page=number)
    if not found.cases and number > 1:
        number, found = 1, find()
    named = candidates_of(session(), found.cases, one.takes_effect, scopes)
    return Page([_shown(case, named) for case in found.cases], found.total, number)


def _shown(case: DuplicateCase, named: Mapping[int, Candidate]) -> Shown:
    candidates, others = (
        tuple(named[entry] for entry in entries if entry in named)
        for entries in (case.candidates, case.others)
    )
    return Shown(case, candidates, others, _answer_of(case.decided))


def _answer_of(decision: Decision) -> str:
    if decision.entry is not None:
        return f"{SAME}{decision.entry}"
    return {FOUND: NEW, SKIP: SKIPPED}.get(decision, OPEN)


# -- what was sent -----------------------------------------------------------------------------


def _decision(sent: str) -> Decision | None:
    """The decision behind an answer; None for nonsense."""
    entry = sent.removeprefix(SAME)
    if sent.startswith(SAME) and entry.isascii() and entry.isdecimal() and len(entry) < 18:
        return same_as(int(entry))
    return {NEW: FOUND, SKIPPED: SKIP, OPEN: UNDECIDED}.get(sent)


def answers() -> Mapping[Decision, list[int]]:
    """The cases of a page whose answer has been changed, by the new decision."""
    found: dict[Decision, list[int]] = defaultdict(list)
    for name, sent in request.form.items():
        number = name.removeprefix(ANSWER)
        if not name.startswith(ANSWER) or not number.isdecimal() or len(number) > 17:
            continue
        decision = _decision(sent)
        if decision is not None and sent != request.form.get(f"was.{number}", OPEN):
            found[decision].append(int(number))
    return found


def asked_for_all() -> tuple[Grounds, Decision] | None:
    """The grounds and the decision for all open cases of a kind, if that was asked for."""
    grounds, sent = request.form.get("all_grounds", ""), request.form.get("all_answer", "")
    if grounds not in set(Grounds):
        return None
    decision = same_as(0) if sent == SAME else _decision(sent)
    return None if decision is None else (Grounds(grounds), decision)


def kept() -> dict[str, list[str]]:
    """The filters under which the page was sent, to come back to it."""
    return lists.filters(*FILTERS)
