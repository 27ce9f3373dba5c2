"""A plan file that comes in: read whole, and every fault of it told at its place."""

from typing import Any

from flask import request

from inspections.plan_toml import PlanFileFaults, from_toml
from web.forms import FormFault

MOST = 2**20
"""Bytes of a plan file."""


def sent() -> bytes:
    """The file of the form.

    Raises
    ------
    FormFault
        If none was chosen, or it is too large for a plan.
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise FormFault(field="file", words="请选择计划文件。")
    data = upload.stream.read(MOST + 1)
    if len(data) > MOST:
        raise FormFault(field="file", words="计划文件不能超过 1 MB。")
    return data


def faults_in(data: bytes) -> list[str]:
    """Everything that is wrong with a plan file, each with its place; empty if it can be read."""
    try:
        from_toml(data)
    except PlanFileFaults as error:
        found: Any = error.params["faults"]
        return [str(fault) for fault in found]
    return []
