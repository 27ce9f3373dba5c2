"""What is wrong with the cells of a file: where, what, what is allowed, how to mend it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_KEPT = 5_000
"""Faults kept with their places; beyond it they are only counted, by kind."""

LONGEST_QUOTE = 60


class Severity(StrEnum):
    """An error keeps the row out; a warning only asks for a look."""

    ERROR = "error"
    WARNING = "warning"


WORDS: dict[str, str] = {
    # the sheet
    "no_head": "没有认出表头：前 30 行里找不到“{labels}”等栏目。"
    "请保留一行栏目名称，或下载模板填写。",
    "missing_column": "缺少必填栏目“{label}”。请补上这一栏，或在栏目对应中指明是哪一栏。",
    "column_doubled": "栏目“{label}”出现了两次，只读第一次出现的；请删去一栏，或改正栏目名称。",
    "column_in_doubt": "栏目“{head}”可能是“{label}”，没有读入；请在栏目对应中确认。",
    # any cell
    "required": "必填项是空的，请填写{label}。",
    "excel_error": "这一格是公式的错误值（如 #N/A），请改为实际内容。",
    "formula_without_result": "这一格是公式，文件里没有它的结果。请在 Excel 或 WPS 中打开、"
    "重新计算并保存，或改为实际内容。",
    "damaged_text": "含有乱码，原来的字已经丢失，请重新填写。",
    "too_long": "内容过长（{length} 字），最多 {most} 字。",
    "damaged_number": "Excel 已损坏此代码的后几位，请以文本格式重新填写。",
    "not_text": "这里应填文字，不应是日期、时间或逻辑值；请以文本格式重新填写。",
    # codes
    "credit_code_length": "统一社会信用代码应为 18 位（老注册号为 15 位或 13 位数字），"
    "现为 {length} 位。",
    "credit_code_sign": "统一社会信用代码只用数字和大写字母（不用 I、O、S、V、Z），"
    "不应有“{sign}”。",
    "credit_code_check": "统一社会信用代码的校验位不对，至少有一位填错，请对照营业执照核对。",
    "credit_code_lookalike": "统一社会信用代码里的字母 {sign} 应为数字，是不是“{suggestion}”？",
    "old_registration_no": "这是换发统一社会信用代码以前的老注册号，照此读入；"
    "换发了统一社会信用代码的，请改填新代码。",
    "certificate_unusual": "证书编号不是 12 位的统一格式，照此读入，请核对。",
    "stray_value": "这一格没有读入：同一行没有填“{owner}”，不知道是谁的。",
    # dates
    "not_a_date": "不是日期。请填成 2023-05-01 或 2023年5月1日。",
    "no_such_day": "没有这一天。请核对年、月、日。",
    "date_ambiguous": "分不清年、月、日的先后。请填成 2023-05-01。",
    "date_without_day": "缺少“日”。请填完整的年月日，如 2023-05-01。",
    "date_out_of_range": "年份不合理，应在 1949 至 2099 年之间。",
    "date_in_future": "日期在今天（{today}）之后，请核对。",
    "date_before": "早于“{other}”（{date}），请核对两个日期。",
    # the rest
    "not_a_choice": "“{text}”不在可选范围内。可填：{choices}。",
    "one_only": "这里只能填一个，请分行填写。",
    "not_yes_or_no": "只能填“是”或“否”。",
    "not_an_integer": "应为整数。",
    "no_such_region": "没有这个地区，或者不止一个。请填全称，如 浙江省、杭州市，或 6 位区划代码。",
    "city_elsewhere": "“{city}”不在“{province}”内，请核对省和市。",
    "not_a_city": "这里应填地级市，不是省份。",
    "not_a_province": "这里应填省份，不是市县。",
    "phone_unusual": "不像电话号码（手机 11 位，或区号-号码），照此读入，请核对。",
    "not_an_email": "不是电子邮箱地址，应像 name@example.org。",
    # rows against each other
    "row_contradicts": "与第 {row} 行{sheet}的“{label}”相同，但“{other}”不一致。"
    "同一家只能有一种说法，请改正或删去一行。",
    "value_taken": "“{value}”已经出现在第 {row} 行{sheet}，不能属于两家。",
    # rows against the rosters (`rosters.imports`)
    "out_of_scope": "不在您的管辖范围。请删去这一行，或请上级导入。",
    "name_twice": "与第 {row} 行同名，又没有代码或证书可以区分。请补上代码，或删去一行。",
    "same_entry_twice": "与第 {row} 行{sheet}说的是名录中的同一条。请合并成一行。",
    "not_accepted": "内容不符合名录的要求，请核对。",
    "date_before_known": "早于名录中已有的前一个日期（{date}），请核对。",
    "date_after_known": "晚于名录中已有的后一个日期（{date}），请核对。",
    "institution_missing": "没有写明是哪家机构。请填机构的统一社会信用代码或全称。",
    "no_such_institution": "名录中没有这家机构。请核对，或先登记机构。",
    "several_institutions": "名录中有几家同名的机构。请填统一社会信用代码。",
    "certificate_elsewhere": "这张证书在名录中属于另一家机构。确实转移的，请在证书页面办理。",
    "no_such_department": "名录中没有这个部门。请核对名称，或先登记部门。",
    "no_such_person": "名录中没有这个人员编号或专家编号。请核对，或先登记人员。",
    "person_name_differs": "与名录中这个编号的姓名不一致，请核对编号和姓名。",
}
"""What is said about each kind of fault; in braces its parameters."""


@dataclass(frozen=True)
class CellFault:
    """A fault with its place: *row* as the file counts (0: the sheet), *column* from 1 (0: all)."""

    sheet: str
    row: int
    column: int
    label: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    @property
    def letter(self) -> str:
        """The column as the user's program names it; empty for a whole row."""
        return column_letter(self.column)

    @property
    def place(self) -> str:
        """In words: sheet, row, column."""
        row = f"第 {self.row} 行" if self.row else ""
        column = f"{self.letter} 列“{self.label}”" if self.column else ""
        return " ".join(filter(None, (f"工作表“{self.sheet}”", row, column)))


def column_letter(column: int) -> str:
    """A for 1, AA for 27, nothing for 0."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def words(fault: CellFault) -> str:
    """What is wrong, what is allowed and how to mend it, in one or two sentences."""
    return WORDS[fault.code].format_map({"label": fault.label} | dict(fault.params))


def quoted(value: object) -> str:
    """A value as a fault keeps it: short, as text, whole numbers without decimals."""
    whole = isinstance(value, float) and abs(value) < 10**15 and value == int(value)
    text = str(int(value) if whole and isinstance(value, float) else value)
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"


class Faults:
    """All faults of a file: the first `MOST_KEPT` with their places, all of them counted."""

    def __init__(self) -> None:
        self.kept: list[CellFault] = []
        self.counts: Counter[tuple[str, Severity]] = Counter()

    def add(self, fault: CellFault) -> None:
        """Count a fault, and keep it while there is room."""
        self.counts[fault.code, fault.severity] += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(fault)

    def __iter__(self) -> Iterator[CellFault]:
        return iter(self.kept)

    def __len__(self) -> int:
        return self.counts.total()

    @property
    def errors(self) -> int:
        """How many of them keep a row out."""
        return sum(n for (_, severity), n in self.counts.items() if severity == Severity.ERROR)
