"""An import as a whole: promised, applied once, told apart from what has changed, undone."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core import trail
from core.database import writing
from core.jobs import cancel
from core.roles import NATION, Scope, ScopeKind
from rosters.entries import Noun
from rosters.imports import results, steps
from rosters.imports.cases import Answer, CannotBeSo, decide_all
from rosters.imports.imports import (
    ImportNotFound,
    ImportState,
    NotNow,
    get_import,
    imports,
    resting,
)
from rosters.imports.matchings import remembered
from rosters.imports.papers import read_effects
from rosters.imports.plans import FOUND, SKIP, UNDECIDED, Grounds, same_as
from rosters.imports.steps import ImportHasFaults, NothingToUndo
from rosters.imports.working import read_file
from rosters.sheets.read import Unreadable
from rosters.statements import ChangeKind, get_change
from rosters.withdrawals import ChangedSince, withdraw
from tests.rosters.imports.desk import CLERK, NOW, Desk, Row, code, rows_of, silent

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    return Desk(session, tmp_path)


def roster(chance: Random, size: int) -> list[Row]:
    """Rows as a list of one province has them; some without a code, some with two certificates."""
    rows = []
    for number in range(size):
        certificates = [f"21001{number:03}{n:04}" for n in range(1, 1 + chance.randrange(3))]
        coded = certificates == [] or chance.random() < 0.8
        rows.append({
            "机构名称": f"演示第{number}检测有限公司",
            "统一社会信用代码": code(number) if coded else "",
            "省份": chance.choice(["浙江", "北京市", "四川省"]),
            "地址": chance.choice(["", f"演示路{number}号"]),
            "重点领域": chance.choice(["", "机动车检验", "食品检验、其他"]),
            "信用风险等级": chance.choice(["", "A", "D类"]),
            "证书编号": "、".join(certificates),
            "有效期至": "2028-05-01" if certificates else "",
            "联系人": chance.choice(["", "演示员"]),
            "联系电话": "",
        })  # fmt: skip
    return rows


def altered(chance: Random, rows: list[Row]) -> list[Row]:
    """The same list a year later."""
    kept = [dict(row) for row in rows if chance.random() < 0.8]
    for row in kept:
        if chance.random() < 0.5:
            row["地址"] = "演示新路1号"
        if chance.random() < 0.3 and row["证书编号"]:
            row["有效期至"] = "2034-05-01"
        if chance.random() < 0.3:
            row["联系人"], row["联系电话"] = "演示乙", "000-00000002"
    return kept + roster(chance, len(rows) + 3)[len(rows) :]


@pytest.mark.parametrize("seed", range(6))
def test_a_second_import_of_the_same_file_changes_nothing(desk: Desk, seed: int) -> None:
    rows = roster(Random(seed), 12)
    assert rows_of(desk.bring(rows)) == {"new": 12}
    before = desk.dump()

    again = desk.bring(rows)

    assert rows_of(again) == {"unchanged": 12}
    assert (again.state, again.change_id) == (ImportState.APPLIED, None)
    assert desk.dump() == before
    with pytest.raises(NothingToUndo):
        desk.undo(again.key)


@pytest.mark.parametrize("seed", range(6))
def test_an_undone_import_leaves_the_rosters_exactly_as_they_were(desk: Desk, seed: int) -> None:
    chance = Random(seed)
    rows = roster(chance, 25)
    desk.bring(rows)
    before = desk.dump()
    one = desk.bring(altered(chance, rows))
    assert desk.dump() != before

    desk.undo(one.key)

    assert desk.dump() == before
    assert desk.one(one.key).state == ImportState.UNDONE
    with pytest.raises(NotNow):
        desk.undo(one.key)


def test_an_import_is_one_change_with_its_file_and_reason(desk: Desk) -> None:
    one = desk.bring(roster(Random(1), 3))

    assert one.change_id is not None
    change = get_change(desk.session, one.change_id)
    assert (change.kind, change.source, change.reason) == (
        ChangeKind.IMPORT, "名录.csv", "年度核对",
    )  # fmt: skip
    desk.session.commit()
    told = [
        (event.action, event.actor_name)
        for event in trail.export(desk.session, trail.Search(noun="roster_import"))
    ]
    assert told == [
        ("import.uploaded", CLERK.name), ("import.previewed", "系统"),
        ("import.applied", CLERK.name),
    ]  # fmt: skip


def test_a_preview_changes_nothing(desk: Desk) -> None:
    before = desk.dump()

    one = desk.look(roster(Random(1), 5))

    assert desk.dump() == before
    assert one.counts["statements"]["institution.new"] == 5


def test_a_preview_shows_what_would_change_and_masks_who_can_be_called(desk: Desk) -> None:
    row = {"机构名称": "演示甲", "统一社会信用代码": code(1), "联系人": "演示员", "联系电话": ""}
    desk.bring([row | {"联系电话": "00000000001"}])

    one = desk.look([row | {"联系电话": "00000000002"}])

    (effect,) = read_effects(desk.store, one.effects_file)
    assert (effect["row"], effect["outcome"]) == (2, "changed")
    (wish,) = effect["wishes"]
    assert wish["before"] == {"phone": "000****0001"}
    assert wish["after"] == {"phone": "000****0002"}


# -- between preview and apply -----------------------------------------------------------------


def test_a_roster_that_has_changed_since_the_preview_is_looked_at_again(desk: Desk) -> None:
    row = {"机构名称": "演示甲检测公司", "统一社会信用代码": code(1), "地址": "演示路1号"}
    one = desk.look([row])
    desk.enter(Noun.INSTITUTION, name="演示甲检测公司", credit_code=code(1), address="旧路")

    one = desk.apply(one.key)

    assert one.state == ImportState.PREVIEWED
    assert one.counts["difference"]["new"] == [1, 0]
    assert one.counts["difference"]["changed"] == [0, 1]
    assert desk.all(Noun.INSTITUTION)[0].address == "旧路"
    assert rows_of(desk.apply(one.key)) == {"changed": 1}
    assert desk.all(Noun.INSTITUTION)[0].address == "演示路1号"


def test_a_change_elsewhere_does_not_hold_up_an_import(desk: Desk) -> None:
    one = desk.look([{"机构名称": "演示甲", "统一社会信用代码": code(1)}])
    desk.enter(Noun.INSTITUTION, name="演示乙", credit_code=code(2))

    assert desk.apply(one.key).state == ImportState.APPLIED


def test_an_import_that_others_have_built_upon_is_not_undone(desk: Desk) -> None:
    one = desk.bring([{"机构名称": "演示甲", "统一社会信用代码": code(1)}])
    (institution,) = desk.all(Noun.INSTITUTION)
    desk.change(Noun.INSTITUTION, institution.entry_id, address="演示路1号")

    with pytest.raises(ChangedSince):
        desk.undo(one.key)


def test_an_import_whose_change_was_withdrawn_by_hand_is_undone(desk: Desk) -> None:
    one = desk.bring([{"机构名称": "演示甲", "统一社会信用代码": code(1)}])
    assert one.change_id is not None

    withdraw(desk.session, one.change_id, CLERK, LATER, "导错文件")

    assert resting(desk.session, one) == ImportState.UNDONE
    with pytest.raises(NotNow):
        desk.undo(one.key)


def test_all_or_nothing_waits_for_the_last_decision(desk: Desk) -> None:
    desk.mode = desk.mode.ALL_OR_NOTHING
    entry = desk.enter(Noun.INSTITUTION, name="演示甲检测公司", credit_code=code(1))
    one = desk.look([{"机构名称": "演示甲检测公司", "地址": "演示路1号"}])
    with pytest.raises(ImportHasFaults):
        desk.apply(one.key)

    desk.decide(one.key, 2, same_as(entry))

    assert rows_of(desk.apply(one.key)) == {"changed": 1}


# -- decisions ---------------------------------------------------------------------------------


def twins(desk: Desk) -> tuple[int, list[int]]:
    """An import with three doubtful rows, and the entries they may speak of."""
    names = [f"演示第{n}检测公司" for n in range(3)]
    entries = [desk.enter(Noun.INSTITUTION, name=name) for name in names]
    return desk.look([{"机构名称": name, "地址": "演示路1号"} for name in names]).key, entries


def test_decisions_survive_another_preview(desk: Desk) -> None:
    number, entries = twins(desk)
    desk.decide(number, 2, same_as(entries[0]))
    desk.decide(number, 3, FOUND)

    again = desk.preview(number)

    assert rows_of(again) == {"new": 1, "changed": 1, "doubtful": 1}
    assert [case.decision for case in desk.cases(number)] == [
        Answer.CHANGED, Answer.NEW, Answer.DOUBTFUL,
    ]  # fmt: skip


def test_a_decision_can_be_taken_back(desk: Desk) -> None:
    number, entries = twins(desk)
    desk.decide(number, 2, same_as(entries[0]))

    desk.decide(number, 2, UNDECIDED)

    assert desk.case(number, 2).decided == UNDECIDED


def test_many_doubtful_rows_are_decided_at_once(desk: Desk) -> None:
    number, _ = twins(desk)
    desk.decide(number, 2, SKIP)

    done = decide_all(desk.session, number, Grounds.NAME_ONLY, same_as(0), CLERK, LATER)

    assert done == 2
    assert rows_of(desk.apply(number)) == {"changed": 2, "skipped": 1}


def test_a_row_is_not_given_to_somebody_who_is_no_candidate(desk: Desk) -> None:
    number, entries = twins(desk)

    with pytest.raises(CannotBeSo):
        desk.decide(number, 2, same_as(entries[1]))


def test_two_rows_given_to_one_institution_are_a_fault(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, name="演示甲检测公司", credit_code=code(1))
    rows = [{"机构名称": "演示甲检测公司", "统一社会信用代码": code(n)} for n in (2, 3)]
    one = desk.look(rows)
    for row in (2, 3):
        desk.decide(one.key, row, same_as(entry))

    applied = desk.apply(one.key)

    assert rows_of(applied) == {"changed": 1, "faulty": 1}


# -- columns -----------------------------------------------------------------------------------


def test_what_the_columns_of_a_source_mean_is_remembered(desk: Desk) -> None:
    rows = [{"机构名称": "演示甲", "省份": "浙江", "代码": code(1), "所在": "演示路1号"}]
    one = desk.look(rows)
    steps.match(
        desk.session, one.key, {"名录.csv": {3: "credit_code", 4: "address"}}, [], CLERK, NOW
    )
    desk.preview(one.key)
    desk.apply(one.key)
    assert len(remembered(desk.session, Noun.INSTITUTION)) == 1

    row = {"机构名称": "演示乙", "省份": "浙江", "代码": code(2), "所在": "演示路2号"}
    again = desk.look([row], "另一份.csv")
    desk.apply(again.key)

    assert [i.address for i in desk.all(Noun.INSTITUTION)] == ["演示路1号", "演示路2号"]


def test_a_file_that_is_no_table_is_refused_in_words(desk: Desk) -> None:
    number = desk.hand_in(b"<html>", "名录.xls")
    steps.ask_preview(desk.session, number, CLERK, NOW)
    task = results.task_of(desk.session, number, NOW)
    with pytest.raises(Unreadable) as why, desk.store.open(task.sha256) as file:
        read_file(task, file, silent)

    results.keep_refusal(desk.session, task, why.value, NOW)

    one = desk.one(number)
    assert (one.state, one.error_code) == (ImportState.FAILED, "roster_file_unreadable")


# -- who, and when -----------------------------------------------------------------------------


def test_a_province_sees_its_own_imports(desk: Desk) -> None:
    desk.look([{"机构名称": "演示甲", "统一社会信用代码": code(1)}])
    desk.scope = "330000"
    own = desk.look([{"机构名称": "演示乙", "统一社会信用代码": code(2)}])
    zhejiang = [Scope(ScopeKind.REGION, "330000")]

    assert [one.key for one in imports(desk.session, zhejiang).imports] == [own.key]
    assert imports(desk.session, [NATION]).total == 2
    with pytest.raises(ImportNotFound):
        get_import(desk.session, own.key, [Scope(ScopeKind.REGION, "110000")])


def test_an_import_whose_job_was_called_off_can_be_asked_for_again(desk: Desk) -> None:
    one = desk.look([{"机构名称": "演示甲", "统一社会信用代码": code(1)}])
    job = steps.ask_apply(desk.session, one.key, CLERK, NOW)
    with pytest.raises(NotNow):
        steps.ask_apply(desk.session, one.key, CLERK, NOW)

    cancel(desk.session, job.number, CLERK, NOW)

    assert resting(desk.session, desk.one(one.key)) == ImportState.PREVIEWED
    steps.ask_apply(desk.session, one.key, CLERK, NOW)


def test_what_was_given_up_is_not_applied(desk: Desk) -> None:
    one = desk.look([{"机构名称": "演示甲", "统一社会信用代码": code(1)}])

    steps.discard(desk.session, one.key, CLERK, NOW)

    with pytest.raises(NotNow):
        desk.apply(one.key)


def test_whoever_was_faster_with_a_code_is_noticed(engine: Engine, tmp_path: Path) -> None:
    with Session(writing(engine), expire_on_commit=False) as session:
        desk = Desk(session, tmp_path)
        one = desk.look([{"机构名称": "演示甲", "统一社会信用代码": code(1)}])
        desk.enter(Noun.INSTITUTION, name="演示甲", credit_code=code(1))
        session.commit()

        assert desk.apply(one.key).counts["difference"]["new"] == [1, 0]
