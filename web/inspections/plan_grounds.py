"""The rosters that plans are tried out on, kept in the process for the next question.

Reading fifty thousand institutions takes seconds, a changed quota milliseconds. What is kept
belongs to the state of the rosters: as soon as anything in them changes, they are read anew.
"""

from collections import Counter, OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillReading
from dataclasses import dataclass
from datetime import date
from threading import Lock

from sqlalchemy import Engine
from sqlmodel import Session

from core.regions import is_region, region_of
from core.roles import Scope
from inspections.grounds import read_ground
from inspections.workbench import Bench
from rosters.finding.people_lists import PeopleFacet, PeopleFilters, all_inspectors
from rosters.inspectors import Duty

MOST = 3
"""Grounds that are kept; that of the whole country takes some hundred megabytes."""

PATIENCE_S = 2.0
"""Longer nobody waits before he is told that it goes on."""


@dataclass(frozen=True)
class Wanted:
    """Which rosters: whose, as at which day, with the checks of which year.

    Attributes
    ----------
    mark : of the state of the rosters (`grounds.roster_mark`).
    """

    scope: Scope
    day: date
    year: int
    mark: tuple[int, int]


class Benches:
    """The benches of a process; one is read at a time.

    Parameters
    ----------
    patience : seconds that a question waits for its bench.
    """

    def __init__(self, engine: Engine, patience: float = PATIENCE_S) -> None:
        self._engine, self._patience, self._lock = engine, patience, Lock()
        self._kept: OrderedDict[Wanted, Future[Bench]] = OrderedDict()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="ground")

    def close(self) -> None:
        """Read nothing more."""
        self._reader.shutdown()

    def ask(self, wanted: Wanted) -> Bench | None:
        """The bench, or None while it is still being read: whoever asks again will get it.

        Raises
        ------
        RosterHasFaults
        """
        future = self._future(wanted)
        try:
            return future.result(self._patience)
        except StillReading:
            return None
        finally:
            if future.done() and future.exception() is not None:
                self._forget(wanted)

    def _future(self, wanted: Wanted) -> "Future[Bench]":
        with self._lock:
            if wanted not in self._kept:
                self._kept[wanted] = self._reader.submit(self._read, wanted)
            self._kept.move_to_end(wanted)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)[1].cancel()
            return self._kept[wanted]

    def _forget(self, wanted: Wanted) -> None:
        with self._lock:
            self._kept.pop(wanted, None)

    def _read(self, wanted: Wanted) -> Bench:
        # the request that asked may be over before this is
        with Session(self._engine) as session:
            ground = read_ground(session, wanted.scope, wanted.day, wanted.year)
            return Bench(ground, inspectors_by_province(session, wanted.scope, wanted.day))


def inspectors_by_province(session: Session, scope: Scope, day: date) -> dict[str, int]:
    """Inspectors on duty by the name of the province in which they serve."""
    on_duty = PeopleFilters(day, chosen={PeopleFacet.DUTY: frozenset({Duty.ON_DUTY.value})})
    codes = (row.inspector.region for row in all_inspectors(session, on_duty, [scope]))
    provinces = (f"{code[:2]}0000" for code in codes if code)
    return dict(Counter(region_of(code).name for code in provinces if is_region(code)))
