"""Minutes without a signal are charged to no unit; sessions know their last silence"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.signal_gaps"
down_revision = "0.3.0.first_page"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_RULES = {
    "ground": (
        "ground IN ('ruling', 'downtime', 'late_answer')",
        "ground IN ('ruling', 'downtime', 'late_answer', 'no_signal')",
    ),
    "system": (
        "(unit_id IS NULL) = (ground = 'downtime')",
        "(unit_id IS NULL) = (ground IN ('downtime', 'no_signal'))",
    ),
}
_COLUMNS = {
    "silent_from": "last contact before the last silence of ten minutes or more",
    "back_at": "first contact after that silence",
}


def upgrade() -> None:
    connection = op.get_bind()
    for name, comment in _COLUMNS.items():
        op.add_column("user_session", sa.Column(name, MOMENT, nullable=True, comment=comment))
    if connection.dialect.name == "sqlite":

        def edit(statement: str) -> str:
            for before, now in _RULES.values():
                statement = statement.replace(before, now)
            return statement

        rebuild(connection, "charge", edit)
        return
    for name, (_before, now) in _RULES.items():
        op.drop_constraint(f"ck_charge_{name}", "charge")
        op.create_check_constraint(op.f(f"ck_charge_{name}"), "charge", now)
