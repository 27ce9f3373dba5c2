"""Teams: rules, visits, tasks, members, recusals and stand-ins; draws of two subjects.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from core.append_only import guards
from web.tables import metadata

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GUARDED = ("team_rules", "team_task", "team_member", "stand_in")
_ALIVE = {
    "unique": True,
    "sqlite_where": sa.text("state <> 'void'"),
    "postgresql_where": sa.text("state <> 'void'"),
}
_KINDS = "kind IN ('void', 'without_source', 'substitution')"
_KINDS_NOW = "kind IN ('void', 'without_source', 'substitution', 'stand_in')"


def upgrade() -> None:
    """Let draws have a subject, and make the tables of teams."""
    _make_tables_before_draws()
    with op.batch_alter_table("draw") as draw:
        draw.add_column(sa.Column("subject", sa.String(length=5), nullable=True))
        draw.add_column(sa.Column("task_id", sa.Integer(), nullable=True))
    op.execute(sa.text("UPDATE draw SET subject = 'units'"))
    with op.batch_alter_table("draw") as draw:
        draw.alter_column("subject", existing_type=sa.String(length=5), nullable=False)
        draw.drop_constraint(op.f("uq_draw_plan_id_number"), type_="unique")
        draw.create_unique_constraint(
            op.f("uq_draw_plan_id_subject_number"), ["plan_id", "subject", "number"]
        )
        draw.create_check_constraint(op.f("ck_draw_subject"), "subject IN ('units', 'teams')")
        draw.create_check_constraint(
            op.f("ck_draw_teams_have_a_task"), "(subject = 'teams') = (task_id IS NOT NULL)"
        )
        draw.create_foreign_key(op.f("fk_draw_task_id_team_task"), "team_task", ["task_id"], ["id"])
        draw.drop_index("uq_draw_alive")
        draw.create_index("uq_draw_alive", ["plan_id", "subject"], **_ALIVE)
        draw.create_index(op.f("ix_draw_task_id"), ["task_id"], unique=False)
    _let_motions_be(_KINDS_NOW)
    _make_tables()
    dialect = op.get_bind().dialect.name
    for name in GUARDED:
        for statement in guards(metadata.tables[name], dialect):
            op.execute(sa.text(statement))


def _let_motions_be(kinds: str) -> None:
    name = op.f("ck_draw_motion_motionkind")
    with op.batch_alter_table("draw_motion") as motion:
        motion.drop_constraint(name, type_="check")
        motion.create_check_constraint(name, kinds)


def _make_tables_before_draws() -> None:
    op.create_table(
        "team_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "number = 1 OR reason <> ''", name=op.f("ck_team_rules_change_has_reason")
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_team_rules_digest")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_team_rules_counted")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_team_rules_made_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_team_rules_plan_version_id_plan_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_rules")),
        sa.UniqueConstraint(
            "plan_version_id", "number", name=op.f("uq_team_rules_plan_version_id_number")
        ),
    )
    op.create_table(
        "team_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("list_certificate", sa.String(length=64), nullable=False),
        sa.Column("rules_id", sa.Integer(), nullable=False),
        sa.Column("roster_day", sa.Date(), nullable=False),
        sa.Column("visits_mark", sa.String(length=64), nullable=False),
        sa.Column("task_sha256", sa.String(length=64), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("inspectors", sa.Integer(), nullable=False),
        sa.Column("bars", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(list_certificate) = 64 AND length(task_sha256) = 64"
            " AND length(visits_mark) = 64",
            name=op.f("ck_team_task_digests"),
        ),
        sa.CheckConstraint(
            "visits > 0 AND slots > 0 AND inspectors > 0 AND bars >= 0",
            name=op.f("ck_team_task_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_team_task_made_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_team_task_plan_version_id_plan_version"),
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["team_rules.id"], name=op.f("fk_team_task_rules_id_team_rules")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_task")),
    )
    op.create_index(
        "uq_team_task_content",
        "team_task",
        ["plan_version_id", "list_certificate", "visits_mark", "task_sha256"],
        unique=True,
    )


def _make_tables() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stretch", sa.Integer(), nullable=False),
        sa.Column("window_first", sa.Date(), nullable=False),
        sa.Column("window_last", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "executor",
            sa.Enum(
                "national",
                "province",
                "city",
                "county",
                name="executor",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("organ_region", sa.String(length=6), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned", "cancelled", name="visitstate", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "number >= 1 AND stretch >= 1 AND version >= 1", name=op.f("ck_visit_counted")
        ),
        sa.CheckConstraint(
            "window_first <= first_day AND first_day <= last_day AND last_day <= window_last",
            name=op.f("ck_visit_within_its_window"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], name=op.f("fk_visit_changed_by_account")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_visit_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["drawn_unit.id"], name=op.f("fk_visit_unit_id_drawn_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_visit_draw_id_number")),
        sa.UniqueConstraint("draw_id", "unit_id", name=op.f("uq_visit_draw_id_unit_id")),
    )
    op.create_index(op.f("ix_visit_unit_id"), "visit", ["unit_id"], unique=False)

    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column(
            "side",
            sa.Enum(
                "institution",
                "inspector",
                name="recusalside",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("ground", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "rejected",
                "withdrawn",
                name="recusalstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("raised_by", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_recusal_decided_by_somebody"),
        ),
        sa.CheckConstraint("ground <> ''", name=op.f("ck_recusal_has_a_ground")),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'rejected') OR (decision_reason <> '' AND decided_by <> raised_by)",
            name=op.f("ck_recusal_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_recusal_decided_by_account")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_recusal_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_recusal_institution_id_roster_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["roster_entry.id"], name=op.f("fk_recusal_person_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["account.id"], name=op.f("fk_recusal_raised_by_account")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_recusal_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    op.create_index(op.f("ix_recusal_draw_id"), "recusal", ["draw_id"], unique=False)
    op.create_index(op.f("ix_recusal_institution_id"), "recusal", ["institution_id"], unique=False)
    op.create_index(op.f("ix_recusal_visit_id"), "recusal", ["visit_id"], unique=False)
    op.create_index(
        "uq_recusal_open",
        "recusal",
        ["draw_id", "slot", "person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "officer", "expert", name="slotkind", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(rank = 0) = (chance <> '')", name=op.f("ck_team_member_drawn_by_chance")
        ),
        sa.CheckConstraint("rank >= 0", name=op.f("ck_team_member_ranked")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_team_member_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["roster_entry.id"], name=op.f("fk_team_member_person_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_team_member_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint(
            "draw_id", "slot", "person_id", name=op.f("uq_team_member_draw_id_slot_person_id")
        ),
        sa.UniqueConstraint(
            "draw_id", "slot", "rank", name=op.f("uq_team_member_draw_id_slot_rank")
        ),
    )
    op.create_index(op.f("ix_team_member_person_id"), "team_member", ["person_id"], unique=False)
    op.create_index(op.f("ix_team_member_visit_id"), "team_member", ["visit_id"], unique=False)

    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=60), nullable=False),
        sa.Column("out_id", sa.Integer(), nullable=False),
        sa.Column("in_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "recusal",
                "relation",
                "leave",
                "certificate",
                "left",
                "duty",
                "force_majeure",
                name="standinreason",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("recusal_id", sa.Integer(), nullable=True),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("addendum_sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(reason = 'recusal') = (recusal_id IS NOT NULL)", name=op.f("ck_stand_in_decided")
        ),
        sa.CheckConstraint(
            "(reason IN ('duty', 'force_majeure')) = (motion_id IS NOT NULL)",
            name=op.f("ck_stand_in_adjustment_is_countersigned"),
        ),
        sa.CheckConstraint(
            "length(addendum_sha256) = 64", name=op.f("ck_stand_in_has_its_addendum")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_stand_in_counted")),
        sa.CheckConstraint("out_id <> in_id", name=op.f("ck_stand_in_two_persons")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_stand_in_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["in_id"], ["roster_entry.id"], name=op.f("fk_stand_in_in_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["motion_id"], ["draw_motion.id"], name=op.f("fk_stand_in_motion_id_draw_motion")
        ),
        sa.ForeignKeyConstraint(
            ["out_id"], ["roster_entry.id"], name=op.f("fk_stand_in_out_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["recusal_id"], ["recusal.id"], name=op.f("fk_stand_in_recusal_id_recusal")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["account.id"], name=op.f("fk_stand_in_signed_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_stand_in_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_stand_in_draw_id_number")),
        sa.UniqueConstraint(
            "draw_id", "slot", "in_id", name=op.f("uq_stand_in_draw_id_slot_in_id")
        ),
        sa.UniqueConstraint(
            "draw_id", "slot", "out_id", name=op.f("uq_stand_in_draw_id_slot_out_id")
        ),
        sa.UniqueConstraint("motion_id", name=op.f("uq_stand_in_motion_id")),
        sa.UniqueConstraint("recusal_id", name=op.f("uq_stand_in_recusal_id")),
    )
    op.create_index(op.f("ix_stand_in_visit_id"), "stand_in", ["visit_id"], unique=False)


def downgrade() -> None:
    """Draws of teams go with their tables."""
    for name in ("stand_in", "team_member", "recusal", "visit"):
        op.drop_table(name)
    op.execute(sa.text("DELETE FROM draw_motion WHERE kind = 'stand_in'"))
    for name in ("draw_motion", "draw_source"):
        of_teams = "(SELECT id FROM draw WHERE subject = 'teams')"
        op.execute(sa.text(f"DELETE FROM {name} WHERE draw_id IN {of_teams}"))
    op.execute(sa.text("DELETE FROM draw WHERE subject = 'teams'"))
    _let_motions_be(_KINDS)
    with op.batch_alter_table("draw") as draw:
        for check in ("ck_draw_teams_have_a_task", "ck_draw_subject"):
            draw.drop_constraint(op.f(check), type_="check")
        draw.drop_index("uq_draw_alive")
        draw.drop_index(op.f("ix_draw_task_id"))
        draw.drop_constraint(op.f("fk_draw_task_id_team_task"), type_="foreignkey")
        draw.drop_constraint(op.f("uq_draw_plan_id_subject_number"), type_="unique")
        draw.drop_column("task_id")
        draw.drop_column("subject")
        draw.create_unique_constraint(op.f("uq_draw_plan_id_number"), ["plan_id", "number"])
        draw.create_index("uq_draw_alive", ["plan_id"], **_ALIVE)
    op.drop_table("team_task")
    op.drop_table("team_rules")
