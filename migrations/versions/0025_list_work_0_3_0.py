"""Lists of bureaus are stored at once and worked in steps; questions are due, and who is late is reminded once"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.list_work"
down_revision = "0.3.0.county_books"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_OUTCOME = "outcome IN ('check', 'candidate', 'asked', 'left_out')"
_DUE = "(due_at IS NOT NULL) = (outcome = 'check')"
_CHANGED = {
    "outcome": "outcome IN ('waiting', 'check', 'candidate', 'asked', 'left_out')",
    "due": "(due_at IS NOT NULL) = (outcome IN ('check', 'asked'))",
}
_ADDED = {
    "open": "outcome NOT IN ('waiting', 'asked') OR (settled_at IS NULL AND sealed IS NOT NULL)",
    "reminded": "reminded_at IS NULL OR (due_at IS NOT NULL AND reminded_at >= due_at)",
}
_COMMENTS = {
    ("bulk_list", "taken_at"): "when its lines were stored",
    ("bulk_line", "due_at"): "until when the household is to be looked at, or the question answered",
    ("bulk_line", "sealed"): "what the line says, encrypted; of a check only the list's own columns",
}
_REMINDED = "when those who are late were reminded"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "bulk_line", lambda statement: statement.replace(_OUTCOME, _CHANGED["outcome"]))
        _work_again()
        rebuild(connection, "bulk_line", _edited, added=("reminded_at",))
    else:
        op.add_column("bulk_line", sa.Column("reminded_at", MOMENT, nullable=True, comment=_REMINDED))
        for name in _CHANGED:
            op.drop_constraint(f"ck_bulk_line_{name}", "bulk_line")
        _work_again()
        for name, rule in (_CHANGED | _ADDED).items():
            op.create_check_constraint(op.f(f"ck_bulk_line_{name}"), "bulk_line", rule)
        for (table, column), comment in _COMMENTS.items():
            op.alter_column(table, column, comment=comment)
    for name, columns, where in (
        ("ix_bulk_line_waiting", ["list_id", "town_id", "id"], "outcome = 'waiting'"),
        ("ix_bulk_line_due", ["due_at"], "due_at IS NOT NULL AND settled_at IS NULL"),
    ):
        said = sa.text(where)
        op.create_index(name, "bulk_line", columns, sqlite_where=said, postgresql_where=said)


def _work_again() -> None:
    """Questions from before they had a last day are worked again: the worker asks them with one."""
    op.execute("UPDATE bulk_line SET outcome = 'waiting', why = '' WHERE outcome = 'asked'")


def _edited(statement: str) -> str:
    last = "\tsealed TEXT, \n"
    added = "".join(f"CONSTRAINT ck_bulk_line_{name} CHECK ({rule}), \n\t" for name, rule in _ADDED.items())
    first = "CONSTRAINT ck_bulk_line_outcome"
    return (
        statement.replace(_DUE, _CHANGED["due"])
        .replace(last, f"{last}\treminded_at VARCHAR(32), \n")
        .replace(first, f"{added}{first}")
    )
