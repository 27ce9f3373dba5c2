"""Rosters and workbooks for the tests: small, made up, broken on purpose."""

import io
import zipfile
from collections.abc import Sequence

HEADER = "unit_id,name,fields,qi_centre,level,province,credit_class"
UNIT = "91A,演示检测一,食品|环境,0,国家级,浙江,A"
OTHER_UNIT = "91B,演示检测二,机动车,1,省级,广东,B"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def roster_csv(*lines: str, header: str = HEADER) -> bytes:
    """A roster of these lines under the header, in UTF-8."""
    return "".join(f"{line}\n" for line in (header, *lines)).encode()


def unit(**cells: str) -> str:
    """The line of a unit that differs from `UNIT` in these cells."""
    named = dict(zip(HEADER.split(","), UNIT.split(","), strict=True))
    return ",".join((named | cells).values())


def text_cell(text: str) -> str:
    """A workbook's cell that holds a text; `{}` takes its place."""
    return f'<c r="{{}}" t="inlineStr"><is><t>{text}</t></is></c>'


def number_cell(number: str, style: int = 0) -> str:
    """A workbook's cell that holds a number; style 1 is a date, 2 a date with time."""
    return f'<c r="{{}}" s="{style}"><v>{number}</v></c>'


def sheet_rows(*rows: Sequence[str], first: int = 1) -> str:
    """Rows of cells, each placed under a letter of the alphabet."""
    return "".join(
        f'<row r="{number}">'
        + "".join(cell.format(f"{chr(65 + at)}{number}") for at, cell in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, first)
    )


def workbook(rows: str, more: dict[str, str] | None = None) -> bytes:
    """An XLSX file with one sheet of these rows, and *more* members."""
    relation = f'<Relationship Id="{{}}" Type="{_OFFICE}/{{}}" Target="{{}}"/>'
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + relation.format("rId1", "officeDocument", "xl/workbook.xml")
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="名单" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + relation.format("rId1", "worksheet", "worksheets/sheet1.xml")
        + relation.format("rId2", "styles", "styles.xml")
        + relation.format("rId3", "sharedStrings", "sharedStrings.xml")
        + "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3">'
        '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"/>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>'
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (members | (more or {})).items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def roster_xlsx(*lines: str) -> bytes:
    """A workbook whose cells are those of the CSV lines, all text, under the header."""
    return workbook(
        sheet_rows(*([text_cell(cell) for cell in line.split(",")] for line in (HEADER, *lines)))
    )
