"""Codes of resets name the request that the inspectorate agreed to"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.agreed_codes"
down_revision = "0.3.0.erasures_on_trail"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COMMENT = "the role of the account that is reset; empty: a first code, or before this was recorded"
_CHECKS = {
    "agreement": "agreement IN ('not_needed', 'agreed', 'emergency')",
    "request": "(agreement = 'agreed') = (request_id IS NOT NULL)",
    "agreed_where_needed": "agreement <> 'not_needed' OR NOT (reset_of IN ('office', 'leaders', 'inspectorate', 'admin'))",
}
_KEY, _OF, _TO = "fk_first_sign_in_request", ["request_id", "user_id", "made_at"], ["id", "user_id", "used_at"]


def upgrade() -> None:
    """Codes made before stay without: their rows are recorded as they were."""
    op.create_index("uq_reset_request_used", "reset_request", _TO, unique=True)
    op.add_column("first_sign_in", sa.Column("reset_of", sa.String(16), nullable=True, comment=_COMMENT))
    op.add_column("first_sign_in", sa.Column("agreement", sa.String(16), server_default="not_needed", nullable=False))
    op.add_column("first_sign_in", sa.Column("request_id", ROW_ID, nullable=True))
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "first_sign_in", _edited)
        return
    for name, rule in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_first_sign_in_{name}"), "first_sign_in", rule)
    op.create_foreign_key(_KEY, "first_sign_in", "reset_request", _OF, _TO)


def _edited(statement: str) -> str:
    first = "CONSTRAINT pk_first_sign_in"
    added = [f"CONSTRAINT ck_first_sign_in_{name} CHECK ({rule})" for name, rule in _CHECKS.items()]
    added.append(f"CONSTRAINT {_KEY} FOREIGN KEY({', '.join(_OF)}) REFERENCES reset_request ({', '.join(_TO)})")
    return statement.replace(first, ", \n\t".join([*added, first]))
