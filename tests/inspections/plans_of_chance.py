"""Plans as Hypothesis makes them: any that can be typed, and any that a plan file can say."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from inspections.plan_content import (
    FIRST_DAY,
    LAST_DAY,
    CertainUnit,
    CrossQuota,
    Deadline,
    ExcludedUnit,
    ExclusionRule,
    FactorRule,
    FieldQuota,
    Figures,
    ItemRef,
    PlanContent,
    Window,
)
from inspections.reasons import CertainReason, ExclusionReason, WeightReason
from rosters.plain_rows import COLUMNS
from sampler.quotas import Method

texts = st.text(st.sampled_from("抽查 abc，。“”'\"\\#=[]{}|0\t"), min_size=1, max_size=8).filter(
    str.strip
)
notes = st.just("") | texts.filter(lambda text: "：" not in text)
counts = st.integers(0, 200)
shares = st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-9))
names = st.lists(texts.map(str.strip), min_size=1, max_size=4, unique=True)
wheres = st.lists(
    st.tuples(
        st.sampled_from(COLUMNS),
        st.lists(texts.map(str.strip), min_size=1, max_size=2, unique=True),
    ),
    max_size=2,
    unique_by=lambda term: term[0],
)
days = st.none() | st.dates(FIRST_DAY, LAST_DAY)


def units(kind: Any, reasons: Any, **more: Any) -> st.SearchStrategy[list[Any]]:
    one = st.builds(
        kind, unit_id=texts.map(str.strip), reason=st.sampled_from(reasons), note=notes, **more
    )
    return st.lists(one, max_size=3)


figures = st.builds(
    Figures,
    by=st.sampled_from(COLUMNS),
    values=st.lists(st.tuples(texts.map(str.strip), shares), max_size=3),
    basis=notes,
)
items = st.builds(ItemRef, entry_id=st.integers(1, 99), number=texts, name=texts)
anything = st.builds(
    PlanContent,
    name=notes,
    legal_basis=st.lists(notes, max_size=2),
    check_items=st.lists(items, max_size=2),
    directed=st.booleans(),
    windows=st.lists(st.builds(Window, name=notes, first=days, last=days), max_size=3),
    deadlines=st.lists(st.builds(Deadline, name=notes, day=days), max_size=2),
    lead=notes,
    departments=st.lists(notes, max_size=3),
    roster_day=days,
    n=counts,
    eligible=wheres,
    fields=st.lists(st.builds(FieldQuota, name=notes, count=counts), max_size=4),
    other=st.none() | texts,
    cap=st.just(Decimal(0)) | shares,
    cross=st.lists(
        st.builds(CrossQuota, name=notes, where=wheres, least=counts, most=st.none() | counts),
        max_size=3,
    ),
    weights=st.none() | figures,
    ratios=st.none() | figures,
    factors=st.lists(
        st.builds(
            FactorRule,
            reason=st.sampled_from(WeightReason),
            note=notes,
            where=wheres,
            times=counts,
            basis=notes,
        ),
        max_size=2,
    ),
    certain=units(CertainUnit, CertainReason, field=st.none() | texts),
    excluded=units(ExcludedUnit, ExclusionReason),
    exclusion_rules=st.lists(
        st.builds(ExclusionRule, where=wheres, reason=st.sampled_from(ExclusionReason)),
        max_size=2,
    ),
    reserves=counts,
    method=st.sampled_from(Method),
    publish=st.lists(st.sampled_from(COLUMNS), max_size=4),
)
"""Whatever somebody may have typed so far."""


@st.composite
def drawable(draw: Any) -> PlanContent:
    """A plan whose part for the draw has no fault that a plan file could show."""
    named = draw(names.filter(lambda found: "|" not in "".join(found)))
    fields = [FieldQuota(name=name, count=draw(st.integers(0, 9))) for name in named]
    n = sum(quota.count for quota in fields)
    fields.append(FieldQuota(name="其余", count=1))
    unit_ids = draw(names)
    cut = draw(st.integers(0, len(unit_ids)))
    whole = [st.integers(1, 50).map(Decimal), shares][by_ratio := draw(st.booleans())]
    target = draw(
        st.none()
        | st.builds(
            Figures,
            by=st.just("credit_class"),
            values=st.lists(
                st.tuples(texts.map(str.strip), whole), min_size=1, max_size=3,
                unique_by=lambda pair: pair[0],
            ),
        )
    )  # fmt: skip
    return PlanContent(
        name=draw(texts),
        n=n + 1,
        eligible=draw(wheres),
        fields=tuple(fields),
        other=draw(st.none() | st.just("其余")),
        cap=draw(shares),
        cross=tuple(
            CrossQuota(name=name, where=draw(wheres), least=draw(st.integers(0, n)), most=None)
            for name in draw(names)
        ),
        weights=None if by_ratio else target,
        ratios=target if by_ratio else None,
        factors=tuple(
            FactorRule(reason=reason, where=draw(wheres), times=draw(counts), basis=draw(texts))
            for reason in draw(st.sets(st.sampled_from(list(WeightReason)[:-1])))
        ),
        certain=tuple(
            CertainUnit(unit_id=unit, reason=draw(st.sampled_from(CertainReason)), note=draw(texts))
            for unit in unit_ids[:cut]
        ),
        excluded=tuple(
            ExcludedUnit(unit_id=unit, reason=draw(st.sampled_from(ExclusionReason)), note="因故")
            for unit in unit_ids[cut:]
        ),
        reserves=draw(counts),
        publish=("unit_id", *draw(st.sets(st.sampled_from(COLUMNS[1:])))),
    )
