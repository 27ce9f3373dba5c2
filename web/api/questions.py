"""What may be asked of the public interface; anything else is refused by its name."""

from typing import Annotated, Any, TypeVar

from flask import request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from core.errors import Invalid
from inspections.plans import FIRST_YEAR, LAST_YEAR, PlanKind
from web.api import choices

LAST_PAGE = 1_000_000
MOST_ON_A_PAGE = 1_000
WRITTEN = r"^[^\x00]*$"
"""No text that a database keeps holds the character zero."""


class ParameterIsWrong(Invalid):
    """Parameters of the address that are unknown, missing or out of range; *names* says which."""

    code = "parameter_is_wrong"


def _plain_digits(told: Any) -> Any:
    # pydantic itself would take "1_000", " 7 " and "7.0"
    if isinstance(told, str) and not (told.isascii() and told.isdecimal()):
        raise ValueError("not_a_number")
    return told


# the bounds stand first: behind a validator they would be missing from the description
Page = Annotated[int, Field(ge=1, le=LAST_PAGE), BeforeValidator(_plain_digits)]
Size = Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE), BeforeValidator(_plain_digits)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR), BeforeValidator(_plain_digits)]
Province = Annotated[str, Field(pattern="^[0-9]{6}$")]


class Question(BaseModel):
    """The parameters of an address."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Paged(Question):
    """Which page of a list."""

    page: Page = Field(1, description="第几页，从 1 起")
    size: Size = Field(50, description="每页条数，不超过 1,000")

    @property
    def start(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.size


class PlanQuestion(Paged):
    """Which plans are looked for."""

    year: Year | None = Field(None, description=f"年度，{FIRST_YEAR} 至 {LAST_YEAR}")
    region: Province | None = Field(None, description="省级行政区划代码，六位数字")
    kind: PlanKind | None = Field(None, description=f"类别：{choices.PLAN_KINDS}")
    q: str = Field("", max_length=100, pattern=WRITTEN, description="名称或者文号中的词")


class UnitQuestion(Question):
    """Which institution is meant."""

    unit_id: str = Field(
        min_length=1, max_length=300, pattern=WRITTEN,
        description="机构编号，一般是统一社会信用代码，须完整",
    )  # fmt: skip


Asked = TypeVar("Asked", bound=Question)


def asked(kind: type[Asked]) -> Asked:
    """The parameters of this request.

    Raises
    ------
    ParameterIsWrong
    """
    told = request.args.to_dict(flat=False)
    try:
        return kind.model_validate({k: v[0] if len(v) == 1 else v for k, v in told.items()})
    except ValidationError as error:
        names = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
        raise ParameterIsWrong(names="、".join(names)) from error
