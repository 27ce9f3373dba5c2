"""The columns of the list of institutions, and which of them somebody wants to see.

The choice is a matter of the desk, not of the list: a cookie keeps it, no address and no row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import request
from werkzeug import Response

from core.regions import is_region, region_of
from rosters.finding.institution_lists import InstitutionRow, Sort
from rosters.vocabularies import parted

COOKIE = "institution-columns"
COOKIE_SECONDS = 400 * 24 * 3600
SIZES = (25, 50, 100)
MOST_TERMS = 2
"""Of more fields a row names the first, and says how many there are."""


@dataclass(frozen=True)
class ListColumn:
    """A column beside the name.

    Attributes
    ----------
    told : the cell as text; some are drawn by the template, by their *key*.
    kind : class of the cell.
    """

    key: str
    label: str
    told: Callable[[InstitutionRow], str]
    sort: Sort | None = None
    kind: str = ""


def _region(row: InstitutionRow) -> str:
    code = row.institution.region
    if not is_region(code):
        return ""
    region = region_of(code)
    return region.name if region.is_province else f"{region.province.short}·{region.short}"


def _terms(text: str) -> str:
    terms = parted(text)
    if len(terms) <= MOST_TERMS:
        return "、".join(terms)
    return f"{terms[0]}等 {len(terms)} 项"


def _end(row: InstitutionRow) -> str:
    return _day(row.certificates[0][0].expires_on) if row.certificates else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(row: InstitutionRow) -> str:
    numbers = [certificate.number for certificate, _ in row.certificates]
    return f"{numbers[0]} 等 {len(numbers)} 张" if len(numbers) > 1 else "".join(numbers)


COLUMNS = (
    ListColumn("code", "统一社会信用代码", lambda r: r.institution.credit_code, Sort.CODE, "mono"),
    ListColumn("region", "所在地", _region, Sort.REGION),
    ListColumn("fields", "重点领域", lambda r: _terms(r.institution.fields), None, "terms-cell"),
    ListColumn("centres", "质检", lambda r: str(r.centres) if r.centres else "", None, "n"),
    ListColumn("class", "信用", lambda r: r.institution.credit_class.value, Sort.CLASS, "cls"),
    ListColumn("status", "证书", lambda r: r.status.label if r.status else ""),
    ListColumn("end", "有效期至", _end, Sort.CERTIFICATE_END),
    ListColumn("checked", "上次抽查", lambda r: _day(r.last_checked), Sort.LAST_CHECKED),
    ListColumn("level", "级别", lambda r: r.institution.level.label),
    ListColumn("standing", "经营状态", lambda r: r.institution.standing.label),
    ListColumn("form", "机构类型", lambda r: r.institution.legal_form.label),
    ListColumn("number", "证书编号", _number, None, "mono"),
    ListColumn("cma", "资质认定分类", lambda r: r.institution.cma_class.value, None, "cls"),
    ListColumn("jurisdiction", "日常监管单位", lambda r: r.institution.jurisdiction),
    ListColumn("parent", "上级法人", lambda r: r.institution.parent),
    ListColumn("remark", "备注", lambda r: r.institution.remark, None, "text"),
)

USUAL = ("code", "region", "fields", "centres", "class", "status", "end", "checked")
"""What is shown until somebody chooses."""


@dataclass(frozen=True)
class Display:
    """How somebody looks at the list."""

    columns: tuple[ListColumn, ...]
    tight: bool
    size: int

    def has(self, key: str) -> bool:
        """Whether a column is shown."""
        return any(column.key == key for column in self.columns)


def display() -> Display:
    """How the visitor wants to look at the list, as his browser remembers it."""
    keys, _, rest = request.cookies.get(COOKIE, "").partition(".")
    density, _, size = rest.partition(".")
    return _display(keys.split("-") if keys else USUAL, density, size)


def chosen() -> Display:
    """The same as the form of the columns says it."""
    form = request.form
    return _display(form.getlist("column") or USUAL, form.get("density", ""), form.get("size", ""))


def _display(keys: list[str] | tuple[str, ...], density: str, size: str) -> Display:
    columns = tuple(column for column in COLUMNS if column.key in keys)
    known = {str(one): one for one in SIZES}
    return Display(columns, density != "loose", known.get(size, 50))


def remember(response: Response, wanted: Display, *, secure: bool) -> None:
    """Let the browser keep it."""
    keys = "-".join(column.key for column in wanted.columns)
    told = f"{keys}.{'tight' if wanted.tight else 'loose'}.{wanted.size}"
    response.set_cookie(
        COOKIE, told, max_age=COOKIE_SECONDS, secure=secure, httponly=True, samesite="Lax"
    )
