"""Several people at one entry at the same moment: they wait, and the tables stay sound."""

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import gettempdir

from sqlalchemy import Engine
from sqlmodel import Session

from core.database import connect, unit_of_work
from core.files import FileStore
from core.trail import Actor
from core.trail_check import verify
from rosters.changes import Act, ChangedMeanwhile, Saying, new_entries, state
from rosters.entries import Noun
from rosters.quality.soundness import check
from rosters.statements import last_statement
from rosters.withdrawals import AlreadyWithdrawn, ChangedSince, withdraw
from tests.storage import in_threads, url_of

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)
WORKERS = 6


def act() -> Act:
    # few statements leave no change file, so nothing is written there
    return Act(Actor(7, "名录管理员", "provincial_planner"), NOON, FileStore(Path(gettempdir())))


def founded(engine: Engine) -> tuple[int, int]:
    """An institution and the number of the change that renamed it."""
    with unit_of_work(engine) as session:
        (entry,) = new_entries(session, Noun.INSTITUTION, 1)
        state(session, act(), [Saying(Noun.INSTITUTION, entry, {"name": "演示甲"}, MARCH)])
        renamed = state(session, act(), [Saying(Noun.INSTITUTION, entry, {"name": "演示乙"}, JUNE)])
        return entry, renamed.key


def told(engine: Engine) -> tuple[object, object]:
    with Session(engine) as session:
        return check(session, lambda _step, _done, _total: None), verify(session)


def test_a_change_and_the_undoing_of_another_leave_sound_tables(engine: Engine) -> None:
    entry, renamed = founded(engine)

    def work(url: str, number: int) -> None:
        own = connect(url)
        with suppress(ChangedSince, AlreadyWithdrawn), unit_of_work(own) as session:
            if number % 2:
                withdraw(session, renamed, act().actor, NOON, "改错")
            else:
                facts = {"address": f"演示路{number}号"}
                state(session, act(), [Saying(Noun.INSTITUTION, entry, facts, JUNE)])
        own.dispose()

    in_threads(work, url_of(engine), WORKERS)

    assert told(engine) == ([], [])


def test_of_all_who_change_what_they_saw_only_the_first_succeeds(engine: Engine) -> None:
    entry, _ = founded(engine)
    with Session(engine) as session:
        seen = last_statement(session, entry)

    def work(url: str, number: int) -> bool:
        own = connect(url)
        saying = Saying(Noun.INSTITUTION, entry, {"name": f"演示{number}"}, JUNE, expected=seen)
        try:
            with unit_of_work(own) as session:
                state(session, act(), [saying])
        except ChangedMeanwhile:
            return False
        finally:
            own.dispose()
        return True

    assert sum(in_threads(work, url_of(engine), WORKERS)) == 1
    assert told(engine) == ([], [])
