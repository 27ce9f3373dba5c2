"""The items of a plan and the two published lists they are taken from: check items, joint items.

A plan keeps how an item read when it was chosen; when it is submitted, it must still read so.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from inspections.plan_content import ItemRef, PlanContent
from inspections.plan_faults import PlanFault
from rosters.entries import Dated, holds
from rosters.items import CheckItem, JointItem


def list_faults(session: Session, content: PlanContent, today: date) -> list[PlanFault]:
    """Items that are in their list no more, or read otherwise now, on the day of the roster.

    What is not published may not be checked (国办发〔2024〕54号).
    """
    day = content.roster_day or today
    return [
        *_items(session, "check_items", CheckItem, content.check_items, day),
        *_items(session, "joint_items", JointItem, content.joint_items, day),
    ]


def _items(
    session: Session, at: str, table: type[Dated], items: Iterable[ItemRef], day: date
) -> Iterator[PlanFault]:
    listed = list(items)
    wanted = select(table).where(
        col(table.entry_id).in_([item.entry_id for item in listed]), holds(table, day)
    )
    found = {row.entry_id: item_ref(row) for row in session.exec(wanted)}
    for place, item in enumerate(listed):
        now = found.get(item.entry_id)
        if now is None:
            about = {"number": item.number, "name": item.name, "day": day}
            yield PlanFault(f"{at}.{place}", "item_not_listed", about)
        elif now != item:
            yield PlanFault(f"{at}.{place}", "item_changed", {"number": item.number})


def item_ref(row: Any) -> ItemRef:
    """An item of either list as a plan keeps it."""
    return ItemRef(
        entry_id=row.entry_id,
        number=row.number,
        name=row.name,
        ratio=getattr(row, "ratio", 0),
        yearly_cap=getattr(row, "yearly_cap", 0),
    )
