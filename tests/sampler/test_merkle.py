"""One root over the frame, and the short proof that a row is under it."""

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampler import merkle

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The leaves of the reference trees of Certificate Transparency (RFC 6962)."""

ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Their roots, by number of leaves."""

rows = st.lists(st.binary(max_size=6), max_size=20)
some_rows = st.lists(st.binary(max_size=6), min_size=1, max_size=20)


def root(data: list[bytes]) -> str:
    return merkle.root([merkle.leaf_hash(row) for row in data])


def by_the_text_of_the_standard(data: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word: split at the largest power of two below the number."""
    if len(data) <= 1:
        return hashlib.sha256(*[b"\0" + row for row in data]).digest()
    split = 1 << (len(data) - 1).bit_length() - 1
    left, right = map(by_the_text_of_the_standard, (data[:split], data[split:]))
    return hashlib.sha256(b"\1" + left + right).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_reference_trees_have_the_published_roots(size: int) -> None:
    assert root(LEAVES[:size]) == ROOTS[size]


@given(rows)
def test_the_tree_is_that_of_rfc_6962(data: list[bytes]) -> None:
    assert root(data) == by_the_text_of_the_standard(data).hex()


@given(some_rows, st.data())
def test_every_row_can_be_proven(data: list[bytes], choice: st.DataObject) -> None:
    index = choice.draw(st.integers(0, len(data) - 1))
    path = merkle.proof([merkle.leaf_hash(row) for row in data], index)

    assert merkle.root_from_proof(data[index], path) == root(data)
    assert len(path) <= (len(data) - 1).bit_length()


@given(some_rows, st.binary(max_size=6), st.data())
def test_no_other_row_can_be_proven_in_its_place(
    data: list[bytes], other: bytes, choice: st.DataObject
) -> None:
    index = choice.draw(st.integers(0, len(data) - 1))
    assume(other != data[index])
    path = merkle.proof([merkle.leaf_hash(row) for row in data], index)

    assert merkle.root_from_proof(other, path) != root(data)


@given(some_rows, rows)
def test_frames_that_differ_have_different_roots(data: list[bytes], other: list[bytes]) -> None:
    assert (root(data) == root(other)) == (data == other)


@given(some_rows, st.data())
def test_a_proof_with_a_changed_step_fails(data: list[bytes], choice: st.DataObject) -> None:
    assume(len(data) > 1)
    index = choice.draw(st.integers(0, len(data) - 1))
    path = merkle.proof([merkle.leaf_hash(row) for row in data], index)
    step = choice.draw(st.integers(0, len(path) - 1))
    side, neighbour = path[step]
    path[step] = side, hashlib.sha256(neighbour.encode()).hexdigest()

    assert merkle.root_from_proof(data[index], path) != root(data)


def test_the_join_of_two_rows_is_no_row() -> None:
    # the prefixes 0 and 1 keep an inner node from being passed off as a leaf
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")

    assert root([left + right]) != root([b"a", b"b"])
