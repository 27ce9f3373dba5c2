"""Plans to begin with: the national one of 2023, a provincial one by class, a joint one.

What decides the draw comes from the example plan files of the sampler, so that platform and
command line begin with the same quotas; the procedure around it is written here. Check items are
chosen by the planner from the list in force, and no template knows them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from inspections.plan_content import Deadline, NoticePolicy, PlanContent, TaskSource, Window
from inspections.plan_drafts import moved
from inspections.plan_toml import from_toml
from inspections.plans import PlanHeading, PlanKind

YEAR = 2023
"""The year for which the templates are written; `Template.begin` moves them to another."""

SUPERVISION = "《检验检测机构监督管理办法》"
ACCREDITATION = "《检验检测机构资质认定管理办法》"
RANDOM = "国办发〔2015〕58号《国务院办公厅关于推广随机抽查规范事中事后监管的通知》"
JOINT = "国发〔2019〕5号《关于在市场监管领域全面推行部门联合“双随机、一公开”监管的意见》"
BY_CLASS = "国市监信发〔2022〕6号，关于企业信用风险分类管理的意见"
NOTICE = "国市监检测发〔2023〕90号《关于组织开展2023年度检验检测机构监督抽查工作的通知》"
PARTNERS = (
    "公安部", "自然资源部", "生态环境部", "交通运输部", "水利部", "海关总署", "国家药监局",
)  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A plan to begin with.

    Attributes
    ----------
    file : of `sampler/plans`, without its ending.
    facts : the procedure, as fields of `PlanContent`.
    """

    key: str
    label: str
    kind: PlanKind
    title: str
    document_no: str
    file: str
    facts: Callable[[], dict[str, Any]]

    def begin(self, year: int, region: str = "") -> tuple[PlanHeading, PlanContent]:
        """Heading and content of a plan for a *year*; a provincial one has a *region*."""
        data = files("sampler").joinpath("plans", f"{self.file}.toml").read_bytes()
        content = from_toml(data).changed(name=self.title, **self.facts())
        if content.ratios is not None:
            content = content.changed(ratios=content.ratios.model_copy(update={"basis": BY_CLASS}))
        if year != YEAR:
            content = content.changed(legal_basis=[b for b in content.legal_basis if b != NOTICE])
        if self.kind is PlanKind.PROVINCIAL:
            # the frame holds the institutions of the plan's own region anyway
            content = content.changed(eligible=_without(content, "province"))
        heading = PlanHeading.model_validate({
            "kind": self.kind,
            "region": region,
            "year": year,
            "title": self.title.replace(str(YEAR), str(year)),
            "document_no": self.document_no if year == YEAR else "",
        })  # fmt: skip
        return heading, moved(content, YEAR, year)


def _without(content: PlanContent, column: str) -> list[Any]:
    return [term for term in content.eligible if term[0] != column]


def _national() -> dict[str, Any]:
    return {
        "legal_basis": (SUPERVISION, ACCREDITATION, RANDOM, NOTICE),
        "windows": [Window(first=date(YEAR, 10, 8), last=date(YEAR, 11, 15))],
        "deadlines": [
            Deadline(name="机构报送自查表和承诺书", day=date(YEAR, 10, 27)),
            Deadline(name="省级部门报送本省抽查计划", day=date(YEAR, 10, 27)),
            Deadline(name="报送抽查结果统计表、工作总结和典型案例", day=date(YEAR, 11, 24)),
        ],
        "lead": "国家市场监督管理总局",
        "departments": PARTNERS,
        "roster_day": date(YEAR, 9, 28),
    }


def _provincial() -> dict[str, Any]:
    return {
        "legal_basis": (SUPERVISION, ACCREDITATION, RANDOM),
        "windows": [
            Window(name="第一批", first=date(YEAR, 6, 1), last=date(YEAR, 7, 31)),
            Window(name="第二批", first=date(YEAR, 9, 1), last=date(YEAR, 10, 31)),
        ],
        "deadlines": [Deadline(name="完成全部检查任务", day=date(YEAR, 11, 10))],
        "lead": "省级市场监管部门",
        "roster_day": date(YEAR, 5, 20),
        "reveal_basis": "各等级抽查比例已由本部门公布",
    }


def _joint() -> dict[str, Any]:
    return {
        "legal_basis": (SUPERVISION, JOINT),
        "task_source": TaskSource.CAMPAIGN,
        "windows": [Window(first=date(YEAR, 9, 1), last=date(YEAR, 10, 31))],
        "deadlines": [Deadline(name="各部门录入检查结果", day=date(YEAR, 11, 10))],
        "notice": NoticePolicy.UNANNOUNCED,
        "publish_drawn": False,
        "lead": "国家市场监督管理总局",
        "departments": ("生态环境部", "交通运输部", "水利部"),
        "roster_day": date(YEAR, 8, 20),
        "reveal_basis": "联合抽查方案已公布各项数量要求",
    }


TEMPLATES = {
    template.key: template
    for template in (
        Template(
            "national-2023",
            "2023年国家级计划",
            PlanKind.NATIONAL,
            "2023年度国家级资质认定检验检测机构监督抽查",
            "国市监检测发〔2023〕90号",
            "2023-national",
            _national,
        ),
        Template(
            "provincial",
            "省级计划（按信用风险等级确定比例）",
            PlanKind.PROVINCIAL,
            "2023年度检验检测机构监督抽查（省级）",
            "",
            "provincial-ratios",
            _provincial,
        ),
        Template(
            "joint",
            "部门联合计划（多项要求交叉）",
            PlanKind.JOINT,
            "2023年度检验检测机构部门联合抽查",
            "",
            "joint-crossing",
            _joint,
        ),
    )
}
"""By key, in the order in which they are offered."""
