"""What somebody should do next, in the order of urgency; gathered from what is there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app, url_for

from core import checkpoints, departures, invitations, jobs, messages, second_factor, trail
from core.calendar import china_date
from core.delegations import delegations_of
from core.jobs import JobState
from core.roles import Permission, Role
from core.trail import Search
from inspections.plans import place_of
from inspections.teams.notices import NoticeState
from inspections.teams.recusal_lists import open_recusals
from inspections.waiting import undecided, unsigned
from rosters.risk import decisions, scores
from rosters.risk.decisions import Wanted
from web import lists
from web.auth import Me, now
from web.database import session
from web.frame import unfinished_jobs
from web.inspections.calls import SIGNING
from web.teams.own import notice_to_me, own_notices, own_visits
from web.words.jobs import kind_words
from web.words.times import long_day, stretch

FEW_CODES = 3
"""With so few recovery codes left, new ones are due."""

LONG_UNSIGNED = 1_000
"""So many events without a checkpoint are too many."""

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Todo:
    """Something to do: what, why, where, and how urgent (`.tag`)."""

    title: str
    why: str
    href: str
    mark: str
    state: str


def todos(mine: Me) -> list[Todo]:
    """Everything that waits for this person in his present standing; the urgent first."""
    found = [todo for part in _PARTS for todo in part(mine) if todo.href]
    order = {"bad": 0, "warn": 1, "act": 2}
    return sorted(found, key=lambda todo: order.get(todo.mark, 3))


def _dead_jobs(mine: Me) -> Iterator[Todo]:
    for job in unfinished_jobs(mine):
        if job.state is JobState.DEAD:
            title = f"任务失败：{kind_words(job.kind)}（第 {job.number} 号）"
            yield Todo(title, "看原因，决定是否重新执行。", _job(job), "bad", "待处理")


def _running_jobs(mine: Me) -> Iterator[Todo]:
    for job in unfinished_jobs(mine):
        if job.state is not JobState.DEAD:
            title = f"正在进行：{kind_words(job.kind)}（第 {job.number} 号）"
            yield Todo(title, "不用等在这里，做完有回执。", _job(job), "act", "进行中")


def _unread(mine: Me) -> Iterator[Todo]:
    if count := messages.unread(session(), mine.user.key):
        title, why = f"阅读 {count} 条新消息", "可能有要您办理或确认的事。"
        yield Todo(title, why, url_for("messages.index", state="unread"), "act", "未读")


def _recovery_codes(mine: Me) -> Iterator[Todo]:
    user = mine.user.key
    if not second_factor.is_set_up(session(), user):
        return
    if (left := second_factor.recovery_codes_left(session(), user)) < FEW_CODES:
        why = "用完后丢了手机就只能找管理员。"
        href = _address("account.second_factor")
        yield Todo(f"更换恢复码：只剩 {left} 个", why, href, "warn", "请办理")


def _ending_delegations(mine: Me) -> Iterator[Todo]:
    for given, lender, delegate in delegations_of(session(), mine.user.key, now()):
        if given.ends_on - china_date(now()) > SOON:
            continue
        other = delegate if lender.key == mine.user.key else lender
        title = f"与{other.display_name}之间的委托即将到期"
        why = f"到 {long_day(given.ends_on)} 止，之后自动失效。"
        yield Todo(title, why, _address("delegations.index"), "", "知悉")


def _hand_overs(mine: Me) -> Iterator[Todo]:
    if not mine.may(Permission.USERS_MANAGE):
        return
    for over in departures.open_hand_overs(session()):
        if over.proposed_by != mine.user.key:
            title, why = "确认一项工作移交", f"理由：{over.reason}。须由提出人以外的另一人确认。"
            yield Todo(title, why, _address("users.show", user_id=over.from_id), "warn", "待确认")


def _dead_jobs_of_all(mine: Me) -> Iterator[Todo]:
    if not mine.may(Permission.JOBS_READ_ALL):
        return
    if dead := jobs.counts_by_state(session())[JobState.DEAD]:
        href = url_for("jobs.index", whose="all", state="dead")
        yield Todo(f"处理 {dead} 项失败的任务", "包括所有人提出的。", href, "bad", "待处理")


def _open_invitations(mine: Me) -> Iterator[Todo]:
    for permission in (Permission.STAFF_INVITE, Permission.INSTITUTIONS_INVITE):
        if scopes := mine.scopes(permission):
            found = invitations.open_invitations(session(), scopes, now())
            if found:
                title = f"{len(found)} 个邀请还没有被接受"
                why = "到期后自动失效；可以收回或重发。"
                yield Todo(title, why, _address("invitations.index"), "", "等待")
            return


def _settings(mine: Me) -> Iterator[Todo]:
    if not mine.may(Permission.SETTINGS_READ) or mine.standing is None:
        return
    if mine.standing.role is Role.ADMINISTRATOR and not current_app.extensions["settings"].smtp:
        title, why = "配置邮件服务", "现在消息只在站内显示，不寄邮件。"
        yield Todo(title, why, url_for("settings.show"), "", "建议")


def _checkpoint(mine: Me) -> Iterator[Todo]:
    if not mine.may(Permission.TRAIL_READ):
        return
    newest = next(iter(trail.page(session(), Search(), size=1)), None)
    signed = checkpoints.latest(session())
    since = (newest.number if newest else 0) - (signed.number if signed else 0)
    if since > LONG_UNSIGNED or (newest and not signed):
        title = f"签署并公布检查点：已有 {since:,} 条记录没有检查点"
        why = "公布之后，任何人都无法悄悄重写此前的记录。做法见操作日志页和用户手册。"
        yield Todo(title, why, url_for("trail.index"), "warn", "请办理")


def _class_proposals(mine: Me) -> Iterator[Todo]:
    if not (reach := mine.scopes(Permission.ROSTERS_EDIT)):
        return
    for run in scores.runs(session(), most=1):
        today = china_date(now())
        _, open_ = decisions.proposals(session(), run, reach, today, Wanted(), most=1)
        if open_:
            title = f"决定 {open_:,} 家的信用风险等级建议"
            why = f"按 {long_day(run.day)}的名录评出；采纳与否都要写明理由。"
            yield Todo(title, why, _address("risk.show", run_id=run.key), "act", "待决定")


def _plans_to_decide(mine: Me) -> Iterator[Todo]:
    for plan, version in undecided(session(), mine.user.key):
        if mine.may(Permission.PLANS_APPROVE, place_of(session(), plan)):
            title, why = (
                f"审批计划：{plan.title}",
                f"第 {version.number} 版已提交，等待批准或者退回。",
            )
            yield Todo(title, why, _address("plans.show", plan_id=plan.key), "warn", "待审批")


def _motions_to_sign(mine: Me) -> Iterator[Todo]:
    for plan, motion in unsigned(session(), mine.user.key):
        place = place_of(session(), plan)
        if any(mine.may(permission, place) for permission in SIGNING):
            href = _address("signatures.show", draw_id=motion.draw_id, motion_id=motion.key)
            title, why = f"会签：{motion.kind.label}", f"{plan.title}。会签之前不生效。"
            yield Todo(title, why, href, "warn", "待会签")


def _visits_to_make(mine: Me) -> Iterator[Todo]:
    """Those who go: what they have not confirmed, and what is near."""
    if mine.standing is None or mine.standing.role not in (Role.INSPECTOR, Role.EXPERT):
        return
    today = china_date(now())
    for own in own_visits():
        visit, notice = own.line.visit, notice_to_me(own)
        days, href = stretch(visit.first_day, visit.last_day), _visit(visit.key)
        if visit.last_day < today:
            continue
        if notice is not None and notice.received_at is None:
            yield Todo(f"确认收到检查任务 {visit.task_number}", f"{days}。", href, "warn", "请确认")
        elif visit.first_day - today <= SOON:
            title, why = f"检查任务 {visit.task_number}", f"{days}，{own.me.role}。"
            yield Todo(title, why, href, "act", "将要检查")


def _visit(visit_id: int) -> str:
    return _address("my_visits.show", visit_id=visit_id)


def _notices_to_confirm(mine: Me) -> Iterator[Todo]:
    if not mine.may(Permission.OWN_PAPERS_FILE):
        return
    for own in own_notices():
        if own.state is NoticeState.SENT:
            days = stretch(own.visit.first_day, own.visit.last_day)
            href = _address("visit_notices.show", notice_id=own.notice.key)
            yield Todo(
                f"确认收到检查通知：{own.plan.title}", f"检查日期：{days}。", href, "warn", "请确认"
            )


def _recusals_to_decide(mine: Me) -> Iterator[Todo]:
    if not mine.may(Permission.DRAWS_HOLD):
        return
    for line in open_recusals(session(), mine.user.key, china_date(now())):
        if mine.may(Permission.DRAWS_HOLD, place_of(session(), line.plan)):
            href = _address("recusal_requests.show", recusal_id=line.recusal.key)
            title = f"决定回避：任务 {line.visit.task_number}"
            why = f"{line.plan.title}。{line.recusal.side.label}，须写明理由。"
            yield Todo(title, why, href, "warn", "待决定")


def _job(job: jobs.Job) -> str:
    return url_for("jobs.show", job_id=job.number)


def _address(endpoint: str, **values: object) -> str:
    known = endpoint in current_app.view_functions
    return lists.address(endpoint, **values) if known else ""


_PARTS: tuple[Callable[[Me], Iterator[Todo]], ...] = (
    _dead_jobs,
    _dead_jobs_of_all,
    _motions_to_sign,
    _recusals_to_decide,
    _notices_to_confirm,
    _visits_to_make,
    _plans_to_decide,
    _hand_overs,
    _recovery_codes,
    _checkpoint,
    _unread,
    _running_jobs,
    _class_proposals,
    _ending_delegations,
    _open_invitations,
    _settings,
)
