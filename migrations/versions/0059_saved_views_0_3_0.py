"""Views of the ticket list kept under a name, and who is notified when tickets enter one"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.saved_views"
down_revision = "0.3.0.instructions"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False, comment="who made it"),
        sa.Column("unit_id", ROW_ID, nullable=True, comment="whose people share it; empty: its maker's"),
        sa.Column("village_id", ROW_ID, nullable=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column(
            "asked",
            sa.JSON(),
            nullable=False,
            comment="the address: parameters of the ticket list, without search text",
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="its place among the views of the same people"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("village_id IS NULL OR unit_id IS NOT NULL", name=op.f("ck_saved_view_shared")),
        sa.CheckConstraint("(ended_at IS NULL) = (name <> '')", name=op.f("ck_saved_view_ended")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id_user_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_saved_view_unit_id_unit")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_saved_view_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    for name, column, where in (
        ("uq_saved_view_own", "user_id", "ended_at IS NULL AND unit_id IS NULL"),
        ("uq_saved_view_unit", "unit_id", "ended_at IS NULL AND village_id IS NULL AND unit_id IS NOT NULL"),
        ("uq_saved_view_village", "village_id", "ended_at IS NULL AND village_id IS NOT NULL"),
    ):
        op.create_index(
            name,
            "saved_view",
            [column, "name"],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "view_watch",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("view_id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False, comment="ids of tickets"),
        sa.Column("sight", sa.String(64), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name=op.f("fk_view_watch_view_id_saved_view")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_view_watch_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_watch")),
        sa.UniqueConstraint("view_id", "user_id", name=op.f("uq_view_watch_view_id_user_id")),
    )
    op.create_index("ix_view_watch_checked", "view_watch", ["checked_at"])
