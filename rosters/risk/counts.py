"""How the scores of a run are spread: totals, and classes now and proposed."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.roles import Scope, visible
from rosters.entries import holds
from rosters.institutions import CreditClass, Institution
from rosters.risk.scores import RiskScore


@dataclass(frozen=True)
class Spread:
    """How the scores of the institutions within sight are spread.

    Attributes
    ----------
    totals : institutions by the points they have.
    classes : institutions by the class on the day of the score, and the one it proposes.
    """

    totals: Counter[int] = field(default_factory=Counter)
    classes: Counter[tuple[CreditClass, CreditClass]] = field(default_factory=Counter)

    @property
    def institutions(self) -> int:
        """All of them."""
        return self.totals.total()

    @property
    def proposals(self) -> int:
        """Those for which another class is proposed."""
        return sum(number for (was, new), number in self.classes.items() if was != new)


def spread(session: Session, run_id: int, scopes: Collection[Scope], day: date) -> Spread:
    """The spread of a run over the institutions that are in the roster on a *day*: today."""
    wanted: Any = (
        select(col(RiskScore.total), col(RiskScore.was), col(RiskScore.proposed), func.count())
        .join(Institution, col(Institution.entry_id) == col(RiskScore.entry_id))
        .where(col(RiskScore.run_id) == run_id, holds(Institution, day), _seen(scopes))
        .group_by(col(RiskScore.total), col(RiskScore.was), col(RiskScore.proposed))
    )
    found = Spread()
    for total, was, proposed, number in session.execute(wanted):
        found.totals[total] += number
        found.classes[was, proposed] += number
    return found


def _seen(scopes: Collection[Scope]) -> Any:
    return visible(scopes, region=col(Institution.region), institution=col(Institution.credit_code))
