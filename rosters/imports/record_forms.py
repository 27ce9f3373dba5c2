"""The sheets of what is on record: certificates, flags, proficiency results, the two lists."""

from rosters.certificates import CertificateFacts, CertificateState
from rosters.entries import Noun
from rosters.flags import FlagFacts, FlagKind, ProficiencyResultFacts, Verdict
from rosters.imports.forms import INSTITUTION_CODE, INSTITUTION_NAME, Bound, Form, choice
from rosters.imports.institution_form import STATE_ALIASES
from rosters.items import CheckItemFacts, CheckMethod, JointItemFacts
from rosters.sheets.columns import Column, Kind

CERTIFICATES = Form(
    Noun.CERTIFICATE, "资质认定证书", (
        Column("number", "证书编号", Kind.CERTIFICATE, required=True, unique=True, width=18,
               help="12 位；旧格式照原样填写。",
               synonyms=("资质认定证书编号", "资质认定证书号", "CMA证书编号", "证书号")),
        INSTITUTION_CODE, INSTITUTION_NAME,
        Column("issuer", "发证机关", most=60, width=24, help="发证的市场监管部门。",
               synonyms=("发证部门", "发证单位")),
        Column("issued_on", "发证日期", Kind.DATE, width=12, help="如 2023-05-01。",
               synonyms=("颁证日期", "有效期起", "有效期自")),
        Column("expires_on", "有效期至", Kind.DATE, not_before="issued_on", width=12,
               help="最后一个有效日。",
               synonyms=("证书有效期", "有效期截止", "截止日期", "到期日期", "有效期止")),
        Column("scope", "能力范围", most=2000, width=40, help="批准的检验检测能力，概括填写。",
               synonyms=("检测范围", "资质范围", "批准范围")),
        choice("state", "证书状态", CertificateState, width=10, aliases=STATE_ALIASES,
               help="有效、暂停、注销或撤销；是否过期由日期决定。", synonyms=("状态",)),
    ), CertificateFacts, words={"state": CertificateState}, identity=("number",),
    bound=Bound.INSTITUTION,
)  # fmt: skip

FLAGS = Form(
    Noun.FLAG, "监管记录", (
        INSTITUTION_CODE, INSTITUTION_NAME,
        choice("kind", "种类", FlagKind, required=True, width=18, help="记录的种类。",
               synonyms=("记录种类", "类型", "事项"),
               aliases=(("投诉", "投诉举报"), ("举报", "投诉举报"), ("处罚", "行政处罚"),
                        ("异常名录", "经营异常名录"), ("严重违法", "严重违法失信名单"))),
        Column("happened_on", "发生日期", Kind.DATE, required=True, width=12, past=True,
               help="发生或列入的日期。", synonyms=("日期", "列入日期", "时间", "处罚日期")),
        Column("ended_on", "结束日期", Kind.DATE, not_before="happened_on", width=12,
               help="移出名录或改正的日期；没有的不填。", synonyms=("移出日期", "整改日期")),
        Column("source", "来源", width=30, help="文号、热线或抽查批次。", synonyms=("文号",
               "依据文号")),
        Column("detail", "内容", most=1000, width=40, help="不超过 1000 字。",
               synonyms=("问题描述", "事由", "说明")),
    ), FlagFacts, words={"kind": FlagKind},
    identity=("institution_id", "kind", "happened_on", "source"), bound=Bound.INSTITUTION,
)  # fmt: skip

PROFICIENCY_RESULTS = Form(
    Noun.PROFICIENCY_RESULT, "能力验证结果", (
        INSTITUTION_CODE, INSTITUTION_NAME,
        Column("round", "计划名称", required=True, most=100, width=30,
               help="能力验证计划的名称或编号。",
               synonyms=("轮次", "计划编号", "能力验证计划", "项目编号")),
        Column("item", "项目", required=True, most=100, width=24, help="参数或项目名称。",
               synonyms=("参数", "项目名称", "检测项目")),
        choice("verdict", "结果", Verdict, required=True, width=10,
               help="满意、可疑、不满意或拒绝参加。",
               aliases=(("合格", "满意"), ("不合格", "不满意"), ("有问题", "可疑"),
                        ("拒不参加", "拒绝参加")),
               synonyms=("结果评价", "评定结果", "结论")),
        Column("happened_on", "日期", Kind.DATE, required=True, past=True, width=12,
               help="结果公布的日期。", synonyms=("结果日期", "公布日期", "时间")),
    ), ProficiencyResultFacts, words={"verdict": Verdict},
    identity=("institution_id", "round", "item"), bound=Bound.INSTITUTION,
)  # fmt: skip

CHECK_ITEMS = Form(
    Noun.CHECK_ITEM, "随机抽查事项清单", (
        Column("number", "编号", required=True, unique=True, most=20, width=8, help="一事一号。",
               synonyms=("序号", "事项编号")),
        Column("name", "抽查事项", required=True, width=30, help="事项名称。",
               synonyms=("事项名称", "事项", "检查事项")),
        Column("category", "事项类别", most=20, width=14, help="重点检查事项或一般检查事项。",
               synonyms=("类别",), kind=Kind.CHOICE, choices=("重点检查事项", "一般检查事项"),
               aliases=(("重点", "重点检查事项"), ("一般", "一般检查事项"))),
        Column("object", "抽查对象", width=24, help="检查谁。", synonyms=("检查对象", "对象")),
        Column("basis", "抽查依据", most=2000, width=40, help="法律、法规、规章的条款。",
               synonyms=("检查依据", "法律依据", "依据")),
        Column("ratio", "抽查比例上限（%）", Kind.INTEGER, width=10, help="每年不超过百分之几。",
               synonyms=("抽查比例", "比例上限", "比例")),
        Column("yearly_cap", "每年次数上限", Kind.INTEGER, width=10,
               help="同一对象一年最多几次，0 为不限。",
               synonyms=("频次上限", "抽查频次", "年度频次")),
        choice("method", "检查方式", CheckMethod, width=12, help="现场、书面、网络或抽样。",
               aliases=(("现场", "现场检查"), ("书面", "书面检查"), ("实地检查", "现场检查"),
                        ("网络", "网络检查"), ("抽样", "抽样检测")), synonyms=("抽查方式", "方式")),
        Column("least_officers", "最少人数", Kind.INTEGER, width=8, help="执法人员不少于 2 人。",
               synonyms=("执法人数", "人数")),
        Column("officers", "人员要求", most=500, width=24, help="对执法人员资格的要求。"),
    ), CheckItemFacts, words={"method": CheckMethod}, identity=("number",), bound=Bound.NATION,
)  # fmt: skip

JOINT_ITEMS = Form(
    Noun.JOINT_ITEM, "跨部门综合监管重点事项清单", (
        Column("number", "编号", required=True, unique=True, most=20, width=8, help="一事一号。",
               synonyms=("序号", "事项编号")),
        Column("name", "监管事项", required=True, width=30, help="事项名称。",
               synonyms=("事项名称", "重点事项", "事项")),
        Column("lead", "牵头部门", most=100, width=24, help="一个部门。", synonyms=("发起部门",)),
        Column("partners", "配合部门", most=300, width=30, help="多个部门用顿号分开。",
               synonyms=("参与部门", "联合部门", "协同部门")),
        Column("method", "监管方式", width=24, help="如 联合抽查。", synonyms=("方式", "检查方式")),
        Column("basis", "监管依据", most=2000, width=40, help="法律、法规、规章的条款。",
               synonyms=("依据", "法律依据")),
    ), JointItemFacts, identity=("number",), bound=Bound.NATION,
)  # fmt: skip
