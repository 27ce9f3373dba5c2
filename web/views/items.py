"""What may be checked at all: both published lists on any day, for everybody; and keeping the
list of random checks.
"""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.roles import NATIONWIDE, Permission
from rosters.entries import Noun
from rosters.finding.entry_lists import check_items, joint_items, versions
from web import lists
from web.auth import Door, door
from web.database import session
from web.rosters import exports
from web.rosters.days import day_asked, kept_day
from web.rosters.forms import may_edit, today
from web.rosters.keeping import Keeping

bp = Blueprint("items", __name__)

LISTS = (Noun.CHECK_ITEM, Noun.JOINT_ITEM)


def _both() -> dict[str, Any]:
    """Both lists on the day of the address, and the days on which they changed."""
    day = day_asked()
    return {
        "check_items": check_items(session(), day),
        "joint_items": joint_items(session(), day),
        "versions": versions(session(), LISTS, max(day, today())),
        "day": day,
        "is_today": kept_day() is None,
        "this_page": lists.here,
    }


@bp.get("/items")
@door(Permission.ROSTERS_READ)
def index() -> ResponseReturnValue:
    """Both lists, for whoever keeps or uses them."""
    return render_template("items/index.html", may_enter=may_edit(NATIONWIDE), **_both())


@bp.get("/published/items")
@door(Door.PUBLIC)
def published() -> ResponseReturnValue:
    """Both lists, for everybody: an item that is not published may not be checked."""
    return render_template("items/published.html", **_both())


@bp.get("/published/items.<kind>")
@door(Door.PUBLIC)
def export(kind: str) -> ResponseReturnValue:
    """The list of random checks as a file, or that of joint supervision (`?list=joint`)."""
    if lists.text("list") == "joint":
        joint = joint_items(session(), day_asked())
        return exports.sheet(Noun.JOINT_ITEM, ((one, {}) for one in joint), kind)
    found = check_items(session(), day_asked())
    return exports.sheet(Noun.CHECK_ITEM, ((one, {}) for one in found), kind)


KEEPING = Keeping(
    Noun.CHECK_ITEM,
    "items",
    "事项清单",
    nationwide=True,
    enter_lead="列入清单并公布的事项才可以检查；没有列入的，机构有权拒绝。",
    end_lead="移出后不得再检查这一事项；修改依据、比例等，请用“变更”。",
)
KEEPING.open(bp, "/items", plain=True)
