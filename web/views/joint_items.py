"""Keeping the list of joint supervision (跨部门综合监管重点事项清单); `items` shows it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from core.roles import Permission
from rosters.entries import Noun
from web.auth import door
from web.rosters.keeping import Keeping

bp = Blueprint("joint_items", __name__)

KEEPING = Keeping(
    Noun.JOINT_ITEM,
    "joint_items",
    "事项清单",
    lists_at="items.index",
    nationwide=True,
    enter_lead="由牵头部门发起、几个部门一次完成检查的事项。",
    end_lead="移出后不再按联合检查安排；调整部门或方式，请用“变更”。",
)


@bp.get("/joint-items/<int:entry_id>")
@door(Permission.ROSTERS_READ)
def show(entry_id: int) -> ResponseReturnValue:
    """One item, with its history."""
    return KEEPING.show(entry_id)


@bp.get("/joint-items/new")
@door(Permission.ROSTERS_EDIT)
def new() -> ResponseReturnValue:
    """The form of a new item."""
    return KEEPING.new()


@bp.post("/joint-items")
@door(Permission.ROSTERS_EDIT)
def create() -> ResponseReturnValue:
    """Enter an item."""
    return KEEPING.create()


@bp.get("/joint-items/<int:entry_id>/edit")
@door(Permission.ROSTERS_EDIT)
def edit(entry_id: int) -> ResponseReturnValue:
    """The form of an item."""
    return KEEPING.edit(entry_id)


@bp.post("/joint-items/<int:entry_id>")
@door(Permission.ROSTERS_EDIT)
def change(entry_id: int) -> ResponseReturnValue:
    """Change an item from a day on."""
    return KEEPING.change(entry_id)


@bp.get("/joint-items/<int:entry_id>/end")
@door(Permission.ROSTERS_EDIT)
def ask_to_end(entry_id: int) -> ResponseReturnValue:
    """Ask before an item leaves the list."""
    return KEEPING.ask_to_end(entry_id)


@bp.post("/joint-items/<int:entry_id>/end")
@door(Permission.ROSTERS_EDIT)
def end(entry_id: int) -> ResponseReturnValue:
    """Take an item out of the list."""
    return KEEPING.end(entry_id)
