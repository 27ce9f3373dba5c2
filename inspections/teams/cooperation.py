"""Regions that cooperate, by the national strategies that say so; plans may exchange inspectors
between the provinces of one.

京津冀: 《京津冀协同发展规划纲要》 (2015). 长三角: 《长江三角洲区域一体化发展规划纲要》 (2019).
成渝: 《成渝地区双城经济圈建设规划纲要》 (2021). Of the 粤港澳大湾区 only Guangdong has institutions
under the qualification rules: it exchanges with nobody here and is left out. The national
policies on the revival of 东北 and the rise of 中部 name these provinces together.
"""

COOPERATION: dict[str, tuple[str, ...]] = {
    "京津冀": ("110000", "120000", "130000"),
    "长三角": ("310000", "320000", "330000", "340000"),
    "成渝": ("500000", "510000"),
    "东北": ("210000", "220000", "230000"),
    "中部": ("140000", "340000", "360000", "410000", "420000", "430000"),
}
"""Codes of the provinces by the name of the region they form; one may be in two."""


def partners_of(province: str, groups: tuple[str, ...]) -> frozenset[str]:
    """The provinces with which a province cooperates under the *groups* of a plan; not itself."""
    found = {code for name in groups if province in COOPERATION[name] for code in COOPERATION[name]}
    return frozenset(found - {province})
