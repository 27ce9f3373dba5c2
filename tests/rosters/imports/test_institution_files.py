"""Files of institutions: whom a row speaks of, what it states, what it leaves alone."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from rosters.entries import Noun
from rosters.imports.imports import Mode
from rosters.imports.plans import FOUND, SKIP, Grounds, same_as
from rosters.imports.steps import ImportHasFaults
from rosters.timeline import PRESENT
from tests.rosters.imports.desk import DAY, Desk, code, rows_of


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    return Desk(session, tmp_path)


FULL = {
    "企业名称": "演示甲检测有限公司",
    "统一社会信用代码": code(1),
    "机构类型": "企业法人",
    "省份": "浙江",
    "城市": "杭州市",
    "重点领域": "机动车检验、食品检验",
    "信用风险等级": "B",
    "证书编号": "210012340001、210012340002",
    "有效期至": "2027-04-30",
    "国家质检中心": "国家演示产品质量检验检测中心",
    "联系人": "演示员",
    "联系电话": "000-00000001",
    "备注": "演示数据",
}  # fmt: skip


def test_a_row_is_an_institution_with_its_certificates_centres_and_people(desk: Desk) -> None:
    one = desk.bring([FULL])

    assert rows_of(one) == {"new": 1}
    (institution,) = desk.all(Noun.INSTITUTION)
    assert institution.name == "演示甲检测有限公司"
    assert (institution.region, institution.credit_class.value) == ("330100", "B")
    assert institution.fields == "机动车检验|食品检验"
    held = desk.all(Noun.CERTIFICATE)
    assert [certificate.number for certificate in held] == ["210012340001", "210012340002"]
    assert {certificate.expires_on for certificate in held} == {date(2027, 4, 30)}
    (centre,), (contact,) = desk.all(Noun.QI_CENTRE), desk.all(Noun.CONTACT)
    belongings = {centre.institution_id, contact.institution_id, held[0].institution_id}
    assert belongings == {institution.entry_id}
    assert (centre.name, contact.phone) == ("国家演示产品质量检验检测中心", "000-00000001")


def test_rows_of_one_institution_with_a_certificate_each_are_one_institution(desk: Desk) -> None:
    rows = [
        {"机构名称": "演示甲", "统一社会信用代码": code(1), "证书编号": number, "有效期至": day,
         "地址": address}
        for number, day, address in (
            ("210012340001", "2027-01-31", ""), ("210012340002", "2028-01-31", "演示路1号"),
        )
    ]  # fmt: skip

    one = desk.bring(rows)

    assert rows_of(one) == {"new": 2}
    (institution,) = desk.all(Noun.INSTITUTION)
    assert institution.address == "演示路1号"
    ends = [certificate.expires_on for certificate in desk.all(Noun.CERTIFICATE)]
    assert ends == [date(2027, 1, 31), date(2028, 1, 31)]


def test_a_row_that_names_the_province_alone_leaves_the_city_alone(desk: Desk) -> None:
    desk.enter(Noun.INSTITUTION, name="演示甲", credit_code=code(1), region="330100")

    one = desk.bring([{"机构名称": "演示甲", "统一社会信用代码": code(1), "省份": "浙江"}])
    assert rows_of(one) == {"unchanged": 1}
    desk.bring([{"机构名称": "演示甲", "统一社会信用代码": code(1), "省份": "江苏"}])

    (institution,) = desk.all(Noun.INSTITUTION)
    assert institution.region == "320000"


def test_what_is_told_of_nobody_is_reminded_of_and_keeps_no_row_out(desk: Desk) -> None:
    named = {"机构名称": "演示甲", "统一社会信用代码": code(1)}
    row = {
        **named,
        "证书编号": "",
        "有效期至": "2027-04-30",
        "联系人": "",
        "联系电话": "000-00000001",
    }

    one = desk.bring([row])

    assert rows_of(one) == {"new": 1}
    assert [(fault.code, fault.label) for fault in desk.faults(one).kept] == [
        ("stray_value", "有效期至"), ("stray_value", "联系电话"),
    ]  # fmt: skip


def test_a_column_that_the_file_has_not_leaves_the_fact_alone(desk: Desk) -> None:
    entry = desk.enter(
        Noun.INSTITUTION, name="演示甲", credit_code=code(1), address="演示路1号", credit_class="C"
    )

    desk.bring([{"机构名称": "演示甲", "统一社会信用代码": code(1), "地址": "", "信用等级": "D类"}])

    (institution,) = desk.all(Noun.INSTITUTION)
    assert institution.entry_id == entry
    assert (institution.address, institution.credit_class.value) == ("演示路1号", "D")


def test_an_empty_cell_takes_a_fact_away_only_if_that_was_chosen(desk: Desk) -> None:
    desk.enter(
        Noun.INSTITUTION, name="演示甲", credit_code=code(1), address="演示路1号", parent="乙"
    )
    desk.clear = True

    desk.bring([{"机构名称": "演示甲", "统一社会信用代码": code(1), "地址": ""}])

    (institution,) = desk.all(Noun.INSTITUTION)
    assert (institution.address, institution.parent) == ("", "乙")


def test_certificates_that_a_row_does_not_name_stay(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, name="演示甲", credit_code=code(1))
    desk.enter(Noun.CERTIFICATE, institution_id=entry, number="210012340001")

    desk.bring([{"机构名称": "演示甲", "统一社会信用代码": code(1), "证书编号": "210012340002"}])

    numbers = [certificate.number for certificate in desk.all(Noun.CERTIFICATE)]
    assert numbers == ["210012340001", "210012340002"]


def test_a_change_holds_from_the_day_that_was_chosen(desk: Desk) -> None:
    desk.enter(Noun.INSTITUTION, name="演示甲", credit_code=code(1))
    desk.day = date(2026, 6, 1)

    desk.bring([{"机构名称": "演示甲检测公司", "统一社会信用代码": code(1)}])

    assert desk.all(Noun.INSTITUTION, date(2026, 5, 31))[0].name == "演示甲"
    assert desk.all(Noun.INSTITUTION, date(2026, 6, 1))[0].name == "演示甲检测公司"


# -- whom a row speaks of ----------------------------------------------------------------------


def test_a_row_without_a_code_is_found_by_its_certificate(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, name="演示甲检测有限公司", credit_code=code(1))
    desk.enter(Noun.CERTIFICATE, institution_id=entry, number="210012340001")

    one = desk.bring(
        [{"机构名称": "演示甲检测公司", "证书编号": "210012340001", "地址": "演示路1号"}]
    )

    assert rows_of(one) == {"changed": 1}
    (institution,) = desk.all(Noun.INSTITUTION)
    assert (institution.name, institution.address) == ("演示甲检测公司", "演示路1号")


def test_an_old_registration_number_finds_who_has_no_code_yet(desk: Desk) -> None:
    desk.enter(Noun.INSTITUTION, name="演示甲检测有限公司", registration_no="330100000012345")

    one = desk.bring(
        [{"机构名称": "演示甲检测有限公司", "注册号/统一社会信用代码": "330100000012345",
          "登记机关": "演示局"}]
    )  # fmt: skip

    assert rows_of(one) == {"changed": 1}
    (institution,) = desk.all(Noun.INSTITUTION)
    assert (institution.credit_code, institution.registrar) == ("", "演示局")


def doubtful(desk: Desk, **row: str) -> tuple[int, Grounds, tuple[int, ...]]:
    one = desk.look([{"机构名称": "演示甲检测有限公司", **row}])
    assert rows_of(one) == {"doubtful": 1}
    (case,) = desk.cases(one.key)
    return one.key, case.grounds, tuple(case.candidates)


def test_a_mere_name_is_not_enough_to_change_an_institution(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, name="演示甲检测有限公司", credit_code=code(1))

    number, grounds, candidates = doubtful(desk, 地址="演示路1号")

    assert (grounds, candidates) == (Grounds.NAME_ONLY, (entry,))
    assert rows_of(desk.apply(number)) == {"doubtful": 1}
    assert desk.all(Noun.INSTITUTION)[0].address == ""


def test_a_renamed_institution_is_found_by_its_old_name(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, date(2020, 1, 1), name="演示甲检测有限公司")
    desk.change(Noun.INSTITUTION, entry, date(2024, 1, 1), name="演示乙检测集团")

    _, grounds, candidates = doubtful(desk, 地址="演示路1号")

    assert (grounds, candidates) == (Grounds.NAME_ONLY, (entry,))


def test_one_code_with_two_names_far_apart_is_doubtful(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, name="西湖水质研究院", credit_code=code(1))

    number, grounds, candidates = doubtful(desk, 统一社会信用代码=code(1))

    assert (grounds, candidates) == (Grounds.NAME_FAR, (entry,))
    desk.decide(number, 2, same_as(entry))
    desk.apply(number)
    assert desk.all(Noun.INSTITUTION)[0].name == "演示甲检测有限公司"


def test_one_name_with_two_codes_is_doubtful(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, name="演示甲检测有限公司", credit_code=code(1))

    number, grounds, candidates = doubtful(desk, 统一社会信用代码=code(2))

    assert (grounds, candidates) == (Grounds.CODE_DIFFERS, (entry,))
    desk.decide(number, 2, FOUND)
    desk.apply(number)
    assert [i.credit_code for i in desk.all(Noun.INSTITUTION)] == [code(1), code(2)]


def test_a_certificate_of_another_institution_is_doubtful(desk: Desk) -> None:
    owner = desk.enter(Noun.INSTITUTION, name="演示乙检测有限公司", credit_code=code(2))
    desk.enter(Noun.CERTIFICATE, institution_id=owner, number="210012340001")
    entry = desk.enter(Noun.INSTITUTION, name="演示甲检测有限公司", credit_code=code(1))

    number, grounds, candidates = doubtful(desk, 统一社会信用代码=code(1), 证书编号="210012340001")

    assert (grounds, candidates) == (Grounds.CERTIFICATE_ELSEWHERE, (entry,))
    desk.decide(number, 2, same_as(entry))
    desk.apply(number)
    assert [c.institution_id for c in desk.all(Noun.CERTIFICATE)] == [entry]


def test_an_old_number_of_who_has_a_code_by_now_is_doubtful(desk: Desk) -> None:
    entry = desk.enter(
        Noun.INSTITUTION,
        name="演示甲检测有限公司", credit_code=code(1), registration_no="330100000012345",
    )  # fmt: skip

    _, grounds, candidates = doubtful(desk, 统一社会信用代码="330100000012345", 地址="演示路1号")

    assert (grounds, candidates) == (Grounds.OLD_NUMBER, (entry,))


def test_the_code_of_a_merged_body_leads_to_whom_it_went_on_in(desk: Desk) -> None:
    heir = desk.enter(Noun.INSTITUTION, date(2020, 1, 1), name="演示乙", credit_code=code(2))
    entry = desk.enter(Noun.INSTITUTION, date(2020, 1, 1), name="演示甲", credit_code=code(1))
    desk.change(Noun.INSTITUTION, entry, date(2024, 1, 1), **{PRESENT: False})
    desk.enter(
        Noun.SUCCESSION, date(2024, 1, 1), predecessor_id=entry, successor_id=heir,
        kind="merger", happened_on=date(2024, 1, 1),
    )  # fmt: skip

    _, grounds, candidates = doubtful(desk, 统一社会信用代码=code(1))

    assert (grounds, candidates) == (Grounds.ENDED, (heir,))


def test_doubt_about_a_row_that_says_nothing_new_is_nobodys_concern(desk: Desk) -> None:
    desk.enter(Noun.INSTITUTION, name="演示甲检测有限公司", credit_code=code(1))

    assert rows_of(desk.look([{"机构名称": "演示甲检测有限公司"}])) == {"unchanged": 1}


def test_a_row_that_is_to_be_left_out_is_left_out(desk: Desk) -> None:
    desk.enter(Noun.INSTITUTION, name="演示甲检测有限公司", credit_code=code(1))
    number, _, _ = doubtful(desk, 地址="演示路1号")

    desk.decide(number, 2, SKIP)

    assert rows_of(desk.apply(number)) == {"skipped": 1}


def test_two_rows_that_nothing_tells_apart_are_a_fault(desk: Desk) -> None:
    one = desk.look([{"机构名称": "演示甲", "地址": "一"}, {"机构名称": "演示甲", "地址": "二"}])

    assert desk.told(one) == [(3, "name_twice")]


def test_two_rows_about_one_institution_of_the_roster_are_a_fault(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, name="演示甲检测公司", credit_code=code(1))
    desk.enter(Noun.CERTIFICATE, institution_id=entry, number="210012340001")
    row = {
        "机构名称": "演示甲检测公司",
        "统一社会信用代码": "",
        "证书编号": "",
        "地址": "演示路1号",
    }

    one = desk.look([
        row | {"统一社会信用代码": code(1)},
        row | {"证书编号": "210012340001", "机构名称": "演示甲检测有限公司"},
    ])  # fmt: skip

    assert desk.told(one) == [(3, "same_entry_twice")]


def test_a_row_for_each_certificate_needs_the_code_only_once(desk: Desk) -> None:
    rows = [
        {"机构名称": name, "统一社会信用代码": number, "证书编号": certificate, "有效期至": end}
        for name, number, certificate, end in (
            ("演示甲", "", "210012340001", "2027-01-31"),
            ("演示甲", code(1), "210012340002", "2028-01-31"),
            ("演示乙", "", "210012340003", "2029-01-31"),
            ("演示乙", "", "210012340004", "2030-01-31"),
        )
    ]

    one = desk.bring(rows)

    assert (rows_of(one), desk.told(one)) == ({"new": 4}, [])
    assert [i.name for i in desk.all(Noun.INSTITUTION)] == ["演示甲", "演示乙"]
    held = desk.all(Noun.CERTIFICATE)
    assert [c.expires_on.year for c in held] == [2027, 2028, 2029, 2030]
    assert rows_of(desk.bring(rows)) == {"unchanged": 4}


# -- what may not be ---------------------------------------------------------------------------


def test_a_province_imports_its_own_rows_only(desk: Desk) -> None:
    desk.enter(Noun.INSTITUTION, name="演示乙检测公司", credit_code=code(2), region="110000")
    desk.scope = "330000"
    row = {"机构名称": "", "统一社会信用代码": "", "省份": ""}

    one = desk.bring([
        row | {"机构名称": "演示甲检测公司", "统一社会信用代码": code(1)},
        row | {"机构名称": "演示乙检测公司", "统一社会信用代码": code(2)},
        row | {"机构名称": "演示丙检测公司", "统一社会信用代码": code(3), "省份": "北京市"},
    ])  # fmt: skip

    assert desk.told(one) == [(3, "out_of_scope"), (4, "out_of_scope")]
    assert {i.name: i.region for i in desk.all(Noun.INSTITUTION)} == {
        "演示甲检测公司": "330000",
        "演示乙检测公司": "110000",
    }


def test_a_province_does_not_learn_whom_others_know_by_that_name(desk: Desk) -> None:
    desk.enter(Noun.INSTITUTION, name="演示甲检测公司", region="110000")
    desk.scope = "330000"

    assert rows_of(desk.look([{"机构名称": "演示甲检测公司", "地址": "演示路1号"}])) == {"new": 1}


def test_an_end_before_the_known_beginning_is_a_fault(desk: Desk) -> None:
    entry = desk.enter(Noun.INSTITUTION, name="演示甲", credit_code=code(1))
    desk.enter(
        Noun.CERTIFICATE, institution_id=entry, number="210012340001", issued_on=date(2025, 1, 1)
    )

    one = desk.look(
        [{"机构名称": "演示甲", "统一社会信用代码": code(1), "证书编号": "210012340001",
          "有效期至": "2024-12-31"}]
    )  # fmt: skip

    assert desk.told(one) == [(2, "date_before_known")]
    assert desk.faults(one).kept[0].letter == "D"


@pytest.mark.parametrize("mode", Mode)
def test_one_fault_keeps_out_its_row_or_everything_as_was_chosen(desk: Desk, mode: Mode) -> None:
    desk.mode = mode
    row = {"机构名称": "演示甲", "统一社会信用代码": code(1)}
    one = desk.look([row, {"机构名称": "演示乙", "统一社会信用代码": code(2)[:-1] + "O"}])
    assert rows_of(one) == {"new": 1, "faulty": 1}

    if mode == Mode.ALL_OR_NOTHING:
        with pytest.raises(ImportHasFaults):
            desk.apply(one.key)
        assert desk.all(Noun.INSTITUTION) == []
    else:
        desk.apply(one.key)
        assert [i.name for i in desk.all(Noun.INSTITUTION, DAY)] == ["演示甲"]
