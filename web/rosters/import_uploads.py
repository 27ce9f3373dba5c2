"""Files that come in: read to their end before anything is locked, and put into the store."""

from flask import Flask, current_app, request

from core.files import Blob, FileStore
from rosters.sheets.read import MOST_BYTES
from web.entrance.browsers import token_of
from web.forms import FormFault

UPLOAD = "imports.create"


def install(app: Flask) -> None:
    """Hear the upload of a roster out first.

    Whoever may come in is asked of the database, and SQLite lets one request write at a time:
    an upload over a slow line must not hold that right while it is still coming in.
    """
    app.before_request_funcs.setdefault(None, []).insert(0, _hear_out)


def _hear_out() -> None:
    # who has not logged in is sent away unheard
    if request.endpoint == UPLOAD and request.method == "POST" and token_of(request):
        # asking for the fields reads all; large files go to the disk
        _ = request.form


def store() -> FileStore:
    """The files of the service."""
    return FileStore(current_app.extensions["settings"].data_dir / "files")


def uploaded(field: str) -> tuple[Blob, str]:
    """The file of a field, put into the store, and the name that it came with.

    Raises
    ------
    FormFault
        If none was chosen.
    FileIsEmpty, FileTooLarge
    """
    file = request.files.get(field)
    if file is None or not file.filename:
        raise FormFault(field=field, words="请选择要导入的文件。")
    most = min(MOST_BYTES, current_app.extensions["settings"].most_upload_bytes)
    return store().put(file.stream, most), file.filename
