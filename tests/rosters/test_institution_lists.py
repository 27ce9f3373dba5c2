"""Lists of institutions on any day, against the slow way of asking each institution."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import event, func
from sqlmodel import Session, select

import web.tables  # noqa: F401
from core.regions import within
from core.roles import NATION, Place, Scope, ScopeKind
from rosters.certificates import Certificate, CertificateStatus, status_on
from rosters.changes import Act, EntryNotThere, NothingChanges
from rosters.editing import change, end, enter
from rosters.entries import Noun, holds
from rosters.finding.institution_lines import NO_CERTIFICATE, PACKED, REGION_SHIFT, Facet
from rosters.finding.institution_lists import Filters, Sort, export_rows, facets, ids, page
from rosters.flags import Flag, FlagKind
from rosters.institutions import Institution
from rosters.premises import QICentre
from rosters.statements import Change
from rosters.vocabularies import SPOT_CHECK_FIELDS, parted
from rosters.withdrawals import AlreadyWithdrawn, ChangedSince, withdraw
from tests.rosters.worlds import NOON, PLANNER, TODAY, act_of, settled

ZHEJIANG = Scope(ScopeKind.REGION, "330000")
DAYS = (TODAY, date(2025, 3, 1), date(2023, 7, 1), date(2027, 5, 1))
UNITS = 120


# -- the slow way ------------------------------------------------------------------------------


def values_of(session: Session, day: date) -> dict[int, dict[Facet, set[str]]]:
    """For every institution of a day its values, asked one by one."""
    return {
        one.entry_id: {
            Facet.REGION: {one.region, f"{one.region[:2]}0000"} if one.region else {"000000"},
            Facet.LEVEL: {one.level},
            Facet.LEGAL_FORM: {one.legal_form},
            Facet.STANDING: {one.standing},
            Facet.CREDIT_CLASS: {one.credit_class},
            Facet.FIELD: set(parted(one.fields)),
            Facet.QI_CENTRE: {"yes" if held(session, QICentre, one.entry_id, day) else "no"},
            Facet.STATUS: {best_status(session, one.entry_id, day)},
            Facet.FLAG: {
                flag.kind
                for flag in held(session, Flag, one.entry_id, day)
                if flag.happened_on <= day and (flag.ended_on is None or flag.ended_on > day)
            },
        }
        for one in session.exec(select(Institution).where(holds(Institution, day)))
    }


def held(session: Session, table: Any, entry: int, day: date) -> list[Any]:
    wanted = select(table).where(table.institution_id == entry, holds(table, day))
    return list(session.exec(wanted))


def best_status(session: Session, entry: int, day: date) -> str:
    standing = [
        status_on(one.state, one.expires_on, day) for one in held(session, Certificate, entry, day)
    ]
    return min(standing, key=list(CertificateStatus).index, default=NO_CERTIFICATE)


def narrowed(
    values: dict[int, dict[Facet, set[str]]], chosen: dict[Facet, frozenset[str]]
) -> list[int]:
    return [
        entry for entry, of in values.items() if all(of[facet] & v for facet, v in chosen.items())
    ]


def some_choice(
    chance: Random, values: Iterable[dict[Facet, set[str]]]
) -> dict[Facet, frozenset[str]]:
    """Up to three facets, with values that somebody has."""
    all_of = list(values)
    chosen = {}
    for facet in chance.sample(list(Facet), chance.randint(0, 3)):
        known = sorted({value for of in all_of for value in of[facet]})
        if known:
            chosen[facet] = frozenset(chance.sample(known, min(len(known), chance.randint(1, 3))))
    return chosen


def assert_told_as_asked(
    session: Session,
    filters: Filters,
    values: dict[int, dict[Facet, set[str]]],
) -> None:
    """That list and facets say of *values* what asking each institution says."""
    expected = narrowed(values, dict(filters.chosen))
    told = facets(session, filters, [NATION])
    assert sorted(expected) == ids(session, filters, [NATION])
    assert told.total == len(expected) == page(session, filters, [NATION]).total
    for facet in Facet:
        own = set(filters.chosen.get(facet, ()))
        others = {name: of for name, of in filters.chosen.items() if name != facet}
        among = narrowed(values, others)
        assert told.counts[facet] == {
            value: count
            for value in all_values(values, facet) | own
            if (count := sum(value in values[entry][facet] for entry in among)) or value in own
        }, facet


def test_lists_and_facets_say_what_each_institution_says(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, UNITS)
    chance = Random(5)
    for day in DAYS:
        values = values_of(session, day)
        for _ in range(6):
            chosen = some_choice(chance, values.values())
            assert_told_as_asked(session, Filters(day, chosen=chosen), values)


@pytest.mark.parametrize("seed", range(3))
def test_the_lists_follow_whatever_happens_to_institutions_and_what_they_hold(
    session: Session, tmp_path: Path, seed: int
) -> None:
    settled(session, tmp_path, 40)
    act, chance = act_of(tmp_path), Random(seed)
    for _ in range(25):
        with suppress(
            NothingChanges, ChangedSince, AlreadyWithdrawn, EntryNotThere, ValidationError
        ):
            happen(session, act, chance)

    for day in (TODAY, date(2026, 5, 1), date(2024, 5, 1)):
        assert_told_as_asked(session, Filters(day), values_of(session, day))


def happen(session: Session, act: Act, chance: Random) -> None:
    """A certificate goes to another, a flag ends, an institution changes, a change is undone."""
    day = date(2024, 1, 1) + timedelta(days=chance.randrange(1_000))
    owner = chance.choice(session.exec(select(Institution.entry_id)).all())
    match chance.randrange(5):
        case 0:
            held = chance.choice(session.exec(select(Certificate.entry_id)).all())
            change(session, act, Noun.CERTIFICATE, held, {"institution_id": owner}, day)
        case 1:
            flag = chance.choice(session.exec(select(Flag.entry_id)).all())
            change(session, act, Noun.FLAG, flag, {"ended_on": day}, day)
        case 2:
            facts = {"region": chance.choice(["330100", "440000"]), "level": "national"}
            change(session, act, Noun.INSTITUTION, owner, facts, day)
        case 3:
            end(session, act, Noun.INSTITUTION, owner, day)
        case _:
            last = session.exec(select(func.max(Change.id))).one()
            withdraw(session, last or 1, PLANNER, NOON, "撤回")


def all_values(values: dict[int, dict[Facet, set[str]]], facet: Facet) -> set[str]:
    return {value for of in values.values() for value in of[facet]}


# -- sight -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", [ZHEJIANG, Scope(ScopeKind.REGION, "330100")])
def test_a_region_sees_and_counts_its_own_only(
    session: Session, tmp_path: Path, scope: Scope
) -> None:
    settled(session, tmp_path, UNITS)
    rows = session.exec(select(Institution).where(holds(Institution, TODAY))).all()
    own = [one for one in rows if within(one.region, scope.key)]

    shown = page(session, Filters(TODAY), [scope], size=UNITS)

    assert {row.institution.entry_id for row in shown.rows} == {one.entry_id for one in own}
    told = facets(session, Filters(TODAY), [scope])
    assert set(told.counts[Facet.REGION]) <= {"330000"} | {one.region for one in own}
    assert told.total == len(own)


def test_an_institution_sees_itself_and_nobody_without_scopes_sees_anything(
    session: Session, tmp_path: Path
) -> None:
    settled(session, tmp_path, 30)
    one = session.exec(select(Institution).where(Institution.credit_code != "")).first()
    assert one is not None
    own = Scope(ScopeKind.INSTITUTION, one.credit_code)

    assert ids(session, Filters(TODAY), [own]) == [one.entry_id]
    assert ids(session, Filters(TODAY), []) == []
    assert facets(session, Filters(TODAY), []).total == 0
    assert not own.sees(Place())


# -- pages and orders --------------------------------------------------------------------------


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_together_are_the_list_in_one_order(
    session: Session, tmp_path: Path, sort: Sort, descending: bool
) -> None:
    settled(session, tmp_path, 60)
    filters = Filters(TODAY)
    pages = [
        page(session, filters, [NATION], sort, n, size=13, descending=descending)
        for n in range(1, 8)
    ]
    listed = [row.institution.entry_id for one in pages for row in one.rows]

    assert sorted(listed) == ids(session, filters, [NATION])
    if not descending:
        exported = export_rows(session, filters, [NATION], sort)
        assert [row.institution.entry_id for row in exported] == listed


def test_both_databases_sort_names_by_their_sound(session: Session, tmp_path: Path) -> None:
    act = act_of(tmp_path)
    for name in ("演示重庆检测", "演示北京检测", "演示阿坝检测", "SGS演示", "演示2号检测"):
        enter(session, act, Noun.INSTITUTION, {"name": name}, TODAY)

    shown = page(session, Filters(TODAY), [NATION]).rows

    assert [row.institution.name for row in shown] == [
        "SGS演示", "演示2号检测", "演示阿坝检测", "演示北京检测", "演示重庆检测",
    ]  # fmt: skip


def test_the_best_certificate_stands_first_in_its_row(session: Session, tmp_path: Path) -> None:
    act = act_of(tmp_path)
    entry, _ = enter(session, act, Noun.INSTITUTION, {"name": "演示甲"}, TODAY)
    for number, last in (
        ("1", date(2026, 1, 1)),
        ("2", date(2030, 1, 1)),
        ("3", date(2026, 12, 1)),
    ):
        facts = {"institution_id": entry, "number": number, "expires_on": last}
        enter(session, act, Noun.CERTIFICATE, facts, TODAY)

    (row,) = page(session, Filters(TODAY), [NATION]).rows

    assert [one.number for one, _ in row.certificates] == ["2", "3", "1"]
    assert row.status == CertificateStatus.VALID


def test_time_alone_lets_a_certificate_lapse_in_the_lists(session: Session, tmp_path: Path) -> None:
    act = act_of(tmp_path)
    entry, _ = enter(session, act, Noun.INSTITUTION, {"name": "演示甲"}, TODAY)
    facts = {"institution_id": entry, "number": "1", "expires_on": date(2027, 5, 31)}
    paper, _ = enter(session, act, Noun.CERTIFICATE, facts, TODAY)

    def status(day: date) -> list[str]:
        return list(facets(session, Filters(day), [NATION]).counts[Facet.STATUS])

    assert status(TODAY) == ["valid"]
    assert status(date(2027, 2, 28)) == ["valid"]
    assert status(date(2027, 3, 1)) == ["expiring"]
    assert status(date(2027, 5, 31)) == ["expiring"]
    assert status(date(2027, 6, 1)) == ["expired"]
    change(session, act, Noun.CERTIFICATE, paper, {"state": "revoked"}, date(2026, 12, 1))
    assert status(date(2026, 12, 1)) == ["revoked"]
    assert status(TODAY) == ["valid"]


def test_values_that_nobody_knows_find_nobody(session: Session, tmp_path: Path) -> None:
    settled(session, tmp_path, 30)
    for facet in Facet:
        filters = Filters(TODAY).only(facet, "乌有")
        assert ids(session, filters, [NATION]) == []
        assert facets(session, filters, [NATION]).total == 0


# -- what it costs -----------------------------------------------------------------------------


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("units", [30, 120])
def test_a_page_with_its_facets_asks_four_questions_however_long_the_list(
    session: Session, tmp_path: Path, units: int
) -> None:
    settled(session, tmp_path, units)
    session.commit()
    session.exec(select(1)).one()
    filters = Filters(TODAY, "演示").only(Facet.LEVEL, "provincial")

    with counted(session) as asked:
        told = facets(session, filters, [NATION])
        page(session, filters, [NATION], total=told.total)

    assert len(asked) == 4


# -- the packed number -------------------------------------------------------------------------


def test_no_two_facets_share_a_bit_and_every_value_has_its_place() -> None:
    masks = [packed.mask for packed in PACKED.values()]

    assert max(masks) < 1 << REGION_SHIFT
    for packed in PACKED.values():
        assert sum(bool(packed.mask & mask) for mask in masks) == 1
        places = len(packed.values) if packed.several else (len(packed.values) - 1).bit_length()
        assert places <= packed.width
    assert 9999 << REGION_SHIFT < 1 << 63


def test_a_stored_value_never_changes_its_place() -> None:
    # numbers are stored: new values go to the end, and a migration draws the lines anew
    assert PACKED[Facet.FIELD].values[:3] == SPOT_CHECK_FIELDS[:3]
    assert PACKED[Facet.FLAG].values == tuple(FlagKind)
    assert PACKED[Facet.STATUS].values[-1] == NO_CERTIFICATE
