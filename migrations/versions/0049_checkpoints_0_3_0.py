"""Checkpoints of verification: what a whole clean run proved, as salted digests"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.checkpoints"
down_revision = "0.3.0.ranking_reminders"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Every run that there was read the whole history."""
    op.create_table(
        "verification_lot",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("run_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False, comment="ticket, household_fold or a recorded table"),
        sa.Column("first", ROW_ID, nullable=False, comment="id of the first row"),
        sa.Column("last", ROW_ID, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("leaves", sa.JSON(), nullable=False, comment="id → digest of what the row held"),
        sa.CheckConstraint("first <= last", name=op.f("ck_verification_lot_span")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["verification_run.id"], name=op.f("fk_verification_lot_run_id_verification_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_lot")),
        sa.UniqueConstraint("run_id", "kind", "first", name=op.f("uq_verification_lot_run_id_kind_first")),
    )
    whole = "whether all of the history was asked for; empty: before there were checkpoints"
    op.add_column("verification_run", sa.Column("whole", sa.Boolean(), nullable=True, comment=whole))
    since = "number of the run from whose checkpoint it went on"
    op.add_column("verification_run", sa.Column("since", sa.Integer(), nullable=True, comment=since))
