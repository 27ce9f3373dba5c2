"""What the papers of a visit say; how they look is the affair of `web`.

国办发〔2024〕54号 and the basic forms of the Ministry of Justice (行政检查文书基本格式文本) want:
legal basis, source of the task, frequency, officers with the numbers of their certificates, how
many assistants, the five prohibitions, the right to recusal and to remedies. The official forms
themselves were not at hand; ours are 参考格式.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from core.calendar import china_date
from inspections.draws import Desk, Draw
from inspections.grounds import checked_in
from inspections.plan_content import PlanContent
from inspections.plans import Plan, get_plan, get_version
from inspections.teams.boards import VisitLine, lines_of, teams_draw_of
from inspections.teams.institutions import Visited
from inspections.teams.members import Member, Team
from inspections.teams.notices import may_be_told
from inspections.teams.visits import Visit, VisitNotFound, get_visit

PROHIBITIONS = (
    "严禁逐利检查",
    "严禁接受被检查企业的任何馈赠、报酬、福利待遇",
    "严禁参加被检查企业提供的宴请、娱乐、旅游等活动",
    "严禁由被检查企业支付消费开支或者将检查费用转嫁给企业",
    "严禁乱查封、乱扣押、乱冻结、动辄责令停产停业",
)
"""五个严禁 (国办发〔2024〕54号)."""

RIGHTS = (
    "查验检查人员的执法证件；检查人员少于两人或者不出示执法证件的，可以拒绝检查",
    "认为检查人员与本机构有利害关系的，可以申请其回避，由实施机关决定并书面答复",
    "对检查情况和处理意见进行陈述、申辩",
    "对检查决定不服的，可以依法申请行政复议或者提起行政诉讼",
    "对违反纪律的行为，可以通过反馈单向纪检监督部门反映",
)
"""《行政处罚法》 articles 7, 43, 45 and 55; 国办发〔2024〕54号."""

DOCUMENTS = (
    "营业执照或者事业单位法人证书",
    "资质认定证书及其附表",
    "授权签字人一览表和任命文件",
    "仪器设备一览表和检定、校准证书",
    "管理体系文件、最近一次内部审核和管理评审记录",
    "抽查时段内的检验检测报告台账和原始记录",
)
"""What the institution should have ready; after 39号令 and the 评审准则."""


@dataclass(frozen=True)
class PaperSheet:
    """What every paper of a visit begins with.

    Attributes
    ----------
    number : of the papers of this visit: document number of the plan, task number, version.
    organ : who executes, and signs with his seal.
    sealed : whether the institution must not see it before the visit.
    """

    number: str
    version: int
    title: str
    document_no: str
    task_number: str
    organ: str
    sealed: bool
    institution: Visited
    first_day: date
    last_day: date
    team: Team


@dataclass(frozen=True)
class Errand:
    """Why, and what for, somebody comes.

    Attributes
    ----------
    source : of the task, one of 年度监督检查计划, 专项整治, …
    frequency : which check of the year it is, and how many there may be.
    """

    basis: tuple[str, ...]
    source: str
    items: tuple[str, ...]
    frequency: str


@dataclass(frozen=True)
class Approval:
    """行政检查审批表: what is asked for before anybody goes, and who says yes."""

    sheet: PaperSheet
    errand: Errand
    reason: str


@dataclass(frozen=True)
class Notice:
    """行政检查通知书, for the institution; with an unannounced visit shown on arrival.

    Attributes
    ----------
    assistants : how many, fixed beforehand.
    """

    sheet: PaperSheet
    errand: Errand
    assistants: int
    documents: tuple[str, ...] = DOCUMENTS
    prohibitions: tuple[str, ...] = PROHIBITIONS
    rights: tuple[str, ...] = RIGHTS


@dataclass(frozen=True)
class TaskPaper:
    """检查任务书, for the team.

    Attributes
    ----------
    chances : name and chance of each member, which the draw had published.
    changes : who has stepped out, when and why.
    """

    sheet: PaperSheet
    errand: Errand
    chances: tuple[tuple[str, str], ...]
    certificate_sha256: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class DisciplineCard:
    """廉政纪律卡: signed by every member, left with the institution."""

    sheet: PaperSheet
    prohibitions: tuple[str, ...] = PROHIBITIONS


@dataclass(frozen=True)
class FeedbackSlip:
    """廉政反馈单: goes from the institution to the discipline office, not by the team."""

    sheet: PaperSheet
    questions: tuple[str, ...] = PROHIBITIONS


@dataclass(frozen=True)
class Papers:
    """All papers of one visit, of one version."""

    approval: Approval
    notice: Notice
    task: TaskPaper
    discipline: DisciplineCard
    feedback: FeedbackSlip


def papers_of_visit(session: Session, desk: Desk, visit_id: int) -> Papers:
    """The papers of a visit as they stand now.

    Raises
    ------
    VisitNotFound
        Also if there is no team yet.
    """
    visit = get_visit(session, visit_id)
    if (teams := teams_draw_of(session, visit)) is None or not teams.is_held:
        raise VisitNotFound(visit=visit_id)
    (papers,) = papers_of(session, desk, teams, [visit])
    return papers


def papers_of(session: Session, desk: Desk, teams: Draw, visits: Sequence[Visit]) -> list[Papers]:
    """The papers of several visits of one draw of teams, by number."""
    today = china_date(desk.now)
    plan, version = get_plan(session, teams.plan_id), get_version(session, teams.plan_version_id)
    lines = lines_of(session, visits, teams, today)
    checked = _checked(session, lines, today, plan.year)
    return [
        _papers(plan, version.content, teams, line, checked.get(line.institution.unit_id, 0), today)
        for line in lines
    ]


def _checked(
    session: Session, lines: Sequence[VisitLine], today: date, year: int
) -> dict[str, int]:
    """How often each institution was checked this year already."""
    known = [line.institution for line in lines if line.institution.entry_id is not None]
    units = {one.entry_id or 0: one.unit_id for one in known}
    return checked_in(session, units, today, year)


def _papers(
    plan: Plan, content: PlanContent, teams: Draw, line: VisitLine, times: int, today: date
) -> Papers:
    sheet = _sheet(plan, content, teams, line, today)
    errand = Errand(
        basis=content.legal_basis,
        source=content.task_source.label if content.task_source else "",
        items=tuple(f"{item.number} {item.name}" for item in content.check_items),
        frequency=_frequency(times, content.yearly_cap),
    )
    drawn = f"{plan.title}随机抽取（任务编号 {sheet.task_number}）"
    return Papers(
        approval=Approval(sheet, errand, drawn),
        notice=Notice(sheet, errand, len(line.team.experts)),
        task=TaskPaper(
            sheet,
            errand,
            chances=tuple((one.card.name, one.chance) for one in line.team.members),
            certificate_sha256=teams.certificate_sha256 or "",
            changes=tuple(map(_change, line.team.former)),
        ),
        discipline=DisciplineCard(sheet),
        feedback=FeedbackSlip(sheet),
    )


def _sheet(
    plan: Plan, content: PlanContent, teams: Draw, line: VisitLine, today: date
) -> PaperSheet:
    visit = line.visit
    return PaperSheet(
        number=f"{plan.document_no or plan.key}-{visit.task_number}-{visit.version}",
        version=visit.version,
        title=plan.title,
        document_no=plan.document_no,
        task_number=visit.task_number,
        organ=line.organ,
        sealed=not may_be_told(content.notice, teams, visit, today),
        institution=line.institution,
        first_day=visit.first_day,
        last_day=visit.last_day,
        team=line.team,
    )


def _frequency(times: int, cap: int) -> str:
    told = f"本年度第 {times + 1} 次检查"
    return f"{told}，年度上限 {cap} 次" if cap else f"{told}，未设年度上限"


def _change(one: Member) -> str:
    assert one.until is not None, "he has stepped out"
    assert one.reason is not None, "it has a reason"
    day = china_date(one.until)
    when = f"{day.year}年{day.month}月{day.day}日"
    return f"{when}，{one.role}{one.card.name}退出：{one.reason.label}"
