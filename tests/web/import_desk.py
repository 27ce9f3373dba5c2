"""A planner who imports files on the pages, and what the roster says before and after."""

import io
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from core import leases
from core.database import unit_of_work, writing
from core.files import FileStore
from core.roles import Role
from rosters.entries import Noun, holds
from rosters.institutions import Institution
from tests.rosters.imports.desk import Row, code, silent, text_file
from tests.web.people import Service, facts
from tests.web.rosters import TODAY, entered
from tests.web.visits import send
from web.roster_imports import handlers

GOOD: Row = {
    "机构名称": "演示甲检测有限公司",
    "统一社会信用代码": code(1),
    "省份": "浙江省",
    "地址": "演示路1号",
    "联系人": "演示员",
    "联系电话": "0571-00000000",
}


def row(**told: str) -> Row:
    return {**GOOD, **told}


class Desk:
    """A planner with a browser, and the worker that does what is asked."""

    def __init__(self, service: Service, role: Role = Role.PROVINCIAL_PLANNER) -> None:
        self.service = service
        self.browser: FlaskClient = service.sign_in(role)
        self.at = ""

    def upload(self, *rows: Row, data: bytes = b"", **form: str) -> TestResponse:
        """Hand a file in; the page of its import is known from then on."""
        file = io.BytesIO(data or text_file(rows))
        fields = {
            "noun": "institution", "mode": "valid_rows", "clear": "no",
            "takes_effect": "2026-03-02", "reason": "演示文号", "file": (file, "名录.csv"), **form,
        }  # fmt: skip
        answer = send(self.browser, "/imports", fields)
        self.at = answer.location or ""
        return answer

    def preview(self, *rows: Row, **more: Any) -> str:
        """The page of what a file would do."""
        assert self.upload(*rows, **more).status_code == 303
        return self.work()

    def work(self) -> str:
        """Let the worker do all that waits; the page of the import afterwards."""
        work(self.service)
        return self.page()

    def page(self, more: str = "") -> str:
        return facts(self.browser.get(self.at + more))

    def post(self, what: str = "", **form: str) -> TestResponse:
        return self.browser.post(self.at + what, data=form)

    def import_it(self, *rows: Row) -> str:
        self.preview(*rows)
        self.post("/apply")
        return self.work()


def work(service: Service) -> None:
    engine = service.app.extensions["engine"]
    store = FileStore(service.app.extensions["settings"].data_dir / "files")
    known = handlers(engine, store, lambda: service.time)
    while True:
        with unit_of_work(engine) as session:
            job = leases.claim(session, "worker-1", known, service.time)
        if job is None:
            return
        with Session(writing(engine), expire_on_commit=False) as session:
            result = known[job.kind](session, job, silent)
            leases.finish(session, leases.hold_of(job), result, service.time)
            session.commit()


def enter(service: Service, **told: Any) -> int:
    """An institution that the roster knows already."""
    given = {"name": "演示乙检测有限公司", "region": "330100", **told}
    return entered(service, Noun.INSTITUTION, **given)


def names(service: Service) -> set[str]:
    with service.work() as session:
        standing = select(Institution.name).where(holds(Institution, TODAY))
        return set(session.exec(standing))
