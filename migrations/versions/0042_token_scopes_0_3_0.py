"""Tokens have a name, scopes, an expiry and a last use; those of before are of full scope"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.token_scopes"
down_revision = "0.3.0.sealed_people"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_SCOPES = ("read", "tickets", "register", "figures", "rulings", "county", "trail")
_LEFT = "' ' || scopes"
for _scope in _SCOPES:
    _LEFT = f"replace({_LEFT}, ' {_scope}', '')"
_CHECKS = {
    "scopes": f"scopes = 'full' OR (scopes <> '' AND {_LEFT} = '')",
    "span": "expires_at > created_at",
}


def upgrade() -> None:
    for column in (
        sa.Column(
            "name",
            sa.String(64),
            server_default="",
            nullable=False,
            comment="what its owner calls the program that uses it",
        ),
        sa.Column(
            "scopes",
            sa.String(100),
            server_default="full",
            nullable=False,
            comment="separated by blanks; full: all of them",
        ),
        sa.Column("expires_at", MOMENT, nullable=True, comment="empty: good until it is withdrawn"),
        sa.Column("used_at", MOMENT, nullable=True, comment="last use, to a few minutes"),
        sa.Column("used_from", sa.String(64), nullable=True, comment="network address of the last use"),
    ):
        op.add_column("api_token", column)
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "api_token", _checked)
        return
    for name, rule in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_api_token_{name}"), "api_token", rule)


def _checked(statement: str) -> str:
    rules = ", ".join(f"CONSTRAINT ck_api_token_{name} CHECK ({rule})" for name, rule in _CHECKS.items())
    head, _, tail = statement.rpartition(")")
    return f"{head}, {rules}){tail}"
