"""What somebody should know or do: his messages, and that he has read them."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import messages
from core.messages import Message
from web import lists
from web.auth import Door, door, me, now
from web.database import session
from web.words.messages import KINDS, leads_to, wording
from web.words.times import to_the_second

bp = Blueprint("messages", __name__)

FILTERS = ("state", "kind", "below")
STATES = {"unread": "未读"}

ADDRESSES = {
    "job": lambda number: url_for("jobs.show", job_id=int(number)),
    "plan": lambda plan: url_for("plans.show", plan_id=int(plan)),
    "draw": lambda draw: url_for("ceremonies.show", draw_id=int(draw)),
    "visit_notice": lambda number: url_for("visit_notices.lead", notice_id=int(number)),
    "recusal": lambda number: url_for("recusal_requests.show", recusal_id=int(number)),
    "account": lambda _number: url_for("account.show"),
}
"""Where a message about a noun leads."""


@bp.get("/messages")
@door(Door.SIGNED_IN)
def index() -> ResponseReturnValue:
    """My messages, the newest first."""
    found = _found(lists.SIZE + 1)
    shown = found[: lists.SIZE]
    return render_template(
        "messages/index.html",
        messages=[(one, wording(one), leads_to(one, ADDRESSES)) for one in shown],
        unread=messages.unread(session(), me().user.key),
        older=lists.here(below=shown[-1].key) if len(found) > lists.SIZE else "",
        kinds=[(kind, words.kind) for kind, words in KINDS.items()],
        states=STATES.items(),
        filters=lists.filters(*FILTERS),
        kind=lists.one_of("kind", KINDS),
        state=lists.one_of("state", STATES),
    )


@bp.get("/messages.csv")
@door(Door.SIGNED_IN)
def export() -> ResponseReturnValue:
    """The same as a file."""
    head = ("编号", "时间", "标题", "内容", "阅读时间")
    rows = (
        (
            one.key,
            to_the_second(one.created_at),
            words.title,
            words.text,
            to_the_second(one.read_at),
        )
        for one, words in ((m, wording(m)) for m in _found(lists.MOST_EXPORTED))
    )
    return lists.csv_file(f"messages-{lists.stamp(now())}.csv", head, rows)


@bp.post("/messages/read")
@door(Door.SIGNED_IN)
def read_all() -> ResponseReturnValue:
    """I have read everything."""
    messages.mark_read(session(), me().user.key, now())
    return redirect(url_for("messages.index"), 303)


@bp.post("/messages/<int:message_id>/read")
@door(Door.SIGNED_IN)
def read(message_id: int) -> ResponseReturnValue:
    """I have read this one; another person's stays as it is."""
    messages.mark_read(session(), me().user.key, now(), message_id)
    return redirect(lists.address("messages.index", **lists.filters(*FILTERS)), 303)


def _found(most: int) -> list[Message]:
    return messages.messages_of(
        session(),
        me().user.key,
        below=lists.number("below"),
        most=most,
        kind=lists.one_of("kind", KINDS),
        unread_only=bool(lists.one_of("state", STATES)),
    )
