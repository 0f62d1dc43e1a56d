"""A unit's unfinished draft of its report on a ranking is saved"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.report_drafts"
down_revision = "0.3.0.quota_verdicts"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "report_draft",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ranking_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False, comment="who saved it last"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("remark", sa.String(), nullable=False, comment="sections and comment, as `unit_words` writes them"),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="raised by every save, so that no save overwrites one it has not seen",
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_report_draft_version")),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_report_draft_ranking_id_ranking")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_draft_unit_id_unit")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_report_draft_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_draft")),
        sa.UniqueConstraint("ranking_id", "unit_id", name=op.f("uq_report_draft_ranking_id_unit_id")),
    )
