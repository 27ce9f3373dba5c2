"""The columns of a made-up noun: an institution as the sheets of the tests tell it."""

from datetime import date

from rosters.identifiers import compose_credit_code
from rosters.sheets.columns import Column, Kind

TODAY = date(2026, 11, 20)

FIELDS = ("机动车检验", "生态环境监测", "食品检验", "建筑工程", "其他")

COLUMNS = (
    Column("name", "机构名称", required=True, synonyms=("企业名称", "单位名称"), width=36),
    Column(
        "credit_code",
        "统一社会信用代码",
        Kind.CREDIT_CODE,
        required=True,
        unique=True,
        synonyms=("信用代码", "注册号/统一社会信用代码", "注册号"),
        help="18 位，以文本格式填写。",
        width=22,
    ),
    Column(
        "certificates",
        "资质认定证书编号",
        Kind.CERTIFICATE,
        several=True,
        unique=True,
        synonyms=("证书编号", "CMA证书编号"),
        width=20,
    ),
    Column("issued_on", "发证日期", Kind.DATE, of="certificates", past=True),
    Column(
        "expires_on",
        "有效期至",
        Kind.DATE,
        of="certificates",
        not_before="issued_on",
        synonyms=("有效日期", "证书有效期"),
    ),
    Column(
        "legal_form",
        "法人性质",
        Kind.CHOICE,
        choices=("企业", "事业单位", "其他"),
        aliases=(("企业法人", "企业"), ("事业法人", "事业单位")),
    ),
    Column("province", "所在省份", Kind.REGION, synonyms=("省份", "省")),
    Column("city", "所在地市", Kind.REGION, within="province", synonyms=("城市", "地市")),
    Column("fields", "重点领域", Kind.CHOICE, several=True, choices=FIELDS, width=30),
    Column("qi_centres", "国家质检中心", several=True),
    Column("is_listed", "是否公示", Kind.YES_NO),
    Column("staff", "人员数量", Kind.INTEGER),
    Column("phone", "联系电话", Kind.PHONE, synonyms=("电话",)),
    Column("email", "电子邮箱", Kind.EMAIL),
    Column("registrar", "登记机关"),
    Column("jurisdiction", "管辖单位"),
    Column("remark", "备注", most=500),
)


def credit_code(number: int) -> str:
    """A valid code that belongs to nobody: no county ends in 0099."""
    return compose_credit_code("91", "330099", f"Y{number:07}")
