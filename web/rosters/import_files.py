"""Files that go out: the template of a noun, the file as it came, and the same with its faults."""

import tempfile
from typing import IO, Any

from flask import Response, send_file

from core.files import FileStore
from core.media import Media
from rosters.imports.forms import Form
from rosters.imports.imports import RosterImport
from rosters.imports.papers import read_faults
from rosters.sheets.marked import write_marked
from rosters.sheets.read import read_sheets
from rosters.sheets.template import write_template

IN_MEMORY = 2**20


def template(form: Form) -> Response:
    """The empty workbook of a noun, to fill in."""
    stream = _scratch()
    write_template(form.columns, stream, form.title)
    return _sent(stream, f"{form.title}模板.xlsx", Media.XLSX)


def original(store: FileStore, one: RosterImport) -> Response:
    """The file as it was uploaded; a browser keeps it and never shows it."""
    return _sent(store.open(one.sha256), one.file_name, Media.UNKNOWN)


def marked(store: FileStore, one: RosterImport) -> Response:
    """The workbook with red cells and notes, to mend and upload again."""
    stream = _scratch()
    with store.open(one.sha256) as file:
        sheets = read_sheets(file, one.file_name)
        write_marked(file, sheets, read_faults(store, one.faults_file), stream)
    stem = one.file_name.rpartition(".")[0] or one.file_name
    return _sent(stream, f"{stem}（标出问题）.xlsx", Media.XLSX)


def _scratch() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(IN_MEMORY)  # closed with the answer


def _sent(stream: IO[bytes], name: str, media: str) -> Response:
    stream.seek(0)
    answer: Any = send_file(stream, media, as_attachment=True, download_name=name)
    return answer  # type: ignore[no-any-return]
