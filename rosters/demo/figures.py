"""The country in figures, as far as published, and what the demo roster adds to them.

Published: institutions by province (2020, the ten largest, and the shares of the six regions)
and by statistical field (2023). Everything else is our assumption, chosen to be plausible,
and marked as such.
"""

from dataclasses import dataclass

REFERENCE_UNITS = 53_834
"""Institutions of the whole country in the figures below."""

REFERENCE_NATIONAL = 5_200
"""Of these certified at national level; assumed, no count is published."""

REFERENCE_CENTRES = 900
"""Of these holding a national quality-inspection centre; assumed."""


@dataclass(frozen=True)
class Province:
    """A province: name and GB/T 2260 prefix, name on certificates, units, pull of the capital.

    *units* is the number of institutions in 2020: published for the ten largest; for the others
    what is left of their region, divided by us. *pull* multiplies the share of national-level
    bodies (assumed; 1 = as in the country).
    """

    name: str
    code: str
    short: str
    units: int
    pull: int = 1


PROVINCES = (
    Province("北京市", "11", "北京", 1_000, pull=6),
    Province("天津市", "12", "天津", 594, pull=2),
    Province("河北省", "13", "河北", 2_407),
    Province("山西省", "14", "山西", 1_640),
    Province("内蒙古自治区", "15", "内蒙古", 1_330),
    Province("辽宁省", "21", "辽宁", 1_812),
    Province("吉林省", "22", "吉林", 1_191),
    Province("黑龙江省", "23", "黑龙江", 1_380),
    Province("上海市", "31", "上海", 1_153, pull=3),
    Province("江苏省", "32", "江苏", 3_413),
    Province("浙江省", "33", "浙江", 2_224),
    Province("安徽省", "34", "安徽", 1_640),
    Province("福建省", "35", "福建", 1_450),
    Province("江西省", "36", "江西", 1_330),
    Province("山东省", "37", "山东", 3_784),
    Province("河南省", "41", "河南", 2_879),
    Province("湖北省", "42", "湖北", 1_690),
    Province("湖南省", "43", "湖南", 1_728),
    Province("广东省", "44", "广东", 3_807),
    Province("广西壮族自治区", "45", "广西", 1_450),
    Province("海南省", "46", "海南", 289),
    Province("重庆市", "50", "重庆", 790),
    Province("四川省", "51", "四川", 2_341),
    Province("贵州省", "52", "贵州", 1_220),
    Province("云南省", "53", "云南", 1_600),
    Province("西藏自治区", "54", "西藏", 100),
    Province("陕西省", "61", "陕西", 1_859),
    Province("甘肃省", "62", "甘肃", 1_060),
    Province("青海省", "63", "青海", 273),
    Province("宁夏回族自治区", "64", "宁夏", 310),
    Province("新疆维吾尔自治区", "65", "新疆", 1_170),
)

NAMED_QUOTAS = {
    "自然资源检验检测": 5,
    "生态环境监测": 10,
    "机动车检验": 10,
    "水利水质监测": 5,
    "进出口商品检验": 5,
    "医疗器械防护用品检验检测": 5,
    "食品检验": 10,
    "成品油检验": 5,
    "网络关键设备和网络安全专用产品检验": 5,
    "常压液体危险货物罐体出厂检验": 5,
}
"""The ten named fields of the 2023 notice (part two) with the institutions to be drawn."""


@dataclass(frozen=True)
class Field:
    """A field and who holds it.

    *units*, *national* and *centres* are holders among `REFERENCE_UNITS`, `REFERENCE_NATIONAL`
    and `REFERENCE_CENTRES`. *units* is published (2023) for the four named fields that are also
    statistical ones (vehicles, environment, water, food) and for 建筑工程, 建筑材料, 农林牧渔业,
    卫生疾控, 材料测试 and 其他; all else is assumed. Fields of one *family* are often held
    together. *trade* is the word in names; *certified* and *industries* stand on certificates.
    """

    name: str
    units: int
    national: int
    centres: int
    family: str
    trade: str
    certified: str
    industries: tuple[str, ...]

    @property
    def provincial(self) -> int:
        """Holders below the national level."""
        return self.units - self.national

    @property
    def floor(self) -> int:
        """National-level holders that a demo roster always has: three for each one to be drawn."""
        return 3 * NAMED_QUOTAS.get(self.name, 0)


FIELDS = (
    Field("自然资源检验检测", 1_150, 364, 27, "环境", "资源检测", "采矿冶金", ("国土资源",)),
    Field("生态环境监测", 8_601, 1_040, 72, "环境", "环境监测", "环境与环保", ("环保",)),
    Field("机动车检验", 15_760, 156, 54, "车辆", "车辆检测", "机动车安检", ("公安", "交通")),
    Field("水利水质监测", 3_532, 520, 36, "环境", "水质监测", "水质", ("水利", "环保")),
    Field("进出口商品检验", 480, 364, 72, "工业", "商品检验", "综合", ("检验检疫",)),
    Field("医疗器械防护用品检验检测", 420, 182, 54, "工业", "医械检验", "医疗器械", ("食品药品",)),
    Field("食品检验", 3_455, 780, 180, "民生", "食品检验", "食品", ("食品药品", "技术监督")),
    Field("成品油检验", 760, 182, 45, "工业", "油品检验", "能源", ("石油", "化工")),
    Field(
        "网络关键设备和网络安全专用产品检验",
        130,
        78,
        27,
        "工业",
        "网络检测",
        "电子信息",
        ("工业和信息",),
    ),
    Field(
        "常压液体危险货物罐体出厂检验", 160, 62, 27, "工业", "罐体检验", "机械", ("交通", "机械")
    ),
    Field("建筑工程", 8_241, 676, 54, "建设", "工程检测", "建筑工程", ("住房与建设", "铁路")),
    Field("建筑材料", 7_366, 624, 135, "建设", "建材检验", "建材", ("建材", "住房与建设")),
    Field("农林牧渔业", 3_117, 468, 90, "民生", "农产品检测", "农林牧渔", ("农业", "林业")),
    Field("卫生疾控", 2_645, 208, 9, "民生", "卫生检验", "卫生计生", ("卫计委",)),
    Field("材料测试", 1_641, 832, 180, "建设", "材料测试", "化工", ("分析测试与冶金", "有色")),
    Field("电子电器", 1_480, 624, 162, "工业", "电器检测", "电子信息", ("工业和信息", "技术监督")),
    Field("机械（含汽车）", 1_390, 728, 180, "工业", "机械检测", "机械", ("机械", "技术监督")),
    Field("其他", 6_269, 1_144, 270, "其他", "综合检测", "其他", ("其他", "技术监督")),
)

CREDIT_CLASSES = {
    "国家质检中心": {"A": 55, "B": 38, "C": 6, "D": 1},
    "国家级": {"A": 40, "B": 45, "C": 13, "D": 2},
    "省级": {"A": 32, "B": 48, "C": 16, "D": 4},
}
"""Units in a hundred by credit-risk class (assumed; classes are not published)."""

LEGAL_FORMS = {
    "车辆": {"企业": 96, "事业单位": 2, "其他": 2},
    "民生": {"企业": 45, "事业单位": 50, "其他": 5},
    "": {"企业": 74, "事业单位": 20, "其他": 6},
}
"""Units in a hundred by legal form and family of the main field (assumed, so that all together
give the published 76 : 20 : 5 of 2022); the empty family is every other one."""

REGISTRATION = {"企业": "91", "事业单位": "12", "其他": "52"}
"""Authority and category at the head of the credit code, by legal form."""

COMPLAINTS = {
    "A": {"0": 96, "1": 4},
    "B": {"0": 85, "1": 12, "2": 3},
    "C": {"0": 62, "1": 22, "2": 11, "3": 5},
    "D": {"0": 30, "1": 26, "2": 20, "3": 14, "4": 10},
}
"""Units in a hundred with 0, 1, 2 ... complaints in the year, by credit class (assumed)."""

CHECKED_LAST_YEAR = {
    "国家质检中心": {"0": 90, "1": 10},
    "国家级": {"0": 94, "1": 6},
    "省级": {"0": 88, "1": 12},
}
"""Units in a hundred not checked and checked in the year before (assumed)."""

BREADTH = {3: 60, 6: 30, 14: 10}
"""Appetite for further fields, and units in a hundred that have it (assumed)."""

KINSHIP = 4
"""How much stronger the appetite is for a field of the family of the main one (assumed)."""

CERTIFIED_IN = range(2021, 2027)
"""Years of issue: a certificate is valid for six years (Order 163, article 13)."""

COINED = "云岭松溪梧桐青禾星澜柏舟竹屿枫桥蓝汀槐荫芦洲麦田雁栖荷塘霜叶晨帆清砚石泉鹤鸣橙野梅坞杉林"
"""Characters that coin the made-up part of a name, three at a time."""

SUFFIXES = {
    "企业": ("有限公司", "技术有限公司", "科技有限公司", "服务有限公司"),
    "事业单位": ("中心", "研究院", "站"),
    "其他": ("服务中心", "事务所"),
}
"""How names end, by legal form."""

LABEL = "演示数据"
"""Stands in every row, so that no copy of a row can be taken for a real institution."""
