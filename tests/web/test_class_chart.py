"""The chart of the classes of an institution."""

from datetime import timedelta
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from rosters.institution_file import Rated
from rosters.institutions import CreditClass
from tests.web.rosters import LONG_AGO
from web.rosters.class_chart import class_chart

CLASSES = st.sampled_from(CreditClass)


@given(steps=st.lists(st.tuples(st.integers(1, 900), CLASSES, CLASSES), min_size=1, max_size=8))
def test_a_class_stands_in_the_chart_for_as_long_as_it_held(
    steps: list[tuple[int, CreditClass, CreditClass]],
) -> None:
    days = [LONG_AGO, *(LONG_AGO + timedelta(days=n) for n in accumulate(s[0] for s in steps))]
    told = [
        Rated(general, cma, "", since, until)
        for (_, general, cma), since, until in zip(steps, days, days[1:], strict=False)
    ]
    chart = class_chart(told, days[-1])

    if chart is None:
        assert not any(rated.credit_class.value or rated.cma_class.value for rated in told)
        return
    marks = [x for x, _ in chart.series[0].marks]
    assert marks == sorted(marks)
    assert marks[0] == chart.left
    assert chart.series[0].path.endswith(f"H{float(chart.right)}")
    heights = dict(chart.rows)
    for rated, (_, y) in zip(told, chart.series[0].marks, strict=True):
        assert heights[rated.credit_class.value or "未评"] == y
