"""The pages of an import: uploaded, looked at, corrected, written, undone; province by province."""

import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from core import leases
from core.database import unit_of_work, writing
from core.files import FileStore
from core.roles import Role
from rosters import editing
from rosters.changes import Act
from rosters.entries import Noun, holds
from rosters.imports.imports import ImportState, Mode, RosterImport
from rosters.imports.matchings import told
from rosters.imports.nouns import FORMS
from rosters.imports.plans import Outcome
from rosters.institutions import Institution
from rosters.sheets.columns import How, Match, Matching
from rosters.sheets.faults import WORDS
from rosters.withdrawals import withdraw
from tests.core.people import CLERK, GUANGDONG, NOW
from tests.rosters.imports.desk import Row, code, silent, text_file
from tests.web.people import Service, facts
from tests.web.visits import send, words
from web.roster_imports import handlers
from web.rosters import import_matching, import_words

TODAY = date(2026, 3, 2)
CLASHES = {"乙检测": "演示乙检测有限公司", "丙检测": "演示丙检测有限公司"}

GOOD: Row = {
    "机构名称": "演示甲检测有限公司",
    "统一社会信用代码": code(1),
    "省份": "浙江省",
    "地址": "演示路1号",
    "联系人": "演示员",
    "联系电话": "0571-00000000",
}


def row(**told: str) -> Row:
    return {**GOOD, **told}


class Desk:
    """A planner with a browser, and the worker that does what is asked."""

    def __init__(self, service: Service, role: Role = Role.PROVINCIAL_PLANNER) -> None:
        self.service = service
        self.browser: FlaskClient = service.sign_in(role)
        self.at = ""

    def upload(self, *rows: Row, data: bytes = b"", **form: str) -> TestResponse:
        """Hand a file in; the page of its import is known from then on."""
        file = io.BytesIO(data or text_file(rows))
        fields = {
            "noun": "institution", "mode": "valid_rows", "clear": "no",
            "takes_effect": "2026-03-02", "reason": "演示文号", "file": (file, "名录.csv"), **form,
        }  # fmt: skip
        answer = send(self.browser, "/imports", fields)
        self.at = answer.location or ""
        return answer

    def preview(self, *rows: Row, **more: Any) -> str:
        """The page of what a file would do."""
        assert self.upload(*rows, **more).status_code == 303
        return self.work()

    def work(self) -> str:
        """Let the worker do all that waits; the page of the import afterwards."""
        work(self.service)
        return self.page()

    def page(self, more: str = "") -> str:
        return facts(self.browser.get(self.at + more))

    def post(self, what: str = "", **form: str) -> TestResponse:
        return self.browser.post(self.at + what, data=form)

    def import_it(self, *rows: Row) -> str:
        self.preview(*rows)
        self.post("/apply")
        return self.work()


def work(service: Service) -> None:
    engine = service.app.extensions["engine"]
    store = FileStore(service.app.extensions["settings"].data_dir / "files")
    known = handlers(engine, store, lambda: service.time)
    while True:
        with unit_of_work(engine) as session:
            job = leases.claim(session, "worker-1", known, service.time)
        if job is None:
            return
        with Session(writing(engine), expire_on_commit=False) as session:
            result = known[job.kind](session, job, silent)
            leases.finish(session, leases.hold_of(job), result, service.time)
            session.commit()


@pytest.fixture
def desk(service: Service) -> Desk:
    return Desk(service)


def enter(service: Service, **told: Any) -> int:
    """An institution that the roster knows already."""
    given = {"name": "演示乙检测有限公司", "region": "330100", **told}
    with service.work() as session:
        store = FileStore(service.app.extensions["settings"].data_dir / "files")
        act = Act(CLERK, NOW, store)
        return editing.enter(session, act, Noun.INSTITUTION, given, date(2020, 1, 1))[0]


def names(service: Service) -> set[str]:
    with service.work() as session:
        standing = select(Institution.name).where(holds(Institution, TODAY))
        return set(session.exec(standing))


def case_of(page: str) -> str:
    found = re.search(r'name="(case\.\d+)"', page)
    assert found
    return found[1]


# -- words -------------------------------------------------------------------------------------


def test_every_kind_of_fault_state_and_outcome_has_its_words() -> None:
    assert set(import_words.FAULT_KINDS) == set(WORDS)
    assert set(import_words.MARKS) == set(ImportState)
    assert set(import_words.HOWS) == set(How)
    assert set(import_words.OUTCOMES) == set(Outcome) - {Outcome.SKIPPED}
    assert set(import_words.NOUNS) == {noun.value for noun in FORMS}


# -- in and out --------------------------------------------------------------------------------


def test_who_has_imported_nothing_is_told_what_to_do(desk: Desk) -> None:
    page = facts(desk.browser.get("/imports"))

    assert "还没有导入过" in page
    form = facts(desk.browser.get("/imports/new"))
    assert "下载模板" in form
    for chosen in ("valid_rows", "no"):
        assert f'value="{chosen}" checked' in form


def test_a_file_is_previewed_written_and_undone(desk: Desk) -> None:
    page = words(desk.preview(GOOD, row(机构名称="演示丙检测有限公司", 统一社会信用代码=code(3))))
    assert "2 新增" in page
    assert names(desk.service) == set()

    assert "一次全部写入" in desk.page("/apply")
    assert desk.post("/apply").status_code == 303
    assert "正在写入名录" in desk.page()
    receipt = words(desk.work())
    assert "已经写入名录 新增 2 行" in receipt
    assert "变更号" in receipt
    assert "SHA-256" in receipt
    assert names(desk.service) == {"演示甲检测有限公司", "演示丙检测有限公司"}

    assert desk.post("/undo", reason=" ").status_code == 422
    assert desk.post("/undo", reason="文件拿错了").status_code == 303
    assert "已经撤销" in desk.work()
    assert "文件拿错了" in desk.page()
    assert names(desk.service) == set()


def test_a_second_import_of_the_same_file_says_that_nothing_changed(desk: Desk) -> None:
    desk.import_it(GOOD)

    page = words(desk.preview(GOOD))

    assert "1 无变化" in page
    assert "没有可以写入的内容" in page


def test_all_that_is_missing_is_said_at_once_and_nothing_typed_is_lost(desk: Desk) -> None:
    answer = desk.browser.post(
        "/imports", data={"noun": "expert", "mode": "all_or_nothing", "takes_effect": "2026-13-01"}
    )

    assert answer.status_code == 422
    for fault in ("请选择要导入的文件", "生效日期应写成", "请写明理由"):
        assert answer.text.count(fault) == 2, fault  # above, and at the field
    assert '<option value="expert" selected>' in answer.text
    assert 'value="all_or_nothing" checked' in answer.text
    assert 'value="2026-13-01"' in answer.text


def test_an_empty_file_is_refused_at_its_field(desk: Desk) -> None:
    answer = send(desk.browser, "/imports", {
        "noun": "institution", "mode": "valid_rows", "takes_effect": "2026-03-02",
        "reason": "演示", "file": (io.BytesIO(b""), "空.csv"),
    })  # fmt: skip

    assert answer.status_code == 422
    assert 'id="e-file"' in answer.text


def test_a_file_that_cannot_be_read_says_why(desk: Desk) -> None:
    page = desk.preview(data=b"%PDF-1.7 \x00\x01")

    assert "文件读不了，名录没有改动" in page
    assert "请提供 .xlsx、.xls 或 .csv 文件" in page
    assert desk.post("/discard").status_code == 303
    assert "已经放弃" in desk.page()


def test_a_province_cannot_import_a_list_of_the_whole_nation(desk: Desk) -> None:
    answer = desk.upload(GOOD, noun="check_item")

    assert answer.status_code == 422
    assert "由总局统一维护" in answer.text


@pytest.mark.parametrize("noun", FORMS)
def test_there_is_a_template_for_every_roster(desk: Desk, noun: Noun) -> None:
    with desk.browser.get(f"/imports/templates/{noun}.xlsx") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))

    assert [cell.value for cell in book.worksheets[0][1]] == [c.label for c in FORMS[noun].columns]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_file_comes_back_as_it_was(desk: Desk) -> None:
    desk.preview(GOOD)

    with desk.browser.get(f"{desk.at}/file") as answer:
        assert answer.data == text_file([GOOD])

    # what somebody uploaded is kept by a browser, and never shown
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"


def test_others_may_write_while_a_file_is_still_coming_in(desk: Desk) -> None:
    class Slow(io.BytesIO):
        """Halfway through, somebody else does something."""

        def readinto(self, buffer: Any, /) -> int:
            if self.tell() == 0:
                enter(desk.service)
            return super().readinto(buffer)

    data = b'--x\r\nContent-Disposition: form-data; name="noun"\r\n\r\nexpert\r\n--x--\r\n'
    answer = desk.browser.post(
        "/imports", input_stream=Slow(data), content_length=len(data),
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip

    assert answer.status_code == 422
    assert names(desk.service) == {"演示乙检测有限公司"}


def test_the_list_comes_as_a_file(desk: Desk) -> None:
    desk.import_it(GOOD)

    table = desk.browser.get("/imports/imports.csv?state=applied").get_data().decode("utf-8-sig")

    (_, line) = table.strip().split("\r\n")
    assert "名录.csv" in line
    assert ",已导入,1,0,0,0,0,2026-03-02," in line


# -- faults ------------------------------------------------------------------------------------

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


# -- columns -----------------------------------------------------------------------------------

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


# -- doubts ------------------------------------------------------------------------------------

DOUBTFUL = row(机构名称="演示乙检测有限公司", 统一社会信用代码="", 地址="演示新路9号")


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


# -- what would change -------------------------------------------------------------------------


def test_what_would_change_is_shown_before_and_after(desk: Desk) -> None:
    desk.import_it(GOOD)
    moved = row(地址="演示新路2号", 联系电话="0571-00000099")
    desk.preview(moved, row(机构名称="演示丙检测有限公司", 统一社会信用代码=code(3)))

    changed, new = words(desk.page("/effects")), words(desk.page("/effects?outcome=new"))

    assert "变更前： 演示路1号" in changed
    assert "变更后： 演示新路2号" in changed
    assert "演示丙检测有限公司" in new
    assert "0571-00000000" not in changed + new


# -- who may, and when -------------------------------------------------------------------------

ADDRESSES = (
    "", "/progress", "/file", "/marked.xlsx", "/faults", "/faults.csv", "/effects", "/cases",
    "/matching", "/terms", "/apply", "/undo", "/discard", "/cancel",
)  # fmt: skip


def test_an_import_of_another_province_is_as_if_there_were_none(desk: Desk) -> None:
    desk.preview(GOOD)
    stranger = desk.service.sign_in(Role.PROVINCIAL_PLANNER, scope=GUANGDONG)
    nation = desk.service.sign_in(Role.NATIONAL_PLANNER)

    for address in ADDRESSES:
        assert stranger.get(desk.at + address).status_code == 404, address
        with nation.get(desk.at + address) as answer:
            assert answer.status_code in (200, 303), address
    for action in ("matching", "terms", "cases", "preview", "apply", "undo", "discard", "cancel"):
        assert stranger.post(f"{desk.at}/{action}").status_code == 404, action
    assert "名录.csv" not in facts(stranger.get("/imports"))
    assert "名录.csv" in facts(nation.get("/imports?noun=institution&state=previewed"))
    assert "没有符合筛选的导入" in facts(nation.get("/imports?state=applied"))


def test_an_import_that_is_called_off_stands_where_it_was(desk: Desk) -> None:
    desk.upload(GOOD)
    assert "正在预演" in desk.page()
    assert '<noscript><meta http-equiv="refresh" content="5">' in desk.page()
    assert desk.browser.get(f"{desk.at}/progress").get_json()["running"] is True
    assert "停下第" in desk.page("/cancel")

    desk.post("/cancel")
    page = desk.page()
    assert "已经取消，名录没有改动" in page
    assert desk.browser.get(f"{desk.at}/progress").get_json()["running"] is False

    desk.post("/preview")
    assert "1 新增" in words(desk.work())
    desk.post("/apply")
    desk.post("/cancel")
    assert "“导入名录”已经取消，名录没有改动" in desk.page()
    assert names(desk.service) == set()


def test_a_roster_that_has_changed_meanwhile_is_looked_at_again(desk: Desk) -> None:
    desk.preview(GOOD)
    enter(desk.service, name=GOOD["机构名称"], credit_code=GOOD["统一社会信用代码"])

    desk.post("/apply")
    page = words(desk.work())

    assert "名录在预演之后有变动，这次没有写入" in page
    assert "新增 1 → 0" in page
    desk.post("/apply")
    assert "变更 1 行" in words(desk.work())


def test_an_import_on_which_later_changes_stand_says_which_to_undo_first(desk: Desk) -> None:
    desk.import_it(GOOD)
    desk.import_it(row(地址="演示新路3号"))
    second = desk.at
    desk.at = "/imports/1"

    page = desk.page("/undo")
    assert "现在不能撤销" in page
    assert "变更 2</a>" in page
    assert desk.post("/undo", reason="文件拿错了").status_code == 422

    desk.browser.post(f"{second}/undo", data={"reason": "文件拿错了"})
    work(desk.service)
    desk.post("/undo", reason="文件拿错了")
    assert "已经撤销" in desk.work()


def test_what_was_taken_back_in_the_list_of_changes_is_known_here_too(desk: Desk) -> None:
    desk.import_it(GOOD)
    with desk.service.work() as session:
        withdraw(session, 1, CLERK, NOW, "演示")

    page = desk.page()

    assert "这次导入已经撤销" in page
    assert "是在“变更记录”里撤销的" in page
    assert "没有成功" not in page
    assert f"{desk.at}/undo" not in page


def test_what_has_been_done_cannot_be_done_again(desk: Desk) -> None:
    desk.import_it(GOOD)

    for action in ("apply", "discard", "preview"):
        assert desk.post(f"/{action}").status_code == 409, action
    assert desk.browser.get(f"{desk.at}/apply").status_code == 303
    assert desk.post("/cases", **{"case.1": "skip"}).status_code == 409


def test_nonsense_is_passed_over(desk: Desk) -> None:
    desk.preview(GOOD)

    for address in ("/faults?kind=x&page=0", "/effects?outcome=x&page=99", "/cases?decision=x"):
        assert desk.browser.get(desk.at + address).status_code == 200
    sent = {"case.x": "new", "case.7": "nonsense", "all_grounds": "x"}
    assert desk.post("/cases", **sent).status_code == 303
    assert desk.browser.get("/imports?noun=x&state=y&page=z").status_code == 200
    assert desk.browser.get("/imports/templates/x.xlsx").status_code == 404
