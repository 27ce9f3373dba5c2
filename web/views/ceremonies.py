"""Draws as officials hold them: announced, fixed, revealed, drawn, published."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from core.calendar import china_date
from core.errors import NotFound
from core.roles import Permission
from inspections.ceremonies import Announcement, announce, open_reveals
from inspections.draw_papers import read_whole
from inspections.draws import Draw, DrawReason, DrawState, draws_of
from inspections.frames import frames_of
from inspections.holding import hold, publish
from inspections.motions import move_void, move_without, open_motions
from inspections.plans import Plan, PlanState, get_plan, place_of, published_version, versions_of
from inspections.reveals import type_in
from inspections.sources import withdraw_source
from inspections.subjects import Subject
from inspections.substitutions import substitutions_of
from inspections.teams.tasks import listed_draw
from web import lists
from web.auth import door, me, need, now
from web.database import session
from web.entrance.qr import qr_code
from web.forms import UNPROCESSABLE, WHOLE, FormFault, Problems, day, text
from web.inspections.calls import call_second
from web.inspections.ceremony_sight import Sight, sight_of, to_hold, to_sign
from web.inspections.desk import desk
from web.inspections.draw_jobs import ask_to_commit, ask_to_freeze
from web.inspections.plan_pages import list_page
from web.inspections.source_form import (
    KINDS,
    SourceLine,
    drafts_for,
    empty_lines,
    typed_lines,
)
from web.inspections.witness_codes import code_of, in_groups, link_of, public_address

bp = Blueprint("ceremonies", __name__, url_prefix="/ceremonies")

LEAST_MINUTES, MOST_MINUTES, USUAL_MINUTES = 5, 7 * 24 * 60, 60
REASONS = [(reason.value, reason.label) for reason in DrawReason]


# -- the list, and a new one -------------------------------------------------------------------


@bp.get("")
@door(Permission.PLANS_READ)
def index() -> ResponseReturnValue:
    """Plans with their draws, the newest year first."""
    return list_page("ceremonies/index.html", _row)


def _row(plan: Plan) -> dict[str, object]:
    place = place_of(session(), plan)
    inside = me().may(Permission.PLANS_READ, place)
    draws = draws_of(session(), plan.key) if inside else []
    teams = draws_of(session(), plan.key, Subject.TEAMS) if inside else []
    published = any(v.state is PlanState.PUBLISHED for v in versions_of(session(), plan.key))
    free = all(draw.state is DrawState.VOID for draw in draws)
    may = published and free and me().may(Permission.DRAWS_HOLD, place)
    pairs = [(draw, len(open_motions(session(), draw.key))) for draw in [*draws, *teams]]
    return {"plan": plan, "draws": pairs, "published": published, "may_begin": may}


@bp.get("/new")
@door(Permission.DRAWS_HOLD)
def new() -> ResponseReturnValue:
    """Announce a draw of a published plan: first its frozen roster, then its sources."""
    return _new_page(_plan(lists.number("plan") or 0), empty_lines(), {})


def _plan(plan_id: int) -> Plan:
    plan = get_plan(session(), plan_id)
    need(Permission.DRAWS_HOLD, place_of(session(), plan))
    return plan


def _new_page(plan: Plan, lines: list[SourceLine], faults: dict[str, str]) -> str:
    version = published_version(session(), plan.key)
    before = draws_of(session(), plan.key)
    return render_template(
        "ceremonies/new.html",
        plan=plan,
        version=version,
        frames=frames_of(session(), version.key),
        before=before,
        under_way=next((draw for draw in before if draw.state is not DrawState.VOID), None),
        lines=lines,
        kinds=KINDS,
        faults=faults,
        opens_on=text("opens_on"),
    )


@bp.post("/frames")
@door(Permission.DRAWS_HOLD)
def freeze() -> ResponseReturnValue:
    """Freeze the roster for the published version of a plan; a worker does it."""
    plan = _plan(int(text("plan")) if text("plan").isdigit() else 0)
    version = published_version(session(), plan.key)
    job = ask_to_freeze(session(), version.key, me().actor, now())
    return redirect(url_for("jobs.show", job_id=job.number), 303)


@bp.post("")
@door(Permission.DRAWS_HOLD)
def create() -> ResponseReturnValue:
    """Announce the draw and its sources."""
    plan = _plan(int(text("plan")) if text("plan").isdigit() else 0)
    lines = typed_lines()
    with Problems() as problems:
        version = published_version(session(), plan.key)
        frame_id = int(text("frame")) if text("frame").isdigit() else 0
        told = Announcement(version.key, frame_id, drafts_for(plan, lines), _day("opens_on"))
        draw = announce(session(), told, desk())
    if problems.found:
        return _new_page(plan, lines, problems.found), UNPROCESSABLE
    flash("已公布随机数来源。请把见证链接交给各位见证人，等他们逐一封存。", "ok")
    return _back(draw.key)


def _day(name: str) -> date | None:
    return day(name) if text(name) else None


def _back(draw_id: int) -> ResponseReturnValue:
    return redirect(url_for("ceremonies.show", draw_id=draw_id), 303)


# -- one draw ----------------------------------------------------------------------------------


@bp.get("/<int:draw_id>")
@door(Permission.PLANS_READ)
def show(draw_id: int) -> ResponseReturnValue:
    """Where the draw stands, and the next step."""
    return _page(sight_of(draw_id), {})


def _page(sight: Sight, faults: dict[str, str]) -> str:
    return render_template(
        "ceremonies/show.html",
        sight=sight,
        draw=sight.draw,
        state=sight.draw.state.value,
        others=_others(sight.draw),
        replaced=substitutions_of(session(), sight.draw.key) if sight.knows else [],
        listed=listed_draw(session(), sight.task) if sight.task else sight.draw,
        faults=faults,
        minutes=text("minutes") or USUAL_MINUTES,
        now=now(),
        today=china_date(now()),
        me_id=me().user.key,
    )


def _others(draw: Draw) -> list[Draw]:
    """The other draws of the same plan and subject."""
    found = draws_of(session(), draw.plan_id, draw.subject)
    return [other for other in found if other.key != draw.key]


@bp.get("/<int:draw_id>/links")
@door(Permission.DRAWS_HOLD)
def links(draw_id: int) -> ResponseReturnValue:
    """A paper for each witness: link, picture and code; made to be printed and cut."""
    sight = to_hold(draw_id)
    codes = [(s, code_of(sight.draw, s)) for s in sight.sources if s.is_witness]
    return render_template(
        "ceremonies/links.html",
        sight=sight,
        papers=[
            (source, in_groups(code), link_of(code), qr_code(link_of(code))) if code
            else (source, "", "", "")
            for source, code in codes
        ],
        entrance=public_address(url_for("witnesses.ask")),
    )  # fmt: skip


@bp.post("/<int:draw_id>/sources/<int:source_id>/withdrawal")
@door(Permission.DRAWS_HOLD)
def withdraw(draw_id: int, source_id: int) -> ResponseReturnValue:
    """Go without a source that will not come, before the commitment."""
    sight = _with_source(draw_id, source_id)
    with Problems() as problems:
        withdraw_source(session(), source_id, me().actor, now())
    return _done(sight, problems, "已撤下这个来源。")


@bp.post("/<int:draw_id>/commitment")
@door(Permission.DRAWS_HOLD)
def fix(draw_id: int) -> ResponseReturnValue:
    """Work the chances out and publish the commitment; a worker does it."""
    sight = to_hold(draw_id)
    with Problems() as problems:
        minutes = _minutes()
        sight.draw.must_be(DrawState.ANNOUNCED)
        if sight.unpromised:
            raise FormFault(
                field=WHOLE, words=f"还没有封存的见证人：{'、'.join(sight.unpromised)}。"
            )
        job = ask_to_commit(session(), draw_id, minutes, me().actor, now())
    if problems.found:
        return _page(sight_of(draw_id), problems.found), UNPROCESSABLE
    return redirect(url_for("jobs.show", job_id=job.number), 303)


def _minutes() -> int:
    told = text("minutes")
    if not told.isdigit() or not LEAST_MINUTES <= int(told) <= MOST_MINUTES:
        words = f"揭示时限请填 {LEAST_MINUTES} 到 {MOST_MINUTES} 分钟。"
        raise FormFault(field="minutes", words=words)
    return int(told)


@bp.post("/<int:draw_id>/reveals")
@door(Permission.DRAWS_HOLD)
def open_to_reveal(draw_id: int) -> ResponseReturnValue:
    """Let the witnesses show their values."""
    sight = to_hold(draw_id)
    with Problems() as problems:
        open_reveals(session(), desk(), draw_id)
    return _done(sight, problems, "揭示已经开始。请各位见证人在时限内揭示。")


@bp.post("/<int:draw_id>/sources/<int:source_id>/value")
@door(Permission.DRAWS_HOLD)
def type_value(draw_id: int, source_id: int) -> ResponseReturnValue:
    """Type what the dice showed, or what was published."""
    sight = _with_source(draw_id, source_id)
    with Problems() as problems:
        type_in(session(), source_id, text("value", 300), me().actor, now())
    return _done(sight, problems, "已录入，请在大屏上核对。")


@bp.post("/<int:draw_id>/sources/<int:source_id>/absence")
@door(Permission.DRAWS_HOLD)
def go_without(draw_id: int, source_id: int) -> ResponseReturnValue:
    """Move to go on without dice or a public value; a second person signs."""
    sight = _with_source(draw_id, source_id)
    with Problems() as problems:
        note = text("note", 500)
        call_second(sight.plan, move_without(session(), source_id, note, me().actor, now()))
    return _done(sight, problems, "已提出，等待第二人会签。")


def _with_source(draw_id: int, source_id: int) -> Sight:
    sight = to_hold(draw_id)
    if all(source.key != source_id for source in sight.sources):
        raise NotFound(noun="source", id=source_id)
    return sight


@bp.get("/<int:draw_id>/draw")
@door(Permission.DRAWS_HOLD)
def ask_to_draw(draw_id: int) -> ResponseReturnValue:
    """Asks before what cannot be undone."""
    return render_template("ceremonies/draw.html", sight=to_hold(draw_id))


@bp.post("/<int:draw_id>/draw")
@door(Permission.DRAWS_HOLD)
def make_draw(draw_id: int) -> ResponseReturnValue:
    """The draw, once; a second press gets the same."""
    sight = to_hold(draw_id)
    with Problems() as problems:
        hold(session(), desk(), draw_id)
    return _done(sight, problems, "抽取完成，结果由承诺和各来源的值算出，不能再改。")


@bp.get("/<int:draw_id>/publication")
@door(Permission.DRAWS_HOLD)
def ask_to_publish(draw_id: int) -> ResponseReturnValue:
    """Asks before the list opens to everybody."""
    return render_template("ceremonies/publish.html", sight=to_hold(draw_id))


@bp.post("/<int:draw_id>/publication")
@door(Permission.DRAWS_HOLD)
def make_public(draw_id: int) -> ResponseReturnValue:
    """Open the drawn list to everybody."""
    sight = to_hold(draw_id)
    with Problems() as problems:
        publish(session(), desk(), draw_id)
    return _done(sight, problems, "抽中名单已经公开。")


@bp.get("/<int:draw_id>/void")
@door(Permission.PLANS_READ)
def ask_to_void(draw_id: int) -> ResponseReturnValue:
    """Asks why a draw is to be made void."""
    return _void_page(to_sign(draw_id), {})


def _void_page(sight: Sight, faults: dict[str, str]) -> str:
    typed = {"reason": text("reason"), "note": text("note", 500)}
    return render_template(
        "ceremonies/void.html", sight=sight, reasons=REASONS, faults=faults, typed=typed
    )


@bp.post("/<int:draw_id>/void")
@door(Permission.PLANS_READ)
def void(draw_id: int) -> ResponseReturnValue:
    """Move to make the draw void; a second person signs."""
    sight = to_sign(draw_id)
    with Problems() as problems:
        if (reason := text("reason")) not in set(DrawReason):
            raise FormFault(field="reason", words="请选择理由。")
        why = DrawReason(reason), text("note", 500)
        call_second(sight.plan, move_void(session(), draw_id, *why, me().actor, now()))
    if problems.found:
        return _void_page(sight, problems.found), UNPROCESSABLE
    flash("已提出作废，等待第二人会签；会签之前一切照旧。", "ok")
    return _back(draw_id)


def _done(sight: Sight, problems: Problems, words: str) -> ResponseReturnValue:
    """Back to the draw, or the same page with what hindered the step."""
    if problems.found:
        return _page(sight_of(sight.draw.key), problems.found), UNPROCESSABLE
    flash(words, "ok")
    return _back(sight.draw.key)


@bp.get("/<int:draw_id>/papers/<name>")
@door(Permission.PLANS_READ)
def paper(draw_id: int, name: str) -> ResponseReturnValue:
    """A file of the draw, as far as who asks may have it."""
    sight = sight_of(draw_id)
    if (sha256 := sight.papers().get(name)) is None:
        raise NotFound(noun="paper", id=draw_id)
    # read whole first: a file that was changed is not handed out
    read_whole(desk().files, sha256, name)
    return send_file(desk().files.open(sha256), download_name=name, as_attachment=True, etag=False)
