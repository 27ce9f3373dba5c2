"""Relations that ask for recusal: the list, and keeping those that the authority enters."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.roles import Permission, Place
from rosters.entries import Noun
from rosters.finding.entry_lists import RelationFilters, relations
from rosters.finding.naming import Named, named
from rosters.relations import Relation, RelationKind
from rosters.sheets.cells import Value
from web import lists
from web.auth import door, me
from web.database import session
from web.forms import UNPROCESSABLE, text
from web.rosters import exports, forms
from web.rosters.days import day_asked, kept_day
from web.rosters.entry_pages import Seen, seen
from web.rosters.inputs import Input, inputs
from web.rosters.keeping import Keeping
from web.rosters.surroundings import Surroundings, edit_page

bp = Blueprint("relations", __name__)

NOUN = Noun.RELATION
KINDS = {kind.value: kind for kind in RelationKind}
SOURCES = {"yes": "本人申报", "no": "单位登记"}
FILTERS = ("q", "kind", "declared", "person", "institution")
MOST = 100_000
EDIT = Permission.ROSTERS_EDIT


@dataclass(frozen=True)
class Line:
    """A relation with the names of both sides, and whether who asks may change it."""

    relation: Relation
    person: Named | None
    institution: Named | None
    may_edit: bool


# -- the list ----------------------------------------------------------------------------------


def _filters() -> RelationFilters:
    kind, declared = lists.one_of("kind", KINDS), lists.one_of("declared", SOURCES)
    return RelationFilters(
        day_asked(),
        lists.text("q"),
        KINDS[kind] if kind else None,
        {"yes": True, "no": False}.get(declared),
        lists.number("person"),
        lists.number("institution"),
    )


def _lines(found: Sequence[Relation]) -> list[Line]:
    keys = {key for one in found for key in (one.person_id, one.institution_id)}
    names = named(session(), keys, day_asked())
    return [_line(one, names.get(one.person_id), names.get(one.institution_id)) for one in found]


def _line(one: Relation, person: Named | None, institution: Named | None) -> Line:
    place = Place(region=person.region if person else "")
    return Line(one, person, institution, forms.may_edit(place))


@bp.get("/relations")
@door(Permission.ROSTERS_READ)
def index() -> ResponseReturnValue:
    """Relations of the people within sight on any day."""
    sight, number = me().scopes(Permission.ROSTERS_READ), lists.page_number()
    found, total = relations(session(), _filters(), sight, number, lists.SIZE)
    return render_template(
        "relations/index.html",
        rows=_lines(found),
        paging=lists.Paging(number, total),
        kinds=[(kind.value, kind.label) for kind in RelationKind],
        sources=SOURCES.items(),
        args={name: lists.text(name) for name in FILTERS},
        kept=lists.filters(*FILTERS),
        day=day_asked(),
        is_today=kept_day() is None,
        may_enter=me().may(EDIT),
        this_page=lists.here,
        address=lists.address,
    )


@bp.post("/relations/export")
@door(Permission.ROSTERS_READ)
def export() -> ResponseReturnValue:
    """The list of the address as a file."""
    sight = me().scopes(Permission.ROSTERS_READ)
    found, _ = relations(session(), _filters(), sight, 1, MOST)
    return exports.people_sheet(NOUN, [_sheet_row(line) for line in _lines(found)], text("kind"))


def _sheet_row(line: Line) -> exports.Row:
    more: dict[str, Value] = {}
    if line.person:
        more |= {"person_no": line.person.number, "person_name": line.person.name}
    if line.institution:
        code = line.institution.number or None
        more |= {"institution_code": code, "institution_name": line.institution.name}
    return line.relation, more


# -- entering ----------------------------------------------------------------------------------

KNOWN = {"person": "person_id", "institution": "institution_id"}
"""What the address may say already, and which fact that is."""


def _given() -> dict[str, Seen]:
    """The person or the institution that the form is about from the start, by its fact."""
    found = {}
    if (person := lists.number("person")) is not None:
        called = named(session(), [person], forms.today()).get(person)
        noun = called.noun if called else Noun.INSPECTOR
        found["person_id"] = seen(noun, person, EDIT)
    if (institution := lists.number("institution")) is not None:
        found["institution_id"] = seen(Noun.INSTITUTION, institution)
    return found


def _fields(given: dict[str, Seen]) -> tuple[Input, ...]:
    return inputs(NOUN, without=(*given, "declared"))


def _entering(given: dict[str, Seen]) -> Surroundings:
    labels = {"person_id": "人员", "institution_id": "机构"}
    return Surroundings(
        "登记利害关系",
        lists.address("relations.create", **lists.filters(*KNOWN)),
        *_way_back(given),
        "登记之后，派组时此人不会被派去检查这家机构。",
        tuple((labels[name], one.facts.row.name) for name, one in given.items()),
    )


def _way_back(given: dict[str, Seen]) -> tuple[str, str]:
    if (person := given.get("person_id")) is None:
        return "利害关系", url_for("relations.index")
    return person.facts.row.name, _page_of(person)


def _page_of(person: Seen) -> str:
    room = "experts" if person.noun is Noun.EXPERT else "inspectors"
    return url_for(f"{room}.show", entry_id=person.entry_id)


@bp.get("/relations/new")
@door(EDIT)
def new() -> ResponseReturnValue:
    """The form of a new relation, perhaps of a person or an institution that is known already."""
    given = _given()
    return edit_page(forms.blank(NOUN, _fields(given)), _entering(given))


@bp.post("/relations")
@door(EDIT)
def create() -> ResponseReturnValue:
    """Enter a relation."""
    given = _given()
    around, known = _entering(given), {name: one.entry_id for name, one in given.items()}
    saved = forms.save(NOUN, None, _fields(given), given=known)
    if saved.faults:
        return edit_page(saved.form, around), UNPROCESSABLE
    flash("利害关系已登记。", "ok")
    return redirect(around.back_to, 303)


# -- changing ----------------------------------------------------------------------------------


def _called(one: Seen) -> str:
    row = one.facts.row
    names = named(session(), [row.person_id, row.institution_id], one.day)
    both = (names.get(row.person_id), names.get(row.institution_id))
    return "与".join(each.name for each in both if each)


KEEPING = Keeping(
    NOUN,
    "relations",
    "利害关系",
    without=("person_id", "institution_id", "declared"),
    called=_called,
    end_lead="移出后，派组时不再回避。关系已经结束的，一般只填“终止日期”，不必移出。",
)
KEEPING.open(bp, "/relations", enters=False)


@bp.get("/relations/<int:entry_id>")
@door(Permission.ROSTERS_READ)
def show(entry_id: int) -> ResponseReturnValue:
    """A relation, for whoever may see the person."""
    return KEEPING.show(entry_id, Permission.ROSTERS_READ)
