"""A plan says exactly what its author wrote, or every slip is named at its key."""

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import sampler
from sampler.faults import BadInput, Fault
from sampler.inputs.plan_tables import MOST
from sampler.inputs.plan_text import LARGEST, read_plan
from sampler.inputs.row_faults import LISTED
from sampler.quotas import (
    PUBLIC_COLUMNS,
    Certain,
    Cross,
    Excluded,
    Factor,
    Plan,
    Predicate,
    Shares,
)

TOP = 'name = "演示计划"\nn = 10\n'

FULL = """
name = " 演示计划 "
n = 10
other = "其他"
eligible = {level = "国家级", qi_centre = [0, "1"]}
cap = 0.05

[fields]
"食品" = 4
"其他" = 6

[[cross]]
name = "质检中心"
where = {qi_centre = 1}
min = 2
max = 2

[[cross]]
name = "浙江"
where = {province = "浙江"}

[ratios]
by = "credit_class"
A = 0.001
D = 1
"" = 0.5

[[factor]]
code = "能力验证"
where = {fields = ["食品", "水质"]}
times = 3
basis = "办法第三条"

[[certain]]
unit_id = "91A"
reason = "回头看"
field = "食品"

[[excluded]]
unit_id = "91B"
reason = "已注销"

[reserves]
per_field = 2

[publish]
columns = ["unit_id", "name"]
"""


def faults_of(text: str | bytes) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        read_plan(text if isinstance(text, bytes) else text.encode())
    return caught.value.faults


def places_of(text: str | bytes) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in faults_of(text)]


def test_every_key_of_a_plan_arrives_as_it_was_written() -> None:
    assert read_plan(FULL.encode()) == Plan(
        name="演示计划",
        n=10,
        other="其他",
        eligible=Predicate((("level", ("国家级",)), ("qi_centre", ("0", "1")))),
        cap=Fraction(1, 20),
        fields=(("食品", 4), ("其他", 6)),
        cross=(
            Cross("质检中心", Predicate((("qi_centre", ("1",)),)), 2, 2),
            Cross("浙江", Predicate((("province", ("浙江",)),)), 0, 10),
        ),
        ratios=Shares(
            "credit_class",
            (("A", Fraction(1, 1000)), ("D", Fraction(1)), ("", Fraction(1, 2))),
        ),
        factors=(Factor("能力验证", Predicate((("fields", ("食品", "水质")),)), 3, "办法第三条"),),
        certain=(Certain("91A", "回头看", "食品"),),
        excluded=(Excluded("91B", "已注销"),),
        reserves=2,
        publish=("unit_id", "name"),
    )


def test_a_plan_of_two_keys_has_the_usual_rest() -> None:
    assert read_plan(TOP.encode()) == Plan(name="演示计划", n=10)
    assert read_plan(TOP.encode()).publish == PUBLIC_COLUMNS


@pytest.mark.parametrize(
    "path", sorted(Path(sampler.__file__).parent.glob("plans/*.toml")), ids=lambda path: path.stem
)
def test_the_plans_we_ship_are_without_fault(path: Path) -> None:
    assert read_plan(path.read_bytes()).n > 0


@given(st.integers(1, 10**9))
def test_decimals_are_read_exactly(billionths: int) -> None:
    text = f"{TOP}cap = {billionths // 10**9}.{billionths % 10**9:09d}"
    assert read_plan(text.encode()).cap == Fraction(billionths, 10**9)


BAD_PLANS = [
    ("nothing", "", [("key_missing", "name"), ("key_missing", "n")]),
    ("a misspelt key", TOP + "capp = 0.5", [("key_unknown", "capp")]),
    ("a misspelt table", TOP + "[field]\na = 10", [("key_unknown", "field")]),
    ("no name", 'name = " "\nn = 1', [("text_empty", "name")]),
    ("a number for a name", "name = 1\nn = 1", [("wrong_type", "name")]),
    ("an invisible name", 'name = "a\\u200b"\nn = 1', [("unseen_character", "name")]),
    ("none to draw", 'name = "a"\nn = 0', [("out_of_range", "n")]),
    ("half a unit", 'name = "a"\nn = 1.5', [("wrong_type", "n")]),
    ("n as a truth", 'name = "a"\nn = true', [("wrong_type", "n")]),
    ("n as text", 'name = "a"\nn = "100"', [("wrong_type", "n")]),
    ("n beyond counting", f'name = "a"\nn = {MOST + 1}', [("out_of_range", "n")]),
    ("n beyond printing", 'name = "a"\nn = 0x' + "f" * 9_000, [("out_of_range", "n")]),
    ("no such method", TOP + 'method = "fairr"', [("method_unknown", "method")]),
    ("no chance at all", TOP + "cap = 0", [("out_of_range", "cap")]),
    ("more than certain", TOP + "cap = 1.01", [("out_of_range", "cap")]),
    ("no number", TOP + "cap = nan", [("out_of_range", "cap")]),
    ("endless", TOP + "cap = inf", [("out_of_range", "cap")]),
    ("an exponent to fill the memory", TOP + "cap = 1e-999999999", [("too_precise", "cap")]),
    ("an exponent beyond all bounds", TOP + f"cap = 1e-{10**30}", [("out_of_range", "cap")]),
    ("too precise", TOP + "cap = 0.0123456789", [("too_precise", "cap")]),
    ("a condition that is none", TOP + 'eligible = "国家级"', [("wrong_type", "eligible")]),
    ("no value", TOP + "eligible = {level = []}", [("text_empty", "eligible.level")]),
    ("a truth", TOP + "eligible = {qi_centre = true}", [("wrong_type", "eligible.qi_centre")]),
    ("a decimal", TOP + "eligible = {x = [1, 0.5]}", [("wrong_type", "eligible.x")]),
    ("an empty field", TOP + 'eligible = {fields = ""}', [("text_empty", "eligible.fields")]),
    (
        "a column twice",
        TOP + 'eligible = {"level" = 1, " level" = 2}',
        [("doubled", "eligible. level")],
    ),
    ("sums that differ", TOP + "[fields]\na = 4\nb = 5", [("sum", "[fields]")]),
    ("a negative count", TOP + "[fields]\na = -1\nb = 11", [("out_of_range", "[fields] a")]),
    ("no fields", TOP + "[fields]", [("text_empty", "[fields]")]),
    (
        "a field twice",
        TOP + '[fields]\n"食品" = 5\n" 食品" = 5',
        [("doubled", "[fields]  食品")],
    ),
    ("two fields in one", TOP + '[fields]\n"a|b" = 10', [("field_name", "[fields] a|b")]),
    (
        "top keys below a table",
        'name = "a"\n[fields]\na = 3\nn = 3\ncap = 0.5',
        [("key_missing", "n"), ("misplaced_key", "[fields] n"), ("misplaced_key", "[fields] cap")],
    ),
    (
        "other outside",
        TOP + 'other = "x"\n[fields]\na = 10',
        [("other_unknown", "other")],
    ),
    ("other without fields", TOP + 'other = "x"', [("other_unknown", "other")]),
    (
        "a cross quota of nothing",
        TOP + "[[cross]]",
        [("key_missing", "[[cross]] 第1项 name"), ("key_missing", "[[cross]] 第1项 where")],
    ),
    ("single brackets", TOP + '[cross]\nname = "a"', [("wrong_type", "cross")]),
    ("a list of numbers", TOP + "cross = [1]", [("wrong_type", "[[cross]] 第1项")]),
    (
        "min above max",
        TOP + '[[cross]]\nname = "a"\nwhere = {}\nmin = 3\nmax = 2',
        [("min_above_max", "[[cross]] 第1项 min")],
    ),
    (
        "min above n",
        TOP + '[[cross]]\nname = "a"\nwhere = {}\nmin = 11',
        [("min_above_max", "[[cross]] 第1项 min")],
    ),
    (
        "a cross quota twice",
        TOP + '[[cross]]\nname = "a"\nwhere = {}\n' * 2,
        [("doubled", "[[cross]] 第2项 name")],
    ),
    (
        "a condition inside a cross quota",
        TOP + '[[cross]]\nname = "a"\nwhere = {level = true}',
        [("wrong_type", "[[cross]] 第1项 where.level")],
    ),
    (
        "a classical method with cross quotas",
        TOP + 'method = "sps"\n[[cross]]\nname = "a"\nwhere = {}',
        [("cross_method", "[[cross]]")],
    ),
    (
        "field after field with an interval",
        TOP + 'method = "sequential"\n[[cross]]\nname = "a"\nwhere = {}\nmax = 3',
        [("cross_method", "[[cross]]")],
    ),
    ("weights by nothing", TOP + "[weights]\nA = 1", [("key_missing", "[weights] by")]),
    ("weights of nothing", TOP + '[weights]\nby = "x"', [("text_empty", "[weights]")]),
    ("weights by fields", TOP + '[weights]\nby = "fields"\nA = 1', [("by_fields", "[weights] by")]),
    (
        "weights below nothing and in part",
        TOP + '[weights]\nby = "x"\nA = -1\nB = 0.5\nC = 0',
        [("out_of_range", "[weights] A"), ("wrong_type", "[weights] B")],
    ),
    (
        "ratios of nothing and above all",
        TOP + '[ratios]\nby = "x"\nA = 0\nB = 2\nC = 1',
        [("out_of_range", "[ratios] A"), ("out_of_range", "[ratios] B")],
    ),
    (
        "a cap among the weights",
        TOP + '[ratios]\nby = "x"\nA = 1\ncap = 0.5',
        [("misplaced_key", "[ratios] cap")],
    ),
    (
        "weights and ratios",
        TOP + '[weights]\nby = "x"\nA = 1\n[ratios]\nby = "x"\nA = 1',
        [("weights_and_ratios", "[ratios]")],
    ),
    (
        "a factor without a basis",
        TOP + '[[factor]]\ncode = "a"\nwhere = {}\ntimes = 2\nbasis = ""',
        [("text_empty", "[[factor]] 第1项 basis")],
    ),
    (
        "an empty factor",
        TOP + "[[factor]]",
        [("key_missing", f"[[factor]] 第1项 {key}") for key in ("code", "where", "times", "basis")],
    ),
    (
        "a certain unit twice",
        TOP + '[[certain]]\nunit_id = "1"\nreason = "a"\n' * 2,
        [("doubled", "[[certain]] 第2项 unit_id")],
    ),
    (
        "a unit certain and excluded",
        TOP
        + '[[certain]]\nunit_id = "1"\nreason = "a"\n[[excluded]]\nunit_id = " 1"\nreason = "b"',
        [("certain_and_excluded", "[[certain]] 第1项 unit_id")],
    ),
    (
        "excluded for no reason",
        TOP + '[[excluded]]\nunit_id = "1"',
        [("key_missing", "[[excluded]] 第1项 reason")],
    ),
    (
        "fewer than no reserves",
        TOP + "[reserves]\nper_field = -1",
        [("out_of_range", "[reserves] per_field")],
    ),
    (
        "ids unpublished",
        TOP + '[publish]\ncolumns = ["name", "name", 1]',
        [
            ("doubled", "[publish] columns 第2个"),
            ("wrong_type", "[publish] columns 第3个"),
            ("unit_id_unpublished", "[publish] columns"),
        ],
    ),
    ("too big", b"#" * (LARGEST + 1), [("too_big", "")]),
    ("not UTF-8", 'name = "a"\n# 计划'.encode("gb18030"), [("encoding", "第 2 行")]),
    ("a key in Chinese", "名称 = 1", [("syntax", "第 1 行")]),
    ("an open quote", TOP + 'method = "fair\ncap = 1', [("syntax", "第 3 行")]),
    ("an open list", TOP + "x = [1,", [("syntax", "第 3 行")]),
    ("a key twice", TOP + "n = 3", [("syntax", "第 3 行")]),
    ("a table twice", TOP + "[fields]\na = 1\n[fields]\nb = 1", [("syntax", "第 5 行")]),
    ("a decimal without its zero", TOP + "cap = .5", [("syntax", "第 3 行")]),
    ("nested beyond reading", "a = " + "[" * 100_000, [("syntax", "")]),
    ("a number beyond reading", "a = " + "9" * 100_000, [("syntax", "")]),
    ("a key of many parts", "a." * 100_000 + "a = 1", [("syntax", "第 1 行")]),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, expected, id=name) for name, text, expected in BAD_PLANS],
)
def test_a_bad_plan_is_refused_with_the_place_of_every_fault(
    text: str | bytes, expected: list[tuple[str, str]]
) -> None:
    assert places_of(text) == expected


def test_a_misspelt_key_is_told_the_right_one() -> None:
    (fault,) = faults_of(TOP + 'elligible = {level = "国家级"}')
    assert str(fault) == "elligible：不认识的键；是否要写 eligible？"
    fault, _ = faults_of(TOP + "[reserves]\nper_fields = 1")
    assert str(fault) == "[reserves] per_fields：不认识的键；是否要写 per_field？"


def test_a_slip_of_syntax_is_told_by_line_column_and_its_own_text() -> None:
    (fault,) = faults_of(TOP + "method = fair")
    assert fault.where == "第 3 行"
    assert fault.message.startswith("第 10 个字符处不合 TOML 写法")
    assert "“method = fair”" in fault.message


def test_all_faults_come_at_once() -> None:
    assert places_of(
        'nmae = "x"\nn = 0\ncap = 2\n[fields]\n"食品" = -1\n'
        '[[cross]]\nname = ""\nwhere = 3\nmin = -2'
    ) == [
        ("key_unknown", "nmae"),
        ("key_missing", "name"),
        ("out_of_range", "n"),
        ("out_of_range", "[fields] 食品"),
        ("out_of_range", "cap"),
        ("out_of_range", "[[cross]] 第1项 min"),
        ("text_empty", "[[cross]] 第1项 name"),
        ("wrong_type", "[[cross]] 第1项 where"),
    ]


def test_thousands_of_faults_are_counted_not_listed() -> None:
    faults = faults_of(TOP + "".join(f"key{number} = 1\n" for number in range(5_000)))
    assert len(faults) == LISTED + 1
    assert faults[-1].message == f"另有 {5_000 - LISTED} 处错误未列出"


@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
def test_random_bytes_are_refused_and_nothing_else(noise: bytes) -> None:
    with pytest.raises(BadInput):
        read_plan(noise)


@given(st.data())
def test_a_damaged_plan_is_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FULL)))
    inserted = data.draw(st.text('[]{}="\n.,#1e-_tn\\u0', max_size=6))
    cut = data.draw(st.integers(0, 20))
    with suppress(BadInput):
        read_plan((FULL[:at] + inserted + FULL[at + cut :]).encode())


toml_values = st.recursive(
    st.none().map(lambda _: "true")
    | st.integers().map(str)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str)
    | st.sampled_from(['"x"', '""', '"fair"', "2023-01-01", "07:00:00", "nan"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(["by", "name", "where", "x"]), inner, max_size=3).map(
            lambda items: f"{{{', '.join(f'{k} = {v}' for k, v in items.items())}}}"
        )
    ),
    max_leaves=6,
)
top_keys = st.sampled_from([*Plan(name="a", n=1).as_json(), "per_field"])


@given(st.dictionaries(top_keys, toml_values, max_size=8))
def test_a_value_of_any_kind_at_any_key_is_read_or_refused(values: dict[str, str]) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in values.items())
    with suppress(BadInput):
        read_plan(text.encode())
