"""Merkle trees after RFC 6962: one root for the whole frame, a short proof for each row."""

import hashlib
from collections.abc import Sequence
from functools import cached_property


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data), RFC 6962 section 2.1."""
    return hashlib.sha256(b"\0" + data).digest()


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Hashes from the leaves to the root. Pairing neighbours and carrying an odd last one
    up gives the same tree as RFC 6962's split at the largest power of two."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        low = levels[-1]
        above = [_join(low[i], low[i + 1]) for i in range(0, len(low) - 1, 2)]
        levels.append(above + low[len(above) * 2 :])
    return levels


def root(leaves: Sequence[bytes]) -> str:
    """The root of these leaf hashes in hexadecimal; no leaves give SHA-256 of nothing."""
    return _levels(leaves)[-1][0].hex() if leaves else hashlib.sha256().hexdigest()


def proof(leaves: Sequence[bytes], index: int) -> list[tuple[str, str]]:
    """The audit path of leaf *index*: ("left" | "right", neighbour's hash), leaf first."""
    path = []
    for level in _levels(leaves)[:-1]:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(("left" if neighbour < index else "right", level[neighbour].hex()))
        index //= 2
    return path


def root_from_proof(data: bytes, path: Sequence[tuple[str, str]]) -> str:
    """The root that follows from a row and its audit path."""
    return root_from_leaf(leaf_hash(data), path)


def root_from_leaf(leaf: bytes, path: Sequence[tuple[str, str]]) -> str:
    """The root that follows from a leaf hash and its audit path."""
    node = leaf
    for side, neighbour in path:
        other = bytes.fromhex(neighbour)
        node = _join(other, node) if side == "left" else _join(node, other)
    return node.hex()


class Tree:
    """Lines under one root; a frozen list of rows says what its lines are."""

    @cached_property
    def lines(self) -> list[bytes]:
        """The canonical line of each row, without line ends, in the order of the list."""
        raise NotImplementedError

    @cached_property
    def leaves(self) -> list[bytes]:
        """Leaf hashes in the same order."""
        return list(map(leaf_hash, self.lines))

    @cached_property
    def root(self) -> str:
        """The Merkle root over all rows, 64 hexadecimal digits."""
        return root(self.leaves)

    def path(self, index: int) -> list[list[str]]:
        """The audit path of a row, as plain data."""
        return [list(step) for step in proof(self.leaves, index)]
