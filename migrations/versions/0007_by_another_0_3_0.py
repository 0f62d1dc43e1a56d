"""A case is opened by another person than its proposer; an authorisation is put on record once"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.by_another"
down_revision = "0.3.0.counted_rows"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ANOTHER = "opened_by_id IS NULL OR opened_by_id <> proposed_by_id"
_KEY = "fk_accountability_case_proposed_by_id_user_account"
_LIVE = {
    "uq_authorisation_sign": ("kind = 'sign' AND ended_at IS NULL", ["user_id"]),
    "uq_authorisation_supervise": ("kind = 'supervise' AND ended_at IS NULL", []),
}


def upgrade() -> None:
    _cases()
    _authorisations()


def _cases() -> None:
    """Cases of before name no proposer: they stay as they are."""
    if op.get_bind().dialect.name == "sqlite":

        def edit(statement: str) -> str:
            first = statement.index("\tCONSTRAINT")
            added = (
                f"\tproposed_by_id INTEGER, \n\tCONSTRAINT ck_accountability_case_opened_by_another CHECK ({_ANOTHER}), \n"
                f"\tCONSTRAINT {_KEY} FOREIGN KEY(proposed_by_id) REFERENCES user_account (id), \n"
            )
            return statement[:first] + added + statement[first:]

        rebuild(op.get_bind(), "accountability_case", edit, ("proposed_by_id",))
        return
    op.add_column(
        "accountability_case",
        sa.Column("proposed_by_id", ROW_ID, nullable=True, comment="who proposed it; empty: before this was recorded"),
    )
    op.create_foreign_key(_KEY, "accountability_case", "user_account", ["proposed_by_id"], ["id"])
    op.create_check_constraint(op.f("ck_accountability_case_opened_by_another"), "accountability_case", _ANOTHER)


def _authorisations() -> None:
    """Lines doubled before stay: they are numbered apart, so that the index holds for every new one."""
    op.add_column(
        "authorisation",
        sa.Column(
            "doubled",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="0, or the number of a line recorded twice before this was refused",
        ),
    )
    op.execute(
        "UPDATE authorisation SET doubled = (SELECT count(*) FROM authorisation AS earlier"
        " WHERE earlier.id < authorisation.id AND earlier.unit_id = authorisation.unit_id"
        " AND earlier.kind = authorisation.kind AND COALESCE(earlier.user_id, 0) = COALESCE(authorisation.user_id, 0)"
        " AND earlier.from_day = authorisation.from_day AND earlier.until_day = authorisation.until_day"
        " AND earlier.document = authorisation.document AND earlier.by_id = authorisation.by_id)"
    )
    for name, (live, whom) in _LIVE.items():
        op.create_index(
            name,
            "authorisation",
            ["unit_id", *whom, "by_id", "from_day", "until_day", "document", "doubled"],
            unique=True,
            sqlite_where=sa.text(live),
            postgresql_where=sa.text(live),
        )
