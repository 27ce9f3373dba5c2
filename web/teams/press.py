"""Where papers get what the rosters do not know: the code on them, its address, and whose data."""

from dataclasses import dataclass

from flask import current_app

from inspections.draws import Draw
from inspections.teams.papers import Papers
from inspections.teams.visits import Visit
from web.inspections.published import is_demo
from web.inspections.witness_codes import public_address
from web.papers.visit_papers.facts import VisitFacts
from web.settings import Settings
from web.teams.visit_codes import ADDRESS, PaperMark, code_from


@dataclass(frozen=True)
class Press:
    """A service that prints papers.

    Attributes
    ----------
    base : what its addresses begin with.
    demo : whether all of its data are made up.
    """

    secret_key: str
    base: str
    demo: bool

    def facts(self, papers: Papers, visit: Visit, teams: Draw, void: str = "") -> VisitFacts:
        """Papers ready to be set; *void* says why they do not count any more."""
        mark = PaperMark(visit.key, teams.number, papers.notice.sheet.version)
        address = f"{self.base}{ADDRESS}{code_from(self.secret_key, mark)}"
        return VisitFacts(papers, address, self.demo, void)


def press() -> Press:
    """That of the running app."""
    settings: Settings = current_app.extensions["settings"]
    return Press(settings.secret_key, public_address(""), is_demo())
