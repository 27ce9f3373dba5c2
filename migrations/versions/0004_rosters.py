"""The rosters: statements, the dated tables made from them, and what works on them.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from core.append_only import guards
from web.tables import metadata

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GUARDED = ("risk_decision", "roster_statement")


def upgrade() -> None:
    """Make the tables, and the guards of those that only grow."""
    op.create_table(
        "column_matching",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "noun",
            sa.Enum(
                "institution",
                "certificate",
                "site",
                "qi_centre",
                "contact",
                "flag",
                "proficiency_result",
                "succession",
                "department",
                "inspector",
                "leave",
                "expert",
                "relation",
                "joint_item",
                "check_item",
                "field_mapping",
                "indicator",
                name="noun",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("signature", sa.String(length=32), nullable=False),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("told_by", sa.String(length=100), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_matching")),
        sa.UniqueConstraint("noun", "signature", name=op.f("uq_column_matching_noun_signature")),
    )
    op.create_table(
        "risk_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("indicators", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("institutions", sa.Integer(), nullable=False),
        sa.Column("proposals", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= proposals AND proposals <= institutions", name=op.f("ck_risk_run_counts")
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_risk_run_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_run")),
    )
    op.create_table(
        "roster_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "edit",
                "bulk",
                "import",
                "rating",
                name="changekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=100), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name=op.f("ck_roster_change_withdrawn_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_change")),
    )
    op.create_index(op.f("ix_roster_change_at"), "roster_change", ["at"], unique=False)
    op.create_table(
        "roster_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "noun",
            sa.Enum(
                "institution",
                "certificate",
                "site",
                "qi_centre",
                "contact",
                "flag",
                "proficiency_result",
                "succession",
                "department",
                "inspector",
                "leave",
                "expert",
                "relation",
                "joint_item",
                "check_item",
                "field_mapping",
                "indicator",
                name="noun",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
    )
    op.create_index(op.f("ix_roster_entry_noun"), "roster_entry", ["noun"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("scope", sa.String(length=2000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "valid",
                "suspended",
                "cancelled",
                "revoked",
                name="certificatestate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("expires_on >= issued_on", name=op.f("ck_certificate_expires_later")),
        sa.CheckConstraint("since < until", name=op.f("ck_certificate_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_certificate_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_certificate_institution_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_certificate")),
    )
    op.create_index(
        op.f("ix_certificate_institution_id"), "certificate", ["institution_id"], unique=False
    )
    op.create_index(
        "uq_certificate_number",
        "certificate",
        ["number"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND number <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND number <> ''"),
    )
    op.create_table(
        "check_item",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=2000), nullable=False),
        sa.Column("ratio", sa.Integer(), nullable=False),
        sa.Column("yearly_cap", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "on_site",
                "in_writing",
                "online",
                "sampling",
                name="checkmethod",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("least_officers", sa.Integer(), nullable=False),
        sa.Column("officers", sa.String(length=500), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("least_officers >= 2", name=op.f("ck_check_item_two_officers")),
        sa.CheckConstraint("ratio BETWEEN 0 AND 100", name=op.f("ck_check_item_ratio")),
        sa.CheckConstraint("since < until", name=op.f("ck_check_item_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_check_item_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_check_item")),
    )
    op.create_index(
        "uq_check_item_number",
        "check_item",
        ["number"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND number <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND number <> ''"),
    )
    op.create_table(
        "contact",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "legal_representative",
                "manager",
                "technical_leader",
                "signatory",
                "liaison",
                name="contactrole",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_contact_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_contact_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_contact_institution_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_institution_id"), "contact", ["institution_id"], unique=False)
    op.create_table(
        "department",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "trade",
            sa.Enum(
                "market",
                "public_security",
                "natural_resources",
                "environment",
                "transport",
                "water",
                "customs",
                "drugs",
                name="trade",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_department_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_department_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_department")),
    )
    op.create_table(
        "expert",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("expert_no", sa.String(length=40), nullable=False),
        sa.Column("employer", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("fields", sa.String(length=1000), nullable=False),
        sa.Column("assessor", sa.Boolean(), nullable=False),
        sa.Column("login_name", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_expert_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_expert_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_expert")),
    )
    op.create_index(
        "uq_expert_expert_no",
        "expert",
        ["expert_no"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND expert_no <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND expert_no <> ''"),
    )
    op.create_index(
        "uq_expert_login_name",
        "expert",
        ["login_name"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND login_name <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND login_name <> ''"),
    )
    op.create_table(
        "field_mapping",
        sa.Column(
            "source",
            sa.Enum(
                "certificate",
                "statistics",
                "spot_check",
                name="vocabulary",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("source_term", sa.String(length=60), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "certificate",
                "statistics",
                "spot_check",
                name="target_vocabulary",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("target_term", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_field_mapping_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_field_mapping_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_field_mapping")),
    )
    op.create_table(
        "flag",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "checked",
                "finding",
                "complaint",
                "penalty",
                "proficiency_refused",
                "proficiency_failed",
                "product_quality",
                "abnormal_list",
                "serious_illegality",
                name="flagkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=1000), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_flag_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_flag_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_flag_institution_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_flag")),
    )
    op.create_index(op.f("ix_flag_institution_id"), "flag", ["institution_id"], unique=False)
    op.create_table(
        "inspector",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("staff_no", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("home_region", sa.String(length=6), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "national",
                "province",
                "city",
                "county",
                name="officerlevel",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.Column("ministry_no", sa.String(length=40), nullable=False),
        sa.Column("ministry_until", sa.Date(), nullable=True),
        sa.Column("province_no", sa.String(length=40), nullable=False),
        sa.Column("province_until", sa.Date(), nullable=True),
        sa.Column("qualifications", sa.String(length=500), nullable=False),
        sa.Column("fields", sa.String(length=1000), nullable=False),
        sa.Column("leader", sa.Boolean(), nullable=False),
        sa.Column(
            "duty",
            sa.Enum(
                "on_duty",
                "seconded",
                "left",
                name="duty",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("login_name", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_inspector_period")),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["roster_entry.id"],
            name=op.f("fk_inspector_department_id_roster_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_inspector_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_inspector")),
    )
    op.create_index(
        op.f("ix_inspector_department_id"), "inspector", ["department_id"], unique=False
    )
    op.create_index(
        "uq_inspector_login_name",
        "inspector",
        ["login_name"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND login_name <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND login_name <> ''"),
    )
    op.create_index(
        "uq_inspector_staff_no",
        "inspector",
        ["staff_no"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND staff_no <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND staff_no <> ''"),
    )
    op.create_table(
        "inspector_leave",
        sa.Column("inspector_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_inspector_leave_ends_later")),
        sa.CheckConstraint("since < until", name=op.f("ck_inspector_leave_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_inspector_leave_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"],
            ["roster_entry.id"],
            name=op.f("fk_inspector_leave_inspector_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_inspector_leave")),
    )
    op.create_index(
        op.f("ix_inspector_leave_inspector_id"), "inspector_leave", ["inspector_id"], unique=False
    )
    op.create_table(
        "institution",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("registration_no", sa.String(length=30), nullable=False),
        sa.Column(
            "legal_form",
            sa.Enum(
                "company",
                "public",
                "other",
                name="legalform",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "national", "provincial", name="level", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("registrar", sa.String(length=100), nullable=False),
        sa.Column("jurisdiction", sa.String(length=100), nullable=False),
        sa.Column("parent", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.String(length=1000), nullable=False),
        sa.Column("statistics_fields", sa.String(length=1000), nullable=False),
        sa.Column(
            "credit_class",
            sa.Enum(
                "A",
                "B",
                "C",
                "D",
                "",
                name="creditclass",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "cma_class",
            sa.Enum(
                "A", "B", "C", "D", "", name="cma_class", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("class_reason", sa.String(length=500), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "active",
                "suspended",
                "closed",
                "deregistered",
                name="standing",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_institution_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_institution_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_institution")),
    )
    op.create_index(
        "uq_institution_credit_code",
        "institution",
        ["credit_code"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND credit_code <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND credit_code <> ''"),
    )
    op.create_table(
        "institution_line",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("facets", sa.BigInteger(), nullable=False),
        sa.Column("lapsed", sa.Integer(), nullable=False),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("credit_class", sa.String(length=1), nullable=False),
        sa.Column(
            "sort_name",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("centres", sa.Integer(), nullable=False),
        sa.Column("last_checked", sa.Date(), nullable=True),
        sa.CheckConstraint("since < until", name=op.f("ck_institution_line_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entry.id"],
            name=op.f("fk_institution_line_entry_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_institution_line")),
    )
    op.create_index(
        "ix_institution_line_facets",
        "institution_line",
        [
            "until",
            "since",
            "facets",
            "lapsed",
            "in_force_until",
            "region",
            "credit_code",
            "entry_id",
        ],
        unique=False,
    )
    op.create_index(
        "ix_institution_line_sort_name", "institution_line", ["sort_name", "entry_id"], unique=False
    )
    op.create_table(
        "joint_item",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lead", sa.String(length=100), nullable=False),
        sa.Column("partners", sa.String(length=300), nullable=False),
        sa.Column("method", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=2000), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_joint_item_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_joint_item_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_joint_item")),
    )
    op.create_index(
        "uq_joint_item_number",
        "joint_item",
        ["number"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND number <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND number <> ''"),
    )
    op.create_table(
        "proficiency_result",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.String(length=100), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "satisfactory",
                "questionable",
                "unsatisfactory",
                "refused",
                name="verdict",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_proficiency_result_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entry.id"],
            name=op.f("fk_proficiency_result_entry_id_roster_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_proficiency_result_institution_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_proficiency_result")),
    )
    op.create_index(
        op.f("ix_proficiency_result_institution_id"),
        "proficiency_result",
        ["institution_id"],
        unique=False,
    )
    op.create_table(
        "qi_centre",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_qi_centre_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_qi_centre_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_qi_centre_institution_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_qi_centre")),
    )
    op.create_index(
        op.f("ix_qi_centre_institution_id"), "qi_centre", ["institution_id"], unique=False
    )
    op.create_table(
        "relation",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "relative",
                "share",
                "former_employer",
                "assessor",
                "same_parent",
                "consultant",
                "declared",
                name="relationkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("declared", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_relation_ends_later")),
        sa.CheckConstraint("since < until", name=op.f("ck_relation_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_relation_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_relation_institution_id_roster_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["roster_entry.id"], name=op.f("fk_relation_person_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_relation")),
    )
    op.create_index(
        op.f("ix_relation_institution_id"), "relation", ["institution_id"], unique=False
    )
    op.create_index(op.f("ix_relation_person_id"), "relation", ["person_id"], unique=False)
    op.create_table(
        "risk_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted", "declined", name="decision", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["roster_change.id"],
            name=op.f("fk_risk_decision_change_id_roster_change"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_risk_decision_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["risk_run.id"], name=op.f("fk_risk_decision_run_id_risk_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_decision")),
        sa.UniqueConstraint("run_id", "entry_id", name=op.f("uq_risk_decision_run_id_entry_id")),
    )
    op.create_index(op.f("ix_risk_decision_entry_id"), "risk_decision", ["entry_id"], unique=False)
    op.create_table(
        "risk_indicator",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column(
            "group",
            sa.Enum(
                "basics",
                "business",
                "enforcement",
                "ability",
                "innovation",
                "band",
                name="indicatorgroup",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_risk_indicator_period")),
        sa.CheckConstraint(
            "weight BETWEEN -1000 AND 1000 AND most BETWEEN 0 AND 1000",
            name=op.f("ck_risk_indicator_points"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_risk_indicator_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_risk_indicator")),
    )
    op.create_index(
        "uq_risk_indicator_code",
        "risk_indicator",
        ["code"],
        unique=True,
        sqlite_where=sa.text("until = '9999-12-31' AND code <> ''"),
        postgresql_where=sa.text("until = '9999-12-31' AND code <> ''"),
    )
    op.create_table(
        "risk_score",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column(
            "was",
            sa.Enum(
                "A",
                "B",
                "C",
                "D",
                "",
                name="creditclass",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "proposed",
            sa.Enum(
                "A",
                "B",
                "C",
                "D",
                "",
                name="proposed_class",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("contributions", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_risk_score_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["risk_run.id"], name=op.f("fk_risk_score_run_id_risk_run")
        ),
        sa.PrimaryKeyConstraint("run_id", "entry_id", name=op.f("pk_risk_score")),
    )
    op.create_index(op.f("ix_risk_score_entry_id"), "risk_score", ["entry_id"], unique=False)
    op.create_index(
        op.f("ix_risk_score_run_id_risk_score_total"),
        "risk_score",
        ["run_id", "total"],
        unique=False,
    )
    op.create_index(
        op.f("ix_risk_score_run_id_risk_score_was_risk_score_proposed"),
        "risk_score",
        ["run_id", "was", "proposed"],
        unique=False,
    )
    op.create_table(
        "roster_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "noun",
            sa.Enum(
                "institution",
                "certificate",
                "site",
                "qi_centre",
                "contact",
                "flag",
                "proficiency_result",
                "succession",
                "department",
                "inspector",
                "leave",
                "expert",
                "relation",
                "joint_item",
                "check_item",
                "field_mapping",
                "indicator",
                name="noun",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=6), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "previewing",
                "previewed",
                "failed",
                "applying",
                "applied",
                "undoing",
                "undone",
                "cancelled",
                name="importstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "valid_rows",
                "all_or_nothing",
                name="mode",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("takes_effect", sa.Date(), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("matching", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("fault_counts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("faults_file", sa.String(length=64), nullable=False),
        sa.Column("effects_file", sa.String(length=64), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error_params", sa.JSON(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("undo_reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.JSON(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploader", sa.String(length=100), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'failed') = (error_code IS NOT NULL)",
            name=op.f("ck_roster_import_failed_has_reason"),
        ),
        sa.CheckConstraint(
            "(state IN ('applied', 'undoing', 'undone')) = (applied_at IS NOT NULL)",
            name=op.f("ck_roster_import_applied_has_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('previewed', 'applying') OR digest <> ''",
            name=op.f("ck_roster_import_previewed_has_digest"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('previewing', 'applying', 'undoing') OR job_id IS NOT NULL",
            name=op.f("ck_roster_import_working_has_job"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["roster_change.id"],
            name=op.f("fk_roster_import_change_id_roster_change"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    op.create_index(
        op.f("ix_roster_import_scope_roster_import_id"),
        "roster_import",
        ["scope", "id"],
        unique=False,
    )
    op.create_table(
        "roster_search",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column(
            "noun",
            sa.Enum(
                "institution",
                "certificate",
                "site",
                "qi_centre",
                "contact",
                "flag",
                "proficiency_result",
                "succession",
                "department",
                "inspector",
                "leave",
                "expert",
                "relation",
                "joint_item",
                "check_item",
                "field_mapping",
                "indicator",
                name="noun",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_roster_search_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_roster_search")),
    )
    op.create_index(op.f("ix_roster_search_noun"), "roster_search", ["noun"], unique=False)
    op.create_table(
        "roster_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("takes_effect", sa.Date(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["roster_change.id"],
            name=op.f("fk_roster_statement_change_id_roster_change"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entry.id"],
            name=op.f("fk_roster_statement_entry_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_statement")),
    )
    op.create_index(
        op.f("ix_roster_statement_change_id"), "roster_statement", ["change_id"], unique=False
    )
    op.create_index(
        op.f("ix_roster_statement_entry_id_roster_statement_id"),
        "roster_statement",
        ["entry_id", "id"],
        unique=False,
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "list",
            sa.Enum(
                "institutions",
                "inspectors",
                "experts",
                name="rosterlist",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=4000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name=op.f("fk_saved_view_user_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "user_id", "list", "title", name=op.f("uq_saved_view_user_id_list_title")
        ),
    )
    op.create_table(
        "site",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_site_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_site_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["roster_entry.id"],
            name=op.f("fk_site_institution_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_site")),
    )
    op.create_index(op.f("ix_site_institution_id"), "site", ["institution_id"], unique=False)
    op.create_table(
        "succession",
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "merger",
                "split",
                "duplicate",
                name="successionkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since < until", name=op.f("ck_succession_period")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_succession_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"],
            ["roster_entry.id"],
            name=op.f("fk_succession_predecessor_id_roster_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["roster_entry.id"],
            name=op.f("fk_succession_successor_id_roster_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "since", name=op.f("pk_succession")),
    )
    op.create_index(
        op.f("ix_succession_predecessor_id"), "succession", ["predecessor_id"], unique=False
    )
    op.create_index(
        op.f("ix_succession_successor_id"), "succession", ["successor_id"], unique=False
    )
    op.create_table(
        "duplicate_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=200), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "grounds",
            sa.Enum(
                "name_only",
                "code_differs",
                "name_far",
                "certificate_elsewhere",
                "old_number",
                "ended",
                name="grounds",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("may_be_new", sa.Boolean(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "doubtful",
                "new",
                "changed",
                "skipped",
                name="answer",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decision = 'changed') = (entry_id IS NOT NULL)",
            name=op.f("ck_duplicate_case_same_has_entry"),
        ),
        sa.CheckConstraint(
            "(decision = 'doubtful') = (decided_at IS NULL)",
            name=op.f("ck_duplicate_case_decided_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_duplicate_case_entry_id_roster_entry")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["roster_import.id"],
            name=op.f("fk_duplicate_case_import_id_roster_import"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_case")),
        sa.UniqueConstraint(
            "import_id", "sheet", "row", name=op.f("uq_duplicate_case_import_id_sheet_row")
        ),
    )
    op.create_index(
        op.f("ix_duplicate_case_import_id"), "duplicate_case", ["import_id"], unique=False
    )

    dialect = op.get_bind().dialect.name
    for name in GUARDED:
        for statement in guards(metadata.tables[name], dialect):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Nothing of them stays."""
    op.drop_table("duplicate_case")
    op.drop_table("succession")
    op.drop_table("site")
    op.drop_table("saved_view")
    op.drop_table("roster_statement")
    op.drop_table("roster_search")
    op.drop_table("roster_import")
    op.drop_table("risk_score")
    op.drop_table("risk_indicator")
    op.drop_table("risk_decision")
    op.drop_table("relation")
    op.drop_table("qi_centre")
    op.drop_table("proficiency_result")
    op.drop_table("joint_item")
    op.drop_table("institution_line")
    op.drop_table("institution")
    op.drop_table("inspector_leave")
    op.drop_table("inspector")
    op.drop_table("flag")
    op.drop_table("field_mapping")
    op.drop_table("expert")
    op.drop_table("department")
    op.drop_table("contact")
    op.drop_table("check_item")
    op.drop_table("certificate")
    op.drop_table("roster_entry")
    op.drop_table("roster_change")
    op.drop_table("risk_run")
    op.drop_table("column_matching")
