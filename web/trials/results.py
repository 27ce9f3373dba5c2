"""A held rehearsal as a visitor gets it: the list, and every file of it."""

import io
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sampler import procedure
from sampler.audit import Finding, audit
from sampler.bundle import SEALED, bundle
from sampler.certificate import drawn_rows
from sampler.commitment import Worked
from sampler.procedure import Prepared
from web.papers.lists import DrawnList, DrawnRow
from web.papers.pdf import as_pdf
from web.papers.workbook import as_workbook
from web.trials.runner import Progress
from web.trials.stored import Stored

AUDITED = ("certificate.json", "frame.jsonl", SEALED)
WORKBOOK, PAPER, ARCHIVE = "drawn.xlsx", "drawn.pdf", "bundle.zip"

STEPS = ("抽取", "写出证书和名单", "排版 PDF", "打包")

DAWN = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP archive can name: equal draws give equal archives."""


@dataclass
class Result:
    """A draw, its list and its files; *findings* once somebody has asked for the audit."""

    certificate: dict[str, Any]
    list: DrawnList
    files: Stored
    findings: tuple[Finding, ...] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def key(self) -> str:
        """Names this result among others of the trial: the beginning of its digest."""
        return str(self.certificate["whole_digest"])[:16]

    def audit(self) -> None:
        """Repeat the whole draw from the files that are handed out, once."""
        with self._lock:
            if self.findings is None:
                certificate, frame, sealed = (self.files.read(name) for name in AUDITED)
                self.findings = tuple(audit(certificate, frame, sealed))

    def delete(self) -> None:
        """Delete all files."""
        self.files.delete()


def rehearse(
    prepared: Prepared, worked: Worked, seeds: list[str], demo: bool, progress: Progress
) -> Result:
    """Hold a rehearsal and write all its files.

    Raises
    ------
    BadInput
        If there are fewer than two seeds.
    """
    progress(STEPS[0], 0, len(STEPS))
    drawn = procedure.rehearse(prepared, worked, seeds)
    progress(STEPS[1], 1, len(STEPS))
    files = bundle(drawn.certificate, drawn.frame, drawn.outcome)
    rows = drawn_rows(drawn.certificate["commitment"], drawn.frame, drawn.outcome)
    drawn_list = DrawnList(drawn.certificate, tuple(DrawnRow(*row) for row in rows), demo)
    files[WORKBOOK] = as_workbook(drawn_list)
    progress(STEPS[2], 2, len(STEPS))
    files[PAPER] = as_pdf(drawn_list)
    progress(STEPS[3], 3, len(STEPS))
    files[ARCHIVE] = _archive({name: data for name, data in files.items() if name != SEALED})
    return Result(drawn.certificate, drawn_list, Stored(files))


def _archive(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, DAWN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return stream.getvalue()
