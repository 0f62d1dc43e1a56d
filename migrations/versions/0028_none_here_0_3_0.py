"""A unit states that a town has none of a reported figure this period, with the reason"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.none_here"
down_revision = "0.3.0.origins"
branch_labels = None
depends_on = None

_RULE = "NOT none_here OR (denominator = 0 AND reason <> '')"
_SAYS = "stated: there is none of it here this period"
_REASON = "why an earlier entry was corrected, or there is none"


def upgrade() -> None:
    # Figures from before were numbers; those of 0 of 0 stay what they were, not reported.
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("ALTER TABLE reported_figure ADD COLUMN none_here BOOLEAN NOT NULL DEFAULT 0")
        rebuild(connection, "reported_figure", _edited)
        return
    op.add_column("reported_figure", sa.Column("none_here", sa.Boolean(), server_default="false", nullable=False))
    op.alter_column("reported_figure", "none_here", server_default=None, comment=_SAYS)
    op.alter_column("reported_figure", "reason", comment=_REASON)
    op.create_check_constraint(op.f("ck_reported_figure_none_here"), "reported_figure", _RULE)


def _edited(statement: str) -> str:
    first = "CONSTRAINT ck_reported_figure_share"
    return statement.replace("BOOLEAN NOT NULL DEFAULT 0", "BOOLEAN NOT NULL").replace(
        first, f"CONSTRAINT ck_reported_figure_none_here CHECK ({_RULE}), \n\t{first}"
    )
