"""What is looked at before an import is written: its faults, its columns, its doubtful rows."""

import io
import re
from collections.abc import Mapping

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rosters.entries import Noun
from rosters.imports.imports import Mode, RosterImport
from rosters.imports.matchings import told
from rosters.imports.nouns import FORMS
from rosters.sheets.columns import How, Match, Matching
from tests.core.people import NOW
from tests.rosters.imports.desk import code
from tests.web.import_desk import GOOD, Desk, enter, row
from tests.web.people import Service
from tests.web.rosters import TODAY
from tests.web.visits import words
from web.rosters import import_matching


@pytest.fixture
def desk(service: Service) -> Desk:
    return Desk(service)


# -- faults -------------------------------------------------------------------------------------

DIRTY = (
    GOOD,
    row(机构名称="演示丁检测有限公司", 统一社会信用代码=code(4)[:-2]),
    row(机构名称="演示戊检测有限公司", 统一社会信用代码=code(5), 省份="江苏省"),
    row(机构名称="", 统一社会信用代码=code(6)),
    row(机构名称="演示己检测有限公司", 统一社会信用代码=code(7), 联系电话="不详"),
)


def test_faults_are_told_with_their_place_and_what_is_allowed(desk: Desk) -> None:
    page = words(desk.preview(*DIRTY))
    assert "发现 3 处错误" in page
    assert "3 有错误" in page

    listed = words(desk.page("/faults"))
    assert f"{code(4)[:-2]} 错误 统一社会信用代码应为 18 位" in listed
    assert "不在您的管辖范围" in listed
    only = words(desk.page("/faults?kind=required"))
    assert "必填项是空的，请填写机构名称" in only
    assert "应为 18 位" not in only

    table = desk.browser.get(f"{desk.at}/faults.csv").get_data().decode("utf-8-sig")
    assert table.count("\r\n") == 1 + 4
    assert "提醒" in table


def test_the_workbook_comes_back_marked(desk: Desk) -> None:
    desk.preview(*DIRTY)

    with desk.browser.get(f"{desk.at}/marked.xlsx") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))

    assert book.sheetnames[0] == "问题清单"
    marked = book.worksheets[1].cell(3, 2)
    assert marked.value == code(4)[:-2]
    assert marked.comment is not None
    assert "应为 18 位" in marked.comment.text


def test_one_fault_keeps_all_out_if_that_was_chosen_until_somebody_thinks_better(
    desk: Desk,
) -> None:
    page = desk.preview(*DIRTY, mode="all_or_nothing")
    assert "现在不能写入" in page
    assert "/apply" not in page
    assert desk.post("/apply").status_code == 409

    changed = desk.post("/terms", mode="valid_rows", clear="no", takes_effect="2026-03-05")
    assert changed.status_code == 303
    assert "2026年3月5日" in desk.work()
    desk.post("/apply")

    assert "新增 2 行" in words(desk.work())
    assert desk.post("/terms", mode="x", takes_effect="").status_code == 422


# -- columns ------------------------------------------------------------------------------------

STRANGE = {"企业大名": "演示庚检测有限公司", "统一社会信用代码": code(8), "省份": "浙江省"}


def test_a_column_is_told_what_it_is_and_remembered_for_the_next_file(desk: Desk) -> None:
    page = desk.preview(STRANGE)
    assert "缺少必填栏目" in page
    form = desk.page("/matching")
    assert "缺少必填的栏目：机构名称" in words(form)
    (field,) = re.findall(r'name="(column\.1\.[^"]+)"', form)

    assert desk.post("/matching", **{field: "name"}).status_code == 303
    assert "1 新增" in words(desk.work())
    assert "您指定的" in desk.page("/matching")

    again = desk.preview({**STRANGE, "企业大名": "演示辛检测有限公司"})
    assert "1 新增" in words(again)
    assert "按以前的对应" in desk.page("/matching")


def test_two_columns_cannot_be_the_same_thing(desk: Desk) -> None:
    desk.preview({**GOOD, "别名": "演示"})
    (field,) = re.findall(r'name="(column\.6\.[^"]+)"', desk.page("/matching"))

    answer = desk.post("/matching", **{field: "name"})

    assert answer.status_code == 422
    assert "两栏都对应“机构名称”" in answer.text
    assert "选了" not in answer.text


def test_a_sheet_is_left_out_and_taken_in_again(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for number, sheet in enumerate((book.worksheets[0], book.create_sheet("旧表"))):
        told = row(机构名称=sheet.title, 统一社会信用代码=code(number))
        sheet.append(list(told))
        sheet.append(list(told.values()))
    stream = io.BytesIO()
    book.save(stream)
    assert "2 新增" in words(desk.preview(data=stream.getvalue()))

    desk.post("/matching", left_out="旧表")
    assert "1 新增" in words(desk.work())
    assert "“旧表”仍然不读" in desk.page("/matching")
    desk.post("/matching")
    assert "2 新增" in words(desk.work())


KEYS = st.sampled_from(["name", "credit_code", "address", "", "?", "nonsense"])
HOW = st.sampled_from([How.LABEL, How.CHOSEN, How.ALIKE, How.DOUBLED])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    read=st.lists(
        st.tuples(HOW, st.sampled_from(["name", "credit_code", "address", ""])), max_size=4
    ),
    sent=st.dictionaries(st.integers(1, 5), KEYS),
)
def test_whatever_is_sent_no_two_columns_are_read_as_the_same(
    service: Service, read: list[tuple[How, str]], sent: Mapping[int, str]
) -> None:
    matches: list[Match] = []
    for at, (how, key) in enumerate(read, 1):
        doubtful = how in (How.ALIKE, How.DOUBLED)
        taken = not doubtful and key in {match.key for match in matches if not match.is_doubtful}
        if taken or not key:
            matches.append(Match(at, f"栏{at}", "", How.IGNORED))
        else:
            matches.append(Match(at, f"栏{at}", key, how))
    matching = Matching("表", 1, 1, tuple(matches))
    one = RosterImport(
        noun=Noun.INSTITUTION, sha256="", file_name="", mode=Mode.VALID_ROWS, takes_effect=TODAY,
        uploader="", uploaded_at=NOW, matching=told({"表": matching}),
    )  # fmt: skip
    form = {import_matching.field_of("表", at): key for at, key in sent.items()}

    with service.app.test_request_context("/", method="POST", data=form):
        answer = import_matching.read(one, FORMS[Noun.INSTITUTION])

    keys = list(matching.choose(answer.choices["表"]).keys.values())
    assert answer.faults or len([key for key in keys if key]) == len({key for key in keys if key})


# -- doubts -------------------------------------------------------------------------------------

CLASHES = {"乙检测": "演示乙检测有限公司", "丙检测": "演示丙检测有限公司"}
DOUBTFUL = row(机构名称="演示乙检测有限公司", 统一社会信用代码="", 地址="演示新路9号")


def case_of(page: str) -> str:
    found = re.search(r'name="(case\.\d+)"', page)
    assert found
    return found[1]


def test_a_doubtful_row_stands_beside_the_institution_it_may_speak_of(desk: Desk) -> None:
    enter(desk.service, credit_code=code(2), address="演示老路2号")
    page = desk.preview(DOUBTFUL)
    assert "1 待确认" in words(page)

    queue = words(desk.page("/cases"))

    assert "只有名称相同，没有代码或证书可以印证" in queue
    for known in ("演示新路9号", "演示老路2号", code(2)):
        assert known in queue


@pytest.mark.parametrize(
    ("answer", "outcome", "known"),
    [("same.{}", "变更 1 行", 1), ("new", "新增 1 行", 1), ("skip", "按判定跳过 1", 1)],
)
def test_a_person_decides_what_a_doubtful_row_is(
    desk: Desk, answer: str, outcome: str, known: int
) -> None:
    entry = enter(desk.service, address="演示老路2号")
    desk.preview(DOUBTFUL, GOOD)
    queue = desk.page("/cases")

    decided = desk.post("/cases?decision=doubtful", **{case_of(queue): answer.format(entry)})
    assert decided.status_code == 303
    assert decided.location.endswith("decision=doubtful")
    assert "都判定完了" in desk.page("/cases?decision=doubtful")
    desk.post("/apply")

    receipt = words(desk.work())
    expected = {"same.{}": "新增 1 行，变更 1 行", "new": "新增 2 行"}.get(answer, outcome)
    assert expected in receipt


def test_a_decision_is_taken_back(desk: Desk) -> None:
    enter(desk.service)
    desk.preview(DOUBTFUL)
    case = case_of(desk.page("/cases"))
    number = case.removeprefix("case.")
    desk.post("/cases", **{case: "skip"})
    assert "1 待确认" not in words(desk.page())

    desk.post("/cases", **{case: "open", f"was.{number}": "skip"})

    assert "1 待确认" in words(desk.page())


def test_all_doubts_of_a_kind_are_decided_at_once(desk: Desk) -> None:
    for name in CLASHES.values():
        enter(desk.service, name=name)
    desk.preview(*(row(机构名称=name, 统一社会信用代码="") for name in CLASHES.values()))

    desk.post("/cases", all_grounds="name_only", all_answer="same.")

    assert "判为同一机构 2 行" in words(desk.page("/cases"))


def test_an_institution_of_another_province_is_not_shown(desk: Desk) -> None:
    enter(desk.service, name="演示完全另外一家", region="440100", credit_code=code(1))
    desk.preview(GOOD)

    queue = words(desk.page("/cases"))

    assert "不在您管辖范围内的机构（广东省" in queue
    assert "演示完全另外一家" not in queue
