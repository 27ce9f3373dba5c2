"""The rooms, and what must never be written on their walls."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import HOUSE, files_of_the_house

PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
BESIDE_THE_ROOMS = {"tests", "bench", "scripts", "docs"}

# in pieces, so that this file names none of them itself
HOSTS = ("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.(org|com)", "deb" + r"\.debian")
PLACES = ("/" + "root/", "/" + "home/[a-z]", "/" + "work/", "/" + "tmp/", "/" + "Users/")
NEVER = re.compile("|".join(HOSTS + PLACES))
BINARY = {".png", ".jpg", ".ico", ".xlsx", ".pdf", ".gz", ".zip", ".woff2"}

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_it_is_for(room: str) -> None:
    front_door = HOUSE / room / "__init__.py"

    assert ast.get_docstring(ast.parse(front_door.read_text(encoding="utf-8")))


def test_every_package_of_the_tree_is_shipped_and_under_contract() -> None:
    packages = {path.parent.name for path in HOUSE.glob("*/__init__.py")} - BESIDE_THE_ROOMS

    assert packages == set(ROOMS) == set(PROJECT["tool"]["importlinter"]["root_packages"])


def test_no_file_names_a_package_registry_or_a_place_on_one_machine() -> None:
    found = [
        f"{path.relative_to(HOUSE)}: {hit.group()}"
        for path in files_of_the_house()
        if path.suffix not in BINARY
        and (hit := NEVER.search(path.read_text(encoding="utf-8", errors="replace")))
    ]

    assert found == []


def test_links_between_documents_lead_somewhere() -> None:
    documents = [path for path in files_of_the_house() if path.suffix == ".md"]
    broken = [
        f"{document.relative_to(HOUSE)}: {target}"
        for document in documents
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if not Path(document.parent, target).exists()
    ]

    assert broken == []
