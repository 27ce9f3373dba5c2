"""The files of the house, found without git: a bare machine may have none."""

import ast
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[2]
PASSED_OVER = ("node_modules", "__pycache__")
HIDDEN_BUT_OURS = (".ci", ".gitignore", ".npmrc")


def _is_ours(path: Path) -> bool:
    if path.name.startswith("."):
        return path.name in HIDDEN_BUT_OURS
    return path.name not in PASSED_OVER


def files_of_the_house(folder: Path = HOUSE) -> Iterator[Path]:
    """Every file below *folder* but those that set-up, tools and tests leave behind."""
    for path in sorted(filter(_is_ours, folder.iterdir())):
        if path.is_dir():
            yield from files_of_the_house(path)
        else:
            yield path


def imported_by(source: Path) -> set[str]:
    """Full dotted names that a Python file imports, at any depth of its code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module)):
                names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def called_by(source: Path) -> set[str]:
    """What a Python file calls: `open(...)` gives "open", `datetime.now(...)` gives ".now"."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                names.add(name)
            case ast.Call(func=ast.Attribute(attr=name)):
                names.add(f".{name}")
    return names
