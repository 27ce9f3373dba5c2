"""What belongs to an institution: certificates, sites, centres, people, records, test results.

Each is an entry of its own that is entered, changed and ended from the page of its institution.
"""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.roles import Permission
from rosters.entries import Noun
from rosters.finding.naming import Named
from web.auth import door
from web.forms import UNPROCESSABLE
from web.rosters import forms
from web.rosters.entry_pages import Seen, seen
from web.rosters.inputs import Input, inputs
from web.rosters.institution_pages import editable
from web.rosters.keeping import ending_form
from web.rosters.surroundings import Surroundings, edit_page, end_page
from web.words.rosters import noun_words

bp = Blueprint("belongings", __name__)

NOUNS = {
    Noun.CERTIFICATE: "续期、换证、扩项都在原来的证书上变更；编号换了的，另登记一张。",
    Noun.SITE: "证书上写明的每一处检验检测场所。",
    Noun.QI_CENTRE: "一家机构可以是几个国家质检中心的依托单位；抽取时只算一家。",
    Noun.CONTACT: "电话和邮箱只显示一部分，查看完整号码会留下记录。",
    Noun.FLAG: "写明来源，如文号、热线编号；进入名录的事实供风险评分使用。",
    Noun.PROFICIENCY_RESULT: "每一轮、每一个项目登记一条。",
}
"""What can belong to an institution, and what is worth knowing before it is written down."""

OWNER = "institution_id"


def _noun(name: str) -> Noun:
    found = {noun.value: noun for noun in NOUNS}.get(name)
    if found is None:
        raise NotFound(noun="row")
    return found


def _fields(noun: Noun) -> tuple[Input, ...]:
    return inputs(noun, without=(OWNER,))


@bp.get("/institutions/<int:entry_id>/<noun>/new")
@door(Permission.ROSTERS_EDIT)
def new(entry_id: int, noun: str) -> ResponseReturnValue:
    """The form for something new of an institution."""
    of, kind = editable(entry_id), _noun(noun)
    return edit_page(forms.blank(kind, _fields(kind)), _entering(of, kind))


@bp.post("/institutions/<int:entry_id>/<noun>")
@door(Permission.ROSTERS_EDIT)
def create(entry_id: int, noun: str) -> ResponseReturnValue:
    """Enter it."""
    of, kind = editable(entry_id), _noun(noun)
    saved = forms.save(kind, None, _fields(kind), given={OWNER: entry_id})
    if saved.faults:
        return edit_page(saved.form, _entering(of, kind)), UNPROCESSABLE
    return _back(entry_id, f"已登记{noun_words(kind)}。")


@bp.get("/institutions/<int:entry_id>/<noun>/<int:held_id>")
@door(Permission.ROSTERS_EDIT)
def edit(entry_id: int, noun: str, held_id: int) -> ResponseReturnValue:
    """The form to change it from a day on."""
    of, one = editable(entry_id), _held(entry_id, noun, held_id)
    form = forms.opened(one.noun, held_id, _fields(one.noun))
    return edit_page(form, _changing(of, one))


@bp.post("/institutions/<int:entry_id>/<noun>/<int:held_id>")
@door(Permission.ROSTERS_EDIT)
def update(entry_id: int, noun: str, held_id: int) -> ResponseReturnValue:
    """Change it."""
    of, one = editable(entry_id), _held(entry_id, noun, held_id)
    saved = forms.save(one.noun, held_id, _fields(one.noun))
    if saved.faults:
        return edit_page(saved.form, _changing(of, one)), UNPROCESSABLE
    return _back(entry_id, "变更已登记。")


@bp.get("/institutions/<int:entry_id>/<noun>/<int:held_id>/end")
@door(Permission.ROSTERS_EDIT)
def ask_to_end(entry_id: int, noun: str, held_id: int) -> ResponseReturnValue:
    """Really take it out of the roster?"""
    of, one = editable(entry_id), _held(entry_id, noun, held_id)
    return end_page(ending_form(one.noun, held_id), _ending(of, one))


@bp.post("/institutions/<int:entry_id>/<noun>/<int:held_id>/end")
@door(Permission.ROSTERS_EDIT)
def end(entry_id: int, noun: str, held_id: int) -> ResponseReturnValue:
    """Take it out of the roster from a day on."""
    of, one = editable(entry_id), _held(entry_id, noun, held_id)
    if faults := forms.end(one.noun, held_id):
        return end_page(ending_form(one.noun, held_id, faults), _ending(of, one)), UNPROCESSABLE
    return _back(entry_id, f"{noun_words(one.noun)}已移出，历史保留。")


def _held(entry_id: int, noun: str, held_id: int) -> Seen:
    """One of the things of this institution."""
    one = seen(_noun(noun), held_id, Permission.ROSTERS_EDIT)
    if one.facts.row.institution_id != entry_id:
        raise NotFound(noun="row")
    return one


# -- what stands around the forms --------------------------------------------------------------


def _entering(of: Named, noun: Noun) -> Surroundings:
    action = url_for("belongings.create", entry_id=of.entry_id, noun=noun.value)
    return _around(of, f"登记{noun_words(noun)}", action, NOUNS[noun])


def _changing(of: Named, one: Seen) -> Surroundings:
    return _around(of, f"变更{noun_words(one.noun)}", _address("update", of, one), NOUNS[one.noun])


def _ending(of: Named, one: Seen) -> Surroundings:
    lead = (
        "登记错了、场所不再使用、人员离任的，从这一天起移出。"
        "证书被暂停、注销、撤销的，请改“发证机关处理”而不要移出。"
    )
    return _around(of, f"移出{noun_words(one.noun)}", _address("end", of, one), lead)


def _address(view: str, of: Named, one: Seen) -> str:
    return url_for(
        f"belongings.{view}", entry_id=of.entry_id, noun=one.noun.value, held_id=one.entry_id
    )


def _around(of: Named, title: str, action: str, lead: str) -> Surroundings:
    back = url_for("institutions.show", entry_id=of.entry_id)
    return Surroundings(title, action, of.name, back, lead, (("机构", of.name),))


def _back(entry_id: int, words: str) -> ResponseReturnValue:
    flash(words, "ok")
    return redirect(url_for("institutions.show", entry_id=entry_id), 303)
