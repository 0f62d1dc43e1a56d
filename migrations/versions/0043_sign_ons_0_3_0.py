"""Bindings of accounts to identities of other systems, one-time links for them, and the way a session was opened"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.sign_ons"
down_revision = "0.3.0.token_scopes"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_WAY = "way IN ('oidc', 'wecom', 'dingtalk')"
_OPENED = "way IN ('password', 'oidc', 'wecom', 'dingtalk')"
_CHECKS = {
    "sign_on": {
        "way": _WAY,
        "identity": "subject <> '' AND issuer <> ''",
        "used": "used_at IS NULL OR used_at >= bound_at",
        "ended": "ended_at IS NULL OR ended_at >= bound_at",
    },
    "sign_on_link": {
        "way": _WAY,
        "span": "expires_at > made_at",
        "used_or_ended": "used_at IS NULL OR ended_at IS NULL",
    },
}
_COLUMNS = {
    "sign_on": (
        sa.Column(
            "issuer",
            sa.String(400),
            nullable=False,
            comment="the provider: its issuer, or way and id of the organisation",
        ),
        sa.Column("subject", sa.String(255), nullable=False, comment="the person, as the provider numbers people"),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    ),
    "sign_on_link": (
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by_id", ROW_ID, nullable=True, comment="empty: the command line"),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True, comment="when another link took its place, or with the account"),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_sign_on_link_made_by_id_user_account")
        ),
        sa.UniqueConstraint("code_hash", name=op.f("uq_sign_on_link_code_hash")),
    ),
}
_UNIQUE = (
    ("uq_sign_on_identity", "sign_on", ["issuer", "subject"], "ended_at IS NULL"),
    ("uq_sign_on_account", "sign_on", ["user_id", "issuer"], "ended_at IS NULL"),
    ("uq_sign_on_link_open", "sign_on_link", ["user_id", "way"], "used_at IS NULL AND ended_at IS NULL"),
)


def upgrade() -> None:
    for table, columns in _COLUMNS.items():
        op.create_table(
            table,
            sa.Column("id", ROW_ID, nullable=False),
            sa.Column("user_id", ROW_ID, nullable=False),
            sa.Column("way", sa.String(16), nullable=False),
            *columns,
            *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in _CHECKS[table].items()),
            sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id_user_account")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
    for name, table, of, rule in _UNIQUE:
        where = sa.text(rule)
        op.create_index(name, table, of, unique=True, sqlite_where=where, postgresql_where=where)
    op.add_column("user_session", sa.Column("way", sa.String(16), server_default="password", nullable=False))
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "user_session", _edited)
    else:
        op.create_check_constraint(op.f("ck_user_session_way"), "user_session", _OPENED)


def _edited(statement: str) -> str:
    first = "CONSTRAINT pk_user_session"
    return statement.replace(first, f"CONSTRAINT ck_user_session_way CHECK ({_OPENED}), \n\t{first}")
