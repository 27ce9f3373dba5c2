"""Visits as a calendar file (iCalendar, RFC 5545), which telephones and mail programmes take in.

Only what a day-long entry needs is written, so no library is brought in for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

KIND = "text/calendar; charset=utf-8"
LONGEST_LINE = 75
"""Octets on a line, without its end (RFC 5545 3.1)."""


@dataclass(frozen=True)
class DayEvent:
    """Something that takes whole days.

    Attributes
    ----------
    uid : the same whenever the same thing is told again; *version* rises when it changes.
    last : its last day, which belongs to it.
    """

    uid: str
    version: int
    first: date
    last: date
    title: str
    place: str
    notes: str


def calendar_file(events: Iterable[DayEvent], at: datetime) -> bytes:
    """The events as a file that was made at a moment."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//spotcheck//visits//ZH"]
    for event in events:
        lines += _told(event, at)
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in folded(line))


def _told(event: DayEvent, at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.version}"
    yield f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}"
    # the end of an event of whole days is the first day that does not belong to it (3.6.1)
    yield f"DTEND;VALUE=DATE:{event.last + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.title)}"
    if event.place:
        yield f"LOCATION:{escaped(event.place)}"
    yield f"DESCRIPTION:{escaped(event.notes)}"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as the value of a property (3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def folded(line: str) -> Iterator[bytes]:
    """A line in pieces of at most 75 octets; never cut within a character."""
    piece, room = b"", LONGEST_LINE
    for sign in line:
        told = sign.encode()
        if len(piece) + len(told) > room:
            yield piece
            # what goes on begins with a blank
            piece = b" "
        piece += told
    yield piece
