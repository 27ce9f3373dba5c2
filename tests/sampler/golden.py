"""Golden certificates: what a draw once gave it must always give, to the last byte.

They are renewed on purpose only, after a change of the rules or formats that is named in
the changelog: `python -m tests.sampler.golden renew`. A golden certificate carries the
commitment from which it is drawn again, so the panels of a solver are never recomputed.
"""

import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from sampler import procedure
from sampler.bundle import bundle
from sampler.hashing import sha256
from sampler.inputs.roster_table import Roster
from sampler.quotas import Certain, Cross, Excluded, Factor, Method, Plan
from sampler.seeds import Contribution
from tests.sampler.builders import (
    CLASSES,
    MACHINE_SHARE,
    PROVINCES,
    QI,
    SALT_KEY,
    Case,
    roster_of,
    row,
    rows_of,
    weights,
    where,
)

FOLDER = Path(__file__).parents[1] / "golden"

GIVEN = (
    Contribution("machine", MACHINE_SHARE),
    Contribution("公证处", None),
    Contribution("彩票", "03 17 22 28 31 33"),
)
"""One source keeps silent."""


def roster() -> Roster:
    """Sixty institutions, without any source of chance; names that test the writing."""
    fields = ("食品", "环境", "食品|环境", "建材", "环境|建材", "", "食品|珠宝")
    return roster_of(
        row(
            f"9{i * 37 % 60:03d}",
            fields[i % 7],
            name=f'机构"{i}"é\\',
            qi_centre="01"[i % 4 == 0],
            province=PROVINCES[i % 3],
            credit_class=CLASSES[i % 5 % 4],
            level="省级" if i % 11 == 0 else "国家级",
            remark="𝔄﬩"[: i % 3],
        )
        for i in range(60)
    )


CUTS = Plan(
    "割",
    12,
    other="其他",
    fields=(("食品", 4), ("环境", 4), ("其他", 4)),
    cross=(
        Cross("质检中心", QI, 4, 4),
        Cross("质检中心甲省", where(qi_centre="1", province="甲省"), 1, 2),
    ),
    reserves=1,
)

EVERYTHING = Plan(
    "权重、上限、必查、排除、候补",
    12,
    other="其他",
    eligible=where(level="国家级"),
    cap=Fraction("0.6"),
    fields=(("食品", 4), ("环境", 4), ("其他", 4)),
    cross=(Cross("质检中心", QI, 3, 5),),
    weights=weights(A=1, B=2, C=4, D=8),
    factors=(Factor("投诉集中", where(province="乙省"), 3, "分类监管"),),
    certain=(Certain("9037", "回头看", "环境"), Certain("9051", "回头看")),
    excluded=(Excluded("9005", "证书注销"), Excluded("9014", "已查")),
    reserves=3,
)

PANELS = Plan(
    "组合",
    15,
    fields=(("食品", 6), ("环境", 6), ("建材", 3)),
    cross=(
        Cross("质检中心", QI, 3, 5),
        Cross("甲省", where(province="甲省"), 4, 6),
        Cross("信用较低", where(credit_class=("C", "D")), 5, 7),
    ),
    cap=Fraction(1, 2),
    reserves=1,
)

BY_HAND = Plan(
    "逐领域",
    12,
    method=Method.SEQUENTIAL,
    fields=(("食品", 5), ("环境", 4), ("建材", 3)),
    cross=(Cross("质检中心", QI, 3, 3),),
    reserves=1,
)

PLANS = {"cuts": CUTS, "everything": EVERYTHING, "panels": PANELS, "sequential": BY_HAND}


def path_of(name: str) -> Path:
    """Where the golden certificate of a plan stands."""
    return FOLDER / f"{name}.json"


def shuffled(turn: int) -> Roster:
    """The roster with rows and columns in another order; as it is for *turn* 0."""
    rows, columns = rows_of(roster()), list(roster().columns)
    if turn:
        rows.sort(key=lambda r: sha256(f"{turn}{r['unit_id']}".encode()))
        columns.sort(key=lambda name: sha256(f"{turn}{name}".encode()))
    return roster_of(rows, columns)


def anew(name: str, turn: int = 0) -> bytes:
    """The certificate from plan and roster, chances and all."""
    committed = Case(PLANS[name], shuffled(turn)).commitment()
    return _certificate(procedure.draw(committed, GIVEN))


def again(data: dict[str, object], turn: int = 0) -> bytes:
    """The certificate drawn again from its commitment."""
    return _certificate(procedure.draw(procedure.reopen(data, shuffled(turn), SALT_KEY), GIVEN))


def _certificate(drawn: procedure.Drawn) -> bytes:
    return bundle(drawn.certificate, drawn.frame, drawn.outcome)["certificate.json"]


def main(words: Sequence[str]) -> None:
    """`renew` writes the golden files; `digests TURN` tells those of draws held anew."""
    match words:
        case ["renew"]:
            for name in PLANS:
                path_of(name).write_bytes(anew(name))
        case ["digests", turn]:
            for name in PLANS:
                data = json.loads(path_of(name).read_bytes())["commitment"]
                sys.stdout.write(f"{name} {sha256(again(data, int(turn)))}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
