"""What somebody could try to steer a draw, and what stops him or gives him away.

The table of docs/ceremony.md; each of its rows stands here under the same name. A stranger has the
published files and the commitment digest that he noted down before the draw, nothing else.
"""

import json
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from core import trail
from inspections.ceremonies import OtherFrame, commit
from inspections.draw_check import inner_faults, public_faults
from inspections.draw_papers import DrawIsDamaged
from inspections.draw_seals import DrawKeyIsLost
from inspections.drawn_units import units_of
from inspections.draws import Draw, DrawExists
from inspections.frames import FrameIsDamaged, build, get_frame
from inspections.holding import DrawMustBeHeld, hold, work_out
from inspections.matters import matter_of
from inspections.reveals import reveal
from inspections.sources import Answer, sources_of
from rosters.editing import change
from rosters.entries import Noun
from sampler.certificate import certificate as certificate_of
from sampler.commitment import digest
from sampler.draw import hold_draw
from sampler.hashing import canonical
from sampler.seeds import Contribution, machine_promise
from tests.core.people import MINUTE
from tests.inspections.hall import FRAME_KEY, Hall, a_chance, a_hall
from tests.inspections.offices import CARS, FOOD, LONG_AGO, NOON, open_office
from tests.sampler.forgery import frame_of, root_of, signed

Data = dict[str, Any]


# what a stranger finds in two files does not depend on the database they came from
ONLY_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def hall(session: Session, tmp_path: Path) -> Hall:
    return a_hall(session, tmp_path)


def stranger(hall: Hall, draw: Draw, certificate: bytes, frame: bytes = b"") -> list[str]:
    """What somebody finds who knows the digest that was published before the draw."""
    assert draw.commitment_digest is not None
    return list(public_faults(draw.commitment_digest, certificate, frame or hall.frame(draw)))


def found(faults: list[str], what: str) -> bool:
    return any(fault.startswith(what) for fault in faults)


def drawn_again(certificate: Data, frame: bytes) -> bytes:
    """An honest draw after a forged commitment or forged values: all digests fit each other."""
    rows = [json.loads(line) for line in frame.splitlines()]
    given = [Contribution(c["source"], c["value"] or None) for c in certificate["contributions"]]
    commitment = certificate["commitment"]
    outcome = hold_draw(
        commitment,
        digest(commitment),
        [row["public"]["unit_id"] for row in rows],
        [int(row["type"]) for row in rows],
        given,
    )
    return canonical(certificate_of(commitment, given, outcome))


def test_an_honest_draw_convinces_a_stranger(hall: Hall) -> None:
    draw = hall.held()

    assert stranger(hall, draw, hall.paper(draw, "certificate.json")) == []


# -- the roster --------------------------------------------------------------------------------


def test_roster_changed_after_the_commitment_is_without_effect(
    session: Session, tmp_path: Path
) -> None:
    """From the plan that officials have drafted, on rosters in which somebody closes a friend's
    institution while the witnesses reveal."""
    office = open_office(session, tmp_path)
    institutions = office.institutions(12, fields=f"{FOOD}|{CARS}")
    version = office.published()
    frame = build(session, office.files, version.key, FRAME_KEY, office.planner, NOON)
    hall = Hall(
        session, office.files, office.planner, office.reviewer, version.key, frame.key, now=NOON
    )
    draw = hall.revealing()
    for entry in institutions[:6]:
        change(session, office.act, Noun.INSTITUTION, entry, {"standing": "closed"}, LONG_AGO)
    hall.give(draw)

    hold(session, hall.desk(), draw.key)
    session.commit()

    units = units_of(session, draw.key)
    assert {unit.entry_id for unit in units} <= set(institutions)
    assert all(unit.unit_id == office.code(unit.entry_id or 0) for unit in units)
    assert len([unit for unit in units if not unit.is_reserve]) == 4
    assert list(inner_faults(session, hall.desk(), draw.key)) == []


def test_roster_file_changed_after_the_commitment_is_not_drawn_from(hall: Hall) -> None:
    draw = hall.revealed()
    frame = get_frame(hall.session, draw.frame_id)
    hall.files.path(frame.rows_sha256).write_bytes(b"unit_id,name\nfriend,x\n")

    with pytest.raises(FrameIsDamaged):
        hold(hall.session, hall.desk(), draw.key)


def test_roster_changed_before_the_commitment_does_not_fit_the_frozen_frame(hall: Hall) -> None:
    draw = hall.promised()
    ready = hall.ready(draw)
    numbers, deadline = ready.prepared.typed.numbers, hall.now + 30 * MINUTE
    numbers[0], numbers[1] = numbers[1], numbers[0]

    with pytest.raises(OtherFrame):
        commit(hall.session, hall.desk(), draw.key, ready, a_chance(), deadline)


@ONLY_SQLITE
def test_roster_published_otherwise_than_committed_has_another_root(hall: Hall) -> None:
    draw = hall.held()
    lines = hall.frame(draw).splitlines()
    without = frame_of(lines[1:])
    renamed = frame_of([lines[0].replace("机构".encode(), "别家".encode()), *lines[1:]])
    certificate = hall.paper(draw, "certificate.json")

    for frame in (without, renamed):
        assert found(stranger(hall, draw, certificate, frame), "名单")


@ONLY_SQLITE
def test_roster_and_commitment_exchanged_together_have_another_digest(hall: Hall) -> None:
    draw = hall.held()
    forged, lines = deepcopy(hall.certificate(draw)), hall.frame(draw).splitlines()
    lines[0] = lines[0].replace("机构".encode(), "别家".encode())
    forged["commitment"]["frame"]["root"] = root_of(lines)
    frame = frame_of(lines)

    faults = stranger(hall, draw, drawn_again(forged, frame), frame)

    assert faults == ["承诺：与抽取前公布的承诺摘要不符"]


# -- the seed ----------------------------------------------------------------------------------


@ONLY_SQLITE
def test_seed_picked_freely_does_not_follow_from_the_values(hall: Hall) -> None:
    draw = hall.held()
    forged = deepcopy(hall.certificate(draw))
    forged["seed"] = "0" * 64

    assert found(stranger(hall, draw, signed(forged)), "来源和种子")


@ONLY_SQLITE
def test_seed_picked_by_another_machine_share_breaks_the_machines_promise(hall: Hall) -> None:
    draw = hall.held()
    forged = deepcopy(hall.certificate(draw))
    forged["contributions"][0]["value"] = "f" * 64

    assert found(stranger(hall, draw, drawn_again(forged, hall.frame(draw))), "来源和种子")


@ONLY_SQLITE
def test_seed_picked_by_a_share_and_its_promise_has_another_digest(hall: Hall) -> None:
    draw = hall.held()
    forged = deepcopy(hall.certificate(draw))
    forged["contributions"][0]["value"] = "f" * 64
    forged["commitment"]["machine"] = machine_promise("f" * 64)

    faults = stranger(hall, draw, drawn_again(forged, hall.frame(draw)))

    assert faults == ["承诺：与抽取前公布的承诺摘要不符"]


@ONLY_SQLITE
def test_seed_picked_by_a_witnesses_value_breaks_his_promise(hall: Hall) -> None:
    draw = hall.held()
    forged = deepcopy(hall.certificate(draw))
    forged["contributions"][1]["value"] = "另一个数"

    faults = stranger(hall, draw, drawn_again(forged, hall.frame(draw)))

    assert faults == ["来源：见证人“见证人甲”揭示的值与其事先的封存不符"]


def test_seed_picked_by_a_sealed_share_exchanged_in_the_database_cannot_be_opened(
    hall: Hall,
) -> None:
    draw, chance = hall.revealed(), a_chance()
    draw.sealed_share = chance.nonce + chance.share + bytes(16)
    hall.session.add(draw)
    with pytest.raises(DrawKeyIsLost):
        hold(hall.session, hall.desk(), draw.key)

    # who knows the key of the service can seal another share; the commitment tells
    draw.sealed_share = hall.desk().seal.close(draw.key, draw.commitment_digest or "", chance)
    hall.session.add(draw)
    with pytest.raises(DrawIsDamaged) as caught:
        hold(hall.session, hall.desk(), draw.key)
    assert caught.value.params["what"] == "other_machine"


# -- the last to reveal ------------------------------------------------------------------------


def test_last_witness_who_withholds_is_named_and_gains_no_second_draw(hall: Hall) -> None:
    draw = hall.revealed("见证人乙", "当众掷骰")
    late = hall.desk(after=31 * MINUTE)
    with pytest.raises(DrawMustBeHeld):
        hall.void(draw)
    hall.now = late.now
    hall.give(draw, "见证人甲", "见证人乙")

    hold(hall.session, late, draw.key)

    told = hall.certificate(draw)["contributions"]
    assert [c["source"] for c in told if not c["revealed"]] == ["见证人乙"]
    assert stranger(hall, draw, hall.paper(draw, "certificate.json")) == []


@ONLY_SQLITE
def test_last_witness_cannot_know_the_seed_when_he_decides(hall: Hall) -> None:
    """The dice are not thrown yet, and each throw gives another seed; nor is the machine share
    known, which stands nowhere in clear (`test_draws.py`)."""
    draw = hall.revealed("见证人乙", "当众掷骰")
    matter = matter_of(hall.session, draw)
    sources = sources_of(hall.session, draw.key)
    with_him = {s.name: s.value for s in sources} | {"见证人乙": hall.values["见证人乙"]}
    assert with_him["当众掷骰"] is None

    seeds = set()
    for faces in ("1", "2"):
        sources[2].value = faces
        seeds.add(work_out(hall.desk(), draw, matter, sources).outcome.seed)
    sources[2].value = None

    assert len(seeds) == 2


def test_witness_who_shows_another_value_is_refused_and_recorded(hall: Hall) -> None:
    draw = hall.revealing()
    source = hall.source(draw, "见证人甲")

    assert reveal(hall.session, source.key, "更合意的数", hall.now) == Answer.DOES_NOT_FIT
    assert source.value is None
    assert trail.pending(hall.session)[-1].action == "source.refused"


# -- drawing again -----------------------------------------------------------------------------


def test_redraw_is_refused_and_a_countersigned_one_names_the_first(hall: Hall) -> None:
    first = hall.held()
    with pytest.raises(DrawExists):
        hall.announced()
    hall.void(first)
    hall.values = {name: f"{value} 又" for name, value in hall.values.items()}

    second = hall.held()

    told = hall.certificate(second)["commitment"]["ceremony"]
    assert told["draw"] == 2
    assert [v["commitment"] for v in told["void"]] == [first.commitment_digest]
    hidden = deepcopy(hall.certificate(second))
    hidden["commitment"]["ceremony"] |= {"draw": 1, "void": []}
    faults = stranger(hall, second, drawn_again(hidden, hall.frame(second)))
    assert faults == ["承诺：与抽取前公布的承诺摘要不符"]


# -- the drawn list ----------------------------------------------------------------------------


def _drop(certificate: Data) -> None:
    certificate["drawn"].pop()


def _add(certificate: Data) -> None:
    certificate["drawn"].append({**certificate["drawn"][-1], "unit_id": "u19", "rank": 99})


def _exchange(certificate: Data) -> None:
    drawn, reserve = certificate["drawn"][0], certificate["reserves"][0]
    drawn["unit_id"], reserve["unit_id"] = reserve["unit_id"], drawn["unit_id"]


@ONLY_SQLITE
@pytest.mark.parametrize("edit", [_drop, _add, _exchange])
def test_unit_dropped_added_or_exchanged_is_not_what_the_seed_draws(hall: Hall, edit: Any) -> None:
    draw = hall.held()
    forged = deepcopy(hall.certificate(draw))
    edit(forged)

    assert found(stranger(hall, draw, canonical(forged)), "证书文字")
    assert stranger(hall, draw, signed(forged)) != []


@ONLY_SQLITE
def test_certificate_edited_in_one_byte_no_longer_verifies(hall: Hall) -> None:
    draw = hall.held()
    honest, frame = hall.paper(draw, "certificate.json"), hall.frame(draw)

    for place in range(1, len(honest), 211):
        edited = bytearray(honest)
        edited[place] ^= 1
        assert stranger(hall, draw, bytes(edited), frame) != [], place


@ONLY_SQLITE
def test_certificate_edited_beside_the_draw_has_another_file_digest(hall: Hall) -> None:
    """What no check of the draw reads - the deadline, say - is under the commitment digest."""
    draw = hall.held()
    forged = deepcopy(hall.certificate(draw))
    forged["commitment"]["ceremony"]["deadline"] = "2026-03-01T00:00:00+00:00"

    assert found(stranger(hall, draw, signed(forged)), "承诺")


# -- the operator in the database --------------------------------------------------------------

TAMPERINGS = {
    "数据库中的种子": "UPDATE draw SET seed = '" + "0" * 64 + "'",
    "数据库中来源": "UPDATE draw_source SET value = '6 6 6' WHERE kind = 'dice'",
    "数据库中的来源": "UPDATE draw_source SET address = 'elsewhere' WHERE kind = 'dice'",
    "数据库中的名单": "UPDATE drawn_unit SET unit_id = 'friend' WHERE rank = 1 AND field = '食品'",
    "承诺": "UPDATE draw SET commitment_digest = '" + "0" * 64 + "'",
    "文件": "UPDATE draw SET certificate_sha256 = '" + "0" * 64 + "'",
}


@pytest.mark.parametrize("fault", TAMPERINGS)
def test_operator_tampers_with_a_row_and_the_files_disagree(hall: Hall, fault: str) -> None:
    draw = hall.held()
    hall.session.flush()
    hall.session.expunge_all()
    _lift_guard(hall.session, "drawn_unit")

    hall.session.execute(text(TAMPERINGS[fault]))

    found_now = list(inner_faults(hall.session, hall.desk(), draw.key))
    assert found(found_now, fault), found_now


def _lift_guard(session: Session, table: str) -> None:
    """What only the owner of the database can do."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"DROP TRIGGER {table}_never_changed"))
    else:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


def test_operator_who_is_not_the_owner_cannot_touch_a_drawn_unit(hall: Hall) -> None:
    hall.held()
    hall.session.flush()

    with pytest.raises(DatabaseError, match="never changed or removed"):
        hall.session.execute(text(TAMPERINGS["数据库中的名单"]))


def test_operator_exchanges_the_whole_draw_and_the_trail_tells(hall: Hall) -> None:
    """Commitment, values and certificate made up anew, files and rows: all fits together. Both
    digests of the real draw stand in the trail, whose checkpoints are published."""
    draw = hall.held()
    forged = deepcopy(hall.certificate(draw))
    forged["contributions"][0]["value"] = "f" * 64
    forged["commitment"]["machine"] = machine_promise("f" * 64)
    certificate = drawn_again(forged, hall.frame(draw))
    commitment = canonical(forged["commitment"])
    shas = [hall.files.put(BytesIO(data), 2**30).sha256 for data in (commitment, certificate)]
    hall.session.execute(
        text("UPDATE draw SET commitment_digest = :one, certificate_sha256 = :other, seed = :seed"),
        {"one": shas[0], "other": shas[1], "seed": json.loads(certificate)["seed"]},
    )
    hall.session.expire_all()

    faults = list(inner_faults(hall.session, hall.desk(), draw.key))

    assert not found(faults, "证书文字")
    assert "操作日志记载的摘要与现在的不一致（commitment）" in faults
    assert "操作日志记载的摘要与现在的不一致（certificate）" in faults


def test_operator_cannot_remove_a_draw(hall: Hall) -> None:
    draw = hall.held()

    with pytest.raises(DatabaseError):
        hall.session.execute(text(f"DELETE FROM draw WHERE id = {draw.key}"))
