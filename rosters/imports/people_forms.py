"""The sheets of those who check: departments, inspectors, experts, and their relations."""

from rosters.departments import DepartmentFacts, Trade
from rosters.entries import Noun
from rosters.experts import ExpertFacts
from rosters.imports.forms import (
    CITY,
    INSTITUTION_CODE,
    INSTITUTION_NAME,
    PROVINCE,
    REMARK,
    Bound,
    Form,
    choice,
    phone,
    terms,
)
from rosters.inspectors import Duty, InspectorFacts, OfficerLevel
from rosters.relations import RelationFacts, RelationKind
from rosters.sheets.columns import Column, Kind
from rosters.vocabularies import SPOT_CHECK_FIELDS

PERSON_NAME = Column("name", "姓名", required=True, most=60, width=12, help="与证件一致。")

FIELDS = terms(
    "fields", "检查领域", SPOT_CHECK_FIELDS, width=30, help="能检查的领域，可填多个，用顿号分开。",
    synonyms=("领域", "专业领域", "重点领域", "擅长领域", "专业"),
)  # fmt: skip

DEPARTMENTS = Form(
    Noun.DEPARTMENT, "部门", (
        Column("name", "部门名称", required=True, most=100, width=30, help="全称。",
               synonyms=("单位名称", "单位", "部门")),
        choice("trade", "类别", Trade, help="市场监管或合作部门的行业。", width=12,
               synonyms=("部门类别", "行业"), aliases=(("市场", "市场监管"), ("环保", "生态环境"))),
        PROVINCE, CITY,
    ), DepartmentFacts, words={"trade": Trade}, identity=("name",),
)  # fmt: skip

INSPECTORS = Form(
    Noun.INSPECTOR, "执法检查人员名录", (
        PERSON_NAME,
        Column("staff_no", "人员编号", required=True, unique=True, most=40, width=14,
               help="本单位的人员编号，一人一号。", synonyms=("工号", "编号", "职工号",
               "警号")),
        Column("department", "所属部门", most=100, width=30, help="与部门名录一致。",
               synonyms=("部门", "单位", "工作单位", "所在单位", "所在部门")),
        PROVINCE, CITY,
        Column("home_region", "籍贯地区", Kind.REGION, width=12, help="计划要求异地抽派时用。",
               synonyms=("籍贯", "籍贯省份")),
        choice("level", "层级", OfficerLevel, help="总局、省级、市级或县级。", width=8,
               synonyms=("单位层级", "级别")),
        Column("post", "职务", most=60, width=14, synonyms=("岗位", "职务职级"), help="现任职务。"),
        Column("ministry_no", "部门执法证号", most=40, width=20,
               help="市场监管行政执法证件的编号。",
               synonyms=("执法证号", "行政执法证号", "总局执法证号", "执法证件号码")),
        Column("ministry_until", "部门执法证有效期至", Kind.DATE, width=12, help="最后一个有效日。",
               synonyms=("执法证有效期", "执法证有效期至")),
        Column("province_no", "省级执法证号", most=40, width=20,
               help="省级人民政府行政执法证的编号。",
               synonyms=("省执法证号", "省政府执法证号")),
        Column("province_until", "省级执法证有效期至", Kind.DATE, width=12,
               help="最后一个有效日。", synonyms=("省执法证有效期至",)),
        Column("qualifications", "资格", most=500, width=24,
               help="如 资质认定评审员、特种设备检查员。",
               synonyms=("专业资格", "资质", "资格证书")),
        FIELDS,
        Column("leader", "可任组长", Kind.YES_NO, width=8, help="是或否。", synonyms=("组长",)),
        choice("duty", "在岗状态", Duty, width=8, help="在岗、借调或离岗。",
               aliases=(("在职", "在岗"), ("退休", "离岗"), ("调离", "离岗")),
               synonyms=("在岗情况", "状态")),
        phone(help="工作电话。", width=16),
        REMARK,
    ), InspectorFacts, words={"level": OfficerLevel, "duty": Duty},
    vocabularies={"fields": SPOT_CHECK_FIELDS}, identity=("staff_no",),
)  # fmt: skip

EXPERTS = Form(
    Noun.EXPERT, "专家名录", (
        PERSON_NAME,
        Column("expert_no", "专家编号", required=True, unique=True, most=40, width=14,
               help="一人一号。", synonyms=("编号", "证书编号", "评审员编号")),
        Column("employer", "工作单位", width=36, help="用于回避，填全称。",
               synonyms=("单位", "所在单位", "单位名称")),
        Column("title", "职称", most=60, width=14, synonyms=("技术职称", "职务职称"),
               help="如 高级工程师。"),
        PROVINCE, CITY, FIELDS,
        Column("assessor", "资质认定评审员", Kind.YES_NO, width=8, help="是或否。",
               synonyms=("评审员", "是否评审员")),
        phone(help="联系电话。", width=16),
        REMARK,
    ), ExpertFacts, vocabularies={"fields": SPOT_CHECK_FIELDS}, identity=("expert_no",),
)  # fmt: skip

RELATIONS = Form(
    Noun.RELATION, "回避关系", (
        Column("person_no", "人员或专家编号", required=True, most=40, width=16,
               help="检查人员的人员编号，或专家编号。", synonyms=("工号", "专家编号", "人员编号",
               "编号")),
        Column("person_name", "姓名", most=60, width=12, help="与编号核对用。"),
        INSTITUTION_CODE, INSTITUTION_NAME,
        choice("kind", "关系", RelationKind, required=True, help="须回避的原因。", width=20,
               synonyms=("关系类型", "回避原因", "利害关系")),
        Column("first_day", "起始日期", Kind.DATE, width=12, help="关系开始的日期，不清楚的不填。",
               synonyms=("开始日期", "自")),
        Column("last_day", "终止日期", Kind.DATE, not_before="first_day", width=12,
               help="仍在继续的不填。", synonyms=("结束日期", "至")),
        Column("declared", "本人申报", Kind.YES_NO, width=8, help="是或否。"),
        Column("note", "说明", most=500, help="不超过 500 字。", synonyms=("备注",)),
    ), RelationFacts, words={"kind": RelationKind},
    identity=("person_id", "institution_id", "kind"), bound=Bound.INSTITUTION,
)  # fmt: skip
