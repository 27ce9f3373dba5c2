"""The pages of the forms of entries, and what stands around a form."""

from dataclasses import dataclass

from flask import render_template

from web.rosters.forms import EntryForm


@dataclass(frozen=True)
class Surroundings:
    """What stands around a form.

    Attributes
    ----------
    action : where it is sent.
    back, back_to : the words and the address of the way back.
    lead : a sentence below the title; *fixed* what the form says without asking.
    """

    title: str
    action: str
    back: str
    back_to: str
    lead: str = ""
    fixed: tuple[tuple[str, str], ...] = ()


def edit_page(form: EntryForm, around: Surroundings) -> str:
    """The page on which an entry is entered or changed."""
    return render_template("rosters/edit.html", form=form, around=around)


def end_page(form: EntryForm, around: Surroundings, go: str = "移出名录") -> str:
    """The page that asks before an entry leaves the roster; the lead says what that means."""
    return render_template("rosters/end.html", form=form, around=around, go=go)
