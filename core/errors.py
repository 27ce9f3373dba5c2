"""Facts that stop an operation: a code and parameters; words and status are chosen in `web`."""

from typing import ClassVar


class Fact(Exception):
    """Something that is so and therefore cannot be done; *params* say about what."""

    code: ClassVar[str] = "fact"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code, params)


class NotFound(Fact):
    """There is no such thing, or not for this person."""

    code = "not_found"


class Forbidden(Fact):
    """The person may not do this."""

    code = "forbidden"


class Conflict(Fact):
    """The state of things does not allow it: somebody was faster, or it is already done."""

    code = "conflict"


class Invalid(Fact):
    """An input that cannot be accepted; *params* name the field and what is allowed."""

    code = "invalid"
