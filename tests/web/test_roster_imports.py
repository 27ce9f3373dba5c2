"""The pages of an import: handed in, previewed, written and undone; who may, and when."""

import io
from typing import Any

import openpyxl
import pytest

from core.roles import Role
from rosters.entries import Noun
from rosters.imports.imports import ImportState
from rosters.imports.nouns import FORMS
from rosters.imports.plans import Outcome
from rosters.sheets.columns import How
from rosters.sheets.faults import WORDS
from rosters.withdrawals import withdraw
from tests.core.people import CLERK, GUANGDONG, NOW
from tests.rosters.imports.desk import code, text_file
from tests.web.import_desk import GOOD, Desk, enter, names, row, work
from tests.web.people import Service, facts
from tests.web.visits import send, words
from web.rosters import import_words


@pytest.fixture
def desk(service: Service) -> Desk:
    return Desk(service)


# -- words --------------------------------------------------------------------------------------


def test_every_kind_of_fault_state_and_outcome_has_its_words() -> None:
    assert set(import_words.FAULT_KINDS) == set(WORDS)
    assert set(import_words.MARKS) == set(ImportState)
    assert set(import_words.HOWS) == set(How)
    assert set(import_words.OUTCOMES) == set(Outcome) - {Outcome.SKIPPED}
    assert set(import_words.NOUNS) == {noun.value for noun in FORMS}


# -- in and out ---------------------------------------------------------------------------------


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


# -- what would change --------------------------------------------------------------------------


def test_what_would_change_is_shown_before_and_after(desk: Desk) -> None:
    desk.import_it(GOOD)
    moved = row(地址="演示新路2号", 联系电话="0571-00000099")
    desk.preview(moved, row(机构名称="演示丙检测有限公司", 统一社会信用代码=code(3)))

    changed, new = words(desk.page("/effects")), words(desk.page("/effects?outcome=new"))

    assert "变更前： 演示路1号" in changed
    assert "变更后： 演示新路2号" in changed
    assert "演示丙检测有限公司" in new
    assert "0571-00000000" not in changed + new


# -- who may, and when --------------------------------------------------------------------------

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
