"""Held files: uploads that wait for their form, and slices of those that have not arrived whole"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.held_files"
down_revision = "0.3.0.sign_ons"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "held_file",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes"),
        sa.Column("got", sa.Integer(), nullable=False, comment="bytes that have arrived, from the first on"),
        sa.Column("stored", sa.String(64), nullable=True, comment="SHA-256 under which the store has it"),
        sa.Column("thumbnail", sa.String(64), nullable=True),
        sa.Column("kept", sa.JSON(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("got >= 0 AND got <= size", name=op.f("ck_held_file_got")),
        sa.CheckConstraint("stored IS NULL OR got = size", name=op.f("ck_held_file_whole")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_held_file_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_file")),
        sa.UniqueConstraint("user_id", "sha256", name=op.f("uq_held_file_user_id_sha256")),
    )
    op.create_index("ix_held_file_made_at", "held_file", ["made_at"])
    op.create_table(
        "held_slice",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("file_id", ROW_ID, nullable=False),
        sa.Column("at", sa.Integer(), nullable=False, comment="the first byte, counted from 0"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["held_file.id"], name=op.f("fk_held_slice_file_id_held_file"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_slice")),
        sa.UniqueConstraint("file_id", "at", name=op.f("uq_held_slice_file_id_at")),
    )
