"""Tables that only grow: the database itself refuses to change or remove their rows.

`create_all` makes the triggers; a migration runs the same statements from `guards`, and again
after it has rebuilt such a table in SQLite, which drops its triggers. Whoever owns the
database can lift them: they stop mistakes, and make tampering a deliberate act.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, MetaData, Table, event, text

_REFUSAL = "rows of this table are never changed or removed"
_GUARD = "guard"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = '{_REFUSAL}', ERRCODE = 'restrict_violation'; END $$
"""
_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'",
}


@dataclass(frozen=True)
class _Trigger:
    """Refuses what happens, always or *when* a condition holds."""

    name: str
    before: str
    when: str | None = None

    def statement(self, table: str, dialect: str) -> str:
        head = f"CREATE TRIGGER {self.name} BEFORE {self.before} ON {table}"
        when = f"WHEN ({self.when})" if self.when else ""
        if dialect == "sqlite":
            return f"{head} {when} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        each = "ROW" if self.when else "STATEMENT"
        return f"{head} FOR EACH {each} {when} EXECUTE FUNCTION refuse_change()"


@dataclass(frozen=True)
class _Guard:
    """What is refused for one table."""

    counter: str | None = None
    first_row: str | None = None

    def triggers(self, table: Table, dialect: str) -> list[_Trigger]:
        (key,) = table.primary_key.columns.keys()
        name = f"{table.name}_never"
        change = _Trigger(f"{name}_changed", "UPDATE", self._unless_forward())
        if dialect == "postgresql":
            return [change, _Trigger(f"{name}_removed", "DELETE OR TRUNCATE")]
        # INSERT OR REPLACE removes a row without waking the trigger of DELETE
        present = f"EXISTS (SELECT 1 FROM {table.name} WHERE {key} = NEW.{key})"
        return [
            change,
            _Trigger(f"{name}_removed", "DELETE"),
            _Trigger(f"{name}_replaced", "INSERT", present),
        ]

    def _unless_forward(self) -> str | None:
        return f"NEW.{self.counter} <= OLD.{self.counter}" if self.counter else None


def append_only(table: Table) -> None:
    """Let rows of *table* be added, never changed or removed; its key is a single column."""
    _put(table, _Guard())


def forward_only(table: Table, counter: str, first_row: str) -> None:
    """Let the rows of *table* change only when *counter* grows, and never be removed.

    *first_row* is the statement that adds its first row.
    """
    _put(table, _Guard(counter, first_row))


def _put(table: Table, guard: _Guard) -> None:
    table.info[_GUARD] = guard
    event.listen(table, "after_create", _raise_guards)


def _raise_guards(table: Table, connection: Connection, **_: Any) -> None:
    for statement in guards(table, connection.dialect.name):
        connection.exec_driver_sql(statement)


def guards(table: Table, dialect: str) -> list[str]:
    """What to execute after *table* has been created, in "sqlite" or "postgresql"."""
    guard: _Guard = table.info[_GUARD]
    first = [guard.first_row] if guard.first_row else []
    function = [_FUNCTION] if dialect == "postgresql" else []
    triggers = guard.triggers(table, dialect)
    return first + function + [trigger.statement(table.name, dialect) for trigger in triggers]


def missing_guards(connection: Connection, metadata: MetaData) -> list[str]:
    """The triggers that should stand and do not, or are switched off; `db check` asks."""
    dialect = connection.dialect.name
    standing = set(connection.execute(text(_NAMES[dialect])).scalars())
    return [
        trigger.name
        for table in metadata.sorted_tables
        if _GUARD in table.info
        for trigger in table.info[_GUARD].triggers(table, dialect)
        if trigger.name not in standing
    ]
