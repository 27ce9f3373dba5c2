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

GUARDED = ("roster_statement",)


def upgrade() -> None:
    """Make the tables, and the guards of those that only grow."""
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

    dialect = op.get_bind().dialect.name
    for name in GUARDED:
        for statement in guards(metadata.tables[name], dialect):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Nothing of them stays."""
    op.drop_table("succession")
    op.drop_table("site")
    op.drop_table("roster_statement")
    op.drop_table("relation")
    op.drop_table("qi_centre")
    op.drop_table("proficiency_result")
    op.drop_table("joint_item")
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
