"""Published files on their way out: whole, with a tag, and packed for whoever can unpack them."""

import gzip
import io

from flask import Response, current_app, request, send_file

from inspections.draw_papers import CHANCES, FRAME, read_whole
from web.inspections.desk import files
from web.inspections.published import kept
from web.papers.shelf import Shelf

SECONDS = 600
"""A published file never changes; a file that is no longer there is damage, and soon noticed."""

LONG = (FRAME, CHANCES)
"""A line for each institution: packed they are a fraction of their length."""

PACKED = "gzip"


def published_file(sha256: str, name: str, kind: str) -> Response:
    """The file kept under a digest, as it was hashed.

    Parameters
    ----------
    kind : its media type.

    Raises
    ------
    inspections.draw_papers.DrawIsDamaged
    """
    packs = name in LONG and request.accept_encodings.quality(PACKED) > 0
    # two representations, so two tags (RFC 9110, 8.8.3.3)
    tag = f"{sha256}-{PACKED}" if packs else sha256
    # who has it already need not wait until it has been read
    data = b"" if tag in request.if_none_match else _read(sha256, name, packs=packs)
    answer = send_file(io.BytesIO(data), kind, as_attachment=True, download_name=name, etag=tag)
    if packs:
        answer.content_encoding = PACKED
    if name in LONG:
        answer.vary.add("Accept-Encoding")
    return kept(answer, SECONDS)


def _read(sha256: str, name: str, *, packs: bool) -> bytes:
    """Read whole, so that what no longer has its digest is handed to nobody."""

    def packed() -> bytes:
        # without a time: the same bytes from every process
        return gzip.compress(read_whole(files(), sha256, name), mtime=0)

    if not packs:
        return read_whole(files(), sha256, name)
    return Shelf(current_app.extensions["settings"].data_dir / "packed").take(sha256, packed)
