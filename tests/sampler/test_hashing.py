"""The one hashing rule, and the one way to write a thing down."""

import hashlib
import json
import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sampler.hashing import Hasher, canonical, sha256, tagged

LARGEST = 2**53 - 1

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_exactly_rfc_8785(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(values)
def test_what_is_written_can_be_read_back_and_written_again(value: object) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_keys_stand_in_the_order_of_utf_16_as_the_standard_demands() -> None:
    # RFC 8785, 3.2.3: U+1F600 (two surrogates) sorts before U+FB33
    written = canonical({"\ufb33": 1, "\U0001f600": 2, "1": 3}).decode()

    assert list(json.loads(written)) == ["1", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize("value", [0.5, float("nan"), 2**53, -(2**53), b"x", {1, 2}, [1.0]])
def test_what_readers_of_json_disagree_about_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def parts_of(framed: bytes) -> list[bytes]:
    """The fields back from the bytes that are hashed."""
    parts = []
    while framed:
        length = int.from_bytes(framed[:4], "big")
        parts.append(framed[4 : 4 + length])
        framed = framed[4 + length :]
    return parts


def framed(fields: list[str]) -> bytes:
    encoded = [unicodedata.normalize("NFC", field).encode() for field in fields]
    return b"".join(len(field).to_bytes(4, "big") + field for field in encoded)


@given(texts, st.lists(texts, max_size=5))
def test_the_hash_is_sha_256_over_fields_behind_their_lengths(tag: str, fields: list[str]) -> None:
    assert tagged(tag, *fields) == hashlib.sha256(framed([tag, *fields])).hexdigest()


@given(st.lists(texts, max_size=6))
def test_fields_can_be_told_apart_again_so_that_no_two_lists_collide(fields: list[str]) -> None:
    normal = [unicodedata.normalize("NFC", field).encode() for field in fields]

    assert parts_of(framed(fields)) == normal


@given(texts, st.lists(texts, min_size=1, max_size=4), st.data())
def test_moving_a_border_between_fields_changes_the_hash(
    tag: str, fields: list[str], data: st.DataObject
) -> None:
    whole = "".join(fields)
    cut = data.draw(st.integers(0, len(whole)))
    other = [whole[:cut], whole[cut:]]
    same = [unicodedata.normalize("NFC", f) for f in fields] == [
        unicodedata.normalize("NFC", f) for f in other
    ]

    assert (tagged(tag, *fields) == tagged(tag, *other)) == same


@given(texts, st.lists(texts, max_size=3), st.lists(texts, max_size=3))
def test_a_prefix_hashed_once_gives_the_same_as_all_at_once(
    tag: str, prefix: list[str], rest: list[str]
) -> None:
    hasher = Hasher(tag, *prefix)

    assert hasher.hex(*rest) == tagged(tag, *prefix, *rest) == hasher.hex(*rest)


@given(texts)
def test_how_a_letter_is_composed_makes_no_difference(text: str) -> None:
    assert tagged("t", unicodedata.normalize("NFD", text)) == tagged("t", text)


def test_the_hash_of_a_known_text_is_the_known_one() -> None:
    # FIPS 180-2, appendix B.1
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
