"""Rosters and plans that whole runs are measured on, made once for a run of the bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rosters.demo.rows import demo_roster, write_demo_roster

ROOT = Path(__file__).parents[1]
NATIONAL_PLAN = ROOT / "sampler" / "plans" / "2023-national.toml"
WHOLE_PLAN = ROOT / "sampler" / "plans" / "2023-national-all.toml"
CROSSING_PLAN = ROOT / "sampler" / "plans" / "joint-crossing.toml"
CELLS_PLAN = ROOT / "bench" / "plans" / "qi-class-cells.toml"
STRATA_PLAN = ROOT / "bench" / "plans" / "simple-strata.toml"

COUNTRY = 53_834
"""Institutions in the country (published count)."""

NATIONAL = 5_200
SEED = 7


class Material:
    """Demo rosters as files in *folder*."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def roster(self, units: int = COUNTRY) -> Path:
        """A demo roster of *units* institutions; one in ten, or 5,200, at national level."""
        path = self.folder / f"roster-{units}.csv"
        if not path.exists():
            national = NATIONAL if units == COUNTRY else max(200, units // 10)
            with path.open("wb") as stream:
                write_demo_roster(demo_roster(units, national, SEED), stream)
        return path


@contextmanager
def material() -> Iterator[Material]:
    """Material that is gone afterwards."""
    with TemporaryDirectory(prefix="spotcheck-bench-") as folder:
        yield Material(Path(folder))
