"""The slots of a visit: which seats its team has, and who may take each.

Territory is seen from the institution: with a national plan its province is home, with that of a
province its city. Where a visit is executed by a city its own people are those of the city. With
`MIXED` the leader comes from elsewhere and the others are of the place. A visit that the nation
executes in its own territory takes people from anywhere.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from core.regions import within
from inspections.teams.cooperation import COOPERATION, partners_of
from inspections.teams.rules import Points, TeamRules, Territory
from inspections.teams.visits import Visit
from rosters.inspectors import OfficerLevel
from rosters.vocabularies import SPOT_CHECK_FIELDS
from sampler.teams.task import Affinity, Slot, SlotKind

LEADER, MEMBER, EXPERT = "组长", "成员", "专家"
LOWEST = (OfficerLevel.CITY, OfficerLevel.COUNTY)


def province_of(code: str) -> str:
    """The province of any code, counties included; empty stays empty."""
    return f"{code[:2]}0000" if code else ""


@dataclass(frozen=True)
class Map:
    """Where the people of a task serve, and how finely that is told apart.

    Attributes
    ----------
    codes : regions of people and institutions.
    fine : whether cities are told apart; else everything is said by provinces.
    """

    codes: frozenset[str]
    fine: bool

    def place(self, code: str) -> str:
        """A region as the task has it."""
        return code if self.fine else province_of(code)

    def inside(self, area: str) -> frozenset[str]:
        """The regions within an *area*, itself among them: so an empty one admits nobody."""
        return frozenset({area, *(code for code in self.codes if within(code, area))})

    def outside(self, area: str, whole: str) -> frozenset[str]:
        """The regions of the *whole* country (empty) or of a province that are not in an area."""
        among = {code for code in self.codes if not whole or within(code, whole)}
        return frozenset({code for code in among if not within(code, area)} or {"elsewhere"})

    def affinity(self, points: Points) -> Affinity:
        """Points with the cooperating provinces written out in the regions of the task; cities
        of one province cooperate too."""
        groups = [frozenset().union(*map(self.inside, group)) for group in COOPERATION.values()]
        if self.fine:
            provinces = {province_of(code) for code in self.codes if code}
            groups += [self.inside(province) for province in sorted(provinces)]
        return Affinity(
            same_region=points.same_region,
            cooperating=points.cooperating,
            groups=tuple(groups),
            distances=points.distances,
            field_held=points.field_held,
        )


@dataclass(frozen=True)
class Seating:
    """What is the same for all visits of a task.

    Attributes
    ----------
    home : region of the plan; empty for the nation.
    """

    rules: TeamRules
    places: Map
    home: str

    def slots(self, visit: Visit, region: str, field: str) -> Iterator[Slot]:
        """The seats of a visit to an institution of a *region*, drawn for a *field*."""
        shape, number = self.rules.shape, visit.task_number
        known = field if shape.field_holder and field in SPOT_CHECK_FIELDS else ""
        leads, follows = self._regions(visit, region)
        lead = shape.lead.value
        yield Slot(
            f"{number}/{LEADER}", number, LEADER, department=lead, leader=True, regions=leads
        )
        for place in range(1, shape.officers):
            role = f"{MEMBER}{place}"
            held = known if place == 1 else ""
            yield Slot(
                f"{number}/{role}", number, role, department=lead, field=held, regions=follows
            )
        for trade in shape.partners:
            role = trade.label
            yield Slot(f"{number}/{role}", number, role, department=trade.value, regions=follows)
        for place in range(1, shape.experts + 1):
            role = f"{EXPERT}{place}"
            yield Slot(f"{number}/{role}", number, role, kind=SlotKind.EXPERT, field=known)

    def _regions(self, visit: Visit, region: str) -> tuple[frozenset[str], frozenset[str]]:
        """Where the leader and the others may come from; empty: from anywhere."""
        territory = self.rules.territory
        if territory is Territory.LOCAL:
            own = self._own(visit, region)
            return own, own
        away = self._away(region)
        if territory is Territory.AWAY:
            return away, away
        return away, self._own(visit, region)

    def _own(self, visit: Visit, region: str) -> frozenset[str]:
        if visit.executor is OfficerLevel.NATIONAL:
            return frozenset()
        if visit.executor in LOWEST:
            return self.places.inside(self.places.place(region))
        return self.places.inside(province_of(region))

    def _away(self, region: str) -> frozenset[str]:
        if self.home:
            return self.places.outside(self.places.place(region), self.home)
        province = province_of(region)
        if partners := partners_of(province, self.rules.cooperation):
            return frozenset().union(*map(self.places.inside, partners))
        return self.places.outside(province, "")


def told_apart(home: str, levels: Collection[OfficerLevel]) -> bool:
    """Whether a task has to tell cities apart: in a plan of a province, or where cities execute."""
    return bool(home) or any(level in LOWEST for level in levels)
