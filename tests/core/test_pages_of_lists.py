"""What the pages of lists ask of the database, on both databases."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from core import checkpoints, jobs, trail
from core.accounts import names_of
from core.messages import mark_read, messages_of, notify
from core.trail import Actor, Search
from tests.core.people import CLERK, NOW, person


def test_messages_are_chosen_by_kind_and_by_whether_they_are_read(session: Session) -> None:
    reader = person(session).key
    first, second, third = (notify(session, [reader], kind, NOW)[0].key for kind in ("a", "b", "a"))
    mark_read(session, reader, NOW, first)

    def found(**chosen: object) -> list[int]:
        return [one.key for one in messages_of(session, reader, **chosen)]  # type: ignore[arg-type]

    assert found() == [third, second, first]
    assert found(kind="a") == [third, first]
    assert found(unread_only=True) == [third, second]
    assert found(unread_only=True, kind="a", below=third) == []


def test_jobs_are_chosen_by_kind_and_begin_at_either_end(session: Session) -> None:
    numbers = [jobs.enqueue(session, kind, {}, CLERK, NOW).number for kind in "aab"]

    def found(kind: str = "", oldest_first: bool = False) -> list[int | None]:
        page = jobs.page_of_jobs(session, kind=kind, oldest_first=oldest_first)
        assert page.total == len(page.jobs)
        return [job.id for job in page.jobs]

    assert found() == numbers[::-1]
    assert found(oldest_first=True) == numbers
    assert found("a", oldest_first=True) == numbers[:2]


def test_events_are_found_by_a_part_of_the_name_of_that_day(session: Session) -> None:
    for name in ("演示甲（代演示乙）", "演示丙", "100%"):
        trail.record(session, Actor(None, name, ""), "done", "job", 1, NOW)
    session.commit()

    def found(part: str) -> list[str]:
        return [one.actor_name for one in trail.page(session, Search(actor_name=part))]

    assert found("演示乙") == ["演示甲（代演示乙）"]
    assert found("演示") == ["演示丙", "演示甲（代演示乙）"]
    # what is typed is text, not a pattern
    assert found("%") == ["100%"]
    assert found("_") == []


def test_the_latest_checkpoint_is_the_one_of_the_greatest_number(session: Session) -> None:
    assert checkpoints.latest(session) is None

    key = Ed25519PrivateKey.generate()
    for _ in range(2):
        trail.record(session, CLERK, "done", "job", 1, NOW)
        session.commit()
        last = checkpoints.checkpoint(session, key, NOW)

    assert checkpoints.latest(session) == last


def test_names_are_those_of_the_people_who_are_there(session: Session) -> None:
    somebody = person(session, "somebody")

    assert names_of(session, [somebody.key, None, somebody.key + 1]) == {somebody.key: "Somebody"}
    assert names_of(session, []) == {}
