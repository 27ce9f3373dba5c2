"""The OpenAPI 3.1 description of the public interface, read off its routes and their shapes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from web.api.answers import Problem
from web.api.operations import Operation, operation_of
from web.api.problems import MEDIA
from web.api.questions import Question
from web.numbers import MOST_NUMBER

BLUEPRINT = "api"
REF = "#/components/schemas/"
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")

PLACES = {"plan_id": "计划编号", "number": "第几次抽取，从 1 起"}
"""What stands in braces in an address."""

PROBLEMS = {"404": "没有这项内容，或者现在不公开", "422": "参数不符合要求", "default": "其他问题"}

ABOUT = (
    "公布的抽查计划、底册、抽取、证书和名单，任何人不用登录都可以读取，与公开网页的内容相同。"
    "未到公开日期的名单在这里同样没有。时间为协调世界时（UTC），日期为北京时间的日期。"
)


@dataclass(frozen=True)
class Route:
    """A route of the interface with what it tells."""

    path: str
    name: str
    operation: Operation

    @property
    def places(self) -> list[str]:
        """The names in braces."""
        return re.findall(r"\{(\w+)\}", self.path)


def routes(app: Flask) -> list[Route]:
    """The routes of the interface in the order in which they are written."""
    return list(_routes(app))


def _routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        operation = operation_of(app.view_functions[rule.endpoint])
        if operation is not None:
            name = rule.endpoint.removeprefix(f"{BLUEPRINT}.")
            yield Route(_path(rule), name, operation)


def _path(rule: Rule) -> str:
    return _PLACE.sub(r"{\1}", rule.rule)


def description_of(app: Flask) -> dict[str, Any]:
    """The description of a running service, made once: its routes stay what they are."""
    if BLUEPRINT not in app.extensions:
        app.extensions[BLUEPRINT] = describe(app)
    made: dict[str, Any] = app.extensions[BLUEPRINT]
    return made


def describe(app: Flask) -> dict[str, Any]:
    """The description as plain data."""
    found = routes(app)
    shapes: list[type[BaseModel]] = [*(route.operation.answer for route in found), Problem]
    _, defined = models_json_schema(
        [(shape, "serialization") for shape in shapes], ref_template=REF + "{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "双随机抽查平台开放接口",
            "version": f"1 ({version('spotcheck')})",
            "description": ABOUT,
        },
        "paths": {route.path: {"get": _told(route)} for route in found},
        "components": {"schemas": {name: _wordless(one) for name, one in defined["$defs"].items()}},
    }


def _wordless(shape: Mapping[str, Any]) -> dict[str, Any]:
    """A shape without our docstring: who reads the description is not at home in the code."""
    return {name: told for name, told in shape.items() if name != "description"}


def _told(route: Route) -> dict[str, Any]:
    operation = route.operation
    return {
        "operationId": route.name,
        "summary": operation.summary,
        "parameters": [*map(_place, route.places), *_asked(operation.question)],
        "responses": {
            "200": _response("答复", "application/json", operation.answer),
            **{status: _response(words, MEDIA, Problem) for status, words in PROBLEMS.items()},
        },
    }


def _response(words: str, media: str, shape: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": REF + shape.__name__}
    return {"description": words, "content": {media: {"schema": schema}}}


def _place(name: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 0, "maximum": MOST_NUMBER}
    told = {"name": name, "in": "path", "required": True, "schema": schema}
    return {**told, "description": PLACES[name]}


def _asked(question: type[Question] | None) -> list[dict[str, Any]]:
    if question is None:
        return []
    shape = question.model_json_schema()
    required = shape.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": told["description"],
            "schema": _plain(told, shape.get("$defs", {})),
        }
        for name, told in shape["properties"].items()
    ]


def _plain(told: Mapping[str, Any], defined: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter: what is left out is not sent, so none of them is ever null."""
    kept = {k: v for k, v in told.items() if k not in ("anyOf", "title", "description")}
    (chosen,) = [one for one in told.get("anyOf", [{}]) if one.get("type") != "null"]
    if "$ref" in chosen:
        named = defined[chosen["$ref"].rpartition("/")[2]]
        chosen = {"type": "string", "enum": named["enum"]}
    return {k: v for k, v in {**kept, **chosen}.items() if v is not None}
