"""Notices of visits: what goes out, what has gone out, and who has confirmed it.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from core.append_only import guards
from web.tables import metadata

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GUARDED = ("notice_order",)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notice_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days >= 0 AND days <= 60", name=op.f("ck_notice_order_days_in_range")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_notice_order_counted")),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["draw.id"], name=op.f("fk_notice_order_draw_id_draw")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_notice_order_made_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_order")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_notice_order_draw_id_number")),
    )
    _make_notices()
    dialect = op.get_bind().dialect.name
    for name in GUARDED:
        for statement in guards(metadata.tables[name], dialect):
            op.execute(sa.text(statement))


def _make_notices() -> None:
    op.create_table(
        "visit_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (institution_id IS NULL)",
            name=op.f("ck_visit_notice_one_reader"),
        ),
        sa.CheckConstraint(
            "(received_at IS NULL) = (received_by IS NULL)",
            name=op.f("ck_visit_notice_received_by_one"),
        ),
        sa.CheckConstraint("version >= 1 AND reached >= 0", name=op.f("ck_visit_notice_counted")),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["draw.id"], name=op.f("fk_visit_notice_draw_id_draw")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_notice_visit_id_visit")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["roster_entry.id"], name=op.f("fk_visit_notice_person_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_visit_notice_institution_id_roster_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["account.id"], name=op.f("fk_visit_notice_received_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_notice")),
        sa.UniqueConstraint(
            "draw_id",
            "visit_id",
            "version",
            "person_id",
            name=op.f("uq_visit_notice_draw_id_visit_id_version_person_id"),
        ),
        sa.UniqueConstraint(
            "draw_id",
            "visit_id",
            "version",
            "institution_id",
            name=op.f("uq_visit_notice_draw_id_visit_id_version_institution_id"),
        ),
    )
    for column in ("draw_id", "visit_id", "person_id", "institution_id"):
        op.create_index(op.f(f"ix_visit_notice_{column}"), "visit_notice", [column])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("visit_notice")
    op.drop_table("notice_order")
