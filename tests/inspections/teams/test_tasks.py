"""The task of the second draw: who can be sent where, by rules and by what the rosters know."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import Session

from inspections.draws import Draw
from inspections.teams.figures import fairness_of, loads_of, pairs_of
from inspections.teams.making import TaskDraft, TeamTaskHasFaults, draft_task, freeze_task
from inspections.teams.people import Span
from inspections.teams.rules import Shape, TeamRules, Territory
from inspections.teams.seats import Seat, entry_of
from inspections.teams.visits import plan_visits, visits_of
from rosters.departments import Trade
from rosters.entries import Noun
from sampler.teams.explanation import TeamsNotFeasible
from sampler.teams.rules import Rule
from sampler.teams.task import Inspector, SlotKind
from tests.inspections.offices import FOOD, LONG_AGO, NOON, PROVINCIAL
from tests.inspections.teams.corps import RULES, Corps, a_corps

TODAY = NOON.date()


@pytest.fixture
def corps(session: Session, tmp_path: Path) -> Corps:
    return a_corps(session, tmp_path)


def with_shape(**facts: object) -> TeamRules:
    return RULES.model_copy(update={"shape": Shape(**facts)})  # type: ignore[arg-type]


def drafted(corps: Corps, rules: TeamRules = RULES, listed: Draw | None = None) -> TaskDraft:
    listed = listed or corps.list_drawn()
    corps.rules(listed, rules, "调整")
    plan_visits(corps.session, listed.plan_id, corps.office.planner, NOON)
    return draft_task(corps.session, listed.plan_id, TODAY)


def person(draft: TaskDraft, entry: int) -> Inspector | None:
    return next((one for one in draft.task.inspectors if entry_of(one.id) == entry), None)


def barred(draft: TaskDraft, entry: int) -> set[tuple[int | None, Rule]]:
    """From which institutions, by which rule."""
    return {
        (draft.institutions[bar.visit].entry_id, bar.rule)
        for bar in draft.task.bars
        if entry_of(bar.inspector) == entry
    }


def drawn_by_role(seats: Sequence[Seat], role: str) -> set[int]:
    return {seat.person_id for seat in seats if seat.role == role}


# -- people ------------------------------------------------------------------------------------


def test_people_are_those_who_serve_today_as_the_rosters_have_them(corps: Corps) -> None:
    (one,) = corps.inspectors(1, ministry_no="部1", ministry_until=date(2031, 5, 1))
    (gone,) = corps.inspectors(1, duty="seconded")
    (nameless,) = corps.inspectors(1, province_no="")
    corps.says(
        Noun.LEAVE, inspector_id=one, first_day=date(2026, 10, 9), last_day=date(2026, 10, 12)
    )

    draft = drafted(corps)

    found = person(draft, one)
    assert found is not None
    assert found.certificate_until == date(2031, 5, 1)
    assert found.away == ((date(2026, 10, 9), date(2026, 10, 12)),)
    idle = person(draft, nameless)
    assert idle is not None
    assert (idle.certificate_until, idle.availability - found.availability) == (None, 4)
    assert person(draft, gone) is None


def test_days_away_are_counted_once_and_somebody_is_left_of_everybody() -> None:
    week = Span(date(2026, 10, 8), date(2026, 10, 14))
    first, second = (date(2026, 10, 1), date(2026, 10, 9)), (date(2026, 10, 9), date(2026, 10, 10))

    assert week.without(()) == 7
    assert week.without((first, second)) == 4
    assert week.without(((date(2026, 1, 1), date(2027, 1, 1)),)) == 1


def test_a_province_sends_its_own_people(corps: Corps) -> None:
    (own,) = corps.inspectors(1)
    (other,) = corps.inspectors(1, region="440000")
    listed = corps.list_drawn(**PROVINCIAL.model_dump())

    draft = drafted(corps, listed=listed)

    assert person(draft, own) is not None
    assert person(draft, other) is None


# -- recusal -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("relative", Rule.RECUSAL_RELATIVE), ("share", Rule.RECUSAL_SHARE),
     ("assessor", Rule.RECUSAL_ASSESSOR), ("declared", Rule.RECUSAL_DECLARED)],
)  # fmt: skip
def test_a_relation_bars_from_its_institution_and_from_no_other(
    corps: Corps, kind: str, rule: Rule
) -> None:
    (one,) = corps.inspectors(1)
    listed = corps.list_drawn(institutions=4)
    entry = corps.entries[0]
    corps.says(Noun.RELATION, person_id=one, institution_id=entry, kind=kind)

    assert barred(drafted(corps, listed=listed), one) == {(entry, rule)}


def test_a_former_employer_bars_for_the_years_of_the_plan(corps: Corps) -> None:
    lately, long_ago = corps.inspectors(2)
    listed = corps.list_drawn(institutions=4)
    entry = corps.entries[0]
    for one, end in ((lately, date(2023, 12, 1)), (long_ago, date(2023, 1, 1))):
        corps.says(
            Noun.RELATION, person_id=one, institution_id=entry, kind="former_employer",
            last_day=end,
        )  # fmt: skip

    draft = drafted(corps, listed=listed)

    assert barred(draft, lately) == {(entry, Rule.RECUSAL_FORMER_EMPLOYER)}
    assert barred(draft, long_ago) == set()


def test_a_relation_to_a_sister_under_the_same_parent_bars_too(corps: Corps) -> None:
    (one,) = corps.inspectors(1)
    listed = corps.list_drawn(institutions=4)
    sister, *_ = corps.office.institutions(1, parent="演示集团")
    entry = corps.entries[0]
    corps.changes(Noun.INSTITUTION, entry, LONG_AGO, parent="演示集团")
    corps.says(Noun.RELATION, person_id=one, institution_id=sister, kind="share")

    assert barred(drafted(corps, listed=listed), one) == {(entry, Rule.RECUSAL_SAME_PARENT)}


def test_a_relation_to_a_predecessor_is_one_to_its_successor(corps: Corps) -> None:
    (one,) = corps.inspectors(1)
    listed = corps.list_drawn(institutions=4)
    before, *_ = corps.office.institutions(1)
    entry = corps.entries[0]
    corps.says(
        Noun.SUCCESSION, predecessor_id=before, successor_id=entry, kind="merger",
        happened_on=date(2024, 1, 1),
    )  # fmt: skip
    corps.says(Noun.RELATION, person_id=one, institution_id=before, kind="relative")

    assert barred(drafted(corps, listed=listed), one) == {(entry, Rule.RECUSAL_RELATIVE)}


def test_an_expert_does_not_see_his_employer(corps: Corps) -> None:
    corps.inspectors(2)
    listed = corps.list_drawn(institutions=4)
    name = next(
        one.name
        for one in drafted(corps, listed=listed).institutions.values()
        if one.entry_id == corps.entries[0]
    )
    expert = corps.says(Noun.EXPERT, name="演示专家", expert_no="YZ1", employer=name)

    found = barred(draft_task(corps.session, listed.plan_id, TODAY), expert)

    assert found == {(corps.entries[0], Rule.RECUSAL_FORMER_EMPLOYER)}


def test_no_rule_is_ever_broken_by_a_draw(corps: Corps) -> None:
    people = corps.inspectors(10)
    listed = corps.list_drawn(institutions=4)
    for one, entry in zip(people, corps.entries, strict=False):
        corps.says(Noun.RELATION, person_id=one, institution_id=entry, kind="share")
    forbidden = set(zip(people, corps.entries, strict=False))

    teams = corps.teams_held(listed)

    draft = draft_task(corps.session, listed.plan_id, TODAY)
    sent = {
        (seat.person_id, draft.institutions[seat.slot.partition("/")[0]].entry_id)
        for seat in [*corps.drawn(teams)]
    }
    waiting = {
        (one, draft.institutions[seat.slot.partition("/")[0]].entry_id)
        for seat in corps.drawn(teams)
        for one in corps.waiting(teams, seat.slot)
    }
    assert forbidden & (sent | waiting) == set()


def test_nobody_visits_the_same_institution_twice_running(corps: Corps) -> None:
    corps.inspectors(16)
    first = corps.teams_held(corps.list_drawn(institutions=4))
    before = {
        (seat.person_id, draft.entry_id)
        for seat in corps.drawn(first)
        for draft in [draft_task(corps.session, first.plan_id, TODAY).institutions[seat.slot[:3]]]
    }
    listed = corps.list_drawn(institutions=0, title="2026年第二批")

    draft = drafted(corps, listed=listed)
    rotated = {
        (entry_of(bar.inspector), draft.institutions[bar.visit].entry_id)
        for bar in draft.task.bars
        if bar.rule is Rule.ROTATION
    }

    assert rotated == before
    still = RULES.model_copy(update={"rotation": False})
    assert drafted(corps, still, listed).task.bars == ()


def test_who_is_on_a_sealed_list_is_not_told_by_the_rotation_of_another_plan(
    corps: Corps,
) -> None:
    corps.inspectors(16)
    sealed = corps.list_drawn(institutions=4, opens_on=date(2026, 12, 1))
    corps.teams_held(sealed)
    last = max(visit.last_day for visit in visits_of(corps.session, sealed.key))
    listed = corps.list_drawn(institutions=0, title="2026年第二批")
    corps.frozen(listed)

    def rotated(day: date) -> set[str]:
        task = draft_task(corps.session, listed.plan_id, day).task
        return {bar.visit for bar in task.bars if bar.rule is Rule.ROTATION}

    assert rotated(TODAY) == set()
    # once they have been visited, rotation counts, sealed or not
    assert len(rotated(last + timedelta(days=1))) == 4


# -- shape and territory -----------------------------------------------------------------------


def test_each_partner_department_sends_an_officer_of_its_own(corps: Corps) -> None:
    corps.inspectors(10)
    office = corps.department("演示生态环境厅", "environment")
    partners = set(corps.inspectors(4, department_id=office))
    rules = with_shape(officers=2, partners=(Trade.ENVIRONMENT,))

    teams = corps.teams_held(corps.list_drawn(), rules)

    sent = drawn_by_role(corps.drawn(teams), "生态环境")
    assert sent <= partners
    assert (
        partners
        & (drawn_by_role(corps.drawn(teams), "组长") | drawn_by_role(corps.drawn(teams), "成员1"))
        == set()
    )


def test_experts_assist_in_the_number_fixed_beforehand(corps: Corps) -> None:
    corps.inspectors(10)
    experts = {
        corps.says(Noun.EXPERT, name=f"演示专家{n}", expert_no=f"YZ{n}", fields=FOOD)
        for n in range(6)
    }

    teams = corps.teams_held(corps.list_drawn(), with_shape(officers=2, experts=1))

    seats = [one for one in corps.drawn(teams) if one.kind is SlotKind.EXPERT]
    assert len(seats) == 4
    assert {one.person_id for one in seats} <= experts


def test_a_team_has_two_officers_at_least() -> None:
    with pytest.raises(ValidationError):
        Shape(officers=1)


def test_every_team_is_led_by_a_leader_and_knows_its_field(corps: Corps) -> None:
    leaders = set(corps.inspectors(6, fields="", leader=True))
    holders = set(corps.inspectors(6, leader=False))

    teams = corps.teams_held(corps.list_drawn())

    seats = corps.drawn(teams)
    assert drawn_by_role(seats, "组长") <= leaders
    draft = draft_task(corps.session, teams.plan_id, TODAY)
    asked = {slot.id for slot in draft.task.slots if slot.field == FOOD}
    assert len(asked) == 2
    assert {one.person_id for one in seats if one.slot in asked} <= holders


TERRITORIES = {
    # the institutions are in Zhejiang; 31 and 44 are Shanghai and Guangdong
    Territory.LOCAL: ({"330000"}, {"330000"}),
    Territory.AWAY: ({"310000", "440000"}, {"310000", "440000"}),
    Territory.MIXED: ({"310000", "440000"}, {"330000"}),
}


@pytest.mark.parametrize("territory", Territory)
def test_leader_and_members_come_from_where_the_plan_says(
    corps: Corps, territory: Territory
) -> None:
    regions: dict[int, str] = {}
    for region in ("330000", "310000", "440000"):
        regions |= dict.fromkeys(corps.inspectors(8, region=region), region)
    listed = corps.list_drawn(institutions=6)
    for entry in corps.entries:
        corps.changes(Noun.INSTITUTION, entry, LONG_AGO, level="provincial")
    rules = RULES.model_copy(update={"territory": territory})

    seats = corps.drawn(corps.teams_held(listed, rules))

    leaders, members = TERRITORIES[territory]
    assert {regions[one] for one in drawn_by_role(seats, "组长")} <= leaders
    assert {regions[one] for one in drawn_by_role(seats, "成员1")} <= members


def test_provinces_of_a_cooperating_region_exchange_their_people(corps: Corps) -> None:
    partners = set(corps.inspectors(8, region="310000"))
    corps.inspectors(8, region="440000")
    rules = RULES.model_copy(update={"territory": Territory.AWAY, "cooperation": ("长三角",)})

    teams = corps.teams_held(corps.list_drawn(), rules)

    assert {seat.person_id for seat in corps.drawn(teams)} <= partners
    with pytest.raises(ValidationError):
        TeamRules(cooperation=("湾区",))


# -- what is wrong -----------------------------------------------------------------------------


def test_what_is_wrong_is_told_before_anything_is_frozen(corps: Corps) -> None:
    listed = corps.list_drawn()
    for entry in corps.entries:
        corps.changes(Noun.INSTITUTION, entry, LONG_AGO, region="")
    corps.rules(listed)

    with pytest.raises(TeamTaskHasFaults) as refused:
        freeze_task(corps.session, corps.office.files, listed.plan_id, corps.office.planner, NOON)

    assert {fault.code for fault in refused.value.faults} == {"region_unknown", "nobody_to_send"}


def test_too_few_people_are_explained_when_chances_are_asked_for(corps: Corps) -> None:
    corps.inspectors(3, leader=False)
    teams = corps.teams_announced(corps.list_drawn())

    with pytest.raises(TeamsNotFeasible, match="组长"):
        corps.first.ready(teams)


# -- figures -----------------------------------------------------------------------------------


def test_loads_promised_and_real_agree_and_add_up(corps: Corps) -> None:
    corps.inspectors(10)
    teams = corps.teams_held(corps.list_drawn())
    files = corps.office.files

    loads = loads_of(corps.session, files, teams, TODAY)

    assert sum(line.expected for line in loads.by_person.values()) == 8
    assert all(abs(line.drawn - line.expected) < 1 for line in loads.by_person.values())
    for lines in (loads.by_department, loads.by_province):
        (line,) = lines
        assert line.expected == line.drawn == line.now == 8
    pairs = pairs_of(corps.session, files, teams, TODAY)
    assert sum(pair.times for pair in pairs) == 4
    report = fairness_of(corps.session, files, teams)
    assert (report.slots, report.unfilled, report.stand_ins) == (8, 0, {})
    assert 0 < report.least <= report.most
