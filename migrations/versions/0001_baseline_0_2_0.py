"""The schema of 0.2.0: one county, one database"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0.2.0"
down_revision = None
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def by_bytes(length: int) -> TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "block",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False, comment="how many events it gathers"),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("number", name=op.f("uq_block_number")),
    )
    op.create_table(
        "counter",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("series", name=op.f("uq_counter_series")),
    )
    op.create_table(
        "county",
        sa.Column("id", ROW_ID, nullable=False, autoincrement=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("scheme_version_id", ROW_ID, nullable=True, comment="the version new tickets are filed under"),
        sa.Column("calendar_version", sa.Integer(), nullable=False, comment="raised with every change of working days"),
        sa.CheckConstraint("id = 1", name=op.f("ck_county_only")),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["scheme_version.id"],
            name=op.f("fk_county_scheme_version_id_scheme_version"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county")),
    )
    op.create_table(
        "day_count",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="in China"),
        sa.Column("at", MOMENT, nullable=False, comment="when it was counted"),
        sa.Column(
            "content",
            sa.JSON(),
            nullable=False,
            comment="[filed, closed, overdue] of the county under 0 and of each unit under its id",
        ),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_count")),
        sa.UniqueConstraint("day", name=op.f("uq_day_count_day")),
    )
    op.create_table(
        "digest_run",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_digest_run")),
    )
    op.create_table(
        "downtime",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False, comment="the last beat before it"),
        sa.Column("ended_at", MOMENT, nullable=False, comment="the first beat after it"),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_downtime_forward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downtime")),
        sa.UniqueConstraint("began_at", name=op.f("uq_downtime_began_at")),
    )
    op.create_table(
        "scheme_version",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False, comment="assessment year its month-and-day dates belong to"),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(), nullable=False, comment="canonical JSON of the validated scheme"),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_version")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_scheme_version_content_hash")),
        sa.UniqueConstraint("version", name=op.f("uq_scheme_version_version")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_address_at", "sign_in_failure", ["address", "at"])
    op.create_index("ix_sign_in_failure_name_at", "sign_in_failure", ["name", "at"])
    op.create_table(
        "sweep_report",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("lag_seconds", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_report")),
        sa.UniqueConstraint("job", name=op.f("uq_sweep_report_job")),
    )
    op.create_table(
        "unit",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="official name"),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column(
            "ruled_by_leaders",
            sa.Boolean(),
            nullable=False,
            comment="its disputes go to the leading group: the office itself, and who shares its house",
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="order of the scheme, no order of rank"),
        sa.CheckConstraint(
            "type IN ('town', 'bureau', 'office', 'leaders', 'inspectorate')", name=op.f("ck_unit_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("name", name=op.f("uq_unit_name")),
    )
    op.create_table(
        "worker_heartbeat",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.Column("held_at", MOMENT, nullable=True, comment="since when the sweep holds, after a leap of the clock"),
        sa.Column("held_why", sa.String(), nullable=True, comment="code: clock_backwards or clock_leap"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_heartbeat")),
        sa.UniqueConstraint("worker", name=op.f("uq_worker_heartbeat_worker")),
    )
    op.create_table(
        "working_day_override",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="holiday, or the reason of the county"),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False, comment="number of the paper that says so (文号)"),
        sa.CheckConstraint("source IN ('state_council', 'county')", name=op.f("ck_working_day_override_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_day_override")),
        sa.UniqueConstraint("day", "source", name=op.f("uq_working_day_override_day_source")),
    )
    op.create_table(
        "duty_opening",
        sa.Column("id", ROW_ID, nullable=False, autoincrement=False),
        sa.Column("scheme_version_id", ROW_ID, nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_duty_opening_only")),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"], ["scheme_version.id"], name=op.f("fk_duty_opening_scheme_version_id_scheme_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_opening")),
    )
    op.create_table(
        "spot_draw",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("scheme_version_id", ROW_ID, nullable=False, comment="whose shares it followed"),
        sa.Column(
            "month", sa.String(length=7), nullable=False, comment="in which the tickets were struck off, as 2018-11"
        ),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("algorithm", sa.String(length=64), nullable=False),
        sa.Column(
            "block_number",
            sa.Integer(),
            nullable=False,
            comment="the last block sealed in the month or before; 0 where none was",
        ),
        sa.Column("block_hash", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False, comment="tickets drawn from"),
        sa.Column("population_hash", sa.String(length=64), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False, comment="tickets drawn"),
        sa.CheckConstraint("block_number >= 0", name=op.f("ck_spot_draw_block")),
        sa.CheckConstraint("population >= drawn AND drawn >= 0", name=op.f("ck_spot_draw_drawn")),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_spot_draw_month")),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"], ["scheme_version.id"], name=op.f("fk_spot_draw_scheme_version_id_scheme_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_draw")),
        sa.UniqueConstraint("month", name=op.f("uq_spot_draw_month")),
    )
    op.create_table(
        "unit_alias",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_alias_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_alias")),
        sa.UniqueConstraint("alias", name=op.f("uq_unit_alias_alias")),
    )
    op.create_table(
        "village",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("town_id", ROW_ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "listed_poor", sa.Boolean(), nullable=False, comment="a listed poor village (省定贫困村), notice item 2"
        ),
        sa.Column("poor_people", sa.Integer(), nullable=True, comment="registered poor people, as the county says"),
        sa.ForeignKeyConstraint(["town_id"], ["unit.id"], name=op.f("fk_village_town_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
        sa.UniqueConstraint("code", name=op.f("uq_village_code")),
        sa.UniqueConstraint("town_id", "name", name=op.f("uq_village_town_id_name")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="sign-in name"),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=True),
        sa.Column("village_id", ROW_ID, nullable=True),
        sa.Column(
            "password_hash", sa.String(length=200), nullable=True, comment="argon2; empty: cannot sign in to pages"
        ),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "role IN ('village', 'town', 'bureau', 'office', 'leaders', 'inspectorate', 'admin')",
            name=op.f("ck_user_account_role"),
        ),
        sa.CheckConstraint("role = 'admin' OR unit_id IS NOT NULL", name=op.f("ck_user_account_unit")),
        sa.CheckConstraint("(role = 'village') = (village_id IS NOT NULL)", name=op.f("ck_user_account_village")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_account_unit_id_unit")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_user_account_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_index("ix_user_account_unit_role", "user_account", ["unit_id", "role"])
    op.create_table(
        "address",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("value_sealed", sa.String(), nullable=False),
        sa.Column(
            "value_index", sa.String(length=64), nullable=False, comment="keyed hash: a returned mail is traced by it"
        ),
        sa.Column("code_hash", sa.String(length=64), nullable=True, comment="SHA-256 of the code that was sent"),
        sa.Column("code_until", MOMENT, nullable=True),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("verified_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("fault", sa.String(length=32), nullable=True, comment="refused, unreachable or bounced"),
        sa.Column("fault_at", MOMENT, nullable=True),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_address_channel")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_address_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_index(
        "ix_address_fault",
        "address",
        ["id"],
        sqlite_where=sa.text("fault IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("fault IS NOT NULL AND ended_at IS NULL"),
    )
    op.create_index("ix_address_user", "address", ["user_id", "channel"])
    op.create_index("ix_address_value", "address", ["value_index"])
    op.create_index(
        "uq_address_current",
        "address",
        ["user_id", "channel"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND verified_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND verified_at IS NOT NULL"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index("ix_api_token_user_id", "api_token", ["user_id"])
    op.create_table(
        "event",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("subject_type", sa.String(length=24), nullable=False),
        sa.Column("subject_id", ROW_ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="when it was recorded"),
        sa.Column(
            "effective_at", MOMENT, nullable=False, comment="when it took effect; earlier for what lapsed unseen"
        ),
        sa.Column("actor_id", ROW_ID, nullable=True, comment="empty: the system"),
        sa.Column("actor_role", sa.String(length=16), nullable=False),
        sa.Column("actor_unit_id", ROW_ID, nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=True),
        sa.Column("given", sa.JSON(), nullable=False, comment="codes and figures given with the action"),
        sa.Column("effect", sa.JSON(), nullable=False, comment="what the rows became: enough to fold them again"),
        sa.Column("commitment", sa.String(length=64), nullable=True, comment="SHA-256 of salt and secret text, if any"),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("block_id", ROW_ID, nullable=True),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_event_seq")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_event_actor_id_user_account")),
        sa.ForeignKeyConstraint(["actor_unit_id"], ["unit.id"], name=op.f("fk_event_actor_unit_id_unit")),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_event_block_id_block")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("subject_type", "subject_id", "seq", name=op.f("uq_event_subject_type_subject_id_seq")),
    )
    op.create_index("ix_event_block", "event", ["block_id", "id"])
    op.create_index(
        "ix_event_confirmed",
        "event",
        ["effective_at"],
        sqlite_where=sa.text("action = 'confirm'"),
        postgresql_where=sa.text("action = 'confirm'"),
    )
    op.create_index(
        "ix_event_unsealed",
        "event",
        ["id"],
        sqlite_where=sa.text("block_id IS NULL"),
        postgresql_where=sa.text("block_id IS NULL"),
    )
    op.create_table(
        "heading_choice",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("chosen_by_id", ROW_ID, nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["user_account.id"], name=op.f("fk_heading_choice_chosen_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heading_choice")),
        sa.UniqueConstraint("heading", name=op.f("uq_heading_choice_heading")),
    )
    op.create_table(
        "household",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", by_bytes(64), nullable=False),
        sa.Column("village_id", ROW_ID, nullable=False),
        sa.Column("head_name", by_bytes(200), nullable=False),
        sa.Column(
            "initials",
            by_bytes(200),
            nullable=False,
            comment="the head's name in pinyin and its initials, every reading; sorts by name",
        ),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("labour", sa.String(length=16), nullable=False, comment="labour force: with, partly, none"),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column(
            "people",
            sa.Integer(),
            nullable=True,
            comment="家庭人口 as the register says; its members may not all be known",
        ),
        sa.Column(
            "income_fen", sa.Integer(), nullable=True, comment="disposable income a head in `income_year`, in fen"
        ),
        sa.Column("income_year", sa.Integer(), nullable=True),
        sa.Column(
            "cause",
            sa.String(length=200),
            nullable=False,
            comment="cause of poverty (致贫原因), as the register words it",
        ),
        sa.Column("cadre_name", sa.String(length=200), nullable=False, comment="responsible cadre (包户责任人)"),
        sa.Column("cadre_id", ROW_ID, nullable=True, comment="the cadre's account, if any"),
        sa.Column("phone_sealed", sa.String(length=200), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("phone_masked", sa.String(length=32), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True, comment="day of the last visit (入户核查)"),
        sa.Column("version", sa.Integer(), nullable=False, comment="raised by every change of the register"),
        sa.CheckConstraint("(income_fen IS NULL) = (income_year IS NULL)", name=op.f("ck_household_income")),
        sa.CheckConstraint("labour IN ('with', 'partly', 'none', 'unknown')", name=op.f("ck_household_labour")),
        sa.CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name=op.f("ck_household_phone")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_household_place")),
        sa.CheckConstraint(
            "status IN ('new', 'in', 'pre_exit', 'exited', 'cleared')", name=op.f("ck_household_status")
        ),
        sa.ForeignKeyConstraint(["cadre_id"], ["user_account.id"], name=op.f("fk_household_cadre_id_user_account")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_household_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("code", name=op.f("uq_household_code")),
    )
    op.create_index("ix_household_initials", "household", ["initials", "code"])
    op.create_index("ix_household_phone_index", "household", ["phone_index"])
    op.create_index("ix_household_search", "household", ["code", "head_name", "initials", "village_id"])
    op.create_index("ix_household_village_code", "household", ["village_id", "code"])
    op.create_index(
        "ix_household_visited_on",
        "household",
        ["village_id", "visited_on", "status"],
        sqlite_where=sa.text("status IN ('new', 'in', 'pre_exit')"),
        postgresql_where=sa.text("status IN ('new', 'in', 'pre_exit')"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False, comment="SHA-256 of method, path and body"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_idempotency_key_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_idempotency_key_user_id_key")),
    )
    op.create_table(
        "matter",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("village_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("began_by_id", ROW_ID, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True, comment="when its last ticket ended or was split off"),
        sa.CheckConstraint("(ended_at IS NULL) OR ended_at >= began_at", name=op.f("ck_matter_forward")),
        sa.ForeignKeyConstraint(["began_by_id"], ["user_account.id"], name=op.f("fk_matter_began_by_id_user_account")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_matter_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    op.create_index(
        "ix_matter_open",
        "matter",
        ["village_id", "kind"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "post",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('leader', 'duty')", name=op.f("ck_post_kind")),
        sa.CheckConstraint("until_at IS NULL OR until_at > from_at", name=op.f("ck_post_span")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_post_unit_id_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_post_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index(
        "uq_post_current",
        "post",
        ["unit_id", "kind"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "preference",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.CheckConstraint("how IN ('at_once', 'digest', 'off')", name=op.f("ck_preference_how")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_preference_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
        sa.UniqueConstraint("user_id", "kind", name=op.f("uq_preference_user_id_kind")),
    )
    op.create_table(
        "ranking",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False, comment="the ranking day, in China"),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", ROW_ID, nullable=False),
        sa.Column("as_of", MOMENT, nullable=False, comment="the moment whose record it ranks"),
        sa.Column("known_at", MOMENT, nullable=False, comment="reported figures count as they were known then"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=True, comment="empty: the worker"),
        sa.Column("reason", sa.String(), nullable=False, comment="why it was made anew"),
        sa.Column(
            "content", sa.JSON(), nullable=False, comment="inputs, formula, head of the chain, scores and places"
        ),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_ranking_edition")),
        sa.CheckConstraint("(edition = 1) = (reason = '')", name=op.f("ck_ranking_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_ranking_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"], ["scheme_version.id"], name=op.f("fk_ranking_scheme_version_id_scheme_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking")),
        sa.UniqueConstraint("on", "edition", name=op.f("uq_ranking_on_edition")),
    )
    op.create_table(
        "register_import",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column(
            "unit_id", ROW_ID, nullable=False, comment="whose it is; the office's, too, what the command line brought"
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False, comment="column heading → field, as the person corrected it"),
        sa.Column("income_year", sa.Integer(), nullable=True, comment="of its incomes, where the file does not say it"),
        sa.Column(
            "counts", sa.JSON(), nullable=False, comment="new, changed, unchanged, refused, absent; faults by code"
        ),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column(
            "problem", sa.String(length=64), nullable=True, comment="code of why the file cannot be read or applied"
        ),
        sa.Column("read_by_id", ROW_ID, nullable=True),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("applied_at", MOMENT, nullable=True, comment="when it was last applied"),
        sa.CheckConstraint("status <> 'applied' OR applied_at IS NOT NULL", name=op.f("ck_register_import_applied")),
        sa.CheckConstraint(
            "status IN ('uploaded', 'reading', 'read', 'queued', 'applied', 'failed')",
            name=op.f("ck_register_import_status"),
        ),
        sa.ForeignKeyConstraint(
            ["read_by_id"], ["user_account.id"], name=op.f("fk_register_import_read_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_register_import_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
        sa.UniqueConstraint("sha256", "unit_id", name=op.f("uq_register_import_sha256_unit_id")),
    )
    op.create_index(
        "ix_register_import_waiting",
        "register_import",
        ["id"],
        sqlite_where=sa.text("status IN ('reading', 'queued')"),
        postgresql_where=sa.text("status IN ('reading', 'queued')"),
    )
    op.create_table(
        "reported_figure",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("measure", sa.String(length=64), nullable=False),
        sa.Column("town_id", ROW_ID, nullable=False),
        sa.Column("up_to", sa.Date(), nullable=False, comment="the last day it speaks of, in China"),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column(
            "source", sa.String(length=200), nullable=False, comment="what proves it: the list, the system, the paper"
        ),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("replaces_id", ROW_ID, nullable=True),
        sa.Column("reason", sa.String(), nullable=False, comment="why an earlier entry was corrected"),
        sa.CheckConstraint("replaces_id <> id", name=op.f("ck_reported_figure_replaces_another")),
        sa.CheckConstraint(
            "numerator >= 0 AND denominator >= 0 AND numerator <= denominator", name=op.f("ck_reported_figure_share")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_reported_figure_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["reported_figure.id"], name=op.f("fk_reported_figure_replaces_id_reported_figure")
        ),
        sa.ForeignKeyConstraint(["town_id"], ["unit.id"], name=op.f("fk_reported_figure_town_id_unit")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reported_figure_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_figure")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_reported_figure_replaces_id")),
    )
    op.create_index("ix_reported_figure_measure", "reported_figure", ["measure", "town_id", "up_to"])
    op.create_table(
        "robot",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("value_sealed", sa.String(), nullable=False, comment="JSON: address and secret"),
        sa.Column("value_index", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", ROW_ID, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("channel IN ('wecom', 'dingtalk')", name=op.f("ck_robot_channel")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_robot_created_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_robot_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot")),
    )
    op.create_index(
        "uq_robot_current",
        "robot",
        ["unit_id", "channel"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "scheme_adoption",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("scheme_version_id", ROW_ID, nullable=False),
        sa.Column(
            "from_day", sa.Date(), nullable=False, comment="first day, in China, on which tickets are filed under it"
        ),
        sa.Column("adopted_at", MOMENT, nullable=False),
        sa.Column("adopted_by_id", ROW_ID, nullable=True, comment="empty: the command line"),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column(
            "settled_at", MOMENT, nullable=True, comment="when it was seen to be in force, superseded or revoked"
        ),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_scheme_adoption_settled")),
        sa.CheckConstraint(
            "state IN ('waiting', 'in_force', 'superseded', 'revoked')", name=op.f("ck_scheme_adoption_state")
        ),
        sa.ForeignKeyConstraint(
            ["adopted_by_id"], ["user_account.id"], name=op.f("fk_scheme_adoption_adopted_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["scheme_version.id"],
            name=op.f("fk_scheme_adoption_scheme_version_id_scheme_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_adoption")),
    )
    op.create_index(
        "uq_scheme_adoption_waiting",
        "scheme_adoption",
        ["from_day"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "user_session",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False, comment="SHA-256 of what the cookie carries"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    op.create_table(
        "checkup",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False, comment="the day of the visit, in China"),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("present", sa.String(length=200), nullable=False, comment="who was there"),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True, comment="token of the form it was sent with, if any"),
        sa.CheckConstraint("source IN ('visit', 'matching', 'household')", name=op.f("ck_checkup_source")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_checkup_by_id_user_account")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_checkup_household_id_household")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_checkup_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkup")),
        sa.UniqueConstraint("household_id", "once", name=op.f("uq_checkup_household_id_once")),
    )
    op.create_index("ix_checkup_household_seen_on", "checkup", ["household_id", "seen_on"])
    op.create_table(
        "delivery",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False, comment="what it is; its Message-ID is made of it"),
        sa.Column("event_id", ROW_ID, nullable=True),
        sa.Column("address_id", ROW_ID, nullable=True),
        sa.Column("robot_id", ROW_ID, nullable=True),
        sa.Column("lead_id", ROW_ID, nullable=True, comment="the one it travels with"),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False, comment="number, village, kind and path; no personal data"),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column(
            "weighty",
            sa.Boolean(),
            nullable=False,
            comment="a punitive paper: never sent twice without a person's word",
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True, comment="who sends it"),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True, comment="code of the last refusal"),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint("channel IN ('email', 'wecom', 'dingtalk', 'sms')", name=op.f("ck_delivery_channel")),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'sent', 'dead', 'unknown')", name=op.f("ck_delivery_status")
        ),
        sa.CheckConstraint("(address_id IS NULL) <> (robot_id IS NULL)", name=op.f("ck_delivery_target")),
        sa.CheckConstraint("next_at IS NULL OR status IN ('pending', 'unknown')", name=op.f("ck_delivery_waiting")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_delivery_address_id_address")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_delivery_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_delivery_event_id_event")),
        sa.ForeignKeyConstraint(["lead_id"], ["delivery.id"], name=op.f("fk_delivery_lead_id_delivery")),
        sa.ForeignKeyConstraint(["robot_id"], ["robot.id"], name=op.f("fk_delivery_robot_id_robot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
    )
    op.create_index(
        "ix_delivery_address",
        "delivery",
        ["address_id", "claimed_at"],
        sqlite_where=sa.text("address_id IS NOT NULL"),
        postgresql_where=sa.text("address_id IS NOT NULL"),
    )
    op.create_index("ix_delivery_event", "delivery", ["event_id"])
    op.create_index(
        "ix_delivery_lead",
        "delivery",
        ["lead_id"],
        sqlite_where=sa.text("lead_id IS NOT NULL"),
        postgresql_where=sa.text("lead_id IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_next",
        "delivery",
        ["channel", "next_at", "id"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_robot",
        "delivery",
        ["robot_id", "claimed_at"],
        sqlite_where=sa.text("robot_id IS NOT NULL"),
        postgresql_where=sa.text("robot_id IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_sending",
        "delivery",
        ["claimed_at"],
        sqlite_where=sa.text("status = 'sending'"),
        postgresql_where=sa.text("status = 'sending'"),
    )
    op.create_index(
        "ix_delivery_trouble",
        "delivery",
        ["id"],
        sqlite_where=sa.text("status IN ('dead', 'unknown')"),
        postgresql_where=sa.text("status IN ('dead', 'unknown')"),
    )
    op.create_table(
        "event_secret",
        sa.Column("event_id", ROW_ID, nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_secret_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_secret")),
    )
    op.create_table(
        "exit_dossier",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("passed_at", MOMENT, nullable=False),
        sa.Column("passed_by_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column(
            "content", sa.JSON(), nullable=False, comment="each have with its evidence, and the income rule's figures"
        ),
        sa.Column("hash", sa.String(length=64), nullable=False),
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
        "figure_proof",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("figure_id", ROW_ID, nullable=False, comment="the first of those it came with"),
        sa.Column("figures", sa.JSON(), nullable=False, comment="ids of all figures it came with"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_figure_proof_size")),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["reported_figure.id"], name=op.f("fk_figure_proof_figure_id_reported_figure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_proof")),
        sa.UniqueConstraint("figure_id", "sha256", name=op.f("uq_figure_proof_figure_id_sha256")),
    )
    op.create_table(
        "member",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="1 is the head"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(length=200), nullable=False, comment="to the head (与户主关系)"),
        sa.Column("id_sealed", sa.String(length=200), nullable=True),
        sa.Column("id_index", sa.String(length=64), nullable=True),
        sa.Column("id_masked", sa.String(length=32), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("labour", sa.String(length=16), nullable=False),
        sa.Column("beyond_help", sa.Boolean(), nullable=False, comment="cannot be lifted by work or farming"),
        sa.Column("schooling", sa.String(length=200), nullable=False),
        sa.Column("illness", sa.String(length=200), nullable=False),
        sa.Column(
            "insured", sa.Boolean(), nullable=True, comment="basic and major-illness insurance paid; empty: not known"
        ),
        sa.Column("pension", sa.Boolean(), nullable=True, comment="pension insurance paid or drawn; empty: not known"),
        sa.Column(
            "allowance",
            sa.Boolean(),
            nullable=True,
            comment="draws the minimum living allowance (低保); empty: not known",
        ),
        sa.CheckConstraint("(id_sealed IS NULL) = (id_index IS NULL)", name=op.f("ck_member_id_number")),
        sa.CheckConstraint("labour IN ('with', 'partly', 'none', 'unknown')", name=op.f("ck_member_labour")),
        sa.CheckConstraint("sex IS NULL OR sex IN ('m', 'f')", name=op.f("ck_member_sex")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_member_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("household_id", "position", name=op.f("uq_member_household_id_position")),
    )
    op.create_index(
        "uq_member_id_index",
        "member",
        ["id_index"],
        unique=True,
        sqlite_where=sa.text("id_index IS NOT NULL"),
        postgresql_where=sa.text("id_index IS NOT NULL"),
    )
    op.create_table(
        "message",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("event_id", ROW_ID, nullable=False),
        sa.Column("recipient_id", ROW_ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column(
            "params", sa.JSON(), nullable=False, comment="codes and figures; the sentence is composed when shown"
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "channel IN ('inbox', 'email', 'wecom', 'dingtalk', 'sms')", name=op.f("ck_message_channel")
        ),
        sa.CheckConstraint("status IN ('pending', 'sent', 'dead', 'unknown')", name=op.f("ck_message_status")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_message_event_id_event")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["user_account.id"], name=op.f("fk_message_recipient_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "event_id", "recipient_id", "channel", name=op.f("uq_message_event_id_recipient_id_channel")
        ),
    )
    op.create_index("ix_message_inbox", "message", ["recipient_id", "channel", "id"])
    op.create_index(
        "ix_message_unread",
        "message",
        ["recipient_id"],
        sqlite_where=sa.text("read_at IS NULL AND channel = 'inbox'"),
        postgresql_where=sa.text("read_at IS NULL AND channel = 'inbox'"),
    )
    op.create_table(
        "outbox",
        sa.Column("event_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_outbox_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "ranking_objection",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ranking_id", ROW_ID, nullable=False),
        sa.Column("town_id", ROW_ID, nullable=False),
        sa.Column("measure", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_ranking_objection_by_id_user_account")),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_ranking_objection_ranking_id_ranking")),
        sa.ForeignKeyConstraint(["town_id"], ["unit.id"], name=op.f("fk_ranking_objection_town_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_objection")),
        sa.UniqueConstraint(
            "ranking_id", "town_id", "measure", name=op.f("uq_ranking_objection_ranking_id_town_id_measure")
        ),
    )
    op.create_table(
        "ranking_sign",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ranking_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_ranking_sign_by_id_user_account")),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_ranking_sign_ranking_id_ranking")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ranking_sign_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_sign")),
        sa.UniqueConstraint("ranking_id", "unit_id", name=op.f("uq_ranking_sign_ranking_id_unit_id")),
    )
    op.create_table(
        "report",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ranking_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column(
            "number",
            sa.String(length=64),
            nullable=False,
            comment="year:report or compilation:running number, without a gap",
        ),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_report_by_id_user_account")),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_report_ranking_id_ranking")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("number", name=op.f("uq_report_number")),
        sa.UniqueConstraint("ranking_id", "unit_id", name=op.f("uq_report_ranking_id_unit_id")),
    )
    op.create_table(
        "report_roll",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ranking_id", ROW_ID, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("late", sa.JSON(), nullable=False, comment="ids of units"),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_report_roll_ranking_id_ranking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_roll")),
        sa.UniqueConstraint("ranking_id", name=op.f("uq_report_roll_ranking_id")),
    )
    op.create_table(
        "finding",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("checkup_id", ROW_ID, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("have", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("result = 'unmet' OR cause = ''", name=op.f("ck_finding_cause")),
        sa.CheckConstraint("result IN ('met', 'unmet', 'not_applicable')", name=op.f("ck_finding_result")),
        sa.ForeignKeyConstraint(["checkup_id"], ["checkup.id"], name=op.f("fk_finding_checkup_id_checkup")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_finding_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("checkup_id", "have", name=op.f("uq_finding_checkup_id_have")),
    )
    op.create_index("ix_finding_household_have", "finding", ["household_id", "have", "seen_on", "id"])
    op.create_table(
        "objection_answer",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("objection_id", ROW_ID, nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_objection_answer_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["ranking_objection.id"], name=op.f("fk_objection_answer_objection_id_ranking_objection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_answer")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objection_answer_objection_id")),
    )
    op.create_table(
        "report_receipt",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("report_id", ROW_ID, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_report_receipt_by_id_user_account")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_receipt_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_receipt")),
        sa.UniqueConstraint("report_id", name=op.f("uq_report_receipt_report_id")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("scheme_version_id", ROW_ID, nullable=False, comment="the policy it lives under"),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="raised by every move; rungs and uploads do not"),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("household_id", ROW_ID, nullable=True),
        sa.Column("village_id", ROW_ID, nullable=True),
        sa.Column("duty_unit_id", ROW_ID, nullable=True),
        sa.Column("duty_code", sa.String(length=64), nullable=True),
        sa.Column("period", sa.String(length=16), nullable=True),
        sa.Column("in_village_id", ROW_ID, nullable=True, comment="where it is"),
        sa.Column("town_id", ROW_ID, nullable=True, comment="the town it lies in"),
        sa.Column("matter_id", ROW_ID, nullable=True, comment="the matter (事项) that bundles it"),
        sa.Column("finding_id", ROW_ID, nullable=True, comment="the finding of a checkup it came from"),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False, comment="empty where the kind asks for none"),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("filed_by_id", ROW_ID, nullable=True),
        sa.Column(
            "filed_as", sa.String(length=16), nullable=False, comment="role it was filed in: village, town or system"
        ),
        sa.Column("relapse_of_id", ROW_ID, nullable=True, comment="the closed ticket it repeats"),
        sa.Column("route", sa.String(length=64), nullable=False, comment="code of the route that named the unit"),
        sa.Column("route_labour", sa.String(length=16), nullable=False, comment="labour force as routed"),
        sa.Column("lead_unit_id", ROW_ID, nullable=True, comment="the one responsible unit"),
        sa.Column("confirmer_unit_id", ROW_ID, nullable=True),
        sa.Column("may_decline", sa.Boolean(), nullable=False),
        sa.Column("declines", sa.Integer(), nullable=False, comment="in this episode"),
        sa.Column(
            "proposed_kind", sa.String(length=64), nullable=True, comment="a reclassification awaiting its ruling"
        ),
        sa.Column("proposed_cause", sa.String(length=64), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False, comment="of the mending time, in this episode"),
        sa.Column("hard_stop", sa.Date(), nullable=True),
        sa.Column("cap_at", MOMENT, nullable=True, comment="the whole-ticket limit; watched, never shortening a stage"),
        sa.Column("holder_unit_id", ROW_ID, nullable=True, comment="unit of the open custody"),
        sa.Column("due_at", MOMENT, nullable=True, comment="due date of the open custody"),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolved_by_unit_id", ROW_ID, nullable=True),
        sa.Column("closed_by_unit_id", ROW_ID, nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True, comment="day of the visit that confirmed it"),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column(
            "false_closings", sa.Integer(), nullable=False, comment="closings a spot check proved false (虚假办结)"
        ),
        sa.Column(
            "relapses",
            sa.Integer(),
            nullable=False,
            comment="closings after which a checkup found the same unmet again",
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_by_unit_id IS NOT NULL)", name=op.f("ck_ticket_closed_by")),
        sa.CheckConstraint("confirmer_unit_id <> lead_unit_id", name=op.f("ck_ticket_confirmer_is_another")),
        sa.CheckConstraint("version >= 1 AND episode >= 1", name=op.f("ck_ticket_counts")),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'in_progress', 'suspended', 'resolved', 'closed') OR (lead_unit_id IS NOT NULL AND confirmer_unit_id IS NOT NULL)",
            name=op.f("ck_ticket_dispatched"),
        ),
        sa.CheckConstraint("(holder_unit_id IS NULL) = (due_at IS NULL)", name=op.f("ck_ticket_due")),
        sa.CheckConstraint(
            "type = 'deficiency' OR (duty_code IS NOT NULL AND period IS NOT NULL AND state NOT IN ('reported', 'returned', 'assigned'))",
            name=op.f("ck_ticket_duty_states"),
        ),
        sa.CheckConstraint("(type = 'duty') = (duty_unit_id IS NOT NULL)", name=op.f("ck_ticket_duty_subject")),
        sa.CheckConstraint("(state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL)", name=op.f("ck_ticket_ended")),
        sa.CheckConstraint("(ended_at IS NULL) = (holder_unit_id IS NOT NULL)", name=op.f("ck_ticket_holder")),
        sa.CheckConstraint(
            "closed_by_unit_id IS NULL OR closed_by_unit_id <> resolved_by_unit_id", name=op.f("ck_ticket_not_own_work")
        ),
        sa.CheckConstraint(
            "(CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN village_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN duty_unit_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_ticket_one_subject"),
        ),
        sa.CheckConstraint(
            "type = 'duty' OR (in_village_id IS NOT NULL AND town_id IS NOT NULL)", name=op.f("ck_ticket_place")
        ),
        sa.CheckConstraint("(resolved_by_unit_id IS NULL) = (resolved_at IS NULL)", name=op.f("ck_ticket_resolved_at")),
        sa.CheckConstraint(
            "(state IN ('resolved', 'closed')) = (resolved_by_unit_id IS NOT NULL)", name=op.f("ck_ticket_resolved_by")
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'returned', 'assigned', 'disputed', 'in_progress', 'suspended', 'resolved', 'closed', 'withdrawn')",
            name=op.f("ck_ticket_state"),
        ),
        sa.CheckConstraint("type IN ('deficiency', 'duty')", name=op.f("ck_ticket_type")),
        sa.ForeignKeyConstraint(["closed_by_unit_id"], ["unit.id"], name=op.f("fk_ticket_closed_by_unit_id_unit")),
        sa.ForeignKeyConstraint(["confirmer_unit_id"], ["unit.id"], name=op.f("fk_ticket_confirmer_unit_id_unit")),
        sa.ForeignKeyConstraint(["duty_unit_id"], ["unit.id"], name=op.f("fk_ticket_duty_unit_id_unit")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["user_account.id"], name=op.f("fk_ticket_filed_by_id_user_account")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_ticket_finding_id_finding")),
        sa.ForeignKeyConstraint(["holder_unit_id"], ["unit.id"], name=op.f("fk_ticket_holder_unit_id_unit")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_ticket_household_id_household")),
        sa.ForeignKeyConstraint(["in_village_id"], ["village.id"], name=op.f("fk_ticket_in_village_id_village")),
        sa.ForeignKeyConstraint(["lead_unit_id"], ["unit.id"], name=op.f("fk_ticket_lead_unit_id_unit")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_ticket_matter_id_matter")),
        sa.ForeignKeyConstraint(["relapse_of_id"], ["ticket.id"], name=op.f("fk_ticket_relapse_of_id_ticket")),
        sa.ForeignKeyConstraint(["resolved_by_unit_id"], ["unit.id"], name=op.f("fk_ticket_resolved_by_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"], ["scheme_version.id"], name=op.f("fk_ticket_scheme_version_id_scheme_version")
        ),
        sa.ForeignKeyConstraint(["town_id"], ["unit.id"], name=op.f("fk_ticket_town_id_unit")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_ticket_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    op.create_index(
        "ix_ticket_duty_period",
        "ticket",
        ["period", "duty_code"],
        sqlite_where=sa.text("duty_unit_id IS NOT NULL"),
        postgresql_where=sa.text("duty_unit_id IS NOT NULL"),
    )
    op.create_index("ix_ticket_household", "ticket", ["household_id"])
    op.create_index("ix_ticket_matter", "ticket", ["matter_id"])
    op.create_index(
        "ix_ticket_open",
        "ticket",
        ["due_at", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_open_holder",
        "ticket",
        ["holder_unit_id", "due_at", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_open_lead",
        "ticket",
        ["lead_unit_id", "due_at", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_open_town",
        "ticket",
        ["town_id", "due_at", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_open_village",
        "ticket",
        ["in_village_id", "due_at", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_ticket_unvisited",
        "ticket",
        ["ended_at"],
        sqlite_where=sa.text("visited_on IS NULL AND state = 'closed' AND type = 'deficiency'"),
        postgresql_where=sa.text("visited_on IS NULL AND state = 'closed' AND type = 'deficiency'"),
    )
    op.create_index(
        "ix_ticket_village",
        "ticket",
        ["village_id", "id"],
        sqlite_where=sa.text("village_id IS NOT NULL"),
        postgresql_where=sa.text("village_id IS NOT NULL"),
    )
    op.create_index(
        "uq_ticket_duty",
        "ticket",
        ["duty_unit_id", "duty_code", "period"],
        unique=True,
        sqlite_where=sa.text("duty_unit_id IS NOT NULL"),
        postgresql_where=sa.text("duty_unit_id IS NOT NULL"),
    )
    op.create_index(
        "uq_ticket_open_household",
        "ticket",
        ["household_id", "kind", "cause"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND household_id IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND household_id IS NOT NULL"),
    )
    op.create_index(
        "uq_ticket_open_village",
        "ticket",
        ["village_id", "kind", "cause"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND village_id IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND village_id IS NOT NULL"),
    )
    op.create_table(
        "duty_entry",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False, comment="the day it was done, in China"),
        sa.Column("fields", sa.JSON(), nullable=False, comment="what the duty's form of entries asks for"),
        sa.Column("evidence", sa.JSON(), nullable=False, comment="ids of the evidence shown"),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("corrects_id", ROW_ID, nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False, comment="why an entry was corrected or withdrawn"),
        sa.Column("once", sa.String(length=64), nullable=True, comment="token of the form it was sent with, if any"),
        sa.CheckConstraint("corrects_id <> id", name=op.f("ck_duty_entry_corrects_another")),
        sa.CheckConstraint("NOT void OR corrects_id IS NOT NULL", name=op.f("ck_duty_entry_void")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_duty_entry_by_id_user_account")),
        sa.ForeignKeyConstraint(["corrects_id"], ["duty_entry.id"], name=op.f("fk_duty_entry_corrects_id_duty_entry")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_duty_entry_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_entry_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_entry")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_duty_entry_corrects_id")),
        sa.UniqueConstraint("ticket_id", "once", name=op.f("uq_duty_entry_ticket_id_once")),
    )
    op.create_table(
        "duty_form",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False, comment="what the duty's form asks for"),
        sa.Column("missing", sa.String(), nullable=False, comment="what is missing of the target, in the unit's words"),
        sa.Column("done", sa.Integer(), nullable=True, comment="how far the count was"),
        sa.Column("target", sa.Integer(), nullable=True, comment="how far it had to be"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_duty_form_by_id_user_account")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_duty_form_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_form")),
    )
    op.create_index("ix_duty_form_ticket", "duty_form", ["ticket_id", "id"])
    op.create_table(
        "evidence",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=True),
        sa.Column("checkup_id", ROW_ID, nullable=True),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("uploaded_by_id", ROW_ID, nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True, comment="as the camera said"),
        sa.Column("latitude", sa.Double(), nullable=True, comment="as the camera said"),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column(
            "look", sa.String(length=16), nullable=True, comment="perceptual hash of a picture, 64 bits in hexadecimal"
        ),
        sa.Column("thumbnail", sa.String(length=64), nullable=True, comment="SHA-256 of its small picture"),
        sa.Column(
            "resembles",
            sa.JSON(),
            nullable=False,
            comment="ids of earlier evidence of other tickets and checkups that looks nearly the same",
        ),
        sa.CheckConstraint("(ticket_id IS NULL) <> (checkup_id IS NULL)", name=op.f("ck_evidence_of_one")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_evidence_place")),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_size")),
        sa.ForeignKeyConstraint(["checkup_id"], ["checkup.id"], name=op.f("fk_evidence_checkup_id_checkup")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_evidence_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_evidence_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["user_account.id"], name=op.f("fk_evidence_uploaded_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("checkup_id", "sha256", name=op.f("uq_evidence_checkup_id_sha256")),
        sa.UniqueConstraint("ticket_id", "unit_id", "sha256", name=op.f("uq_evidence_ticket_id_unit_id_sha256")),
    )
    op.create_table(
        "party",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.CheckConstraint("standing IN ('assisting', 'former')", name=op.f("ck_party_standing")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_party_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_party_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("ticket_id", "unit_id", name=op.f("uq_party_ticket_id_unit_id")),
    )
    op.create_index("ix_party_unit", "party", ["unit_id", "ticket_id"])
    op.create_table(
        "spot_check",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("draw_id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False, comment="the one that the closing ended"),
        sa.Column("town_id", ROW_ID, nullable=True, comment="the town the ticket lies in"),
        sa.Column("resolved_by_unit_id", ROW_ID, nullable=False),
        sa.Column("confirmed_by_unit_id", ROW_ID, nullable=False),
        sa.Column("checker_unit_id", ROW_ID, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False, comment="reopened already when it was drawn; nobody looks"),
        sa.CheckConstraint("episode >= 1", name=op.f("ck_spot_check_episode")),
        sa.CheckConstraint("town_id IS NULL OR checker_unit_id <> town_id", name=op.f("ck_spot_check_not_own_town")),
        sa.CheckConstraint(
            "checker_unit_id <> resolved_by_unit_id AND checker_unit_id <> confirmed_by_unit_id",
            name=op.f("ck_spot_check_not_own_work"),
        ),
        sa.ForeignKeyConstraint(["checker_unit_id"], ["unit.id"], name=op.f("fk_spot_check_checker_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_unit_id"], ["unit.id"], name=op.f("fk_spot_check_confirmed_by_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["spot_draw.id"], name=op.f("fk_spot_check_draw_id_spot_draw")),
        sa.ForeignKeyConstraint(
            ["resolved_by_unit_id"], ["unit.id"], name=op.f("fk_spot_check_resolved_by_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_spot_check_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["town_id"], ["unit.id"], name=op.f("fk_spot_check_town_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
        sa.UniqueConstraint("draw_id", "ticket_id", name=op.f("uq_spot_check_draw_id_ticket_id")),
    )
    op.create_index("ix_spot_check_checker", "spot_check", ["checker_unit_id", "ticket_id"])
    op.create_index("ix_spot_check_confirmed_by", "spot_check", ["confirmed_by_unit_id"])
    op.create_index("ix_spot_check_resolved_by", "spot_check", ["resolved_by_unit_id"])
    op.create_index("ix_spot_check_ticket", "spot_check", ["ticket_id"])
    op.create_table(
        "tenure",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False, comment="a new ruling or a new check is a new question"),
        sa.Column("budget_minutes", sa.Integer(), nullable=False),
        sa.Column("used_minutes", sa.Integer(), nullable=False),
        sa.Column("accept_budget_minutes", sa.Integer(), nullable=False),
        sa.Column("accept_used_minutes", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False, comment="highest rung of the purpose's own stage"),
        sa.Column("accept_rung", sa.Integer(), nullable=False, comment="highest rung of the acceptance stage"),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("next_what", sa.String(length=8), nullable=True),
        sa.CheckConstraint("(next_at IS NULL) = (next_what IS NULL)", name=op.f("ck_tenure_next")),
        sa.CheckConstraint(
            "next_what IS NULL OR next_what IN ('rung', 'deem', 'resume')", name=op.f("ck_tenure_next_what")
        ),
        sa.CheckConstraint(
            "purpose IN ('vet', 'supplement', 'mend', 'rule', 'hold', 'confirm')", name=op.f("ck_tenure_purpose")
        ),
        sa.CheckConstraint("used_minutes >= 0 AND accept_used_minutes >= 0", name=op.f("ck_tenure_used")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_tenure_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_tenure_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenure")),
        sa.UniqueConstraint(
            "ticket_id",
            "episode",
            "unit_id",
            "purpose",
            "round",
            name=op.f("uq_tenure_ticket_id_episode_unit_id_purpose_round"),
        ),
    )
    op.create_index(
        "ix_tenure_next",
        "tenure",
        ["next_at", "id"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "custody",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="counts over the whole ticket"),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("tenure_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column(
            "granted", sa.String(length=16), nullable=True, comment="whether it is time that was granted, and which"
        ),
        sa.Column("account", sa.JSON(), nullable=False, comment="how the due date came about, day by day"),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=True, comment="frozen when the custody ends"),
        sa.Column("minutes", sa.Integer(), nullable=True, comment="working minutes held"),
        sa.Column("late_minutes", sa.Integer(), nullable=True, comment="working minutes past the deadline"),
        sa.Column("handler_id", ROW_ID, nullable=True),
        sa.Column("leader_id", ROW_ID, nullable=True, comment="leader in post when it began"),
        sa.CheckConstraint("due_at >= began_at", name=op.f("ck_custody_due")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_custody_forward")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (verdict IS NULL) AND (ended_at IS NULL) = (minutes IS NULL) AND (ended_at IS NULL) = (late_minutes IS NULL)",
            name=op.f("ck_custody_frozen"),
        ),
        sa.CheckConstraint(
            "granted IS NULL OR granted IN ('extension', 'suspension')", name=op.f("ck_custody_granted")
        ),
        sa.CheckConstraint(
            "stage IN ('vet', 'supplement', 'accept', 'mend', 'rule', 'hold', 'confirm')", name=op.f("ck_custody_stage")
        ),
        sa.CheckConstraint("verdict IS NULL OR verdict IN ('on_time', 'late')", name=op.f("ck_custody_verdict")),
        sa.ForeignKeyConstraint(["handler_id"], ["user_account.id"], name=op.f("fk_custody_handler_id_user_account")),
        sa.ForeignKeyConstraint(["leader_id"], ["user_account.id"], name=op.f("fk_custody_leader_id_user_account")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_custody_tenure_id_tenure")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_custody_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_custody_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_custody_ticket_id_seq")),
    )
    op.create_index(
        "ix_custody_again",
        "custody",
        ["began_at"],
        sqlite_where=sa.text("episode > 1"),
        postgresql_where=sa.text("episode > 1"),
    )
    op.create_index(
        "ix_custody_ended",
        "custody",
        ["unit_id", "ended_at", "stage", "verdict", "minutes", "late_minutes"],
        sqlite_where=sa.text("ended_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index(
        "ix_custody_granted",
        "custody",
        ["began_at"],
        sqlite_where=sa.text("granted IS NOT NULL"),
        postgresql_where=sa.text("granted IS NOT NULL"),
    )
    op.create_index(
        "ix_custody_mended",
        "custody",
        ["began_at", "unit_id", "minutes"],
        sqlite_where=sa.text("stage = 'mend'"),
        postgresql_where=sa.text("stage = 'mend'"),
    )
    op.create_index(
        "ix_custody_ruled",
        "custody",
        ["began_at"],
        sqlite_where=sa.text("stage = 'rule'"),
        postgresql_where=sa.text("stage = 'rule'"),
    )
    op.create_index("ix_custody_tenure", "custody", ["tenure_id"])
    op.create_index("ix_custody_unit", "custody", ["unit_id", "ticket_id"])
    op.create_index(
        "uq_custody_open",
        "custody",
        ["ticket_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "look_band",
        sa.Column("key", sa.Integer(), nullable=False, comment="number of the band, then its 16 bits"),
        sa.Column("look", sa.String(length=16), nullable=False),
        sa.Column("evidence_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_look_band_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("key", "look", "evidence_id", name=op.f("pk_look_band")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spot_pending",
        sa.Column("check_id", ROW_ID, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["spot_check.id"], name=op.f("fk_spot_pending_check_id_spot_check")),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_spot_pending")),
    )
    op.create_index("ix_spot_pending_due", "spot_pending", ["due_at", "check_id"])
    op.create_table(
        "spot_result",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("check_id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=True),
        sa.Column("unit_id", ROW_ID, nullable=True, comment="the unit that looked"),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False, comment="ids of what was brought from there"),
        sa.Column("reopened", sa.Boolean(), nullable=False, comment="whether the ticket was reopened by it"),
        sa.CheckConstraint(
            "(result = 'lapsed') = (visited_on IS NULL) AND (result = 'lapsed' OR (by_id IS NOT NULL AND unit_id IS NOT NULL))",
            name=op.f("ck_spot_result_looked"),
        ),
        sa.CheckConstraint("NOT reopened OR result = 'false'", name=op.f("ck_spot_result_reopened")),
        sa.CheckConstraint("result IN ('holds', 'false', 'lapsed')", name=op.f("ck_spot_result_result")),
        sa.CheckConstraint("result <> 'false' OR note <> ''", name=op.f("ck_spot_result_why")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_spot_result_by_id_user_account")),
        sa.ForeignKeyConstraint(["check_id"], ["spot_check.id"], name=op.f("fk_spot_result_check_id_spot_check")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_spot_result_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_spot_result_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_result")),
        sa.UniqueConstraint("check_id", name=op.f("uq_spot_result_check_id")),
    )
    op.create_index("ix_spot_result_at", "spot_result", ["result", "at"])
    op.create_index("ix_spot_result_ticket", "spot_result", ["ticket_id"])
    op.create_table(
        "charge",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("custody_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=True, comment="none for the system itself"),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="working minutes"),
        sa.Column("ground", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("ground IN ('ruling', 'downtime', 'late_answer')", name=op.f("ck_charge_ground")),
        sa.CheckConstraint("(unit_id IS NULL) = (ground = 'downtime')", name=op.f("ck_charge_system")),
        sa.ForeignKeyConstraint(["custody_id"], ["custody.id"], name=op.f("fk_charge_custody_id_custody")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_charge_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("custody_id", "unit_id", "ground", name=op.f("uq_charge_custody_id_unit_id_ground")),
    )
    op.create_index(
        "uq_charge_system",
        "charge",
        ["custody_id", "ground"],
        unique=True,
        sqlite_where=sa.text("unit_id IS NULL"),
        postgresql_where=sa.text("unit_id IS NULL"),
    )
    op.create_table(
        "escalation",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("tenure_id", ROW_ID, nullable=False),
        sa.Column("custody_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False, comment="1 remind … 5 hold to account"),
        sa.Column("due_at", MOMENT, nullable=False, comment="when the ladder reached it"),
        sa.Column("detected_at", MOMENT, nullable=False, comment="when the sweep saw it"),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("paper", sa.String(length=32), nullable=True, comment="number of the paper, from supervise up"),
        sa.CheckConstraint("detected_at >= due_at", name=op.f("ck_escalation_detected")),
        sa.CheckConstraint("status <> 'missed' OR paper IS NULL", name=op.f("ck_escalation_missed_has_no_paper")),
        sa.CheckConstraint("rung BETWEEN 1 AND 5", name=op.f("ck_escalation_rung")),
        sa.CheckConstraint(
            "stage IN ('vet', 'supplement', 'accept', 'mend', 'rule', 'hold', 'confirm')",
            name=op.f("ck_escalation_stage"),
        ),
        sa.CheckConstraint("status IN ('issued', 'proposed', 'missed')", name=op.f("ck_escalation_status")),
        sa.ForeignKeyConstraint(["custody_id"], ["custody.id"], name=op.f("fk_escalation_custody_id_custody")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_escalation_tenure_id_tenure")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_escalation_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_escalation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("paper", name=op.f("uq_escalation_paper")),
        sa.UniqueConstraint("tenure_id", "stage", "rung", name=op.f("uq_escalation_tenure_id_stage_rung")),
    )
    op.create_index("ix_escalation_detected", "escalation", ["detected_at"])
    op.create_index("ix_escalation_ticket", "escalation", ["ticket_id"])
    op.create_table(
        "time_request",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("custody_id", ROW_ID, nullable=False),
        sa.Column("tenure_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False, comment="the unit that asks"),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", ROW_ID, nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=True, comment="code of the scheme's list"),
        sa.Column("wanted_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False, comment="what will be done until then"),
        sa.Column("evidence", sa.JSON(), nullable=False, comment="ids of the evidence shown"),
        sa.Column("asked_of_id", ROW_ID, nullable=False, comment="the unit that has to answer"),
        sa.Column("answer_due_at", MOMENT, nullable=False, comment="after that the wait is the answering unit's"),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by_id", ROW_ID, nullable=True),
        sa.Column("granted_until", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL) AND (answered_at IS NULL) = (answer IS NULL)",
            name=op.f("ck_time_request_answer"),
        ),
        sa.CheckConstraint("answer_due_at > asked_at", name=op.f("ck_time_request_answer_due")),
        sa.CheckConstraint(
            "(status IN ('granted', 'refused')) = (answered_at IS NOT NULL)", name=op.f("ck_time_request_answered")
        ),
        sa.CheckConstraint("answered_at IS NULL OR answered_at >= asked_at", name=op.f("ck_time_request_forward")),
        sa.CheckConstraint("(status = 'granted') = (granted_until IS NOT NULL)", name=op.f("ck_time_request_granted")),
        sa.CheckConstraint("kind <> 'suspension' OR ground IS NOT NULL", name=op.f("ck_time_request_ground")),
        sa.CheckConstraint("kind IN ('extension', 'suspension')", name=op.f("ck_time_request_kind")),
        sa.CheckConstraint("unit_id <> asked_of_id", name=op.f("ck_time_request_not_of_oneself")),
        sa.CheckConstraint(
            "status IN ('waiting', 'granted', 'refused', 'lapsed')", name=op.f("ck_time_request_status")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_time_request_answered_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_time_request_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["asked_of_id"], ["unit.id"], name=op.f("fk_time_request_asked_of_id_unit")),
        sa.ForeignKeyConstraint(["custody_id"], ["custody.id"], name=op.f("fk_time_request_custody_id_custody")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_time_request_tenure_id_tenure")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_time_request_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_time_request_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_request")),
    )
    op.create_index("ix_time_request_custody", "time_request", ["custody_id"])
    op.create_index("ix_time_request_ticket", "time_request", ["ticket_id"])
    op.create_index(
        "ix_time_request_waiting",
        "time_request",
        ["answer_due_at", "id"],
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "uq_time_request_waiting",
        "time_request",
        ["ticket_id"],
        unique=True,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "accountability_case",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("scheme_version_id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("custody_id", ROW_ID, nullable=False, comment="the stretch complained of"),
        sa.Column(
            "escalation_id",
            ROW_ID,
            nullable=True,
            comment="the rung whose issue proposed it; empty: the office by itself",
        ),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("leader_id", ROW_ID, nullable=True, comment="leader in post at the time"),
        sa.Column(
            "decider_unit_id", ROW_ID, nullable=True, comment="who decides, by the scheme; empty: the level above"
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("indicator", sa.Integer(), nullable=True, comment="number of the indicator whose result was harmed"),
        sa.Column("figure", sa.String(length=64), nullable=True, comment="a figure of it, `task`, or `ranking`"),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("opened_by_id", ROW_ID, nullable=True),
        sa.Column("opened_by_unit_id", ROW_ID, nullable=True),
        sa.Column("notified_at", MOMENT, nullable=True),
        sa.Column("statement_due_at", MOMENT, nullable=True),
        sa.Column("stated_at", MOMENT, nullable=True, comment="when the statement came, or the time for it ran out"),
        sa.Column("silent", sa.Boolean(), nullable=False, comment="no statement came in time"),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        sa.Column(
            "decided_by_unit_id",
            ROW_ID,
            nullable=True,
            comment="empty for a decision of the level above, which is recorded",
        ),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("served_at", MOMENT, nullable=True),
        sa.Column("appeal_until", MOMENT, nullable=True),
        sa.Column("appeals", sa.Integer(), nullable=False),
        sa.Column("withdrawal_by_id", ROW_ID, nullable=True, comment="who asked that it be withdrawn"),
        sa.Column("withdrawn_by_id", ROW_ID, nullable=True, comment="who agreed"),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("next_at", MOMENT, nullable=True, comment="when something happens to it by itself"),
        sa.CheckConstraint(
            "(served_at IS NULL) = (appeal_until IS NULL)", name=op.f("ck_accountability_case_appeal_until")
        ),
        sa.CheckConstraint("appeals BETWEEN 0 AND 1", name=op.f("ck_accountability_case_appeals")),
        sa.CheckConstraint(
            "(state IN ('decided', 'served', 'closed')) = (outcome IS NOT NULL)",
            name=op.f("ck_accountability_case_decided"),
        ),
        sa.CheckConstraint(
            "decided_by_unit_id IS NULL OR (decider_unit_id IS NOT NULL AND decided_by_unit_id = decider_unit_id)",
            name=op.f("ck_accountability_case_decider"),
        ),
        sa.CheckConstraint(
            "(state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL)", name=op.f("ck_accountability_case_ended")
        ),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (opened_by_id IS NULL) AND (opened_at IS NULL) = (opened_by_unit_id IS NULL) AND (opened_at IS NULL) = (indicator IS NULL) AND (opened_at IS NULL) = (figure IS NULL)",
            name=op.f("ck_accountability_case_harm"),
        ),
        sa.CheckConstraint("(state = 'notified') = (next_at IS NOT NULL)", name=op.f("ck_accountability_case_next")),
        sa.CheckConstraint("decider_unit_id <> unit_id", name=op.f("ck_accountability_case_not_about_oneself")),
        sa.CheckConstraint("opened_by_unit_id <> unit_id", name=op.f("ck_accountability_case_not_against_oneself")),
        sa.CheckConstraint(
            "decider_unit_id <> opened_by_unit_id", name=op.f("ck_accountability_case_not_by_the_opener")
        ),
        sa.CheckConstraint(
            "(notified_at IS NULL) = (statement_due_at IS NULL)", name=op.f("ck_accountability_case_notified")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'withdrawn') OR opened_at IS NOT NULL", name=op.f("ck_accountability_case_opened")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_accountability_case_outcome")),
        sa.CheckConstraint(
            "(state IN ('served', 'closed')) = (served_at IS NOT NULL)", name=op.f("ck_accountability_case_served")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'opened', 'notified', 'stated', 'heard', 'referred', 'decided', 'served', 'closed', 'withdrawn')",
            name=op.f("ck_accountability_case_state"),
        ),
        sa.CheckConstraint(
            "withdrawn_by_id IS NULL OR (withdrawal_by_id IS NOT NULL AND withdrawn_by_id <> withdrawal_by_id)",
            name=op.f("ck_accountability_case_two_persons"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_accountability_case_version")),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_by_id IS NOT NULL)", name=op.f("ck_accountability_case_withdrawn")
        ),
        sa.ForeignKeyConstraint(["custody_id"], ["custody.id"], name=op.f("fk_accountability_case_custody_id_custody")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_accountability_case_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_unit_id"], ["unit.id"], name=op.f("fk_accountability_case_decided_by_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["decider_unit_id"], ["unit.id"], name=op.f("fk_accountability_case_decider_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_accountability_case_escalation_id_escalation")
        ),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["user_account.id"], name=op.f("fk_accountability_case_leader_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user_account.id"], name=op.f("fk_accountability_case_opened_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_unit_id"], ["unit.id"], name=op.f("fk_accountability_case_opened_by_unit_id_unit")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["scheme_version.id"],
            name=op.f("fk_accountability_case_scheme_version_id_scheme_version"),
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_accountability_case_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_accountability_case_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["withdrawal_by_id"], ["user_account.id"], name=op.f("fk_accountability_case_withdrawal_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_accountability_case_withdrawn_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_case")),
        sa.UniqueConstraint("escalation_id", name=op.f("uq_accountability_case_escalation_id")),
    )
    op.create_index("ix_accountability_case_decider", "accountability_case", ["decider_unit_id", "id"])
    op.create_index(
        "ix_accountability_case_next",
        "accountability_case",
        ["next_at", "id"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_accountability_case_ticket", "accountability_case", ["ticket_id"])
    op.create_index("ix_accountability_case_unit", "accountability_case", ["unit_id", "id"])
    op.create_index(
        "uq_accountability_case_custody",
        "accountability_case",
        ["custody_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "paper",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False, comment="year:rung:running figure, without gaps"),
        sa.Column("escalation_id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("tenure_id", ROW_ID, nullable=False),
        sa.Column("custody_id", ROW_ID, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False, comment="the addressee"),
        sa.Column(
            "leader_id", ROW_ID, nullable=True, comment="its leader in post when it was issued; empty: there was none"
        ),
        sa.Column("issuer_id", ROW_ID, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by_id", ROW_ID, nullable=True, comment="empty: the system"),
        sa.Column("reason", sa.String(), nullable=True, comment="as printed: names of people in households hidden"),
        sa.Column("met_by", sa.String(length=8), nullable=False),
        sa.Column("demand_due_at", MOMENT, nullable=False),
        sa.Column("deemed_at", MOMENT, nullable=False, comment="when it counts as received if nobody signs for it"),
        sa.Column("content", sa.JSON(), nullable=False, comment="everything else that is printed"),
        sa.Column("hash", sa.String(length=64), nullable=False, comment="SHA-256 of the content's canonical JSON"),
        sa.CheckConstraint("demand_due_at > issued_at AND deemed_at > issued_at", name=op.f("ck_paper_forward")),
        sa.CheckConstraint("met_by IN ('work', 'answer')", name=op.f("ck_paper_met_by")),
        sa.CheckConstraint("issuer_id <> unit_id", name=op.f("ck_paper_not_to_oneself")),
        sa.CheckConstraint("(issued_by_id IS NULL) = (reason IS NULL)", name=op.f("ck_paper_reason")),
        sa.CheckConstraint("rung BETWEEN 3 AND 5", name=op.f("ck_paper_rung")),
        sa.CheckConstraint(
            "stage IN ('vet', 'supplement', 'accept', 'mend', 'rule', 'hold', 'confirm')", name=op.f("ck_paper_stage")
        ),
        sa.ForeignKeyConstraint(["custody_id"], ["custody.id"], name=op.f("fk_paper_custody_id_custody")),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalation.id"], name=op.f("fk_paper_escalation_id_escalation")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user_account.id"], name=op.f("fk_paper_issued_by_id_user_account")),
        sa.ForeignKeyConstraint(["issuer_id"], ["unit.id"], name=op.f("fk_paper_issuer_id_unit")),
        sa.ForeignKeyConstraint(["leader_id"], ["user_account.id"], name=op.f("fk_paper_leader_id_user_account")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_paper_tenure_id_tenure")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_paper_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_paper_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("escalation_id", name=op.f("uq_paper_escalation_id")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_number")),
    )
    op.create_index("ix_paper_tenure", "paper", ["tenure_id"])
    op.create_index("ix_paper_ticket", "paper", ["ticket_id"])
    op.create_index("ix_paper_unit", "paper", ["unit_id", "id"])
    op.create_table(
        "rung_answer",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("escalation_id", ROW_ID, nullable=False),
        sa.Column("issued", sa.Boolean(), nullable=False),
        sa.Column("paper", sa.String(length=32), nullable=True, comment="number of the paper, when it was issued"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.CheckConstraint("issued = (paper IS NOT NULL)", name=op.f("ck_rung_answer_paper")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_rung_answer_by_id_user_account")),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_rung_answer_escalation_id_escalation")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_rung_answer_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rung_answer")),
        sa.UniqueConstraint("escalation_id", name=op.f("uq_rung_answer_escalation_id")),
        sa.UniqueConstraint("paper", name=op.f("uq_rung_answer_paper")),
    )
    op.create_index("ix_rung_answer_ticket", "rung_answer", ["ticket_id"])
    op.create_table(
        "case_dossier",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="of the event it was frozen with"),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column(
            "hash", sa.String(length=64), nullable=False, comment="SHA-256 of the canonical content; the event names it"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["accountability_case.id"], name=op.f("fk_case_dossier_case_id_accountability_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_dossier")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_dossier_case_id_seq")),
    )
    op.create_table(
        "paper_act",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("paper_id", ROW_ID, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=True),
        sa.Column("at", MOMENT, nullable=False, comment="when it was recorded"),
        sa.Column(
            "effective_at", MOMENT, nullable=False, comment="when it took effect; earlier for what lapsed unseen"
        ),
        sa.Column("by_id", ROW_ID, nullable=True, comment="empty: the system"),
        sa.Column("asked_by_id", ROW_ID, nullable=True, comment="who asked to revoke it"),
        sa.Column("words", sa.String(), nullable=True),
        sa.CheckConstraint(
            "act IN ('receipt', 'answer', 'ask_revocation', 'keep', 'end')", name=op.f("ck_paper_act_act")
        ),
        sa.CheckConstraint(
            "(by_id IS NULL) = (COALESCE(how, '') IN ('deemed', 'satisfied', 'superseded', 'lapsed'))",
            name=op.f("ck_paper_act_by"),
        ),
        sa.CheckConstraint("effective_at <= at", name=op.f("ck_paper_act_forward")),
        sa.CheckConstraint(
            "(act = 'receipt' AND how IN ('signed', 'deemed')) OR (act = 'end' AND how IN ('satisfied', 'superseded', 'lapsed', 'revoked')) OR (act NOT IN ('receipt', 'end') AND how IS NULL)",
            name=op.f("ck_paper_act_how"),
        ),
        sa.CheckConstraint(
            "(COALESCE(how, '') = 'revoked') = (asked_by_id IS NOT NULL) AND (asked_by_id IS NULL OR asked_by_id <> by_id)",
            name=op.f("ck_paper_act_two_persons"),
        ),
        sa.CheckConstraint(
            "(words IS NULL) = (act = 'receipt' OR (act = 'end' AND COALESCE(how, '') <> 'revoked'))",
            name=op.f("ck_paper_act_words"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_paper_act_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_paper_act_by_id_user_account")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_act_paper_id_paper")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_paper_act_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_act")),
        sa.UniqueConstraint("paper_id", "act", name=op.f("uq_paper_act_paper_id_act")),
    )
    op.create_index("ix_paper_act_ticket", "paper_act", ["ticket_id"])
    op.create_table(
        "paper_pending",
        sa.Column("paper_id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("tenure_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("deemed_at", MOMENT, nullable=True, comment="empty: received"),
        sa.Column("open", sa.Boolean(), nullable=False, comment="not ended"),
        sa.CheckConstraint("open OR deemed_at IS NOT NULL", name=op.f("ck_paper_pending_something")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_pending_paper_id_paper")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_paper_pending_tenure_id_tenure")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_paper_pending_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_paper_pending_unit_id_unit")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_pending")),
    )
    op.create_index(
        "ix_paper_pending_deemed",
        "paper_pending",
        ["deemed_at", "paper_id"],
        sqlite_where=sa.text("deemed_at IS NOT NULL"),
        postgresql_where=sa.text("deemed_at IS NOT NULL"),
    )
    op.create_index("ix_paper_pending_tenure", "paper_pending", ["tenure_id"])
    op.create_index("ix_paper_pending_ticket", "paper_pending", ["ticket_id"])
    if op.get_bind().dialect.name == "postgresql":
        # The two tables name each other; SQLite takes the constraint in line, PostgreSQL only afterwards.
        op.create_foreign_key(
            "fk_county_scheme_version_id_scheme_version", "county", "scheme_version", ["scheme_version_id"], ["id"]
        )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement))


# The triggers as they were when this was written; later revisions bring their own.
SQLITE = (
    "CREATE TRIGGER event_refuse_update BEFORE UPDATE ON event WHEN NOT (OLD.block_id IS NULL AND NEW.block_id IS NOT NULL AND OLD.id IS NEW.id AND OLD.subject_type IS NEW.subject_type AND OLD.subject_id IS NEW.subject_id AND OLD.seq IS NEW.seq AND OLD.at IS NEW.at AND OLD.effective_at IS NEW.effective_at AND OLD.actor_id IS NEW.actor_id AND OLD.actor_role IS NEW.actor_role AND OLD.actor_unit_id IS NEW.actor_unit_id AND OLD.action IS NEW.action AND OLD.from_state IS NEW.from_state AND OLD.to_state IS NEW.to_state AND OLD.given IS NEW.given AND OLD.effect IS NEW.effect AND OLD.commitment IS NEW.commitment AND OLD.prev_hash IS NEW.prev_hash AND OLD.hash IS NEW.hash) BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER event_refuse_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER block_refuse_update BEFORE UPDATE ON block BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER block_refuse_delete BEFORE DELETE ON block BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER charge_refuse_update BEFORE UPDATE ON charge BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER charge_refuse_delete BEFORE DELETE ON charge BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER escalation_refuse_update BEFORE UPDATE ON escalation BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER escalation_refuse_delete BEFORE DELETE ON escalation BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER rung_answer_refuse_update BEFORE UPDATE ON rung_answer BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER rung_answer_refuse_delete BEFORE DELETE ON rung_answer BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER paper_refuse_update BEFORE UPDATE ON paper BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER paper_refuse_delete BEFORE DELETE ON paper BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER paper_act_refuse_update BEFORE UPDATE ON paper_act BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER paper_act_refuse_delete BEFORE DELETE ON paper_act BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER scheme_version_refuse_update BEFORE UPDATE ON scheme_version BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER scheme_version_refuse_delete BEFORE DELETE ON scheme_version BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER evidence_refuse_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER evidence_refuse_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER checkup_refuse_update BEFORE UPDATE ON checkup BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER checkup_refuse_delete BEFORE DELETE ON checkup BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER finding_refuse_update BEFORE UPDATE ON finding BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER finding_refuse_delete BEFORE DELETE ON finding BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER exit_dossier_refuse_update BEFORE UPDATE ON exit_dossier BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER exit_dossier_refuse_delete BEFORE DELETE ON exit_dossier BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER downtime_refuse_update BEFORE UPDATE ON downtime BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER downtime_refuse_delete BEFORE DELETE ON downtime BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER spot_draw_refuse_update BEFORE UPDATE ON spot_draw BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER spot_draw_refuse_delete BEFORE DELETE ON spot_draw BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER spot_check_refuse_update BEFORE UPDATE ON spot_check BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER spot_check_refuse_delete BEFORE DELETE ON spot_check BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER spot_result_refuse_update BEFORE UPDATE ON spot_result BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER spot_result_refuse_delete BEFORE DELETE ON spot_result BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER case_dossier_refuse_update BEFORE UPDATE ON case_dossier BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER case_dossier_refuse_delete BEFORE DELETE ON case_dossier BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER duty_entry_refuse_update BEFORE UPDATE ON duty_entry BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER duty_entry_refuse_delete BEFORE DELETE ON duty_entry BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER duty_form_refuse_update BEFORE UPDATE ON duty_form BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER duty_form_refuse_delete BEFORE DELETE ON duty_form BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER reported_figure_refuse_update BEFORE UPDATE ON reported_figure BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER reported_figure_refuse_delete BEFORE DELETE ON reported_figure BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER figure_proof_refuse_update BEFORE UPDATE ON figure_proof BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER figure_proof_refuse_delete BEFORE DELETE ON figure_proof BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER ranking_refuse_update BEFORE UPDATE ON ranking BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER ranking_refuse_delete BEFORE DELETE ON ranking BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER ranking_sign_refuse_update BEFORE UPDATE ON ranking_sign BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER ranking_sign_refuse_delete BEFORE DELETE ON ranking_sign BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER ranking_objection_refuse_update BEFORE UPDATE ON ranking_objection BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER ranking_objection_refuse_delete BEFORE DELETE ON ranking_objection BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER objection_answer_refuse_update BEFORE UPDATE ON objection_answer BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER objection_answer_refuse_delete BEFORE DELETE ON objection_answer BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER report_refuse_update BEFORE UPDATE ON report BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER report_refuse_delete BEFORE DELETE ON report BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER report_receipt_refuse_update BEFORE UPDATE ON report_receipt BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER report_receipt_refuse_delete BEFORE DELETE ON report_receipt BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER report_roll_refuse_update BEFORE UPDATE ON report_roll BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER report_roll_refuse_delete BEFORE DELETE ON report_roll BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER day_count_refuse_update BEFORE UPDATE ON day_count BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER day_count_refuse_delete BEFORE DELETE ON day_count BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER event_secret_refuse_update BEFORE UPDATE ON event_secret BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only: a history is never rewritten' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE FUNCTION seal_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.block_id IS NULL AND NEW.block_id IS NOT NULL AND to_jsonb(OLD) - 'block_id' = to_jsonb(NEW) - 'block_id' THEN RETURN NEW; END IF; RAISE EXCEPTION 'append-only: a history is never rewritten' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER event_refuse_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION seal_once()",
    "CREATE TRIGGER event_refuse_delete BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER event_refuse_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER block_refuse_update BEFORE UPDATE ON block FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER block_refuse_delete BEFORE DELETE ON block FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER block_refuse_truncate BEFORE TRUNCATE ON block FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER charge_refuse_update BEFORE UPDATE ON charge FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER charge_refuse_delete BEFORE DELETE ON charge FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER charge_refuse_truncate BEFORE TRUNCATE ON charge FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER escalation_refuse_update BEFORE UPDATE ON escalation FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER escalation_refuse_delete BEFORE DELETE ON escalation FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER escalation_refuse_truncate BEFORE TRUNCATE ON escalation FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER rung_answer_refuse_update BEFORE UPDATE ON rung_answer FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER rung_answer_refuse_delete BEFORE DELETE ON rung_answer FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER rung_answer_refuse_truncate BEFORE TRUNCATE ON rung_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER paper_refuse_update BEFORE UPDATE ON paper FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER paper_refuse_delete BEFORE DELETE ON paper FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER paper_refuse_truncate BEFORE TRUNCATE ON paper FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER paper_act_refuse_update BEFORE UPDATE ON paper_act FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER paper_act_refuse_delete BEFORE DELETE ON paper_act FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER paper_act_refuse_truncate BEFORE TRUNCATE ON paper_act FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER scheme_version_refuse_update BEFORE UPDATE ON scheme_version FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER scheme_version_refuse_delete BEFORE DELETE ON scheme_version FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER scheme_version_refuse_truncate BEFORE TRUNCATE ON scheme_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER evidence_refuse_update BEFORE UPDATE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER evidence_refuse_delete BEFORE DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER evidence_refuse_truncate BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER checkup_refuse_update BEFORE UPDATE ON checkup FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER checkup_refuse_delete BEFORE DELETE ON checkup FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER checkup_refuse_truncate BEFORE TRUNCATE ON checkup FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER finding_refuse_update BEFORE UPDATE ON finding FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER finding_refuse_delete BEFORE DELETE ON finding FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER finding_refuse_truncate BEFORE TRUNCATE ON finding FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER exit_dossier_refuse_update BEFORE UPDATE ON exit_dossier FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER exit_dossier_refuse_delete BEFORE DELETE ON exit_dossier FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER exit_dossier_refuse_truncate BEFORE TRUNCATE ON exit_dossier FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER downtime_refuse_update BEFORE UPDATE ON downtime FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER downtime_refuse_delete BEFORE DELETE ON downtime FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER downtime_refuse_truncate BEFORE TRUNCATE ON downtime FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_draw_refuse_update BEFORE UPDATE ON spot_draw FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_draw_refuse_delete BEFORE DELETE ON spot_draw FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_draw_refuse_truncate BEFORE TRUNCATE ON spot_draw FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_check_refuse_update BEFORE UPDATE ON spot_check FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_check_refuse_delete BEFORE DELETE ON spot_check FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_check_refuse_truncate BEFORE TRUNCATE ON spot_check FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_result_refuse_update BEFORE UPDATE ON spot_result FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_result_refuse_delete BEFORE DELETE ON spot_result FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER spot_result_refuse_truncate BEFORE TRUNCATE ON spot_result FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER case_dossier_refuse_update BEFORE UPDATE ON case_dossier FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER case_dossier_refuse_delete BEFORE DELETE ON case_dossier FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER case_dossier_refuse_truncate BEFORE TRUNCATE ON case_dossier FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER duty_entry_refuse_update BEFORE UPDATE ON duty_entry FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER duty_entry_refuse_delete BEFORE DELETE ON duty_entry FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER duty_entry_refuse_truncate BEFORE TRUNCATE ON duty_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER duty_form_refuse_update BEFORE UPDATE ON duty_form FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER duty_form_refuse_delete BEFORE DELETE ON duty_form FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER duty_form_refuse_truncate BEFORE TRUNCATE ON duty_form FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER reported_figure_refuse_update BEFORE UPDATE ON reported_figure FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER reported_figure_refuse_delete BEFORE DELETE ON reported_figure FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER reported_figure_refuse_truncate BEFORE TRUNCATE ON reported_figure FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER figure_proof_refuse_update BEFORE UPDATE ON figure_proof FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER figure_proof_refuse_delete BEFORE DELETE ON figure_proof FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER figure_proof_refuse_truncate BEFORE TRUNCATE ON figure_proof FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_refuse_update BEFORE UPDATE ON ranking FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_refuse_delete BEFORE DELETE ON ranking FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_refuse_truncate BEFORE TRUNCATE ON ranking FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_sign_refuse_update BEFORE UPDATE ON ranking_sign FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_sign_refuse_delete BEFORE DELETE ON ranking_sign FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_sign_refuse_truncate BEFORE TRUNCATE ON ranking_sign FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_objection_refuse_update BEFORE UPDATE ON ranking_objection FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_objection_refuse_delete BEFORE DELETE ON ranking_objection FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER ranking_objection_refuse_truncate BEFORE TRUNCATE ON ranking_objection FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER objection_answer_refuse_update BEFORE UPDATE ON objection_answer FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER objection_answer_refuse_delete BEFORE DELETE ON objection_answer FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER objection_answer_refuse_truncate BEFORE TRUNCATE ON objection_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_refuse_update BEFORE UPDATE ON report FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_refuse_delete BEFORE DELETE ON report FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_refuse_truncate BEFORE TRUNCATE ON report FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_receipt_refuse_update BEFORE UPDATE ON report_receipt FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_receipt_refuse_delete BEFORE DELETE ON report_receipt FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_receipt_refuse_truncate BEFORE TRUNCATE ON report_receipt FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_roll_refuse_update BEFORE UPDATE ON report_roll FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_roll_refuse_delete BEFORE DELETE ON report_roll FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER report_roll_refuse_truncate BEFORE TRUNCATE ON report_roll FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER day_count_refuse_update BEFORE UPDATE ON day_count FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER day_count_refuse_delete BEFORE DELETE ON day_count FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER day_count_refuse_truncate BEFORE TRUNCATE ON day_count FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER event_secret_refuse_update BEFORE UPDATE ON event_secret FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER event_secret_refuse_truncate BEFORE TRUNCATE ON event_secret FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
)
