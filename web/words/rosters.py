"""The rosters in words: their nouns, what is stated of each, and the values that are codes.

One table for forms, histories, the trail and exported files; a test holds that every fact of
every noun has its word.
"""

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, get_args

from core.regions import is_region, region_of
from rosters.entries import TABLES, Dated, Noun
from rosters.timeline import PRESENT
from rosters.vocabularies import BETWEEN

NOUNS: dict[Noun, str] = {
    Noun.INSTITUTION: "机构",
    Noun.CERTIFICATE: "资质认定证书",
    Noun.SITE: "检验检测场所",
    Noun.QI_CENTRE: "国家质检中心",
    Noun.CONTACT: "机构人员",
    Noun.FLAG: "监管记录",
    Noun.PROFICIENCY_RESULT: "能力验证结果",
    Noun.SUCCESSION: "沿革",
    Noun.DEPARTMENT: "部门",
    Noun.INSPECTOR: "检查人员",
    Noun.LEAVE: "不能派出的日期",
    Noun.EXPERT: "专家",
    Noun.RELATION: "利害关系",
    Noun.JOINT_ITEM: "跨部门综合监管事项",
    Noun.CHECK_ITEM: "抽查事项",
    Noun.FIELD_MAPPING: "领域对照",
    Noun.INDICATOR: "风险指标",
}

_COMMON = {
    PRESENT: "是否在册",
    "institution_id": "机构",
    "name": "名称",
    "region": "所在地区",
    "address": "地址",
    "remark": "备注",
    "note": "说明",
    "fields": "重点领域",
    "phone": "电话",
    "login_name": "登录名",
    "email": "电子邮箱",
    "basis": "依据",
    "number": "编号",
    "method": "检查方式",
    "happened_on": "发生日期",
}

FACTS: dict[Noun, dict[str, str]] = {
    Noun.INSTITUTION: {
        "name": "机构名称",
        "credit_code": "统一社会信用代码",
        "registration_no": "原注册号",
        "legal_form": "机构类型",
        "level": "级别",
        "registrar": "登记机关",
        "jurisdiction": "日常监管单位",
        "parent": "上级法人",
        "statistics_fields": "统计领域",
        "credit_class": "信用风险等级",
        "cma_class": "资质认定分类等级",
        "class_reason": "等级理由",
        "standing": "经营状态",
    },
    Noun.CERTIFICATE: {
        "number": "证书编号",
        "issuer": "发证机关",
        "issued_on": "发证日期",
        "expires_on": "有效期至",
        "scope": "能力范围",
        "state": "发证机关处理",
    },
    Noun.SITE: {"main": "是否主场所"},
    Noun.QI_CENTRE: {"name": "中心名称", "approved_on": "批准日期"},
    Noun.CONTACT: {"name": "姓名", "role": "身份"},
    Noun.FLAG: {
        "kind": "记录种类",
        "ended_on": "结束日期",
        "source": "来源",
        "detail": "内容",
    },
    Noun.PROFICIENCY_RESULT: {
        "round": "轮次",
        "item": "项目",
        "verdict": "结果",
        "happened_on": "结果日期",
    },
    Noun.SUCCESSION: {
        "predecessor_id": "原机构",
        "successor_id": "承继机构",
        "kind": "方式",
    },
    Noun.DEPARTMENT: {"name": "部门名称", "trade": "职能"},
    Noun.INSPECTOR: {
        "name": "姓名",
        "staff_no": "人员编号",
        "department_id": "所属部门",
        "region": "工作地区",
        "home_region": "籍贯地区",
        "level": "层级",
        "post": "职务",
        "ministry_no": "部门执法证号",
        "ministry_until": "部门执法证有效期至",
        "province_no": "省政府执法证号",
        "province_until": "省政府执法证有效期至",
        "qualifications": "资格",
        "leader": "可任组长",
        "duty": "在岗状态",
    },
    Noun.LEAVE: {
        "inspector_id": "检查人员",
        "first_day": "首日",
        "last_day": "末日",
        "reason": "事由",
    },
    Noun.EXPERT: {
        "name": "姓名",
        "expert_no": "专家编号",
        "employer": "工作单位",
        "title": "职称",
        "assessor": "资质认定评审员",
    },
    Noun.RELATION: {
        "person_id": "人员",
        "kind": "关系",
        "first_day": "起始日期",
        "last_day": "终止日期",
        "declared": "本人申报",
    },
    Noun.CHECK_ITEM: {
        "name": "事项名称",
        "category": "事项类别",
        "object": "抽查对象",
        "ratio": "比例上限（%）",
        "yearly_cap": "每年频次上限",
        "least_officers": "最少检查人员",
        "officers": "人员要求",
    },
    Noun.JOINT_ITEM: {
        "name": "事项名称",
        "lead": "牵头部门",
        "partners": "配合部门",
        "method": "监管方式",
    },
    Noun.FIELD_MAPPING: {
        "source": "原体系",
        "source_term": "原领域",
        "target": "对应体系",
        "target_term": "对应领域",
    },
    Noun.INDICATOR: {
        "code": "指标代码",
        "title": "指标",
        "group": "类别",
        "weight": "每项分值（等级分界为起点分）",
        "most": "累计上限（0 为不限）",
        "active": "是否启用",
    },
}
"""Words for the facts of each noun, where they are not the common ones."""

REGIONS = frozenset({"region", "home_region"})


def noun_words(noun: Noun) -> str:
    """What an entry is."""
    return NOUNS[noun]


def fact_words(noun: Noun, name: str) -> str:
    """What a fact is called; one without a word is shown by its code."""
    return FACTS.get(noun, {}).get(name) or _COMMON.get(name, name)


def value_words(noun: Noun, name: str, value: Any) -> str:
    """A value as a person reads it; — if there is none."""
    if value is None or value == "":
        return _nothing(noun, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return day_words(value)
    if name in REGIONS and is_region(str(value)):
        return region_of(str(value)).path
    if (codes := enum_of(TABLES[noun], name)) is not None:
        return str(getattr(codes(value), "label", value))
    return str(value).replace(BETWEEN, "、")


def _nothing(noun: Noun, name: str) -> str:
    codes = enum_of(TABLES[noun], name) if noun in TABLES else None
    if codes is not None and "" in {member.value for member in codes}:
        return str(getattr(codes(""), "label", "—"))
    return "—"


def day_words(day: date) -> str:
    """A day in full: 2026年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def enum_of(table: type[Dated], name: str) -> type[StrEnum] | None:
    """The enum whose codes a fact holds; None if it holds something else."""
    field = table.model_fields.get(name)
    if field is None:
        return None
    kinds = (field.annotation, *get_args(field.annotation))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, StrEnum)), None)
