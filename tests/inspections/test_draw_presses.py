"""Many press at once, and processes die at any moment: there is exactly one draw, or none."""

import itertools
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pytest
from sqlalchemy import Engine, func, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, col, select

from core import trail, trail_check
from core.accounts import User
from core.database import connect, unit_of_work
from core.errors import Fact
from core.files import FileStore
from core.trail import Actor
from inspections.ceremonies import Announcement, announce
from inspections.draw_check import inner_faults
from inspections.draw_papers import CERTIFICATE, papers_of
from inspections.drawn_units import units_of
from inspections.draws import Desk, Draw, DrawExists, DrawReason, DrawState, get_draw
from inspections.holding import DrawMustBeHeld, hold, sign_void, work_out
from inspections.matters import matter_of
from inspections.motions import move_void
from inspections.reveals import reveal
from inspections.sources import SourceDraft, SourceKind, sources_of
from tests.core.people import NOW
from tests.inspections.hall import FRAME_KEY, SEAL, SOURCES, VALUES, Hall, a_hall
from tests.postgres import Databases, server
from tests.storage import PATIENCE_S, in_processes, in_threads, url_of


def desk(root: Path, person: int) -> Desk:
    actor = Actor(person, "操作员", "national_planner")
    return Desk(actor, NOW, FileStore(root / "files"), SEAL, FRAME_KEY)


def people(session: Session) -> list[int]:
    return [key for key in session.exec(select(User.id).order_by(col(User.id))) if key]


def ready_to_draw(engine: Engine, root: Path) -> int:
    """A draw to which every source has given its value."""
    with unit_of_work(engine) as session:
        return a_hall(session, root).revealed().key


# -- at once -----------------------------------------------------------------------------------


Answers = set[tuple[str | None, str | None]]
"""Seed and certificate."""


def press(root: Path, times: int, url: str, number: int) -> Answers:
    """Press the button so often; says what the answers were."""
    engine, answers = connect(url), Answers()
    for _ in range(times):
        with unit_of_work(engine) as session:
            draw = session.exec(select(Draw)).one()
            held = hold(session, desk(root, people(session)[number % 2]), draw.key)
            answers.add((held.seed, held.certificate_sha256))
    engine.dispose()
    return answers


def check_one_draw(engine: Engine, root: Path, given: list[Answers]) -> None:
    (answer,) = set.union(*given)
    with Session(engine) as session:
        draw = session.exec(select(Draw)).one()
        assert (draw.seed, draw.certificate_sha256) == answer
        assert list(inner_faults(session, desk(root, draw.drawn_by or 0), draw.key)) == []
        told = trail.page(session, trail.Search(noun="draw", action="draw.held"))
        assert len(told) == 1
        assert trail_check.verify(session) == []


# PostgreSQL lets a hundred in at once
@pytest.mark.parametrize(
    ("pressing", "times"), [(12, 1), pytest.param(50, 4, marks=pytest.mark.soak)]
)
def test_many_who_press_at_the_same_moment_get_one_draw(
    engine: Engine, tmp_path: Path, pressing: int, times: int
) -> None:
    ready_to_draw(engine, tmp_path)

    answers = in_threads(partial(press, tmp_path, times), url_of(engine), pressing)

    check_one_draw(engine, tmp_path, answers)


@pytest.mark.parametrize("presses", [3, pytest.param(16, marks=pytest.mark.soak)])
def test_so_do_those_who_press_in_processes_of_their_own(
    engine: Engine, tmp_path: Path, presses: int
) -> None:
    ready_to_draw(engine, tmp_path)

    answers = in_processes(partial(press, tmp_path, 1), url_of(engine), presses)

    check_one_draw(engine, tmp_path, answers)


def announce_again(version: int, frame: int, url: str, number: int) -> bool:
    engine = connect(url)
    drafts = [SourceDraft(f"骰子{n}", SourceKind.DICE) for n in (1, 2)]
    try:
        with unit_of_work(engine) as session:
            operator = desk(Path(), people(session)[0])
            announce(session, Announcement(version, frame, drafts), operator)
        return True
    except DrawExists:
        return False
    finally:
        engine.dispose()


def test_of_operators_who_announce_at_the_same_moment_one_does(
    engine: Engine, tmp_path: Path
) -> None:
    with unit_of_work(engine) as session:
        hall = a_hall(session, tmp_path)

    work = partial(announce_again, hall.version_id, hall.frame_id)

    assert sorted(in_threads(work, url_of(engine), 4)) == [False] * 3 + [True]


def act(root: Path, url: str, number: int) -> str:
    """One draws, one signs that the draw is void, one shows his value once more."""
    engine = connect(url)
    try:
        with unit_of_work(engine) as session:
            draw = session.exec(select(Draw)).one()
            first, second = people(session)
            if number == 0:
                return hold(session, desk(root, first), draw.key).state.value
            if number == 1:
                return sign_void(session, desk(root, second), 1).state.value
            source = sources_of(session, draw.key)[0]
            return reveal(session, source.key, VALUES[source.name], NOW).value
    except Fact as fact:
        return fact.code
    finally:
        engine.dispose()


def test_two_operators_at_once_never_leave_a_draw_half(engine: Engine, tmp_path: Path) -> None:
    draw_id = ready_to_draw(engine, tmp_path)
    with unit_of_work(engine) as session:
        first, _ = people(session)
        operator, reason = Actor(first, "甲", "national_planner"), DrawReason.PROCEDURE_BROKEN
        move_void(session, draw_id, reason, "程序有误", operator, NOW)

    told = in_threads(partial(act, tmp_path), url_of(engine), 3)

    assert told[1:] in (["void", "taken"], [DrawMustBeHeld.code, "taken"])
    with Session(engine) as session:
        draw = get_draw(session, draw_id)
        assert draw.state == (DrawState.VOID if told[1] == "void" else DrawState.DRAWN)
        assert draw.seed is not None
        assert list(inner_faults(session, desk(tmp_path, first), draw_id)) == []


# -- kill -9 -----------------------------------------------------------------------------------


def _die_at(step: int, work: Callable[[], object]) -> NoReturn:
    """Work, killed at the call of that number, whether Python's or the system's."""
    calls = itertools.count(1)

    def watch(_frame: object, event: str, _called: object) -> None:
        if event in ("call", "c_call") and next(calls) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.setprofile(watch)
        work()
        os._exit(0)
    finally:
        os._exit(1)


def _calls_of(work: Callable[[], object]) -> int:
    seen = Counter[str]()
    sys.setprofile(lambda _frame, event, _called: seen.update([event]))
    work()
    sys.setprofile(None)
    return seen["call"] + seen["c_call"]


def _draw(root: Path, url: str, draw_id: int) -> None:
    engine = connect(url)
    try:
        with unit_of_work(engine) as session:
            hold(session, desk(root, people(session)[0]), draw_id)
    finally:
        engine.dispose()


def _expected_seed(root: Path, url: str, draw_id: int) -> str:
    """The only seed that this draw can have."""
    engine = connect(url)
    with Session(engine) as session:
        draw = get_draw(session, draw_id)
        matter = matter_of(session, draw)
        drawn = work_out(desk(root, 1), draw, matter, sources_of(session, draw_id))
    engine.dispose()
    seed: str = drawn.outcome.seed
    return seed


def _is_held(root: Path, url: str, draw_id: int, seed: str) -> bool:
    """Whether it is drawn, wholly; or else wholly not."""
    engine = connect(url)
    with Session(engine) as session:
        draw, one = get_draw(session, draw_id), Draw.id == draw_id
        search = trail.Search(noun="draw", noun_id=str(draw_id), action="draw.held")
        told, units = trail.page(session, search), units_of(session, draw_id)
        assert trail_check.verify(session) == []
        assert session.exec(select(func.count()).where(one)).one() == 1
        if draw.state == DrawState.REVEALING:
            assert (draw.seed, told, units) == (None, [], [])
            assert CERTIFICATE not in papers_of(session, draw_id)
        else:
            assert (draw.state, draw.seed, len(told)) == (DrawState.DRAWN, seed, 1)
            assert list(inner_faults(session, desk(root, 1), draw_id)) == []
        held = draw.is_held
    engine.dispose()
    return held


def _next_draw(root: Path, url: str, draw_id: int) -> int:
    """The draw made void by two persons, and another one ready to be held."""
    engine = connect(url)
    with unit_of_work(engine) as session:
        first, second = people(session)[:2]
        draw, now = get_draw(session, draw_id), NOW
        operator = Actor(first, "甲", "national_planner")
        reason = DrawReason.PROCEDURE_BROKEN
        motion = move_void(session, draw_id, reason, "再来", operator, now)
        sign_void(session, desk(root, second), motion.key)
        values = {name: f"{value} {draw_id}" for name, value in VALUES.items()}
        hall = Hall(
            session, FileStore(root / "files"), operator, Actor(second, "乙", "reviewer"),
            draw.plan_version_id, draw.frame_id, drafts=SOURCES, values=values,
        )  # fmt: skip
        key = hall.revealed().key
    engine.dispose()
    return key


def survive(root: Path, kills: int, url: str, _number: int) -> tuple[int, int]:
    """Kill so often; gives how many died before their draw, and how many draws there are."""
    chance, draw_id, died = random.Random(20_261_121), 1, 0
    seeds = [_expected_seed(root, url, draw_id)]
    steps = _calls_of(partial(_draw, root, url, draw_id))
    assert _is_held(root, url, draw_id, seeds[0])
    for kill in range(kills):
        if _is_held(root, url, draw_id, seeds[-1]):
            draw_id = _next_draw(root, url, draw_id)
            seeds.append(_expected_seed(root, url, draw_id))
        # every third one towards the end, where files, rows and the commit are
        step = chance.randint(steps * 3 // 4 if kill % 3 == 0 else 1, steps)
        child = os.fork()
        if not child:
            _die_at(step, partial(_draw, root, url, draw_id))
        _, status = os.waitpid(child, 0)
        assert status in (0, signal.SIGKILL)
        died += not _is_held(root, url, draw_id, seeds[-1])
    _draw(root, url, draw_id)
    assert _is_held(root, url, draw_id, seeds[-1])
    assert len(set(seeds)) == len(seeds)
    return died, len(seeds)


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_whoever_dies_while_drawing_leaves_a_whole_draw_or_none(
    engine: Engine, tmp_path: Path, kills: int
) -> None:
    ready_to_draw(engine, tmp_path)

    ((died, draws),) = in_processes(partial(survive, tmp_path, kills), url_of(engine), 1)

    assert died
    assert draws >= 2


# -- a database that crashes -------------------------------------------------------------------


def _crash(url: str) -> None:
    """Kill a process of the server: it throws everybody out, recovers, and is there again."""
    engine = connect(url)
    mine = text("SELECT pg_backend_pid()")
    # leaving it, the connection finds nobody to take leave of
    with suppress(DBAPIError), engine.connect() as connection:
        os.kill(connection.execute(mine).scalar_one(), signal.SIGKILL)
    engine.dispose()


def _is_there(url: str) -> bool:
    engine = connect(url)
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def _until_there(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not _is_there(url):
        assert time.monotonic() < deadline, "the database did not come back"
        time.sleep(0.05)


def _draw_if_possible(root: Path, url: str, draw_id: int) -> None:
    with suppress(DBAPIError):
        _draw(root, url, draw_id)


@pytest.mark.soak
def test_a_database_that_crashes_and_restarts_has_a_whole_draw_or_none(tmp_path: Path) -> None:
    chance, outcomes = random.Random(7), Counter[bool]()
    with server() as address, Databases(address).lent() as engine:
        # what a test database may forget is what this one is about
        with engine.begin() as connection:
            name = engine.url.database
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = on"))
        engine.dispose()
        url, draw_id = url_of(engine), ready_to_draw(engine, tmp_path)
        for _ in range(20):
            seed = _expected_seed(tmp_path, url, draw_id)
            drawing = Thread(target=_draw_if_possible, args=(tmp_path, url, draw_id))
            drawing.start()
            time.sleep(chance.uniform(0, 0.25))
            _crash(url)
            drawing.join()
            _until_there(url)
            held = _is_held(tmp_path, url, draw_id, seed)
            outcomes[held] += 1
            if held:
                draw_id = _next_draw(tmp_path, url, draw_id)

    assert set(outcomes) == {False, True}
