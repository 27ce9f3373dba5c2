"""Before its day nothing of a sealed list is in any answer: twins that differ in it look alike."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from inspections.ceremonies import commit, open_reveals
from inspections.draw_seals import Chance
from inspections.drawn_units import units_of
from inspections.draws import Draw, find_draw
from inspections.holding import hold
from tests import storage
from tests.core.people import NOW
from tests.inspections.hall import DEADLINE, Hall
from tests.sampler.desk import PLAN
from tests.web.api.reader import addresses, proof_at
from tests.web.people import Service, close, open_service
from tests.web.published import SEALED_UNTIL, drawn

CHANCE = Chance(b"\x01" * 32, b"\x02" * 12)
"""The same for both twins, so that they differ in nothing but what is compared."""

DIGEST = re.compile(r"[0-9a-f]{64}")
UNITS = [f"u{number:02d}" for number in range(20)]


def thrown(dice: str) -> Callable[[Hall], Draw]:
    """A draw that is held with these dice; all else is the same each time."""

    def until(hall: Hall) -> Draw:
        hall = replace(hall, values={**hall.values, "当众掷骰": dice})
        draw = hall.promised()
        desk, deadline = hall.desk(), hall.now + (DEADLINE - NOW)
        commit(hall.session, desk, draw.key, hall.ready(draw), CHANCE, deadline)
        open_reveals(hall.session, desk, draw.key)
        hall.give(draw)
        return hold(hall.session, desk, draw.key)

    return until


@contextmanager
def twin(folder: Path, template: Path) -> Iterator[Service]:
    folder.mkdir()
    with storage.sqlite_database(template, folder) as engine:
        service = open_service(folder, storage.url_of(engine))
        yield service
        close(service)


def all_answers(service: Service, public: tuple[int, int]) -> dict[str, str]:
    visitor = service.app.test_client()
    asked = [*addresses(public), *(proof_at(public, unit_id) for unit_id in UNITS)]
    return {address: visitor.get(address).text for address in asked}


def drawn_ids(service: Service, public: tuple[int, int]) -> list[str]:
    with service.work() as session:
        units = units_of(session, find_draw(session, *public).key)
        return [unit.unit_id for unit in units if not unit.is_reserve]


def outcome_of(service: Service, public: tuple[int, int]) -> tuple[str, str]:
    with service.work() as session:
        draw = find_draw(session, *public)
        return draw.seed or "", draw.certificate_sha256 or ""


def test_before_the_opening_two_outcomes_differ_in_dice_and_digest_alone(
    tmp_path: Path, sqlite_template: Path
) -> None:
    told, lists = [], []
    for number, dice in enumerate(("3 6 1 1 5", "4 2 2 6 1")):
        with twin(tmp_path / str(number), sqlite_template) as service:
            public = drawn(service, thrown(dice), opens_on=SEALED_UNTIL)
            seed, digest = outcome_of(service, public)
            answers = all_answers(service, public)
            lists.append(drawn_ids(service, public))

            assert all(seed not in answer for answer in answers.values())
            told.append(
                {
                    address: answer.replace(dice, "DICE").replace(digest, "DIGEST")
                    for address, answer in answers.items()
                }
            )

    assert lists[0] != lists[1], "or there would be nothing to give away"
    assert told[0] == told[1]


def test_while_a_list_is_sealed_nothing_tells_who_is_certain_to_be_drawn(
    tmp_path: Path, sqlite_template: Path
) -> None:
    told = []
    for unit_id in ("u02", "u04"):
        certain = f'{PLAN}\n[[certain]]\nunit_id = "{unit_id}"\nreason = "回头看"\n'
        with twin(tmp_path / unit_id, sqlite_template) as service:
            public = drawn(service, thrown("1 1 1 1 1"), opens_on=SEALED_UNTIL, plan=certain)
            answers = all_answers(service, public)

            assert unit_id in drawn_ids(service, public)
            # root and leaves are salted hashes over the types too
            told.append({at: DIGEST.sub("DIGEST", answer) for at, answer in answers.items()})

    assert told[0] == told[1]


def test_on_the_day_of_the_opening_the_list_is_there_and_a_minute_before_it_is_not(
    tmp_path: Path, sqlite_template: Path
) -> None:
    def published(hall: Hall) -> Draw:
        draw = thrown("3 6 1 1 5")(hall)
        # as the row would stand if somebody had published too early
        draw.publish(SEALED_UNTIL, hall.desk().person, hall.now)
        return draw

    with twin(tmp_path / "one", sqlite_template) as service:
        public = drawn(service, published, opens_on=SEALED_UNTIL)
        before = all_answers(service, public)
        ids = drawn_ids(service, public)
        service.time = service.time.replace(year=2027, month=1, day=14, hour=15, minute=59)
        still = all_answers(service, public)
        service.later(minutes=1)
        after = all_answers(service, public)

    def told(answers: dict[str, str], part: str) -> str:
        return next(text for at, text in answers.items() if at.endswith(part))

    assert before == still
    assert all("not_open_yet" in told(still, part) for part in ("/certificate", "/drawn"))
    assert all(unit_id in told(after, "/drawn") for unit_id in ids)
