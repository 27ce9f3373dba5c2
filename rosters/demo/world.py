"""A made-up world around the made-up roster: institutions with their history and all they hold,
inspectors, experts, relations, and what is on record.

Nothing in it is real: names are coined and bear the word 演示, telephone numbers begin with an
area code that nobody has, and every remark says 演示数据. Departments alone have their real
names. The same arguments give the same world on any machine.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from sqlmodel import Session, col, select

from core.errors import Conflict
from core.regions import significant
from rosters.changes import Act, Saying, new_entries, state
from rosters.demo.classes import class_of
from rosters.demo.ground import Wave, World, again
from rosters.demo.holdings import Certificates, contacts, qi_centres, sites
from rosters.demo.institutions import Unit, institution, predecessors, settle_units
from rosters.demo.lists import check_items, field_mappings, joint_items, risk_indicators
from rosters.demo.people import Departments, Staff, experts, inspectors, relations
from rosters.demo.record import record
from rosters.entries import Entry, Noun, holds
from rosters.experts import Expert
from rosters.inspectors import Inspector
from rosters.institutions import Institution
from rosters.timeline import PRESENT

GROUP = 6_000
"""Institutions that are stated in one change: enough to be fast, few enough for the memory."""

Maker = Callable[[World, Unit, int], Iterator[Saying]]
"""Composes something that an institution holds, by a number of its own."""

Told = Callable[[str, int], None]
"""Is told what has just been stated, and how many statements there were."""


def demo_world(units: int, seed: int, today: date) -> Iterator[Wave]:
    """The changes that make the world, in an order in which each can be stated.

    Entries bear numbers of the world, from 1 on; facts that end in `_id` name others by them.

    Parameters
    ----------
    units : institutions in the roster on the day *today*, 1 to `demo.MOST_UNITS`; there are a
        few more that went into others before.
    seed : any integer; another one gives another world.
    """
    world = World(units, seed, today)
    departments = Departments(world)
    yield Wave("部门", departments.sayings)
    lists = (check_items, joint_items, field_mappings, risk_indicators)
    yield Wave("清单、对照与指标", [saying for listed in lists for saying in listed(world)])
    settled = settle_units(world)
    for number, held in enumerate(_institutions(world, settled), start=1):
        yield Wave(f"机构（第{number}批）", held)
    before = list(predecessors(world, settled))
    yield Wave("机构合并与分立", before)
    staff = Staff(settled)
    people = [*inspectors(world, staff, departments), *experts(world, staff)]
    yield Wave("检查人员与专家", [saying for _, said in people for saying in said])
    gone = [saying.entry_id for saying in before if PRESENT in saying.facts]
    persons = [person for person, _ in people]
    yield Wave("利害关系", list(relations(world, staff, persons, gone)))


class RosterIsNotEmpty(Conflict):
    """A made-up world is never mixed with what is there already."""

    code = "roster_not_empty"


def _institutions(world: World, units: list[Unit]) -> Iterator[list[Saying]]:
    """The institutions in groups, each with all that it holds: what follows is made once."""
    makers: tuple[Maker, ...] = (Certificates(world, units).of, sites, qi_centres, contacts, record)
    streams = [world.numbers(f"maker {place}") for place in range(1 + len(makers))]
    for start in range(0, len(units), GROUP):
        group = []
        for unit in units[start : start + GROUP]:
            own, *others = [chances[unit.index] for chances in streams]
            held = [
                saying
                for make, chance in zip(makers, others, strict=True)
                for saying in make(world, unit, chance)
            ]
            credit = class_of(world, unit, held, again(own, 1))
            group += [*institution(world, unit, own, credit), *held]
        yield group


def settle(session: Session, act: Act, waves: Iterator[Wave], told: Told | None = None) -> int:
    """State the world; the number of statements. *act* gives who, when and where files are kept.

    Raises
    ------
    RosterIsNotEmpty
        If the database knows any entry; nothing is written.
    """
    if session.exec(select(Entry.id).limit(1)).first() is not None:
        raise RosterIsNotEmpty
    ids: dict[int, int] = {}
    stated = 0
    for wave in waves:
        ids |= _ids(session, wave.sayings, ids)
        sayings = [_with_ids(saying, ids) for saying in wave.sayings]
        if sayings:
            state(session, _named(act, wave.reason), sayings)
        stated += len(sayings)
        if told is not None:
            told(wave.reason, len(sayings))
    return stated


def _ids(session: Session, sayings: list[Saying], known: dict[int, int]) -> dict[int, int]:
    """Ids of the database for the numbers that are new in *sayings*."""
    numbers: dict[Noun, dict[int, None]] = defaultdict(dict)
    for saying in sayings:
        if saying.entry_id not in known:
            numbers[saying.noun][saying.entry_id] = None
    return {
        number: key
        for noun, of_noun in numbers.items()
        for number, key in zip(of_noun, new_entries(session, noun, len(of_noun)), strict=True)
    }


def _with_ids(saying: Saying, ids: dict[int, int]) -> Saying:
    facts = {
        name: ids[value] if name.endswith("_id") else value for name, value in saying.facts.items()
    }
    return Saying(saying.noun, ids[saying.entry_id], facts, saying.takes_effect)


def _named(act: Act, what: str) -> Act:
    return Act(act.actor, act.now, act.files, f"演示数据：{what}", act.kind, act.source)


def some_institution(session: Session, day: date, region: str) -> str:
    """The credit code of one institution in a region; empty if there is none."""
    wanted = select(Institution.credit_code).where(
        holds(Institution, day),
        col(Institution.credit_code) != "",
        col(Institution.region).startswith(significant(region)),
    )
    return session.exec(wanted.order_by(col(Institution.entry_id)).limit(1)).first() or ""


def give_accounts(
    session: Session, act: Act, day: date, region: str, inspector: str, expert: str
) -> None:
    """Let one inspector and one expert of a region be those who log in under these names."""
    people: tuple[tuple[Noun, type[Inspector] | type[Expert], str], ...] = (
        (Noun.INSPECTOR, Inspector, inspector),
        (Noun.EXPERT, Expert, expert),
    )
    sayings = []
    for noun, table, login_name in people:
        # a small world may have none there; then somebody from elsewhere
        there = col(table.region).startswith(significant(region))
        wanted = select(table.entry_id).where(holds(table, day)).order_by(there.desc())
        someone = session.exec(wanted.order_by(col(table.entry_id)).limit(1)).one()
        sayings.append(Saying(noun, someone, {"login_name": login_name}, day))
    state(session, act, sayings)
