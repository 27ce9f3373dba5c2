"""What an inspector or expert sees of himself in the rosters, and the interests he declares.

Whoever checks has to name the institutions he cannot check without bias (《行政处罚法》 article
43); his own account is enough for it, no right over the rosters is needed.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.roles import Place
from rosters import editing
from rosters.entries import Noun
from rosters.experts import Expert
from rosters.finding.entry_lists import leaves_of, relations_of
from rosters.finding.naming import named, own_entry
from rosters.inspectors import Inspector
from rosters.relations import Relation
from rosters.statements import EntryNotFound
from web.auth import Door, door, me
from web.database import session
from web.forms import UNPROCESSABLE
from web.rosters import forms
from web.rosters.inputs import inputs
from web.rosters.keeping import ending_form
from web.rosters.licences import licences
from web.rosters.surroundings import Surroundings, end_page
from web.words.rosters import fact_words, value_words

bp = Blueprint("declarations", __name__)

FIELDS = inputs(Noun.RELATION, without=("person_id", "declared"))
SHOWN = ("staff_no", "expert_no", "region", "level", "post", "employer", "title", "fields")


def mine() -> Inspector | Expert:
    """The entry of who asks.

    Raises
    ------
    EntryNotFound
        If the rosters of today know nobody under his login name.
    """
    found = own_entry(session(), me().user.login_name, forms.today())
    if found is None:
        raise EntryNotFound(entry=0)
    return found


def _anywhere(_: Place) -> bool:
    """What somebody says of himself he may say wherever he serves."""
    return True


@bp.get("/own-entry")
@door(Door.SIGNED_IN)
def show() -> ResponseReturnValue:
    """His entry, his certificates, his leaves, and what he has declared."""
    own = own_entry(session(), me().user.login_name, forms.today())
    if own is None:
        return render_template("declarations/nobody.html", login_name=me().user.login_name)
    return _page(own)


def _page(own: Inspector | Expert) -> str:
    today = forms.today()
    ties = relations_of(session(), own.entry_id, today)
    officer = own if isinstance(own, Inspector) else None
    return render_template(
        "declarations/show.html",
        own=own,
        facts=_facts(own),
        licences=licences(officer, today) if officer else [],
        leaves=_coming(own, today) if officer else [],
        relations=ties,
        names=named(session(), [tie.institution_id for tie in ties], today),
        today=today,
    )


def _coming(own: Inspector | Expert, today: Any) -> list[Any]:
    """Leaves that are not over yet, the next first."""
    found = leaves_of(session(), own.entry_id, today)
    return sorted((one for one in found if one.last_day >= today), key=lambda one: one.first_day)


def _facts(own: Inspector | Expert) -> list[tuple[str, str]]:
    noun = Noun.INSPECTOR if isinstance(own, Inspector) else Noun.EXPERT
    return [
        (fact_words(noun, name), value_words(noun, name, getattr(own, name)))
        for name in SHOWN
        if hasattr(own, name)
    ]


@bp.get("/own-entry/declare")
@door(Door.SIGNED_IN)
def new() -> ResponseReturnValue:
    """The form in which he names an institution that he cannot check."""
    mine()
    form = forms.blank(Noun.RELATION, FIELDS)
    return render_template("declarations/new.html", form=form)


@bp.post("/own-entry/declare")
@door(Door.SIGNED_IN)
def declare() -> ResponseReturnValue:
    """Declare an interest; it counts from today on."""
    given = {"person_id": mine().entry_id, "declared": True}
    saved = forms.save(Noun.RELATION, None, FIELDS, given=given, allowed=_anywhere)
    if saved.faults:
        return render_template("declarations/new.html", form=saved.form), UNPROCESSABLE
    flash("已申报。派组时您不会被派去检查这家机构。", "ok")
    return redirect(url_for("declarations.show"), 303)


# -- taking back -------------------------------------------------------------------------------


def declared(entry_id: int) -> Relation:
    """A relation that who asks has declared himself.

    Raises
    ------
    EntryNotFound
        If there is none, or another has entered it.
    """
    found: Relation = editing.row_on(session(), Noun.RELATION, entry_id, forms.today())
    if found.person_id != mine().entry_id or not found.declared:
        raise EntryNotFound(entry=entry_id)
    return found


def _around(tie: Relation) -> Surroundings:
    names = named(session(), [tie.institution_id], forms.today())
    name = names[tie.institution_id].name if tie.institution_id in names else ""
    return Surroundings(
        f"撤回申报：{name}",
        url_for("declarations.end", entry_id=tie.entry_id),
        "我的名录信息",
        url_for("declarations.show"),
        "撤回后，从所填日期起不再因此回避。只有申报有误，或者关系已经不影响公正时才撤回。",
    )


@bp.get("/own-entry/declarations/<int:entry_id>/end")
@door(Door.SIGNED_IN)
def ask_to_end(entry_id: int) -> ResponseReturnValue:
    """Ask before he takes back what he has declared."""
    around = _around(declared(entry_id))
    return end_page(ending_form(Noun.RELATION, entry_id), around, "撤回申报")


@bp.post("/own-entry/declarations/<int:entry_id>/end")
@door(Door.SIGNED_IN)
def end(entry_id: int) -> ResponseReturnValue:
    """Take back what he has declared; the history keeps it."""
    around = _around(declared(entry_id))
    if faults := forms.end(Noun.RELATION, entry_id, _anywhere):
        form = ending_form(Noun.RELATION, entry_id, faults)
        return end_page(form, around, "撤回申报"), UNPROCESSABLE
    flash("申报已撤回，记录保留。", "ok")
    return redirect(url_for("declarations.show"), 303)
