"""Up to when a person has seen what is new, and feedback on the system itself"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.first_page"
down_revision = "0.3.0.codes_and_aliases"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "last_look",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False, comment="what happened after it is new"),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_last_look_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_last_look")),
        sa.UniqueConstraint("user_id", name=op.f("uq_last_look_user_id")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("page", sa.String(200), nullable=False, comment="path of the page it is about; empty: none"),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '') AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_feedback_answered"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_feedback_user_id_user_account")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_feedback_answered_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_user", "feedback", ["user_id", "id"])
    op.create_index(
        "ix_feedback_unanswered",
        "feedback",
        ["id"],
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
