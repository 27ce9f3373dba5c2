"""The workbench: what a plan would do, told before anything is decided; nothing is written."""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from core.trail import pending
from inspections.bench_views import Why
from inspections.grounds import Ground, read_ground
from inspections.plan_content import (
    CertainUnit,
    CrossQuota,
    ExcludedUnit,
    FieldQuota,
    Figures,
    ItemRef,
    PlanContent,
    to_sampler,
)
from inspections.plans import get_plan
from inspections.reasons import ExclusionReason
from inspections.workbench import Answers, Bench, MethodAnswer, try_out
from sampler import procedure
from sampler.quotas import Method
from tests.inspections.offices import CARS, FOOD, TODAY, WATER, open_office, sound
from tests.sampler.demo import country, demo_file

QI = (("qi_centre", ("1",)),)
OTHER = "其他领域"
INSPECTORS = {"浙江省": 7, "北京市": 1}


@cache
def bench() -> Bench:
    return Bench(Ground(demo_file(400, 300), country(400, 300)), INSPECTORS)


def plan(**facts: Any) -> PlanContent:
    base = {
        "n": 20,
        "fields": (
            FieldQuota(name=FOOD, count=5),
            FieldQuota(name=CARS, count=5),
            FieldQuota(name=OTHER, count=10),
        ),
    }
    return sound(**{**base, **facts})


def own(answers: Answers) -> MethodAnswer:
    return answers.methods[0]


def units_of(answer: MethodAnswer, why: Why) -> int:
    return sum(one.units for one in answer.extremes if one.why is why)


# -- chances -----------------------------------------------------------------------------------

small = st.integers(0, 12)


@settings(max_examples=25)
@given(small, small, small, st.integers(0, 10), st.sampled_from(["1", "0.5", "0.2"]))
def test_whatever_the_quotas_the_answers_hang_together(
    food: int, cars: int, rest: int, centres: int, cap: str
) -> None:
    content = plan(
        n=food + cars + rest + 1,
        fields=(
            FieldQuota(name=FOOD, count=food),
            FieldQuota(name=CARS, count=cars),
            FieldQuota(name=OTHER, count=rest + 1),
        ),
        cross=(CrossQuota(name="质检中心", where=QI, least=centres),),
        cap=cap,
    )

    answers = try_out(bench(), content, (Method.SIMPLE, Method.SAMPFORD))

    assert answers.faults == ()
    assert answers.feasible is not bool(answers.explanation)
    for answer in answers.methods:
        if answer.works:
            _hangs_together(answer, answers)


def _hangs_together(answer: MethodAnswer, answers: Answers) -> None:
    drawable, n = answers.counts["drawable"], sum(q.most for q in answers.quotas if not q.is_cross)
    for view in ("province", "credit_class", "qi_centre", "level", "fields_held"):
        if view == "fields_held" or answer.method is Method.FAIR:
            assert sum(group.expected for group in answer.by[view]) == pytest.approx(n)
        assert all(g.smallest <= g.mean + 1e-9 <= g.largest + 2e-9 for g in answer.by[view])
    if answer.method is Method.FAIR:
        assert sum(group.units for group in answer.by["province"]) == drawable
    assert 0 <= answer.smallest <= answer.largest <= 1
    assert sum(load.visits for load in answer.loads) == pytest.approx(n)


def test_the_bench_says_what_a_commitment_would_say() -> None:
    content = plan(cross=(CrossQuota(name="质检中心", where=QI, least=4, most=4),))
    answers = try_out(bench(), content)

    prepared = procedure.prepare(to_sampler(content), bench().ground.roster)
    worked = procedure.chances(prepared)

    ordinary = [worked.chances[t.number] for t in prepared.typed.problem.drawable]
    assert (own(answers).smallest, own(answers).largest) == (min(ordinary), max(ordinary))
    told = [(Fraction(level["value"]), level["sentence"]) for level in worked.data["levels"]]
    assert list(answers.levels) == told
    food = answers.quotas[0]
    assert (food.name, food.least, food.most, food.is_cross) == (FOOD, 5, 5, False)
    assert food.units == sum(t.units for t in prepared.typed.problem.drawable if 0 in t.places)
    assert [quota.name for quota in answers.quotas if quota.is_cross] == ["质检中心"]


def test_all_methods_stand_side_by_side_and_say_what_they_do_not_keep() -> None:
    content = plan(cross=(CrossQuota(name="质检中心", where=QI, least=4, most=4),))

    answers = try_out(bench(), content)

    assert {answer.method for answer in answers.methods} == set(Method)
    assert own(answers).method is Method.FAIR
    assert own(answers).not_kept == ()
    by_method = {answer.method: answer for answer in answers.methods}
    assert all(answer.works for answer in answers.methods)
    assert any("质检中心" in words for words in by_method[Method.SIMPLE].not_kept)
    assert by_method[Method.SEQUENTIAL].not_kept == ()
    assert "模拟" in by_method[Method.SEQUENTIAL].note
    # estimated chances say nothing about who can never be drawn
    assert {one.why for one in by_method[Method.SEQUENTIAL].extremes} <= {Why.OUTSIDE}


def test_a_plan_that_prescribes_a_method_is_answered_by_it() -> None:
    answers = try_out(bench(), plan(method=Method.SIMPLE), (Method.FAIR,))

    assert [answer.method for answer in answers.methods] == [Method.SIMPLE, Method.FAIR]
    assert own(answers).smallest == own(answers).largest


def test_quotas_that_cannot_hold_together_are_explained_and_mended() -> None:
    impossible = plan(cross=(CrossQuota(name="质检中心", where=QI, least=20, most=20),), cap="0.01")

    answers = try_out(bench(), impossible, (Method.SIMPLE,))

    assert not answers.feasible
    assert answers.explanation[0].startswith("方案无法抽取")
    assert own(answers).why == "\n".join(answers.explanation)
    assert all(quota.smallest is None for quota in answers.quotas)
    assert answers.methods[1].works


def test_more_draws_than_institutions_are_explained_under_every_method() -> None:
    answers = try_out(bench(), plan(n=401, fields=(), other=None))

    assert not any(answer.works for answer in answers.methods)
    assert all(answer.why for answer in answers.methods)


def test_what_names_nobody_is_a_fault_at_its_field_and_nothing_is_worked_out() -> None:
    answers = try_out(bench(), plan(certain=(CertainUnit(unit_id="没有"),)))

    assert [fault.at for fault in answers.faults] == ["certain.0.unit_id"]
    assert answers.methods == ()
    assert not answers.feasible


def test_the_ratio_of_a_check_item_is_held_against_the_real_number() -> None:
    item = ItemRef(entry_id=1, number="1", name="事项", ratio=4)

    answers = try_out(bench(), plan(check_items=(item,)), ())

    assert [fault.code for fault in answers.faults] == ["n_above_item"]
    assert answers.faults[0].params["eligible"] == answers.counts["drawable"]


# -- who is at 0 or 1, and why -----------------------------------------------------------------


def test_whoever_cannot_be_drawn_or_is_certain_is_named_with_the_cause() -> None:
    ids = bench().ground.roster.cells["unit_id"]
    content = plan(
        eligible=(("level", ("国家级",)),),
        other=None,
        fields=(FieldQuota(name=FOOD, count=10), FieldQuota(name=CARS, count=10)),
        certain=(CertainUnit(unit_id=_first_of(FOOD)),),
        excluded=(ExcludedUnit(unit_id=_last_of(CARS), reason=ExclusionReason.MERGED_VISIT),),
        weights=Figures(by="credit_class", values=_classes(A=0, B=1, C=1, D=1), basis="依据"),
    )

    answer = own(try_out(bench(), content, ()))

    found = {one.why: one for one in answer.extremes}
    assert units_of(answer, Why.OUTSIDE) == 100
    assert units_of(answer, Why.CERTAIN) == units_of(answer, Why.EXCLUDED) == 1
    assert found[Why.NO_PLACE].units > 0
    assert found[Why.WEIGHT_ZERO].units > 0
    assert found[Why.CERTAIN].named[0][0] == _first_of(FOOD)
    assert found[Why.CERTAIN].chance == 1
    assert found[Why.NO_PLACE].chance == 0
    assert not found[Why.NO_PLACE].intended
    assert found[Why.WEIGHT_ZERO].intended
    assert found[Why.OUTSIDE].named == ()
    assert set(ids) >= {unit_id for one in answer.extremes for unit_id, _ in one.named}


def test_a_chance_of_one_that_nobody_meant_is_noticed() -> None:
    waters = [cell for cell in bench().ground.roster.cells["fields"] if WATER in cell.split("|")]
    content = plan(n=len(waters), fields=(FieldQuota(name=WATER, count=len(waters)),), other=None)

    (found,) = (e for e in own(try_out(bench(), content, ())).extremes if e.chance == 1)

    assert (found.why, found.units, found.intended) == (Why.ALL_NEEDED, len(waters), False)


def test_a_field_without_places_and_a_cap_that_holds_somebody_down_are_noticed() -> None:
    answer = own(try_out(bench(), plan(n=20, fields=(), other=None, cap="0.05"), ()))
    assert units_of(answer, Why.AT_CAP) == 400

    nobody = (CrossQuota(name="质检中心", where=QI, least=0, most=0),)
    answer = own(try_out(bench(), plan(cross=nobody), ()))
    centres = bench().ground.roster.cells["qi_centre"].count("1")
    assert units_of(answer, Why.QUOTA_ZERO) == centres


def _first_of(field: str) -> str:
    return _national_of(field)[0]


def _last_of(field: str) -> str:
    return _national_of(field)[-1]


def _national_of(field: str) -> list[str]:
    cells = bench().ground.roster.cells
    rows = zip(cells["unit_id"], cells["fields"], cells["level"], strict=True)
    return [unit for unit, held, level in rows if field in held.split("|") and level == "国家级"]


def _classes(**weights: int) -> tuple[tuple[str, Decimal], ...]:
    return tuple((name, Decimal(weight)) for name, weight in weights.items())


# -- work --------------------------------------------------------------------------------------


def test_the_work_of_each_province_is_held_against_its_inspectors() -> None:
    loads = {load.province: load for load in own(try_out(bench(), plan(), ())).loads}

    assert loads["浙江省"].inspectors == 7
    assert loads["浙江省"].per_inspector == pytest.approx(2 * loads["浙江省"].visits / 7)
    assert loads["北京市"].too_few
    assert not loads["浙江省"].too_few
    assert loads["广东省"].per_inspector is None


# -- nothing is written ------------------------------------------------------------------------


def test_trying_out_writes_nothing(session: Session, tmp_path: Path) -> None:
    office = open_office(session, tmp_path / "files")
    office.institutions(12)
    version = office.published(office.sound(n=3, fields=(), other=None))
    scope = get_plan(session, version.plan_id).scope
    session.commit()
    events, files = len(pending(session)), sorted(tmp_path.rglob("*"))

    ground = read_ground(session, scope, version.content.roster_day or TODAY, 2026)
    answers = try_out(Bench(ground), version.content.changed(n=5))

    assert answers.feasible
    assert version.content.n == 3
    assert not session.new
    assert not session.dirty
    assert len(pending(session)) == events
    assert sorted(tmp_path.rglob("*")) == files


@given(st.integers(0, 60).filter(lambda n: n != 20))
@settings(max_examples=20)
def test_fields_that_do_not_make_up_the_number_are_a_fault_at_their_place(n: int) -> None:
    answers = try_out(bench(), plan(n=n))

    assert [(one.at, one.code) for one in answers.faults] == [("fields", "wrong_sum")]
    assert not answers.feasible
