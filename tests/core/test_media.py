"""What a file is, told from its content."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media import Media, media_type


def a_workbook() -> bytes:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


def an_archive(*parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return file.getvalue()


ROSTER = "编号,名称\n1,甲检测公司\n2,乙检测公司\n"

KINDS = [
    ("a roster", ROSTER.encode(), Media.CSV),
    ("a roster with a byte order mark", ROSTER.encode("utf-8-sig"), Media.CSV),
    ("a roster from an old machine", ROSTER.encode("gb18030"), Media.CSV),
    ("a roster saved as Unicode text", ROSTER.replace(",", "\t").encode("utf-16"), Media.CSV),
    ("a damaged roster", ROSTER.encode().replace(b"\n2", b"\xff\n2"), Media.CSV),
    ("quoted cells", b'"a;b","c"\n', Media.CSV),
    ("a column of numbers", b"1\n2\n3\n", Media.TEXT),
    ("Chinese prose", "经检查，未发现问题，特此说明。".encode(), Media.TEXT),
    ("a plan", 'title = "计划"\n[[quota]]\nmin = 3\n'.encode(), Media.TOML),
    ("a plan with a slip", b'title = "x\n', Media.TEXT),
    ("a page with a script", b"  <html><script>alert(1)</script>", Media.MARKUP),
    ("a drawing with a script", b"<svg xmlns='http://www.w3.org/2000/svg'/>", Media.MARKUP),
    ("a workbook", a_workbook(), Media.XLSX),
    ("a workbook with macros", an_archive("xl/workbook.xml", "xl/vbaProject.bin"), Media.MACROS),
    ("a letter", an_archive("word/document.xml"), Media.DOCX),
    ("an office document", an_archive("OFD.xml"), Media.OFD),
    ("an archive", an_archive("a.txt"), Media.ZIP),
    ("half an archive", a_workbook()[:2000], Media.UNKNOWN),
    ("a paper", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", Media.PDF),
    ("a paper in plain letters", b"%PDF-1.4\n1 0 obj\n", Media.PDF),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Media.PNG),
    ("a photograph", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00", Media.JPEG),
    ("a programme", b"MZ\x90\0\x03\0\0\0\x04", "application/vnd.microsoft.portable-executable"),
    ("noise", b"\x00\x01\x02\x03", Media.UNKNOWN),
]


@pytest.mark.parametrize(("content", "kind"), [pytest.param(*row[1:], id=row[0]) for row in KINDS])
def test_a_file_is_known_by_its_content(content: bytes, kind: str) -> None:
    assert media_type(io.BytesIO(content)) == kind


@given(st.binary(max_size=300))
def test_any_bytes_have_a_media_type(content: bytes) -> None:
    assert "/" in media_type(io.BytesIO(content))


@given(st.binary(max_size=100), st.sampled_from([b"\x00", b"\x01", b"\x1a"]))
def test_text_with_a_control_character_is_no_text(content: bytes, control: bytes) -> None:
    kind = media_type(io.BytesIO(b"a,b\n" + content + control))

    assert kind not in (Media.CSV, Media.TEXT, Media.TOML, Media.MARKUP)


def test_a_control_character_is_found_far_behind_the_beginning() -> None:
    long_table = b"a,b\n" * 500_000

    assert media_type(io.BytesIO(long_table)) == Media.CSV
    assert media_type(io.BytesIO(long_table + b"\0")) != Media.CSV
