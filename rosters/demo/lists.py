"""The published lists of the made-up world: items of checks, joint items, tables of fields.

The items are written by us from the law they name and stand for no list in force; the tables of
fields follow the plain meaning of the words and are marked 参考.
"""

from collections.abc import Iterator
from datetime import date

from rosters.changes import Saying
from rosters.demo.ground import World
from rosters.demo.institutions import IN_STATISTICS
from rosters.entries import Noun
from rosters.items import CheckMethod
from rosters.risk.indicators import STANDARD
from rosters.vocabularies import SPOT_CHECK_FIELDS, Vocabulary

AMENDED = date(2025, 3, 18)
"""《检验检测机构监督管理办法》 was amended by Order 101; its articles moved by one."""

SUPERVISION = "《检验检测机构监督管理办法》第{}条"
ACCREDITATION = "《检验检测机构资质认定管理办法》第{}条"
JOINT_BASIS = "国发〔2019〕5号《关于在市场监管领域全面推行部门联合“双随机、一公开”监管的意见》"
KEY, GENERAL = "重点检查事项", "一般检查事项"
REFERENCE = "参考，按字义对应"

# number, name, category, basis before and since the amendment, ratio, yearly cap, method
CHECK_ITEMS = (
    (
        "YS-01",
        "资质认定条件和技术能力持续符合情况",
        KEY,
        ACCREDITATION.format(18),
        "",
        0,
        1,
        CheckMethod.ON_SITE,
    ),
    (
        "YS-02",
        "在批准的能力范围内开展检验检测情况",
        KEY,
        ACCREDITATION.format(19),
        "",
        0,
        1,
        CheckMethod.ON_SITE,
    ),
    (
        "YS-03",
        "检验检测数据和结果真实性",
        KEY,
        SUPERVISION.format("13、14"),
        SUPERVISION.format("14、15"),
        0,
        2,
        CheckMethod.ON_SITE,
    ),
    (
        "YS-04",
        "原始记录和报告归档留存情况",
        GENERAL,
        SUPERVISION.format(12),
        SUPERVISION.format(13),
        10,
        1,
        CheckMethod.ON_SITE,
    ),
    (
        "YS-05",
        "报告签发人员和印章、标志使用情况",
        GENERAL,
        SUPERVISION.format(11),
        SUPERVISION.format(12),
        10,
        1,
        CheckMethod.ON_SITE,
    ),
    (
        "YS-06",
        "分包检验检测项目告知和标注情况",
        GENERAL,
        SUPERVISION.format(10),
        SUPERVISION.format(11),
        5,
        1,
        CheckMethod.IN_WRITING,
    ),
    (
        "YS-07",
        "名称、地址、人员等事项变更办理情况",
        GENERAL,
        ACCREDITATION.format(14),
        "",
        5,
        1,
        CheckMethod.IN_WRITING,
    ),
    (
        "YS-08",
        "自我声明公开和统计信息报送情况",
        GENERAL,
        SUPERVISION.format(16),
        SUPERVISION.format(17),
        10,
        1,
        CheckMethod.ONLINE,
    ),
    (
        "YS-09",
        "参加能力验证及不满意结果整改情况",
        GENERAL,
        SUPERVISION.format(18),
        SUPERVISION.format(19),
        10,
        1,
        CheckMethod.IN_WRITING,
    ),
    (
        "YS-10",
        "证书转让、出租、出借和过期使用情况",
        KEY,
        ACCREDITATION.format(20),
        "",
        0,
        1,
        CheckMethod.ON_SITE,
    ),
    (
        "YS-11",
        "告知承诺取得资质认定的机构承诺兑现情况",
        KEY,
        ACCREDITATION.format(10),
        "",
        100,
        1,
        CheckMethod.ON_SITE,
    ),
    (
        "YS-12",
        "留样复测与见证试验",
        GENERAL,
        SUPERVISION.format(20),
        SUPERVISION.format(21),
        5,
        1,
        CheckMethod.SAMPLING,
    ),
)

# number, name, partners, method, basis
JOINT_ITEMS = (
    (
        "LH-01",
        "机动车检验机构联合检查",
        "公安|生态环境|交通运输",
        "联合双随机抽查",
        "《道路交通安全法》第94条、《大气污染防治法》第112条",
    ),
    (
        "LH-02",
        "生态环境监测机构联合检查",
        "生态环境",
        "联合双随机抽查，必要时非现场核查",
        "《生态环境监测条例》第35条",
    ),
    ("LH-03", "水利水质检测机构联合检查", "水利", "联合双随机抽查", "《水利工程质量检测管理规定》"),
    ("LH-04", "自然资源检验检测机构联合检查", "自然资源", "联合双随机抽查", JOINT_BASIS),
    (
        "LH-05",
        "进出口商品检验机构联合检查",
        "海关",
        "联合双随机抽查，结果互认",
        "《进出口商品检验法》",
    ),
    (
        "LH-06",
        "医疗器械防护用品检验检测机构联合检查",
        "药监",
        "联合双随机抽查",
        "《医疗器械监督管理条例》",
    ),
    (
        "LH-07",
        "常压液体危险货物罐体检验机构联合检查",
        "交通运输",
        "联合双随机抽查与专项核查结合",
        "《道路危险货物运输管理规定》",
    ),
    (
        "LH-08",
        "食品检验机构联合检查",
        "药监|海关",
        "书面核查在先，联合双随机抽查在后",
        "《食品安全法》第84条、第138条",
    ),
)

STATISTICS_OF_CERTIFIED = {
    "食品": "食品及食品接触材料",
    "建筑工程": "建筑工程",
    "建材": "建筑材料",
    "卫生计生": "卫生疾控",
    "农林牧渔": "农林牧渔业",
    "机动车安检": "机动车检验",
    "公安刑事技术": "其他",
    "司法鉴定": "其他",
    "机械": "机械（含汽车）",
    "电子信息": "电子电器",
    "轻工": "其他",
    "纺织服装": "其他",
    "环境与环保": "环境监测",
    "水质": "水质",
    "化工": "材料测试",
    "医疗器械": "其他",
    "采矿冶金": "材料测试",
    "能源": "其他",
    "医学": "卫生疾控",
    "生物安全": "卫生疾控",
    "综合": "其他",
    "其他": "其他",
}
"""Field of a certificate number, and the statistical field that it comes nearest to."""

SPOT_CHECK_OF_CERTIFIED = {
    "采矿冶金": "自然资源检验检测",
    "能源": "成品油检验",
    "医疗器械": "医疗器械防护用品检验检测",
}
"""Fields of a certificate number that name a spot-check field which the statistics do not."""


def check_items(world: World) -> Iterator[Saying]:
    """The list of what may be checked at random, with its versions by date."""
    for number, name, category, before, since, ratio, cap, method in CHECK_ITEMS:
        amended_already = world.start >= AMENDED
        facts: dict[str, object] = {
            "number": number,
            "name": name,
            "category": category,
            "object": "取得资质认定的检验检测机构",
            "basis": since if since and amended_already else before,
            "ratio": ratio,
            "yearly_cap": cap,
            "method": method.value,
            "officers": "持有行政执法证件；涉及技术判断的可以请专家协助，专家人数事先确定",
        }
        entry = world.entered(Noun.CHECK_ITEM, facts, world.start)
        yield entry
        if since and not amended_already and world.today >= AMENDED:
            yield Saying(Noun.CHECK_ITEM, entry.entry_id, {"basis": since}, AMENDED)


def joint_items(world: World) -> Iterator[Saying]:
    """The list of what departments check together."""
    for number, name, partners, method, basis in JOINT_ITEMS:
        facts: dict[str, object] = {
            "number": number,
            "name": name,
            "lead": "市场监管",
            "partners": partners.replace("|", "、"),
            "method": method,
            "basis": basis,
        }
        yield world.entered(Noun.JOINT_ITEM, facts, world.start)


def field_mappings(world: World) -> Iterator[Saying]:
    """From certificates to the statistics, from these to the spot checks, and a few directly."""
    certificate, statistics = Vocabulary.CERTIFICATE, Vocabulary.STATISTICS
    for source, target in STATISTICS_OF_CERTIFIED.items():
        yield _mapping(world, certificate, source, statistics, target)
    for target in SPOT_CHECK_FIELDS:
        source = IN_STATISTICS.get(target, target)
        yield _mapping(world, statistics, source, Vocabulary.SPOT_CHECK, target)
    for source, target in SPOT_CHECK_OF_CERTIFIED.items():
        yield _mapping(world, certificate, source, Vocabulary.SPOT_CHECK, target)


def _mapping(
    world: World, source: Vocabulary, source_term: str, target: Vocabulary, target_term: str
) -> Saying:
    facts: dict[str, object] = {
        "source": source.value,
        "source_term": source_term,
        "target": target.value,
        "target_term": target_term,
        "note": REFERENCE,
    }
    return world.entered(Noun.FIELD_MAPPING, facts, world.start)


def risk_indicators(world: World) -> Iterator[Saying]:
    """The indicators that a service may begin with."""
    for facts in STANDARD:
        yield world.entered(Noun.INDICATOR, facts.model_dump(), world.start)
