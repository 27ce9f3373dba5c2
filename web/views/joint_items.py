"""Keeping the list of joint supervision (跨部门综合监管重点事项清单); `items` shows it."""

from flask import Blueprint

from rosters.entries import Noun
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
KEEPING.open(bp, "/joint-items", plain=True)
