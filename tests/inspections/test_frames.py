"""Frames: the same rosters give the same frame; nobody vanishes; every row can be proved."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from core.roles import NATION
from core.trail import pending
from inspections.exclusions import Source, exclusions
from inspections.frames import (
    DrawFrame,
    FrameIsDamaged,
    FrameKey,
    FrameNotFound,
    RosterDayAhead,
    UnitNotInFrame,
    build,
    excluded_of,
    frame_key_from,
    frames_of,
    get_frame,
    look,
    opened,
    prepared_of,
    proof_for_unit,
    public_proof,
    rows_of,
    write_down,
)
from inspections.grounds import RosterHasFaults, read_ground
from inspections.plan_content import (
    Automatic,
    CertainUnit,
    ExcludedUnit,
    ExclusionRule,
    Figures,
    PlanContent,
)
from inspections.plan_faults import PlanHasFaults
from inspections.plans import PlanIsElsewhere, PlanState, PlanVersion
from inspections.reasons import CertainReason, ExclusionReason
from rosters.editing import change, end, enter
from rosters.entries import Noun
from sampler import merkle, procedure
from tests.inspections.offices import (
    CARS,
    FOOD,
    LONG_AGO,
    NOON,
    PROVINCIAL,
    TODAY,
    Office,
    open_office,
)

KEY = frame_key_from("a secret of the tests, 32 signs or more")


@pytest.fixture
def office(session: Session, tmp_path: Path) -> Office:
    office = open_office(session, tmp_path / "files")
    office.institutions(6)
    office.institutions(6, fields="建筑工程", region="440100")
    return office


def frozen(office: Office, version: PlanVersion, **about: object) -> DrawFrame:
    return build(
        office.session, office.files, version.key, KEY, office.planner, NOON, **about  # type: ignore[arg-type]
    )  # fmt: skip


def left_out(office: Office, content: PlanContent) -> dict[str, ExclusionReason]:
    ground = read_ground(office.session, NATION, TODAY, 2026)
    return {one.unit_id: one.reason for one in exclusions(content, ground).left_out}


# -- freezing ----------------------------------------------------------------------------------


def test_unchanged_rosters_give_the_same_frame(office: Office) -> None:
    version = office.published()

    first, second = frozen(office, version), frozen(office, version)

    assert first.key == second.key
    assert (first.rows, first.eligible, first.excluded) == (12, 12, 0)
    assert frames_of(office.session, version.key) == [first]


def test_a_frame_is_worked_out_without_a_word_to_the_database_or_the_disk(
    office: Office, tmp_path: Path
) -> None:
    """Whoever writes need not wait while the rosters of the country are read."""
    version = office.published()
    office.session.commit()
    files = sorted(tmp_path.rglob("*"))

    found = look(office.session, version.key, KEY, NOON)

    assert not pending(office.session)
    assert not office.session.new
    assert frames_of(office.session, version.key) == []
    assert sorted(tmp_path.rglob("*")) == files
    frame = write_down(office.session, office.files, found, office.planner, NOON)
    assert (frame.root, frame.rows) == (found.root, found.units)


def test_a_version_replaced_while_the_rosters_were_read_is_not_frozen(office: Office) -> None:
    version = office.published()
    found = look(office.session, version.key, KEY, NOON)
    version.state = PlanState.SUPERSEDED
    office.session.add(version)
    office.session.flush()

    with pytest.raises(PlanIsElsewhere):
        write_down(office.session, office.files, found, office.planner, NOON)
    assert frames_of(office.session, version.key) == []


def test_any_change_of_a_cell_gives_another_root(office: Office) -> None:
    version = office.published()
    (some,) = office.institutions(1)
    first = frozen(office, version)

    rated = {"credit_class": "D", "class_reason": "投诉查实"}
    change(office.session, office.act, Noun.INSTITUTION, some, rated, TODAY)
    second = frozen(office, version)

    assert first.root != second.root
    assert first.rows_sha256 != second.rows_sha256
    assert frames_of(office.session, version.key) == [second, first]


def test_what_is_entered_later_with_an_earlier_effect_changes_no_frame(office: Office) -> None:
    version = office.published()
    frame, content = frozen(office, version), version.content
    before = rows_of(office.files, frame)

    office.institutions(3)

    assert rows_of(office.files, frame) == before
    assert len(prepared_of(office.files, frame, content).roster) == 12
    assert opened(office.files, frame, content, KEY).root == frame.root


def test_the_root_is_the_one_that_a_draw_commits_to(office: Office) -> None:
    version = office.published()
    frame = frozen(office, version)
    prepared = prepared_of(office.files, frame, version.content)

    committed = procedure.commit(
        prepared,
        procedure.chances(prepared),
        ["见证人甲", "见证人乙"],
        salt_key=KEY.of(frame),
        machine_share="0" * 64,
    )

    assert committed.frame.root == committed.data["frame"]["root"] == frame.root


def test_without_the_key_of_the_service_the_root_is_another(office: Office) -> None:
    version = office.published()
    frame = frozen(office, version)

    with pytest.raises(FrameIsDamaged):
        opened(office.files, frame, version.content, FrameKey(b"another key"))


def test_a_provinces_frame_holds_its_own_institutions(office: Office) -> None:
    heading = PROVINCIAL.model_dump()
    content = office.sound(n=2, fields=(), other=None)

    frame = frozen(office, office.published(content, **heading))

    assert frame.rows == 6
    rows = rows_of(office.files, frame).decode()
    assert "广东省" not in rows
    assert rows.count("浙江省") == 6


def test_only_a_published_plan_is_frozen_and_no_day_that_has_not_come(office: Office) -> None:
    with pytest.raises(PlanIsElsewhere):
        frozen(office, office.submitted())
    later = office.published(office.sound(roster_day=date(2026, 9, 22)), title="后来的计划")
    with pytest.raises(RosterDayAhead):
        frozen(office, later)


def test_rosters_without_anybody_cannot_be_frozen(session: Session, tmp_path: Path) -> None:
    office = open_office(session, tmp_path / "files")

    with pytest.raises(RosterHasFaults):
        frozen(office, office.published())


def test_a_frame_row_never_changes(office: Office) -> None:
    frame = frozen(office, office.published())

    with pytest.raises(DBAPIError):
        office.session.exec(
            update(DrawFrame).where(col(DrawFrame.id) == frame.key).values(root="0" * 64)
        )


def test_a_damaged_file_is_noticed(office: Office) -> None:
    version = office.published()
    frame = frozen(office, version)
    path = office.files.path(frame.rows_sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace("演示".encode(), "真实".encode()))

    with pytest.raises(FrameIsDamaged):
        prepared_of(office.files, frame, version.content)
    path.unlink()
    with pytest.raises(FrameIsDamaged):
        rows_of(office.files, frame)
    with pytest.raises(FrameNotFound):
        get_frame(office.session, 404)


# -- proofs ------------------------------------------------------------------------------------


def test_every_institution_can_be_shown_that_it_is_in_the_frame(office: Office) -> None:
    version = office.published()
    frame = frozen(office, version)
    whole = opened(office.files, frame, version.content, KEY)

    for unit_id in whole.unit_ids:
        proof = public_proof(whole, unit_id)
        assert json.loads(proof["line"])["public"]["unit_id"] == unit_id
        assert merkle.root_from_proof(proof["line"].encode(), proof["path"]) == frame.root


def test_only_the_institution_itself_sees_its_sealed_cells(office: Office) -> None:
    version = office.published()
    whole = opened(office.files, frozen(office, version), version.content, KEY)
    unit_id = whole.unit_ids[0]

    assert proof_for_unit(whole, unit_id)["sealed"]["credit_class"] == "B"
    assert "sealed" not in public_proof(whole, unit_id)
    assert "salt" not in public_proof(whole, unit_id)
    assert "credit_class" not in public_proof(whole, unit_id)["line"]
    with pytest.raises(UnitNotInFrame):
        public_proof(whole, "not there")


# -- who is left out ---------------------------------------------------------------------------


def test_whoever_does_no_business_is_left_out_with_the_reason(office: Office) -> None:
    (shut,) = office.institutions(1, standing="closed")

    found = left_out(office, office.sound())

    assert found == {office.code(shut): ExclusionReason.NOT_ACTIVE}
    assert left_out(office, office.sound(automatic=Automatic(not_active=False))) == {}


def test_a_void_certificate_cannot_be_checked_but_an_expired_one_can(office: Office) -> None:
    revoked, expired, none, doubled = office.institutions(4)
    certificate = {entry: office.certificate_of(entry) for entry in (revoked, expired, none)}
    for entry, facts in (
        (revoked, {"state": "revoked"}),
        (expired, {"issued_on": date(2020, 1, 1), "expires_on": date(2026, 1, 1)}),
    ):
        change(office.session, office.act, Noun.CERTIFICATE, certificate[entry], facts, LONG_AGO)
    end(office.session, office.act, Noun.CERTIFICATE, certificate[none], TODAY)
    # one that is valid is enough
    void_too = {"institution_id": doubled, "number": "演示作废", "state": "cancelled"}
    enter(office.session, office.act, Noun.CERTIFICATE, void_too, LONG_AGO)

    void = {
        office.code(revoked): ExclusionReason.NO_CERTIFICATE,
        office.code(none): ExclusionReason.NO_CERTIFICATE,
    }
    assert left_out(office, office.sound()) == void
    strict = office.sound(automatic=Automatic(expired_too=True))
    assert left_out(office, strict) == void | {office.code(expired): ExclusionReason.EXPIRED}


@pytest.mark.parametrize(("cap", "out"), [(0, False), (1, True), (2, True), (3, False)])
def test_whoever_was_checked_often_enough_this_year_is_left_out(
    office: Office, cap: int, out: bool
) -> None:
    (often,) = office.institutions(1)
    for day in (date(2026, 3, 1), date(2026, 6, 1), date(2025, 12, 31), date(2026, 12, 1)):
        facts = {"institution_id": often, "kind": "checked", "happened_on": day}
        enter(office.session, office.act, Noun.FLAG, facts, LONG_AGO)

    item = office.item.model_copy(update={"yearly_cap": cap})
    found = left_out(office, office.sound(check_items=(item,)))

    assert (office.code(often) in found) is out


def test_whoever_another_plan_has_drawn_is_left_out(office: Office) -> None:
    (elsewhere,) = office.institutions(1)
    version = office.published()

    frame = frozen(office, version, drawn_elsewhere={office.code(elsewhere): "省级计划"})

    (one,) = excluded_of(office.files, frame).left_out
    assert (one.unit_id, one.reason) == (office.code(elsewhere), ExclusionReason.DRAWN_ELSEWHERE)
    assert (one.note, one.source) == ("省级计划", Source.ROSTERS)
    assert (frame.rows, frame.excluded, frame.eligible) == (13, 1, 12)


def test_a_rule_of_the_plan_leaves_out_whom_it_describes(office: Office) -> None:
    (calm,) = office.institutions(1, credit_class="A")
    rule = ExclusionRule(where=(("credit_class", ("A",)),), reason=ExclusionReason.LOW_RISK)

    found = left_out(office, office.sound(exclusion_rules=(rule,)))

    assert found == {office.code(calm): ExclusionReason.LOW_RISK}


def test_whom_the_plan_names_comes_before_all_other_reasons(office: Office) -> None:
    (shut,) = office.institutions(1, standing="closed")
    named = ExcludedUnit(unit_id=office.code(shut), reason=ExclusionReason.MERGED_VISIT)

    found = left_out(office, office.sound(excluded=(named,)))

    assert found == {office.code(shut): ExclusionReason.MERGED_VISIT}


def test_a_certain_unit_is_never_left_out_by_a_rule_but_that_is_told(office: Office) -> None:
    (shut,) = office.institutions(1, standing="suspended")
    content = office.sound(
        certain=(CertainUnit(unit_id=office.code(shut), reason=CertainReason.FOLLOW_UP),)
    )
    version = office.published(content)

    frame = frozen(office, version)

    found = excluded_of(office.files, frame)
    assert found.left_out == ()
    assert [one.unit_id for one in found.overridden] == [office.code(shut)]


def test_those_outside_the_range_of_a_plan_are_not_listed_as_left_out(office: Office) -> None:
    office.institutions(1, level="provincial", standing="closed")

    assert left_out(office, office.sound(eligible=(("level", ("国家级",)),))) == {}


def test_nobody_vanishes(office: Office) -> None:
    office.institutions(2, standing="closed")
    office.institutions(2, level="provincial")
    content = office.sound(eligible=(("level", ("国家级",)),))
    frame = frozen(office, office.published(content))
    prepared = prepared_of(office.files, frame, content)

    kinds = [t.kind for t in prepared.typed.problem.types for _ in range(t.units)]
    assert len(kinds) == frame.rows == 16
    assert len(excluded_of(office.files, frame).left_out) == frame.excluded == 2


# -- faults that only plan and rosters show ----------------------------------------------------


def test_what_only_plan_and_rosters_show_is_told_at_its_field(office: Office) -> None:
    (car_tester,) = office.institutions(1, fields=CARS)
    content = office.sound(
        certain=(
            CertainUnit(unit_id="不在名录"),
            CertainUnit(unit_id=office.code(car_tester), field=FOOD),
        ),
        excluded=(ExcludedUnit(unit_id="也不在", reason=ExclusionReason.LOW_RISK),),
        ratios=Figures(by="credit_class", values=(("A", 1),), basis="依据"),  # type: ignore[arg-type]
        reveal_basis="已公布",
    )
    with pytest.raises(PlanHasFaults) as caught:
        frozen(office, office.published(content))

    assert {(fault.at, fault.code) for fault in caught.value.faults} == {
        ("certain.0.unit_id", "roster_unit_unknown"),
        ("certain.1.field", "roster_field_not_held"),
        ("excluded.0.unit_id", "roster_unit_unknown"),
        ("ratios", "roster_value_unlisted"),
    }
