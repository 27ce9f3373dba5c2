"""The description as a page tells it: tables of parameters and of what an answer holds."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = {
    "string": "文字",
    "integer": "整数",
    "boolean": "是或否",
    "object": "对象",
    "array": "列表",
    "null": "null",
}
FORMATS = {"date-time": "时间", "date": "日期"}


@dataclass(frozen=True)
class Member:
    """A parameter, or a member of an answer; *shape* is what it holds, if that has members."""

    name: str
    kind: str
    words: str
    shape: str = ""
    required: bool = False


@dataclass(frozen=True)
class Address:
    """An address that can be asked."""

    path: str
    summary: str
    parameters: tuple[Member, ...]
    answer: str


@dataclass(frozen=True)
class Shape:
    """What an answer, or a part of it, holds."""

    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Readable:
    """The whole description."""

    about: str
    addresses: tuple[Address, ...]
    shapes: tuple[Shape, ...]


def readable(description: Mapping[str, Any]) -> Readable:
    """An OpenAPI description of ours in the words of a page."""
    schemas = description["components"]["schemas"]
    choices = {name for name, one in schemas.items() if "enum" in one}
    return Readable(
        about=description["info"]["description"],
        addresses=tuple(_address(path, one["get"]) for path, one in description["paths"].items()),
        shapes=tuple(
            Shape(name, tuple(_members(one["properties"], choices)))
            for name, one in schemas.items()
            if name not in choices
        ),
    )


def _address(path: str, told: Mapping[str, Any]) -> Address:
    parameters = (
        Member(
            one["name"],
            _kind(one["schema"]),
            one["description"],
            required=one["required"],
        )
        for one in told["parameters"]
    )
    schema = told["responses"]["200"]["content"]["application/json"]["schema"]
    return Address(path, told["summary"], tuple(parameters), _name(schema))


def _members(properties: Mapping[str, Any], choices: set[str]) -> Iterator[Member]:
    for name, told in properties.items():
        named, kind = _named_in(told), _kind(told, choices)
        yield Member(name, kind, told["description"], "" if named in choices else named)


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _named_in(schema: Mapping[str, Any]) -> str:
    """The shape that a member holds, be it in a list or absent at times."""
    inner = (schema, schema.get("items", {}), *schema.get("anyOf", ()))
    return next((name for one in inner if (name := _name(one))), "")


def _kind(schema: Mapping[str, Any], choices: Collection[str] = ()) -> str:
    """A choice is a text here: its values stand in its description."""
    if "anyOf" in schema:
        return " 或 ".join(_kind(one, choices) for one in schema["anyOf"])
    if "$ref" in schema:
        return KINDS["string" if _name(schema) in choices else "object"]
    return FORMATS.get(schema.get("format", "")) or KINDS.get(schema.get("type", ""), "")
