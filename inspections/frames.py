"""Frames: the rosters frozen for a version of a plan, with who is left out, under one root.

A frame is two files - the canonical rows and the list of exclusions - and the Merkle root over
the rows as a draw will publish them. Freezing again on unchanged rosters gives the same frame, to
the last bit. The rows hold what is sealed too, so neither they nor their digest are published;
the root is, and with it an institution can be shown that its row is in the frame.
"""

import hashlib
import hmac
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from core import trail
from core.append_only import append_only
from core.calendar import china_date
from core.errors import Conflict, NotFound
from core.files import FileStore, attach
from core.trail import Actor
from inspections.exclusions import Exclusions
from inspections.fitting import Fitted, fit
from inspections.grounds import Ground, read_ground, roster_from
from inspections.plan_content import PlanContent, to_sampler
from inspections.plans import PlanState, PlanVersion, get_plan, get_version, person
from sampler.frame import Frame, freeze
from sampler.hashing import canonical, sha256
from sampler.procedure import Prepared, prepare
from sampler.quotas import Kind

NOUN = "draw_frame"
"""Under this noun the trail keeps the frames, and their files hang on it."""

LARGEST = 2**30
_PURPOSE = b"spotcheck/frame/1"


class FrameNotFound(NotFound):
    """There is no such frame."""

    code = "frame_not_found"


class FrameIsDamaged(Conflict):
    """A file of the frame is not what was frozen; *part* names it."""

    code = "frame_is_damaged"


class RosterDayAhead(Conflict):
    """The rosters of a *day* that has not come cannot be frozen: they still change."""

    code = "roster_day_ahead"


class UnitNotInFrame(NotFound):
    """The frame has no such unit."""

    code = "unit_not_in_frame"


class DrawFrame(SQLModel, table=True):
    """A frozen frame; a row never changes.

    Attributes
    ----------
    rows_sha256, excluded_sha256 : under which the two files are kept.
    rows : units of the frame; *eligible* of them can be drawn, *excluded* are left out.
    root : Merkle root over the rows, salted with the key of this service (`FrameKey`).
    """

    __tablename__ = "draw_frame"
    __table_args__ = (
        Index(
            "uq_draw_frame_content", "plan_version_id", "rows_sha256", "excluded_sha256",
            unique=True,
        ),
        CheckConstraint("rows > 0 AND eligible >= 0 AND excluded >= 0", name="counted"),
        CheckConstraint(
            "length(rows_sha256) = 64 AND length(excluded_sha256) = 64 AND length(root) = 64",
            name="digests",
        ),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    plan_version_id: int = Field(foreign_key="plan_version.id")
    roster_day: date
    rows_sha256: str = Field(max_length=64)
    rows: int
    eligible: int
    excluded_sha256: str = Field(max_length=64)
    excluded: int
    root: str = Field(max_length=64)
    made_by: int = Field(foreign_key="account.id")
    made_at: datetime

    @property
    def key(self) -> int:
        """The id of a row that has been written."""
        assert self.id is not None
        return self.id


append_only(SQLModel.metadata.tables["draw_frame"])


@dataclass(frozen=True)
class FrameKey:
    """Makes the salt key of each frame from a key outside the database: nobody can guess sealed
    cells without it, and freezing needs no chance, so it can be repeated."""

    key: bytes

    def salt_key(self, plan_version_id: int, rows_sha256: str) -> str:
        """The salt key of a frame, 64 hexadecimal digits; a secret."""
        text = f"{plan_version_id}\n{rows_sha256}".encode()
        return hmac.new(self.key, text, hashlib.sha256).hexdigest()

    def of(self, frame: DrawFrame) -> str:
        """The salt key of a frame that is frozen already."""
        return self.salt_key(frame.plan_version_id, frame.rows_sha256)


def frame_key_from(secret_key: str) -> FrameKey:
    """The frame key that belongs to the secret key of a service (HKDF-SHA-256, RFC 5869)."""
    derive = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE)
    return FrameKey(derive.derive(secret_key.encode()))


# -- freezing ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frozen:
    """A frame that has been worked out, and only has to be written down.

    Attributes
    ----------
    rows, left_out : the bytes of its two files.
    units, eligible, excluded, root : as in `DrawFrame`.
    """

    version_id: int
    roster_day: date
    rows: bytes
    left_out: bytes
    units: int
    eligible: int
    excluded: int
    root: str

    def as_row(self, made_by: int, now: datetime) -> DrawFrame:
        """The row of the frame."""
        return DrawFrame(
            plan_version_id=self.version_id,
            roster_day=self.roster_day,
            rows_sha256=sha256(self.rows),
            rows=self.units,
            eligible=self.eligible,
            excluded_sha256=sha256(self.left_out),
            excluded=self.excluded,
            root=self.root,
            made_by=made_by,
            made_at=now,
        )


def build(
    session: Session,
    files: FileStore,
    version_id: int,
    key: FrameKey,
    actor: Actor,
    now: datetime,
    drawn_elsewhere: Mapping[str, str] | None = None,
) -> DrawFrame:
    """Freeze the rosters for a published version: `look` and `write_down` in one transaction.

    Raises
    ------
    PlanNotFound, PlanIsElsewhere, RosterDayAhead, RosterHasFaults, PlanHasFaults
    """
    frozen = look(session, version_id, key, now, drawn_elsewhere)
    return write_down(session, files, frozen, actor, now)


def look(
    session: Session,
    version_id: int,
    key: FrameKey,
    now: datetime,
    drawn_elsewhere: Mapping[str, str] | None = None,
) -> Frozen:
    """The rosters, as at the day that the plan says, as a frame; nothing is written.

    For a whole country it takes seconds, in which nobody who writes should have to wait. The
    institutions are those of the plan's own place, whoever presses the button.

    Parameters
    ----------
    drawn_elsewhere : title of the other plan, by unit id, of units drawn by it this year.

    Raises
    ------
    PlanNotFound, PlanIsElsewhere, RosterDayAhead, RosterHasFaults
    PlanHasFaults
        With what only plan and rosters together show.
    """
    version = get_version(session, version_id)
    version.must_be(PlanState.PUBLISHED)
    content, day = version.content, _roster_day(version, now)
    plan = get_plan(session, version.plan_id)
    ground = read_ground(session, plan.scope, day, plan.year, drawn_elsewhere)
    return work_out(version, ground, fit(content, ground), key, day)


def _roster_day(version: PlanVersion, now: datetime) -> date:
    day = version.content.roster_day
    if day is None or day > china_date(now):
        raise RosterDayAhead(day=day)
    return day


def work_out(
    version: PlanVersion, ground: Ground, fitted: Fitted, key: FrameKey, day: date
) -> Frozen:
    """A version on its ground of a *day* as a frame."""
    rows, prepared = ground.data, fitted.prepared
    frame = freeze(
        prepared.plan, prepared.roster, prepared.typed, key.salt_key(version.key, sha256(rows))
    )
    return Frozen(
        version_id=version.key,
        roster_day=day,
        rows=rows,
        left_out=canonical(fitted.exclusions.as_json()),
        units=len(frame.unit_ids),
        eligible=sum(t.units for t in prepared.typed.problem.drawable),
        excluded=sum(t.units for t in prepared.typed.problem.types if t.kind is Kind.EXCLUDED),
        root=frame.root,
    )


def write_down(
    session: Session, files: FileStore, frozen: Frozen, actor: Actor, now: datetime
) -> DrawFrame:
    """Write a frame down; the one that is there already if nothing has changed since.

    Raises
    ------
    PlanNotFound, PlanIsElsewhere
        Also if the version was replaced while the rosters were read.
    """
    # bytes first: a row without them would be damage, and disks are slow
    blobs = [files.put(io.BytesIO(data), LARGEST) for data in (frozen.rows, frozen.left_out)]
    get_version(session, frozen.version_id).must_be(PlanState.PUBLISHED)
    frame = frozen.as_row(person(actor), now)
    if (known := _frame_like(session, frame)) is not None:
        return known
    session.add(frame)
    session.flush()
    for blob, name in zip(blobs, ("抽取底册.csv", "排除名单.json"), strict=True):
        attach(session, blob, name, NOUN, frame.key, actor, now, secret=True)
    after = {
        "plan_version": frame.plan_version_id,
        "roster_day": frame.roster_day,
        "rows": frame.rows,
        "eligible": frame.eligible,
        "excluded": frame.excluded,
        "root": frame.root,
    }
    trail.record(session, actor, "frame.frozen", NOUN, frame.key, now, after=after)
    return frame


def _frame_like(session: Session, frame: DrawFrame) -> DrawFrame | None:
    wanted = select(DrawFrame).where(
        DrawFrame.plan_version_id == frame.plan_version_id,
        DrawFrame.rows_sha256 == frame.rows_sha256,
        DrawFrame.excluded_sha256 == frame.excluded_sha256,
    )
    return session.exec(wanted).first()


# -- opening -----------------------------------------------------------------------------------


def get_frame(session: Session, frame_id: int) -> DrawFrame:
    """One frame.

    Raises
    ------
    FrameNotFound
    """
    if (frame := session.get(DrawFrame, frame_id)) is None:
        raise FrameNotFound(frame=frame_id)
    return frame


def frames_of(session: Session, version_id: int) -> list[DrawFrame]:
    """The frames of a version, the newest first."""
    wanted = select(DrawFrame).where(DrawFrame.plan_version_id == version_id)
    return list(session.exec(wanted.order_by(col(DrawFrame.id).desc())))


def excluded_of(files: FileStore, frame: DrawFrame) -> Exclusions:
    """Who is left out of a frame, with reasons.

    Raises
    ------
    FrameIsDamaged
    """
    data = _whole(files, frame.excluded_sha256, "excluded")
    return Exclusions.from_json(json.loads(data))


def rows_of(files: FileStore, frame: DrawFrame) -> bytes:
    """The canonical rows of a frame; sealed cells are among them.

    Raises
    ------
    FrameIsDamaged
    """
    return _whole(files, frame.rows_sha256, "rows")


def prepared_of(files: FileStore, frame: DrawFrame, content: PlanContent) -> Prepared:
    """The plan of a frame's version on its frozen rows: what a draw is committed on.

    Raises
    ------
    FrameIsDamaged
        If a file is missing or is not what was frozen.
    """
    roster = roster_from(rows_of(files, frame))
    return prepare(to_sampler(content, excluded_of(files, frame).for_sampler), roster)


def opened(files: FileStore, frame: DrawFrame, content: PlanContent, key: FrameKey) -> Frame:
    """A frame with its leaves; worth keeping: the leaves of a whole country take a second.

    Raises
    ------
    FrameIsDamaged
        Also if the root is not the one that was frozen.
    """
    prepared = prepared_of(files, frame, content)
    found = freeze(prepared.plan, prepared.roster, prepared.typed, key.of(frame))
    if found.root != frame.root:
        raise FrameIsDamaged(frame=frame.id, part="root")
    return found


def _whole(files: FileStore, digest: str, part: str) -> bytes:
    try:
        with files.open(digest) as file:
            data = file.read()
    except NotFound as error:
        raise FrameIsDamaged(part=part) from error
    if sha256(data) != digest:
        raise FrameIsDamaged(part=part)
    return data


def proof_for_unit(frame: Frame, unit_id: str) -> dict[str, Any]:
    """What an institution itself gets: its line, its salt and sealed cells, the path to the root.

    Raises
    ------
    UnitNotInFrame
    """
    if unit_id not in frame.roster.cells["unit_id"]:
        raise UnitNotInFrame(unit=unit_id)
    return frame.proof(unit_id)


def public_proof(frame: Frame, unit_id: str) -> dict[str, Any]:
    """The same for everybody else: without salt and sealed cells.

    Raises
    ------
    UnitNotInFrame
    """
    proof = proof_for_unit(frame, unit_id)
    return {name: proof[name] for name in ("line", "path", "root")}
