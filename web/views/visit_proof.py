"""扫码入企: who scans the code on a paper of a visit sees whether it counts, and who may come."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from web.auth import Door, door
from web.database import session
from web.inspections.public_place import public_page_of
from web.teams.proofs import proof_of
from web.teams.visit_codes import ADDRESS

bp = Blueprint("visit_proof", __name__)


@bp.get(f"{ADDRESS}<code>")
@door(Door.PUBLIC)
def show(code: str) -> ResponseReturnValue:
    """The proof of one visit; for whoever holds the paper, not for search engines."""
    proof = proof_of(session(), code)
    page = render_template(
        "public/visit.html",
        proof=proof,
        sheet=proof.sheet,
        drawn_at=public_page_of(proof.listed),
        teams_drawn_at=public_page_of(proof.teams) if proof.teams else "",
    )
    answer = make_response(page)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.cache_control.no_store = True
    return answer
