"""Make the small pictures of the manuals from the series that the whole way of a draw leaves.

SPOTCHECK_PICTURES=series make soak
python scripts/manual_pictures.py series
"""

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

TARGET = Path(__file__).parents[1] / "docs" / "img" / "manual"
WIDTH, COLOURS, GAP = 1000, 80, 24
MOST_BYTES = 80_000

Taken = Callable[[str], Image.Image]


def workbench(taken: Taken) -> Image.Image:
    """Quotas and chances, without the rail at the left."""
    return taken("workbench").crop((216, 64, 1440, 1100))


def hall(taken: Taken) -> Image.Image:
    """The screen in the hall with names on it."""
    return taken("hall-names").crop((0, 0, 1920, 1000))


def witness(taken: Taken) -> Image.Image:
    """Four moments at the telephone of a witness, side by side."""
    names = ("witness-seal", "witness-sealed", "witness-reveal", "witness-drawn")
    phones = [taken(name) for name in names]
    width, height = phones[0].width, max(phone.height for phone in phones)
    sheet = Image.new("RGB", (len(phones) * (width + GAP) - GAP, height), "#c9d1d9")
    for place, phone in enumerate(phones):
        sheet.paste("white", (place * (width + GAP), 0, place * (width + GAP) + width, height))
        sheet.paste(phone, (place * (width + GAP), 0))
    return sheet


def verified(taken: Taken) -> Image.Image:
    """What the visitor's own machine has found out."""
    return taken("public-verified").crop((150, 420, 1290, 1500))


def proof(taken: Taken) -> Image.Image:
    """The upper half of what an institution sees of itself."""
    return taken("institution-proof").crop((0, 0, 390, 860))


def main(series: Path) -> None:
    """Crop, scale down, and keep with few colours."""

    def taken(name: str) -> Image.Image:
        first = min(series.glob(f"[0-9][0-9]-{name}.png"))
        return Image.open(first).convert("RGB")

    TARGET.mkdir(exist_ok=True)
    for make in (workbench, hall, witness, verified, proof):
        picture, path = make(taken), TARGET / f"{make.__name__}.png"
        if picture.width > WIDTH:
            height = picture.height * WIDTH // picture.width
            picture = picture.resize((WIDTH, height), Image.Resampling.LANCZOS)
        few = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        size = path.stat().st_size
        print(f"{path.name}: {few.width} x {few.height}, {size:,} bytes")
        if size > MOST_BYTES:
            raise SystemExit(f"{path.name} is larger than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
