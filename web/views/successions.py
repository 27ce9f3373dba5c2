"""Institutions that merge, split, or turn out to be entered twice: shown first, then stated."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.roles import Permission
from rosters.entries import Noun
from rosters.institution_acts import join_duplicate, merge, split
from rosters.institution_file import InstitutionFile, institution_file
from rosters.statements import Change
from rosters.successions import SuccessionKind
from web.auth import door, me
from web.database import session
from web.forms import UNPROCESSABLE, Problems
from web.rosters import forms, succession_forms
from web.rosters.institution_pages import editable
from web.rosters.succession_forms import SuccessionForm
from web.words.rosters import day_words, noun_words

bp = Blueprint("successions", __name__)

TITLES = {
    SuccessionKind.MERGER: "合并",
    SuccessionKind.SPLIT: "分立",
    SuccessionKind.DUPLICATE: "归并重复条目",
}
LEADS = {
    SuccessionKind.MERGER: "两家合为一家：并入的一家从生效日起移出名录，它的证书、场所、人员、"
    "监管记录都转到保留的一家名下；以前的历史照旧可查。",
    SuccessionKind.SPLIT: "先把分出来的机构登记入册，再在这里登记它从哪家分出；"
    "证书、场所随后在各自的页面上变更。",
    SuccessionKind.DUPLICATE: "同一家机构登记了两次：留一个条目，另一个移出，"
    "它名下的全部内容转到留下的条目；按两个名称、两个编号都能找到。",
}


def _kind(name: str) -> SuccessionKind:
    if name not in set(SuccessionKind):
        raise NotFound(noun="row")
    return SuccessionKind(name)


@bp.get("/institutions/<int:entry_id>/successions/<kind>")
@door(Permission.ROSTERS_EDIT)
def ask(entry_id: int, kind: str) -> ResponseReturnValue:
    """With which other institution?"""
    return _form(succession_forms.blank(editable(entry_id), _kind(kind)))


@bp.post("/institutions/<int:entry_id>/successions/<kind>/preview")
@door(Permission.ROSTERS_EDIT)
def preview(entry_id: int, kind: str) -> ResponseReturnValue:
    """Both side by side, and what would be stated; nothing is written."""
    form = succession_forms.sent(editable(entry_id), _kind(kind))
    return (_form(form), UNPROCESSABLE) if form.faults else _preview(form)


@bp.post("/institutions/<int:entry_id>/successions/<kind>")
@door(Permission.ROSTERS_EDIT)
def make(entry_id: int, kind: str) -> ResponseReturnValue:
    """State it."""
    form = succession_forms.sent(editable(entry_id), _kind(kind))
    if form.faults:
        return _form(form), UNPROCESSABLE
    successor = form.pair[1]
    with Problems() as problems:
        change = _state(form)
    if problems.found:
        return _preview(form, problems.found), UNPROCESSABLE
    flash(f"{TITLES[form.kind]}已登记（变更 {change.key}）。登记错了可以撤销这次变更。", "ok")
    return redirect(url_for("institutions.show", entry_id=successor.entry_id), 303)


def _state(form: SuccessionForm) -> Change:
    act, (old, new) = forms.act(form.form.reason), form.pair
    assert form.day is not None  # or there would be a fault
    match form.kind:
        case SuccessionKind.MERGER:
            return merge(session(), act, [old.entry_id], new.entry_id, form.day, act.reason)
        case SuccessionKind.DUPLICATE:
            return join_duplicate(session(), act, old.entry_id, new.entry_id, form.day, act.reason)
    return split(
        session(), act, old.entry_id, [new.entry_id], form.day,
        ends=form.ends is not None, note=act.reason,
    )  # fmt: skip


def _form(form: SuccessionForm) -> str:
    return render_template(
        "institutions/succession.html",
        form=form.form,
        of=form.of,
        title=TITLES[form.kind],
        lead=LEADS[form.kind],
        action=url_for("successions.preview", entry_id=form.of.entry_id, kind=form.kind.value),
    )


def _preview(form: SuccessionForm, faults: dict[str, str] | None = None) -> str:
    old, new = (_file(form, one.entry_id) for one in form.pair)
    return render_template(
        "institutions/succession_preview.html",
        asked=form,
        old=old,
        new=new,
        held=_held(old) if form.kind is not SuccessionKind.SPLIT else [],
        title=TITLES[form.kind],
        day_words=day_words,
        faults=faults or {},
        action=url_for("successions.make", entry_id=form.of.entry_id, kind=form.kind.value),
        back=url_for("successions.ask", entry_id=form.of.entry_id, kind=form.kind.value),
    )


def _file(form: SuccessionForm, entry_id: int) -> InstitutionFile:
    assert form.day is not None  # or there would be a fault
    sight = me().scopes(Permission.ROSTERS_READ)
    return institution_file(session(), entry_id, sight, form.day)


def _held(file: InstitutionFile) -> list[tuple[str, int]]:
    """What goes over, by its noun."""
    counts = {
        Noun.CERTIFICATE: len(file.certificates),
        Noun.SITE: len(file.sites),
        Noun.QI_CENTRE: len(file.centres),
        Noun.CONTACT: len(file.contacts),
        Noun.FLAG: len(file.flags),
        Noun.PROFICIENCY_RESULT: len(file.proficiency),
        Noun.RELATION: file.relations,
    }
    return [(noun_words(noun), count) for noun, count in counts.items() if count]
