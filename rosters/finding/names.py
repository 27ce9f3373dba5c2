"""How names are compared and sounded: one folded form, and their pinyin."""

import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin

_IGNORED = str.maketrans("", "", "()[]{}<>〔〕【】〈〉《》「」『』·•・'\"“”‘’、,，。 \t\r\n")
"""What people set or leave out as they like; never what tells two names apart."""

_SURNAMES = {
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai",
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "查": "zha", "朴": "piao", "区": "ou",
    "盖": "ge", "翟": "zhai", "乐": "yue", "种": "chong", "缪": "miao", "员": "yun", "黑": "he",
    "冼": "xian", "秘": "bi", "繁": "po", "折": "she", "召": "shao", "重": "chong", "幺": "yao",
}  # fmt: skip
"""Surnames that sound otherwise than the same character in a word; two characters first."""


def folded(text: str) -> str:
    """A text as it is compared: width, case, blanks, brackets and points do not matter."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_IGNORED)


@lru_cache(maxsize=2**16)
def syllables(name: str) -> tuple[str, ...]:
    """The pinyin of a name without tones; every other letter or digit by itself.

    The words decide how a character sounds: 重庆 is chongqing, 重型 zhongxing.
    """
    # a list is what its manual asks for; its own annotation knows only a text
    return tuple(lazy_pinyin(folded(name), errors=list))  # type: ignore[arg-type]


@lru_cache(maxsize=2**16)
def person_syllables(name: str) -> tuple[str, ...]:
    """The same for a person, whose surname may sound otherwise: 单 is shan, 仇 is qiu."""
    for surname, sounds in _SURNAMES.items():
        if name.startswith(surname):
            return (*sounds.split(), *syllables(name[len(surname) :]))
    return syllables(name)


def initials(parts: tuple[str, ...]) -> str:
    """The first letters of syllables, as people type them: 检测 is jc."""
    return "".join(part[:1] for part in parts)
