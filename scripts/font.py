"""Build Noto Sans SC as a TrueType file: `python scripts/font.py FILE`.

The package noto-cjk-sans-otc ships the face as a collection with cubic (CFF) outlines.
reportlab embeds quadratic outlines only, so every outline is drawn once more as such.
"""

import sys
import time
from pathlib import Path

import noto_cjk_sans_otc
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

FAMILY = "Noto Sans SC"
SOURCE_FAMILY = "Noto Sans CJK SC"
MAX_ERROR = 1.0
"""Largest distance of new from old outline, in thousandths of an em: 0.004 mm at 12 pt."""

NOT_CHINESE = (
    range(0x1100, 0x1200),
    range(0x3130, 0x3190),
    range(0xA960, 0xA980),
    range(0xAC00, 0xD800),
)
"""Hangul, a third of the face. Everything else stays: names hold the rarest characters."""

COPYRIGHT, LICENSE, LICENSE_URL = 0, 13, 14
"""Numbers of the records in the table of names (OpenType specification, `name`)."""


def simplified_chinese(collection: TTCollection) -> TTFont:
    """The face of the collection that is drawn after the mainland's standards.

    Raises
    ------
    LookupError
        If the collection holds no such face.
    """
    for face in collection.fonts:
        if face["name"].getDebugName(1) == SOURCE_FAMILY:
            return face
    raise LookupError(f"no face {SOURCE_FAMILY!r} in the collection")


def kept_characters(source: TTFont) -> dict[int, str]:
    """Code point -> glyph name for everything but Hangul."""
    return {
        point: name
        for point, name in source.getBestCmap().items()
        if not any(point in block for block in NOT_CHINESE)
    }


def quadratic_glyphs(source: TTFont, names: list[str]) -> dict[str, Glyph]:
    """The outlines of *names* with quadratic curves, turned the way TrueType wants them."""
    outlines = source.getGlyphSet()
    glyphs = {}
    for name in names:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    return glyphs


def true_type(source: TTFont) -> TTFont:
    """*source* with the same widths and measures, but quadratic and without Hangul."""
    characters = kept_characters(source)
    names = [".notdef", *sorted({*characters.values()} - {".notdef"}, key=source.getGlyphID)]
    glyphs = quadratic_glyphs(source, names)
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(characters)
    builder.setupGlyf(glyphs)
    # an empty glyph, such as the space, has no left edge
    edges = {name: getattr(glyphs[name], "xMin", 0) for name in names}
    builder.setupHorizontalMetrics({n: (source["hmtx"][n][0], edges[n]) for n in names})
    copy_measures(source, builder)
    return builder.font


def copy_measures(source: TTFont, builder: FontBuilder) -> None:
    """Line heights, names and licence; the dates too, so that equal input gives equal bytes."""
    head, hhea, os2, naming = (source[tag] for tag in ("head", "hhea", "OS/2", "name"))
    builder.updateHead(created=head.created, modified=head.modified)
    builder.font.recalcTimestamp = False
    builder.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent)
    measures = (
        "sTypoAscender",
        "sTypoDescender",
        "usWinAscent",
        "usWinDescent",
        "sCapHeight",
        "sxHeight",
        "usWeightClass",
    )
    builder.setupOS2(**{name: getattr(os2, name) for name in measures})
    builder.setupNameTable(
        {
            "familyName": FAMILY,
            "styleName": "Regular",
            "fullName": FAMILY,
            "psName": "NotoSansSC-Regular",
            "version": naming.getDebugName(5),
            "copyright": naming.getDebugName(COPYRIGHT),
            "licenseDescription": naming.getDebugName(LICENSE),
            "licenseInfoURL": naming.getDebugName(LICENSE_URL),
        }
    )
    builder.setupPost(keepGlyphNames=False)


def main(target: Path) -> None:
    """Write the face to *target*; a run that is broken off leaves no half of it."""
    start = time.monotonic()
    target.parent.mkdir(parents=True, exist_ok=True)
    with TTCollection(str(noto_cjk_sans_otc.FONT_PATH), lazy=True) as collection:
        font = true_type(simplified_chinese(collection))
    half = target.with_suffix(".part")
    font.save(half)
    half.replace(target)
    seconds = time.monotonic() - start
    print(f"       {FAMILY}：{len(font.getGlyphOrder()):,} 个字形，用时 {seconds:.0f} 秒")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
