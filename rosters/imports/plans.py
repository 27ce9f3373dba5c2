"""What an import would do: row by row, decided or doubtful, before anything is written. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from core.regions import within
from rosters.changes import Saying
from rosters.entries import Noun
from rosters.sheets.drafts import Draft
from rosters.sheets.faults import CellFault, Faults, Severity, quoted

Place = tuple[str, int]
"""Sheet and row."""


@dataclass(frozen=True)
class Terms:
    """What the importing person has settled beforehand.

    Attributes
    ----------
    day : from when on the rows hold.
    scope : the region whose entries the person may change; empty: the nation.
    clear : whether an empty cell takes away what is known.
    """

    day: date
    scope: str = ""
    clear: bool = False


REGION = "region"
"""The one fact of which a row can know less than the rosters and still agree."""


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    SKIPPED = "skipped"
    FAULTY = "faulty"

    @property
    def label(self) -> str:
        """The outcome's name on a page."""
        return {
            "new": "新增",
            "changed": "变更",
            "unchanged": "无变化",
            "doubtful": "待确认",
            "skipped": "不导入",
            "faulty": "有错误",
        }[self.value]


class Grounds(StrEnum):
    """Why it is doubtful which institution a row speaks of."""

    NAME_ONLY = "name_only"
    CODE_DIFFERS = "code_differs"
    NAME_FAR = "name_far"
    CERTIFICATE_ELSEWHERE = "certificate_elsewhere"
    OLD_NUMBER = "old_number"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """What a page says about them."""
        return {
            "name_only": "只有名称相同，没有代码或证书可以印证",
            "code_differs": "名称或证书相同，统一社会信用代码不同",
            "name_far": "代码或证书相同，名称相差很大",
            "certificate_elsewhere": "证书在名录中属于另一家机构",
            "old_number": "只有 15 位老注册号相同，名录中已有 18 位代码",
            "ended": "代码属于已经合并或终止的机构",
        }[self.value]


@dataclass(frozen=True)
class Decision:
    """What a person has said about a doubtful row: an entry of its candidates, new, or skip."""

    outcome: Outcome
    entry: int | None = None


UNDECIDED = Decision(Outcome.DOUBTFUL)
SKIP = Decision(Outcome.SKIPPED)
FOUND = Decision(Outcome.NEW)
"""The row is an institution that the roster does not know yet."""


def same_as(entry: int) -> Decision:
    """The row speaks of an entry that is there."""
    return Decision(Outcome.CHANGED, entry)


@dataclass(frozen=True)
class Doubt:
    """A case for a person.

    Attributes
    ----------
    candidates : entries that the row may speak of; a person may choose one of them.
    others : entries that claim what the row claims, shown with the case.
    may_be_new : whether the row may found an institution of its own.
    """

    grounds: Grounds
    candidates: tuple[int, ...]
    others: tuple[int, ...] = ()
    may_be_new: bool = True

    def allowed(self, decision: Decision) -> Decision:
        """The decision, if it can be taken in this case; else none has been taken."""
        fits = (
            decision == SKIP
            or (decision == FOUND and self.may_be_new)
            or (decision.entry is not None and decision.entry in self.candidates)
        )
        return decision if fits else UNDECIDED


@dataclass(slots=True)
class Wish:
    """What a row wants to state of an entry.

    Attributes
    ----------
    entry : its id; negative for an entry that is still to be made, and so is the
        `institution_id` in the facts of what belongs to it.
    facts : what differs from *before*; of a new entry all that the row says.
    before : the facts that differ as they are now; None for a new entry.
    """

    noun: Noun
    entry: int
    facts: dict[str, Any]
    before: dict[str, Any] | None = None


@dataclass(slots=True)
class RowPlan:
    """What becomes of one row, and all that it wants to state.

    Attributes
    ----------
    follows : the first row about the same thing, which states for both.
    said : what a doubtful row says of itself, for whoever decides.
    """

    sheet: str
    row: int
    outcome: Outcome
    entry: int | None = None
    wishes: list[Wish] = field(default_factory=list)
    doubt: Doubt | None = None
    name: str = ""
    follows: Place | None = None
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Sheet and row."""
        return self.sheet, self.row

    def fail(self) -> None:
        """Keep the row out; why is among the faults."""
        self.outcome, self.entry, self.wishes = Outcome.FAULTY, None, []


@dataclass
class Plan:
    """What becomes of all rows of a file; *faults* are those of the file and of this plan."""

    day: date
    faults: Faults = field(default_factory=Faults, repr=False)
    rows: list[RowPlan] = field(default_factory=list, repr=False)

    @property
    def wishes(self) -> Iterator[Wish]:
        """All that would be stated."""
        for row in self.rows:
            yield from row.wishes

    def counts(self) -> dict[str, int]:
        """How many rows have each outcome; undecided ones are doubtful."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome.value: found[outcome] for outcome in Outcome}

    def statements(self) -> dict[str, int]:
        """How many entries of each noun would be made or changed: `certificate.new` and so on."""
        found = Counter(
            f"{wish.noun.value}.{'new' if wish.entry < 0 else 'changed'}" for wish in self.wishes
        )
        return dict(sorted(found.items()))

    def digest(self) -> str:
        """Stands for what the file would do to this roster, whatever people decide in doubt.

        Two plans of one file have the same digest if the roster has not changed between them
        in a way that changes what becomes of a row.
        """
        sha256 = hashlib.sha256()
        for row in self.rows:
            sha256.update(repr((row.place, *_seen(row))).encode())
        return sha256.hexdigest()

    def sayings(self, made: Mapping[int, int], last: Mapping[int, int]) -> Iterator[Saying]:
        """The wishes as `changes.state` takes them.

        Parameters
        ----------
        made : the ids of entries that are new, by their negative numbers.
        last : the last statement about each entry that is not, as it was looked at.
        """
        for wish in self.wishes:
            facts = wish.facts
            if facts.get("institution_id", 0) < 0:
                facts = {**facts, "institution_id": made[facts["institution_id"]]}
            entry = made[wish.entry] if wish.entry < 0 else wish.entry
            yield Saying(wish.noun, entry, facts, self.day, last.get(wish.entry))


def _seen(row: RowPlan) -> Iterable[object]:
    if row.follows:
        return "follows", row.follows
    if row.doubt:
        return "doubt", row.doubt.grounds.value, row.doubt.candidates, row.doubt.others
    differing = [
        (wish.noun.value, wish.entry, sorted(wish.before.items()), sorted(wish.facts.items()))
        for wish in row.wishes
        if wish.before is not None
    ]
    return row.outcome.value, max(row.entry or 0, 0), differing


class Sorter:
    """Takes the rows of a file one by one; what all planners share: faults, places, new ids."""

    def __init__(self, plan: Plan, places: Mapping[str, Mapping[str, tuple[int, str]]]) -> None:
        self.plan = plan
        self._places = places
        self._made = 0
        self._speakers: dict[int, Place] = {}

    def new_entry(self) -> int:
        """The number of an entry that is still to be made."""
        self._made -= 1
        return self._made

    def keep(self, plan: RowPlan) -> RowPlan:
        """Take a row into the plan; two rows that state the same entry are a fault."""
        spoken = (self._speakers[w.entry] for w in plan.wishes if w.entry in self._speakers)
        if first := next(spoken, None):
            elsewhere = "" if first[0] == plan.sheet else f"（工作表“{first[0]}”）"
            self.refuse(plan, "same_entry_twice", "", row=first[1], sheet=elsewhere)
            plan.fail()
        self._speakers.update((wish.entry, plan.place) for wish in plan.wishes)
        self.plan.rows.append(plan)
        return plan

    def follow(self, leader: RowPlan, sheet: str, row: int) -> None:
        """Take a row that adds to the thing of an earlier one, and shares its fate."""
        plan = RowPlan(sheet, row, leader.outcome, leader.entry, name=leader.name)
        plan.follows = leader.place
        self.plan.rows.append(plan)

    def keep_faulty(self, draft: Draft, name: str = "") -> None:
        """Take a row that is kept out."""
        self.plan.rows.append(RowPlan(draft.sheet, draft.row, Outcome.FAULTY, name=name))

    def refuse(
        self, where: Draft | RowPlan, code: str, key: str, value: object = "", **params: object
    ) -> None:
        """Note why a row is kept out, in the column of *key* if the file has it."""
        self._note(where, code, key, value, params, Severity.ERROR)

    def remind(
        self, where: Draft | RowPlan, code: str, key: str, value: object = "", **params: object
    ) -> None:
        """Note what should be looked at, though it keeps no row out."""
        self._note(where, code, key, value, params, Severity.WARNING)

    def _note(
        self,
        where: Draft | RowPlan,
        code: str,
        key: str,
        value: object,
        params: dict[str, object],
        severity: Severity,
    ) -> None:
        column, label = self._places.get(where.sheet, {}).get(key, (0, ""))
        told = quoted(value)
        self.plan.faults.add(
            CellFault(where.sheet, where.row, column, label, told, code, params, severity)
        )


def differing(said: Mapping[str, Any], now: Mapping[str, Any] | None) -> dict[str, Any]:
    """Those facts of *said* that are not so *now*; all of them if nothing is known now."""
    if now is None:
        return dict(said)
    return {
        name: value
        for name, value in said.items()
        if now.get(name) != value and not _is_coarser(name, value, now)
    }


def _is_coarser(name: str, value: Any, now: Mapping[str, Any]) -> bool:
    """A row that names the province alone confirms the city that is known; it takes none away."""
    known = now.get(name) if name == REGION else None
    return bool(known and value) and within(str(known), value)


def wish(
    noun: Noun, entry: int, said: Mapping[str, Any], now: Mapping[str, Any] | None
) -> Iterator[Wish]:
    """What of all that is *said* has to be stated; nothing if it is so *now*."""
    if facts := differing(said, now):
        before = None if now is None else {name: now.get(name) for name in facts}
        yield Wish(noun, entry, facts, before)
