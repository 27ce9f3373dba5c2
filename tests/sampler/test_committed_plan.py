"""A committed plan comes back as the plan it was, or not at all."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampler.faults import BadInput
from sampler.hashing import canonical
from sampler.inputs.cells import UNSEEN
from sampler.inputs.plan_text import plan_from_json
from sampler.quotas import Certain, Cross, Excluded, Factor, Method, Plan, Predicate, Shares

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda text: text.strip() == text and not UNSEEN.search(text)
)
counts = st.integers(0, 1_000)
predicates = st.builds(
    Predicate,
    st.dictionaries(names, st.lists(names, min_size=1, max_size=3).map(tuple), max_size=3).map(
        lambda terms: tuple(terms.items())
    ),
)
ratios = st.fractions(Fraction(1, 1_000), Fraction(1), max_denominator=1_000)
shares = st.builds(
    Shares, names, st.dictionaries(names, ratios, min_size=1).map(lambda d: tuple(d.items()))
)
plans = st.builds(
    Plan,
    name=names,
    n=counts,
    method=st.sampled_from(Method),
    other=st.none() | names,
    eligible=predicates,
    cap=ratios,
    fields=st.lists(st.tuples(names, counts), max_size=3).map(tuple),
    cross=st.lists(st.builds(Cross, names, predicates, counts, counts), max_size=2).map(tuple),
    weights=st.none() | shares,
    ratios=st.none() | shares,
    factors=st.lists(st.builds(Factor, names, predicates, counts, names), max_size=2).map(tuple),
    certain=st.lists(st.builds(Certain, names, names, st.none() | names), max_size=2).map(tuple),
    excluded=st.lists(st.builds(Excluded, names, names), max_size=2).map(tuple),
    reserves=counts,
    publish=st.lists(names, max_size=3).map(tuple),
)


@given(plans)
def test_a_plan_survives_being_committed(plan: Plan) -> None:
    assert plan_from_json(json.loads(canonical(plan.as_json()))) == plan


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("n", "10"),
        ("n", True),
        ("publish", "ab"),
        ("reserves", 1.0),
        ("cap", "1e-999999999"),
        ("cap", "2/4"),
        ("cap", "1/0"),
        ("method", "best"),
        ("eligible", {"level": ["国家级"]}),
        ("certain", [{"unit_id": "1", "reason": "x", "field": None, "more": 1}]),
        ("weights", {"by": "x"}),
        ("surprise", 1),
        ("cross", [[]]),
        ("fields", 3),
    ],
)
def test_a_committed_plan_that_we_would_not_have_written_is_refused(
    key: str, value: object
) -> None:
    with pytest.raises(BadInput):
        plan_from_json(Plan(name="a", n=1).as_json() | {key: value})
    with pytest.raises(BadInput):
        plan_from_json({key: value})
