"""Plans from draft to publication: two persons, one version at a time, nothing forgotten."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from core import trail
from core.database import unit_of_work
from core.roles import NATION, Scope, ScopeKind
from core.trail import SYSTEM, pending
from inspections.plan_content import CertainUnit, ExcludedUnit, PlanContent, Window
from inspections.plan_drafts import copy_plan, import_toml, rename, save
from inspections.plan_faults import PlanHasFaults
from inspections.plan_lists import PlanSearch, find_plans
from inspections.plan_reviews import (
    PlanIsDrawn,
    PlanReasonMissing,
    SecondPersonNeeded,
    VersionUnderWay,
    approve,
    freeze_version,
    new_version,
    release_version,
    send_back,
    submit,
    withdraw,
)
from inspections.plan_templates import TEMPLATES
from inspections.plan_toml import PlanFileFaults
from inspections.plans import (
    NoPerson,
    PlanChangedMeanwhile,
    PlanHeading,
    PlanIsElsewhere,
    PlanKind,
    PlanNotFound,
    PlanState,
    PlanVersion,
    get_plan,
    get_version,
    place_of,
    published_version,
    versions_of,
)
from tests.inspections.offices import NOON, PROVINCIAL, Office, open_office
from tests.storage import in_threads, url_of


@pytest.fixture
def office(session: Session, tmp_path: Path) -> Office:
    return open_office(session, tmp_path / "files")


# -- the way of a plan -------------------------------------------------------------------------


def test_a_plan_goes_from_draft_to_publication_by_two_persons(office: Office) -> None:
    version = office.published()

    assert version.state is PlanState.PUBLISHED
    assert version.submitted_by == office.planner.user_id
    assert version.approved_by == office.reviewer.user_id
    assert version.is_whole
    assert published_version(office.session, version.plan_id).key == version.key
    told = [event.action for event in pending(office.session) if event.noun == "plan"]
    assert told == ["plan.drafted", "plan.submitted", "plan.approved", "plan.published"]


def test_nobody_approves_his_own_plan(office: Office) -> None:
    version = office.submitted()

    with pytest.raises(SecondPersonNeeded):
        approve(office.session, version.key, version.revision, office.planner, NOON)
    with pytest.raises(SecondPersonNeeded):
        send_back(office.session, version.key, version.revision, "有误", office.planner, NOON)


def test_whoever_made_a_plan_does_not_approve_it_though_another_submitted_it(
    office: Office,
) -> None:
    version = office.draft()
    submit(office.session, version.key, version.revision, office.colleague, NOON)

    with pytest.raises(SecondPersonNeeded):
        approve(office.session, version.key, version.revision, office.planner, NOON)


def test_the_database_itself_refuses_that_somebody_approves_his_own_plan(office: Office) -> None:
    version = office.submitted()
    alone = update(PlanVersion).where(col(PlanVersion.id) == version.key)

    with pytest.raises(IntegrityError):
        office.session.exec(
            alone.values(state="approved", approved_by=version.submitted_by, approved_at=NOON)
        )


def test_a_plan_with_faults_cannot_be_submitted(office: Office) -> None:
    version = office.draft(office.sound(n=0, windows=()))

    with pytest.raises(PlanHasFaults) as caught:
        office.submit(version)

    at = {fault.at for fault in caught.value.faults}
    assert {"n", "fields", "windows"} <= at
    assert version.state is PlanState.DRAFT


def test_an_item_that_is_published_no_more_cannot_be_checked(office: Office) -> None:
    gone = office.item.model_copy(update={"entry_id": 999_999})
    edited = office.item.model_copy(update={"ratio": 7})

    for item, code in ((gone, "item_not_listed"), (edited, "item_changed")):
        with pytest.raises(PlanHasFaults) as caught:
            office.submitted(office.sound(check_items=(item,)))
        assert [fault.code for fault in caught.value.faults] == [code]


def test_a_returned_plan_is_mended_and_submitted_again(office: Office) -> None:
    version = office.submitted()
    send_back(office.session, version.key, version.revision, " 请补充依据 ", office.reviewer, NOON)

    assert (version.state, version.return_reason) == (PlanState.RETURNED, "请补充依据")
    mended = office.sound(legal_basis=("《检验检测机构监督管理办法》", "年度通知"))
    save(office.session, version.key, mended, version.revision, office.planner, NOON)
    assert version.state is PlanState.DRAFT
    assert office.approve(office.submit(version)).state is PlanState.APPROVED


def test_an_approved_plan_can_still_be_returned_but_not_edited(office: Office) -> None:
    version = office.approve(office.submitted())

    with pytest.raises(PlanIsElsewhere):
        save(office.session, version.key, office.sound(n=5), version.revision, office.planner, NOON)
    send_back(office.session, version.key, version.revision, "重报", office.reviewer, NOON)
    assert version.approved_by is None


@pytest.mark.parametrize("reason", ["", "  ", "长" * 501])
def test_a_return_needs_a_reason(office: Office, reason: str) -> None:
    version = office.submitted()

    with pytest.raises(PlanReasonMissing):
        send_back(office.session, version.key, version.revision, reason, office.reviewer, NOON)


def test_no_step_is_taken_twice_or_out_of_turn(office: Office) -> None:
    version = office.draft()
    for step in (office.approve, office.publish):
        with pytest.raises(PlanIsElsewhere):
            step(version)
    office.publish(office.approve(office.submit(version)))
    for step in (office.submit, office.approve, office.publish):
        with pytest.raises(PlanIsElsewhere):
            step(version)


def test_the_system_makes_no_plans(office: Office) -> None:
    version = office.submitted()

    with pytest.raises(NoPerson):
        approve(office.session, version.key, version.revision, SYSTEM, NOON)


# -- versions ----------------------------------------------------------------------------------


def test_a_change_after_publication_is_another_version_with_a_reason(office: Office) -> None:
    first = office.published()
    with pytest.raises(PlanReasonMissing):
        new_version(office.session, first.plan_id, "", office.planner, NOON)

    second = new_version(office.session, first.plan_id, "检查时段顺延", office.planner, NOON)
    later = office.sound(windows=(Window(first=date(2026, 10, 20), last=date(2026, 11, 20)),))
    later = later.changed(deadlines=())
    save(office.session, second.key, later, second.revision, office.planner, NOON)
    office.publish(office.approve(office.submit(second)))

    states = [(v.number, v.state) for v in versions_of(office.session, first.plan_id)]
    assert states == [(1, PlanState.SUPERSEDED), (2, PlanState.PUBLISHED)]
    assert first.content.first_day == date(2026, 10, 8)


def test_a_plan_has_one_version_on_its_way(office: Office) -> None:
    first = office.published()
    second = new_version(office.session, first.plan_id, "顺延", office.planner, NOON)

    with pytest.raises(VersionUnderWay):
        new_version(office.session, first.plan_id, "又一个", office.colleague, NOON)
    withdraw(office.session, second.key, second.revision, office.planner, NOON)
    third = new_version(office.session, first.plan_id, "又一个", office.colleague, NOON)
    assert third.number == 3


def test_a_version_that_a_draw_was_committed_to_stays_in_force(office: Office) -> None:
    first = office.published()
    second = new_version(office.session, first.plan_id, "顺延", office.planner, NOON)
    office.approve(office.submit(second))
    freeze_version(office.session, first.key, office.planner, NOON)

    with pytest.raises(PlanIsDrawn):
        office.publish(second)
    withdraw(office.session, second.key, second.revision, office.planner, NOON)
    with pytest.raises(PlanIsDrawn):
        new_version(office.session, first.plan_id, "顺延", office.planner, NOON)

    release_version(office.session, first.key, office.planner, NOON)
    assert new_version(office.session, first.plan_id, "顺延", office.planner, NOON).number == 3


def test_only_the_version_in_force_can_be_frozen(office: Office) -> None:
    with pytest.raises(PlanIsElsewhere):
        freeze_version(office.session, office.draft().key, office.planner, NOON)


def test_a_version_in_force_is_never_edited_and_shows_when_somebody_did(office: Office) -> None:
    version = office.published()
    with pytest.raises(PlanIsElsewhere):
        save(office.session, version.key, office.sound(n=5), version.revision, office.planner, NOON)

    forged = update(PlanVersion).where(col(PlanVersion.id) == version.key)
    office.session.exec(forged.values(body=office.sound(n=5).as_json()))
    office.session.expire(version)
    assert not version.is_whole


# -- two at once -------------------------------------------------------------------------------


def test_whoever_saves_over_anothers_change_is_told(office: Office) -> None:
    version = office.draft()
    seen = version.revision
    save(office.session, version.key, office.sound(reserves=2), seen, office.colleague, NOON)

    with pytest.raises(PlanChangedMeanwhile):
        save(office.session, version.key, office.sound(reserves=3), seen, office.planner, NOON)
    with pytest.raises(PlanChangedMeanwhile):
        withdraw(office.session, version.key, seen, office.planner, NOON)


def _begin_version(url: str, number: int) -> str:
    from core.database import connect
    from core.trail import Actor

    plan_id, user_id = json.loads(Path(url.partition("#")[2]).read_text())
    engine = connect(url.partition("#")[0])
    try:
        with unit_of_work(engine) as session:
            actor = Actor(user_id, "计划员", "national_planner")
            new_version(session, plan_id, f"第 {number} 人", actor, NOON)
    except VersionUnderWay:
        return "told"
    finally:
        engine.dispose()
    return "made"


def test_of_many_who_begin_a_version_at_once_one_does(engine: Engine, tmp_path: Path) -> None:
    with unit_of_work(engine) as session:
        office = open_office(session, tmp_path / "files")
        plan = office.published().plan_id
        who = office.planner.user_id
    note = tmp_path / "plan.json"
    note.write_text(json.dumps([plan, who]))

    done = in_threads(_begin_version, f"{url_of(engine)}#{note}", 6)

    assert sorted(done) == ["made"] + ["told"] * 5


# -- drafting ----------------------------------------------------------------------------------


def test_a_draft_may_be_anything_that_can_be_typed(office: Office) -> None:
    version = office.draft(PlanContent())

    assert version.content.name == "2026年演示数据计划"
    assert version.content == PlanContent(name="2026年演示数据计划")


def test_saving_what_is_there_already_leaves_no_event(office: Office) -> None:
    version = office.draft()
    before = len(pending(office.session))

    save(office.session, version.key, version.content, version.revision, office.planner, NOON)

    assert len(pending(office.session)) == before


def test_the_trail_names_what_was_changed(office: Office) -> None:
    version = office.draft()
    changed = office.sound(n=5, reserves=0)

    save(office.session, version.key, changed, version.revision, office.planner, NOON)

    event = pending(office.session)[-1]
    assert event.after is not None
    assert event.after["sections"] == ["n", "reserves"]


def test_last_years_plan_moves_by_a_year_and_forgets_single_units(office: Office) -> None:
    leap = office.sound(
        roster_day=date(2024, 2, 29),
        certain=(CertainUnit(unit_id="X"),),
        excluded=(ExcludedUnit(unit_id="Y"),),
        name="2024年抽查",
    )
    old = office.draft(leap, year=2024, title="2024年计划", document_no="演示〔2024〕1号")

    new = copy_plan(office.session, old.plan_id, 2025, office.colleague, NOON)

    plan = get_plan(office.session, new.plan_id)
    assert (plan.title, plan.year, plan.document_no) == ("2025年计划", 2025, "")
    assert plan.copied_from == old.plan_id
    assert new.content.name == "2025年抽查"
    assert new.content.roster_day == date(2025, 2, 28)
    assert (new.content.certain, new.content.excluded) == ((), ())
    assert new.content.fields == leap.fields


def test_a_plan_file_brings_quotas_and_leaves_the_procedure(office: Office) -> None:
    version = office.draft()
    file = 'name = "来自文件"\nn = 3\n[fields]\n"食品检验" = 3\n'.encode()

    import_toml(office.session, version.key, file, version.revision, office.planner, NOON)

    assert version.content.n == 3
    assert version.content.windows == office.sound().windows
    with pytest.raises(PlanFileFaults) as caught:
        import_toml(office.session, version.key, b"n = 0", version.revision, office.planner, NOON)
    assert "name" in str(caught.value.params["words"])


def test_a_title_can_be_mended_until_something_is_public(office: Office) -> None:
    version = office.draft()
    rename(office.session, version.plan_id, " 新名称 ", "演示〔2026〕2号", office.planner, NOON)
    assert get_plan(office.session, version.plan_id).title == "新名称"

    office.publish(office.approve(office.submit(version)))
    with pytest.raises(PlanIsElsewhere):
        rename(office.session, version.plan_id, "又一个", "", office.planner, NOON)


@pytest.mark.parametrize(
    "facts", [{"kind": "national", "region": "330000"}, {"kind": "provincial", "region": ""}]
)
def test_a_plan_is_the_nations_or_a_provinces(facts: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PlanHeading.model_validate({"year": 2026, "title": "计划", **facts})


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_template_needs_nothing_but_items_of_the_lists(office: Office, key: str) -> None:
    template = TEMPLATES[key]
    region = "330000" if template.kind is PlanKind.PROVINCIAL else ""
    heading, content = template.begin(2023, region)

    whole = content.changed(check_items=(office.item,), joint_items=(office.item,))
    with pytest.raises(PlanHasFaults) as caught:
        office.submitted(whole, **heading.model_dump())
    # in 2026 the year 2023 is over: that alone is wrong with them
    found = {fault.code for fault in caught.value.faults if not fault.at.startswith("joint")}
    assert found <= {"window_over", "roster_expired"}


# -- finding -----------------------------------------------------------------------------------


def test_a_province_sees_its_own_plans_and_what_is_public_of_others(office: Office) -> None:
    own = office.draft(**PROVINCIAL.model_dump())
    hidden = office.draft()
    public = office.published()
    zhejiang = Scope(ScopeKind.REGION, "330000")

    def seen(*scopes: Scope) -> set[int]:
        lines, total = find_plans(office.session, scopes, PlanSearch())
        assert total == len(lines)
        return {line.plan.key for line in lines}

    assert seen(zhejiang) == {own.plan_id, public.plan_id}
    assert seen(NATION) == {own.plan_id, hidden.plan_id, public.plan_id}
    assert seen() == {public.plan_id}


def test_a_stranger_sees_the_public_version_while_another_is_on_its_way(office: Office) -> None:
    first = office.published()
    second = new_version(office.session, first.plan_id, "顺延", office.planner, NOON)

    (theirs,), _ = find_plans(office.session, [], PlanSearch())
    (ours,), _ = find_plans(office.session, [NATION], PlanSearch())

    assert (theirs.version.key, ours.version.key) == (first.key, second.key)


def test_a_department_sees_the_plans_it_takes_part_in(office: Office) -> None:
    joint = office.draft(office.sound(departments=("水利部",)))
    office.draft()
    water = Scope(ScopeKind.DEPARTMENT, "水利部")

    lines, _ = find_plans(office.session, [water], PlanSearch())

    assert [line.plan.key for line in lines] == [joint.plan_id]
    place = place_of(office.session, get_plan(office.session, joint.plan_id))
    assert place.departments == {"国家市场监督管理总局", "水利部"}


def test_plans_are_found_by_year_kind_state_and_words(office: Office) -> None:
    old = office.draft(year=2024, title="2024年100%抽查", document_no="演示〔2024〕1号")
    new = office.submitted(title="2026年抽查")

    def found(**search: object) -> list[int]:
        lines, _ = find_plans(office.session, [NATION], PlanSearch(**search))  # type: ignore[arg-type]
        return [line.plan.key for line in lines]

    assert found() == [new.plan_id, old.plan_id]
    assert found(year=2024) == [old.plan_id]
    assert found(state=PlanState.SUBMITTED) == [new.plan_id]
    assert found(kind=PlanKind.JOINT) == []
    assert found(words="抽查 2024〕") == [old.plan_id]
    assert found(words="%") == [old.plan_id]


def test_what_is_not_there_is_not_found(office: Office) -> None:
    with pytest.raises(PlanNotFound):
        get_plan(office.session, 404)
    with pytest.raises(PlanNotFound):
        get_version(office.session, 404)
    with pytest.raises(PlanNotFound):
        published_version(office.session, office.draft().plan_id)


def test_the_whole_way_can_be_read_in_the_trail(office: Office) -> None:
    version = office.published()
    office.session.commit()

    found = trail.page(office.session, trail.Search(noun="plan"))
    assert [event.noun_id for event in found] == [str(version.plan_id)] * 4
    assert all(event.at == datetime(2026, 9, 21, 4, tzinfo=UTC) for event in found)
