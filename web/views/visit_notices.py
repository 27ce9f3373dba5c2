"""What an institution is told of a check: who comes, when and why, and what it can ask for."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.accounts import names_of
from core.calendar import china_date
from core.errors import NotFound
from core.roles import Permission
from inspections.teams.members import Member
from inspections.teams.notices import NoticeState, get_notice, give_receipt
from inspections.teams.papers import Notice, papers_of_visit
from inspections.teams.recusals import RecusalSide
from inspections.teams.stepping import RecusalDraft, raise_recusal
from rosters.sheets.columns import Column
from web import lists
from web.auth import Door, door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, text
from web.inspections.desk import desk
from web.rosters.exports import table_file
from web.teams.own import OwnNotice, own_notice, own_notices, own_recusals
from web.teams.recusal_calls import call_deciders
from web.words.times import stretch, to_the_second

bp = Blueprint("visit_notices", __name__)

OWN = Permission.OWN_PAPERS_FILE
STATES = {one.value: one.label for one in NoticeState if one is not NoticeState.REPLACED}


@bp.get("/notices/<int:notice_id>")
@door(Door.SIGNED_IN)
def lead(notice_id: int) -> ResponseReturnValue:
    """From a message to the page of its reader, who is asked there who he is."""
    told = get_notice(session(), notice_id)
    if told.is_for_institution:
        return redirect(url_for("visit_notices.show", notice_id=notice_id), 303)
    return redirect(url_for("my_visits.show", visit_id=told.visit_id), 303)


# -- all of them -------------------------------------------------------------------------------


@bp.get("/visit-notices")
@door(OWN)
def index() -> ResponseReturnValue:
    """The notices to my institution, those to confirm first."""
    found = _found()
    paging = lists.Paging(lists.page_number(), len(found), unit="份")
    first = (paging.page - 1) * paging.size
    return render_template(
        "visit_notices/index.html",
        notices=[(one, _days(one)) for one in found[first : first + paging.size]],
        paging=paging,
        states=STATES.items(),
        state=lists.one_of("state", STATES),
        filters=lists.filters("state"),
        address=lists.address,
    )


def _found() -> list[OwnNotice]:
    state = lists.one_of("state", STATES)
    found = [one for one in own_notices() if state in ("", one.state)]
    return sorted(found, key=lambda one: one.state is not NoticeState.SENT)


def _days(one: OwnNotice) -> str:
    return stretch(one.visit.first_day, one.visit.last_day)


COLUMNS = [
    Column("plan", "计划", width=32),
    Column("number", "任务编号"),
    Column("days", "检查日期", width=32),
    Column("sent", "通知时间", width=24),
    Column("state", "状态"),
    Column("received", "回执时间", width=24),
]


@bp.get("/visit-notices/export.<kind>")
@door(OWN)
def export(kind: str) -> ResponseReturnValue:
    """The same as a file."""
    rows = (
        {
            "plan": one.plan.title,
            "number": one.visit.task_number,
            "days": _days(one),
            "sent": to_the_second(one.notice.sent_at),
            "state": one.state.label,
            "received": to_the_second(one.notice.received_at),
        }
        for one in _found()
    )
    return table_file(COLUMNS, rows, "检查通知", kind)


# -- one ---------------------------------------------------------------------------------------


@bp.get("/visit-notices/<int:notice_id>")
@door(OWN)
def show(notice_id: int) -> ResponseReturnValue:
    """The notice: who comes, when, on what basis; rights, and what is to be ready."""
    own = own_notice(notice_id)
    if own.notice.key != notice_id:
        return redirect(url_for("visit_notices.show", notice_id=own.notice.key), 303)
    if own.is_off:
        return render_template("visit_notices/off.html", own=own)
    return render_template(
        "visit_notices/show.html",
        own=own,
        visit=own.visit,
        days=_days(own),
        told=_told(own),
        names=names_of(session(), [own.notice.received_by]),
        recusals=own_recusals(own.visit, own.draw, RecusalSide.INSTITUTION),
        is_over=own.visit.last_day < china_date(now()),
    )


def _told(own: OwnNotice) -> Notice:
    return papers_of_visit(session(), desk(), own.visit.key).notice


@bp.post("/visit-notices/<int:notice_id>/receipt")
@door(OWN)
def receive(notice_id: int) -> ResponseReturnValue:
    """We have received the notice."""
    own_notice(notice_id)
    give_receipt(session(), notice_id, me().actor, now())
    flash("已确认收到。回执记下了您的姓名和时间。", "ok")
    return redirect(url_for("visit_notices.show", notice_id=notice_id), 303)


# -- the right of recusal ----------------------------------------------------------------------


@bp.get("/visit-notices/<int:notice_id>/recusal")
@door(OWN)
def ask(notice_id: int) -> ResponseReturnValue:
    """The form in which an institution says who should not come, and why."""
    return _ask_page(_standing(notice_id), {})


@bp.post("/visit-notices/<int:notice_id>/recusal")
@door(OWN)
def request_recusal(notice_id: int) -> ResponseReturnValue:
    """Ask that somebody does not come; a named person decides."""
    own = _standing(notice_id)
    with Problems() as problems:
        one = _member(own)
        draft = RecusalDraft(
            one.slot, one.card.entry_id, RecusalSide.INSTITUTION, text("reason", 600)
        )
        recusal = raise_recusal(session(), desk(), own.draw.key, draft)
        call_deciders(recusal.key)
    if problems.found:
        return _ask_page(_standing(notice_id), problems.found), UNPROCESSABLE
    flash("回避申请已提出。决定作出后会通知您，并写明理由。", "ok")
    return redirect(url_for("recusal_requests.show", recusal_id=recusal.key), 303)


def _standing(notice_id: int) -> OwnNotice:
    """A notice of a visit that is still to come to its end.

    Raises
    ------
    NoticeNotFound, core.errors.NotFound
    """
    own = own_notice(notice_id)
    if own.is_off or own.visit.last_day < china_date(now()):
        raise NotFound(noun="visit_notice", id=notice_id)
    return own


def _member(own: OwnNotice) -> Member:
    """Who was chosen, by his seat."""
    members = _told(own).sheet.team.members
    found = next((one for one in members if one.slot == text("slot")), None)
    if found is None:
        raise FormFault(field="slot", words="请选择认为应当回避的检查人员。")
    return found


def _ask_page(own: OwnNotice, faults: dict[str, str]) -> str:
    return render_template(
        "visit_notices/recusal.html",
        own=own,
        visit=own.visit,
        members=_told(own).sheet.team.members,
        typed={"slot": text("slot"), "reason": text("reason", 600)},
        faults=faults,
    )
