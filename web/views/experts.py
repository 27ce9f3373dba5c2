"""Experts: they assist and are never counted as officers; their list, and one of them."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.roles import Permission
from rosters.entries import Noun
from rosters.finding.entry_lists import relations_of
from rosters.finding.naming import named
from rosters.finding.people_lists import all_experts, experts
from web import lists
from web.auth import door, me
from web.database import session
from web.forms import UNPROCESSABLE, Problems, text
from web.rosters import entry_pages, exports
from web.rosters.days import kept_day
from web.rosters.entry_pages import Seen, fact_lines, seen
from web.rosters.histories import histories
from web.rosters.keeping import Keeping
from web.rosters.people_filters import OF_EXPERTS, chips, choices, people_filters, people_sort

bp = Blueprint("experts", __name__)

NOUN = Noun.EXPERT
SIZE = 50
KEPT = ("q", "sort", *(facet.value for facet in OF_EXPERTS))
PERSON = ("expert_no", "employer", "title", "region", "assessor", "fields")
CONTACT = ("phone", "login_name", "remark")


# -- the list ----------------------------------------------------------------------------------


@bp.get("/experts")
@door(Permission.ROSTERS_READ)
def index() -> ResponseReturnValue:
    """Experts within sight on any day; filters stay in the address."""
    filters, sight = people_filters(OF_EXPERTS), me().scopes(Permission.ROSTERS_READ)
    number = lists.page_number()
    found = experts(session(), filters, sight, people_sort(), number, SIZE)
    filtered = choices(OF_EXPERTS, filters, found.counts)
    return render_template(
        "experts/index.html",
        rows=found.rows,
        paging=lists.Paging(number, found.total, SIZE, "人"),
        filtered=filtered,
        chips=chips(filtered),
        words=lists.text("q"),
        kept=lists.filters(*KEPT),
        sort=people_sort(),
        day=filters.day,
        is_today=kept_day() is None,
        may_edit=me().may(Permission.ROSTERS_EDIT),
        this_page=lists.here,
        address=lists.address,
    )


@bp.post("/experts/export")
@door(Permission.ROSTERS_READ)
def export() -> ResponseReturnValue:
    """The list of the address as a file, without telephone numbers."""
    filters, sight = people_filters(OF_EXPERTS), me().scopes(Permission.ROSTERS_READ)
    rows: list[exports.Row] = [(row.expert, {}) for row in all_experts(session(), filters, sight)]
    return exports.people_sheet(NOUN, rows, text("kind"))


# -- one of them -------------------------------------------------------------------------------


@bp.get("/experts/<int:entry_id>")
@door(Permission.ROSTERS_READ)
def show(entry_id: int) -> ResponseReturnValue:
    """Everything about an expert, on any day; personal facts are masked."""
    return _page(seen(NOUN, entry_id))


def _page(
    one: Seen,
    faults: Mapping[str, str] = MappingProxyType({}),
    revealed: Mapping[str, str] = MappingProxyType({}),
) -> str:
    ties = relations_of(session(), one.entry_id, one.day)
    return render_template(
        "experts/show.html",
        one=one,
        row=one.facts.row,
        person=fact_lines(one, PERSON),
        contact=fact_lines(one, CONTACT, revealed),
        revealed=revealed,
        relations=ties,
        institutions=named(session(), [tie.institution_id for tie in ties], one.day),
        history=histories([one.entry_id, *(tie.entry_id for tie in ties)]),
        faults=faults,
        day=one.day,
        is_today=kept_day() is None,
        kept_day=kept_day(),
    )


@bp.post("/experts/<int:entry_id>/reveal")
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
    "experts",
    "专家",
    enter_lead="专家为检查提供技术协助，不计入执法检查人员，不能代替执法人员作出结论。",
    end_lead="移出后不再邀请其协助检查。",
)
KEEPING.open(bp, "/experts")
