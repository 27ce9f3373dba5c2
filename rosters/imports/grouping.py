"""Rows of one file that speak of one institution although no number says so. Pure.

Lists with a row for each certificate often bear the code in the first row only, or not at all;
within one file the name then holds them together. The reader has joined rows by their numbers
already (`Draft.continues`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from rosters.finding.names import folded
from rosters.imports.plans import Place
from rosters.sheets.columns import Column
from rosters.sheets.drafts import Draft

CODE_LENGTH = 18


@dataclass
class Groups:
    """Which rows belong together.

    Attributes
    ----------
    leader : the row that names its institution best, for every other row of it.
    members : all rows of an institution that has several, in the order of the file.
    clashes : rows that bear the name of an earlier one but contradict it, or of which nobody
        can say which of several they continue; with that earlier row.
    """

    leader: dict[Place, Place] = field(default_factory=dict)
    members: dict[Place, list[Draft]] = field(default_factory=dict)
    clashes: dict[Place, Place] = field(default_factory=dict)


def group(drafts: Sequence[Draft], columns: Sequence[Column]) -> Groups:
    """Put the rows without fault together."""
    single = tuple(c.key for c in columns if not (c.several or c.of or c.unique))
    sound = [draft for draft in drafts if not draft.is_faulty]
    firsts: dict[str, list[Draft]] = defaultdict(list)
    for draft in sound:
        if not draft.continues and _is_coded(draft):
            firsts[_name(draft)].append(draft)
    groups = Groups()
    for draft in sound:
        if draft.continues:
            groups.leader[_place(draft)] = groups.leader.get(draft.continues, draft.continues)
        elif not _is_coded(draft):
            _place_by_name(draft, firsts[_name(draft)], single, groups)
    groups.members = {leader: [] for leader in groups.leader.values()}
    for draft in sound:
        thing = groups.leader.get(_place(draft), _place(draft))
        if thing in groups.members and _place(draft) not in groups.clashes:
            groups.members[thing].append(draft)
    return groups


def _place_by_name(
    draft: Draft, firsts: list[Draft], single: Sequence[str], groups: Groups
) -> None:
    if not firsts:
        firsts.append(draft)
    elif len(firsts) == 1 and _agree(firsts[0], draft, single):
        groups.leader[_place(draft)] = _place(firsts[0])
    else:
        groups.clashes[_place(draft)] = _place(firsts[0])


def _agree(one: Draft, other: Draft, single: Sequence[str]) -> bool:
    """Whether no column in which there can be but one value has two."""
    pairs = ((one.values.get(key), other.values.get(key)) for key in single if key != "name")
    return all(a is None or b is None or a == b for a, b in pairs)


def _is_coded(draft: Draft) -> bool:
    return len(str(draft.values.get("credit_code") or "")) == CODE_LENGTH


def _name(draft: Draft) -> str:
    return folded(str(draft.values.get("name") or ""))


def _place(draft: Draft) -> Place:
    return draft.sheet, draft.row
