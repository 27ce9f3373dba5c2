"""A department and the teams: where its people go, what keeps them, and how much each bears."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.roles import Permission, Place
from inspections.plans import place_of
from web import lists
from web.auth import door, me
from web.database import session
from web.rosters.exports import table_file
from web.teams.departments import (
    COLUMNS,
    SORTING,
    Duty,
    Sending,
    department_board,
    department_in_charge,
    departments_in_charge,
    file_rows,
    sendings,
)

bp = Blueprint("department_teams", __name__, url_prefix="/department-teams")

DOOR = Permission.VISITS_READ
UNFIT = {"unfit": "不能参加的"}


@bp.get("")
@door(DOOR)
def index() -> ResponseReturnValue:
    """The departments in my charge; the page of the only one at once."""
    all_of_them, words = departments_in_charge(), lists.text("q")
    if len(all_of_them) == 1:
        (only,) = all_of_them
        return redirect(url_for("department_teams.show", department_id=only.entry_id), 303)
    found = [one for one in all_of_them if words in one.name]
    paging = lists.Paging(lists.page_number(), len(found), unit="个")
    first = (paging.page - 1) * paging.size
    return render_template(
        "department_teams/index.html",
        departments=found[first : first + paging.size],
        paging=paging,
        words=words,
        any=bool(all_of_them),
    )


@bp.get("/<int:department_id>")
@door(DOOR)
def show(department_id: int) -> ResponseReturnValue:
    """The people of a department in the teams of a plan."""
    department, chosen = department_in_charge(department_id), _chosen()
    if chosen is None:
        return render_template("department_teams/none.html", department=department)
    board = department_board(department, chosen)
    found, page = _wanted(board.duties), lists.page_number()
    return render_template(
        "department_teams/show.html",
        department=department,
        sendings=sendings(),
        chosen=chosen,
        board=board,
        shown=found[(page - 1) * lists.SIZE : page * lists.SIZE],
        paging=lists.Paging(page, len(found), unit="人次"),
        heads=SORTING.heads(),
        unfit=sum(bool(one.why) for one in board.duties),
        words=lists.text("q"),
        state=lists.one_of("state", UNFIT),
        states=UNFIT.items(),
        kept=lists.filters("plan", "q", "state", "sort", "order"),
        address=lists.address,
        may_enter=me().may(Permission.ROSTERS_EDIT, Place(region=department.region)),
        may_decide=me().may(Permission.DRAWS_HOLD, place_of(session(), chosen.plan)),
    )


@bp.get("/<int:department_id>/export.<kind>")
@door(DOOR)
def export(department_id: int, kind: str) -> ResponseReturnValue:
    """The same as a file."""
    department, chosen = department_in_charge(department_id), _chosen()
    if chosen is None:
        raise NotFound(noun="draw")
    duties = _wanted(department_board(department, chosen).duties)
    return table_file(COLUMNS, file_rows(duties), f"{department.name}派出人员", kind)


def _chosen() -> Sending | None:
    """The plan of the address; else the newest that has teams."""
    found, wanted = sendings(), lists.number("plan")
    if wanted is None:
        return found[0] if found else None
    return next((one for one in found if one.plan.key == wanted), None)


def _wanted(duties: list[Duty]) -> list[Duty]:
    words, unfit = lists.text("q"), bool(lists.one_of("state", UNFIT))
    return SORTING.ordered(
        one
        for one in duties
        if (not unfit or one.why)
        and any(
            words in text
            for text in (
                one.member.card.name,
                one.line.visit.task_number,
                one.line.institution.name,
            )
        )
    )
