"""Where the time of one draw goes, step by step: a programme of its own, JSON out."""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory


def stages(plan_path: Path, roster_path: Path) -> dict[str, float]:
    """Processor seconds of each step from the imports to the written bundle."""
    laps: dict[str, float] = {}
    last = time.process_time()

    def lap(name: str) -> None:
        nonlocal last
        now = time.process_time()
        laps[name], last = now - last, now

    from sampler import __main__ as _commands  # noqa: F401 - what the command line imports
    from sampler import bundle, procedure
    from sampler.files import load, write_all

    lap("imports")
    plan, roster = load(plan_path, roster_path)
    lap("read")
    prepared = procedure.prepare(plan, roster)
    lap("types")
    worked = procedure.chances(prepared)
    lap("chances")
    drawn = procedure.rehearse(prepared, worked, ["1", "2"])
    lap("frame, commit, draw")
    files = bundle.contents(drawn.certificate, drawn.frame, drawn.outcome)
    lap("bundle")
    with TemporaryDirectory() as folder:
        write_all(Path(folder, "out"), files, secret=(bundle.SEALED,))
        lap("write")
    return laps


if __name__ == "__main__":
    print(json.dumps(stages(Path(sys.argv[1]), Path(sys.argv[2]))))
