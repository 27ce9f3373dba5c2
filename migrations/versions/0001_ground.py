"""The ground: trail, files, jobs.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

from core.append_only import guards
from web.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDED = ("event", "trail_head", "trail_checkpoint")


def upgrade() -> None:
    """Make the tables, and the guards of those that only grow."""
    op.create_table(
        "event",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("noun_id", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("change_digest", sa.String(), nullable=True),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint(
            "change_digest IS NULL OR length(change_digest) = 64", name=op.f("ck_event_digest")
        ),
        sa.CheckConstraint(
            "length(hash) = 64 AND length(previous) = 64", name=op.f("ck_event_chained")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_event_numbered")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event")),
    )
    op.create_index("ix_event_action", "event", ["action", "number"], unique=False)
    op.create_index("ix_event_actor", "event", ["actor_id", "number"], unique=False)
    op.create_index("ix_event_at", "event", ["at"], unique=False)
    op.create_index("ix_event_noun", "event", ["noun", "noun_id", "number"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "failed",
                "done",
                "cancelled",
                "dead",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=120), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("progress_step", sa.String(length=200), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (result IS NOT NULL)", name=op.f("ck_job_done_has_result")
        ),
        sa.CheckConstraint(
            "(state = 'running') = (worker IS NOT NULL) AND (state = 'running') = (lease_until IS NOT NULL)",
            name=op.f("ck_job_running_is_held"),
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'cancelled', 'dead')) = (ended_at IS NOT NULL)",
            name=op.f("ck_job_ended_has_time"),
        ),
        sa.CheckConstraint(
            "0 <= attempts AND attempts <= max_attempts AND attempts <= claims AND (state <> 'running' OR attempts > 0)",
            name=op.f("ck_job_attempts_in_range"),
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR cancel_requested", name=op.f("ck_job_cancelled_is_unwanted")
        ),
        sa.CheckConstraint(
            "state NOT IN ('failed', 'dead') OR error_code IS NOT NULL",
            name=op.f("ck_job_failed_has_reason"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('queued', 'done') OR error_code IS NULL",
            name=op.f("ck_job_good_has_no_reason"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('queued', 'failed') OR NOT cancel_requested",
            name=op.f("ck_job_waiting_is_wanted"),
        ),
        sa.CheckConstraint(
            "(claims = 0) = (started_at IS NULL)", name=op.f("ck_job_claimed_has_started")
        ),
        sa.CheckConstraint(
            "(error_code IS NULL) = (error_params IS NULL)", name=op.f("ck_job_reason_is_complete")
        ),
        sa.CheckConstraint(
            "0 <= progress_done AND 0 <= progress_total AND (progress_total = 0 OR progress_done <= progress_total)",
            name=op.f("ck_job_progress_in_range"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_requested_by_job_id"), "job", ["requested_by", "id"], unique=False)
    op.create_index(op.f("ix_job_state_job_run_after"), "job", ["state", "run_after"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "first_seen_at <= last_seen_at", name=op.f("ck_stored_file_first_comes_before_last")
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_sha256_is_a_digest")),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size_is_positive")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "trail_checkpoint",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("published", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trail_checkpoint")),
    )
    op.create_table(
        "trail_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_trail_head_single")),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_trail_head_chained")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_trail_head_numbered")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_head")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("noun", sa.String(length=60), nullable=False),
        sa.Column("noun_id", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_attachment_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(
        op.f("ix_attachment_noun_attachment_noun_id"),
        "attachment",
        ["noun", "noun_id"],
        unique=False,
    )
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"], unique=False)

    dialect = op.get_bind().dialect.name
    for name in GUARDED:
        for statement in guards(metadata.tables[name], dialect):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Nothing of them stays."""
    op.drop_table("attachment")
    op.drop_table("trail_head")
    op.drop_table("trail_checkpoint")
    op.drop_table("stored_file")
    op.drop_table("job")
    op.drop_table("event")

    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP FUNCTION refuse_change()"))
