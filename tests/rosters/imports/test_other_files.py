"""Files of people, relations, records and lists: found by what identifies them."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from rosters.entries import TABLES, Noun
from rosters.imports.imports import NationalList
from rosters.imports.nouns import FORMS, NoSuchForm, form_of
from rosters.sheets.columns import Kind
from tests.rosters.imports.desk import Desk, Row, code, rows_of

CERTIFICATE, INSPECTOR = "210012340001", "演示-0001"


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    desk = Desk(session, tmp_path)
    desk.enter(Noun.INSTITUTION, name="演示甲检测公司", credit_code=code(1), region="330100")
    desk.enter(Noun.DEPARTMENT, name="演示省市场监督管理局", region="330000")
    desk.enter(Noun.INSPECTOR, name="演示员一", staff_no=INSPECTOR, region="330000")
    return desk


FILES: dict[Noun, Row] = {
    Noun.CERTIFICATE: {
        "资质认定证书编号": CERTIFICATE, "统一社会信用代码": code(1), "发证日期": "2022-5-1",
        "有效期至": "2028年4月30日", "能力范围": "机动车", "状态": "有效",
    },
    Noun.INSPECTOR: {
        "姓名": "演示员二", "工号": "演示-0002", "工作单位": "演示省市场监督管理局", "省份": "浙江",
        "籍贯": "江苏", "层级": "省级", "执法证号": "演证001", "执法证有效期至": "20270101",
        "领域": "食品检验", "可任组长": "是", "在岗状态": "在职", "手机": "000-00000003",
    },
    Noun.EXPERT: {
        "姓名": "演示专家", "专家编号": "演专-1", "工作单位": "演示大学", "职称": "高级工程师",
        "省份": "浙江省", "专业": "食品检验、其他", "评审员": "否",
    },
    Noun.RELATION: {
        "编号": INSPECTOR, "姓名": "演示员一", "企业名称": "演示甲检测公司", "关系": "持有股份",
        "起始日期": "2020.1.1",
    },
    Noun.FLAG: {
        "统一社会信用代码": code(1), "类型": "投诉", "日期": "2025-03-04", "来源": "演示热线",
        "问题描述": "演示数据",
    },
    Noun.PROFICIENCY_RESULT: {
        "机构名称": "演示甲检测公司", "项目编号": "演验-2025-1", "参数": "铅", "结论": "不合格",
        "日期": "2025/06/07",
    },
    Noun.CHECK_ITEM: {
        "编号": "1", "事项名称": "演示事项", "类别": "一般", "检查对象": "检验检测机构",
        "法律依据": "演示条款", "抽查比例": "5", "频次上限": "1", "检查方式": "现场",
    },
    Noun.JOINT_ITEM: {"编号": "1", "重点事项": "演示监管事项", "牵头部门": "演示局"},
    Noun.DEPARTMENT: {"单位名称": "演示市水利局", "类别": "水利", "省份": "浙江", "地市": "杭州"},
}  # fmt: skip


@pytest.mark.parametrize("noun", FILES)
def test_a_file_of_each_noun_enters_and_comes_again_without_effect(desk: Desk, noun: Noun) -> None:
    desk.noun = noun
    before = desk.dump()

    one = desk.bring([FILES[noun]])

    assert rows_of(one) == {"new": 1}, desk.told(one)
    assert desk.told(one) == []
    assert rows_of(desk.bring([FILES[noun]])) == {"unchanged": 1}
    desk.undo(one.key)
    assert desk.dump() == before


def test_every_form_has_an_example_here() -> None:
    assert FILES.keys() | {Noun.INSTITUTION} == FORMS.keys()


@pytest.mark.parametrize("noun", FORMS)
def test_every_column_is_explained_and_its_choices_are_values(noun: Noun) -> None:
    form = FORMS[noun]
    keys = [column.key for column in form.columns]

    assert len(set(keys)) == len(keys)
    for column in form.columns:
        assert column.help or column.choices, column.key
        if column.kind == Kind.CHOICE:
            assert (
                form.meanings.get(column.key, form.vocabularies.get(column.key)) or column.choices
            )
        assert {choice for _, choice in column.aliases} <= set(column.choices)


@pytest.mark.parametrize("noun", FORMS)
def test_every_fact_that_has_to_be_stated_has_a_column_or_a_reference(noun: Noun) -> None:
    form = FORMS[noun]
    needed = {name for name, one in form.facts.model_fields.items() if one.is_required()}
    references = {"institution_id", "person_id"}

    assert needed - references <= set(form.own)
    assert set(form.own) <= set(TABLES[noun].model_fields)


def test_a_noun_that_does_not_come_in_files_is_refused() -> None:
    with pytest.raises(NoSuchForm):
        form_of(Noun.SUCCESSION.value)


def test_a_certificate_keeps_its_institution_when_the_file_does_not_say(desk: Desk) -> None:
    desk.noun = Noun.CERTIFICATE
    desk.bring([FILES[Noun.CERTIFICATE]])

    one = desk.bring([{"证书编号": CERTIFICATE, "状态": "暂停"}])

    assert rows_of(one) == {"changed": 1}
    (held,) = desk.all(Noun.CERTIFICATE)
    assert (held.state.value, held.expires_on) == ("suspended", date(2028, 4, 30))


@pytest.mark.parametrize(
    ("noun", "row", "fault"),
    [
        (
            Noun.CERTIFICATE,
            {"证书编号": "210012340009", "发证机关": "演示局"},
            "institution_missing",
        ),
        (
            Noun.CERTIFICATE,
            {"证书编号": "210012340009", "机构名称": "演示丁"},
            "no_such_institution",
        ),
        (
            Noun.INSPECTOR,
            {"姓名": "演", "工号": "9", "所在部门": "演示无此局"},
            "no_such_department",
        ),
        (Noun.RELATION, FILES[Noun.RELATION] | {"编号": "无"}, "no_such_person"),
        (Noun.RELATION, FILES[Noun.RELATION] | {"姓名": "别人"}, "person_name_differs"),
        (Noun.RELATION, FILES[Noun.RELATION] | {"结束日期": "2019-1-1"}, "date_before"),
        (Noun.CHECK_ITEM, FILES[Noun.CHECK_ITEM] | {"抽查比例": "101"}, "not_accepted"),
    ],
)
def test_what_leads_nowhere_is_a_fault(desk: Desk, noun: Noun, row: Row, fault: str) -> None:
    desk.noun = noun

    one = desk.look([row])

    assert desk.told(one) == [(2, fault)]
    assert rows_of(one) == {"faulty": 1}


def test_a_certificate_does_not_change_hands_by_the_way(desk: Desk) -> None:
    desk.enter(Noun.INSTITUTION, name="演示乙检测公司", credit_code=code(2))
    desk.noun = Noun.CERTIFICATE
    desk.bring([FILES[Noun.CERTIFICATE]])

    one = desk.look([FILES[Noun.CERTIFICATE] | {"统一社会信用代码": code(2)}])

    assert desk.told(one) == [(2, "certificate_elsewhere")]


def test_two_rows_about_one_flag_are_a_fault(desk: Desk) -> None:
    desk.noun = Noun.FLAG

    one = desk.look([FILES[Noun.FLAG], FILES[Noun.FLAG] | {"问题描述": "另一种说法"}])

    assert desk.told(one) == [(3, "same_entry_twice")]


def test_a_province_enters_people_of_its_own_only(desk: Desk) -> None:
    desk.noun, desk.scope = Noun.EXPERT, "330000"
    row = {"姓名": "演示专家", "专家编号": "1", "省份": ""}

    one = desk.bring([row, row | {"专家编号": "2", "省份": "北京"}])

    assert desk.told(one) == [(3, "out_of_scope")]
    assert [expert.region for expert in desk.all(Noun.EXPERT)] == ["330000"]


def test_a_province_does_not_record_what_concerns_others(desk: Desk) -> None:
    desk.noun, desk.scope = Noun.FLAG, "110000"

    assert desk.told(desk.look([FILES[Noun.FLAG]])) == [(2, "out_of_scope")]


def test_a_national_list_is_no_matter_of_a_province(desk: Desk) -> None:
    desk.noun, desk.scope = Noun.CHECK_ITEM, "330000"

    with pytest.raises(NationalList):
        desk.hand_in([FILES[Noun.CHECK_ITEM]])
