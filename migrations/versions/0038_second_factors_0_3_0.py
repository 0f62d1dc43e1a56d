"""Second factors, with the codes used, recovery codes, and when a session was last opened with one"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.second_factors"
down_revision = "0.3.0.sessions"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_BEFORE = "what IN ('password')"
_AFTER = "what IN ('password', 'factor')"


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("secret_sealed", sa.String(400), nullable=False, comment="encrypted under the county's data key"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("confirmed_at IS NULL OR confirmed_at >= made_at", name=op.f("ck_second_factor_confirmed")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
    )
    for name, state in (("in_use", "IS NOT NULL"), ("proposed", "IS NULL")):
        where = sa.text(f"confirmed_at {state} AND ended_at IS NULL")
        index = f"uq_second_factor_{name}"
        op.create_index(index, "second_factor", ["user_id"], unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "factor_use",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("factor_id", ROW_ID, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False, comment="half minutes since 1970"),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["factor_id"], ["second_factor.id"], name=op.f("fk_factor_use_factor_id_second_factor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_use")),
        sa.UniqueConstraint("factor_id", "step", name=op.f("uq_factor_use_factor_id_step")),
    )
    op.create_index("ix_factor_use_used_at", "factor_use", ["used_at"])
    op.create_table(
        "recovery_code",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("factor_id", ROW_ID, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True, comment="when others took its place"),
        sa.ForeignKeyConstraint(
            ["factor_id"], ["second_factor.id"], name=op.f("fk_recovery_code_factor_id_second_factor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index("ix_recovery_code_factor_id", "recovery_code", ["factor_id"])
    op.add_column(
        "user_session",
        sa.Column("factor_at", MOMENT, nullable=True, comment="when a second factor was last given in it"),
    )
    _resets()


def _resets() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "reset_request", lambda statement: statement.replace(_BEFORE, _AFTER))
        return
    op.drop_constraint(op.f("ck_reset_request_what"), "reset_request")
    op.create_check_constraint(op.f("ck_reset_request_what"), "reset_request", _AFTER)
