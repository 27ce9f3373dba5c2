"""The sampler's only hands on the disk: read inputs, write bundles whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sampler.fairness import Progress
from sampler.faults import BadInput, Fault
from sampler.inputs.plan_text import read_plan
from sampler.inputs.roster_table import Roster, read_roster
from sampler.quotas import Plan

MOST_BYTES = 512 * 2**20
"""A larger file is not a roster."""

WHY_NOT = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的盘只能读",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "同名的文件已经存在，不能建文件夹",
    errno.ENOENT: "路径不存在",
    errno.ENOSPC: "磁盘已满",
    errno.ENAMETOOLONG: "名称过长",
}


def read_bytes(path: Path, what: str) -> bytes:
    """The content of a file.

    Raises
    ------
    BadInput
        If there is no such file, it cannot be read, or it is larger than 512 MB.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(
                [Fault("too_big", str(path), f"{what}超过 {MOST_BYTES >> 20} MB，无法使用")]
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput([Fault("no_file", str(path), f"找不到{what}，请核对路径")]) from None
    except OSError as error:
        message = f"{what}无法读取（{_why(error)}）"
        raise BadInput([Fault("unreadable", str(path), message)]) from None


def _why(error: OSError) -> str:
    """The reason in Chinese; the system's own words are in English."""
    return WHY_NOT.get(error.errno or 0, f"系统错误 {error.errno}")


def load(
    plan_path: Path, roster_path: Path, progress: Progress | None = None
) -> tuple[Plan, Roster]:
    """Plan and roster, or the faults of both files together, each naming its file."""
    faults: list[Fault] = []
    plan, roster = None, None
    try:
        plan = read_plan(read_bytes(plan_path, "计划文件"))
    except BadInput as bad:
        faults += _in_file(bad, plan_path)
    try:
        roster = load_roster(roster_path, progress)
    except BadInput as bad:
        faults += bad.faults
    if plan is None or roster is None:
        raise BadInput(faults)
    return plan, roster


def load_roster(path: Path, progress: Progress | None = None) -> Roster:
    """A roster file, or its faults, each naming the file."""
    try:
        told = (lambda share: progress("rows", round(100 * share), 100)) if progress else None
        return read_roster(read_bytes(path, "名单文件"), progress=told)
    except BadInput as bad:
        raise BadInput(_in_file(bad, path)) from None


def _in_file(bad: BadInput, path: Path) -> list[Fault]:
    return [
        fault
        if fault.where.startswith(str(path))
        else Fault(fault.code, f"{path.name} {fault.where}".rstrip(), fault.message)
        for fault in bad.faults
    ]


def write_all(
    folder: Path, files: Mapping[str, Iterable[bytes]], secret: Sequence[str] = ()
) -> None:
    """Write all *files*, each given in pieces, into *folder*: first beside, then in place.

    Names in *secret* get mode 600 from the first byte on. Should anything fail on the way
    (no space, no right), none of the old files has been touched.

    Raises
    ------
    BadInput
        If the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as beside:
            for name, chunks in files.items():
                _write(Path(beside) / name, chunks, 0o600 if name in secret else 0o644)
            for name in files:
                os.replace(Path(beside) / name, folder / name)
    except OSError as error:
        message = f"无法写入（{_why(error)}），没有改动任何文件"
        raise BadInput([Fault("cannot_write", str(folder), message)]) from None


def _write(path: Path, chunks: Iterable[bytes], mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.writelines(chunks)
        file.flush()
        os.fsync(file.fileno())
