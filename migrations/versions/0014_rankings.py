"""Rankings: reported figures, snapshots, signatures, objections and their answers"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))

    def number(name: str, empty: bool = False) -> sa.Column[int]:
        return sa.Column(name, sa.Integer(), nullable=empty)

    def words(name: str, length: int | None = None) -> sa.Column[str]:
        return sa.Column(name, sa.String(length=length), nullable=False)

    def moment(name: str) -> sa.Column[object]:
        return sa.Column(name, UTCDateTime(), nullable=False)

    def key(table: str) -> sa.PrimaryKeyConstraint:
        return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))

    op.create_table(
        "reported_figure",
        number("id"),
        number("county_id"),
        words("measure", 64),
        number("town_id"),
        sa.Column("up_to", sa.Date(), nullable=False),
        number("numerator"),
        number("denominator"),
        words("source", 200),
        number("unit_id"),
        number("by_id"),
        moment("at"),
        number("replaces_id", empty=True),
        words("reason"),
        sa.CheckConstraint(
            "numerator >= 0 AND denominator >= 0 AND numerator <= denominator", name=op.f("ck_reported_figure_share")
        ),
        sa.CheckConstraint("replaces_id <> id", name=op.f("ck_reported_figure_replaces_another")),
        refers("reported_figure", "county_id", "county"),
        refers("reported_figure", "town_id", "unit"),
        refers("reported_figure", "unit_id", "unit"),
        refers("reported_figure", "by_id", "user_account"),
        refers("reported_figure", "replaces_id", "reported_figure"),
        key("reported_figure"),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_reported_figure_replaces_id")),
    )
    op.create_index(
        "ix_reported_figure_county_measure", "reported_figure", ["county_id", "measure", "town_id", "up_to"]
    )
    op.create_table(
        "ranking",
        number("id"),
        number("county_id"),
        sa.Column("on", sa.Date(), nullable=False),
        number("edition"),
        number("scheme_version_id"),
        moment("as_of"),
        moment("known_at"),
        moment("made_at"),
        number("by_id", empty=True),
        words("reason"),
        sa.Column("content", sa.JSON(), nullable=False),
        words("hash", 64),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_ranking_edition")),
        sa.CheckConstraint("(edition = 1) = (reason = '')", name=op.f("ck_ranking_reason")),
        refers("ranking", "county_id", "county"),
        refers("ranking", "scheme_version_id", "scheme_version"),
        refers("ranking", "by_id", "user_account"),
        key("ranking"),
        sa.UniqueConstraint("county_id", "on", "edition", name=op.f("uq_ranking_county_id_on_edition")),
    )
    op.create_table(
        "ranking_sign",
        number("id"),
        number("county_id"),
        number("ranking_id"),
        number("unit_id"),
        number("by_id"),
        moment("at"),
        words("remark"),
        refers("ranking_sign", "county_id", "county"),
        refers("ranking_sign", "ranking_id", "ranking"),
        refers("ranking_sign", "unit_id", "unit"),
        refers("ranking_sign", "by_id", "user_account"),
        key("ranking_sign"),
        sa.UniqueConstraint("ranking_id", "unit_id", name=op.f("uq_ranking_sign_ranking_id_unit_id")),
    )
    op.create_table(
        "ranking_objection",
        number("id"),
        number("county_id"),
        number("ranking_id"),
        number("town_id"),
        words("measure", 64),
        words("reason"),
        number("by_id"),
        moment("at"),
        refers("ranking_objection", "county_id", "county"),
        refers("ranking_objection", "ranking_id", "ranking"),
        refers("ranking_objection", "town_id", "unit"),
        refers("ranking_objection", "by_id", "user_account"),
        key("ranking_objection"),
        sa.UniqueConstraint(
            "ranking_id", "town_id", "measure", name=op.f("uq_ranking_objection_ranking_id_town_id_measure")
        ),
    )
    op.create_table(
        "objection_answer",
        number("id"),
        number("county_id"),
        number("objection_id"),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        words("reason"),
        number("by_id"),
        moment("at"),
        refers("objection_answer", "county_id", "county"),
        refers("objection_answer", "objection_id", "ranking_objection"),
        refers("objection_answer", "by_id", "user_account"),
        key("objection_answer"),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objection_answer_objection_id")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("reported_figure", "ranking", "ranking_sign", "ranking_objection", "objection_answer"):
        for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
            each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
            does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
            op.execute(f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} {refuses}")
