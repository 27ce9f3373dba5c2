"""Faults that rosters have: what is missing, contradictory or out of date, and how it is mended.

A fault stops nobody; it says what somebody should look at (`rosters.quality.counts` counts them).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import col

from core.errors import NotFound
from rosters.certificates import Certificate, CertificateState
from rosters.entries import Noun, holds
from rosters.experts import Expert
from rosters.inspectors import Duty, Inspector
from rosters.institutions import CreditClass, Institution, Standing
from rosters.items import CheckItem, JointItem
from rosters.premises import Contact
from rosters.relations import Relation

MANY = 3
"""So many institutions with one telephone number are worth a look."""

Condition = Callable[[date], ColumnElement[bool]]


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault.

    Attributes
    ----------
    noun : of the entries that can have it.
    meaning : why it matters; mending : what is to be done about it.
    faulty : the condition that an entry has it on a day.
    """

    code: str
    noun: Noun
    label: str
    meaning: str
    mending: str
    faulty: Condition


# -- the conditions ----------------------------------------------------------------------------


def _in_business() -> ColumnElement[bool]:
    return col(Institution.standing) == Standing.ACTIVE


def _certified(day: date, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the institution has a certificate on the day, for which *more* is so."""
    return exists().where(
        col(Certificate.institution_id) == col(Institution.entry_id),
        holds(Certificate, day),
        *more,
    )


def _without_certificate(day: date) -> ColumnElement[bool]:
    return and_(_in_business(), ~_certified(day))


def _all_expired(day: date) -> ColumnElement[bool]:
    """In business with certificates, none of which is valid on the day."""
    until = col(Certificate.expires_on)
    valid = _certified(
        day,
        col(Certificate.state) == CertificateState.VALID,
        or_(until.is_(None), until >= day),
    )
    return and_(_in_business(), _certified(day), ~valid)


def _name_of_several(day: date) -> ColumnElement[bool]:
    several = select(col(Institution.name)).where(holds(Institution, day))
    grouped = several.group_by(col(Institution.name)).having(func.count() > 1)
    return col(Institution.name).in_(grouped)


def _phone_of_many(day: date) -> ColumnElement[bool]:
    many = select(col(Contact.phone)).where(holds(Contact, day), col(Contact.phone) != "")
    institutions = func.count(func.distinct(Contact.institution_id))
    grouped = many.group_by(col(Contact.phone)).having(institutions >= MANY)
    owners = select(col(Contact.institution_id)).where(
        holds(Contact, day), col(Contact.phone).in_(grouped)
    )
    return col(Institution.entry_id).in_(owners)


def _without_contact(day: date) -> ColumnElement[bool]:
    owned = col(Contact.institution_id) == col(Institution.entry_id)
    return and_(_in_business(), ~exists().where(owned, holds(Contact, day)))


def _on_duty_with_expired(day: date) -> ColumnElement[bool]:
    passed = or_(col(Inspector.ministry_until) < day, col(Inspector.province_until) < day)
    return and_(col(Inspector.duty) == Duty.ON_DUTY, passed)


def _to_nobody(day: date) -> ColumnElement[bool]:
    there = col(Institution.entry_id) == col(Relation.institution_id)
    return ~exists().where(there, holds(Institution, day))


def _empty(column: Any) -> Condition:
    return lambda _day: col(column) == ""


def _old_number(filled: bool) -> Condition:
    """Without credit code, and with the number of before 2015 or without that too."""
    old = col(Institution.registration_no)
    return lambda _day: and_(col(Institution.credit_code) == "", old != "" if filled else old == "")


def _uncertified_officer(_day: date) -> ColumnElement[bool]:
    return and_(col(Inspector.ministry_no) == "", col(Inspector.province_no) == "")


KINDS: tuple[FaultKind, ...] = (
    FaultKind(
        "no_credit_code", Noun.INSTITUTION, "没有统一社会信用代码",
        "没有代码就不能与登记部门、公示系统比对，也容易重复建档。",
        "向机构或登记部门核实 18 位代码后补录。", _old_number(filled=False),
    ),
    FaultKind(
        "old_number_only", Noun.INSTITUTION, "只有旧注册号",
        "2015 年以前的 15 位注册号已停用，公示系统按 18 位代码查询。",
        "按旧注册号查到统一社会信用代码后补录，旧号保留。", _old_number(filled=True),
    ),
    FaultKind(
        "no_certificate", Noun.INSTITUTION, "在业但没有证书记录",
        "名录对象应是取得资质认定的机构；没有证书记录就无法判断能否列入抽查。",
        "补录证书；确实没有资质的，从名录移出。", _without_certificate,
    ),
    FaultKind(
        "expired", Noun.INSTITUTION, "在业但没有有效证书",
        "证书已过期、暂停、注销或者撤销，仍在业的可能违规出具报告。",
        "核实是否已换证并更新有效期；未换证的列入核查。", _all_expired,
    ),
    FaultKind(
        "no_region", Noun.INSTITUTION, "没有所在地区",
        "没有地区就没有管辖部门，只有总局看得到。",
        "按住所或主要场所补录省、市。", _empty(Institution.region),
    ),
    FaultKind(
        "no_fields", Noun.INSTITUTION, "没有抽查领域",
        "没有领域的机构不能占用任何领域名额，抽不到。",
        "按证书能力附表补录；可参考领域对照表。", _empty(Institution.fields),
    ),
    FaultKind(
        "unrated", Noun.INSTITUTION, "没有信用风险等级",
        "没有等级就不能按风险确定抽查比例。",
        "运行风险评分，由人员核定等级。",
        lambda _day: col(Institution.credit_class) == CreditClass.UNRATED,
    ),
    FaultKind(
        "same_name", Noun.INSTITUTION, "名称与其他机构相同",
        "可能是同一机构重复建档，会被重复抽取。",
        "比对代码和证书；确属重复的，归并为一条。", _name_of_several,
    ),
    FaultKind(
        "same_phone", Noun.INSTITUTION, f"联系电话与 {MANY} 家以上机构相同",
        "可能由中介代填，通知到不了机构本身。",
        "联系机构更正联系人电话。", _phone_of_many,
    ),
    FaultKind(
        "no_contact", Noun.INSTITUTION, "没有联系人",
        "无法送达自查通知和检查通知。",
        "补录联络人姓名、电话。", _without_contact,
    ),
    FaultKind(
        "officer_expired", Noun.INSPECTOR, "在岗人员执法证件过期",
        "检查当日证件无效的，不能参加检查。",
        "换证后更新有效期；不再执法的改为离岗。", _on_duty_with_expired,
    ),
    FaultKind(
        "officer_uncertified", Noun.INSPECTOR, "没有执法证号",
        "没有执法证件的人员不得实施检查。",
        "补录证号和有效期；没有证件的移出人员库。", _uncertified_officer,
    ),
    FaultKind(
        "officer_no_fields", Noun.INSPECTOR, "检查人员没有专业领域",
        "按领域匹配人员时选不到。",
        "按资格和经历补录领域。", _empty(Inspector.fields),
    ),
    FaultKind(
        "officer_no_department", Noun.INSPECTOR, "检查人员没有所属部门",
        "联合检查按部门抽取人员，没有部门就抽不到。",
        "补录所属部门。", lambda _day: col(Inspector.department_id).is_(None),
    ),
    FaultKind(
        "expert_no_employer", Noun.EXPERT, "专家没有工作单位",
        "不知道工作单位就无法判断是否应当回避。",
        "补录工作单位全称。", _empty(Expert.employer),
    ),
    FaultKind(
        "expert_no_fields", Noun.EXPERT, "专家没有专业领域",
        "按领域匹配专家时选不到。",
        "按职称和专长补录领域。", _empty(Expert.fields),
    ),
    FaultKind(
        "relation_to_nobody", Noun.RELATION, "利害关系指向已退出的机构",
        "机构已合并或退出，关系应转到承接机构，否则回避会落空。",
        "核实后改为承接机构，或者终止该关系。", _to_nobody,
    ),
    FaultKind(
        "item_no_basis", Noun.CHECK_ITEM, "抽查事项没有依据",
        "没有依据的事项不得检查，企业可以拒绝。",
        "补录法律、法规或规章条款。", _empty(CheckItem.basis),
    ),
    FaultKind(
        "joint_no_basis", Noun.JOINT_ITEM, "联合监管事项没有依据",
        "没有依据的事项不得检查，企业可以拒绝。",
        "补录法律、法规或规章条款。", _empty(JointItem.basis),
    ),
)  # fmt: skip
"""What is looked for, noun by noun."""


class UnknownFault(NotFound):
    """There is no such kind of fault."""

    code = "unknown_fault_kind"


def kind_of(code: str) -> FaultKind:
    """A kind by its code.

    Raises
    ------
    UnknownFault
    """
    for kind in KINDS:
        if kind.code == code:
            return kind
    raise UnknownFault(kind=code)
