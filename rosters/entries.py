"""What the rosters keep, and how it is dated: entries, and the periods in which facts hold.

An *entry* is one thing the rosters know for good: an institution, a certificate, an inspector.
Its id never changes and is never used again. What is known of it stands in the table of its
noun, one row for each period in which the facts were the same; so "the roster as at any day" is
the condition `holds(table, day)`, the same for today and for a day ten years ago.

These tables are made from the statements of `rosters.changes` and nothing else writes them.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationInfo
from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, text
from sqlmodel import Field, SQLModel, col

import core.database  # noqa: F401  # its naming convention comes before any table
from core.database import enum_column
from rosters.timeline import FOREVER


class Noun(StrEnum):
    """What an entry can be."""

    INSTITUTION = "institution"
    CERTIFICATE = "certificate"
    SITE = "site"
    QI_CENTRE = "qi_centre"
    CONTACT = "contact"
    FLAG = "flag"
    PROFICIENCY_RESULT = "proficiency_result"
    SUCCESSION = "succession"
    DEPARTMENT = "department"
    INSPECTOR = "inspector"
    LEAVE = "leave"
    EXPERT = "expert"
    RELATION = "relation"
    JOINT_ITEM = "joint_item"
    CHECK_ITEM = "check_item"
    FIELD_MAPPING = "field_mapping"
    INDICATOR = "indicator"


class Entry(SQLModel, table=True):
    """One thing the rosters know; it stays even when all that was said of it is withdrawn."""

    __tablename__ = "roster_entry"

    id: int | None = Field(default=None, primary_key=True)
    noun: Noun = Field(sa_type=enum_column(Noun), index=True)


class Dated(SQLModel):
    """The columns by which every noun is dated: from *since* until the day before *until*."""

    entry_id: int = Field(primary_key=True, foreign_key="roster_entry.id")
    since: date = Field(primary_key=True)
    until: date


Table = TypeVar("Table", bound=type[Dated])

TABLES: dict[Noun, type[Dated]] = {}
"""The table of each noun."""


def dated(noun: Noun) -> Callable[[Table], Table]:
    """Let a table hold the periods of the entries of a noun; its columns are their facts."""

    def register(table: Table) -> Table:
        TABLES[noun] = table
        return table

    return register


def period_constraints(*more: Any) -> tuple[Any, ...]:
    """The `__table_args__` of a dated table: its periods have a length; and *more*."""
    return CheckConstraint("since < until", name="period"), *more


def unique_while_open(name: str, column: str) -> Index:
    """No two entries bear the same text, unless it is empty, in a period without an end."""
    where = text(f"until = '{FOREVER.isoformat()}' AND {column} <> ''")
    return Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)


def holds(table: type[Dated], day: date) -> ColumnElement[bool]:
    """The condition that a period of *table* covers a *day*."""
    return and_(col(table.since) <= day, col(table.until) > day)


def not_before(first: str) -> Callable[[date | None, ValidationInfo], date | None]:
    """For input models: a day that does not come before that of the field *first*."""

    def check(last: date | None, info: ValidationInfo) -> date | None:
        begun = info.data.get(first)
        if begun is not None and last is not None and last < begun:
            raise ValueError("ends_before_it_begins")
        return last

    return check
