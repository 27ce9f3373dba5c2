"""Inspections: plans, frames and draws.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from core.append_only import guards
from web.tables import metadata

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GUARDED = ("draw_frame", "drawn_unit", "substitution")


def upgrade() -> None:
    """Make the tables, and the guards of those that only grow."""
    op.create_table(
        "plan",
        sa.Column(
            "kind",
            sa.Enum(
                "national",
                "provincial",
                "joint",
                name="plankind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("document_no", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("copied_from", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'national' OR region = ''", name=op.f("ck_plan_national_has_no_region")
        ),
        sa.CheckConstraint(
            "kind <> 'provincial' OR region <> ''", name=op.f("ck_plan_provincial_has_region")
        ),
        sa.CheckConstraint("year BETWEEN 2015 AND 2100", name=op.f("ck_plan_year")),
        sa.ForeignKeyConstraint(
            ["copied_from"], ["plan.id"], name=op.f("fk_plan_copied_from_plan")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_plan_created_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_year_plan_region"), "plan", ["year", "region"], unique=False)
    op.create_table(
        "plan_department",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_department_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("plan_id", "department", name=op.f("pk_plan_department")),
    )
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "approved",
                "published",
                "returned",
                "superseded",
                "withdrawn",
                name="planstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(length=500), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('approved', 'published', 'superseded')) = (approved_by IS NOT NULL)",
            name=op.f("ck_plan_version_approved"),
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'superseded')) = (published_by IS NOT NULL)",
            name=op.f("ck_plan_version_published"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('submitted', 'approved', 'published', 'superseded', 'returned')) OR submitted_by IS NOT NULL",
            name=op.f("ck_plan_version_submitted"),
        ),
        sa.CheckConstraint(
            "frozen_at IS NULL OR state = 'published'",
            name=op.f("ck_plan_version_frozen_is_published"),
        ),
        sa.CheckConstraint(
            "number = 1 OR reason <> ''", name=op.f("ck_plan_version_change_has_reason")
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR return_reason <> ''",
            name=op.f("ck_plan_version_return_has_reason"),
        ),
        sa.CheckConstraint(
            "(submitted_by IS NULL) = (submitted_at IS NULL) AND (approved_by IS NULL) = (approved_at IS NULL) AND (published_by IS NULL) = (published_at IS NULL)",
            name=op.f("ck_plan_version_steps_are_whole"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR (approved_by <> submitted_by AND approved_by <> made_by)",
            name=op.f("ck_plan_version_second_person"),
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_plan_version_digest")),
        sa.CheckConstraint("number >= 1 AND revision >= 1", name=op.f("ck_plan_version_counted")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_plan_version_approved_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_plan_version_made_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_version_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_plan_version_published_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["account.id"], name=op.f("fk_plan_version_submitted_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
    )
    op.create_index("uq_plan_version_number", "plan_version", ["plan_id", "number"], unique=True)
    op.create_index(
        "uq_plan_version_published",
        "plan_version",
        ["plan_id"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "uq_plan_version_working",
        "plan_version",
        ["plan_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'submitted', 'approved', 'returned')"),
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'approved', 'returned')"),
    )
    op.create_table(
        "draw_frame",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("roster_day", sa.Date(), nullable=False),
        sa.Column("rows_sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("excluded_sha256", sa.String(length=64), nullable=False),
        sa.Column("excluded", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(rows_sha256) = 64 AND length(excluded_sha256) = 64 AND length(root) = 64",
            name=op.f("ck_draw_frame_digests"),
        ),
        sa.CheckConstraint(
            "rows > 0 AND eligible >= 0 AND excluded >= 0", name=op.f("ck_draw_frame_counted")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_draw_frame_made_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_draw_frame_plan_version_id_plan_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_frame")),
    )
    op.create_index(
        "uq_draw_frame_content",
        "draw_frame",
        ["plan_version_id", "rows_sha256", "excluded_sha256"],
        unique=True,
    )
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "announced",
                "committed",
                "revealing",
                "drawn",
                "published",
                "void",
                name="drawstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("announced_by", sa.Integer(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "redraw_reason",
            sa.Enum(
                "roster_wrong",
                "plan_wrong",
                "procedure_broken",
                "cannot_be_held",
                "ordered",
                name="redraw_reason",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("redraw_first", sa.Integer(), nullable=True),
        sa.Column("redraw_second", sa.Integer(), nullable=True),
        sa.Column("commitment_digest", sa.String(length=64), nullable=True),
        sa.Column("sealed_share", sa.LargeBinary(), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("committed_by", sa.Integer(), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=True),
        sa.Column("drawn_by", sa.Integer(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "void_reason",
            sa.Enum(
                "roster_wrong",
                "plan_wrong",
                "procedure_broken",
                "cannot_be_held",
                "ordered",
                name="void_reason",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL) AND (state <> 'published' OR published_at IS NOT NULL) AND (state IN ('published', 'void') OR published_at IS NULL) AND (published_at IS NULL OR seed IS NOT NULL)",
            name=op.f("ck_draw_published_is_drawn"),
        ),
        sa.CheckConstraint(
            "(state = 'announced' AND commitment_digest IS NULL) OR state = 'void' OR (state <> 'announced' AND commitment_digest IS NOT NULL)",
            name=op.f("ck_draw_no_draw_without_commitment"),
        ),
        sa.CheckConstraint(
            "(state = 'void') = (voided_at IS NOT NULL) AND (state = 'void') = (void_reason IS NOT NULL)",
            name=op.f("ck_draw_void_has_reason"),
        ),
        sa.CheckConstraint(
            "(state NOT IN ('announced', 'committed') OR opened_at IS NULL) AND (state NOT IN ('revealing', 'drawn', 'published') OR opened_at IS NOT NULL) AND (opened_at IS NULL OR commitment_digest IS NOT NULL)",
            name=op.f("ck_draw_reveals_after_commitment"),
        ),
        sa.CheckConstraint(
            "(state NOT IN ('announced', 'committed', 'revealing') OR seed IS NULL) AND (state NOT IN ('drawn', 'published') OR seed IS NOT NULL) AND (seed IS NULL OR opened_at IS NOT NULL)",
            name=op.f("ck_draw_no_seed_before_reveals"),
        ),
        sa.CheckConstraint(
            "(commitment_digest IS NULL) = (committed_at IS NULL) AND (commitment_digest IS NULL) = (committed_by IS NULL) AND (commitment_digest IS NULL) = (sealed_share IS NULL) AND (commitment_digest IS NULL) = (deadline IS NULL)",
            name=op.f("ck_draw_commitment_is_whole"),
        ),
        sa.CheckConstraint(
            "(seed IS NULL) = (drawn_at IS NULL) AND (seed IS NULL) = (drawn_by IS NULL) AND (seed IS NULL) = (certificate_sha256 IS NULL)",
            name=op.f("ck_draw_outcome_is_whole"),
        ),
        sa.CheckConstraint("deadline > committed_at", name=op.f("ck_draw_reveals_take_time")),
        sa.CheckConstraint("length(seed) = 64", name=op.f("ck_draw_seed_is_a_digest")),
        sa.CheckConstraint(
            "number = 1 OR (redraw_reason IS NOT NULL AND redraw_second IS NOT NULL)",
            name=op.f("ck_draw_redraw_is_countersigned"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_draw_counted")),
        sa.CheckConstraint(
            "redraw_second <> redraw_first", name=op.f("ck_draw_redraw_by_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["announced_by"], ["account.id"], name=op.f("fk_draw_announced_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["committed_by"], ["account.id"], name=op.f("fk_draw_committed_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_by"], ["account.id"], name=op.f("fk_draw_drawn_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["draw_frame.id"], name=op.f("fk_draw_frame_id_draw_frame")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_draw_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_draw_plan_version_id_plan_version"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_draw_published_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["redraw_first"], ["account.id"], name=op.f("fk_draw_redraw_first_account")
        ),
        sa.ForeignKeyConstraint(
            ["redraw_second"], ["account.id"], name=op.f("fk_draw_redraw_second_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("certificate_sha256", name=op.f("uq_draw_certificate_sha256")),
        sa.UniqueConstraint("commitment_digest", name=op.f("uq_draw_commitment_digest")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_draw_plan_id_number")),
        sa.UniqueConstraint("seed", name=op.f("uq_draw_seed")),
    )
    op.create_index(op.f("ix_draw_frame_id"), "draw", ["frame_id"], unique=False)
    op.create_index(op.f("ix_draw_plan_version_id"), "draw", ["plan_version_id"], unique=False)
    op.create_index(
        "uq_draw_alive",
        "draw",
        ["plan_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    )
    op.create_table(
        "draw_motion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "void",
                "without_source",
                "substitution",
                name="motionkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("moved_by", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'void') = (subject = '')", name=op.f("ck_draw_motion_has_a_subject")
        ),
        sa.CheckConstraint("note <> ''", name=op.f("ck_draw_motion_has_a_note")),
        sa.CheckConstraint(
            "(signed_by IS NULL) = (signed_at IS NULL)",
            name=op.f("ck_draw_motion_signed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)",
            name=op.f("ck_draw_motion_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "signed_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_draw_motion_one_end")
        ),
        sa.CheckConstraint("signed_by <> moved_by", name=op.f("ck_draw_motion_two_persons")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_motion_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["moved_by"], ["account.id"], name=op.f("fk_draw_motion_moved_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["account.id"], name=op.f("fk_draw_motion_signed_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name=op.f("fk_draw_motion_withdrawn_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_motion")),
    )
    op.create_index(op.f("ix_draw_motion_draw_id"), "draw_motion", ["draw_id"], unique=False)
    op.create_index(
        "uq_draw_motion_open",
        "draw_motion",
        ["draw_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("signed_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("signed_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "draw_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "witness",
                "dice",
                "beacon",
                name="sourcekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("promise", sa.String(length=64), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("value", sa.String(length=200), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("typed_by", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("without_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(kind = 'witness') = (token_hash IS NOT NULL)",
            name=op.f("ck_draw_source_witness_has_link"),
        ),
        sa.CheckConstraint(
            "(typed_by IS NULL) = (value IS NULL OR kind = 'witness')",
            name=op.f("ck_draw_source_typed_by_somebody"),
        ),
        sa.CheckConstraint(
            "kind <> 'beacon' OR address <> ''", name=op.f("ck_draw_source_beacon_has_address")
        ),
        sa.CheckConstraint(
            "promise IS NULL OR kind = 'witness'", name=op.f("ck_draw_source_witness_promises")
        ),
        sa.CheckConstraint("value <> ''", name=op.f("ck_draw_source_empty_is_absent")),
        sa.CheckConstraint(
            "value IS NULL OR kind <> 'witness' OR promise IS NOT NULL",
            name=op.f("ck_draw_source_no_value_without_promise"),
        ),
        sa.CheckConstraint(
            "without_reason = '' OR (kind <> 'witness' AND value IS NULL)",
            name=op.f("ck_draw_source_really_without"),
        ),
        sa.CheckConstraint(
            "(promise IS NULL) = (promised_at IS NULL)",
            name=op.f("ck_draw_source_promise_has_time"),
        ),
        sa.CheckConstraint(
            "(value IS NULL) = (revealed_at IS NULL)", name=op.f("ck_draw_source_value_has_time")
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_draw_source_counted")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_source_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["typed_by"], ["account.id"], name=op.f("fk_draw_source_typed_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name=op.f("fk_draw_source_user_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_source")),
        sa.UniqueConstraint("draw_id", "name", name=op.f("uq_draw_source_draw_id_name")),
        sa.UniqueConstraint("draw_id", "position", name=op.f("uq_draw_source_draw_id_position")),
        sa.UniqueConstraint("promise", name=op.f("uq_draw_source_promise")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_draw_source_token_hash")),
    )
    op.create_table(
        "drawn_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("is_reserve", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("chance", sa.Text(), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_drawn_unit_ranked")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_drawn_unit_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_drawn_unit_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_unit")),
        sa.UniqueConstraint(
            "draw_id", "field", "rank", name=op.f("uq_drawn_unit_draw_id_field_rank")
        ),
        sa.UniqueConstraint("draw_id", "unit_id", name=op.f("uq_drawn_unit_draw_id_unit_id")),
    )
    op.create_index(op.f("ix_drawn_unit_entry_id"), "drawn_unit", ["entry_id"], unique=False)
    op.create_table(
        "substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("out_unit_id", sa.Integer(), nullable=False),
        sa.Column("in_unit_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "deregistered",
                "moved",
                "closed",
                "already_inspected",
                "force_majeure",
                name="substitutionreason",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("addendum_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(addendum_sha256) = 64", name=op.f("ck_substitution_has_its_addendum")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_substitution_counted")),
        sa.CheckConstraint("out_unit_id <> in_unit_id", name=op.f("ck_substitution_two_units")),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["draw.id"], name=op.f("fk_substitution_draw_id_draw")
        ),
        sa.ForeignKeyConstraint(
            ["in_unit_id"], ["drawn_unit.id"], name=op.f("fk_substitution_in_unit_id_drawn_unit")
        ),
        sa.ForeignKeyConstraint(
            ["motion_id"], ["draw_motion.id"], name=op.f("fk_substitution_motion_id_draw_motion")
        ),
        sa.ForeignKeyConstraint(
            ["out_unit_id"], ["drawn_unit.id"], name=op.f("fk_substitution_out_unit_id_drawn_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
        sa.UniqueConstraint(
            "draw_id", "in_unit_id", name=op.f("uq_substitution_draw_id_in_unit_id")
        ),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_substitution_draw_id_number")),
        sa.UniqueConstraint(
            "draw_id", "out_unit_id", name=op.f("uq_substitution_draw_id_out_unit_id")
        ),
        sa.UniqueConstraint("motion_id", name=op.f("uq_substitution_motion_id")),
    )

    dialect = op.get_bind().dialect.name
    for name in GUARDED:
        for statement in guards(metadata.tables[name], dialect):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Nothing of them stays."""
    op.drop_table("substitution")
    op.drop_table("drawn_unit")
    op.drop_table("draw_source")
    op.drop_table("draw_motion")
    op.drop_table("draw")
    op.drop_table("draw_frame")
    op.drop_table("plan_version")
    op.drop_table("plan_department")
    op.drop_table("plan")
