"""Every building block once, for whoever designs the next screen; with made-up content."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from core.calendar import china_date
from web import lists
from web.auth import Door, door, now
from web.frame import Face
from web.words.times import deadline

bp = Blueprint("components", __name__)

ROWS = [
    ("角宿演示机动车检测有限公司", "91000000MADEM00112", "机动车", "ok", "有效", "2027-03-12", 2),
    (
        "亢宿演示环境监测有限公司",
        "91000000MADEM0048T",
        "生态环境",
        "ok",
        "有效",
        "2026-12-01",
        None,
    ),
    ("氐宿演示食品检验中心", "91000000MADEM0085M", "食品", "warn", "临期", "2026-12-28", 0),
    ("房宿演示建筑工程检测公司", "91000000MADEM0122U", "其他", "bad", "过期", "2026-10-01", 3),
]
FAULTS = {"name": "请填写机构名称。", "code": "统一社会信用代码应为 18 位，现在是 16 位。"}
BARS = [
    ("食品检验", 20),
    ("机动车检验", 18),
    ("生态环境监测", 12),
    ("常压液体危货罐体", 5),
    ("其他", 0),
]
COLOURS = [
    ("--act", "#0B4A8F", "能按的、现在"),
    ("--red", "#B42318", "版头一线、错误、危险"),
    ("--ok", "#17663A", "已办"),
    ("--warn", "#7F4D00", "要留意"),
    ("--mute", "#4D5967", "还没有"),
    ("--ink", "#17202B", "正文"),
    ("--ink-2", "#435062", "次要文字"),
    ("--line", "#DCE2E8", "线"),
]


@bp.get("/components")
@door(Door.SIGNED_IN)
def show() -> ResponseReturnValue:
    """The page of the building blocks, in any of the faces."""
    face = lists.one_of("face", {face.value: face for face in Face})
    today = china_date(now())
    return render_template(
        "components/show.html",
        face=face,
        faces=[("desk", "工作台"), ("touch", "现场"), ("tasks", "机构")],
        rows=ROWS,
        faults=FAULTS,
        bars=BARS,
        colours=COLOURS,
        paging=lists.Paging(lists.page_number(), 5_168, unit="家"),
        chips=[("有效", lists.here(page=None)), ("国家级", lists.here(page=None))],
        due=deadline(date(today.year, 12, 18), now()),
        args=request.args,
    )


@bp.get("/components/confirm")
@door(Door.SIGNED_IN)
def confirm() -> ResponseReturnValue:
    """How a page asks before something that cannot be undone; here nothing happens."""
    return render_template("components/confirm.html")


@bp.post("/components/confirm")
@door(Door.SIGNED_IN)
def confirmed() -> ResponseReturnValue:
    """The page after it."""
    return render_template("components/confirmed.html")
