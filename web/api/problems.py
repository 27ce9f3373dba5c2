"""Errors for programmes: RFC 9457, with the words of the error pages."""

from flask import Response, request

from web.api.answers import Problem

ROOT = "/api/"
MEDIA = "application/problem+json"
LONGEST_PATH = 200

WORDS = {
    404: ("没有这个地址", "接口没有这个地址。各个地址见接口说明。"),
    405: ("只能读取", "接口只能读取，请用 GET。"),
}
"""Where the words of the error pages speak of pages and forms."""


def is_asked_by_a_programme() -> bool:
    """Whether this request belongs to the public interface, whatever became of it."""
    return request.path.startswith(ROOT)


def problem(status: int, title: str, detail: str, code: str = "") -> Response:
    """The answer to a request that cannot be met; without a *code* the status is all there is."""
    if not code:
        title, detail = WORDS.get(status, (title, detail))
    told = Problem(
        type="about:blank",
        title=title,
        status=status,
        detail=detail,
        instance=request.path[:LONGEST_PATH],
        code=code or f"http_{status}",
    )
    return Response(told.model_dump_json(), status, content_type=MEDIA)
