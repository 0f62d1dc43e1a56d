"""What leaves the house: addresses, preferences, robots, deliveries and the morning's digests"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_run",
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_digest_run_county_id_county")),
        sa.PrimaryKeyConstraint("county_id", "day", name=op.f("pk_digest_run")),
    )
    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("value_sealed", sa.String(), nullable=False),
        sa.Column(
            "value_index", sa.String(length=64), nullable=False, comment="keyed hash: a returned mail is traced by it"
        ),
        sa.Column("code_hash", sa.String(length=64), nullable=True, comment="SHA-256 of the code that was sent"),
        sa.Column("code_until", UTCDateTime(), nullable=True),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("verified_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("fault", sa.String(length=32), nullable=True, comment="refused, unreachable or bounced"),
        sa.Column("fault_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_address_channel")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_address_county_id_county")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_address_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_index(
        "ix_address_fault",
        "address",
        ["county_id", "id"],
        unique=False,
        sqlite_where=sa.text("fault IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("fault IS NOT NULL AND ended_at IS NULL"),
    )
    op.create_index("ix_address_user", "address", ["user_id", "channel"], unique=False)
    op.create_index("ix_address_value", "address", ["value_index"], unique=False)
    op.create_index(
        "uq_address_current",
        "address",
        ["user_id", "channel"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND verified_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND verified_at IS NOT NULL"),
    )
    op.create_table(
        "preference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.CheckConstraint("how IN ('at_once', 'digest', 'off')", name=op.f("ck_preference_how")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_preference_county_id_county")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_preference_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
        sa.UniqueConstraint("user_id", "kind", name=op.f("uq_preference_user_id_kind")),
    )
    op.create_table(
        "robot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("value_sealed", sa.String(), nullable=False, comment="JSON: address and secret"),
        sa.Column("value_index", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("channel IN ('wecom', 'dingtalk')", name=op.f("ck_robot_channel")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_robot_county_id_county")),
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
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False, comment="what it is; its Message-ID is made of it"),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("address_id", sa.Integer(), nullable=True),
        sa.Column("robot_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True, comment="the one it travels with"),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False, comment="number, village, kind and path; no personal data"),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column(
            "weighty",
            sa.Boolean(),
            nullable=False,
            comment="a punitive paper: never sent twice without a person's word",
        ),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True, comment="who sends it"),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True, comment="code of the last refusal"),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("channel IN ('email', 'wecom', 'dingtalk', 'sms')", name=op.f("ck_delivery_channel")),
        sa.CheckConstraint("next_at IS NULL OR status IN ('pending', 'unknown')", name=op.f("ck_delivery_waiting")),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'sent', 'dead', 'unknown')", name=op.f("ck_delivery_status")
        ),
        sa.CheckConstraint("(address_id IS NULL) <> (robot_id IS NULL)", name=op.f("ck_delivery_target")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_delivery_address_id_address")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_delivery_county_id_county")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_delivery_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_delivery_event_id_event")),
        sa.ForeignKeyConstraint(["lead_id"], ["delivery.id"], name=op.f("fk_delivery_lead_id_delivery")),
        sa.ForeignKeyConstraint(["robot_id"], ["robot.id"], name=op.f("fk_delivery_robot_id_robot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("county_id", "key", name=op.f("uq_delivery_county_id_key")),
    )
    op.create_index("ix_delivery_event", "delivery", ["event_id"], unique=False)
    op.create_index(
        "ix_delivery_lead",
        "delivery",
        ["lead_id"],
        unique=False,
        sqlite_where=sa.text("lead_id IS NOT NULL"),
        postgresql_where=sa.text("lead_id IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_next",
        "delivery",
        ["channel", "next_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_robot",
        "delivery",
        ["robot_id", "claimed_at"],
        unique=False,
        sqlite_where=sa.text("robot_id IS NOT NULL"),
        postgresql_where=sa.text("robot_id IS NOT NULL"),
    )
    op.create_index(
        "ix_delivery_sending",
        "delivery",
        ["claimed_at"],
        unique=False,
        sqlite_where=sa.text("status = 'sending'"),
        postgresql_where=sa.text("status = 'sending'"),
    )
    op.create_index(
        "ix_delivery_trouble",
        "delivery",
        ["county_id", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('dead', 'unknown')"),
        postgresql_where=sa.text("status IN ('dead', 'unknown')"),
    )
