"""Messages in the app, letters as jobs, and identities at other providers."""

from typing import Any

import pytest
from sqlmodel import Session

from core import identities, trail
from core.departures import disable_user
from core.entrance import Entered, Refusal, Refused, log_in_external
from core.errors import NotFound
from core.identities import IdentityTaken
from core.logins import Method, recognise
from core.messages import MAIL, letter, mark_read, messages_of, notify, unread
from tests.core.people import CLERK, HOME, MINUTE, NOW, person


def test_each_gets_a_message_once_and_reads_it_alone(session: Session) -> None:
    one, other = person(session), person(session)
    sent = notify(
        session, [one.key, other.key, one.key], "draw.held", NOW, params={"plan": "2026"},
        noun="draw", noun_id=7,
    )  # fmt: skip

    assert len(sent) == 2
    assert mark_read(session, other.key, NOW, messages_of(session, one.key)[0].key) == 0
    assert mark_read(session, one.key, NOW + MINUTE) == 1
    assert (unread(session, one.key), unread(session, other.key)) == (0, 1)
    session.expire_all()
    (message,) = messages_of(session, one.key)
    assert (message.kind, message.params, message.noun, message.noun_id) == (
        "draw.held", {"plan": "2026"}, "draw", "7",
    )  # fmt: skip
    assert message.read_at == NOW + MINUTE


def test_messages_come_newest_first_page_by_page(session: Session) -> None:
    user = person(session)
    keys = [notify(session, [user.key], "k", NOW)[0].key for _ in range(5)]

    first = messages_of(session, user.key, most=2)
    rest = messages_of(session, user.key, below=first[-1].key)

    assert [m.key for m in first + rest] == keys[::-1]


def test_whoever_gave_an_address_gets_a_letter_as_a_job_that_names_no_address(
    session: Session,
) -> None:
    jobs: list[tuple[str, dict[str, Any]]] = []

    def outbox(_: Session, *, kind: str, payload: dict[str, Any]) -> None:
        jobs.append((kind, payload))

    with_address = person(session, email="li@example.cn")
    gone = person(session, email="wu@example.cn")
    disable_user(session, gone.key, CLERK, NOW, "离职")
    people = [with_address.key, person(session).key, gone.key]

    sent = notify(session, people, "k", NOW, outbox=outbox)

    assert jobs == [(MAIL, {"message": sent[0].key})]
    assert letter(session, sent[0].key) == (sent[0], with_address)
    assert letter(session, sent[1].key) is None
    assert letter(session, sent[2].key) is None
    assert letter(session, 4711) is None


def test_a_provider_says_who_comes_and_the_account_says_whether_he_enters(
    session: Session,
) -> None:
    user = person(session)
    tied = identities.tie(session, user.key, "https://id.example.cn", "subject-1", CLERK, NOW)

    assert identities.user_of(session, "https://id.example.cn", "subject-1") == user
    assert identities.user_of(session, "https://other.example.cn", "subject-1") is None
    assert identities.identities_of(session, user.key) == [tied]
    answer = log_in_external(session, user.key, HOME, "t", NOW)
    assert isinstance(answer, Entered)
    assert answer.login.method == Method.SINGLE_SIGN_ON
    assert recognise(session, "t", NOW)
    disable_user(session, user.key, CLERK, NOW, "离职")
    assert log_in_external(session, user.key, HOME, "t2", NOW) == Refused(Refusal.DISABLED)


def test_an_identity_opens_one_account_only_and_can_be_untied_by_its_owner(
    session: Session,
) -> None:
    user, other = person(session), person(session)
    tied = identities.tie(session, user.key, "https://id.example.cn", "subject-1", CLERK, NOW)

    with pytest.raises(NotFound):
        identities.untie(session, other.key, tied.id or 0, CLERK, NOW)
    identities.untie(session, user.key, tied.id or 0, CLERK, NOW)
    session.flush()
    assert identities.user_of(session, "https://id.example.cn", "subject-1") is None
    identities.tie(session, other.key, "https://id.example.cn", "subject-1", CLERK, NOW)
    told = str([event.model_dump() for event in trail.pending(session)])
    assert "subject-1" not in told
    with pytest.raises(IdentityTaken):
        identities.tie(session, user.key, "https://id.example.cn", "subject-1", CLERK, NOW)
