"""Sessions from before 0037 held the word false on SQLite, which Python reads as yes: they are not remembered"""

from alembic import op

revision = "0.3.0.false_defaults"
down_revision = "0.3.0.second_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE user_session SET remembered = 0 WHERE typeof(remembered) = 'text'")
