"""What the rows of a file of institutions want to state. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rosters.entries import Noun
from rosters.finding.names import folded
from rosters.imports.checks import Checks
from rosters.imports.forms import Form
from rosters.imports.grouping import CODE_LENGTH, Groups, group
from rosters.imports.institution_match import Matcher
from rosters.imports.known import Holdings, Institutions, sees
from rosters.imports.plans import (
    FOUND,
    SKIP,
    UNDECIDED,
    Decision,
    Doubt,
    Grounds,
    Outcome,
    Place,
    RowPlan,
    Sorter,
    Terms,
    Wish,
    wish,
)
from rosters.premises import ContactRole
from rosters.sheets.cells import Value
from rosters.sheets.drafts import Draft

_OF_CONTACT = dict.fromkeys(("phone", "email"), "contact")
"""Columns that are the liaison's; unlike those of certificates they say one thing in all rows."""


class InstitutionPlanner:
    """Plans the rows of a file of institutions.

    Rows of one institution (`grouping`) are planned together: each brings its own
    certificates, and what the first leaves empty the next may fill.
    """

    def __init__(
        self,
        form: Form,
        sorter: Sorter,
        known: Institutions,
        holdings: Holdings,
        terms: Terms,
        decisions: Mapping[Place, Decision],
    ) -> None:
        self.form, self.sorter, self.terms = form, sorter, terms
        self.known, self.holdings = known, holdings
        self.decisions = decisions
        self.matcher = Matcher(known, holdings, terms.scope)
        self.checks = Checks(sorter)

    def take(self, drafts: Sequence[Draft]) -> Iterator[int]:
        """Plan all rows; gives their number so far, row by row."""
        groups = group(drafts, self.form.columns)
        plans: dict[Place, RowPlan] = {}
        for number, draft in enumerate(drafts, 1):
            self._take_in_turn(draft, groups, plans)
            yield number

    def _take_in_turn(self, draft: Draft, groups: Groups, plans: dict[Place, RowPlan]) -> None:
        place = draft.sheet, draft.row
        thing = groups.leader.get(place, place)
        if clash := groups.clashes.get(place):
            name = draft.values.get("name")
            self.sorter.refuse(draft, "name_twice", "name", name, row=clash[1])
        if draft.is_faulty or clash:
            self.sorter.keep_faulty(draft, str(draft.values.get("name") or ""))
        elif thing in plans:
            self.sorter.follow(plans[thing], *place)
        else:
            plans[thing] = self._take_one(groups.members.get(thing, [draft]))

    def _take_one(self, rows: Sequence[Draft]) -> RowPlan:
        draft = rows[0]
        values = _together(rows)
        said = self._said(values)
        entry, doubt = self.matcher.find(said, _certificates(rows))
        name = str(values.get("name") or "")
        plan = RowPlan(draft.sheet, draft.row, Outcome.NEW, entry, doubt=doubt, name=name)
        if self._may_look_at(plan, draft):
            self._decide(plan, said, values, rows)
        return self.sorter.keep(plan)

    def _said(self, values: Mapping[str, Value]) -> dict[str, Any]:
        said = self.form.facts_of(values, clear=self.terms.clear)
        code = said.get("credit_code")
        if code and len(code) != CODE_LENGTH:
            # an old number in the column of the code says nothing about the code
            del said["credit_code"]
            said["registration_no"] = said.get("registration_no") or code
        return said

    # -- of whom, and whether -------------------------------------------------------------

    def _may_look_at(self, plan: RowPlan, draft: Draft) -> bool:
        """Whether everybody whom the row concerns lies within the scope; else a fault."""
        concerned = {plan.entry} - {None} if plan.entry else set[int | None]()
        if plan.doubt:
            concerned |= {*plan.doubt.candidates, *plan.doubt.others}
        if all(sees(self.terms.scope, self.known.region(entry)) for entry in concerned if entry):
            return True
        self._refuse_scope(plan, draft)
        return False

    def _refuse_scope(self, plan: RowPlan, draft: Draft) -> None:
        self.sorter.refuse(draft, "out_of_scope", "province", draft.values.get("province"))
        plan.fail()

    def _decide(
        self,
        plan: RowPlan,
        said: dict[str, Any],
        values: Mapping[str, Value],
        rows: Sequence[Draft],
    ) -> None:
        decision = Decision(Outcome.CHANGED, plan.entry) if plan.entry else FOUND
        if plan.doubt and self._is_so_already(plan.doubt, said, values, rows):
            decision = Decision(Outcome.CHANGED, plan.doubt.candidates[0])
            plan.doubt = None
        elif plan.doubt:
            decision = plan.doubt.allowed(self.decisions.get(plan.place, UNDECIDED))
        if plan.doubt:
            plan.said = _shown(said, rows)
        if decision in (UNDECIDED, SKIP):
            plan.outcome, plan.entry = decision.outcome, None
            return
        plan.entry = decision.entry or self._new(said)
        plan.wishes = [*self._own(plan.entry, said), *self._belongings(values, rows, plan.entry)]
        for row in rows:
            self._remind_of_strays(row)
        self._check(plan, rows[0])

    def _is_so_already(
        self,
        doubt: Doubt,
        said: Mapping[str, Any],
        values: Mapping[str, Value],
        rows: Sequence[Draft],
    ) -> bool:
        """Whether the only candidate says all that the row says: then nothing depends on it."""
        if doubt.others or len(doubt.candidates) != 1 or doubt.grounds == Grounds.ENDED:
            return False
        (entry,) = doubt.candidates
        return not any((*self._own(entry, said), *self._belongings(values, rows, entry)))

    def _new(self, said: dict[str, Any]) -> int:
        """The number of an institution that the roster will know from now on."""
        if self.terms.scope and not said.get("region"):
            # a list of one province need not say so in every row
            said["region"] = self.terms.scope
        return self.sorter.new_entry()

    def _check(self, plan: RowPlan, draft: Draft) -> None:
        assert plan.entry is not None
        if not all(sees(self.terms.scope, region) for region in self._regions(plan)):
            self._refuse_scope(plan, draft)
        elif not all(self.checks.are_sound(one, draft, self._now(one)) for one in plan.wishes):
            plan.fail()
        elif plan.entry > 0:
            plan.outcome = Outcome.CHANGED if plan.wishes else Outcome.UNCHANGED

    def _regions(self, plan: RowPlan) -> Iterator[str]:
        """Where the institution goes, and whom it takes certificates from."""
        for one in plan.wishes:
            if "region" in one.facts:
                yield one.facts["region"]
            if one.noun == Noun.CERTIFICATE and one.before and "institution_id" in one.before:
                yield self.known.region(one.before["institution_id"])

    # -- what it wants to state ------------------------------------------------------------

    def _now(self, one: Wish) -> Mapping[str, Any]:
        books = {
            Noun.INSTITUTION: self.known.book,
            Noun.CERTIFICATE: self.holdings.certificates,
            Noun.CONTACT: self.holdings.contacts,
        }
        return (books[one.noun].facts(one.entry) if one.entry > 0 else None) or {}

    def _own(self, entry: int, said: Mapping[str, Any]) -> Iterator[Wish]:
        now = self.known.book.facts(entry) if entry > 0 else None
        yield from wish(Noun.INSTITUTION, entry, said, now)

    def _belongings(
        self, values: Mapping[str, Value], rows: Sequence[Draft], entry: int
    ) -> Iterator[Wish]:
        """Certificates that the rows name are added or confirmed; others are left alone."""
        for row in rows:
            for number in _listed(row.values.get("certificates")):
                yield from self._certificate(number, entry, row.values)
        yield from self._centres(rows, entry)
        if name := values.get("representative"):
            yield from self._contact(ContactRole.LEGAL_REPRESENTATIVE, {"name": name}, entry)
        if name := values.get("contact"):
            more = {key: values[key] for key in ("phone", "email") if values.get(key)}
            yield from self._contact(ContactRole.LIAISON, {"name": name, **more}, entry)

    def _remind_of_strays(self, row: Draft) -> None:
        """What a row says of somebody or something that it does not name reaches no entry."""
        labels = {column.key: column.label for column in self.form.columns}
        for column in self.form.columns:
            value, of = row.values.get(column.key), column.of or _OF_CONTACT.get(column.key)
            if of and value is not None and not row.values.get(of):
                self.sorter.remind(row, "stray_value", column.key, value, owner=labels[of])

    def _certificate(
        self, number: str, institution: int, values: Mapping[str, Value]
    ) -> Iterator[Wish]:
        said: dict[str, Any] = {"number": number, "institution_id": institution}
        for key in ("issuer", "issued_on", "expires_on"):
            if values.get(key) is not None:
                said[key] = values[key]
        if state := values.get("certificate_state"):
            said["state"] = self.form.meanings["certificate_state"][str(state)]
        entry = self.holdings.numbers.get(number)
        now = None if entry is None else self.holdings.certificates.facts(entry)
        yield from wish(Noun.CERTIFICATE, entry or self.sorter.new_entry(), said, now)

    def _centres(self, rows: Sequence[Draft], institution: int) -> Iterator[Wish]:
        there = set(self.holdings.centres_of.get(institution, ()))
        for name in (name for row in rows for name in _listed(row.values.get("centres"))):
            if folded(name) not in there:
                there.add(folded(name))
                said = {"institution_id": institution, "name": name}
                yield Wish(Noun.QI_CENTRE, self.sorter.new_entry(), said)

    def _contact(self, role: ContactRole, said: dict[str, Any], institution: int) -> Iterator[Wish]:
        """Who holds a role follows whoever held it; of several people the one of that name."""
        there = self.holdings.contacts_of.get(institution, {}).get(role.value, [])
        book = self.holdings.contacts
        named = [entry for entry in there if book.standing[entry].name == said["name"]]
        found = named or (there if len(there) == 1 else [])
        entry = found[0] if found else self.sorter.new_entry()
        said = {"institution_id": institution, "role": role.value, **said}
        yield from wish(Noun.CONTACT, entry, said, book.facts(entry))


def _listed(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _certificates(rows: Sequence[Draft]) -> tuple[str, ...]:
    return tuple(n for row in rows for n in _listed(row.values.get("certificates")))


def _shown(said: Mapping[str, Any], rows: Sequence[Draft]) -> dict[str, Any]:
    """What tells an institution from another, for whoever decides a doubtful row."""
    names = ("name", "credit_code", "registration_no", "region", "address")
    shown = {name: said[name] for name in names if said.get(name)}
    return shown | {"certificates": list(_certificates(rows))}


def _together(rows: Sequence[Draft]) -> Mapping[str, Value]:
    """What several rows say of one thing: of each column the first that says anything."""
    if len(rows) == 1:
        return rows[0].values
    values: dict[str, Value] = {}
    for row in rows:
        for key, value in row.values.items():
            if values.get(key) is None:
                values[key] = value
    return values
