"""The credit classes of the made-up world: most follow from what is on record, as in life.

With classes coined apart from the records, a first scoring would propose another one for more
than half of the institutions, which nobody would believe.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rosters.certificates import CertificateState
from rosters.changes import Saying
from rosters.demo.ground import World
from rosters.demo.institutions import Unit
from rosters.entries import Noun
from rosters.flags import FlagKind, Verdict
from rosters.institutions import CreditClass
from rosters.risk.indicators import STANDARD, bands_of, weighing
from rosters.risk.measures import (
    MEASURES,
    Event,
    HeldCertificate,
    Record,
    RoundResult,
    Weight,
    contributions,
)

AT_ODDS = 9
"""One in so many has a class that its record does not speak for: rated before it changed."""

_WEIGHTS = [Weight(one.code, one.weight, one.most) for one in weighing(STANDARD, MEASURES)]
_BANDS = bands_of(STANDARD)

Facts = Mapping[str, Any]


def class_of(world: World, unit: Unit, held: Iterable[Saying], chance: int) -> CreditClass:
    """The class that an institution has today, by what is *held* against and for it."""
    if chance % AT_ODDS == 0:
        return CreditClass(unit.row.credit_class)
    found = contributions(_record(unit, held), world.today, _WEIGHTS)
    return _BANDS.class_of(sum(one.points for one in found.values()))


def _record(unit: Unit, held: Iterable[Saying]) -> Record:
    """What the measures of risk would find; the few gaps of the roster are passed over."""
    facts = _by_noun(held)
    certificates = [_certificate(one) for one in facts[Noun.CERTIFICATE]]
    issued = [one.issued_on for one in certificates if one.issued_on]
    return Record(
        standing=unit.standing,
        first_seen=min([unit.since, *issued]),
        sites=sum(not one.get("main", False) for one in facts[Noun.SITE]),
        qi_centres=len(facts[Noun.QI_CENTRE]),
        certificates=certificates,
        events=[_event(one) for one in facts[Noun.FLAG]],
        tests=[_result(one) for one in facts[Noun.PROFICIENCY_RESULT]],
    )


def _by_noun(held: Iterable[Saying]) -> dict[Noun, list[Facts]]:
    """The facts of each entry as they are in the end."""
    known: dict[tuple[Noun, int], dict[str, Any]] = defaultdict(dict)
    for saying in held:
        known[saying.noun, saying.entry_id] |= saying.facts
    found: dict[Noun, list[Facts]] = defaultdict(list)
    for (noun, _), facts in known.items():
        found[noun].append(facts)
    return found


def _certificate(facts: Facts) -> HeldCertificate:
    state = CertificateState(facts.get("state", CertificateState.VALID))
    return HeldCertificate(state, facts["issued_on"], facts["expires_on"])


def _event(facts: Facts) -> Event:
    return Event(FlagKind(facts["kind"]), facts["happened_on"], facts.get("ended_on"))


def _result(facts: Facts) -> RoundResult:
    return RoundResult(Verdict(facts["verdict"]), facts["happened_on"])
