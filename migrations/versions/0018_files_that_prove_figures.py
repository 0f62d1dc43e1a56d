"""Files that prove reported figures, brought with them"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    op.create_table(
        "figure_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_figure_proof_size")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_figure_proof_county_id_county")),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["reported_figure.id"], name=op.f("fk_figure_proof_figure_id_reported_figure")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_proof")),
        sa.UniqueConstraint("figure_id", "sha256", name=op.f("uq_figure_proof_figure_id_sha256")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
        refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
        op.execute(f"CREATE TRIGGER figure_proof_refuse_{verb.lower()} BEFORE {verb} ON figure_proof {refuses}")
