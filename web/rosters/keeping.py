"""Keeping the entries of a noun: entering, changing and ending one of them, each on its page.

`Keeping.open` gives a blueprint these pages; the noun says what is special about it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.roles import NATIONWIDE, Permission, ScopeKind
from rosters.entries import Noun
from rosters.statements import last_statement
from web.auth import door, me, need
from web.database import session
from web.forms import UNPROCESSABLE, number, text
from web.rosters import forms
from web.rosters.days import kept_day
from web.rosters.entry_pages import Seen, fact_lines, seen
from web.rosters.forms import DAY, EXPECTED, REASON, SHOWN, EntryForm
from web.rosters.histories import histories
from web.rosters.inputs import Input, inputs
from web.rosters.surroundings import Surroundings, edit_page, end_page
from web.words.rosters import noun_words

EDIT = Permission.ROSTERS_EDIT


def name_of(one: Seen) -> str:
    """What most entries are called."""
    return str(one.facts.row.name)


@dataclass(frozen=True)
class Keeping:
    """What is special about keeping a noun.

    Attributes
    ----------
    room : the name of its blueprint.
    listed, lists_at : what its list is called, and its page; `index` of the room unless told.
    shows : whether an entry has a page of its own; otherwise the list is where one comes back to.
    ends : whether entries can leave the roster.
    nationwide : whether it belongs to nobody in particular: only the nation enters more.
    without : facts that the form does not ask for.
    """

    noun: Noun
    room: str
    listed: str
    lists_at: str = ""
    shows: bool = True
    ends: bool = True
    nationwide: bool = False
    enter_lead: str = ""
    end_lead: str = ""
    without: tuple[str, ...] = ()
    called: Callable[[Seen], str] = name_of
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Input, ...]:
        """The fields of the form."""
        return inputs(self.noun, without=self.without)

    # -- its addresses -------------------------------------------------------------------------

    def open(self, room: Blueprint, at: str, *, enters: bool = True, plain: bool = False) -> None:
        """Give the blueprint its pages below the address *at*, each behind its door.

        Parameters
        ----------
        enters : also those for a new entry; without them the view has its own.
        plain : also the page of an entry, if there is no more to tell than `show` does.
        """
        one = f"{at}/<int:entry_id>"
        pages: list[tuple[str, str, Permission, Callable[..., ResponseReturnValue]]] = [
            ("GET", f"{one}/edit", EDIT, self.edit),
            ("POST", one, EDIT, self.change),
            ("GET", f"{one}/end", EDIT, self.ask_to_end),
            ("POST", f"{one}/end", EDIT, self.end),
        ]
        if enters:
            pages += [("GET", f"{at}/new", EDIT, self.new), ("POST", at, EDIT, self.create)]
        if plain:
            pages.append(("GET", one, Permission.ROSTERS_READ, self.show))
        for method, address, permission, page in pages:
            view = door(permission)(page)
            room.add_url_rule(address, page.__name__, view, methods=[method])

    # -- looking -------------------------------------------------------------------------------

    def show(self, entry_id: int, permission: Permission | None = None) -> str:
        """The page of an entry of which there is no more to tell than its facts and history."""
        one = seen(self.noun, entry_id, permission)
        return render_template(
            "rosters/entry.html",
            keeping=self,
            one=one,
            title=self.called(one),
            lines=fact_lines(one, [field.name for field in inputs(self.noun)]),
            history=histories([entry_id]),
            listed_at=self._list(),
            day=one.day,
            is_today=kept_day() is None,
            kept_day=kept_day(),
        )

    # -- entering ------------------------------------------------------------------------------

    def new(self, **typed: str) -> str:
        """The form of a new entry; *typed* stands in its fields already."""
        self._need_to_enter()
        if "region" in {one.name for one in self.fields}:
            typed = {"region": own_region(), **typed}
        return edit_page(forms.blank(self.noun, self.fields, **typed), self._entering())

    def create(self) -> ResponseReturnValue:
        """Enter an entry."""
        self._need_to_enter()
        saved = forms.save(self.noun, None, self.fields, given=self.given)
        if saved.faults:
            return edit_page(saved.form, self._entering()), UNPROCESSABLE
        return self.back(saved.entry_id, f"已登记{noun_words(self.noun)}。")

    def _need_to_enter(self) -> None:
        if self.nationwide:
            need(EDIT, NATIONWIDE)

    def _entering(self) -> Surroundings:
        title, action = f"登记{noun_words(self.noun)}", url_for(f"{self.room}.create")
        return Surroundings(title, action, self.listed, self._list(), self.enter_lead)

    # -- changing ------------------------------------------------------------------------------

    def edit(self, entry_id: int) -> str:
        """The form of an entry, as it is on the day of the address."""
        one = seen(self.noun, entry_id, EDIT)
        return edit_page(forms.opened(self.noun, entry_id, self.fields), self._changing(one))

    def change(self, entry_id: int) -> ResponseReturnValue:
        """Change an entry from a day on."""
        one = seen(self.noun, entry_id, EDIT)
        around = self._changing(one)
        saved = forms.save(self.noun, entry_id, self.fields)
        if saved.faults:
            return edit_page(saved.form, around), UNPROCESSABLE
        return self.back(entry_id, "变更已登记。")

    def _changing(self, one: Seen) -> Surroundings:
        name, action = self.called(one), url_for(f"{self.room}.change", entry_id=one.entry_id)
        return Surroundings(f"变更：{name}", action, *self._way_back(one))

    # -- ending --------------------------------------------------------------------------------

    def ask_to_end(self, entry_id: int) -> str:
        """Ask before an entry leaves the roster."""
        one = seen(self.noun, entry_id, EDIT)
        return end_page(ending_form(self.noun, entry_id), self._ending(one))

    def end(self, entry_id: int) -> ResponseReturnValue:
        """Take an entry out of the roster."""
        around = self._ending(seen(self.noun, entry_id, EDIT))
        if faults := forms.end(self.noun, entry_id):
            return end_page(ending_form(self.noun, entry_id, faults), around), UNPROCESSABLE
        return self.back(entry_id, "已移出名录，历史保留。")

    def _ending(self, one: Seen) -> Surroundings:
        action = url_for(f"{self.room}.end", entry_id=one.entry_id)
        title = f"移出名录：{self.called(one)}"
        return Surroundings(title, action, *self._way_back(one), self.end_lead)

    # -- coming back ---------------------------------------------------------------------------

    def back(self, entry_id: int, words: str) -> ResponseReturnValue:
        """To the page of the entry, or to the list, with what has been done."""
        flash(words, "ok")
        to = url_for(f"{self.room}.show", entry_id=entry_id) if self.shows else self._list()
        return redirect(to, 303)

    def _way_back(self, one: Seen) -> tuple[str, str]:
        if not self.shows:
            return self.listed, self._list()
        return self.called(one), url_for(f"{self.room}.show", entry_id=one.entry_id)

    def _list(self) -> str:
        return url_for(self.lists_at or f"{self.room}.index")


def own_region() -> str:
    """The region in which who asks works; empty for the nation."""
    standing = me().standing
    if standing is None or standing.scope.kind is not ScopeKind.REGION:
        return ""
    return standing.scope.key


def ending_form(noun: Noun, entry_id: int, faults: Mapping[str, str] | None = None) -> EntryForm:
    """The form that takes an entry out of the roster, as it was sent or as it opens."""
    today = forms.today().isoformat()
    return EntryForm(
        noun, (), {},
        day=text(DAY) or today, shown=text(SHOWN) or today, reason=text(REASON),
        expected=number(EXPECTED) or last_statement(session(), entry_id),
        faults=faults or {},
    )  # fmt: skip
