"""The service as an operator knows it: starts, says when it is ready, survives, leaves in order."""

import http.client
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from core.database import connect, unit_of_work
from core.jobs import JobState, enqueue, get_job
from core.roles import Role
from core.trail import SYSTEM
from tests import storage
from tests.operation.processes import PATIENCE_S, Running, environment, running, until
from web.operation import migrating
from web.settings import from_environment
from web.words.jobs import VERIFY_TRAIL


@pytest.fixture(params=storage.BACKENDS)
def env(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a service on each of the databases."""
    if request.param == "postgres":
        with request.getfixturevalue("postgres").bare() as engine:
            yield environment(tmp_path, storage.url_of(engine))
    else:
        yield environment(tmp_path)


def migrate(env: dict[str, str]) -> None:
    """What `spotcheck db upgrade` does, without a process."""
    settings = from_environment(env)
    settings.data_dir.mkdir()
    engine = connect(settings.database)
    migrating.upgrade(engine)
    engine.dispose()


def done(engine: Engine, number: int) -> bool:
    with Session(engine) as session:
        return get_job(session, number).state is JobState.DONE


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_service_starts_survives_its_dead_and_leaves_in_order(
    env: dict[str, str], tmp_path: Path
) -> None:
    migrate(env)
    engine = connect(from_environment(env).database)
    with running(env, tmp_path, "serve") as service:
        until(service.is_ready)
        assert service.get("/healthz")[0] == 200
        started = {name: service.child(name) for name in ("web", "worker-1")}
        with unit_of_work(engine) as session:
            number = enqueue(session, VERIFY_TRAIL, {}, SYSTEM, datetime.now(UTC)).number

        # whoever is killed comes again
        for process in started.values():
            os.kill(process, signal.SIGKILL)
        until(lambda: all(service.child(name) != started[name] for name in started))
        until(service.is_ready)

        # what was asked for meanwhile is done
        until(lambda: done(engine, number))
        service.get("/login?next=/geheim")

        # what has begun is answered before the service leaves
        with closing(http.client.HTTPConnection(service.host)) as visitor:
            visitor.putrequest("POST", "/verify")
            visitor.putheader("Content-Type", "application/x-www-form-urlencoded")
            visitor.putheader("Content-Length", "3")
            visitor.endheaders(b"a")
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            visitor.send(b"=b")
            assert 0 < visitor.getresponse().status < 500

        assert service.process.wait(PATIENCE_S) == 0
        ended = {(line["name"], line["status"]) for line in service.lines("process_ended")}
        assert ended == {("web", -signal.SIGKILL), ("worker-1", -signal.SIGKILL)}
        assert service.lines("worker_stopped")
        assert service.lines("request")
        assert "geheim" not in service.log.read_text()
        assert service.lines("service_stopped")
        assert service.get("/healthz")[0] == 0
    engine.dispose()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with three web processes."""
    folder = tmp_path_factory.mktemp("crowded")
    env = environment(folder, SPOTCHECK_WEB_PROCESSES="3", TMPDIR=str(folder))
    migrate(env)
    with running(env, folder, "serve") as service:
        until(service.is_ready)
        yield service


def test_a_trial_is_found_by_every_web_process(crowded: Running) -> None:
    place = begin_trial(crowded)

    with ThreadPoolExecutor(8) as visitors:
        answers = list(visitors.map(lambda _: crowded.get(place)[0], range(40)))

    assert answers == [200] * 40
    # all were answered by the one that holds it, whoever took them
    answered = [line for line in crowded.lines("request") if line["route"] == "/draws/<token>"]
    assert len(answered) == 40
    assert len({line["process"] for line in answered}) == 1


def test_nothing_of_a_service_outlives_its_supervisor(crowded: Running) -> None:
    children = [crowded.child(name) for name in ("web", "worker-1", "tidy")]

    crowded.process.kill()
    crowded.process.wait()

    until(lambda: crowded.get("/healthz")[0] == 0)
    until(lambda: not any(map(alive, children)))


def begin_trial(service: Running) -> str:
    """Upload a list that has faults; gives the place of the trial."""
    body = (
        '--x\r\nContent-Disposition: form-data; name="roster_file"; filename="a.csv"\r\n\r\nid\r\n'
        "--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    with closing(http.client.HTTPConnection(service.host)) as visitor:
        visitor.request("POST", "/draws", body.encode(), kind)
        answer = visitor.getresponse()
        assert answer.status == 303
        return str(answer.headers["Location"])


def test_the_demo_runs_with_one_command_and_leaves_nothing(tmp_path: Path) -> None:
    env = environment(tmp_path, TMPDIR=str(tmp_path))
    with running(env, tmp_path, "run", "--units", "2500") as service:
        until(service.is_ready)
        assert service.get("/")[0] == 200
        shown = service.log.read_text()
        assert service.host in shown
        assert all(role.label in shown for role in Role)

        assert service.ask_to_end() == 0

    assert not list(tmp_path.glob("spotcheck-*"))
