"""Codes of resets answer requests for the password alone; other names of units are kept apart by their folded form; an
authorisation may be to protect personal data"""

import logging

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild
from models.look_alikes import folded_name

revision = "0.3.0.codes_and_aliases"
down_revision = "0.3.0.figure_checks"
branch_labels = None
depends_on = None

_LOG = logging.getLogger("alembic")
_USED, _KEY, _CHECK = "uq_reset_request_used", "fk_first_sign_in_request", "request_what = 'password'"
_BEFORE = "FOREIGN KEY(request_id, user_id, made_at) REFERENCES reset_request (id, user_id, used_at)"
_OF, _TO = ["request_id", "request_what", "user_id", "made_at"], ["id", "what", "user_id", "used_at"]


def upgrade() -> None:
    """A reset of a second factor makes no code, so every code that names a request names one for the password."""
    connection = op.get_bind()
    kind = sa.Column(
        "request_what",
        sa.String(16),
        server_default="password",
        nullable=False,
        comment="the kind of request that a code answers",
    )
    op.add_column("first_sign_in", kind)
    if connection.dialect.name == "sqlite":
        op.drop_index(_USED, "reset_request")
        op.create_index(_USED, "reset_request", _TO, unique=True)
        rebuild(connection, "first_sign_in", _edited)
    else:
        op.drop_constraint(_KEY, "first_sign_in")
        op.drop_index(_USED, "reset_request")
        op.create_index(_USED, "reset_request", _TO, unique=True)
        op.create_foreign_key(_KEY, "first_sign_in", "reset_request", _OF, _TO)
        op.create_check_constraint(op.f("ck_first_sign_in_request_what"), "first_sign_in", _CHECK)
    _fold_aliases(connection)
    _authorise_protection(connection)


def _edited(statement: str) -> str:
    if _BEFORE not in statement:
        return statement
    after = f"FOREIGN KEY({', '.join(_OF)}) REFERENCES reset_request ({', '.join(_TO)})"
    first = "CONSTRAINT pk_first_sign_in"
    check = f"CONSTRAINT ck_first_sign_in_request_what CHECK ({_CHECK})"
    return statement.replace(_BEFORE, after).replace(first, f"{check}, \n\t{first}")


def _fold_aliases(connection: sa.Connection) -> None:
    column = sa.Column(
        "name_key",
        sa.String(300),
        server_default="",
        nullable=False,
        comment="folded form of the name: the same for names that look alike",
    )
    op.add_column("unit_alias", column)
    known: dict[str, str] = {}
    for number, alias in connection.execute(sa.text("SELECT id, alias FROM unit_alias ORDER BY id")).all():
        key = folded_name(alias)
        if known.setdefault(key, alias) != alias:
            _LOG.warning("unit_alias: the names “%s” and “%s” look alike", known[key], alias)
            key = f"{key} #{number}"
        change = sa.text("UPDATE unit_alias SET name_key = :key WHERE id = :id")
        connection.execute(change, {"key": key, "id": number})
    op.create_index("uq_unit_alias_name_key", "unit_alias", ["name_key"], unique=True)


def _authorise_protection(connection: sa.Connection) -> None:
    before, after = "kind IN ('sign', 'supervise')", "kind IN ('sign', 'supervise', 'data')"
    if connection.dialect.name == "sqlite":
        rebuild(connection, "authorisation", lambda statement: statement.replace(before, after))
    else:
        op.drop_constraint(op.f("ck_authorisation_kind"), "authorisation")
        op.create_check_constraint(op.f("ck_authorisation_kind"), "authorisation", after)
    live = sa.text("kind = 'data' AND ended_at IS NULL")
    columns = ["unit_id", "user_id", "by_id", "from_day", "until_day", "document", "doubled"]
    name = "uq_authorisation_data"
    op.create_index(name, "authorisation", columns, unique=True, sqlite_where=live, postgresql_where=live)
