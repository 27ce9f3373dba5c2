"""The columns that a noun knows, and how the head of a strange file is matched to them."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from rosters.sheets.read import Row, Sheet


class Kind(StrEnum):
    """What the cells of a column hold; `cells` says how each is read."""

    TEXT = "text"
    CREDIT_CODE = "credit_code"
    CERTIFICATE = "certificate"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    INTEGER = "integer"
    REGION = "region"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True)
class Column:
    """A column of a noun.

    Attributes
    ----------
    key : its name in the code and in `Draft.values`.
    label : its name on the page and in our own files.
    required : whether a row without it is at fault.
    several : whether a cell may list several values; then the value is a tuple.
    help : what to fill in, one sentence, for the template.
    choices : the values allowed, for `Kind.CHOICE`.
    aliases : other words for a choice, as pairs (word, choice).
    synonyms : other heads under which it is found.
    width : in characters, for a written file.
    most : characters of a text at most.
    unique : whether two rows with the same value speak of the same thing.
    of : key of a unique column whose values, not the row's thing, this one describes: the
        dates of a certificate. Rows of one thing may differ in it.
    within : key of the column with the province, for a region that must be a city in it.
    not_before : key of a date column that this date must not precede.
    past : whether a date must not lie after today.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    several: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[str, ...] = ()
    width: int = 16
    most: int = 200
    unique: bool = False
    of: str = ""
    within: str = ""
    not_before: str = ""
    past: bool = False


class How(StrEnum):
    """How a column of the file was, or was not, matched."""

    LABEL = "label"
    SYNONYM = "synonym"
    NORMAL = "normal"
    REMEMBERED = "remembered"
    CHOSEN = "chosen"
    IGNORED = "ignored"
    ALIKE = "alike"
    DOUBLED = "doubled"


DOUBTFUL = frozenset({How.ALIKE, How.DOUBLED})
"""A guess that is shown and not followed until somebody chooses."""

MOST_ABOVE = 30
"""Rows within which the head must begin."""

ALIKE = 0.7
"""Share of common signs from which an unknown head is offered as a doubtful match."""


@dataclass(frozen=True)
class Match:
    """A column of the file: its place from 1, its head as written, what it was taken for."""

    column: int
    head: str
    key: str
    how: How

    @property
    def is_doubtful(self) -> bool:
        """Whether *key* is a mere guess."""
        return self.how in DOUBTFUL


@dataclass(frozen=True)
class Matching:
    """How the columns of one sheet are read; *first* and *last* are the rows of its head."""

    sheet: str
    first: int
    last: int
    matches: tuple[Match, ...]

    @property
    def signature(self) -> str:
        """Stable under blanks and signs: under it the caller remembers what a source meant."""
        heads = "\n".join(normal(match.head) for match in self.matches)
        return hashlib.sha256(heads.encode()).hexdigest()[:32]

    @property
    def keys(self) -> dict[int, str]:
        """The key of every column that is read, by its place from 1."""
        return {
            match.column: match.key
            for match in self.matches
            if match.how != How.IGNORED and not match.is_doubtful
        }

    @property
    def memory(self) -> dict[str, str]:
        """What to remember for the next file of this source: key by head, "" to ignore."""
        kept = {match.column: match.key for match in self.matches if not match.is_doubtful}
        return {match.head: kept[match.column] for match in self.matches if match.column in kept}

    def missing(self, columns: Sequence[Column]) -> list[Column]:
        """The required columns that the sheet has not."""
        known = set(self.keys.values())
        return [column for column in columns if column.required and column.key not in known]

    def choose(self, choices: Mapping[int, str]) -> "Matching":
        """The same with the user's choice for some columns: a key, or "" to ignore it.

        A key chosen for one column is taken away from every other.
        """
        taken = {key for key in choices.values() if key}
        return replace(self, matches=tuple(_chosen(m, choices, taken) for m in self.matches))


def _chosen(match: Match, choices: Mapping[int, str], taken: Collection[str]) -> Match:
    if match.column in choices:
        key = choices[match.column]
        return replace(match, key=key, how=How.CHOSEN if key else How.IGNORED)
    if match.key in taken:
        return replace(match, key="", how=How.IGNORED)
    return match


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_SIGNS = re.compile(r"[\s*:：、，,。.\u200b\ufeff]+")


def normal(head: str) -> str:
    """A head without blanks, line breaks, marks and remarks in brackets, in half-width."""
    folded = unicodedata.normalize("NFKC", head).casefold()
    bare = _SIGNS.sub("", _BRACKETS.sub("", folded))
    return bare or _SIGNS.sub("", folded)


@dataclass
class _Known:
    """The names under which columns are found, surest first."""

    labels: dict[str, str] = field(default_factory=dict)
    synonyms: dict[str, str] = field(default_factory=dict)
    normals: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Sequence[Column]) -> "_Known":
        known = cls()
        for column in columns:
            known.labels.setdefault(column.label, column.key)
            for name in (*column.synonyms, column.key):
                known.synonyms.setdefault(name, column.key)
            for name in (column.label, *column.synonyms, column.key):
                known.normals.setdefault(normal(name), column.key)
        return known

    def find(self, head: str) -> tuple[str, How] | None:
        for names, how in ((self.labels, How.LABEL), (self.synonyms, How.SYNONYM)):
            if head in names:
                return names[head], how
        key = self.normals.get(normal(head))
        return (key, How.NORMAL) if key else None

    def alike(self, head: str) -> str | None:
        """The key of the most similar name, if it is similar enough to ask."""
        bare = normal(head)
        if len(bare) < 2:
            return None
        ratio, name = max((_likeness(bare, name), name) for name in self.normals)
        return self.normals[name] if ratio >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    if len(other) > 1 and (one in other or other in one):
        return 1.0
    return SequenceMatcher(None, one, other).ratio()


def find_matching(
    sheet: Sheet,
    columns: Sequence[Column],
    remembered: Mapping[str, str] | None = None,
) -> Matching | None:
    """How *sheet* is read, or None when no row among its first looks like a head.

    The head is the row, or the two rows, in which most names are known; of equals the first.
    It needs two known names, or one if the noun or the sheet has no more. *remembered* (from
    `Matching.memory`) goes before everything else.
    """
    known = _Known.of(columns)
    memory = {normal(head): key for head, key in (remembered or {}).items()}
    above = [row for row in sheet.rows[:MOST_ABOVE] if row[0] <= sheet.rows[0][0] + MOST_ABOVE]
    heads = [[row] for row in above]
    heads += [[one, two] for one, two in pairwise(above) if two[0] == one[0] + 1]
    # the first of the largest: one row before two, the upper before the lower
    best = max((_matching(sheet.name, rows, known, memory) for rows in heads), key=_score)
    enough = min(2, len(columns), len(best.matches))
    return _with_guesses(best, known, memory) if _score(best) >= max(enough, 1) else None


def _with_guesses(matching: Matching, known: _Known, memory: Mapping[str, str]) -> Matching:
    """The same, with a doubtful match for heads that resemble a column not found elsewhere."""
    taken = set(matching.keys.values())

    def guessed(match: Match) -> Match:
        if match.how != How.IGNORED or normal(match.head) in memory:
            return match
        key = known.alike(match.head)
        return replace(match, key=key, how=How.ALIKE) if key and key not in taken else match

    return replace(matching, matches=tuple(map(guessed, matching.matches)))


def _matching(
    sheet: str, rows: Sequence[Row], known: _Known, memory: Mapping[str, str]
) -> Matching:
    return Matching(sheet, rows[0][0], rows[-1][0], _matches(rows, known, memory))


def _score(matching: Matching) -> int:
    return len(set(matching.keys.values()))


def _matches(rows: Sequence[Row], known: _Known, memory: Mapping[str, str]) -> tuple[Match, ...]:
    taken: set[str] = set()
    matches = []
    for column, names in _heads(rows):
        match = _match(column, names, known, memory)
        matches.append(replace(match, how=How.DOUBLED) if match.key in taken else match)
        if match.key:
            taken.add(match.key)
    return tuple(matches)


def _match(column: int, names: Sequence[str], known: _Known, memory: Mapping[str, str]) -> Match:
    head = names[0]
    if (key := memory.get(normal(head))) is not None:
        return Match(column, head, key, How.REMEMBERED if key else How.IGNORED)
    if found := next(filter(None, map(known.find, names)), None):
        return Match(column, head, *found)
    return Match(column, head, "", How.IGNORED)


def _heads(rows: Sequence[Row]) -> list[tuple[int, list[str]]]:
    """Place and names of each column: of two rows joined, then the lower, then the upper one."""
    upper, lower = ([str(cell).strip() for cell in row[1]] for row in (rows[0], rows[-1]))
    if len(rows) == 1:
        return [(at, [head]) for at, head in enumerate(upper, 1) if head]
    heads = []
    group = ""
    for at in range(max(len(upper), len(lower))):
        top, bottom = (row[at] if at < len(row) else "" for row in (upper, lower))
        # a head over several columns stands in the first of them
        group = top or (group if bottom else "")
        names = [bottom] if group == bottom else [group + bottom, bottom, group]
        if any(names):
            heads.append((at + 1, [name for name in names if name]))
    return heads
