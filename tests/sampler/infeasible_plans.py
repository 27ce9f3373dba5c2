"""Twenty plans that cannot be drawn, each with what is wrong and what would mend it."""

from dataclasses import dataclass
from fractions import Fraction

from sampler.quotas import SINGLE_PLACE, Cross, Kind, Predicate, Problem, UnitType

PLACES = {"A": "食品检验", "B": "环境监测", "C": "建筑材料", "D": "成品油检验", "O": "其他领域"}
QUOTAS = {"q": "国家质检中心", "w": "西部地区", "x": "信用C类", "y": "从未检查", "z": "东部地区"}


@dataclass(frozen=True)
class Units:
    """*count* like units: the letters of their places and of the cross quotas they meet."""

    count: int
    places: str = ""
    meets: str = ""
    kind: Kind = Kind.ORDINARY
    weight: int = 1


@dataclass(frozen=True)
class InfeasiblePlan:
    """A problem, the members (kind, name) of each of its conflicts, and its mending.

    *words* are parts of the messages; *change* is the smallest sum of changes of counts,
    None where no change of counts helps; *total* is the n of the nearest plan if not n.
    """

    title: str
    problem: Problem
    conflicts: tuple[frozenset[tuple[str, str]], ...]
    words: tuple[str, ...]
    change: int | None
    total: int | None = None
    smallest_cap: Fraction | None = None


def problem(
    places: dict[str, int] | int,
    units: list[Units],
    quotas: dict[str, tuple[int, int | None]] | None = None,
    cap: Fraction = Fraction(1),
) -> Problem:
    """A problem from letters; a number of *places* is the one place of a plan without fields."""
    counts = {SINGLE_PLACE: places} if isinstance(places, int) else places
    n = sum(counts.values())
    letters = list(counts)
    quotas = quotas or {}
    types = tuple(
        UnitType(
            number,
            u.kind,
            u.count,
            (0,) if isinstance(places, int) else tuple(sorted(map(letters.index, u.places))),
            tuple(letter in u.meets for letter in quotas),
            u.weight,
        )
        for number, u in enumerate(units, start=1)
    )
    cross = tuple(
        Cross(QUOTAS[letter], Predicate(), low, n if high is None else high)
        for letter, (low, high) in quotas.items()
    )
    names = tuple(PLACES.get(letter, letter) for letter in counts)
    return Problem(n, names, tuple(counts.values()), cross, types, cap)


def among(
    places: str = "", mins: str = "", maxs: str = "", *others: tuple[str, str]
) -> frozenset[tuple[str, str]]:
    """The members of a conflict from letters."""
    members = {("place", PLACES[letter]) for letter in places}
    members |= {("cross_min", QUOTAS[letter]) for letter in mins}
    members |= {("cross_max", QUOTAS[letter]) for letter in maxs}
    return frozenset(members | set(others))


TOTAL = ("total", "")
CAP = ("cap", "")

PLANS = (
    InfeasiblePlan(
        "more than the roster holds",
        problem(12, [Units(7), Units(3, weight=3), Units(4, kind=Kind.EXCLUDED)]),
        (among("", "", "", TOTAL),),
        ("共要抽 12 家，但名单中符合条件的只有 10 家，还差 2 家（另有 4 家已列入排除）",),
        change=2,
        total=10,
    ),
    InfeasiblePlan(
        "a field larger than its holders",
        problem({"D": 5, "A": 5, "O": 35}, [Units(3, "D"), Units(20, "A"), Units(60, "O")]),
        (among("D"),),
        ("“成品油检验”要抽 5 家，但名单中符合条件的只有 3 家，还差 2 家",),
        change=4,
    ),
    InfeasiblePlan(
        "two fields with the same few holders",
        problem(
            {"A": 7, "B": 8, "O": 10},
            [Units(5, "AB"), Units(4, "A"), Units(3, "B"), Units(30, "O")],
        ),
        (among("AB"),),
        ("“食品检验”“环境监测” 2 个领域共要抽 15 家，能占用它们的机构合计只有 12 家，还差 3 家",),
        change=6,
    ),
    InfeasiblePlan(
        "three fields with the same few holders, any two of which fit",
        problem(
            {"A": 4, "B": 4, "C": 4, "O": 5},
            [Units(3, "AB"), Units(3, "BC"), Units(3, "AC"), Units(2, "ABC"), Units(9, "O")],
        ),
        (among("ABC"),),
        ("3 个领域共要抽 12 家，能占用它们的机构合计只有 11 家，还差 1 家",),
        change=2,
    ),
    InfeasiblePlan(
        "a field emptied by exclusions and weight 0",
        problem(
            {"A": 2, "O": 3},
            [
                Units(2, "A", kind=Kind.EXCLUDED),
                Units(3, "A", weight=0),
                Units(1, "A", kind=Kind.OUTSIDE),
                Units(9, "O"),
            ],
        ),
        (among("A"),),
        ("只有 0 家，还差 2 家（另有 2 家已列入排除、3 家权重为 0、1 家不在抽查范围）",),
        change=4,
    ),
    InfeasiblePlan(
        "a minimum above the number of holders",
        problem(
            {"A": 5, "O": 5}, [Units(3, "AO", "q"), Units(9, "A"), Units(9, "O")], {"q": (4, None)}
        ),
        (among("", "q"),),
        ("“国家质检中心”要求至少 4 家，但名单中符合条件的只有 3 家，还差 1 家",),
        change=1,
    ),
    InfeasiblePlan(
        "exactly twenty centres, of which the fields take twelve",
        problem(
            {"A": 5, "B": 7, "O": 30},
            [Units(15, "A", "q"), Units(16, "B", "q"), Units(9, "AB"), Units(80, "O")],
            {"q": (20, 20)},
        ),
        (among("AB", "q"),),
        (
            "“国家质检中心”要求恰好 20 家，但在“食品检验”抽 5 家、“环境监测”抽 7 家的前提下，"
            "最多只能抽到 12 家",
        ),
        change=8,
    ),
    InfeasiblePlan(
        "a maximum that a field breaks by itself",
        problem(
            {"A": 6, "O": 6}, [Units(9, "A", "w"), Units(2, "A"), Units(9, "O")], {"w": (0, 3)}
        ),
        (among("A", "", "w"),),
        ("“西部地区”要求最多 3 家，但在“食品检验”抽 6 家的前提下，至少会抽到 4 家",),
        change=1,
    ),
    InfeasiblePlan(
        "certain units overfill a field",
        problem(
            {"A": 2, "O": 4},
            [Units(3, "A", kind=Kind.CERTAIN), Units(9, "AO"), Units(1, "O", kind=Kind.CERTAIN)],
        ),
        (among("A", "", "", ("certain", "必查单位（限“食品检验”）")),),
        ("必查单位中有 3 家只能占用“食品检验”，而“食品检验”共只抽 2 家",),
        change=2,
    ),
    InfeasiblePlan(
        "certain units overfill a cross quota",
        problem(
            {"A": 4, "O": 4},
            [Units(2, "A", "x", Kind.CERTAIN), Units(1, "AO", "x", Kind.CERTAIN), Units(20, "AO")],
            {"x": (0, 2)},
        ),
        (
            among(
                "",
                "",
                "x",
                ("certain", "必查单位（限“食品检验”，属“信用C类”）"),
                ("certain", "必查单位（限“食品检验”“其他领域”，属“信用C类”）"),
            ),
        ),
        ("“信用C类”要求最多 2 家，但属于“信用C类”的必查单位已有 3 家",),
        change=1,
    ),
    InfeasiblePlan(
        "a certain unit without a place",
        problem({"A": 2, "O": 4}, [Units(1, "", kind=Kind.CERTAIN), Units(9, "AO")]),
        (among("", "", "", ("certain", "必查单位（无可占用的领域）")),),
        ("有 1 家必查单位没有可以占用的领域",),
        change=None,
    ),
    InfeasiblePlan(
        "more certain units than draws",
        problem(3, [Units(4, kind=Kind.CERTAIN), Units(9)]),
        (among("", "", "", TOTAL, ("certain", "必查单位")),),
        ("必查单位有 4 家，而总共只抽 3 家",),
        change=1,
        total=4,
    ),
    InfeasiblePlan(
        "a cap too low for one field",
        problem(
            {"A": 7, "O": 9},
            [Units(1200, "A"), Units(1200, "AO", weight=0), Units(4000, "O")],
            cap=Fraction(1, 200),
        ),
        (among("A", "", "", CAP),),
        ("概率上限 0.5% 太低：要满足“食品检验”抽 7 家，至少要 7/1200（约 0.5834%）",),
        change=2,
        smallest_cap=Fraction(7, 1200),
    ),
    InfeasiblePlan(
        "a cap too low beside certain units that fill most of a quota",
        problem(
            {"A": 3, "O": 5},
            [
                Units(2, "A", "q", Kind.CERTAIN),
                Units(10, "A", "q"),
                Units(20, "A"),
                Units(80, "O"),
            ],
            {"q": (3, 3)},
            cap=Fraction(1, 12),
        ),
        (among("", "q", "", CAP),),
        ("概率上限 1/12（约 8.3334%）太低", "至少要 10%"),
        change=1,
        smallest_cap=Fraction(1, 10),
    ),
    InfeasiblePlan(
        "a chain of nested quotas, the inner one asking for more than the outer allows",
        problem(
            {"A": 10, "O": 10},
            [
                Units(12, "AO", "qwx"),
                Units(9, "AO", "qw"),
                Units(9, "AO", "q"),
                Units(9, "AO"),
            ],
            {"q": (0, 12), "w": (6, 9), "x": (10, None)},
        ),
        (among("", "x", "w"),),
        ("“西部地区”最多 9 家、“信用C类”至少 10 家", "“信用C类”最多 9 家"),
        change=1,
    ),
    InfeasiblePlan(
        "two minima that exceed the total",
        problem(
            {"A": 5, "O": 5},
            [Units(20, "AO", "w"), Units(20, "AO", "z"), Units(20, "AO")],
            {"w": (6, None), "z": (5, None)},
        ),
        (among("", "wz", "", TOTAL),),
        ("“西部地区”至少 6 家", "“东部地区”至少 5 家", "共抽 10 家", "“西部地区”最多 5 家"),
        change=1,
    ),
    InfeasiblePlan(
        "three crossing intervals that fit pairwise but not together",
        problem(
            10,
            [Units(30, "", "wx"), Units(30, "", "xy"), Units(30, "", "wy")],
            {"w": (7, 8), "x": (7, 9), "y": (7, None)},
        ),
        (among("", "wxy", "", TOTAL),),
        ("“西部地区”至少 7 家", "总数至少 11 家；“西部地区”最多 6 家"),
        change=1,
    ),
    InfeasiblePlan(
        "quotas that cross: halves would do, whole institutions do not",
        problem(
            {"A": 2, "O": 2},
            [
                Units(2, "AO", "wx"),
                Units(2, "AO", "xy"),
                Units(2, "AO", "wy"),
                Units(5, "AO"),
            ],
            {"w": (1, 1), "x": (1, 1), "y": (1, 1)},
        ),
        (among("", "wxy", "wxy"),),
        ("“信用C类”恰好 1 家", "“西部地区”最多 0 家或至少 2 家"),
        change=1,
    ),
    InfeasiblePlan(
        "two conflicts that have nothing to do with each other",
        problem(
            {"D": 4, "A": 6, "O": 20},
            [Units(2, "D"), Units(9, "A", "w"), Units(1, "A"), Units(40, "O")],
            {"w": (0, 3)},
        ),
        (among("D"), among("A", "", "w")),
        ("“成品油检验”要抽 4 家", "“西部地区”要求最多 3 家"),
        change=6,
    ),
    InfeasiblePlan(
        "fields, a quota and certain units at odds in three places at once",
        problem(
            {"A": 5, "B": 3, "C": 2, "O": 10},
            [
                Units(4, "AB"),
                Units(2, "B"),
                Units(3, "C", "x", Kind.CERTAIN),
                Units(30, "O"),
                Units(1, "O", "q"),
            ],
            {"q": (2, None), "x": (0, 9)},
        ),
        (
            among("A"),
            among("", "q"),
            among("C", "", "", ("certain", "必查单位（限“建筑材料”，属“信用C类”）")),
        ),
        ("“食品检验”要抽 5 家", "“国家质检中心”要求至少 2 家", "“建筑材料”共只抽 2 家"),
        change=5,
    ),
)
