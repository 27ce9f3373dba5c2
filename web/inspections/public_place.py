"""Where everybody finds a draw: the address that stands behind the pictures to be scanned."""

from flask import url_for

from inspections.draws import Draw
from web.inspections.witness_codes import public_address


def public_page_of(draw: Draw) -> str:
    """The public page of a draw; before its commitment the list in which it will stand."""
    if draw.commitment_digest is None:
        return public_address(url_for("public_draws.index"))
    where = url_for("public_draws.show", plan_id=draw.plan_id, number=draw.number)
    return public_address(where)
