"""The register: members, imports, checkups, matters, exit dossiers; evidence of a checkup, photos without EXIF"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime, by_bytes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATUSES = "status IN ('new', 'in', 'pre_exit', 'exited', 'cleared')"
ON_REGISTER = "status IN ('new', 'in', 'pre_exit')"
REFUSED = ("checkup", "finding", "exit_dossier")
WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    _new_tables()
    _evidence()
    _household()
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("finding_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("visited_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("relapses", sa.Integer(), nullable=False, server_default="0"))
        table.create_foreign_key(op.f("fk_ticket_matter_id_matter"), "matter", ["matter_id"], ["id"])
        table.create_foreign_key(op.f("fk_ticket_finding_id_finding"), "finding", ["finding_id"], ["id"])
    with op.batch_alter_table("ticket") as table:
        table.alter_column("relapses", existing_type=sa.Integer(), server_default=None)
        table.create_index("ix_ticket_matter", ["matter_id"], unique=False)
    with op.batch_alter_table("village") as table:
        table.add_column(sa.Column("listed_poor", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("poor_people", sa.Integer(), nullable=True))
    with op.batch_alter_table("village") as table:
        table.alter_column("listed_poor", existing_type=sa.Boolean(), server_default=None)
    _triggers()


def _new_tables() -> None:
    op.create_table(
        "heading_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["user_account.id"], name=op.f("fk_heading_choice_chosen_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_heading_choice_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heading_choice")),
        sa.UniqueConstraint("county_id", "heading", name=op.f("uq_heading_choice_county_id_heading")),
    )
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("began_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) OR ended_at >= began_at", name=op.f("ck_matter_forward")),
        sa.ForeignKeyConstraint(["began_by_id"], ["user_account.id"], name=op.f("fk_matter_began_by_id_user_account")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_matter_county_id_county")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_matter_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    open_only = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_matter_open", "matter", ["village_id", "kind"], sqlite_where=open_only, postgresql_where=open_only
    )
    op.create_table(
        "register_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("income_year", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.Column("read_at", UTCDateTime(), nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("status <> 'applied' OR applied_at IS NOT NULL", name=op.f("ck_register_import_applied")),
        sa.CheckConstraint(
            "status IN ('uploaded', 'reading', 'read', 'queued', 'applied', 'failed')",
            name=op.f("ck_register_import_status"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_register_import_county_id_county")),
        sa.ForeignKeyConstraint(
            ["read_by_id"], ["user_account.id"], name=op.f("fk_register_import_read_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_register_import_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
        sa.UniqueConstraint("county_id", "sha256", "unit_id", name=op.f("uq_register_import_county_id_sha256_unit_id")),
    )
    waiting = sa.text("status IN ('reading', 'queued')")
    op.create_index(
        "ix_register_import_waiting", "register_import", ["id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "checkup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.CheckConstraint("source IN ('visit', 'matching', 'household')", name=op.f("ck_checkup_source")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_checkup_by_id_user_account")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_checkup_county_id_county")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_checkup_household_id_household")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_checkup_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkup")),
        sa.UniqueConstraint("household_id", "once", name=op.f("uq_checkup_household_id_once")),
    )
    op.create_index("ix_checkup_household_seen_on", "checkup", ["household_id", "seen_on"])
    op.create_table(
        "exit_dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("passed_at", UTCDateTime(), nullable=False),
        sa.Column("passed_by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_exit_dossier_county_id_county")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_exit_dossier_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["passed_by_id"], ["user_account.id"], name=op.f("fk_exit_dossier_passed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_exit_dossier_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exit_dossier")),
    )
    op.create_index("ix_exit_dossier_household", "exit_dossier", ["household_id", "passed_at"])
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(length=200), nullable=False),
        sa.Column("id_sealed", sa.String(length=200), nullable=True),
        sa.Column("id_index", sa.String(length=64), nullable=True),
        sa.Column("id_masked", sa.String(length=32), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("labour", sa.String(length=16), nullable=False),
        sa.Column("beyond_help", sa.Boolean(), nullable=False),
        sa.Column("schooling", sa.String(length=200), nullable=False),
        sa.Column("illness", sa.String(length=200), nullable=False),
        sa.Column("insured", sa.Boolean(), nullable=True),
        sa.Column("pension", sa.Boolean(), nullable=True),
        sa.Column("allowance", sa.Boolean(), nullable=True),
        sa.CheckConstraint("labour IN ('with', 'partly', 'none', 'unknown')", name=op.f("ck_member_labour")),
        sa.CheckConstraint("sex IS NULL OR sex IN ('m', 'f')", name=op.f("ck_member_sex")),
        sa.CheckConstraint("(id_sealed IS NULL) = (id_index IS NULL)", name=op.f("ck_member_id_number")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_member_county_id_county")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_member_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("household_id", "position", name=op.f("uq_member_household_id_position")),
    )
    numbered = sa.text("id_index IS NOT NULL")
    op.create_index(
        "uq_member_id_index",
        "member",
        ["county_id", "id_index"],
        unique=True,
        sqlite_where=numbered,
        postgresql_where=numbered,
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("checkup_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("have", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("result = 'unmet' OR cause = ''", name=op.f("ck_finding_cause")),
        sa.CheckConstraint("result IN ('met', 'unmet', 'not_applicable')", name=op.f("ck_finding_result")),
        sa.ForeignKeyConstraint(["checkup_id"], ["checkup.id"], name=op.f("fk_finding_checkup_id_checkup")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_finding_county_id_county")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_finding_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("checkup_id", "have", name=op.f("uq_finding_checkup_id_have")),
    )
    op.create_index("ix_finding_household_have", "finding", ["household_id", "have", "seen_on", "id"])


def _evidence() -> None:
    with op.batch_alter_table("evidence") as table:
        table.alter_column("ticket_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("checkup_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("taken_at", UTCDateTime(), nullable=True))
        table.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        table.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        table.add_column(sa.Column("look", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("thumbnail", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("resembles", sa.JSON(), nullable=False, server_default="[]"))
        table.create_foreign_key(op.f("fk_evidence_checkup_id_checkup"), "checkup", ["checkup_id"], ["id"])
        table.create_unique_constraint(op.f("uq_evidence_checkup_id_sha256"), ["checkup_id", "sha256"])
        table.create_check_constraint(op.f("ck_evidence_of_one"), "(ticket_id IS NULL) <> (checkup_id IS NULL)")
        table.create_check_constraint(op.f("ck_evidence_place"), "(latitude IS NULL) = (longitude IS NULL)")
    with op.batch_alter_table("evidence") as table:
        table.alter_column("resembles", existing_type=sa.JSON(), server_default=None)
    op.create_table(
        "look_band",
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("look", sa.String(length=16), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_look_band_county_id_county")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_look_band_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("county_id", "key", "look", "evidence_id", name=op.f("pk_look_band")),
        sqlite_with_rowid=False,
    )


def _household() -> None:
    filled = {"initials": "", "status": "in", "address": "", "cause": "", "cadre_name": "", "version": "1"}
    with op.batch_alter_table("household") as table:
        table.add_column(sa.Column("initials", by_bytes(200), nullable=False, server_default=""))
        for name, length in (("status", 16), ("address", 200), ("cause", 200), ("cadre_name", 200)):
            table.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=filled[name]))
        table.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        table.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        table.add_column(sa.Column("people", sa.Integer(), nullable=True))
        table.add_column(sa.Column("income_fen", sa.Integer(), nullable=True))
        table.add_column(sa.Column("income_year", sa.Integer(), nullable=True))
        table.add_column(sa.Column("cadre_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("phone_sealed", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("phone_index", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("phone_masked", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("visited_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default=filled["version"]))
    op.execute("UPDATE household SET status = 'pre_exit' WHERE pre_exit")
    if op.get_bind().dialect.name == "postgresql":
        # SQLite sorts by bytes of itself; with this both databases do, and a prefix is a range of the index.
        op.alter_column("household", "code", type_=by_bytes(64))
        op.alter_column("household", "head_name", type_=by_bytes(200))
    with op.batch_alter_table("household") as table:
        for name in filled:
            kind = sa.Integer() if name == "version" else by_bytes(200) if name == "initials" else sa.String()
            table.alter_column(name, existing_type=kind, server_default=None)
        table.drop_column("pre_exit")
        table.create_foreign_key(op.f("fk_household_cadre_id_user_account"), "user_account", ["cadre_id"], ["id"])
        table.create_check_constraint(op.f("ck_household_status"), STATUSES)
        table.create_check_constraint(op.f("ck_household_income"), "(income_fen IS NULL) = (income_year IS NULL)")
        table.create_check_constraint(op.f("ck_household_phone"), "(phone_sealed IS NULL) = (phone_index IS NULL)")
        table.create_check_constraint(op.f("ck_household_place"), "(latitude IS NULL) = (longitude IS NULL)")
        search = ["county_id", "code", "head_name", "initials", "village_id"]
        table.create_index("ix_household_search", search, unique=False)
        table.create_index("ix_household_initials", ["county_id", "initials", "code"], unique=False)
        table.create_index("ix_household_phone_index", ["phone_index"], unique=False)
        where = sa.text(ON_REGISTER)
        table.create_index(
            "ix_household_visited_on",
            ["county_id", "village_id", "visited_on", "status"],
            unique=False,
            sqlite_where=where,
            postgresql_where=where,
        )


def _triggers() -> None:
    """Refusal for the new tables; on SQLite for evidence again, whose rebuilding dropped its own."""
    if op.get_bind().dialect.name == "sqlite":
        for name in (*REFUSED, "evidence"):
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {name}_refuse_{verb.lower()} BEFORE {verb} ON {name}"
                    f" BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
                )
        return
    for name in REFUSED:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {name}_refuse_{verb.lower()} BEFORE {verb} ON {name}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
            )
        op.execute(
            f"CREATE TRIGGER {name}_refuse_truncate BEFORE TRUNCATE ON {name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()"
        )
