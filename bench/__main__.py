"""`python -m bench [NAME …]`: one question after the other, as tables."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import by_hand, draw_papers, growth, national, sortition, teams, trail, workbench
from bench.material import ROOT, Material, material
from bench.tables import Table, surroundings

INSTANCES = "SPOTCHECK_INSTANCES"
PUBLISHED = ROOT / ".." / "shared" / "data" / "sortition"
PATIENCE = 120.0

Question = Callable[[argparse.Namespace, Material], list[Table]]

QUESTIONS: dict[str, Question] = {
    "sortition": lambda args, _: sortition.run(_instances(args.instances), args.patience),
    "national": lambda _, made: national.run(made),
    "growth": lambda _, made: growth.run(made),
    "by-hand": lambda args, made: by_hand.run(made, write=args.write),
    "trail": lambda _, __: trail.run(),
    "workbench": lambda _, made: workbench.run(made),
    "draw-papers": lambda _, __: [draw_papers.run()],
    "teams": lambda _, __: teams.run(),
}


def _instances(folder: Path) -> Path | None:
    return folder if folder.is_dir() else None


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    top.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(QUESTIONS)}; all")
    top.add_argument("--json", action="store_true", help="the figures as JSON")
    top.add_argument(
        "--instances",
        type=Path,
        default=Path(os.environ.get(INSTANCES, PUBLISHED)),
        help=f"folder of the published instances (or the variable {INSTANCES})",
    )
    top.add_argument(
        "--patience", type=float, default=PATIENCE, help="seconds before the peer is given up"
    )
    top.add_argument("--write", action="store_true", help="by-hand: write the page in docs")
    return top


def main(arguments: Sequence[str]) -> int:
    """Answer the questions asked for; 2 if there is no such question."""
    args = parser().parse_args(arguments)
    if strange := [name for name in args.names if name not in QUESTIONS]:
        print(f"no such question: {', '.join(strange)}", file=sys.stderr)
        return 2
    found: list[Table] = []
    about = surroundings()
    if not args.json:
        print(", ".join(f"{name}: {value}" for name, value in about.items()), "\n", flush=True)
    with material() as made:
        for name in args.names or QUESTIONS:
            tables = QUESTIONS[name](args, made)
            found += tables
            if not args.json:
                print("\n".join(table.markdown() for table in tables), flush=True)
    if args.json:
        tables_json = [table.as_json() for table in found]
        print(json.dumps({"about": about, "tables": tables_json}, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
