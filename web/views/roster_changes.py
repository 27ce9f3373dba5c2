"""Changes of the rosters: who made them, what they said; and undoing one as a whole."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from core.calendar import start_of
from core.files import FileStore, attachments_of
from core.roles import NATION, Permission
from core.trail import canonical
from rosters.change_lists import (
    MOST_SHOWN,
    SIZE,
    Sought,
    Stating,
    changes_page,
    reaches_all,
    seen_change,
    statements_in,
    statements_of,
)
from rosters.entries import Noun
from rosters.finding.naming import named
from rosters.statements import NOUN, Change, ChangeKind
from rosters.timeline import PRESENT
from rosters.withdrawals import later_changes, withdraw
from web import lists
from web.auth import door, me, now
from web.database import session
from web.errors import NotPermitted
from web.forms import UNPROCESSABLE, Problems, text
from web.rosters.forms import MOST_REASON, today
from web.rosters.histories import Names, told_value
from web.words.rosters import fact_words, noun_words
from web.words.times import to_the_second

bp = Blueprint("roster_changes", __name__)

SEES = Permission.STATISTICS_READ
"""Changes tell how an institution is rated and why; it does not read them, not even its own."""

KINDS = {kind.value: kind.label for kind in ChangeKind}
STATES = {"standing": "有效", "withdrawn": "已撤销"}
ONE_DAY = timedelta(days=1)
JSON_LINES = "application/jsonl; charset=utf-8"
MOST_IN_FILE = 100_000
OWNERS = ("institution_id", "inspector_id", "person_id", "successor_id")
"""Facts that name whose thing it is."""


@bp.get("/roster-changes")
@door(SEES)
def index() -> ResponseReturnValue:
    """The changes within sight, the newest first; filters stay in the address."""
    number = lists.page_number()
    found = _found(number, SIZE)
    return render_template(
        "roster_changes/index.html",
        changes=found.changes,
        counts=found.counts,
        paging=lists.Paging(number, found.total, SIZE, "次"),
        kinds=KINDS.items(),
        states=STATES.items(),
        args=request.args,
        filters=lists.filters("kind", "state", "q", "since", "until"),
    )


@bp.get("/roster-changes.csv")
@door(SEES)
def export() -> ResponseReturnValue:
    """The same as a file."""
    found = _found(1, lists.MOST_EXPORTED)
    head = ("变更号", "时间", "操作人", "方式", "条数", "理由", "来源", "撤销时间", "撤销人")
    rows = (
        (
            one.key, to_the_second(one.at), one.actor_name, one.kind.label,
            found.counts.get(one.key, 0), one.reason, one.source,
            to_the_second(one.withdrawn_at) if one.withdrawn_at else "", one.withdrawn_by or "",
        )
        for one in found.changes
    )  # fmt: skip
    return lists.csv_file(f"roster-changes-{lists.stamp(now())}.csv", head, rows)


def _found(number: int, size: int) -> Any:
    since, until = lists.day("since"), lists.day("until")
    kind, state = lists.one_of("kind", KINDS), lists.one_of("state", STATES)
    sought = Sought(
        kind=ChangeKind(kind) if kind else None,
        words=lists.text("q"),
        since=start_of(since) if since else None,
        until=start_of(until + ONE_DAY) if until else None,
        withdrawn=state == "withdrawn" if state else None,
    )
    return changes_page(session(), sought, *_sight(), number, size)


def _sight() -> tuple[frozenset[Any], int]:
    mine = me()
    return mine.scopes(Permission.ROSTERS_READ), mine.user.key


# -- one change --------------------------------------------------------------------------------


@bp.get("/roster-changes/<int:change_id>")
@door(SEES)
def show(change_id: int) -> ResponseReturnValue:
    """What a change said, as far as it lies within sight."""
    return _page(seen_change(session(), change_id, *_sight()))


def _page(change: Change, faults: Mapping[str, str] | None = None) -> str:
    found = statements_of(session(), change.key, _sight()[0], MOST_SHOWN + 1)
    names = named(session(), {*_spoken_of(found[:MOST_SHOWN])}, today())
    return render_template(
        "roster_changes/show.html",
        change=change,
        rows=[_row(one, names) for one in found[:MOST_SHOWN]],
        further=len(found) > MOST_SHOWN,
        may_withdraw=_may_withdraw(change),
        later=later_changes(session(), change.key) if _may_withdraw(change) else [],
        faults=faults or {},
        reason=text("reason", 1_000),
    )


def _spoken_of(found: list[Stating]) -> set[int]:
    owners = {one.facts[name] for one in found for name in OWNERS if name in one.facts}
    return owners | {one.entry_id for one in found}


def _row(one: Stating, names: Names) -> dict[str, Any]:
    owner = next((one.facts[name] for name in OWNERS if name in one.facts), None)
    of = names.get(one.entry_id) or (names.get(owner) if owner else None)
    told = [
        (fact_words(one.noun, name), told_value(one.noun, name, value, names))
        for name, value in one.facts.items()
        if name != PRESENT and name not in OWNERS
    ]
    return {
        "noun": noun_words(one.noun),
        "name": of.name if of else f"编号 {one.entry_id}",
        "href": _address(of.noun, of.entry_id) if of else "",
        "takes_effect": one.takes_effect,
        "ended": not one.facts.get(PRESENT, True),
        "facts": [pair for pair in told if pair[1] != "—"] or told,
    }


def _address(noun: Noun, entry_id: int) -> str:
    rooms = {
        Noun.INSTITUTION: "institutions.show",
        Noun.INSPECTOR: "inspectors.show",
        Noun.EXPERT: "experts.show",
    }
    return url_for(rooms[noun], entry_id=entry_id) if noun in rooms else ""


@bp.get("/roster-changes/<int:change_id>/statements.jsonl")
@door(SEES)
def download(change_id: int) -> ResponseReturnValue:
    """All that a change said within sight, a line for each entry; personal facts are masked.

    Of a large change whoever sees all of it gets the file that was kept when it was made.
    """
    change = seen_change(session(), change_id, *_sight())
    kept = attachments_of(session(), NOUN, change.key)
    if kept and NATION in _sight()[0]:
        return send_file(
            _store().path(kept[0].sha256),
            JSON_LINES,
            as_attachment=True,
            download_name=kept[0].name,
        )
    found = statements_of(session(), change.key, _sight()[0], MOST_IN_FILE)
    lines = "".join(_line(one) for one in found)
    answer = Response(lines, content_type=JSON_LINES)
    name = f"名录变更-{change.key}.jsonl"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _store() -> FileStore:
    return FileStore(current_app.extensions["settings"].data_dir / "files")


def _line(one: Stating) -> str:
    facts = {
        "noun": one.noun.value, "entry": one.entry_id,
        "takes_effect": one.takes_effect.isoformat(), "facts": dict(one.facts),
    }  # fmt: skip
    return json.dumps(json.loads(canonical(facts)), ensure_ascii=False) + "\n"


# -- undoing it --------------------------------------------------------------------------------


def _may_withdraw(change: Change) -> bool:
    reach = me().scopes(Permission.ROSTERS_EDIT)
    return bool(reach) and change.withdrawn_at is None and reaches_all(session(), change.key, reach)


@bp.get("/roster-changes/<int:change_id>/withdraw")
@door(Permission.ROSTERS_EDIT)
def ask_to_withdraw(change_id: int) -> ResponseReturnValue:
    """Really undo all of it?"""
    return _asking(_withdrawable(change_id))


@bp.post("/roster-changes/<int:change_id>/withdraw")
@door(Permission.ROSTERS_EDIT)
def make_withdrawn(change_id: int) -> ResponseReturnValue:
    """Undo it: every table is again what it would be without it."""
    change = _withdrawable(change_id)
    reason = text("reason", 1_000)
    faults: dict[str, str] = {}
    if not 0 < len(reason) <= MOST_REASON:
        faults["reason"] = "请写明撤销的理由（不超过 200 字）。"
    else:
        with Problems(faults):
            withdraw(session(), change.key, me().actor, now(), reason)
    if faults:
        return _asking(change, faults), UNPROCESSABLE
    flash("这次变更已经撤销，名录恢复到没有它的样子；变更本身留在历史中。", "ok")
    return redirect(url_for("roster_changes.show", change_id=change_id), 303)


def _withdrawable(change_id: int) -> Change:
    change = seen_change(session(), change_id, *_sight())
    if not reaches_all(session(), change.key, me().scopes(Permission.ROSTERS_EDIT)):
        raise NotPermitted
    return change


def _asking(change: Change, faults: Mapping[str, str] | None = None) -> str:
    return render_template(
        "roster_changes/withdraw.html",
        change=change,
        count=statements_in(session(), change.key),
        later=later_changes(session(), change.key),
        faults=faults or {},
        reason=text("reason", 1_000),
    )
