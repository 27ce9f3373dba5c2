"""Status codes and plain words for everything that can go wrong."""

from dataclasses import dataclass

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

MOST_DRAINED = 512 * 2**20
CHUNK = 2**20


@dataclass(frozen=True)
class Words:
    """What an error page says: what is so, and what comes next."""

    title: str
    what: str
    next: str = "请回到首页重新开始。"


class Refused(Exception):
    """A request that is answered with a page of its own; subclasses are the reasons."""

    status = 400
    words = Words("请求无法处理", "提交的内容不完整。")


class NotAllowed(Refused):
    """The request comes from the form of another site."""

    status = 403
    words = Words("没有受理", "这个请求来自别的网站。", "请在本页面上操作。")


class TrialGone(Refused):
    """The data of a trial have been deleted, or never were."""

    status = 404
    words = Words(
        "这次试算的数据已经删除",
        "试算数据只保留一段时间，到时自动删除；您也可能主动删除过，或者服务重新启动过。",
        "请回到首页重新开始；已经下载的文件不受影响，可以随时核对。",
    )


class TooBusy(Refused):
    """So many works are waiting that another would wait too long."""

    status = 503
    words = Words("现在使用的人较多", "排队的计算已满，这一次没有受理。", "请过一分钟再试。")


PAGES = {
    400: Words("请求无法处理", "提交的内容不完整，或格式不对。"),
    404: Words("没有这个页面", "地址可能抄错了，或者页面已经不在。"),
    405: Words("不能这样打开", "这个地址只接受表单提交。"),
    413: Words(
        "文件太大，没有受理",
        "一次上传的文件合计不得超过 {most} MB。没有保存任何内容。",
        "请只保留需要的工作表和栏目后再上传；更大的名单可以用命令行抽取。",
    ),
    500: Words(
        "服务出了问题",
        "这不是您的操作造成的，详细情况已记入服务日志。",
        "请稍后再试；仍不行的，请告诉管理员刚才做了什么。",
    ),
}


def install(app: Flask) -> None:
    """Answer every error with a page in plain words."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)


def _refused(error: Refused) -> ResponseReturnValue:
    return _page(error.status, error.words)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if isinstance(error.response, Response) or status < 400:
        return error
    if status == 413:
        _drain()
    return _page(status, PAGES.get(status, PAGES[400 if status < 500 else 500]))


def _drain() -> None:
    """Read what is still being sent: a browser shows no answer while it is not heard out."""
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, MOST_DRAINED)
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)


def _page(status: int, words: Words) -> ResponseReturnValue:
    return render_template("error.html", status=status, words=words), status
