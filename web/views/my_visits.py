"""The visits of who asks: when, where, with whom, with which papers; and whom he must not visit."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.calendar import china_date
from core.errors import NotFound
from core.regions import is_region, region_of
from inspections.plan_content import NoticePolicy
from inspections.teams.boards import OwnVisit
from inspections.teams.notices import NoticeState, give_receipt, policy_of
from inspections.teams.recusals import RecusalSide
from inspections.teams.stepping import RecusalDraft, raise_recusal
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from web import lists
from web.auth import Door, door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, Problems, text
from web.inspections.desk import desk
from web.rosters.exports import table_file
from web.teams.calendar_file import KIND, DayEvent, calendar_file
from web.teams.own import notice_to_me, own_person, own_recusals, own_visit, own_visits
from web.teams.recusal_calls import call_deciders
from web.words.times import stretch

bp = Blueprint("my_visits", __name__, url_prefix="/my-visits")

WHEN = {"past": "已结束", "all": "全部"}
"""Which visits are shown; those that are still to come unless told."""


# -- all of them -------------------------------------------------------------------------------


@bp.get("")
@door(Door.SIGNED_IN)
def index() -> ResponseReturnValue:
    """My visits, the next one first."""
    if own_person() is None:
        return render_template("my_visits/nobody.html", login_name=me().user.login_name)
    found = _found()
    paging = lists.Paging(lists.page_number(), len(found), unit="项")
    first = (paging.page - 1) * paging.size
    return render_template(
        "my_visits/index.html",
        visits=[_card(one) for one in found[first : first + paging.size]],
        paging=paging,
        when=lists.one_of("when", WHEN),
        words=lists.text("q"),
        whens=[("", "待检查"), *WHEN.items()],
        filters=lists.filters("when", "q"),
        address=lists.address,
    )


def _found() -> list[OwnVisit]:
    today, when, words = china_date(now()), lists.one_of("when", WHEN), lists.text("q")
    return [
        own
        for own in own_visits()
        if (when == "all" or (own.line.visit.last_day < today) == (when == "past"))
        and (words in own.line.institution.name or words in own.line.visit.task_number)
    ]


def _card(own: OwnVisit) -> dict[str, object]:
    visit, notice = own.line.visit, notice_to_me(own)
    return {
        "own": own,
        "days": stretch(visit.first_day, visit.last_day),
        "left": (visit.first_day - china_date(now())).days,
        "waits": notice is not None and notice.state_beside(notice) is NoticeState.SENT,
    }


COLUMNS = [
    Column("plan", "计划", width=32),
    Column("number", "任务编号"),
    Column("first", "开始日期", Kind.DATE),
    Column("last", "结束日期", Kind.DATE),
    Column("role", "本人职责"),
    Column("name", "被检查机构", width=40),
    Column("address", "地址", width=40),
    Column("organ", "执行机关", width=24),
]


@bp.get("/export.<kind>")
@door(Door.SIGNED_IN)
def export(kind: str) -> ResponseReturnValue:
    """The same as a table."""
    rows = [_row(own) for own in _found()]
    return table_file(COLUMNS, rows, "我的检查", kind)


def _row(own: OwnVisit) -> dict[str, Value]:
    return {
        "plan": own.plan.title,
        "number": own.line.visit.task_number,
        "first": own.line.visit.first_day,
        "last": own.line.visit.last_day,
        "role": own.me.role,
        "name": own.line.institution.name,
        "address": own.line.institution.address,
        "organ": own.line.organ,
    }


@bp.get("/calendar.ics")
@door(Door.SIGNED_IN)
def calendar() -> ResponseReturnValue:
    """All that is to come as a calendar file, or one visit of it."""
    only, today = lists.number("visit"), china_date(now())
    events = [
        _event(own)
        for own in own_visits()
        if own.line.visit.last_day >= today and only in (None, own.line.visit.key)
    ]
    answer = Response(calendar_file(events, now()), content_type=KIND)
    answer.headers.set("Content-Disposition", "attachment", filename="my-visits.ics")
    return answer


def _event(own: OwnVisit) -> DayEvent:
    """Calendars leave the house: whom an unannounced visit is to is not in them."""
    visit, institution = own.line.visit, own.line.institution
    told = policy_of(session(), own.draw) is NoticePolicy.NOTIFIED
    place = institution.address if told else _region(institution.region)
    return DayEvent(
        uid=f"{(own.draw.certificate_sha256 or '')[:32]}-{visit.task_number}",
        version=visit.version,
        first=visit.first_day,
        last=visit.last_day,
        title=f"检查任务 {visit.task_number}" + (f"：{institution.name}" if told else ""),
        place=place,
        notes=f"{own.plan.title}\n执行机关：{own.line.organ}\n本人职责：{own.me.role}",
    )


def _region(code: str) -> str:
    return region_of(code).path if is_region(code) else ""


# -- one ---------------------------------------------------------------------------------------


@bp.get("/<int:visit_id>")
@door(Door.SIGNED_IN)
def show(visit_id: int) -> ResponseReturnValue:
    """A visit of mine, with the team and the papers."""
    own = own_visit(visit_id)
    visit, notice = own.line.visit, notice_to_me(own)
    return render_template(
        "my_visits/show.html",
        own=own,
        visit=visit,
        days=stretch(visit.first_day, visit.last_day),
        notice=notice,
        waits=notice is not None and notice.received_at is None,
        recusals=_declared(own),
        is_over=visit.last_day < china_date(now()),
        unannounced=policy_of(session(), own.draw) is NoticePolicy.UNANNOUNCED,
    )


def _declared(own: OwnVisit) -> list[object]:
    """What I have declared about this visit."""
    found = own_recusals(own.line.visit, own.draw, RecusalSide.INSPECTOR)
    return [line for line in found if line.recusal.person_id == own.me.card.entry_id]


@bp.post("/<int:visit_id>/receipt")
@door(Door.SIGNED_IN)
def receive(visit_id: int) -> ResponseReturnValue:
    """I have received the notice."""
    own = own_visit(visit_id)
    if (notice := notice_to_me(own)) is None:
        raise NotFound(noun="visit_notice")
    give_receipt(session(), notice.key, me().actor, now())
    flash("已确认收到，计划员可以看到。", "ok")
    return redirect(url_for("my_visits.show", visit_id=visit_id), 303)


# -- an interest -------------------------------------------------------------------------------


@bp.get("/<int:visit_id>/interest")
@door(Door.SIGNED_IN)
def ask(visit_id: int) -> ResponseReturnValue:
    """The form in which I say why I must not go."""
    return _ask_page(own_visit(visit_id), {})


@bp.post("/<int:visit_id>/interest")
@door(Door.SIGNED_IN)
def declare(visit_id: int) -> ResponseReturnValue:
    """Declare an interest; somebody else decides on it."""
    own = own_visit(visit_id)
    with Problems() as problems:
        draft = RecusalDraft(
            own.me.slot, own.me.card.entry_id, RecusalSide.INSPECTOR, text("reason", 600)
        )
        recusal = raise_recusal(session(), desk(), own.draw.key, draft)
        call_deciders(recusal.key)
    if problems.found:
        return _ask_page(own_visit(visit_id), problems.found), UNPROCESSABLE
    flash("已申报，等待决定。决定作出以前，您仍在这个检查组内。", "ok")
    return redirect(url_for("my_visits.show", visit_id=visit_id), 303)


def _ask_page(own: OwnVisit, faults: dict[str, str]) -> str:
    return render_template(
        "my_visits/interest.html",
        own=own,
        visit=own.line.visit,
        reason=text("reason", 600),
        faults=faults,
    )
