"""Inspectors: the list with its filters, one of them with all that bears on sending him."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.roles import Permission
from rosters.entries import Noun
from rosters.finding.entry_lists import leaves_of, relations_of
from rosters.finding.naming import named
from rosters.finding.people_lists import all_inspectors, inspectors
from web import lists
from web.auth import door, me
from web.database import session
from web.forms import UNPROCESSABLE, Problems, text
from web.rosters import entry_pages, exports
from web.rosters.days import kept_day
from web.rosters.entry_pages import Seen, fact_lines, seen
from web.rosters.histories import histories
from web.rosters.keeping import Keeping
from web.rosters.licences import MARKS, licences
from web.rosters.people_filters import (
    OF_INSPECTORS,
    chips,
    choices,
    people_filters,
    people_sort,
)

bp = Blueprint("inspectors", __name__)

NOUN = Noun.INSPECTOR
SIZE = 50
KEPT = ("q", "sort", *(facet.value for facet in OF_INSPECTORS))
PERSON = ("staff_no", "department_id", "region", "level", "post", "leader", "duty")
FITNESS = ("fields", "qualifications", "home_region")
CONTACT = ("phone", "login_name", "remark")


# -- the list ----------------------------------------------------------------------------------


@bp.get("/inspectors")
@door(Permission.ROSTERS_READ)
def index() -> ResponseReturnValue:
    """Inspectors within sight on any day; filters stay in the address."""
    filters, sight = people_filters(OF_INSPECTORS), me().scopes(Permission.ROSTERS_READ)
    number = lists.page_number()
    found = inspectors(session(), filters, sight, people_sort(), number, SIZE)
    filtered = choices(OF_INSPECTORS, filters, found.counts)
    return render_template(
        "inspectors/index.html",
        rows=found.rows,
        paging=lists.Paging(number, found.total, SIZE, "人"),
        filtered=filtered,
        chips=chips(filtered),
        words=lists.text("q"),
        kept=lists.filters(*KEPT),
        sort=people_sort(),
        marks=MARKS,
        day=filters.day,
        is_today=kept_day() is None,
        may_edit=me().may(Permission.ROSTERS_EDIT),
        this_page=lists.here,
        address=lists.address,
    )


@bp.post("/inspectors/export")
@door(Permission.ROSTERS_READ)
def export() -> ResponseReturnValue:
    """The list of the address as a file, without telephone numbers."""
    filters, sight = people_filters(OF_INSPECTORS), me().scopes(Permission.ROSTERS_READ)
    found = all_inspectors(session(), filters, sight)
    rows = [(row.inspector, {"department": row.department or None}) for row in found]
    return exports.people_sheet(NOUN, rows, text("kind"))


# -- one of them -------------------------------------------------------------------------------


@bp.get("/inspectors/<int:entry_id>")
@door(Permission.ROSTERS_READ)
def show(entry_id: int) -> ResponseReturnValue:
    """Everything about an inspector, on any day; personal facts are masked."""
    return _page(seen(NOUN, entry_id))


def _page(
    one: Seen,
    faults: Mapping[str, str] = MappingProxyType({}),
    revealed: Mapping[str, str] = MappingProxyType({}),
) -> str:
    away = leaves_of(session(), one.entry_id, one.day)
    ties = relations_of(session(), one.entry_id, one.day)
    return render_template(
        "inspectors/show.html",
        one=one,
        row=one.facts.row,
        person=fact_lines(one, PERSON),
        fitness=fact_lines(one, FITNESS),
        contact=fact_lines(one, CONTACT, revealed),
        revealed=revealed,
        licences=licences(one.facts.row, one.day),
        leaves=away,
        relations=ties,
        institutions=named(session(), [tie.institution_id for tie in ties], one.day),
        history=histories([one.entry_id, *(each.entry_id for each in (*away, *ties))]),
        faults=faults,
        day=one.day,
        is_today=kept_day() is None,
        kept_day=kept_day(),
    )


@bp.post("/inspectors/<int:entry_id>/reveal")
@door(Permission.ROSTERS_READ)
def reveal(entry_id: int) -> ResponseReturnValue:
    """Show the telephone number in full; who reads it, and what for, is in the trail."""
    one, problems = seen(NOUN, entry_id), Problems()
    clear = entry_pages.reveal(one, "phone", problems)
    if problems.found:
        return _page(seen(NOUN, entry_id), problems.found), UNPROCESSABLE
    return _page(one, revealed=clear)


# -- changing ----------------------------------------------------------------------------------


KEEPING = Keeping(
    NOUN,
    "inspectors",
    "检查人员",
    enter_lead="只有持有行政执法证件的人员可以检查；协助检查的技术专家请登记在“专家”中。",
    end_lead="移出后不再参加派组。暂时借调或离岗的，只改“在岗状态”就可以，以便日后恢复。",
)
KEEPING.open(bp, "/inspectors")
