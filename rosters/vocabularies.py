"""Three vocabularies of fields, and how the terms of one stand for those of another.

Certificates (professional field of the number), the yearly statistics and the spot checks
(重点领域) each divide the trade in their own way; one institution has several fields in each.
No table says officially which term stands for which: ours is dated, published and editable.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo
from sqlmodel import Field, SQLModel

from core.database import enum_column
from rosters.entries import Dated, Noun, dated, period_constraints
from rosters.identifiers import CERTIFIED_FIELDS

BETWEEN = "|"
"""Stands between the terms in a column that holds several; no term contains it."""


class Vocabulary(StrEnum):
    """Who divides the trade."""

    CERTIFICATE = "certificate"
    STATISTICS = "statistics"
    SPOT_CHECK = "spot_check"

    @property
    def label(self) -> str:
        """The vocabulary's name on a page."""
        return {
            "certificate": "资质认定专业领域",
            "statistics": "统计领域",
            "spot_check": "抽查重点领域",
        }[self.value]


SPOT_CHECK_FIELDS = (
    "自然资源检验检测", "生态环境监测", "机动车检验", "水利水质监测", "进出口商品检验",
    "医疗器械防护用品检验检测", "食品检验", "成品油检验", "网络关键设备和网络安全专用产品检验",
    "常压液体危险货物罐体出厂检验", "建筑工程", "建筑材料", "农林牧渔业", "卫生疾控", "材料测试",
    "电子电器", "机械（含汽车）", "其他",
)  # fmt: skip
"""Named fields of the 2023 notice, and those an institution without any of them can have."""

STATISTICS_FIELDS = (
    "机动车检验", "环境监测", "建筑工程", "建筑材料", "水质", "食品及食品接触材料", "农林牧渔业",
    "卫生疾控", "材料测试", "电子电器", "机械（含汽车）", "其他",
)  # fmt: skip
"""Fields of the yearly statistics, as far as their names are published."""

TERMS: dict[Vocabulary, tuple[str, ...]] = {
    Vocabulary.CERTIFICATE: CERTIFIED_FIELDS,
    Vocabulary.STATISTICS: STATISTICS_FIELDS,
    Vocabulary.SPOT_CHECK: SPOT_CHECK_FIELDS,
}


def joined(terms: Iterable[str], order: tuple[str, ...]) -> str:
    """Several terms as one text, each once, in the *order* of their vocabulary."""
    found = {term.strip() for term in terms if term.strip()}
    known = [term for term in order if term in found]
    return BETWEEN.join(known + sorted(found.difference(order)))


def parted(text: str) -> list[str]:
    """The terms that `joined` made one text of."""
    return [term for term in text.split(BETWEEN) if term]


def _another(target: Vocabulary, info: ValidationInfo) -> Vocabulary:
    if target == info.data.get("source"):
        raise ValueError("same_vocabulary")
    return target


class FieldMappingFacts(SQLModel):
    """That a term of one vocabulary stands for a term of another."""

    source: Vocabulary = Field(sa_type=enum_column(Vocabulary))
    source_term: str = Field(min_length=1, max_length=60)
    target: Annotated[Vocabulary, AfterValidator(_another)] = Field(
        sa_type=enum_column(Vocabulary, "target_vocabulary")
    )
    target_term: str = Field(min_length=1, max_length=60)
    note: str = Field(default="", max_length=200)


@dated(Noun.FIELD_MAPPING)
class FieldMapping(Dated, FieldMappingFacts, table=True):
    """Such a mapping, while it holds."""

    __tablename__ = "field_mapping"
    __table_args__ = period_constraints()
