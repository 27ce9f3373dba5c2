"""Institutions: the list with its filters, and everything that is known about one of them."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import privacy
from core.errors import NotFound
from core.roles import Permission
from rosters.editing import row_on
from rosters.entries import Noun
from rosters.finding.former_names import former_names, names_carried_on
from rosters.finding.institution_lists import facets, page
from rosters.finding.naming import Named
from rosters.finding.saved_views import RosterList, views_of
from web import lists
from web.auth import door, me, need, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.rosters import forms, institution_columns, institution_filters
from web.rosters.days import day_asked, kept_day
from web.rosters.institution_columns import COLUMNS, SIZES, Display
from web.rosters.institution_pages import (
    editable,
    file_page,
    institution_named,
    own_entry,
    place,
    works_for_institution,
)
from web.rosters.keeping import ending_form, own_region
from web.rosters.surroundings import Surroundings, edit_page, end_page
from web.words.rosters import day_words

bp = Blueprint("institutions", __name__)

REVEALED = frozenset({"phone", "email"})


# -- the list ----------------------------------------------------------------------------------


@bp.get("/institutions")
@door(Permission.ROSTERS_READ)
def index() -> ResponseReturnValue:
    """The roster of institutions within sight, as at any day; an institution sees its own file."""
    if works_for_institution():
        return redirect(url_for("institutions.own"), 303)
    display = institution_columns.display()
    filters, sight = institution_filters.asked(day_asked()), me().scopes(Permission.ROSTERS_READ)
    counted = facets(session(), filters, sight)
    number = min(lists.page_number(), max(1, -(-counted.total // display.size)))
    found = page(
        session(), filters, sight, institution_filters.sort(), number, display.size,
        descending=institution_filters.descending(), total=counted.total,
    )  # fmt: skip
    keys = [row.institution.entry_id for row in found.rows] if filters.words else []
    return render_template(
        "institutions/index.html",
        rows=found.rows,
        former=former_names(session(), keys, filters.day),
        carried_on=names_carried_on(session(), keys, filters.day),
        filters=filters,
        chips=list(institution_filters.chips(filters)),
        facets=institution_filters.choices(filters, counted.counts),
        paging=lists.Paging(number, counted.total, display.size, "家"),
        display=display,
        views=views_of(session(), me().user.key, RosterList.INSTITUTIONS),
        may_edit=me().may(Permission.ROSTERS_EDIT),
        past=kept_day() is not None,
        day_kept=kept_day(),
        day_words=day_words,
        **_controls(display),
    )


def _controls(display: Display) -> dict[str, Any]:
    """What the page needs to lead to itself with another order, and to other pages of the list."""
    return {
        "columns": COLUMNS,
        "sizes": SIZES,
        "heads": [(column, _order_of(column)) for column in display.columns],
        "by_name": _order("name"),
        "kept": institution_filters.kept(),
        "query": request.query_string.decode(),
        "to_today": lists.here(day=None, page=None),
        "address": lists.address,
        "imports": _page("imports.index") if me().may(Permission.ROSTERS_EDIT) else "",
    }


def _page(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def _order_of(column: institution_columns.ListColumn) -> tuple[str, str] | None:
    return _order(column.sort.value) if column.sort else None


def _order(key: str) -> tuple[str, str]:
    """Where a head leads, and how the list is sorted by it now."""
    falling = institution_filters.descending()
    if institution_filters.sort().value != key:
        return lists.here(sort=key, order=None, page=None), ""
    other = None if falling else "desc"
    return lists.here(sort=key, order=other, page=None), "descending" if falling else "ascending"


@bp.post("/institutions/columns")
@door(Permission.ROSTERS_READ)
def choose_columns() -> ResponseReturnValue:
    """Let the browser remember which columns are wanted, how dense, and how many rows."""
    answer = redirect(f"{url_for('institutions.index')}?{request.query_string.decode()}", 303)
    institution_columns.remember(
        answer, institution_columns.chosen(), secure=current_app.config["SESSION_COOKIE_SECURE"]
    )
    return answer


# -- one institution ---------------------------------------------------------------------------


@bp.get("/institutions/<int:entry_id>")
@door(Permission.ROSTERS_READ)
def show(entry_id: int) -> ResponseReturnValue:
    """Everything known about an institution, as at any day."""
    return file_page(entry_id)


@bp.get("/institutions/own")
@door(Permission.ROSTERS_READ)
def own() -> ResponseReturnValue:
    """The file of the institution that who asks works for, to read and to check."""
    if not works_for_institution():
        raise NotFound(noun=Noun.INSTITUTION.value)
    entry_id = own_entry()
    return render_template("institutions/none.html") if entry_id is None else file_page(entry_id)


# -- entering, changing, ending ----------------------------------------------------------------


@bp.get("/institutions/new")
@door(Permission.ROSTERS_EDIT)
def new() -> ResponseReturnValue:
    """The form for an institution that is not in the roster."""
    return edit_page(forms.blank(Noun.INSTITUTION, region=own_region()), _entering())


@bp.post("/institutions")
@door(Permission.ROSTERS_EDIT)
def create() -> ResponseReturnValue:
    """Enter an institution."""
    saved = forms.save(Noun.INSTITUTION)
    if saved.faults:
        return edit_page(saved.form, _entering()), UNPROCESSABLE
    return _back(saved.entry_id, "机构已登记。接着登记它的证书、场所和人员。")


def _entering() -> Surroundings:
    return Surroundings(
        "登记机构",
        url_for("institutions.create"),
        "机构名录",
        url_for("institutions.index"),
        "先在名录里搜索一下，确认没有登记过（曾用名也算）。家数多的，用模板整批导入更快。",
    )


@bp.get("/institutions/<int:entry_id>/edit")
@door(Permission.ROSTERS_EDIT)
def edit(entry_id: int) -> ResponseReturnValue:
    """The form to change an institution from a day on."""
    around = _changing(editable(entry_id))
    return edit_page(forms.opened(Noun.INSTITUTION, entry_id), around)


@bp.post("/institutions/<int:entry_id>")
@door(Permission.ROSTERS_EDIT)
def update(entry_id: int) -> ResponseReturnValue:
    """Change it."""
    around = _changing(editable(entry_id))
    saved = forms.save(Noun.INSTITUTION, entry_id)
    if saved.faults:
        return edit_page(saved.form, around), UNPROCESSABLE
    return _back(entry_id, "变更已登记。")


def _changing(one: Named) -> Surroundings:
    return Surroundings(
        f"变更登记：{one.name}",
        url_for("institutions.update", entry_id=one.entry_id),
        one.name,
        url_for("institutions.show", entry_id=one.entry_id),
        "只改有变化的栏目，没有改的照旧。改名、迁址、换代码、调整等级都在这里办；"
        "以前的名称和代码照样查得到。",
    )


@bp.get("/institutions/<int:entry_id>/end")
@door(Permission.ROSTERS_EDIT)
def ask_to_end(entry_id: int) -> ResponseReturnValue:
    """Really take it out of the roster?"""
    around = _ending(editable(entry_id))
    return end_page(ending_form(Noun.INSTITUTION, entry_id), around)


@bp.post("/institutions/<int:entry_id>/end")
@door(Permission.ROSTERS_EDIT)
def end(entry_id: int) -> ResponseReturnValue:
    """Take it out of the roster from a day on."""
    around = _ending(editable(entry_id))
    if faults := forms.end(Noun.INSTITUTION, entry_id):
        return end_page(ending_form(Noun.INSTITUTION, entry_id, faults), around), UNPROCESSABLE
    return _back(entry_id, "机构已移出名录；以前任何一天的名录照旧可查。")


def _ending(one: Named) -> Surroundings:
    return Surroundings(
        f"移出名录：{one.name}",
        url_for("institutions.end", entry_id=one.entry_id),
        one.name,
        url_for("institutions.show", entry_id=one.entry_id),
        "从移出日期起，它不再出现在名录和抽取底册里；证书、记录等仍留在档案中。"
        "停业、注销的，请改“经营状态”而不要移出；登记错误或不再属于监管对象的才移出。",
    )


def _back(entry_id: int, words: str) -> ResponseReturnValue:
    flash(words, "ok")
    return redirect(url_for("institutions.show", entry_id=entry_id), 303)


@bp.post("/institutions/<int:entry_id>/contacts/<int:contact_id>/reveal")
@door(Permission.ROSTERS_READ)
def reveal(entry_id: int, contact_id: int) -> ResponseReturnValue:
    """Show a telephone number or an address in full; who reads it is in the trail."""
    need(Permission.PERSONAL_DATA_READ, place(institution_named(entry_id)))
    field, contact = text("field"), row_on(session(), Noun.CONTACT, contact_id, forms.today())
    with Problems() as problems:
        if field not in REVEALED or contact.institution_id != entry_id:
            raise FormFault(field="form", words="没有这一项。")
        privacy.reveal(
            session(), me().actor, Noun.CONTACT.value, contact_id, field, now(), text("reason")
        )
    if problems.found:
        return file_page(entry_id, problems.found), UNPROCESSABLE
    return file_page(entry_id, revealed={(contact_id, field): getattr(contact, field) or "—"})
