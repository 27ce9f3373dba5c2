"""The page where everybody's day begins: what to do next, and what comes after."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core import messages
from core.calendar import china_date, is_working_day, occasion
from core.roles import Role
from web.auth import Door, door, me, now
from web.database import session
from web.frame import HOUSE, JOURNEY, OWN, is_open
from web.todo import todos
from web.words.messages import wording
from web.words.times import long_day

bp = Blueprint("home", __name__)

LATEST = 3
"""Messages shown beside the tasks."""


@dataclass(frozen=True)
class Start:
    """What the start page of a role is called, and what it says while nothing waits."""

    title: str
    nothing: str
    comes: str


STARTS = {
    Role.NATIONAL_PLANNER: Start(
        "全年工作",
        "没有等您办理的事",
        "可以先用演示名单或自己的名单试抽，看看名额怎样分、各家机会多大。"
        "年度计划送审、退回、到期时，会出现在这里。",
    ),
    Role.PROVINCIAL_PLANNER: Start(
        "本省工作",
        "没有等您办理的事",
        "可以先试抽，看看本省各领域名额怎样分。总局下达任务、机构反馈、计划到期时，会出现在这里。",
    ),
    Role.REVIEWER: Start(
        "待审事项", "没有等您审核的事", "计划员提交计划、检查组提交结果后，会出现在这里。"
    ),
    Role.INSPECTOR: Start(
        "我的检查",
        "还没有派给您的检查",
        "抽取和派组完成后，检查任务和日期会出现在这里，同时通知您。",
    ),
    Role.EXPERT: Start(
        "我的检查", "还没有请您参加的检查", "需要您参加时，检查任务和日期会出现在这里，同时通知您。"
    ),
    Role.PARTNER_DEPARTMENT: Start(
        "联合抽查", "没有等您部门办理的事", "请您部门参加联合抽查、见证抽取时，会出现在这里。"
    ),
    Role.INSTITUTION: Start(
        "我的待办",
        "现在没有要您单位办理的事",
        "被抽中检查、需要提交材料或整改时，事项和截止日期会列在这里，同时通知您。",
    ),
    Role.DISCIPLINE: Start(
        "监督事项",
        "没有等您处理的事",
        "日志核验发现问题、检查点到期、请您见证抽取时，会出现在这里。",
    ),
    Role.ADMINISTRATOR: Start(
        "系统管理", "没有等您处理的事", "任务失败、工作移交待确认、邀请到期时，会出现在这里。"
    ),
}

NOBODY = Start("欢迎", "您还没有角色", "请联系系统管理员授予角色；授予后这里会显示您能办的事。")

MEANINGS = {
    "declarations.show": "自己的登记信息、请假和利害关系申报",
    "institutions.index": "机构、检查人员、专家、部门和清单，到哪一天是什么样",
    "institutions.own": "本机构的登记信息、证书和变更",
    "plans.index": "编制、送审、发布抽查计划，试算每家机会",
    "ceremonies.index": "当着见证人抽取，公布承诺和名单",
    "team_board.index": "定检查组规则、抽派检查人员、安排日程和文书",
    "draws.start": "用名单和计划算出每家机会，并试抽",
    "verify.ask": "用公开的证书和名单重算一次抽取",
    "my_visits.index": "日期、地点、检查组、文书和回避",
    "visit_notices.index": "谁来检查、什么时候、准备什么",
    "department_teams.index": "本部门人员去哪里检查、谁不能参加",
    "messages.index": "要您办理、确认或知道的事",
    "jobs.index": "正在后台做的事，和它们的回执",
    "trail.index": "谁在什么时候做了什么",
    "users.index": "账号、角色、解锁、移交",
    "invitations.index": "请机构或同事开通账号",
    "settings.show": "配置了什么，节假日知道到哪一年",
}


@bp.get("/home")
@door(Door.SIGNED_IN)
def show() -> ResponseReturnValue:
    """What to do next, in the standing in which I work."""
    mine, today = me(), china_date(now())
    newest = messages.messages_of(session(), mine.user.key, most=LATEST)
    return render_template(
        "home/show.html",
        start=STARTS[mine.standing.role] if mine.standing else NOBODY,
        is_institution=mine.standing is not None and mine.standing.role is Role.INSTITUTION,
        todos=todos(mine),
        doors=[page for page in (*JOURNEY, *OWN, *HOUSE) if is_open(page, mine)],
        meanings=MEANINGS,
        newest=[(message, wording(message)) for message in newest],
        today=long_day(today),
        works=is_working_day(today),
        occasion=occasion(today),
    )
