"""The request is the transaction: three places commit, and nothing below them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_house import ROOMS
from tests.architecture.tree import HOUSE

THREE_PLACES = ("web/database.py", "web/worker.py", "web/commands/")

# what moves a whole database is no work of anybody in it
WHOLE_DATABASES = ("web/operation/migrating.py",)

# the commitment of a draw, which has nothing to do with a database
NO_DATABASE = {"sampler"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in sorted({*ROOMS} - NO_DATABASE):
        for path in sorted(Path(HOUSE, room).rglob("*.py")):
            yield path.relative_to(HOUSE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def commits(tree: ast.Module) -> bool:
    """Whether it calls `….commit(`, or enters a transaction that commits by itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="commit")):
                return True
            case ast.withitem(context_expr=ast.Call(func=ast.Attribute(attr="begin"))):
                return True
    return False


def opens_a_unit_of_work(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and ast.unparse(node.func).rpartition(".")[2] == "unit_of_work"
        for node in ast.walk(tree)
    )


def test_only_three_places_commit() -> None:
    found = {name for name, tree in sources() if commits(tree)}

    # there the unit of work is built, which only the three may open
    allowed = (*THREE_PLACES, *WHOLE_DATABASES, "core/database.py")
    assert {name for name in found if not name.startswith(allowed)} == set()


def test_only_three_places_open_a_unit_of_work() -> None:
    found = {name for name, tree in sources() if opens_a_unit_of_work(tree)}

    assert {name for name in found if not name.startswith(THREE_PLACES)} == set()
