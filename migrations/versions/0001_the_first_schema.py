"""The first schema"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "county",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=True, comment="the version new tickets are filed under"),
        sa.Column("calendar_version", sa.Integer(), nullable=False, comment="raised with every change of working days"),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["scheme_version.id"],
            name=op.f("fk_county_scheme_version_id_scheme_version"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county")),
        sa.UniqueConstraint("code", name=op.f("uq_county_code")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failure_address_at", ["address", "at"], unique=False)
        batch_op.create_index("ix_sign_in_failure_name_at", ["name", "at"], unique=False)

    op.create_table(
        "sweep_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("lag_seconds", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_report")),
        sa.UniqueConstraint("job", name=op.f("uq_sweep_report_job")),
    )
    op.create_table(
        "worker_heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("beat_at", UTCDateTime(), nullable=False),
        sa.Column(
            "held_at", UTCDateTime(), nullable=True, comment="since when the sweep holds, after a leap of the clock"
        ),
        sa.Column("held_why", sa.String(), nullable=True, comment="code: clock_backwards or clock_leap"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_heartbeat")),
        sa.UniqueConstraint("worker", name=op.f("uq_worker_heartbeat_worker")),
    )
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_at", UTCDateTime(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False, comment="how many events it gathers"),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_block_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_block_county_id_number")),
    )
    op.create_table(
        "counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_counter_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("county_id", "series", name=op.f("uq_counter_county_id_series")),
    )
    op.create_table(
        "scheme_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False, comment="assessment year its month-and-day dates belong to"),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(), nullable=False, comment="canonical JSON of the validated scheme"),
        sa.Column("loaded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_scheme_version_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_version")),
        sa.UniqueConstraint("county_id", "content_hash", name=op.f("uq_scheme_version_county_id_content_hash")),
        sa.UniqueConstraint("county_id", "version", name=op.f("uq_scheme_version_county_id_version")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_unit_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_unit_county_id_code")),
        sa.UniqueConstraint("county_id", "name", name=op.f("uq_unit_county_id_name")),
    )
    op.create_table(
        "working_day_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="holiday, or the reason of the county"),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.CheckConstraint("source IN ('state_council', 'county')", name=op.f("ck_working_day_override_source")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_working_day_override_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_day_override")),
        sa.UniqueConstraint("county_id", "day", "source", name=op.f("uq_working_day_override_county_id_day_source")),
    )
    op.create_table(
        "unit_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_unit_alias_county_id_county")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_alias_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_alias")),
        sa.UniqueConstraint("county_id", "alias", name=op.f("uq_unit_alias_county_id_alias")),
    )
    op.create_table(
        "village",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_village_county_id_county")),
        sa.ForeignKeyConstraint(["town_id"], ["unit.id"], name=op.f("fk_village_town_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_village_county_id_code")),
        sa.UniqueConstraint("town_id", "name", name=op.f("uq_village_town_id_name")),
    )
    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("head_name", sa.String(length=200), nullable=False),
        sa.Column("labour", sa.String(length=16), nullable=False, comment="labour force: with, partly, none"),
        sa.Column("pre_exit", sa.Boolean(), nullable=False, comment="about to leave the register (预脱贫户)"),
        sa.CheckConstraint("labour IN ('with', 'partly', 'none', 'unknown')", name=op.f("ck_household_labour")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_household_county_id_county")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_household_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_household_county_id_code")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index("ix_household_village_code", ["village_id", "code"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="sign-in name"),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("village_id", sa.Integer(), nullable=True),
        sa.Column(
            "password_hash", sa.String(length=200), nullable=True, comment="argon2; empty: cannot sign in to pages"
        ),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("(role = 'village') = (village_id IS NOT NULL)", name=op.f("ck_user_account_village")),
        sa.CheckConstraint("role = 'admin' OR unit_id IS NOT NULL", name=op.f("ck_user_account_unit")),
        sa.CheckConstraint(
            "role IN ('village', 'town', 'bureau', 'office', 'leaders', 'inspectorate', 'admin')",
            name=op.f("ck_user_account_role"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_user_account_county_id_county")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_account_unit_id_unit")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_user_account_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index("ix_user_account_unit_role", ["unit_id", "role"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False, comment="when it was recorded"),
        sa.Column(
            "effective_at", UTCDateTime(), nullable=False, comment="when it took effect; earlier for what lapsed unseen"
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True, comment="empty: the system"),
        sa.Column("actor_role", sa.String(length=16), nullable=False),
        sa.Column("actor_unit_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=True),
        sa.Column("given", sa.JSON(), nullable=False, comment="codes and figures given with the action"),
        sa.Column("effect", sa.JSON(), nullable=False, comment="what the rows became: enough to fold them again"),
        sa.Column("commitment", sa.String(length=64), nullable=True, comment="SHA-256 of salt and secret text, if any"),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_event_seq")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_event_actor_id_user_account")),
        sa.ForeignKeyConstraint(["actor_unit_id"], ["unit.id"], name=op.f("fk_event_actor_unit_id_unit")),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_event_block_id_block")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_event_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("subject_type", "subject_id", "seq", name=op.f("uq_event_subject_type_subject_id_seq")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_block", ["block_id", "id"], unique=False)
        batch_op.create_index(
            "ix_event_unsealed",
            ["county_id", "id"],
            unique=False,
            sqlite_where=sa.text("block_id IS NULL"),
            postgresql_where=sa.text("block_id IS NULL"),
        )

    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False, comment="SHA-256 of method, path and body"),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_idempotency_key_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_idempotency_key_user_id_key")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_at", UTCDateTime(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('leader', 'duty')", name=op.f("ck_post_kind")),
        sa.CheckConstraint("until_at IS NULL OR until_at > from_at", name=op.f("ck_post_span")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_post_county_id_county")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_post_unit_id_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_post_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index(
            "uq_post_current",
            ["unit_id", "kind"],
            unique=True,
            sqlite_where=sa.text("until_at IS NULL"),
            postgresql_where=sa.text("until_at IS NULL"),
        )

    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False, comment="the policy it lives under"),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="raised by every move; rungs and uploads do not"),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("village_id", sa.Integer(), nullable=True),
        sa.Column("duty_unit_id", sa.Integer(), nullable=True),
        sa.Column("duty_code", sa.String(length=64), nullable=True),
        sa.Column("period", sa.String(length=16), nullable=True),
        sa.Column("in_village_id", sa.Integer(), nullable=True, comment="where it is"),
        sa.Column("town_id", sa.Integer(), nullable=True, comment="the town it lies in"),
        sa.Column("matter_id", sa.Integer(), nullable=True, comment="room for the matter (事项) that bundles tickets"),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False, comment="empty where the kind asks for none"),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("filed_at", UTCDateTime(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "filed_as", sa.String(length=16), nullable=False, comment="role it was filed in: village, town or system"
        ),
        sa.Column("relapse_of_id", sa.Integer(), nullable=True, comment="the closed ticket it repeats"),
        sa.Column("route", sa.String(length=64), nullable=False, comment="code of the route that named the unit"),
        sa.Column("route_labour", sa.String(length=16), nullable=False, comment="labour force as routed"),
        sa.Column("lead_unit_id", sa.Integer(), nullable=True, comment="the one responsible unit"),
        sa.Column("confirmer_unit_id", sa.Integer(), nullable=True),
        sa.Column("may_decline", sa.Boolean(), nullable=False),
        sa.Column("declines", sa.Integer(), nullable=False, comment="in this episode"),
        sa.Column(
            "proposed_kind", sa.String(length=64), nullable=True, comment="a reclassification awaiting its ruling"
        ),
        sa.Column("proposed_cause", sa.String(length=64), nullable=True),
        sa.Column("hard_stop", sa.Date(), nullable=True),
        sa.Column(
            "cap_at", UTCDateTime(), nullable=True, comment="the whole-ticket limit; watched, never shortening a stage"
        ),
        sa.Column("holder_unit_id", sa.Integer(), nullable=True, comment="unit of the open custody"),
        sa.Column("due_at", UTCDateTime(), nullable=True, comment="due date of the open custody"),
        sa.Column("resolved_at", UTCDateTime(), nullable=True),
        sa.Column("resolved_by_unit_id", sa.Integer(), nullable=True),
        sa.Column("closed_by_unit_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column(
            "false_closings", sa.Integer(), nullable=False, comment="closings a spot check proved false (虚假办结)"
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_by_unit_id IS NOT NULL)", name=op.f("ck_ticket_closed_by")),
        sa.CheckConstraint("(state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL)", name=op.f("ck_ticket_ended")),
        sa.CheckConstraint(
            "(state IN ('resolved', 'closed')) = (resolved_by_unit_id IS NOT NULL)", name=op.f("ck_ticket_resolved_by")
        ),
        sa.CheckConstraint("(type = 'duty') = (duty_unit_id IS NOT NULL)", name=op.f("ck_ticket_duty_subject")),
        sa.CheckConstraint(
            "state IN ('reported', 'returned', 'assigned', 'disputed', 'in_progress', 'suspended', 'resolved', 'closed', 'withdrawn')",
            name=op.f("ck_ticket_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'in_progress', 'suspended', 'resolved', 'closed') OR (lead_unit_id IS NOT NULL AND confirmer_unit_id IS NOT NULL)",
            name=op.f("ck_ticket_dispatched"),
        ),
        sa.CheckConstraint(
            "type = 'deficiency' OR (duty_code IS NOT NULL AND period IS NOT NULL AND state NOT IN ('reported', 'returned', 'assigned'))",
            name=op.f("ck_ticket_duty_states"),
        ),
        sa.CheckConstraint(
            "type = 'duty' OR (in_village_id IS NOT NULL AND town_id IS NOT NULL)", name=op.f("ck_ticket_place")
        ),
        sa.CheckConstraint("type IN ('deficiency', 'duty')", name=op.f("ck_ticket_type")),
        sa.CheckConstraint(
            "(CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN village_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN duty_unit_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_ticket_one_subject"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (holder_unit_id IS NOT NULL)", name=op.f("ck_ticket_holder")),
        sa.CheckConstraint("(holder_unit_id IS NULL) = (due_at IS NULL)", name=op.f("ck_ticket_due")),
        sa.CheckConstraint("(resolved_by_unit_id IS NULL) = (resolved_at IS NULL)", name=op.f("ck_ticket_resolved_at")),
        sa.CheckConstraint(
            "closed_by_unit_id IS NULL OR closed_by_unit_id <> resolved_by_unit_id", name=op.f("ck_ticket_not_own_work")
        ),
        sa.CheckConstraint("confirmer_unit_id <> lead_unit_id", name=op.f("ck_ticket_confirmer_is_another")),
        sa.CheckConstraint("version >= 1 AND episode >= 1", name=op.f("ck_ticket_counts")),
        sa.ForeignKeyConstraint(["closed_by_unit_id"], ["unit.id"], name=op.f("fk_ticket_closed_by_unit_id_unit")),
        sa.ForeignKeyConstraint(["confirmer_unit_id"], ["unit.id"], name=op.f("fk_ticket_confirmer_unit_id_unit")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_ticket_county_id_county")),
        sa.ForeignKeyConstraint(["duty_unit_id"], ["unit.id"], name=op.f("fk_ticket_duty_unit_id_unit")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["user_account.id"], name=op.f("fk_ticket_filed_by_id_user_account")),
        sa.ForeignKeyConstraint(["holder_unit_id"], ["unit.id"], name=op.f("fk_ticket_holder_unit_id_unit")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_ticket_household_id_household")),
        sa.ForeignKeyConstraint(["in_village_id"], ["village.id"], name=op.f("fk_ticket_in_village_id_village")),
        sa.ForeignKeyConstraint(["lead_unit_id"], ["unit.id"], name=op.f("fk_ticket_lead_unit_id_unit")),
        sa.ForeignKeyConstraint(["relapse_of_id"], ["ticket.id"], name=op.f("fk_ticket_relapse_of_id_ticket")),
        sa.ForeignKeyConstraint(["resolved_by_unit_id"], ["unit.id"], name=op.f("fk_ticket_resolved_by_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"], ["scheme_version.id"], name=op.f("fk_ticket_scheme_version_id_scheme_version")
        ),
        sa.ForeignKeyConstraint(["town_id"], ["unit.id"], name=op.f("fk_ticket_town_id_unit")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_ticket_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_county_id", ["county_id", "id"], unique=False)
        batch_op.create_index("ix_ticket_household", ["household_id"], unique=False)
        batch_op.create_index(
            "ix_ticket_open_county",
            ["county_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_ticket_open_holder",
            ["holder_unit_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_ticket_open_lead",
            ["lead_unit_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_ticket_open_town",
            ["town_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_ticket_open_village",
            ["in_village_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_ticket_duty",
            ["duty_unit_id", "duty_code", "period"],
            unique=True,
            sqlite_where=sa.text("duty_unit_id IS NOT NULL"),
            postgresql_where=sa.text("duty_unit_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_ticket_open_household",
            ["household_id", "kind", "cause"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND household_id IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND household_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_ticket_open_village",
            ["village_id", "kind", "cause"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND village_id IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND village_id IS NOT NULL"),
        )

    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False, comment="SHA-256 of what the cookie carries"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "event_secret",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_secret_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_secret")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", UTCDateTime(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_size")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_evidence_county_id_county")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_evidence_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_evidence_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["user_account.id"], name=op.f("fk_evidence_uploaded_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("ticket_id", "unit_id", "sha256", name=op.f("uq_evidence_ticket_id_unit_id_sha256")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column(
            "params", sa.JSON(), nullable=False, comment="codes and figures; the sentence is composed when shown"
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('inbox', 'email', 'wecom', 'dingtalk', 'sms')", name=op.f("ck_message_channel")
        ),
        sa.CheckConstraint("status IN ('pending', 'sent', 'dead', 'unknown')", name=op.f("ck_message_status")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_message_county_id_county")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_message_event_id_event")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["user_account.id"], name=op.f("fk_message_recipient_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "event_id", "recipient_id", "channel", name=op.f("uq_message_event_id_recipient_id_channel")
        ),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_inbox", ["recipient_id", "channel", "id"], unique=False)
        batch_op.create_index(
            "ix_message_unread",
            ["recipient_id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL AND channel = 'inbox'"),
            postgresql_where=sa.text("read_at IS NULL AND channel = 'inbox'"),
        )

    op.create_table(
        "outbox",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_outbox_county_id_county")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_outbox_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.CheckConstraint("standing IN ('assisting', 'former')", name=op.f("ck_party_standing")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_party_county_id_county")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_party_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_party_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("ticket_id", "unit_id", name=op.f("uq_party_ticket_id_unit_id")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index("ix_party_unit", ["unit_id", "ticket_id"], unique=False)

    op.create_table(
        "tenure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False, comment="a new ruling or a new check is a new question"),
        sa.Column("budget_minutes", sa.Integer(), nullable=False),
        sa.Column("used_minutes", sa.Integer(), nullable=False),
        sa.Column("accept_budget_minutes", sa.Integer(), nullable=False),
        sa.Column("accept_used_minutes", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False, comment="highest rung of the purpose's own stage"),
        sa.Column("accept_rung", sa.Integer(), nullable=False, comment="highest rung of the acceptance stage"),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("next_what", sa.String(length=8), nullable=True),
        sa.CheckConstraint(
            "next_what IS NULL OR next_what IN ('rung', 'deem', 'resume')", name=op.f("ck_tenure_next_what")
        ),
        sa.CheckConstraint(
            "purpose IN ('vet', 'supplement', 'mend', 'rule', 'hold', 'confirm')", name=op.f("ck_tenure_purpose")
        ),
        sa.CheckConstraint("(next_at IS NULL) = (next_what IS NULL)", name=op.f("ck_tenure_next")),
        sa.CheckConstraint("used_minutes >= 0 AND accept_used_minutes >= 0", name=op.f("ck_tenure_used")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_tenure_county_id_county")),
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
    with op.batch_alter_table("tenure", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tenure_next",
            ["next_at", "id"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.create_table(
        "custody",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="counts over the whole ticket"),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("tenure_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("account", sa.JSON(), nullable=False, comment="how the due date came about, day by day"),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=True, comment="frozen when the custody ends"),
        sa.Column("minutes", sa.Integer(), nullable=True, comment="working minutes held"),
        sa.Column("late_minutes", sa.Integer(), nullable=True, comment="working minutes past the deadline"),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=True, comment="leader in post when it began"),
        sa.CheckConstraint(
            "stage IN ('vet', 'supplement', 'accept', 'mend', 'rule', 'hold', 'confirm')", name=op.f("ck_custody_stage")
        ),
        sa.CheckConstraint("verdict IS NULL OR verdict IN ('on_time', 'late')", name=op.f("ck_custody_verdict")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (verdict IS NULL) AND (ended_at IS NULL) = (minutes IS NULL) AND (ended_at IS NULL) = (late_minutes IS NULL)",
            name=op.f("ck_custody_frozen"),
        ),
        sa.CheckConstraint("due_at >= began_at", name=op.f("ck_custody_due")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_custody_forward")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_custody_county_id_county")),
        sa.ForeignKeyConstraint(["handler_id"], ["user_account.id"], name=op.f("fk_custody_handler_id_user_account")),
        sa.ForeignKeyConstraint(["leader_id"], ["user_account.id"], name=op.f("fk_custody_leader_id_user_account")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_custody_tenure_id_tenure")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_custody_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_custody_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_custody_ticket_id_seq")),
    )
    with op.batch_alter_table("custody", schema=None) as batch_op:
        batch_op.create_index("ix_custody_tenure", ["tenure_id"], unique=False)
        batch_op.create_index("ix_custody_unit", ["unit_id", "ticket_id"], unique=False)
        batch_op.create_index(
            "uq_custody_open",
            ["ticket_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="working minutes"),
        sa.Column("ground", sa.String(length=16), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("ground IN ('ruling', 'downtime', 'late_answer')", name=op.f("ck_charge_ground")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_charge_county_id_county")),
        sa.ForeignKeyConstraint(["custody_id"], ["custody.id"], name=op.f("fk_charge_custody_id_custody")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_charge_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("custody_id", "unit_id", "ground", name=op.f("uq_charge_custody_id_unit_id_ground")),
    )
    op.create_table(
        "escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("tenure_id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False, comment="1 remind … 5 hold to account"),
        sa.Column("due_at", UTCDateTime(), nullable=False, comment="when the ladder reached it"),
        sa.Column("detected_at", UTCDateTime(), nullable=False, comment="when the sweep saw it"),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("paper", sa.String(length=32), nullable=True, comment="number of the paper, from supervise up"),
        sa.CheckConstraint(
            "stage IN ('vet', 'supplement', 'accept', 'mend', 'rule', 'hold', 'confirm')",
            name=op.f("ck_escalation_stage"),
        ),
        sa.CheckConstraint("status <> 'missed' OR paper IS NULL", name=op.f("ck_escalation_missed_has_no_paper")),
        sa.CheckConstraint("status IN ('issued', 'proposed', 'missed')", name=op.f("ck_escalation_status")),
        sa.CheckConstraint("detected_at >= due_at", name=op.f("ck_escalation_detected")),
        sa.CheckConstraint("rung BETWEEN 1 AND 5", name=op.f("ck_escalation_rung")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_escalation_county_id_county")),
        sa.ForeignKeyConstraint(["custody_id"], ["custody.id"], name=op.f("fk_escalation_custody_id_custody")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_escalation_tenure_id_tenure")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_escalation_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_escalation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("county_id", "paper", name=op.f("uq_escalation_county_id_paper")),
        sa.UniqueConstraint("tenure_id", "stage", "rung", name=op.f("uq_escalation_tenure_id_stage_rung")),
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index("ix_escalation_county_detected", ["county_id", "detected_at"], unique=False)
        batch_op.create_index("ix_escalation_ticket", ["ticket_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        # The two tables name each other; SQLite takes the constraint in line, PostgreSQL only afterwards.
        op.create_foreign_key(
            "fk_county_scheme_version_id_scheme_version", "county", "scheme_version", ["scheme_version_id"], ["id"]
        )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement))


# The triggers as they were when this migration was written; later ones bring their own.
SQLITE = (
    "CREATE TRIGGER event_refuse_update BEFORE UPDATE ON event WHEN NOT (OLD.block_id IS NULL AND NEW.block_id IS NOT NULL AND OLD.id IS NEW.id AND OLD.county_id IS NEW.county_id AND OLD.subject_type IS NEW.subject_type AND OLD.subject_id IS NEW.subject_id AND OLD.seq IS NEW.seq AND OLD.at IS NEW.at AND OLD.effective_at IS NEW.effective_at AND OLD.actor_id IS NEW.actor_id AND OLD.actor_role IS NEW.actor_role AND OLD.actor_unit_id IS NEW.actor_unit_id AND OLD.action IS NEW.action AND OLD.from_state IS NEW.from_state AND OLD.to_state IS NEW.to_state AND OLD.given IS NEW.given AND OLD.effect IS NEW.effect AND OLD.commitment IS NEW.commitment AND OLD.prev_hash IS NEW.prev_hash AND OLD.hash IS NEW.hash) BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER event_refuse_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER block_refuse_update BEFORE UPDATE ON block BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER block_refuse_delete BEFORE DELETE ON block BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER charge_refuse_update BEFORE UPDATE ON charge BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER charge_refuse_delete BEFORE DELETE ON charge BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER escalation_refuse_update BEFORE UPDATE ON escalation BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER escalation_refuse_delete BEFORE DELETE ON escalation BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER scheme_version_refuse_update BEFORE UPDATE ON scheme_version BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER scheme_version_refuse_delete BEFORE DELETE ON scheme_version BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER evidence_refuse_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
    "CREATE TRIGGER evidence_refuse_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END",
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
    "CREATE TRIGGER scheme_version_refuse_update BEFORE UPDATE ON scheme_version FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER scheme_version_refuse_delete BEFORE DELETE ON scheme_version FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER scheme_version_refuse_truncate BEFORE TRUNCATE ON scheme_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER evidence_refuse_update BEFORE UPDATE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER evidence_refuse_delete BEFORE DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER evidence_refuse_truncate BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER event_secret_refuse_update BEFORE UPDATE ON event_secret FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()",
    "CREATE TRIGGER event_secret_refuse_truncate BEFORE TRUNCATE ON event_secret FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()",
)
