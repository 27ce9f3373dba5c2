"""QR codes as part of a page: drawn on our side, nothing is asked of another."""

import io

import segno
from markupsafe import Markup

MODULE_PX = 5


def qr_code(content: str) -> Markup:
    """A QR code as SVG, without style or script; what it says stands beside it in words."""
    drawn = io.BytesIO()
    segno.make(content, error="m").save(
        drawn, kind="svg", scale=MODULE_PX, xmldecl=False, svgns=False, dark="#000", light="#fff",
        svgclass=None, lineclass=None, title=None,
    )  # fmt: skip
    # made of a path and numbers only: segno puts nothing of the content into the picture
    return Markup(drawn.getvalue().decode())
