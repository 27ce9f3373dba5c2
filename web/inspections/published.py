"""What the public may know of a plan and of a draw today, gathered for pages and papers.

Nothing here asks who is looking: what is not open yet is not gathered at all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, current_app, request, url_for
from sqlmodel import Session

from core import trail
from core.calendar import china_date
from core.trail import Search
from inspections.addenda import SubstitutionReason
from inspections.draw_papers import (
    COMMITMENT,
    FRAME,
    is_open,
    offered,
    papers_of,
    read_certificate,
    read_commitment,
    read_whole,
)
from inspections.drawn_units import DrawnUnit, in_order_of_showing, units_of
from inspections.draws import NOUN, Draw, DrawNotFound, draws_of, find_draw
from inspections.frames import DrawFrame, get_frame
from inspections.plans import PUBLIC, Plan, PlanNotFound, PlanVersion, get_plan, get_version
from inspections.sources import DrawSource, sources_of
from web.auth import now
from web.inspections.desk import files
from web.inspections.proofs import PublicFrame, public_frame
from web.papers.draw_papers.facts import DrawFacts, NoticeFacts, SourceLine, UnitLine
from web.words.trail import role_words

SECONDS = 60
"""How long a page may be kept by whoever passes it on."""


@dataclass(frozen=True)
class PublicDraw:
    """A draw with a commitment, and as much of its outcome as is open today.

    Attributes
    ----------
    typists : the role of the official who typed a value, by the name of its source.
    commitment : for what the plan says of itself; its types only if it `is_shown`.
    """

    plan: Plan
    version: PlanVersion
    draw: Draw
    frame: DrawFrame
    sources: list[DrawSource]
    typists: dict[str, str]
    commitment: Mapping[str, Any]
    offered: dict[str, str]
    open: bool
    units: list[DrawnUnit]
    addenda: list[dict[str, Any]]
    others: list[Draw]

    @property
    def is_shown(self) -> bool:
        """Whether types and chances are public: not while they name who is certain."""
        return COMMITMENT in self.offered

    @property
    def drawn(self) -> list[DrawnUnit]:
        """The drawn units in the order that the seed gave them."""
        found = [unit for unit in self.units if not unit.is_reserve]
        return in_order_of_showing(self.draw.seed or "", found)

    @property
    def reserves(self) -> list[DrawnUnit]:
        """The reserves by field and rank."""
        return [unit for unit in self.units if unit.is_reserve]

    @property
    def names(self) -> dict[str, str]:
        """The names of drawn units and reserves by unit id."""
        return {unit.unit_id: unit.name for unit in self.units}


def today() -> date:
    """The day in China."""
    return china_date(now())


def public_draw(session: Session, plan_id: int, number: int) -> PublicDraw:
    """A draw under its public number.

    Raises
    ------
    DrawNotFound
        Also if nothing of it is public yet.
    DrawIsDamaged
    """
    draw = find_draw(session, plan_id, number)
    if draw.commitment_digest is None:
        raise DrawNotFound(plan=plan_id, number=number)
    opened = is_open(draw, today())
    papers = offered(session, files(), draw, today())
    return PublicDraw(
        plan=get_plan(session, plan_id),
        version=get_version(session, draw.plan_version_id),
        draw=draw,
        frame=get_frame(session, draw.frame_id),
        sources=sources_of(session, draw.key),
        typists=typists(session, draw),
        commitment=read_commitment(files(), draw),
        offered=papers,
        open=opened,
        units=units_of(session, draw.key) if opened else [],
        addenda=_addenda(papers) if opened else [],
        others=[
            one
            for one in draws_of(session, plan_id)
            if one.commitment_digest is not None and one.number != number
        ],
    )


def typists(session: Session, draw: Draw) -> dict[str, str]:
    """From the trail: it keeps the role of that moment, and nobody can change it."""
    typed = Search(noun=NOUN, noun_id=str(draw.key), action="source.typed")
    events = trail.page(session, typed)
    return {event.after["source"]: role_words(event.actor_role) for event in events if event.after}


def frame_of(session: Session, found: PublicDraw) -> PublicFrame:
    """The public frame of a draw, for proofs; what of its lines is shown, the page decides.

    Raises
    ------
    DrawIsDamaged
    """
    return public_frame(files(), papers_of(session, found.draw.key)[FRAME])


def _addenda(papers: Mapping[str, str]) -> list[dict[str, Any]]:
    names = sorted((n for n in papers if n.startswith("addendum-")), key=lambda n: (len(n), n))
    told = [json.loads(read_whole(files(), papers[name], name)) for name in names]
    return [{**one, "words": SubstitutionReason(one["reason"]).label} for one in told]


def public_version(plan: Plan, versions: list[PlanVersion]) -> PlanVersion:
    """The newest version that everybody may read.

    Raises
    ------
    PlanNotFound
    """
    shown = [version for version in versions if version.state in PUBLIC]
    if not shown:
        raise PlanNotFound(plan=plan.key)
    return shown[-1]


def content_digest(session: Session, version: PlanVersion) -> str:
    """The digest of what a version says; empty while it would tell who is certain to be visited.

    The rest of a plan is public, so somebody could try one institution after the other in the
    list of certain ones until the digest fits.
    """
    content = version.content
    if content.publish_drawn or not content.certain:
        return version.digest
    drawn = [
        one for one in draws_of(session, version.plan_id) if one.plan_version_id == version.key
    ]
    return version.digest if any(is_open(one, today()) for one in drawn) else ""


# -- addresses and answers -------------------------------------------------------------------------


def full_address(endpoint: str, **values: object) -> str:
    """An address as a paper prints it."""
    public: str = current_app.extensions["settings"].public_url or request.host_url.rstrip("/")
    return public + url_for(endpoint, **values)  # type: ignore[arg-type]


def is_demo() -> bool:
    """Whether all of it is made up."""
    return current_app.extensions["settings"].demo is not None


def kept(response: Response, seconds: int = SECONDS) -> Response:
    """The same for everybody, so it may be kept for a while and asked for by its tag."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    # the head of a page says whether somebody has logged in
    response.vary.add("Cookie")
    if not response.direct_passthrough:
        response.add_etag()
    response.make_conditional(request)
    return response


# -- papers ----------------------------------------------------------------------------------------


def draw_facts(found: PublicDraw) -> DrawFacts:
    """What the papers of a draw say; without the outcome while its list is sealed."""
    draw, frame = found.draw, found.frame
    assert draw.commitment_digest is not None, "it has been committed"
    assert draw.committed_at is not None
    assert draw.deadline is not None
    certificate = read_certificate(files(), draw) if found.open else {}
    address = full_address("public_draws.show", plan_id=found.plan.key, number=draw.number)
    return DrawFacts(
        title=found.plan.title,
        document_no=found.plan.document_no,
        organ=found.version.content.lead,
        number=draw.number,
        address=address,
        demo=is_demo(),
        void=draw.void_reason.label if draw.void_reason else "",
        roster_day=frame.roster_day,
        rows=frame.rows,
        eligible=frame.eligible,
        excluded=frame.excluded,
        root=frame.root,
        commitment=found.commitment,
        commitment_digest=draw.commitment_digest,
        committed_at=draw.committed_at,
        opened_at=draw.opened_at,
        deadline=draw.deadline,
        drawn_at=draw.drawn_at,
        published_at=draw.published_at,
        opens_on=draw.opens_on,
        certificate_sha256=draw.certificate_sha256 or "",
        seed=(draw.seed or "") if found.open else "",
        certificate=certificate,
        sources=tuple(
            SourceLine(s.name, s.kind.label, s.address, s.promise or "", s.value or "")
            for s in found.sources
        ),
        shown=found.is_shown,
        drawn=tuple(_unit(unit) for unit in found.units if not unit.is_reserve),
        reserves=tuple(_unit(unit) for unit in found.units if unit.is_reserve),
    )


def _unit(unit: DrawnUnit) -> UnitLine:
    return UnitLine(unit.unit_id, unit.name, unit.field, unit.rank, unit.signature, unit.chance)


def notice_facts(session: Session, plan: Plan, version: PlanVersion) -> NoticeFacts:
    """What the notice of a published version says."""
    assert version.published_at is not None, "it is public"
    return NoticeFacts(
        title=plan.title,
        document_no=plan.document_no,
        version=version.number,
        digest=content_digest(session, version),
        published_at=version.published_at,
        address=full_address("public_plans.show", plan_id=plan.key),
        content=version.content,
        demo=is_demo(),
    )
