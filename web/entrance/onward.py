"""Where somebody goes once he has come in: back to the page he wanted, or to his first page."""

from flask import current_app, url_for
from flask import session as browser

WANTED = "wanted"
FIRST_PAGES = ("home.show", "account.show")


def is_local(address: str) -> bool:
    """Whether an address is a path of this service; another site never gets a visitor of ours."""
    plain = address.isprintable() and "\\" not in address
    return plain and address.startswith("/") and not address.startswith("//")


def remember(address: str) -> None:
    """Keep the page that somebody wanted until he has come in."""
    if is_local(address):
        browser[WANTED] = address


def onward() -> str:
    """The page that was wanted, once; else the first page."""
    wanted = str(browser.pop(WANTED, ""))
    return wanted if is_local(wanted) else home()


def home() -> str:
    """The first page of whoever has come in."""
    return url_for(next(page for page in FIRST_PAGES if page in current_app.view_functions))
