"""A draw is held once, step after step; what a state must have is held by the database."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session, col

from core import trail
from core.errors import Fact
from inspections.ceremonies import (
    OpeningDayUnclear,
    PlanIsNotPublished,
    announce,
    commit,
    open_reveals,
)
from inspections.draw_check import inner_faults
from inspections.draw_papers import AT_ONCE, offered
from inspections.draw_seals import Chance, DrawKeyIsLost, draw_seal_from
from inspections.drawn_units import DrawnUnit, in_order_of_showing, units_of
from inspections.draws import (
    Draw,
    DrawIsElsewhere,
    DrawNotFound,
    DrawReason,
    DrawState,
    ListIsSealed,
    TooLate,
    find_draw,
    public_draws,
)
from inspections.holding import hold, publish
from inspections.plan_reviews import PlanIsDrawn, new_version
from inspections.plans import NoPerson, PlanState, get_version
from inspections.sources import PromiseIsMissing, SourceIsMissing, WitnessesFirst
from sampler.tickets import tickets
from tests.core.people import MINUTE
from tests.inspections.hall import SEAL, Hall, a_chance, a_hall
from web.errors import FACTS, fact_words
from web.words import trail as words_trail

TODAY = date(2026, 3, 2)
OPENS = TODAY + timedelta(days=30)


@pytest.fixture
def hall(session: Session, tmp_path: Path) -> Hall:
    return a_hall(session, tmp_path)


@pytest.fixture
def sealed(session: Session, tmp_path: Path) -> Hall:
    """Where a list is drawn that nobody may see before its day."""
    return a_hall(session, tmp_path, opens_on=OPENS)


# -- the way through ---------------------------------------------------------------------------


def test_a_draw_goes_its_way_and_everything_about_it_agrees(hall: Hall) -> None:
    draw = hall.held()

    assert draw.state == DrawState.DRAWN
    assert list(inner_faults(hall.session, hall.desk(), draw.key)) == []
    assert publish(hall.session, hall.desk(), draw.key).state == DrawState.PUBLISHED
    hall.session.commit()
    events = trail.page(hall.session, trail.Search(noun="draw", noun_id=str(draw.key)))
    assert [event.action for event in reversed(events)] == [
        "draw.announced", "source.promised", "source.promised", "draw.committed",
        "draw.reveals_opened", "source.revealed", "source.revealed", "source.typed",
        "draw.held", "draw.published",
    ]  # fmt: skip


def test_the_drawn_units_are_those_of_the_certificate(hall: Hall) -> None:
    draw = hall.held()
    told = hall.certificate(draw)

    drawn, reserves = (units_of(hall.session, draw.key, reserves=r) for r in (False, True))

    assert [u.unit_id for u in drawn] == [row["unit_id"] for row in told["drawn"]]
    assert [u.unit_id for u in reserves] == [row["unit_id"] for row in told["reserves"]]
    assert len(drawn) == 5
    assert reserves


def test_the_hall_shows_them_in_the_order_of_their_tickets(hall: Hall) -> None:
    draw = hall.held()
    units = units_of(hall.session, draw.key, reserves=False)

    shown = in_order_of_showing(draw.seed or "", reversed(units))

    drawn = tickets(draw.seed or "", [unit.unit_id for unit in units])
    assert [unit.unit_id for unit in shown] == sorted(drawn, key=drawn.__getitem__)


def test_a_draw_is_found_by_its_plan_and_number_once_it_is_public(hall: Hall) -> None:
    draw = hall.promised()
    assert find_draw(hall.session, draw.plan_id, 1) == draw
    assert public_draws(hall.session) == ([], 0)

    hall.commit(draw)
    hall.session.flush()

    assert public_draws(hall.session) == ([draw], 1)
    for plan, number in ((draw.plan_id, 2), (draw.plan_id + 1, 1)):
        with pytest.raises(DrawNotFound):
            find_draw(hall.session, plan, number)


def test_nothing_of_a_draw_is_done_by_the_system(hall: Hall) -> None:
    with pytest.raises(NoPerson):
        announce(hall.session, hall.announcement(), hall.desk(trail.SYSTEM))


def test_pressing_again_answers_with_the_same_draw(hall: Hall) -> None:
    draw = hall.held()
    seed, certificate = draw.seed, draw.certificate_sha256

    again = hold(hall.session, hall.desk(hall.second, MINUTE), draw.key)

    assert (again.seed, again.certificate_sha256) == (seed, certificate)
    assert again.drawn_by == hall.operator.user_id
    assert len(units_of(hall.session, draw.key, reserves=False)) == 5


def test_steps_cannot_be_left_out_or_turned_round(hall: Hall) -> None:
    draw = hall.promised()
    for step in (open_reveals, hold, publish):
        with pytest.raises(DrawIsElsewhere):
            step(hall.session, hall.desk(), draw.key)

    hall.commit(draw)
    for step in (hold, publish):
        with pytest.raises(DrawIsElsewhere):
            step(hall.session, hall.desk(), draw.key)
    with pytest.raises(DrawIsElsewhere):
        hall.commit(draw)

    open_reveals(hall.session, hall.desk(), draw.key)
    with pytest.raises(WitnessesFirst):
        hold(hall.session, hall.desk(), draw.key)
    with pytest.raises(DrawIsElsewhere):
        publish(hall.session, hall.desk(), draw.key)


def test_the_commitment_waits_for_every_promise(hall: Hall) -> None:
    draw = hall.announced()

    with pytest.raises(PromiseIsMissing) as caught:
        hall.commit(draw)

    assert caught.value.params["names"] == "见证人甲、见证人乙"


def test_the_dice_are_waited_for(hall: Hall) -> None:
    draw = hall.revealed("当众掷骰")

    with pytest.raises(SourceIsMissing):
        hold(hall.session, hall.desk(after=60 * MINUTE), draw.key)


def test_only_a_published_plan_is_drawn(hall: Hall) -> None:
    version = get_version(hall.session, hall.version_id)
    version.state, version.approved_by, version.approved_at = PlanState.SUBMITTED, None, None
    version.published_by = version.published_at = None

    with pytest.raises(PlanIsNotPublished):
        hall.announced()


def test_a_deadline_lies_ahead(hall: Hall) -> None:
    draw = hall.promised()
    ready = hall.ready(draw)
    with pytest.raises(TooLate):
        commit(hall.session, hall.desk(), draw.key, ready, a_chance(), hall.now)

    hall.commit(draw)
    with pytest.raises(TooLate):
        open_reveals(hall.session, hall.desk(after=60 * MINUTE), draw.key)


def test_a_version_with_a_commitment_stays_in_force_until_the_draw_is_void(hall: Hall) -> None:
    draw = hall.committed()
    with pytest.raises(PlanIsDrawn):
        new_version(hall.session, draw.plan_id, "改名额", hall.operator, hall.now)

    hall.void(draw)

    assert new_version(hall.session, draw.plan_id, "改名额", hall.operator, hall.now).number == 2


# -- what is secret, and what is published when ------------------------------------------------


def test_the_machine_share_stands_nowhere_in_clear_before_the_draw(hall: Hall) -> None:
    draw, chance = hall.promised(), a_chance()
    deadline = hall.now + 30 * MINUTE
    commit(hall.session, hall.desk(), draw.key, hall.ready(draw), chance, deadline)

    kept = b"".join(p.read_bytes() for p in hall.files.root.rglob("*") if p.is_file())
    written = str(draw.model_dump()) + str([e.model_dump() for e in trail.pending(hall.session)])

    assert chance.share.hex().encode() not in kept
    assert chance.share not in kept
    assert chance.share.hex() not in written
    assert str(chance.share) not in written


def test_a_sealed_share_opens_for_its_own_draw_only() -> None:
    chance = a_chance()
    sealed = SEAL.close(1, "digest", chance)

    assert SEAL.open(1, "digest", sealed) == chance.share.hex()
    strange = draw_seal_from("another secret of 32 signs or more")
    for seal, draw_id, digest in ((SEAL, 2, "digest"), (SEAL, 1, "other"), (strange, 1, "digest")):
        with pytest.raises(DrawKeyIsLost):
            seal.open(draw_id, digest, sealed)
    with pytest.raises(DrawKeyIsLost):
        SEAL.open(1, "digest", b"short")
    with pytest.raises(ValueError, match="random bytes"):
        Chance(b"too few", bytes(12))


def test_the_commitment_is_public_at_once_and_the_list_when_it_is_published(hall: Hall) -> None:
    draw = hall.committed()
    assert set(offered(hall.session, hall.files, draw, TODAY)) == set(AT_ONCE)

    open_reveals(hall.session, hall.desk(), draw.key)
    hall.give(draw)
    hold(hall.session, hall.desk(), draw.key)
    assert set(offered(hall.session, hall.files, draw, TODAY)) == set(AT_ONCE)

    publish(hall.session, hall.desk(), draw.key)
    assert {"certificate.json", "drawn.csv"} < set(offered(hall.session, hall.files, draw, TODAY))
    assert "sealed.secret" not in offered(hall.session, hall.files, draw, TODAY)


def test_a_sealed_list_opens_on_its_day_and_not_before(sealed: Hall) -> None:
    hall, draw = sealed, sealed.held()

    with pytest.raises(ListIsSealed):
        publish(hall.session, hall.desk(after=timedelta(days=29)), draw.key)
    assert set(offered(hall.session, hall.files, draw, TODAY)) == set(AT_ONCE)

    publish(hall.session, hall.desk(after=timedelta(days=30)), draw.key)
    assert "certificate.json" in offered(hall.session, hall.files, draw, OPENS)
    assert hall.certificate(draw)["commitment"]["ceremony"]["opens_on"] == "2026-04-01"


def test_the_public_files_hold_nothing_that_gives_a_sealed_list_away(sealed: Hall) -> None:
    """Whoever had the machine share could work the list out: it is in the certificate alone."""
    hall, draw = sealed, sealed.held()
    share = hall.certificate(draw)["contributions"][0]["value"]

    for name in offered(hall.session, hall.files, draw, TODAY):
        data = hall.paper(draw, name)
        assert share.encode() not in data
        assert (draw.seed or "").encode() not in data


def test_the_plan_says_whether_a_list_is_sealed(hall: Hall, sealed: Hall) -> None:
    for place, days in ((hall, [OPENS]), (sealed, [None, TODAY, TODAY - timedelta(days=1)])):
        for day in days:
            place.opens_on = day
            with pytest.raises(OpeningDayUnclear):
                place.announced()


# -- what the database holds -------------------------------------------------------------------


IMPOSSIBLE: list[dict[str, object]] = [
    {"seed": None},
    {"certificate_sha256": None},
    {"state": "revealing"},
    {"state": "announced"},
    {"state": "published"},
    {"state": "void"},
    {"commitment_digest": None},
    {"opened_at": None},
    {"number": 2},
    {"number": 0},
    {"seed": "short"},
]


def test_a_held_draw_cannot_become_what_it_is_not(hall: Hall) -> None:
    draw = hall.held()

    for change in IMPOSSIBLE:
        with pytest.raises(IntegrityError), hall.session.begin_nested():
            hall.session.exec(update(Draw).where(col(Draw.id) == draw.key).values(**change))


def test_rows_of_drawn_units_cannot_be_changed_or_removed(hall: Hall) -> None:
    draw = hall.held()
    unit = units_of(hall.session, draw.key)[0]

    with pytest.raises(DatabaseError, match="never changed or removed"):
        hall.session.exec(
            update(DrawnUnit).where(col(DrawnUnit.id) == unit.id).values(name="另一家")
        )


def test_two_draws_of_one_plan_cannot_both_count(hall: Hall) -> None:
    draw = hall.announced()

    redraw = {
        "id": None, "number": 2, "redraw_reason": DrawReason.ORDERED,
        "redraw_first": hall.operator.user_id, "redraw_second": hall.second.user_id,
    }  # fmt: skip
    hall.session.add(Draw(**(draw.model_dump() | redraw)))
    with pytest.raises(IntegrityError):
        hall.session.flush()


# -- words -------------------------------------------------------------------------------------


def test_every_fact_of_a_draw_has_its_words() -> None:
    def below(kind: type[Fact]) -> set[type[Fact]]:
        return {kind}.union(*(below(sub) for sub in kind.__subclasses__()))

    codes = {kind.code for kind in below(Fact) if kind.__module__.startswith("inspections")}

    assert "draw_must_be_held" in codes
    assert codes - FACTS.keys() == set()


def test_facts_are_said_in_plain_words(hall: Hall) -> None:
    draw = hall.promised()
    with pytest.raises(DrawIsElsewhere) as elsewhere:
        hold(hall.session, hall.desk(), draw.key)
    hall.commit(draw)
    open_reveals(hall.session, hall.desk(), draw.key)
    with pytest.raises(WitnessesFirst) as waiting:
        hold(hall.session, hall.desk(), draw.key)

    assert fact_words(elsewhere.value) == [
        "这次抽取现在是“已公布来源”，不能办理这一步。请刷新后再看。"
    ]
    assert fact_words(waiting.value) == [
        "见证人“见证人甲、见证人乙”还可以揭示。请等全部揭示，或者等揭示时限届满。"
    ]


def test_whatever_the_trail_keeps_of_a_draw_has_its_words(hall: Hall) -> None:
    draw = hall.held()
    hall.void(draw)
    hall.session.commit()

    events = trail.page(hall.session, trail.Search(noun="draw"))

    assert {event.action for event in events} <= words_trail.ACTIONS.keys()
    assert {name for e in events for name in e.after or {}} <= words_trail.FIELDS.keys()
    assert {event.actor_role for event in events} <= words_trail.ROLES.keys()
