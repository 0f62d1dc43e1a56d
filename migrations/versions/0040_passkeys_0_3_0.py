"""Passkeys as second factors, their challenges, and recovery codes of an account instead of a phone"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.passkeys"
down_revision = "0.3.0.false_defaults"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_OF_A_PHONE = "of codes from before there were passkeys"
_WHOSE = "(factor_id IS NULL) <> (user_id IS NULL)"


def upgrade() -> None:
    _passkeys()
    op.create_table(
        "passkey_challenge",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("session_id", ROW_ID, nullable=False),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("challenge", sa.String(64), nullable=False, comment="32 random bytes, in hex"),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("purpose IN ('add', 'give')", name=op.f("ck_passkey_challenge_purpose")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["user_session.id"], name=op.f("fk_passkey_challenge_session_id_user_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
        sa.UniqueConstraint("session_id", "purpose", name=op.f("uq_passkey_challenge_session_id_purpose")),
    )
    op.create_index("ix_passkey_challenge_made_at", "passkey_challenge", ["made_at"])
    _recovery_codes()


def _passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(40), nullable=False, comment="as its owner calls it"),
        sa.Column("credential_id", sa.String(1400), nullable=False, comment="base64url, as the device made it"),
        sa.Column("public_key", sa.String(4000), nullable=False, comment="COSE key, base64url"),
        sa.Column(
            "sign_count", sa.BigInteger(), nullable=False, comment="how often the device has signed; never goes back"
        ),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("sign_count BETWEEN 0 AND 4294967295", name=op.f("ck_passkey_sign_count")),
        sa.CheckConstraint("used_at IS NULL OR used_at >= made_at", name=op.f("ck_passkey_used")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= made_at", name=op.f("ck_passkey_ended")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_passkey_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    where = sa.text("ended_at IS NULL")
    op.create_index("ix_passkey_in_use", "passkey", ["user_id"], sqlite_where=where, postgresql_where=where)


def _recovery_codes() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "recovery_code", _edited, added=("user_id",))
    else:
        op.alter_column("recovery_code", "factor_id", nullable=True, comment=_OF_A_PHONE)
        op.add_column("recovery_code", sa.Column("user_id", ROW_ID, nullable=True))
        op.create_foreign_key(
            op.f("fk_recovery_code_user_id_user_account"), "recovery_code", "user_account", ["user_id"], ["id"]
        )
        op.create_check_constraint(op.f("ck_recovery_code_whose"), "recovery_code", _WHOSE)
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])


def _edited(statement: str) -> str:
    first = "CONSTRAINT fk_recovery_code_factor_id_second_factor"
    return statement.replace("factor_id INTEGER NOT NULL, ", "factor_id INTEGER, \n\tuser_id INTEGER, ").replace(
        first,
        "CONSTRAINT fk_recovery_code_user_id_user_account FOREIGN KEY(user_id) REFERENCES user_account (id), \n\t"
        f"CONSTRAINT ck_recovery_code_whose CHECK ({_WHOSE}), \n\t{first}",
    )
