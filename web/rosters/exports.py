"""Files of a list: the columns in which the same noun is imported, so that they read back."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, send_file

from core import trail
from core.errors import NotFound
from rosters.entries import Noun
from rosters.imports.nouns import FORMS
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column
from rosters.sheets.export import write_csv, write_xlsx
from web import lists
from web.auth import me, now
from web.database import session
from web.rosters.days import day_asked
from web.words.rosters import day_words

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
PERSONAL = frozenset({"phone", "email"})
"""Left out of every file: in clear they leave the service for a reason only, one by one."""

EXPORTED = "roster.exported"
"""The action under which a file of people stands in the trail."""

Row = tuple[Any, Mapping[str, Value]]
"""The facts of a noun as its table keeps them, and what else its columns tell."""


def people_sheet(noun: Noun, rows: Sequence[Row], kind: str) -> Response:
    """The same as `sheet`, of people: who has taken how many away is in the trail.

    Raises
    ------
    NotFound
        If there is no such kind of file.
    """
    answer = sheet(noun, rows, kind)
    record_people(noun, len(rows))
    return answer


def record_people(noun: Noun, rows: int) -> None:
    """Leave in the trail that a file of so many people has been taken away."""
    trail.record(session(), me().actor, EXPORTED, noun.value, "", now(), after={"rows": rows})


def sheet(noun: Noun, rows: Iterable[Row], kind: str) -> Response:
    """A file of entries of a noun, xlsx or csv.

    Raises
    ------
    NotFound
        If there is no such kind of file.
    """
    form = FORMS[noun]
    columns = [column for column in form.columns if column.key not in PERSONAL]
    values = ({**form.values_of(facts.model_dump()), **more} for facts, more in rows)
    return table_file(columns, values, form.title, kind)


def table_file(
    columns: list[Column], rows: Iterable[Mapping[str, Value]], title: str, kind: str
) -> Response:
    """A file of any table.

    Raises
    ------
    NotFound
        If there is no such kind of file.
    """
    if kind not in KINDS:
        raise NotFound(noun="file")
    day = day_asked()
    file = io.BytesIO()
    if kind == "csv":
        write_csv(columns, rows, file)
    else:
        note = f"名录截至 {day_words(day)}。电话等个人信息不在文件中。"
        write_xlsx(columns, rows, file, title, note)
    file.seek(0)
    name = f"{title}-{day.isoformat()}-{lists.stamp(now())}.{kind}"
    return send_file(file, KINDS[kind], as_attachment=True, download_name=name)
