"""What the pages of risk scores show: proposals in words, the matrix of classes, who is meant."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import request

from core.roles import Permission, Scope
from rosters.institutions import CreditClass
from rosters.risk.decisions import Proposal, Stage, Wanted, proposals
from rosters.risk.scores import Line, RiskRun, get_run, reckoning
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column, Kind
from web import lists
from web.auth import me
from web.database import session
from web.rosters.forms import today
from web.words.accounts import region_words

ALL = "all"
FILTERS = ("stage", "was", "proposed")
"""Names of the filters in the address."""

STAGES = [(stage.value, stage.label) for stage in Stage] + [(ALL, "全部")]
_STAGES = dict(STAGES)
_CLASSES = (CreditClass.A, CreditClass.B, CreditClass.C, CreditClass.D)
PROPOSED = [(one.value, f"{one.value}类") for one in _CLASSES]
UNRATED = "none"
"""Stands in the address for institutions without a class."""

WAS = [*PROPOSED, (UNRATED, CreditClass.UNRATED.label)]

MARKS = {Stage.OPEN: "act", Stage.STALE: "warn", Stage.ACCEPTED: "ok", Stage.DECLINED: ""}


def wanted() -> Wanted:
    """The filters of the address; what waits for a decision unless told otherwise."""
    stage = lists.one_of("stage", _STAGES) or Stage.OPEN.value
    was, new = lists.one_of("was", dict(WAS)), lists.one_of("proposed", dict(PROPOSED))
    return Wanted(
        stage=None if stage == ALL else Stage(stage),
        was=CreditClass("" if was == UNRATED else was) if was else None,
        proposed=CreditClass(new) if new else None,
    )


def chips() -> list[tuple[str, str]]:
    """What is filtered now, each with the address that takes it away."""
    told = (
        ("stage", "状态", _STAGES),
        ("was", "评分时等级", dict(WAS)),
        ("proposed", "建议等级", dict(PROPOSED)),
    )
    return [
        (f"{label}：{words[key]}", lists.here(**{name: None, "page": None}))
        for name, label, words in told
        if (key := lists.one_of(name, words))
    ]


# -- proposals ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A proposal with the lines that sum to its total."""

    proposal: Proposal
    lines: Sequence[Line]

    @property
    def mark(self) -> str:
        """The mark of its stage (`.tag`)."""
        return MARKS[self.proposal.stage]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Each contribution in short words, with its sign."""
        return [(line.title.partition("，")[0], signed(line.points)) for line in self.lines]


def signed(points: int) -> str:
    """Points with their sign, a real minus included."""
    return f"+{points}" if points > 0 else f"−{-points}" if points else "0"


def row(run: RiskRun, proposal: Proposal) -> Row:
    """A proposal as a page shows it; the largest contributions stand first."""
    lines = reckoning(run, proposal.score)
    return Row(proposal, sorted(lines, key=lambda line: -abs(line.points)))


def proposal_of(
    run: RiskRun, entry_id: int, scopes: Collection[Scope], day: date
) -> Proposal | None:
    """What a run proposes for an institution; None if it proposes nothing."""
    found, _ = proposals(session(), run, scopes, day, Wanted(stage=None), entries=[entry_id])
    return next(iter(found), None)


def groups(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under the words of their groups."""
    return [
        (group.label, list(found)) for group, found in groupby(lines, key=lambda line: line.group)
    ]


@dataclass(frozen=True)
class Cell:
    """How many go from one class to another; *same* where nothing is proposed."""

    was: str
    proposed: str
    number: int
    same: bool


def matrix(classes: Mapping[tuple[CreditClass, CreditClass], int]) -> list[tuple[str, list[Cell]]]:
    """Classes on the day of the score against the proposed ones."""
    return [
        (
            label,
            [
                Cell(key, new.value, classes.get((_class(key), new), 0), key == new.value)
                for new in _CLASSES
            ],
        )
        for key, label in WAS
    ]


def _class(key: str) -> CreditClass:
    return CreditClass("" if key == UNRATED else key)


def changes(found: Sequence[Proposal]) -> list[tuple[str, str, int]]:
    """How many go from which class to which."""
    counted = Counter((one.score.was, one.score.proposed) for one in found)
    return [(was.value, new.value, number) for (was, new), number in sorted(counted.items())]


# -- who is meant ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """The proposals somebody wants to decide about, and how.

    Attributes
    ----------
    address : the same for another address.
    """

    run_id: int
    accepts: bool
    proposals: Sequence[Proposal]
    address: Mapping[str, list[str]]
    missing: int = 0

    @property
    def entries(self) -> list[int]:
        """The institutions."""
        return [one.score.entry_id for one in self.proposals]


def chosen(run_id: int, most: int) -> Choice:
    """Those that were ticked, or all that the filters of the address find; open ones only."""
    accepts = request.args.get("verdict") != "declined"
    address = lists.filters(*FILTERS) | {"verdict": ["accepted" if accepts else "declined"]}
    reach, run = me().scopes(Permission.ROSTERS_EDIT), get_run(session(), run_id)
    filters = wanted()
    only = Wanted(Stage.OPEN, filters.was, filters.proposed)
    if request.args.get("all"):
        found, total = proposals(session(), run, reach, today(), only, most=most)
        return Choice(run_id, accepts, found, address | {"all": ["yes"]}, total - len(found))
    ticked = _ticked()
    found, _ = proposals(
        session(), run, reach, today(), Wanted(Stage.OPEN), most=most, entries=ticked
    )
    told = address | {"entry": [str(one) for one in ticked]}
    return Choice(run_id, accepts, found, told, len(ticked) - len(found))


def _ticked() -> list[int]:
    told = [one for one in request.args.getlist("entry") if one.isascii() and one.isdecimal()]
    return list(dict.fromkeys(int(one) for one in told if len(one) < 10))[: lists.SIZE * 4]


# -- as a file ---------------------------------------------------------------------------------

COLUMNS = [
    Column("name", "机构名称", width=36),
    Column("credit_code", "统一社会信用代码", width=22),
    Column("region", "所在地区", width=20),
    Column("was", "评分时等级", width=12),
    Column("proposed", "建议等级", width=12),
    Column("total", "总分", Kind.INTEGER, width=8),
    Column("parts", "构成", width=60),
    Column("stage", "状态", width=22),
    Column("decided_by", "决定人", width=14),
    Column("reason", "理由", width=40),
]


def values(one: Row) -> dict[str, Value]:
    """A row of the file of proposals."""
    proposal = one.proposal
    decision, institution = proposal.decision, proposal.institution
    return {
        "name": institution.name,
        "credit_code": institution.credit_code,
        "region": region_words(institution.region) if institution.region else "",
        "was": proposal.score.was.label,
        "proposed": proposal.score.proposed.label,
        "total": proposal.score.total,
        "parts": "；".join(f"{words} {points}" for words, points in one.parts),
        "stage": proposal.stage.label,
        "decided_by": decision.actor_name if decision else "",
        "reason": decision.reason if decision else "",
    }
