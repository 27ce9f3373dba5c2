"""The papers of a visit as those see them who may: who sends the team, who goes, who is visited."""

from dataclasses import dataclass
from functools import cached_property

from core.roles import Permission, Place, Role
from inspections.draws import Draw
from inspections.plans import Plan, get_plan, place_of
from inspections.teams.boards import teams_draw_of
from inspections.teams.papers import Papers, PaperSheet, papers_of_visit
from inspections.teams.visits import Visit, VisitNotFound, VisitState, get_visit
from web.auth import me
from web.database import session
from web.inspections.calls import SIGNING
from web.inspections.desk import desk, files
from web.papers.visit_papers.bundle import PAPERS
from web.papers.visit_papers.facts import VisitFacts
from web.teams.issued import issued, read_issued
from web.teams.press import press

FOR_THE_INSTITUTION = ("notice.pdf", "discipline.pdf", "feedback.pdf")
"""What is meant for who is visited; the others stay with the team."""

CANCELLED = "检查任务已取消"


@dataclass(frozen=True)
class PaperSight:
    """The papers of one visit, and which of them who asks may have.

    Attributes
    ----------
    teams : the draw that sent the team.
    inside : whether he sends the team or belongs to it; else he is who is visited.
    sends : whether he sends it.
    """

    visit: Visit
    teams: Draw
    plan: Plan
    papers: Papers
    inside: bool
    sends: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The papers that he may have, by file name."""
        return tuple(PAPERS) if self.inside else FOR_THE_INSTITUTION

    @property
    def sheet(self) -> PaperSheet:
        """What all papers begin with."""
        return self.papers.notice.sheet

    @cached_property
    def older(self) -> dict[int, str]:
        """Versions that were handed out and count no more: the SHA-256 of what they said.

        Only for those inside: an earlier version may be about another institution.
        """
        kept = issued(session(), self.visit.key) if self.inside else {}
        return {version: sha for version, sha in kept.items() if version != self.sheet.version}

    @property
    def facts(self) -> VisitFacts:
        """The papers of today."""
        void = CANCELLED if self.visit.state is VisitState.CANCELLED else ""
        return press().facts(self.papers, self.visit, self.teams, void)

    def facts_at(self, version: int) -> VisitFacts:
        """An older version, marked as such.

        Raises
        ------
        VisitNotFound
            If it was never handed out.
        """
        if version == self.sheet.version:
            return self.facts
        if (sha256 := self.older.get(version)) is None:
            raise VisitNotFound(visit=self.visit.task_number)
        void = f"第 {version} 版已被第 {self.sheet.version} 版代替"
        papers = read_issued(files(), sha256)
        return press().facts(papers, self.visit, self.teams, void)


def paper_sight(visit_id: int) -> PaperSight:
    """The papers of a visit within reach of who asks.

    Raises
    ------
    VisitNotFound
        Also for everybody whom it does not concern: that there is a visit is told to nobody else.
    """
    visit = get_visit(session(), visit_id)
    if (teams := teams_draw_of(session(), visit)) is None or not teams.is_held:
        raise VisitNotFound(visit=visit_id)
    plan, papers = get_plan(session(), teams.plan_id), papers_of_visit(session(), desk(), visit_id)
    sends = _sends(plan, visit)
    inside = sends or _goes(papers.notice.sheet)
    if not inside and not _is_visited(papers.notice.sheet):
        raise VisitNotFound(visit=visit_id)
    return PaperSight(visit, teams, plan, papers, inside, sends)


def _sends(plan: Plan, visit: Visit) -> bool:
    """Whoever holds or signs draws for the plan, or where the visit is executed."""
    places = place_of(session(), plan), Place(region=visit.organ_region)
    return any(me().may(permission, place) for permission in SIGNING for place in places)


def _goes(sheet: PaperSheet) -> bool:
    """Whoever is in the team now, or his department."""
    cards = [one.card for one in sheet.team.members]
    login = me().user.login_name
    if login and any(card.login_name == login for card in cards):
        return True
    standing = me().standing
    sent_by = Place(departments=frozenset(card.department for card in cards if card.department))
    partner = standing is not None and standing.role is Role.PARTNER_DEPARTMENT
    return partner and me().may(Permission.VISITS_READ, sent_by)


def _is_visited(sheet: PaperSheet) -> bool:
    place = Place(institution=sheet.institution.unit_id)
    return not sheet.sealed and me().may(Permission.OWN_PAPERS_FILE, place)
