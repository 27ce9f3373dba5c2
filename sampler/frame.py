"""The frozen frame: every row written canonically, sealed where it must be, under one root.

A leaf is one line of `frame.jsonl`: the public cells, the seal over the sealed cells, and
the type number. A stranger checks everything from these lines; whoever holds a row's salt
(the institution itself, discipline inspection) can also check what is sealed.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any

from sampler.hashing import Hasher, sha256
from sampler.inputs.roster_table import Roster
from sampler.merkle import Tree
from sampler.quotas import Plan
from sampler.unit_types import Typed

SALT_TAG = "spotcheck/salt/1"
SEAL_TAG = "spotcheck/seal/1"
TO_ESCAPE = re.compile(r'["\\\x00-\x1f]')
REHEARSAL_TAG = "spotcheck/rehearsal/1"


def _json_order(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Keys as RFC 8785 sorts them: by UTF-16 code units."""
    return tuple(sorted(columns, key=lambda column: column.encode("utf-16-be")))


@dataclass(frozen=True)
class Frame(Tree):
    """A roster frozen for one plan.

    Rows are in order of unit id (by Unicode code points), whatever the roster's order.
    *salt_key* is secret: with it anybody could guess sealed cells.
    """

    roster: Roster
    typed: Typed
    public: tuple[str, ...]
    sealed: tuple[str, ...]
    salt_key: str

    @cached_property
    def unit_ids(self) -> list[str]:
        """Unit ids in frame order."""
        return self.column("unit_id")

    @cached_property
    def types(self) -> list[int]:
        """Type numbers in frame order."""
        numbers: list[int] = self.typed.numbers[self.roster.order].tolist()
        return numbers

    def column(self, name: str) -> list[str]:
        """The cells of one column in frame order."""
        return self.roster.in_order[name]

    @cached_property
    def salts(self) -> list[str]:
        """One salt per row, 64 hexadecimal digits."""
        return [salt.hex() for salt in Hasher(SALT_TAG, self.salt_key).each(self.unit_ids)]

    @cached_property
    def lines(self) -> list[bytes]:
        """The canonical line of each row, without line ends."""
        seal = Hasher(SEAL_TAG).hex
        rows = zip(
            self._objects(self.public),
            self.salts,
            self._objects(self.sealed),
            self.types,
            strict=True,
        )
        return [
            f'{{"public":{public},"seal":"{seal(salt, sealed)}","type":"{number}"}}'.encode()
            for public, salt, sealed, number in rows
        ]

    def proof(self, unit_id: str) -> dict[str, Any]:
        """What a unit needs to see that its row is under the root, and is its own."""
        index = self.unit_ids.index(unit_id)
        return {
            "line": self.lines[index].decode(),
            "salt": self.salts[index],
            "sealed": {name: self.column(name)[index] for name in self.sealed},
            "path": self.path(index),
            "root": self.root,
        }

    def secrets(self) -> Iterator[str]:
        """A line per row for the authority alone: unit id, salt, sealed cells."""
        for unit_id, salt, cells in zip(
            self.unit_ids, self.salts, self._objects(self.sealed), strict=True
        ):
            yield f'{{"salt":"{salt}","sealed":{cells},"unit_id":{encode_basestring(unit_id)}}}'

    def _objects(self, columns: tuple[str, ...]) -> Iterator[str]:
        """Each row's cells in *columns* as one canonical JSON object."""
        if not columns:
            return iter(["{}"] * len(self.roster))
        names = _json_order(columns)
        cells = [self.column(name) for name in names]
        # few columns hold anything that JSON escapes: one search spares a call for each cell
        plain = [not TO_ESCAPE.search("".join(column)) for column in cells]
        shapes = ['"%s"' if is_plain else "%s" for is_plain in plain]
        pairs = (f"{_escaped(name)}:{shape}" for name, shape in zip(names, shapes, strict=True))
        encoded = [
            column if is_plain else map(encode_basestring, column)
            for column, is_plain in zip(cells, plain, strict=True)
        ]
        template = "{" + ",".join(pairs) + "}"
        return map(template.__mod__, zip(*encoded, strict=True))


def _escaped(name: str) -> str:
    return json.dumps(name, ensure_ascii=False).replace("%", "%%")


def freeze(plan: Plan, roster: Roster, typed: Typed, salt_key: str) -> Frame:
    """The frame of *plan* on *roster*: columns named in `[publish]` are public."""
    public = tuple(name for name in roster.columns if name in plan.publish)
    sealed = tuple(name for name in roster.columns if name not in plan.publish)
    return Frame(roster, typed, public, sealed, salt_key)


def rehearsal_key(roster: Roster, seeds: Sequence[str]) -> str:
    """A salt key for rehearsals, which have no secret of their own.

    It depends on every cell of the roster, so it repeats, and cannot be found without
    knowing all sealed cells at once. Real draws take 32 random bytes instead.
    """
    names = _json_order(roster.columns)
    # no cell holds a unit separator (`cells.UNSEEN`), so columns cannot run together
    columns = [sha256("\x1f".join(roster.in_order[name]).encode()) for name in names]
    return Hasher(REHEARSAL_TAG, *seeds).hex(*names, *columns)
