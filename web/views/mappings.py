"""How the three vocabularies of fields stand for each other on any day; for everybody to read."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.roles import NATIONWIDE, Permission
from rosters.entries import Noun
from rosters.finding.entry_lists import mappings, versions
from rosters.sheets.columns import Column
from rosters.vocabularies import TERMS, FieldMapping, Vocabulary
from web import lists
from web.auth import Door, door
from web.database import session
from web.rosters import exports
from web.rosters.days import day_asked, kept_day
from web.rosters.entry_pages import Seen
from web.rosters.forms import may_edit, today
from web.rosters.keeping import Keeping

bp = Blueprint("mappings", __name__)

NOUN = Noun.FIELD_MAPPING
VOCABULARIES = {one.value: one for one in Vocabulary}
FILTERS = ("source", "target", "term")
COLUMNS = [
    Column("source", "原体系", width=18),
    Column("source_term", "原领域", width=28),
    Column("target", "对应体系", width=18),
    Column("target_term", "对应领域", width=28),
    Column("note", "说明", width=40),
    Column("since", "自何日起", width=14),
]


def _found() -> list[FieldMapping]:
    source, target = (lists.one_of(name, VOCABULARIES) for name in ("source", "target"))
    return mappings(
        session(),
        day_asked(),
        source=VOCABULARIES.get(source),
        target=VOCABULARIES.get(target),
        term=lists.text("term"),
    )


def _told() -> dict[str, Any]:
    """The table on the day of the address, and what the page tells beside it."""
    rows = _found()
    known = {(one.source, one.source_term) for one in rows} | {
        (one.target, one.target_term) for one in rows
    }
    return {
        "rows": rows,
        "terms": [(one, TERMS[one]) for one in Vocabulary],
        "known": known,
        "vocabularies": [(one.value, one.label) for one in Vocabulary],
        "versions": versions(session(), [NOUN], max(day_asked(), today())),
        "args": {name: lists.text(name) for name in FILTERS},
        "kept": lists.filters(*FILTERS),
        "day": day_asked(),
        "is_today": kept_day() is None,
        "this_page": lists.here,
        "address": lists.address,
    }


@bp.get("/mappings")
@door(Permission.ROSTERS_READ)
def index() -> ResponseReturnValue:
    """The three vocabularies beside each other, and which term stands for which."""
    return render_template("mappings/index.html", may_enter=may_edit(NATIONWIDE), **_told())


@bp.get("/published/mappings")
@door(Door.PUBLIC)
def published() -> ResponseReturnValue:
    """The same, for everybody."""
    return render_template("mappings/published.html", **_told())


@bp.get("/published/mappings.<kind>")
@door(Door.PUBLIC)
def export(kind: str) -> ResponseReturnValue:
    """The table as a file."""
    rows = (
        {
            "source": one.source.label,
            "source_term": one.source_term,
            "target": one.target.label,
            "target_term": one.target_term,
            "note": one.note or None,
            "since": one.since.isoformat(),
        }
        for one in _found()
    )
    return exports.table_file(COLUMNS, rows, "领域对照表", kind)


def _called(one: Seen) -> str:
    row: FieldMapping = one.facts.row
    return f"{row.source_term} → {row.target_term}"


KEEPING = Keeping(
    NOUN,
    "mappings",
    "领域对照",
    nationwide=True,
    without=("source", "target"),
    called=_called,
    enter_lead="没有官方的对照表；这里的对照由总局计划员维护并公布，统计和抽查按当日的对照换算。",
    end_lead="移出后，从那一天起不再这样换算；以前日期的换算不变。",
)
KEEPING.open(bp, "/mappings", plain=True)
