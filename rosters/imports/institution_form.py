"""The sheet of institutions: a row is an institution with its certificates, centres and people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rosters.certificates import CertificateState
from rosters.entries import Noun
from rosters.imports.forms import CITY, PROVINCE, REMARK, Form, choice, phone, terms
from rosters.institutions import CreditClass, InstitutionFacts, LegalForm, Level, Standing
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from rosters.vocabularies import SPOT_CHECK_FIELDS, STATISTICS_FIELDS

CLASS_ALIASES = (
    *((word, f"{sign}类") for sign in "ABCD" for word in (sign, f"{sign}级", f"{sign}等")),
    ("未评", "未评定"),
    ("暂无", "未评定"),
)

STATE_ALIASES = (
    ("正常", "有效"),
    # time makes these, no decision of the issuer: `certificates.status_on`
    ("临期", "有效"), ("过期", "有效"), ("已过期", "有效"),
    ("已注销", "注销"), ("已撤销", "撤销"), ("暂停使用", "暂停"),
)  # fmt: skip

COLUMNS = (
    Column(
        "name", "机构名称", required=True, help="营业执照或法人证书上的全称。", width=36,
        synonyms=("企业名称", "单位名称", "检验检测机构名称", "法人单位名称", "法人名称", "名称",
                  "机构全称", "单位全称"),
    ),
    Column(
        "credit_code", "统一社会信用代码", Kind.CREDIT_CODE, unique=True, width=22,
        help="18 位；还没有换发的，填 15 位老注册号。",
        synonyms=("注册号/统一社会信用代码", "社会信用代码", "信用代码", "机构代码",
                  "统一社会信用代码/注册号", "企业代码", "统一代码", "法人代码"),
    ),
    Column(
        "registration_no", "原注册号", help="2015 年以前的 15 位注册号，查找旧档案用。",
        synonyms=("注册号", "工商注册号", "老注册号", "原工商注册号"), most=30, width=18,
    ),
    choice(
        "legal_form", "机构类型", LegalForm, help="企业、事业单位或其他。", width=10,
        aliases=(("企业法人", "企业"), ("公司", "企业"), ("事业", "事业单位"),
                 ("事业法人", "事业单位"), ("事业单位法人", "事业单位"), ("民办非企业", "其他"),
                 ("社会团体", "其他"), ("其它", "其他")),
        synonyms=("单位性质", "法人类型", "机构性质", "法人性质", "企业类型"),
    ),
    choice(
        "level", "级别", Level, help="由总局发证的为国家级；两级证书都有的为国家级。", width=8,
        aliases=(("国家", "国家级"), ("总局", "国家级"), ("省", "省级"), ("省局", "省级")),
        synonyms=("机构级别", "资质级别", "发证级别"),
    ),
    PROVINCE,
    CITY,
    Column("address", "地址", help="注册地址或主要检测场所。", most=300, width=36,
           synonyms=("机构地址", "单位地址", "注册地址", "住所", "详细地址", "通讯地址",
                     "经营场所", "检测场所地址")),
    Column("registrar", "登记机关", most=100, width=24, help="办理法人登记的机关。",
           synonyms=("注册机关", "登记部门", "登记管理机关")),
    Column("jurisdiction", "日常监管单位", most=100, width=24, help="负责日常监管的单位。",
           synonyms=("监管单位", "监管机构", "管辖单位", "管辖所", "属地监管单位", "管辖机关")),
    Column("parent", "上级法人", width=30, help="上级法人或所属集团的全称，用于回避。",
           synonyms=("上级单位", "主管单位", "所属集团", "母公司", "上级主管单位")),
    terms("fields", "重点领域", SPOT_CHECK_FIELDS, width=30, help="可填多个，用顿号分开。",
          aliases=(("机动车", "机动车检验"), ("食品", "食品检验"), ("生态环境", "生态环境监测"),
                   ("环境监测", "生态环境监测"), ("水质", "水利水质监测"), ("建材", "建筑材料"),
                   ("其它", "其他")),
          synonyms=("检测领域", "领域", "专业领域", "抽查领域", "检验检测领域")),
    terms("statistics_fields", "统计领域", STATISTICS_FIELDS, width=30,
          help="年度统计所用的领域，可填多个。", synonyms=("统计行业领域",)),
    choice("credit_class", "信用风险等级", CreditClass, width=12, aliases=CLASS_ALIASES,
           help="通用信用风险分类，A 类风险最低。",
           synonyms=("信用等级", "风险等级", "信用风险分类", "信用分类", "通用信用风险等级")),
    choice("cma_class", "资质认定分类等级", CreditClass, width=12, aliases=CLASS_ALIASES,
           help="资质认定部门的专业信用风险分类。",
           synonyms=("专业风险等级", "专业信用风险等级")),
    Column("class_reason", "等级理由", most=500, help="等级的依据。",
           synonyms=("评定理由", "分类依据", "评定依据")),
    choice("standing", "经营状态", Standing, width=10, help="在业、停业、关闭清算或已注销。",
           aliases=(("存续", "在业"), ("开业", "在业"), ("正常", "在业"), ("在营", "在业"),
                    ("歇业", "停业"), ("清算", "关闭清算"), ("关闭", "关闭清算"),
                    ("注销", "已注销"), ("吊销", "已注销")),
           synonyms=("状态", "登记状态", "企业状态", "机构状态")),
    Column("certificates", "资质认定证书编号", Kind.CERTIFICATE, several=True, unique=True,
           help="可填多个，用顿号或换行分开；没有填的证书不会因此失效。", width=22,
           synonyms=("证书编号", "资质认定证书号", "CMA证书编号", "CMA编号", "证书号",
                     "资质证书编号",
                     "资质认定编号", "CMA证书号")),
    Column("issuer", "发证机关", most=60, of="certificates", width=24, help="发证的市场监管部门。",
           synonyms=("发证部门", "发证单位")),
    Column("issued_on", "发证日期", Kind.DATE, of="certificates", width=12,
           help="如 2023-05-01。一格有多个证书的，日期对每个都适用；不同的请分行填写。",
           synonyms=("证书发证日期", "颁证日期", "证书日期", "有效期起", "有效期自")),
    Column("expires_on", "有效期至", Kind.DATE, of="certificates", not_before="issued_on",
           help="证书最后一个有效日，如 2029-04-30。", width=12,
           synonyms=("证书有效期", "有效期截止", "证书有效期至", "截止日期", "到期日期", "有效期止",
                     "有效日期")),
    choice("certificate_state", "证书状态", CertificateState, of="certificates", width=10,
           help="有效、暂停、注销或撤销；是否过期由日期决定。", aliases=STATE_ALIASES),
    Column("centres", "国家质检中心", several=True, width=36,
           help="依托本机构的国家质检中心，可填多个。",
           synonyms=("质检中心", "国家中心名称", "国家质检中心名称", "承建国家质检中心")),
    Column("representative", "法定代表人", most=60, width=12, help="姓名。",
           synonyms=("法人代表", "法人", "负责人", "法定代表人（负责人）")),
    Column("contact", "联系人", most=60, width=12, help="姓名。", synonyms=("联络人",
           "联系人姓名")),
    phone(help="联系人的电话。", width=16),
    Column("email", "电子邮箱", Kind.EMAIL, help="联系人的邮箱。", synonyms=("邮箱", "E-mail"),
           width=24),
    REMARK,
)  # fmt: skip

INSTITUTIONS = Form(
    Noun.INSTITUTION, "检验检测机构名录", COLUMNS, InstitutionFacts,
    words={
        "legal_form": LegalForm, "level": Level, "credit_class": CreditClass,
        "cma_class": CreditClass, "standing": Standing, "certificate_state": CertificateState,
    },
    vocabularies={"fields": SPOT_CHECK_FIELDS, "statistics_fields": STATISTICS_FIELDS},
)  # fmt: skip


def own_cells(facts: Mapping[str, Any], centres: Sequence[str]) -> dict[str, Value]:
    """What a row says of the institution itself, the same in all of its rows."""
    cells = INSTITUTIONS.values_of(facts)
    # who has no credit code yet is named by its old number
    cells["credit_code"] = cells["credit_code"] or cells["registration_no"]
    return cells | {"centres": tuple(centres) or None}


def certificate_cells(certificate: Any) -> dict[str, Value]:
    """What a row says of one certificate, each of which has dates of its own."""
    return {
        "certificates": (certificate.number,),
        "issuer": certificate.issuer or None,
        "issued_on": certificate.issued_on,
        "expires_on": certificate.expires_on,
        "certificate_state": CertificateState(certificate.state).label,
    }
