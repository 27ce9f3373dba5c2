"""What the rows of any other noun want to state: found by the facts that identify them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rosters.entries import TABLES, Noun
from rosters.imports.checks import Checks
from rosters.imports.forms import Bound, Form
from rosters.imports.known import Book, sees
from rosters.imports.plans import Outcome, RowPlan, Sorter, Terms, wish
from rosters.imports.references import References, Resolved, Unknown, by_identity
from rosters.layout import defaults
from rosters.sheets.cells import Value
from rosters.sheets.drafts import Draft


class EntryPlanner:
    """Plans the rows of a file of one noun."""

    def __init__(
        self, form: Form, sorter: Sorter, book: Book, references: References, terms: Terms
    ) -> None:
        self.form, self.sorter, self.book = form, sorter, book
        self.references, self.terms = references, terms
        self.known = by_identity(book, form.identity)
        self.checks = Checks(sorter)
        self._defaults = defaults(TABLES[form.noun])

    def take(self, drafts: Sequence[Draft]) -> Iterator[int]:
        """Plan all rows; gives their number so far, row by row."""
        for number, draft in enumerate(drafts, 1):
            if draft.is_faulty or not self._take_one(draft):
                self.sorter.keep_faulty(draft, _called(draft.values))
            yield number

    def _take_one(self, draft: Draft) -> bool:
        said = self._said(draft)
        if said is None:
            return False
        key = tuple(said.get(name, self._defaults.get(name)) for name in self.form.identity)
        entry = self.known.get(key)
        now = self.book.facts(entry) if entry else None
        if entry is None and self.terms.scope and self.form.bound == Bound.REGION:
            # a list of one province need not say so in every row
            said.setdefault("region", self.terms.scope)
        if not self._may_change(entry, said, now):
            self.sorter.refuse(draft, "out_of_scope", "province", draft.values.get("province"))
            return False
        plan = RowPlan(draft.sheet, draft.row, Outcome.NEW, entry, name=_called(draft.values))
        plan.wishes = list(wish(self.form.noun, entry or self.sorter.new_entry(), said, now))
        if now and now.get("institution_id") != said.get("institution_id"):
            # whoever means it, does it on the page of the certificate, where he sees both
            self.sorter.refuse(draft, "certificate_elsewhere", "institution_code")
            return False
        if not all(self.checks.are_sound(one, draft, now or {}) for one in plan.wishes):
            return False
        if entry:
            plan.outcome = Outcome.CHANGED if plan.wishes else Outcome.UNCHANGED
        else:
            # rows that found the same thing twice in one file
            self.known[key] = plan.entry = plan.wishes[0].entry
        self.sorter.keep(plan)
        return True

    def _said(self, draft: Draft) -> dict[str, Any] | None:
        """What the row states; None if it refers to something that is not there."""
        said = self.form.facts_of(draft.values, clear=self.terms.clear)
        for name, found in self._referred(draft.values):
            if isinstance(found, Unknown):
                self.sorter.refuse(draft, found.code, found.key, found.value)
                return None
            if found is not None:
                said[name] = found
        if self.form.bound == Bound.INSTITUTION and "institution_id" not in said:
            entry = self._held_by(said)
            if entry is None:
                self.sorter.refuse(draft, "institution_missing", "institution_code")
                return None
            said["institution_id"] = entry
        return said

    def _held_by(self, said: Mapping[str, Any]) -> int | None:
        """The institution of a certificate that the roster knows already."""
        if "institution_id" in self.form.identity:
            return None
        entry = self.known.get(tuple(said.get(name) for name in self.form.identity))
        return self.book.standing[entry].institution_id if entry and entry > 0 else None

    def _referred(self, values: Mapping[str, Value]) -> Iterator[tuple[str, Resolved]]:
        if self.form.bound == Bound.INSTITUTION:
            yield "institution_id", self.references.institution(values, self.terms.scope)
        if self.form.noun == Noun.RELATION:
            yield "person_id", self.references.person(values)
        if self.form.noun == Noun.INSPECTOR:
            yield "department_id", self.references.department(values)

    def _may_change(
        self, entry: int | None, said: Mapping[str, Any], now: Mapping[str, Any] | None
    ) -> bool:
        return all(sees(self.terms.scope, region) for region in self._regions(said, now))

    def _regions(self, said: Mapping[str, Any], now: Mapping[str, Any] | None) -> Iterator[str]:
        """Where the entry is and goes to."""
        known = self.references.institutions
        for facts in filter(None, (said, now)):
            if self.form.bound == Bound.INSTITUTION:
                yield known.region(facts["institution_id"])
            elif self.form.bound == Bound.NATION:
                yield ""
            elif "region" in facts:
                yield facts["region"]


def _called(values: Mapping[str, Value]) -> str:
    keys = ("name", "number", "institution_name", "institution_code")
    return next((str(values[key]) for key in keys if values.get(key)), "")
