"""Draws as the interface tells them: as much as `published` has gathered for everybody today."""

from typing import Any

from flask import url_for
from sqlmodel import Session

from core.errors import NotFound
from inspections.draw_papers import is_open
from inspections.drawn_units import DrawnUnit
from inspections.draws import Draw, draws_of, public_draws
from inspections.frames import DrawFrame, UnitNotInFrame, get_frame
from inspections.plans import get_plan, get_version, versions_of
from inspections.sources import DrawSource
from inspections.substitutions import addendum_name
from sampler.hashing import canonical
from web.api import answers
from web.api.questions import Paged
from web.inspections.proofs import Line, PublicFrame
from web.inspections.published import PublicDraw, frame_of, public_version, today


class NotOpenYet(NotFound):
    """The draw is public, but not this part of it today."""

    code = "not_open_yet"


# -- lists -------------------------------------------------------------------------------------


def draw_page(session: Session, question: Paged) -> answers.DrawPage:
    """A page of all public draws."""
    found, total = public_draws(session, question.start, question.size)
    items = [answers.DrawLine(**_line(draw)) for draw in found]
    return answers.DrawPage(items=items, page=question.page, size=question.size, total=total)


def draws_of_plan(session: Session, plan_id: int) -> answers.Draws:
    """The public draws of a public plan.

    Raises
    ------
    PlanNotFound
    """
    found = _public_draws_of(session, plan_id)
    return answers.Draws(items=[answers.DrawLine(**_line(draw)) for draw in found])


def frames_of_plan(session: Session, plan_id: int) -> answers.Frames:
    """The frames to which draws of a public plan were committed.

    Raises
    ------
    PlanNotFound
    """
    found = _public_draws_of(session, plan_id)
    return answers.Frames(
        items=[_frame(session, draw, get_frame(session, draw.frame_id)) for draw in found]
    )


def _public_draws_of(session: Session, plan_id: int) -> list[Draw]:
    public_version(get_plan(session, plan_id), versions_of(session, plan_id))
    return [draw for draw in draws_of(session, plan_id) if draw.commitment_digest is not None]


# -- one draw ----------------------------------------------------------------------------------


def _line(draw: Draw) -> dict[str, Any]:
    return {
        "plan": draw.plan_id,
        "number": draw.number,
        "state": draw.state,
        "committed_at": draw.committed_at,
        "commitment_sha256": draw.commitment_digest,
        "deadline": draw.deadline,
        "opened_at": draw.opened_at,
        "drawn_at": draw.drawn_at,
        "certificate_sha256": draw.certificate_sha256,
        "opens_on": draw.opens_on,
        "published_at": draw.published_at,
        "list_is_open": is_open(draw, today()),
        "void_reason": draw.void_reason,
        "voided_at": draw.voided_at,
        "redraw_reason": draw.redraw_reason,
        "href": url_for("api.draw", plan_id=draw.plan_id, number=draw.number),
    }


def _frame(session: Session, draw: Draw, frame: DrawFrame) -> answers.FrameFacts:
    assert draw.committed_at is not None, "it has been committed"
    return answers.FrameFacts(
        draw=draw.number,
        version=get_version(session, frame.plan_version_id).number,
        roster_day=frame.roster_day,
        committed_at=draw.committed_at,
        rows=frame.rows,
        eligible=frame.eligible,
        excluded=frame.excluded,
        root=frame.root,
    )


def draw_facts(session: Session, found: PublicDraw) -> answers.Draw:
    """A draw, with its seed only if its list is open."""
    return answers.Draw(
        **_line(found.draw),
        plan_title=found.plan.title,
        n=found.commitment["plan"]["n"],
        frame=_frame(session, found.draw, found.frame),
        sources=[_source(one, found.typists) for one in found.sources],
        seed=found.draw.seed if found.open else None,
        chances_are_public=found.is_shown,
    )


def _source(source: DrawSource, typists: dict[str, str]) -> answers.Source:
    return answers.Source(
        name=source.name,
        kind=source.kind,
        address=source.address,
        promise=source.promise,
        value=source.value,
        revealed_at=source.revealed_at,
        typed_by=typists.get(source.name, ""),
    )


# -- an open list ------------------------------------------------------------------------------


def must_be_open(found: PublicDraw) -> None:
    """Guard of all that opens with the drawn list.

    Raises
    ------
    NotOpenYet
        Whether or not there is anything that could be open: both answer the same.
    """
    if not found.open:
        raise NotOpenYet(number=found.draw.number)


def drawn_list(found: PublicDraw, question: Paged) -> answers.Drawn:
    """The drawn units in the order of the seed.

    Raises
    ------
    NotOpenYet
    """
    must_be_open(found)
    assert found.draw.seed is not None, "an open list is drawn"
    gone = {one["out"]["unit_id"]: one["number"] for one in found.addenda}
    return answers.Drawn(seed=found.draw.seed, **_units(found.drawn, gone, question))


def reserves_list(found: PublicDraw, question: Paged) -> answers.Reserves:
    """The reserves by field and rank.

    Raises
    ------
    NotOpenYet
    """
    must_be_open(found)
    came = {one["in"]["unit_id"]: one["number"] for one in found.addenda if one["in"]}
    return answers.Reserves(**_units(found.reserves, came, question))


def _units(units: list[DrawnUnit], told: dict[str, int], question: Paged) -> dict[str, Any]:
    shown = units[question.start : question.start + question.size]
    return {
        "page": question.page,
        "size": question.size,
        "total": len(units),
        "items": [
            answers.DrawnUnit(
                unit_id=unit.unit_id,
                name=unit.name,
                field=unit.field,
                rank=unit.rank,
                signature=unit.signature,
                chance=unit.chance,
                addendum=told.get(unit.unit_id),
            )
            for unit in shown
        ],
    }


def addenda_of(found: PublicDraw) -> answers.Addenda:
    """What happened to an open list afterwards.

    Raises
    ------
    NotOpenYet
    """
    must_be_open(found)
    return answers.Addenda(items=[_addendum(found, one) for one in found.addenda])


def _addendum(found: PublicDraw, told: dict[str, Any]) -> answers.Addendum:
    name, stepped_in = addendum_name(told["number"]), told["in"]
    return answers.Addendum(
        number=told["number"],
        previous=told["previous"],
        reason=told["reason"],
        signed_on=told["signed_on"],
        out=answers.AddendumUnit(**told["out"]),
        stepped_in=answers.AddendumUnit(**stepped_in) if stepped_in else None,
        sha256=found.offered[name],
        href=address_in(found, "public_draws.file", name),
    )


def address_in(found: PublicDraw, endpoint: str, name: str) -> str:
    """Where a file or a paper of a draw is downloaded."""
    return url_for(endpoint, plan_id=found.draw.plan_id, number=found.draw.number, name=name)


# -- an institution in the frame ---------------------------------------------------------------


def proof_of(session: Session, found: PublicDraw, unit_id: str) -> answers.Proof:
    """That an institution is in the frame of a draw.

    Raises
    ------
    UnitNotInFrame
    """
    frame = frame_of(session, found)
    row = _row_of(frame, unit_id)
    proof = frame.proof(row.index)
    return answers.Proof(
        unit_id=unit_id,
        index=row.index,
        public=dict(row.public),
        leaf=proof["leaf"],
        path=[answers.Step(side=side, hash=other) for side, other in proof["path"]],
        root=proof["root"],
        **_committed(found, row, proof["line"]),
        outcome=_outcome(found, unit_id),
    )


def _row_of(frame: PublicFrame, unit_id: str) -> Line:
    # the lines are canonical, so that the cell stands there as it is written here
    cell = b'"unit_id":' + canonical(unit_id)
    near = (frame.row(at) for at, line in enumerate(frame.lines) if cell in line)
    row = next((row for row in near if row.public["unit_id"] == unit_id), None)
    if row is None:
        raise UnitNotInFrame(unit=unit_id)
    return row


def _committed(found: PublicDraw, row: Line, line: str) -> dict[str, Any]:
    """Line, type and chance, if they are public; the same members in either case."""
    if not found.is_shown:
        return dict.fromkeys(("line", "type", "kind", "chance"))
    told = next(t for t in found.commitment["types"] if t["number"] == row.type)
    return {"line": line, "type": row.type, "kind": told["kind"], "chance": told["chance"]}


def _outcome(found: PublicDraw, unit_id: str) -> answers.Outcome | None:
    if not found.open:
        return None
    unit = next((unit for unit in found.units if unit.unit_id == unit_id), None)
    if unit is None:
        return answers.Outcome.NOT_DRAWN
    return answers.Outcome.RESERVE if unit.is_reserve else answers.Outcome.DRAWN
