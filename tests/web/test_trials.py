"""How long a trial is kept, and what happens when many hands reach for it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sampler.inputs.plan_text import read_plan
from sampler.inputs.roster_table import read_roster
from sampler.procedure import prepare
from tests.web.visits import PLAN, ROSTER, SEEDS, draw, files_of, upload
from web.errors import TrialGone
from web.settings import Settings
from web.trials.desk import Desk
from web.trials.inputs import Inputs

KEPT = 60.0


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desks(clock: Clock) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(**changes: Any) -> Desk:
        made.append(Desk(Settings("s" * 32, keep_seconds=KEPT, **changes), clock))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def inputs() -> Inputs:
    return Inputs("p", "r", prepare(read_plan(PLAN.encode()), read_roster(ROSTER.encode())))


def test_a_trial_is_deleted_when_its_time_is_over(desks: Callable[..., Desk], clock: Clock) -> None:
    desk = desks()
    trial = desk.open(inputs())
    clock.now = KEPT - 1
    assert desk.find(trial.token) is trial  # and its time begins anew
    clock.now = 2 * KEPT - 2
    assert desk.find(trial.token) is trial
    clock.now = 4 * KEPT

    with pytest.raises(TrialGone):
        desk.find(trial.token)


def test_the_files_of_a_deleted_trial_are_gone(desks: Callable[..., Desk], clock: Clock) -> None:
    desk = desks()
    trial = desk.open(inputs())
    desk.start_rehearsal(trial, list(SEEDS))
    assert trial.rehearsal is not None
    result = trial.rehearsal.result()
    clock.now = 2 * KEPT

    desk.sweep()

    with pytest.raises(TrialGone):
        result.files.read("frame.jsonl")


def test_a_download_that_has_begun_is_finished_though_the_trial_is_deleted(
    desks: Callable[..., Desk],
) -> None:
    desk = desks()
    trial = desk.open(inputs())
    desk.start_rehearsal(trial, list(SEEDS))
    assert trial.rehearsal is not None
    files = trial.rehearsal.result().files
    whole, reading = files.read("frame.jsonl"), files.open("frame.jsonl")

    desk.delete(trial)

    assert b"".join(reading) == whole
    reading.close()


def test_the_oldest_trial_makes_room_for_a_new_one(
    desks: Callable[..., Desk], clock: Clock
) -> None:
    desk = desks(most_trials=2)
    tokens = []
    for clock.now in (1.0, 2.0, 3.0):
        tokens.append(desk.open(inputs()).token)

    with pytest.raises(TrialGone):
        desk.find(tokens[0])
    assert [desk.find(token).token for token in tokens[1:]] == tokens[1:]


def test_a_large_roster_pushes_the_oldest_out(desks: Callable[..., Desk], clock: Clock) -> None:
    desk = desks(most_cells=inputs().cells + 1)
    first = desk.open(inputs())
    clock.now = 1
    second = desk.open(inputs())

    with pytest.raises(TrialGone):
        desk.find(first.token)
    assert desk.find(second.token) is second


def test_addresses_of_trials_cannot_be_guessed(client: FlaskClient) -> None:
    first, second = upload(client), upload(client)

    assert first != second
    assert len(first.removeprefix("/draws/")) == 43  # 256 bits
    assert client.get("/draws/" + "A" * 43).status_code == 404


def test_a_visitor_can_delete_everything_at_once(client: FlaskClient) -> None:
    trial = upload(client)
    addresses = files_of(draw(client, trial))

    gone = client.post(f"{trial}/delete", follow_redirects=True)

    assert "已全部删除" in gone.text
    for address in (trial, f"{trial}/result", addresses["sealed.secret"]):
        assert client.get(address).status_code == 404


def test_links_of_an_earlier_draw_never_lead_to_a_later_one(client: FlaskClient) -> None:
    trial = upload(client)
    earlier = files_of(draw(client, trial, ("甲", "乙")))["certificate.json"]
    draw(client, trial, ("甲", "丙"))

    assert client.get(earlier).status_code == 404


def test_many_hands_on_one_trial_break_nothing(app: Flask) -> None:
    trial = upload(app.test_client())
    answers: list[int] = []

    def visit(number: int) -> None:
        client = app.test_client()
        page = draw(client, trial, ("甲", f"乙{number % 3}"))
        answers.append(client.get(trial).status_code)
        for address in files_of(page).values():
            answers.append(client.get(address).status_code)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # a link of a draw that was replaced meanwhile is gone, nothing is ever broken
    assert set(answers) <= {200, 404}
    assert "全部公开文件" in app.test_client().get(f"{trial}/result").text
