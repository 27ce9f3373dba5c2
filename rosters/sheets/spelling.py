"""How a text is spelt: what nobody sees in it goes, what its author chose stays."""

import re
import unicodedata

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
)
"""Controls, zero-width spaces, direction marks. Joiners stay: names are spelt with them."""

_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_BLANKS = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def tidy(text: str) -> str:
    """*text* as it is kept: no blanks around it, nothing invisible, one kind of blank, NFC.

    Full-width signs stay: the brackets of a registered name are full-width.
    """
    if not text.isprintable():
        text = _BLANKS.sub(" ", _BREAKS.sub("\n", _UNSEEN.sub("", text)))
    text = text.strip()
    return (
        text
        if text.isascii() or unicodedata.is_normalized("NFC", text)
        else unicodedata.normalize("NFC", text)
    )


def half_width(text: str) -> str:
    """*text* with full-width signs made half-width; blanks stay."""
    if text.isascii():
        return tidy(text)
    return tidy(unicodedata.normalize("NFKC", tidy(text)))


def plain(text: str) -> str:
    """*text* in half-width and without any blanks: for codes, dates and numbers."""
    return "".join(half_width(text).split())
