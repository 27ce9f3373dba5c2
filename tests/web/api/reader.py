"""A programme that reads the interface: every address of a draw, and what they answer."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from flask.testing import FlaskClient

from tests.web.people import Service

ROOT = "/api/v1"
OF_A_PLAN = ("", "/frames", "/draws")
OF_A_DRAW = ("", "/commitment", "/files")
OF_AN_OPEN_LIST = ("/certificate", "/drawn", "/reserves", "/addenda")


def draw_at(public: tuple[int, int], rest: str = "") -> str:
    return f"{ROOT}/plans/{public[0]}/draws/{public[1]}{rest}"


def proof_at(public: tuple[int, int], unit_id: str) -> str:
    return draw_at(public, f"/proof?unit_id={unit_id}")


def addresses(public: tuple[int, int]) -> list[str]:
    """All that can be asked about a draw and its plan, but for single institutions."""
    return [
        f"{ROOT}/plans",
        f"{ROOT}/draws",
        *(f"{ROOT}/plans/{public[0]}{rest}" for rest in OF_A_PLAN),
        *(draw_at(public, rest) for rest in (*OF_A_DRAW, *OF_AN_OPEN_LIST)),
    ]


def told(client: FlaskClient, address: str) -> Any:
    """An answer, checked to be one."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.text)
    return answer.json


def refusal(client: FlaskClient, address: str) -> Any:
    """A problem, checked to be one."""
    answer = client.get(address)
    assert answer.status_code >= 400, (address, answer.text)
    assert answer.content_type == "application/problem+json"
    told: Any = answer.json
    assert told["status"] == answer.status_code
    return told


class Description:
    """The description of a service, held against what it answers."""

    def __init__(self, service: Service) -> None:
        self.data = told(service.app.test_client(), f"{ROOT}/openapi.json")

    @property
    def paths(self) -> set[str]:
        return set(self.data["paths"])

    def faults(self, path: str, status: int, answer: Any) -> Iterator[str]:
        """What in an answer is not as it is described."""
        responses = self.data["paths"][path]["get"]["responses"]
        (media,) = responses.get(str(status), responses["default"])["content"].values()
        schema = {**media["schema"], "components": self.data["components"]}
        shape = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        return (error.message for error in shape.iter_errors(answer))
