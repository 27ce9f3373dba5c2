"""What everybody may learn of a visit who holds a paper of it: 扫码入企.

Whoever is visited scans the code before he lets anybody in. An unannounced visit can be looked up
from its first day on, not before.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask import current_app
from sqlmodel import Session

from core.errors import NotFound
from core.trail import SYSTEM
from inspections.draws import Draw, get_draw
from inspections.plan_content import NoticePolicy
from inspections.plans import Plan, get_plan, get_version
from inspections.teams.boards import teams_draw_of
from inspections.teams.papers import PaperSheet, papers_of_visit
from inspections.teams.visits import Visit, VisitNotFound, VisitState, get_visit
from web.auth import now
from web.inspections.desk import desk_for
from web.inspections.published import today
from web.settings import Settings
from web.teams.visit_codes import PaperMark, mark_of

TAIL = 4
"""Signs of the credit code that are shown: enough to see whether one's own house is meant."""


class ProofNotFound(NotFound):
    """Nobody made the code, or the visit cannot be looked up yet; which of them is not told."""

    code = "visit_proof_not_found"


class Standing(StrEnum):
    """Whether a paper counts."""

    VALID = "valid"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Proof:
    """One paper of one visit, looked up.

    Attributes
    ----------
    listed, teams : the draw of the institution and that of its visitors.
    sheet : the visit as it stands now; None if it will not take place.
    """

    standing: Standing
    mark: PaperMark
    visit: Visit
    plan: Plan
    listed: Draw
    teams: Draw | None
    sheet: PaperSheet | None
    today: date

    @property
    def is_today(self) -> bool:
        """Whether the visit takes place today."""
        return self.visit.first_day <= self.today <= self.visit.last_day

    @property
    def tail(self) -> str:
        """The last signs of the credit code of who is visited."""
        return self.sheet.institution.unit_id[-TAIL:] if self.sheet else ""


def proof_of(session: Session, code: str) -> Proof:
    """What a code on a paper stands for.

    Raises
    ------
    ProofNotFound
    """
    settings: Settings = current_app.extensions["settings"]
    if (mark := mark_of(settings.secret_key, code)) is None:
        raise ProofNotFound
    visit = _visit(session, mark)
    listed = get_draw(session, visit.draw_id)
    teams, sheet = teams_draw_of(session, visit), None
    if teams is not None and teams.number == mark.draw and visit.state is VisitState.PLANNED:
        told = papers_of_visit(session, desk_for(settings, SYSTEM, now()), visit.key)
        sheet = told.notice.sheet
    if sheet.sealed if sheet else _is_secret(session, listed, visit):
        raise ProofNotFound
    plan = get_plan(session, listed.plan_id)
    return Proof(_standing(mark, sheet), mark, visit, plan, listed, teams, sheet, today())


def _visit(session: Session, mark: PaperMark) -> Visit:
    try:
        return get_visit(session, mark.visit)
    except VisitNotFound as error:
        # a code from a database that was restored since
        raise ProofNotFound from error


def _is_secret(session: Session, listed: Draw, visit: Visit) -> bool:
    """Whether even that there was to be a visit is told to nobody yet."""
    policy = get_version(session, listed.plan_version_id).content.notice
    return policy is NoticePolicy.UNANNOUNCED and today() < visit.first_day


def _standing(mark: PaperMark, sheet: PaperSheet | None) -> Standing:
    if sheet is None:
        return Standing.WITHDRAWN
    return Standing.VALID if sheet.version == mark.version else Standing.REPLACED
