"""The quality of the rosters: which faults there are, where, what they mean, how to mend them."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.roles import Permission
from rosters.finding.naming import PEOPLE
from rosters.quality.counts import counts, faulty_entries
from rosters.quality.faults import KINDS, kind_of
from web import lists
from web.auth import door, me
from web.database import session
from web.forms import text
from web.rosters import quality_pages
from web.rosters.charts import tile_map
from web.rosters.days import day_asked, kept_day
from web.rosters.exports import KINDS as FILES
from web.rosters.exports import record_people, table_file
from web.rosters.quality_pages import PROVINCES, by_noun, by_province, place_asked

bp = Blueprint("quality", __name__)

MOST_EXPORTED = lists.MOST_EXPORTED


@bp.get("/quality")
@door(Permission.STATISTICS_READ)
def index() -> ResponseReturnValue:
    """All kinds of faults with their numbers, and where they are."""
    place, found = place_asked(), counts(session(), day_asked(), _scopes())
    shown = quality_pages.of_place(found, place)
    return render_template(
        "quality/index.html",
        nouns=by_noun(shown),
        total=sum(shown.values()),
        most=max(shown.values()),
        sound=sum(not number for number in shown.values()),
        kinds=len(KINDS),
        provinces=by_province(found),
        map=tile_map(quality_pages.sums(found)),
        place=place,
        **_day(),
    )


@bp.get("/quality/<code>")
@door(Permission.STATISTICS_READ)
def show(code: str) -> ResponseReturnValue:
    """One kind: what it means, how to mend it, and the entries that have it."""
    kind, place, day = kind_of(code), place_asked(), day_asked()
    numbers = counts(session(), day, _scopes())[kind.code]
    page = lists.page_number()
    found, total = faulty_entries(
        session(), kind, day, _scopes(), place.province, place.nowhere,
        (page - 1) * lists.SIZE, lists.SIZE,
    )  # fmt: skip
    return render_template(
        "quality/show.html",
        kind=kind,
        rows=quality_pages.rows(kind, found, day),
        paging=lists.Paging(page, total),
        numbers=numbers,
        map=tile_map({region: n for region, n in numbers.items() if region is not None}),
        place=place,
        provinces=[(code, words) for code, words in PROVINCES if _has(numbers, code)],
        **_day(),
    )


def _has(numbers: Any, code: str) -> bool:
    return any((region.code if region else quality_pages.NOWHERE) == code for region in numbers)


@bp.post("/quality/export")
@door(Permission.STATISTICS_READ)
def export() -> ResponseReturnValue:
    """The numbers of all kinds in all provinces as a file."""
    found = counts(session(), day_asked(), _scopes())
    rows = quality_pages.table_of(found)
    return table_file(quality_pages.COLUMNS, rows, "名录数据质量", text("kind"))


@bp.post("/quality/<code>/export")
@door(Permission.STATISTICS_READ)
def export_entries(code: str) -> ResponseReturnValue:
    """The entries with a fault as a file."""
    kind, place, day = kind_of(code), place_asked(), day_asked()
    if text("kind") not in FILES:
        raise NotFound(noun="file")
    found, _ = faulty_entries(
        session(), kind, day, _scopes(), place.province, place.nowhere, most=MOST_EXPORTED
    )
    rows = quality_pages.rows(kind, found, day)
    if kind.noun in PEOPLE:
        record_people(kind.noun, len(rows))
    told = (quality_pages.values(kind, row) for row in rows)
    return table_file(quality_pages.ENTRY_COLUMNS, told, f"待补正-{kind.label}", text("kind"))


def _scopes() -> Any:
    return me().scopes(Permission.ROSTERS_READ)


def _day() -> dict[str, Any]:
    return {
        "day": day_asked(),
        "is_today": kept_day() is None,
        "kept_day": kept_day(),
        "this_page": lists.here,
        "kept": lists.filters("province"),
    }
