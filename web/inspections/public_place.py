"""Where everybody finds a draw: the address that stands behind the pictures to be scanned."""

from flask import url_for

from inspections.draws import Draw
from inspections.subjects import Subject
from web.inspections.witness_codes import public_address


def public_page_of(draw: Draw) -> str:
    """The public page of a draw; before its commitment the list in which it will stand."""
    room = "public_teams" if draw.subject is Subject.TEAMS else "public_draws"
    if draw.commitment_digest is None:
        return public_address(url_for(f"{room}.index"))
    where = url_for(f"{room}.show", plan_id=draw.plan_id, number=draw.number)
    return public_address(where)
