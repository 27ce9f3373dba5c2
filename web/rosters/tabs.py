"""The pages of the rosters beside each other; a page shows as soon as it exists and opens."""

from datetime import date

from flask import Flask, request, url_for

from core.roles import Role
from web.auth import me
from web.frame import Entry, Page, is_open
from web.words.rosters import day_words

_STAFF = frozenset(Role) - {Role.INSTITUTION, Role.PARTNER_DEPARTMENT}

PAGES = (
    Page(
        "institutions.index",
        "机构",
        "",
        ("institutions", "belongings", "successions", "bulk_changes", "saved_views"),
    ),
    Page("inspectors.index", "检查人员", "", roles=_STAFF),
    Page("experts.index", "专家", "", roles=_STAFF),
    Page("relations.index", "利害关系", "", roles=_STAFF),
    Page("departments.index", "部门", ""),
    Page("items.index", "事项清单", ""),
    Page("mappings.index", "领域对照", ""),
    Page("imports.index", "导入", "", ("imports", "import_reviews")),
    Page("roster_changes.index", "变更记录", "", roles=_STAFF),
    Page("quality.index", "数据质量", ""),
    Page("risk.index", "风险评分", "", ("risk", "indicators")),
)
"""In the order in which they are used."""

SECTION = tuple(name for page in PAGES for name in page.section or (page.blueprint,))
"""Blueprints whose pages belong to the rosters, for the navigation."""


def install(app: Flask) -> None:
    """Give the templates their tabs, and the words for a day."""
    app.jinja_env.globals["roster_tabs"] = roster_tabs
    app.jinja_env.filters["day"] = told_day


def told_day(day: date | None) -> str:
    """A day in full; — if there is none."""
    return "—" if day is None else day_words(day)


def roster_tabs() -> list[Entry]:
    """The tabs of who asks."""
    mine = me()
    return [
        Entry(page.label, url_for(page.endpoint), "", _is_here(page))
        for page in PAGES
        if is_open(page, mine)
    ]


def _is_here(page: Page) -> bool:
    return request.blueprint in (page.section or (page.blueprint,))
