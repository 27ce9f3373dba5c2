"""Leaves: the days on which an inspector cannot be sent; kept from his page."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core.roles import Permission
from rosters.entries import Noun
from web.auth import door
from web.forms import UNPROCESSABLE
from web.rosters import forms
from web.rosters.entry_pages import Seen, seen
from web.rosters.inputs import inputs
from web.rosters.keeping import ending_form
from web.rosters.surroundings import Surroundings, edit_page, end_page
from web.words.rosters import day_words

bp = Blueprint("leaves", __name__)

NOUN = Noun.LEAVE
FIELDS = inputs(NOUN, without=("inspector_id",))
EDIT = Permission.ROSTERS_EDIT


def _around(of: Seen, title: str, action: str, lead: str = "") -> Surroundings:
    """What stands around a form that is about a leave of an inspector."""
    name = of.facts.row.name
    back = url_for("inspectors.show", entry_id=of.entry_id)
    return Surroundings(title, action, name, back, lead, (("检查人员", name),))


def _adding(inspector_id: int) -> Surroundings:
    action = url_for("leaves.create", inspector_id=inspector_id)
    lead = "派组时不会抽到首日至末日之间不能派出的人。"
    return _around(seen(Noun.INSPECTOR, inspector_id, EDIT), "登记不能派出的日期", action, lead)


def _back(inspector_id: int, words: str) -> ResponseReturnValue:
    flash(words, "ok")
    return redirect(url_for("inspectors.show", entry_id=inspector_id), 303)


@bp.get("/inspectors/<int:inspector_id>/leaves/new")
@door(EDIT)
def new(inspector_id: int) -> ResponseReturnValue:
    """The form of a new leave."""
    return edit_page(forms.blank(NOUN, FIELDS), _adding(inspector_id))


@bp.post("/inspectors/<int:inspector_id>/leaves")
@door(EDIT)
def create(inspector_id: int) -> ResponseReturnValue:
    """Enter a leave."""
    around = _adding(inspector_id)
    saved = forms.save(NOUN, None, FIELDS, given={"inspector_id": inspector_id})
    if saved.faults:
        return edit_page(saved.form, around), UNPROCESSABLE
    return _back(inspector_id, "不能派出的日期已登记。")


def _owner(leave: Seen) -> Seen:
    return seen(Noun.INSPECTOR, leave.facts.row.inspector_id, EDIT)


def _changing(leave: Seen) -> Surroundings:
    action = url_for("leaves.change", entry_id=leave.entry_id)
    return _around(_owner(leave), "更改不能派出的日期", action)


@bp.get("/leaves/<int:entry_id>/edit")
@door(EDIT)
def edit(entry_id: int) -> ResponseReturnValue:
    """The form of a leave."""
    leave = seen(NOUN, entry_id, EDIT)
    return edit_page(forms.opened(NOUN, entry_id, FIELDS), _changing(leave))


@bp.post("/leaves/<int:entry_id>")
@door(EDIT)
def change(entry_id: int) -> ResponseReturnValue:
    """Change a leave."""
    leave = seen(NOUN, entry_id, EDIT)
    inspector_id, around = leave.facts.row.inspector_id, _changing(leave)
    saved = forms.save(NOUN, entry_id, FIELDS)
    if saved.faults:
        return edit_page(saved.form, around), UNPROCESSABLE
    return _back(inspector_id, "变更已登记。")


def _ending(leave: Seen) -> Surroundings:
    row = leave.facts.row
    days = f"{day_words(row.first_day)}至{day_words(row.last_day)}"
    action = url_for("leaves.end", entry_id=leave.entry_id)
    around = _around(_owner(leave), f"取消：{days}", action)
    return replace(around, lead="取消后，这些日期又可以派出。提前回来的，请改为更改末日。")


@bp.get("/leaves/<int:entry_id>/end")
@door(EDIT)
def ask_to_end(entry_id: int) -> ResponseReturnValue:
    """Ask before a leave is cancelled."""
    return end_page(ending_form(NOUN, entry_id), _ending(seen(NOUN, entry_id, EDIT)), "取消")


@bp.post("/leaves/<int:entry_id>/end")
@door(EDIT)
def end(entry_id: int) -> ResponseReturnValue:
    """Cancel a leave."""
    leave = seen(NOUN, entry_id, EDIT)
    inspector_id, around = leave.facts.row.inspector_id, _ending(leave)
    if faults := forms.end(NOUN, entry_id):
        return end_page(ending_form(NOUN, entry_id, faults), around, "取消"), UNPROCESSABLE
    return _back(inspector_id, "已取消。")
