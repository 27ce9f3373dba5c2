"""Views that answer in JSON: each says what it asks and tells; the description is read there."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from flask import Response
from pydantic import BaseModel

from web.api.questions import Question, asked
from web.inspections.published import kept

View = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """What the description says of a view.

    Attributes
    ----------
    answer : its shape, also of a file that is handed out as it is.
    """

    answer: type[BaseModel]
    summary: str
    question: type[Question] | None = None


_operations: WeakKeyDictionary[View, Operation] = WeakKeyDictionary()


def tells(
    answer: type[BaseModel], summary: str, question: type[Question] | None = None
) -> Callable[[View], View]:
    """Let a view answer in JSON, and remember its shape; `door` stands below it, on the view.

    A view with a *question* gets the parameters of the address under that name, checked.
    """

    def mark(view: View) -> View:
        @functools.wraps(view)
        def answered(**place: Any) -> Response:
            if question is not None:
                place["question"] = asked(question)
            return _as_json(view(**place))

        _operations[view] = Operation(answer, summary, question)
        return answered

    return mark


def operation_of(view: View) -> Operation | None:
    """What a view tells, or None if it is a page."""
    return _operations.get(inspect.unwrap(view))


def _as_json(found: Response | BaseModel) -> Response:
    if isinstance(found, Response):
        return found
    body = found.model_dump_json(by_alias=True)
    return kept(Response(body, content_type="application/json"))
