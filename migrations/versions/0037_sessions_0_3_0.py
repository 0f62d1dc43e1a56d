"""Sessions say from which device and address they were opened, when they were last used, and whether the device is remembered"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.sessions"
down_revision = "0.3.0.resets"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("address", sa.String(64), nullable=True, comment="network address that signed in"),
        sa.Column("device", sa.String(300), nullable=True, comment="what the browser calls itself (User-Agent)"),
        sa.Column("remembered", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True, comment="last use, to a few minutes"),
    ):
        op.add_column("user_session", column)
