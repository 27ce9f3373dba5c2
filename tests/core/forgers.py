"""Ways to forge a trail for somebody who owns the database and has read every line of ours.

Each takes an open connection whose guards are down and a source of chance, forges, and says
what it did. The hash of an event is worked out here once more, from its description alone.
"""

import hashlib
import random
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, text, update

from core import trail
from core.database import unit_of_work
from core.trail import EVENTS, HEAD, Actor

Forger = Callable[[Connection, random.Random], str]

MORNING = datetime(2026, 3, 2, 1, 30, 0, 250_000, tzinfo=UTC)
PEOPLE = (Actor(1, "计划员甲", "planner"), Actor(2, "审核员乙", "reviewer"), trail.SYSTEM)
GUARDED = ("event", "trail_head", "trail_checkpoint")
FORGED_HASH = "f" * 64


def tell(engine: Engine, events: int, chance: random.Random) -> None:
    """A trail of *events* that looks like a week's work."""
    told = 0
    while told < events:
        with unit_of_work(engine) as session:
            for _ in range(min(chance.randint(1, 4), events - told)):
                told += 1
                trail.record(
                    session,
                    chance.choice(PEOPLE),
                    chance.choice(("created", "changed", "published", "read")),
                    chance.choice(("plan", "roster", "account")),
                    chance.randint(1, 9),
                    MORNING + timedelta(minutes=told),
                    before=chance.choice((None, {}, {"题目": "春季抽查", "数量": told})),
                    after=chance.choice((None, {"状态": "已发布"})),
                    reason=chance.choice(("", "按年度计划", "更正'引号'与\n换行")),
                    change_digest=chance.choice((None, hashlib.sha256(b"changes").hexdigest())),
                )


@contextmanager
def forging(engine: Engine) -> Iterator[Connection]:
    """A connection without guards; whatever it does is undone at the end."""
    with engine.connect() as connection:
        drop_guards(connection)
        yield connection
        connection.rollback()


def drop_guards(connection: Connection) -> None:
    """What only the owner of a database can do."""
    if connection.dialect.name == "postgresql":
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    names = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in connection.execute(names).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


# -- reading and writing as the forger does ----------------------------------------------------


def row(connection: Connection, number: int) -> Row[Any]:
    return connection.execute(select(EVENTS).where(EVENTS.c.number == number)).one()


def last_number(connection: Connection) -> int:
    return int(connection.execute(select(func.max(EVENTS.c.number))).scalar_one())


def some_number(connection: Connection, chance: random.Random) -> int:
    return chance.randint(1, last_number(connection))


def put(connection: Connection, number: int, /, **columns: object) -> None:
    connection.execute(update(EVENTS).where(EVENTS.c.number == number).values(**columns))


def true_hash(event: Row[Any]) -> str:
    """The hash of an event by its description: tag and fields, each with its length before it."""
    at = event.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    told = {**event._mapping, "at": at}
    message = struct.pack(">I", len(trail.TAG)) + trail.TAG.encode()
    for name in trail.HASHED:
        value = told[name]
        if isinstance(value, dict):
            value = trail.canonical(value)
        if value is None:
            message += b"\xff" * 4
        else:
            data = str(value).encode()
            message += struct.pack(">I", len(data)) + data
    return hashlib.sha256(message).hexdigest()


def chain_anew(connection: Connection, first: int, last: int | None = None) -> str:
    """Make events *first* to *last* fit each other again; the hash of the last one."""
    previous = row(connection, first - 1).hash if first > 1 else trail.START
    for number in range(first, (last or last_number(connection)) + 1):
        put(connection, number, previous=previous)
        previous = true_hash(row(connection, number))
        put(connection, number, hash=previous)
    return str(previous)


# -- ways to forge -----------------------------------------------------------------------------


def edit_a_column(connection: Connection, chance: random.Random) -> str:
    number = some_number(connection, chance)
    column = chance.choice(sorted(EVENTS.c.keys()))
    old = getattr(row(connection, number), column)
    put(connection, number, **{column: another(column, old, chance)})
    return f"edited {column} of {number}"


def another(column: str, old: Any, chance: random.Random) -> object:
    """A value that the column can hold and did not hold."""
    match column:
        case "number":
            return old + 1_000
        case "at":
            return old + timedelta(microseconds=chance.choice((1, -1, 86_400_000_000)))
        case "actor_id":
            return chance.choice([value for value in (None, 1, 2, 3) if value != old])
        case "before" | "after":
            return {**(old or {}), "状态": "伪造"} if chance.random() < 0.7 or old is None else None
        case "change_digest":
            return FORGED_HASH if chance.random() < 0.7 or old is None else None
        case "hash" | "previous":
            place = chance.randrange(64)
            return old[:place] + ("0" if old[place] != "0" else "1") + old[place + 1 :]
    return chance.choice((old + " ", old[:-1] + "伪", old.swapcase() + "x", "e\u0301" + old))


def edit_and_hash(connection: Connection, chance: random.Random) -> str:
    number = some_number(connection, chance)
    put(connection, number, reason="伪造")
    put(connection, number, hash=true_hash(row(connection, number)))
    return f"edited reason and hash of {number}"


def edit_and_chain_anew(connection: Connection, chance: random.Random) -> str:
    number = some_number(connection, chance)
    put(connection, number, actor_name="另一人")
    chain_anew(connection, number)
    return f"edited {number} and made up all hashes after it"


def edit_and_chain_some_anew(connection: Connection, chance: random.Random) -> str:
    first = some_number(connection, chance)
    last = chance.randint(first, last_number(connection))
    put(connection, first, noun_id="999")
    chain_anew(connection, first, last)
    return f"edited {first} and made up hashes up to {last}"


def remove_some(connection: Connection, chance: random.Random) -> str:
    first = some_number(connection, chance)
    last = chance.randint(first, min(first + 3, last_number(connection)))
    connection.execute(delete(EVENTS).where(EVENTS.c.number.between(first, last)))
    return f"removed {first} to {last}"


def remove_and_close_up(connection: Connection, chance: random.Random) -> str:
    number, last = some_number(connection, chance), last_number(connection)
    connection.execute(delete(EVENTS).where(EVENTS.c.number == number))
    for later in range(number + 1, last + 1):
        put(connection, later, number=later - 1)
    if number < last:
        chain_anew(connection, number)
    return f"removed {number}, renumbered and chained what followed"


def cut_off_the_tail(connection: Connection, chance: random.Random) -> str:
    number = some_number(connection, chance)
    connection.execute(delete(EVENTS).where(EVENTS.c.number >= number))
    return f"cut off from {number}"


def cut_off_and_lower_the_head(connection: Connection, chance: random.Random) -> str:
    number = some_number(connection, chance)
    connection.execute(delete(EVENTS).where(EVENTS.c.number >= number))
    connection.execute(update(HEAD).values(number=number - 1))
    return f"cut off from {number} and lowered the head, but not its hash"


def swap_numbers(connection: Connection, chance: random.Random) -> str:
    one, other = chance.sample(range(1, last_number(connection) + 1), 2)
    for old, new in ((one, 999_999), (other, one), (999_999, other)):
        put(connection, old, number=new)
    return f"swapped {one} and {other}"


def swap_contents(connection: Connection, chance: random.Random) -> str:
    one, other = chance.sample(range(1, last_number(connection) + 1), 2)
    rows = row(connection, one)._mapping, row(connection, other)._mapping
    links = ("number", "previous", "hash")
    told = [{name: value for name, value in each.items() if name not in links} for each in rows]
    if told[0] == told[1]:
        told[0]["reason"] = "伪造"
    put(connection, one, **told[1])
    put(connection, other, **told[0])
    return f"swapped what {one} and {other} tell"


def insert_at_the_end(connection: Connection, chance: random.Random) -> str:
    last = last_number(connection)
    told = {**row(connection, some_number(connection, chance))._mapping, "number": last + 1}
    connection.execute(insert(EVENTS).values(**told))
    if chance.random() < 0.5:
        chain_anew(connection, last + 1)
    return "added one at the end"


def insert_between(connection: Connection, chance: random.Random) -> str:
    number, last = some_number(connection, chance), last_number(connection)
    told = {**row(connection, number)._mapping}
    for later in range(last, number - 1, -1):
        put(connection, later, number=later + 1)
    connection.execute(insert(EVENTS).values(**told))
    if chance.random() < 0.5:
        chain_anew(connection, number)
    return f"inserted one at {number}"


def move_the_head(connection: Connection, chance: random.Random) -> str:
    shift = chance.choice((-3, -1, 1, 100))
    connection.execute(update(HEAD).values(number=HEAD.c.number + shift))
    return f"moved the head by {shift}"


def forge_the_hash_of_the_head(connection: Connection, chance: random.Random) -> str:
    other = row(connection, chance.randint(1, last_number(connection) - 1)).hash
    connection.execute(update(HEAD).values(hash=chance.choice((FORGED_HASH, other))))
    return "forged the hash of the head"


def remove_the_head(connection: Connection, _chance: random.Random) -> str:
    connection.execute(delete(HEAD))
    return "removed the head"


def remove_everything(connection: Connection, chance: random.Random) -> str:
    connection.execute(delete(EVENTS))
    if chance.random() < 0.5:
        connection.execute(delete(HEAD))
    return "removed everything"


FORGERS: tuple[Forger, ...] = (
    *[edit_a_column] * 6,
    edit_and_hash,
    edit_and_chain_anew,
    edit_and_chain_some_anew,
    remove_some,
    remove_and_close_up,
    cut_off_the_tail,
    cut_off_and_lower_the_head,
    swap_numbers,
    swap_contents,
    insert_at_the_end,
    insert_between,
    move_the_head,
    forge_the_hash_of_the_head,
    remove_the_head,
    remove_everything,
)
"""Editing comes more often than the rest: it has fourteen columns to choose from."""


def forge_everything(connection: Connection, number: int) -> None:
    """The perfect forgery from *number* on: what follows and the head are made up to fit."""
    put(connection, number, reason="从未发生")
    end = chain_anew(connection, number)
    connection.execute(update(HEAD).values(hash=end))
