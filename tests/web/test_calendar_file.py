"""Calendar files: what RFC 5545 asks of their lines, whatever the institutions are called."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from web.teams.calendar_file import LONGEST_LINE, DayEvent, calendar_file, escaped, folded

AT = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\\;,\n"))


def unescaped(value: str) -> str:
    """A value as a calendar programme reads it."""
    told, signs = "", iter(value)
    for sign in signs:
        if sign == "\\":
            sign = {"n": "\n"}.get(following := next(signs), following)
        told += sign
    return told


def an_event(**facts: object) -> DayEvent:
    told: dict[str, object] = {
        "uid": "a-001", "version": 2, "first": date(2026, 10, 8), "last": date(2026, 10, 9),
        "title": "检查任务 001", "place": "演示路1号", "notes": "一\n二",
    }  # fmt: skip
    return DayEvent(**(told | facts))  # type: ignore[arg-type]


def lines_of(data: bytes) -> list[str]:
    """The lines of a file as they were before they were folded."""
    return data.decode().replace("\r\n ", "").split("\r\n")


@given(texts)
def test_a_folded_line_is_short_and_reads_as_before(line: str) -> None:
    pieces = list(folded(line))

    assert all(len(piece) <= LONGEST_LINE for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    assert all(piece.decode() for piece in pieces[1:])
    assert pieces[0].decode() + "".join(piece.decode()[1:] for piece in pieces[1:]) == line


@given(texts)
def test_an_escaped_text_is_one_line_and_reads_as_before(text: str) -> None:
    assert "\n" not in escaped(text)
    assert unescaped(escaped(text)) == text


@given(texts.filter(lambda text: text), texts)
def test_no_name_breaks_out_of_its_line(title: str, place: str) -> None:
    data = calendar_file([an_event(title=title, place=place)], AT)

    lines = lines_of(data)
    assert [one for one in lines if one.startswith("SUMMARY:")] == [f"SUMMARY:{escaped(title)}"]
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert lines.count("BEGIN:VEVENT") == 1


def test_the_last_day_belongs_to_the_visit() -> None:
    lines = lines_of(calendar_file([an_event()], AT))

    assert "DTSTART;VALUE=DATE:20261008" in lines
    assert "DTEND;VALUE=DATE:20261010" in lines
    assert "DTSTAMP:20261001T083000Z" in lines
    assert "SEQUENCE:2" in lines
    assert "DESCRIPTION:一\\n二" in lines
