"""How scopes, browsers and places are written on the pages of accounts."""

import re

from core.regions import is_region, region_of
from core.roles import Scope, ScopeKind

BROWSERS = (
    ("Edge", re.compile(r"Edg/")),
    ("微信", re.compile(r"MicroMessenger")),
    ("Firefox", re.compile(r"Firefox/")),
    ("Chrome", re.compile(r"Chrom(e|ium)/")),
    ("Safari", re.compile(r"Safari/")),
)
"""The first that fits: most browsers also call themselves Chrome and Safari."""

SYSTEMS = (
    ("安卓", re.compile(r"Android")),
    ("iPhone 或 iPad", re.compile(r"iPhone|iPad")),
    ("Windows", re.compile(r"Windows")),
    ("macOS", re.compile(r"Mac OS X")),
    ("Linux", re.compile(r"Linux")),
)


def browser_words(agent: str) -> str:
    """A browser and its system, as far as it tells."""
    found = [
        next((name for name, sign in kinds if sign.search(agent)), "")
        for kinds in (BROWSERS, SYSTEMS)
    ]
    return "，".join(filter(None, found)) or "未知浏览器"


def region_words(code: str) -> str:
    """A region by its name."""
    return region_of(code).path if is_region(code) else code or "—"


def scope_words(scope: Scope) -> str:
    """Whose rows a membership is about."""
    match scope.kind:
        case ScopeKind.NATION:
            return "全国"
        case ScopeKind.REGION:
            return region_words(scope.key)
        case _:
            return scope.key
