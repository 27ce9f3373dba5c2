"""Dirty workbooks as they come from the provinces, each with the faults it must give, by place."""

from dataclasses import dataclass
from datetime import date, datetime

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from rosters.sheets.furniture import Why
from tests.rosters.sheets.sample import credit_code
from tests.rosters.sheets.workbooks import csv, xls, xlsx

HEAD = ("机构名称", "统一社会信用代码")
CODES = [credit_code(number) for number in range(20)]
NAMES = [f"演示{sign}检测有限公司" for sign in "甲乙丙丁戊己庚辛壬癸"]

FULL_WIDTH = str.maketrans("0123456789Y", "０１２３４５６７８９Ｙ")

Place = tuple[str, int, str, str]


@dataclass(frozen=True)
class Dirty:
    """A file, how many drafts it gives, and its faults as (sheet, row, column, code)."""

    name: str
    data: bytes
    rows: int
    faults: tuple[Place, ...] = ()
    skipped: tuple[tuple[int, Why], ...] = ()


def at(row: int, column: str, code: str, sheet: str = "名录") -> Place:
    return sheet, row, column, code


def good(number: int, *more: object) -> list[object]:
    return [NAMES[number], CODES[number], *more]


def _lookalike() -> str:
    code = next(code for code in CODES if "1" in code[9:17])
    place = code.index("1", 9)
    return code[:place] + "I" + code[place + 1 :]


def _wrong_check(code: str) -> str:
    return code[:-1] + ("1" if code[-1] != "1" else "2")


def _hide_second(book: openpyxl.Workbook, _: Worksheet) -> None:
    second = book.create_sheet("旧名录")
    second.append(HEAD)
    second.append(["不该读入", "x"])
    second.sheet_state = "hidden"
    book.create_sheet("空表")


def _second_sheet(book: openpyxl.Workbook, _: Worksheet) -> None:
    second = book.create_sheet("宁波")
    second.append(["统一社会信用代码", "单位名称"])
    second.append([CODES[1], NAMES[1]])
    second.append([_wrong_check(CODES[2]), NAMES[2]])


def _borders_far_below(_: openpyxl.Workbook, sheet: Worksheet) -> None:
    for row in (900, 50_000):
        sheet.cell(row, 2).number_format = "@"


def _failed_formula(_: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet["A3"].value = "#N/A"
    sheet["A3"].data_type = "e"


DATES = (
    *("2023-5-1", "2023/05/01", "2023.5.1", "20230501", "2023年5月1日", "01-May-2023"),
    *("２０２３年５月１日", "2023-05-01 00:00:00", "45047", 45047, 20230501, date(2023, 5, 1)),
    *(datetime.fromisoformat("2023-05-01T08:30"), "二〇二三年五月一日", " 2023 - 05 - 01 "),
)
BAD_DATES = (
    ("5/1/23", "date_ambiguous"),
    ("01/05/2023", "date_ambiguous"),
    ("23.5.1", "date_ambiguous"),
    ("2023-05", "date_without_day"),
    ("2023年5月", "date_without_day"),
    ("2023-02-30", "no_such_day"),
    ("长期", "not_a_date"),
    ("1900-01-01", "date_out_of_range"),
    ("2026-12-01", "date_in_future"),
)


def many(*cells: object) -> list[list[object]]:
    """A row for each cell, in the third column."""
    return [[f"演示{n}检测站", credit_code(100 + n), cell] for n, cell in enumerate(cells)]


WORKBOOKS = (
    Dirty("a clean workbook", xlsx([HEAD, good(0), good(1)]), 2),
    Dirty(
        "title rows, a blank row and a note above the head",
        xlsx([["2023年机构名录"], ["填报单位：演示局"], [], HEAD, good(0), ["", CODES[1]]]),
        2,
        (at(6, "A", "required"),),
        ((1, Why.TITLE), (2, Why.TITLE)),
    ),
    Dirty(
        "totals and signatures below",
        xlsx(
            [
                *(HEAD, good(0), good(1), [], ["合计", "2"], ["合 计：2 家"]),
                *(
                    ["备注：数据截至昨日"],
                    ["填表人：某某", "", "审核人：某某"],
                    ["第 1 页 共 1 页"],
                ),
            ]
        ),
        2,
        (),
        ((5, Why.TOTAL), (6, Why.TOTAL), (7, Why.NOTE), (8, Why.NOTE), (9, Why.NOTE)),
    ),
    Dirty(
        "a merged name over the rows of its certificates",
        xlsx(
            [
                ("机构名称", "统一社会信用代码", "证书编号"),
                *([*good(0), "231105060001"], ["", "", "231105060002"]),
                [*good(1), "231105060003"],
            ],
            merges=("A2:A3", "B2:B3"),
        ),
        3,
    ),
    Dirty(
        "a head of two rows with merged groups",
        xlsx(
            [
                ("机构名称", "统一社会信用代码", "资质认定证书", "", "", "联系方式", ""),
                ("", "", "证书编号", "发证日期", "有效期至", "电话", "电子邮箱"),
                good(0, "231105060001", "2023-01-02", "2022-01-02", "057112345678", "无"),
            ],
            merges=("A1:A2", "B1:B2", "C1:E1", "F1:G1"),
        ),
        1,
        (at(3, "E", "date_before"), at(3, "G", "not_an_email")),
    ),
    Dirty(
        "csv in GB18030",
        csv([HEAD, good(0), [NAMES[1], "9133"]], encoding="gb18030"),
        2,
        (at(3, "B", "credit_code_length", "名录.csv"),),
    ),
    Dirty(
        "csv with semicolons and commas in names",
        csv([HEAD, ["演示甲,乙,丙检测站", CODES[0]], ["演示丁,戊", ""]], ";", "utf-8"),
        2,
        (at(3, "B", "required", "名录.csv"),),
    ),
    Dirty("csv with tabs in UTF-16", csv([HEAD, good(0)], "\t", "utf-16"), 1),
    Dirty(
        "csv with a damaged byte",
        csv([HEAD, good(0), good(1)]).replace(NAMES[1].encode()[6:9], b"\xff\xff"),
        2,
        (at(3, "A", "damaged_text", "名录.csv"),),
    ),
    Dirty(
        "full-width digits, blanks, dashes and small letters in codes",
        xlsx(
            [
                HEAD,
                [NAMES[0], CODES[0].translate(FULL_WIDTH)],
                [NAMES[1], f"\u3000{CODES[1][:6]} {CODES[1][6:]}\u00a0"],
                [NAMES[2], f"{CODES[2][:8]}-{CODES[2][8:].lower()}\u200b"],
                [NAMES[3], f"'{CODES[3]}"],
            ]
        ),
        4,
    ),
    Dirty(
        "old registration numbers of 15 and 13 digits, as text and as number",
        xlsx(
            [
                HEAD,
                [NAMES[0], "330181000099999"],
                [NAMES[1], 330181000099998],
                [NAMES[2], "3301810009999"],
            ]
        ),
        3,
        tuple(at(row, "B", "old_registration_no") for row in (2, 3, 4)),
    ),
    Dirty(
        "codes that became numbers",
        xlsx(
            [
                HEAD,
                [NAMES[0], 913300990000000590],
                [NAMES[1], "9.1330E+17"],
                [NAMES[2], "913300990000000000"],
            ]
        ),
        3,
        tuple(at(row, "B", "damaged_number") for row in (2, 3, 4)),
    ),
    Dirty(
        "mistyped codes",
        xlsx(
            [
                HEAD,
                [NAMES[0], _lookalike()],
                [NAMES[1], _wrong_check(CODES[1])],
                [NAMES[2], CODES[2] + "1"],
                [NAMES[3], CODES[3][:10] + "#" + CODES[3][11:]],
            ]
        ),
        4,
        (
            at(2, "B", "credit_code_lookalike"),
            at(3, "B", "credit_code_check"),
            at(4, "B", "credit_code_length"),
            at(5, "B", "credit_code_sign"),
        ),
    ),
    Dirty(
        "trailing blanks, line breaks and invisible signs",
        xlsx([["机构\n名称 ", " *统一社会信用代码（必填）"], [f" {NAMES[0]}\u200b\n", CODES[0]]]),
        1,
    ),
    Dirty(
        "several certificates in a cell",
        xlsx(
            [
                (*HEAD, "证书编号"),
                good(0, "231105060001、231105060002，231105060003;231105060004/231105060005"),
                good(1, "231105060011 231105060012\n231105060013"),
                good(2, "（2017）（陕）质监认字002号、（2017） （陕） 质监认字003号"),
                good(3, 231105060021),
                good(4, "2311A，231105060031"),
                good(5, "2.31105E+11"),
            ]
        ),
        6,
        (at(6, "C", "certificate_unusual"), at(7, "C", "damaged_number")),
    ),
    Dirty("dates in fifteen notations", xlsx([(*HEAD, "发证日期"), *many(*DATES)]), len(DATES)),
    Dirty(
        "dates that are none, or could be two",
        xlsx([(*HEAD, "发证日期"), *many(*(text for text, _ in BAD_DATES))]),
        len(BAD_DATES),
        tuple(at(row, "C", code) for row, (_, code) in enumerate(BAD_DATES, 2)),
    ),
    Dirty(
        "an expiry before its issue",
        xlsx([(*HEAD, "发证日期", "有效期至"), good(0, "2023-05-01", "2022-05-01")]),
        1,
        (at(2, "D", "date_before"),),
    ),
    Dirty(
        "formulas that were never computed",
        xlsx([HEAD, good(0), ['="演示"&"乙"', CODES[1]]]),
        2,
        (at(3, "A", "formula_without_result"),),
    ),
    Dirty(
        "a formula that failed",
        xlsx([HEAD, good(0), good(1)], also=_failed_formula),
        2,
        (at(3, "A", "excel_error"),),
    ),
    Dirty("hidden and empty sheets", xlsx([HEAD, good(0)], also=_hide_second), 1),
    Dirty(
        "two sheets with heads of their own",
        xlsx([HEAD, good(0)], also=_second_sheet),
        3,
        (at(3, "A", "credit_code_check", "宁波"),),
    ),
    Dirty(
        "an xls of Excel 97 with a merge and a number for a code",
        xls([HEAD, good(0), [NAMES[1], 9.133e17], ["", "x"]], [(2, 3, 0, 0)]),
        3,
        (at(3, "B", "damaged_number"), at(4, "B", "credit_code_length")),
    ),
    Dirty(
        "a head that stands twice",
        xlsx([(*HEAD, "备注", "备 注"), good(0, "一", "二")]),
        1,
        (at(1, "D", "column_doubled"),),
    ),
    Dirty(
        "a head that is nearly known",
        xlsx([(*HEAD, "机构登记机关名称"), good(0, "演示局")]),
        1,
        (at(1, "C", "column_in_doubt"),),
    ),
    Dirty(
        "a required column that is missing",
        xlsx([("机构名称", "备注"), [NAMES[0], "x"], [NAMES[1], ""]]),
        2,
        (at(1, "", "missing_column"),),
    ),
    Dirty(
        "no head at all",
        xlsx([good(0), good(1)]),
        0,
        (at(0, "", "no_head"),),
        ((0, Why.NO_HEAD),),
    ),
    Dirty(
        "provinces and cities under many names",
        xlsx(
            [
                (*HEAD, "省份", "城市"),
                good(0, "浙江", "杭州"),
                good(1, "330000", "浙江省宁波市"),
                good(2, "北京市", "北京"),
                good(3, "火星省", ""),
                good(4, "浙江省", "南京市"),
                good(5, "浙江省", "浙江省"),
                good(6, "杭州市", ""),
                good(7, "浙江省", "无此市"),
            ]
        ),
        8,
        (
            at(5, "C", "no_such_region"),
            at(6, "D", "city_elsewhere"),
            at(7, "D", "not_a_city"),
            at(8, "C", "not_a_province"),
            at(9, "D", "no_such_region"),
        ),
    ),
    Dirty(
        "choices in other words, and wrong ones",
        xlsx(
            [
                (*HEAD, "法人性质", "重点领域", "是否公示", "人员数量"),
                good(0, "企业法人", "食品检验、机动车检验", "√", "1,200"),
                good(1, "公司", "食品检验、潜水", "也许", "12.5"),
                good(2, " 事业单位 ", "食品检验，其他", True, 12),
            ]
        ),
        3,
        (
            at(3, "C", "not_a_choice"),
            at(3, "D", "not_a_choice"),
            at(3, "E", "not_yes_or_no"),
            at(3, "F", "not_an_integer"),
        ),
    ),
    Dirty(
        "one institution in several rows",
        xlsx(
            [
                (*HEAD, "证书编号", "登记机关"),
                good(0, "231105060001", "演示局"),
                good(0, "231105060002", ""),
                good(0, "231105060001", "演示局"),
                good(0, "231105060003", "另一个局"),
                good(1, "231105060001", "演示局"),
                [NAMES[2], CODES[0], "", ""],
            ]
        ),
        5,
        (
            at(5, "B", "row_contradicts"),
            at(6, "C", "value_taken"),
            at(7, "B", "row_contradicts"),
        ),
        ((4, Why.IDENTICAL),),
    ),
    Dirty(
        "a head printed on every page, and numbers before empty rows",
        xlsx(
            [
                ("序号", *HEAD),
                *([1, *good(0)], ["序号", *HEAD], [2, *good(1)], [3, "", ""], [4, "", ""]),
            ]
        ),
        2,
        (),
        ((3, Why.HEAD_AGAIN), (5, Why.NOTHING), (6, Why.NOTHING)),
    ),
    Dirty(
        "numbers and dates where texts belong",
        xlsx([(*HEAD, "电话", "备注"), [2023, CODES[0], 57188886666, date(2023, 5, 1)]]),
        1,
        (at(2, "C", "phone_unusual"), at(2, "D", "not_text")),
    ),
    Dirty(
        "formats of empty cells far below",
        xlsx([HEAD, good(0)], also=_borders_far_below),
        1,
    ),
    Dirty(
        "a text longer than allowed",
        xlsx([HEAD, ["演" * 201, CODES[0]]]),
        1,
        (at(2, "A", "too_long"),),
    ),
)
