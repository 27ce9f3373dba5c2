"""Witnesses promise first and can then only show that value; dice and public values come last."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from core import trail
from inspections.draw_check import inner_faults
from inspections.draws import DrawIsElsewhere, TooLate
from inspections.holding import hold
from inspections.motions import (
    MotionNotFound,
    SecondSignatoryNeeded,
    move_without,
    open_motions,
    sign_without,
)
from inspections.reveals import reveal, type_in
from inspections.sources import (
    Answer,
    DrawSource,
    NotAPromise,
    NotAValue,
    PromiseIsGiven,
    SourceDraft,
    SourceIsUnclear,
    SourceKind,
    SourceNotFound,
    SourceTwice,
    TooFewSources,
    ValueIsGiven,
    WitnessesFirst,
    promise,
    promise_of,
    sources_of,
    withdraw_source,
    witness_by_link,
)
from sampler.hashing import tagged
from tests.core.people import MINUTE
from tests.inspections.hall import BEACON, DICE, FIRST, SECOND, Hall, a_hall


@pytest.fixture
def hall(session: Session, tmp_path: Path) -> Hall:
    return a_hall(session, tmp_path)


# -- announcing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drafts", "refusal"),
    [
        ((FIRST,), TooFewSources),
        ((), TooFewSources),
        ((FIRST, replace(FIRST, token="other")), SourceTwice),
        ((FIRST, replace(SECOND, token="")), SourceIsUnclear),
        ((FIRST, replace(DICE, token="a link")), SourceIsUnclear),
        ((FIRST, replace(BEACON, address=" ")), SourceIsUnclear),
        ((FIRST, replace(DICE, name="machine")), SourceIsUnclear),
        ((FIRST, replace(DICE, name="a=b")), SourceIsUnclear),
        ((FIRST, replace(DICE, name="\u202e骰子")), SourceIsUnclear),
        ((FIRST, replace(DICE, name="骰" * 61)), SourceIsUnclear),
    ],
    ids=str,
)
def test_sources_that_nobody_could_rely_on_are_not_announced(
    hall: Hall, drafts: tuple[SourceDraft, ...], refusal: type[Exception]
) -> None:
    hall.drafts = drafts

    with pytest.raises(refusal):
        hall.announced()


def test_a_witness_is_found_by_his_link_which_stands_in_no_table(hall: Hall) -> None:
    draw = hall.announced()

    source = witness_by_link(hall.session, f"{FIRST.token} 0")

    assert source.name == FIRST.name
    assert FIRST.token not in str([s.model_dump() for s in sources_of(hall.session, draw.key)])
    with pytest.raises(SourceNotFound):
        witness_by_link(hall.session, FIRST.token)


def test_a_source_that_will_not_come_is_withdrawn_as_long_as_two_are_left(hall: Hall) -> None:
    draw = hall.announced()
    withdraw_source(hall.session, hall.source(draw, "见证人乙").key, hall.operator, hall.now)

    assert [s.name for s in sources_of(hall.session, draw.key)] == ["见证人甲", "当众掷骰"]
    with pytest.raises(TooFewSources):
        withdraw_source(hall.session, hall.source(draw, "当众掷骰").key, hall.operator, hall.now)


def test_after_the_commitment_no_source_is_withdrawn(hall: Hall) -> None:
    draw = hall.committed()

    with pytest.raises(DrawIsElsewhere):
        withdraw_source(hall.session, hall.source(draw, "见证人乙").key, hall.operator, hall.now)


# -- promising ---------------------------------------------------------------------------------


@given(name=st.text(max_size=20), value=st.text(max_size=40))
def test_a_promise_is_the_public_hashing_rule_and_nothing_else(name: str, value: str) -> None:
    assert promise_of(name, value) == tagged("spotcheck/promise/1", name, value)


def test_a_promise_is_given_once_and_before_the_commitment(hall: Hall) -> None:
    draw = hall.announced()
    source = hall.source(draw, "见证人甲")
    promise(hall.session, source.key, "a" * 64, hall.now)
    promise(hall.session, source.key, "a" * 64, hall.now)

    with pytest.raises(PromiseIsGiven):
        promise(hall.session, source.key, "b" * 64, hall.now)
    other = hall.source(draw, "见证人乙")
    for wrong in ("", "A" * 64, "a" * 63, "春风"):
        with pytest.raises(NotAPromise):
            promise(hall.session, other.key, wrong, hall.now)
    with pytest.raises(NotAPromise):
        promise(hall.session, hall.source(draw, "当众掷骰").key, "c" * 64, hall.now)


def test_nobody_repeats_the_promise_of_another(hall: Hall) -> None:
    draw = hall.announced()
    promise(hall.session, hall.source(draw, "见证人甲").key, "a" * 64, hall.now)

    with pytest.raises(PromiseIsGiven):
        promise(hall.session, hall.source(draw, "见证人乙").key, "a" * 64, hall.now)


def test_no_promise_is_taken_after_the_commitment(hall: Hall) -> None:
    draw = hall.committed()

    with pytest.raises(DrawIsElsewhere):
        promise(hall.session, hall.source(draw, "见证人甲").key, "a" * 64, hall.now)


# -- revealing ---------------------------------------------------------------------------------


def test_a_value_that_does_not_fit_its_promise_is_refused_and_recorded(hall: Hall) -> None:
    draw = hall.revealing()
    source = hall.source(draw, "见证人甲")

    answer = reveal(hall.session, source.key, "别的值", hall.now)

    assert answer == Answer.DOES_NOT_FIT
    assert (source.value, source.refused) == (None, 1)
    assert trail.pending(hall.session)[-1].action == "source.refused"
    right = hall.values["见证人甲"]
    assert reveal(hall.session, source.key, right, hall.now) == Answer.TAKEN
    assert reveal(hall.session, source.key, right, hall.now) == Answer.TAKEN
    assert reveal(hall.session, source.key, "别的值", hall.now) == Answer.DOES_NOT_FIT
    assert source.value == right


def test_values_come_between_the_opening_and_the_deadline(hall: Hall) -> None:
    draw = hall.committed()
    source, value = hall.source(draw, "见证人甲"), hall.values["见证人甲"]
    with pytest.raises(DrawIsElsewhere):
        reveal(hall.session, source.key, value, hall.now)
    draw.open_reveals(hall.now)
    hall.session.add(draw)

    with pytest.raises(TooLate):
        reveal(hall.session, source.key, value, hall.now + 30 * MINUTE)
    assert reveal(hall.session, source.key, value, hall.now + 29 * MINUTE) == Answer.TAKEN


@pytest.mark.parametrize("value", ["", "  ", "x" * 201, "a\nb", "a\0"])
def test_what_cannot_be_written_down_is_no_value(hall: Hall, value: str) -> None:
    draw = hall.revealing()

    with pytest.raises(NotAValue):
        reveal(hall.session, hall.source(draw, "见证人甲").key, value, hall.now)


def test_dice_are_typed_after_the_last_witness_and_stay(hall: Hall) -> None:
    draw = hall.revealed("见证人乙", "当众掷骰")
    dice = hall.source(draw, "当众掷骰")
    with pytest.raises(WitnessesFirst) as caught:
        type_in(hall.session, dice.key, "6 6 6", hall.operator, hall.now)
    assert caught.value.params["names"] == "见证人乙"

    type_in(hall.session, dice.key, " 6 6 6 ", hall.operator, hall.now + 30 * MINUTE)

    assert (dice.value, dice.typed_by) == ("6 6 6", hall.operator.user_id)
    with pytest.raises(ValueIsGiven):
        type_in(hall.session, dice.key, "1 1 1", hall.operator, hall.now + 30 * MINUTE)


def test_a_witness_who_does_not_reveal_is_named_and_nothing_restarts(hall: Hall) -> None:
    draw = hall.revealed("见证人乙", "当众掷骰")
    late = timedelta(minutes=31)
    type_in(hall.session, hall.source(draw, "当众掷骰").key, "2", hall.operator, hall.now + late)

    hold(hall.session, hall.desk(after=late), draw.key)

    given_by = {c["source"]: c for c in hall.certificate(draw)["contributions"]}
    assert given_by["见证人乙"] == {"source": "见证人乙", "revealed": False, "value": ""}
    (told,) = (e for e in trail.pending(hall.session) if e.action == "draw.held")
    assert told.after is not None
    assert told.after["silent"] == ["见证人乙"]
    hall.session.commit()
    assert list(inner_faults(hall.session, hall.desk(), draw.key)) == []


def test_a_public_value_is_committed_with_its_address(hall: Hall) -> None:
    hall.drafts = (FIRST, SECOND, BEACON)
    draw = hall.held()

    told = hall.certificate(draw)["commitment"]["ceremony"]["sources"]

    assert told[2] == {
        "name": "开奖号码",
        "kind": "beacon",
        "address": BEACON.address,
        "promise": "",
    }


# -- going on without --------------------------------------------------------------------------


def test_going_on_without_dice_takes_two_persons(hall: Hall) -> None:
    draw = hall.revealed("当众掷骰")
    dice = hall.source(draw, "当众掷骰")
    motion = move_without(hall.session, dice.key, "骰子损坏", hall.operator, hall.now)
    with pytest.raises(SecondSignatoryNeeded):
        sign_without(hall.session, motion.key, hall.operator, hall.now)
    assert open_motions(hall.session, draw.key) == [motion]

    sign_without(hall.session, motion.key, hall.second, hall.now)

    hold(hall.session, hall.desk(), draw.key)
    assert hall.certificate(draw)["contributions"][-1]["revealed"] is False
    with pytest.raises(DrawIsElsewhere):
        type_in(hall.session, dice.key, "1", hall.operator, hall.now)


def test_nothing_is_moved_against_a_witness_or_a_value_that_is_there(hall: Hall) -> None:
    draw = hall.revealed()
    with pytest.raises(SourceNotFound):
        move_without(hall.session, hall.source(draw, "见证人甲").key, "x", hall.operator, hall.now)
    with pytest.raises(ValueIsGiven):
        move_without(hall.session, hall.source(draw, "当众掷骰").key, "x", hall.operator, hall.now)
    with pytest.raises(MotionNotFound):
        sign_without(hall.session, 4711, hall.second, hall.now)


# -- what the database holds -------------------------------------------------------------------


IMPOSSIBLE: list[tuple[str, dict[str, object]]] = [
    ("见证人甲", {"promise": None, "promised_at": None}),
    ("见证人甲", {"token_hash": None}),
    ("见证人甲", {"value": ""}),
    ("见证人甲", {"revealed_at": None}),
    ("见证人甲", {"kind": "dice"}),
    ("当众掷骰", {"typed_by": None}),
    ("当众掷骰", {"without_reason": "丢了"}),
    ("当众掷骰", {"kind": "beacon"}),
    ("当众掷骰", {"promise": "a" * 64}),
]


def test_a_source_cannot_become_what_it_is_not(hall: Hall) -> None:
    draw = hall.revealed()
    hall.session.flush()
    keys = {source.name: source.key for source in sources_of(hall.session, draw.key)}

    for name, change in IMPOSSIBLE:
        this = update(DrawSource).where(col(DrawSource.id) == keys[name])
        with pytest.raises(IntegrityError), hall.session.begin_nested():
            hall.session.exec(this.values(**change))


def test_kinds_have_names_for_pages() -> None:
    assert all(kind.label for kind in SourceKind)
