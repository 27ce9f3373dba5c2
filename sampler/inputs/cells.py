"""What a cell is: trimmed NFC text without invisible characters; and what it may list."""

import re
import unicodedata
from collections.abc import Iterable

from sampler.hashing import normal

LONGEST_CELL = 10_000
"""Characters; more is a damaged file, not a name."""

UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
"""Characters that nobody sees and that would make two equal-looking ids differ.

Control characters other than tab and line breaks, zero-width spaces, direction marks,
lone surrogates. Joiners (U+200C, U+200D) stay: several scripts spell names with them.
"""


def cell_text(text: str) -> str:
    """*text* as it is stored, compared and hashed: trimmed, then NFC."""
    return normal(text.strip())


def cell_texts(texts: Iterable[str]) -> list[str]:
    """`cell_text` of many cells, at a fraction of the cost."""
    trimmed = list(map(str.strip, texts))
    # no letter composes with a line break, so one question answers for all of them
    if unicodedata.is_normalized("NFC", "\n".join(trimmed)):
        return trimmed
    return list(map(normal, trimmed))


def members(cell: str) -> tuple[str, ...]:
    """The fields that a `fields` cell lists: separated by `|`, trimmed, each once, in order."""
    parts = (part.strip() for part in cell.split("|"))
    return tuple(dict.fromkeys(part for part in parts if part))


def quoted(text: str, longest: int = 40) -> str:
    """*text* as a message quotes it: short, and with invisible characters spelt out."""
    short = text if len(text) <= longest else text[:longest] + "…"
    return f"“{UNSEEN.sub(lambda found: f'<U+{ord(found[0]):04X}>', short)}”"


def unseen_fault(text: str) -> str:
    """What to say about the first invisible character of *text*; empty without one."""
    if not (found := UNSEEN.search(text)):
        return ""
    return f"含有看不见的字符 U+{ord(found[0]):04X}，请删去：{quoted(text)}"
