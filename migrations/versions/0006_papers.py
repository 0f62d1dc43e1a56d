"""The ladder's papers as they were issued, what happened to each, and which have something still to come"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"
STAGES = "'vet', 'supplement', 'accept', 'mend', 'rule', 'hold', 'confirm'"


def upgrade() -> None:
    _paper()
    _act()
    _pending()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("paper", "paper_act"):
        for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
            each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
            does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
            op.execute(f"CREATE TRIGGER {name}_refuse_{verb.lower()} BEFORE {verb} ON {name} {refuses}")


def _id(name: str, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=optional)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _check(table: str, name: str, text: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}"))


def _paper() -> None:
    op.create_table(
        "paper",
        _id("id"),
        _id("county_id"),
        sa.Column("number", sa.String(length=32), nullable=False),
        *(_id(name) for name in ("escalation_id", "ticket_id", "tenure_id", "custody_id")),
        sa.Column("stage", sa.String(length=16), nullable=False),
        _id("rung"),
        _id("unit_id"),
        _id("leader_id", True),
        _id("issuer_id"),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        _id("issued_by_id", True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("met_by", sa.String(length=8), nullable=False),
        sa.Column("demand_due_at", UTCDateTime(), nullable=False),
        sa.Column("deemed_at", UTCDateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        _check("paper", "stage", f"stage IN ({STAGES})"),
        _check("paper", "rung", "rung BETWEEN 3 AND 5"),
        _check("paper", "met_by", "met_by IN ('work', 'answer')"),
        _check("paper", "reason", "(issued_by_id IS NULL) = (reason IS NULL)"),
        _check("paper", "forward", "demand_due_at > issued_at AND deemed_at > issued_at"),
        _check("paper", "not_to_oneself", "issuer_id <> unit_id"),
        *(
            _refers("paper", column, to)
            for column, to in (
                ("county_id", "county"),
                ("escalation_id", "escalation"),
                ("ticket_id", "ticket"),
                ("tenure_id", "tenure"),
                ("custody_id", "custody"),
                ("unit_id", "unit"),
                ("leader_id", "user_account"),
                ("issuer_id", "unit"),
                ("issued_by_id", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_paper_county_id_number")),
        sa.UniqueConstraint("escalation_id", name=op.f("uq_paper_escalation_id")),
    )
    op.create_index("ix_paper_ticket", "paper", ["ticket_id"])
    op.create_index("ix_paper_tenure", "paper", ["tenure_id"])
    op.create_index("ix_paper_county", "paper", ["county_id", "id"])
    op.create_index("ix_paper_unit", "paper", ["unit_id", "id"])


def _act() -> None:
    op.create_table(
        "paper_act",
        *(_id(name) for name in ("id", "county_id", "ticket_id", "paper_id")),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("effective_at", UTCDateTime(), nullable=False),
        _id("by_id", True),
        _id("asked_by_id", True),
        sa.Column("words", sa.String(), nullable=True),
        _check("paper_act", "act", "act IN ('receipt', 'answer', 'ask_revocation', 'keep', 'end')"),
        _check(
            "paper_act",
            "how",
            "(act = 'receipt' AND how IN ('signed', 'deemed'))"
            " OR (act = 'end' AND how IN ('satisfied', 'superseded', 'lapsed', 'revoked'))"
            " OR (act NOT IN ('receipt', 'end') AND how IS NULL)",
        ),
        _check(
            "paper_act",
            "by",
            "(by_id IS NULL) = (COALESCE(how, '') IN ('deemed', 'satisfied', 'superseded', 'lapsed'))",
        ),
        _check(
            "paper_act",
            "words",
            "(words IS NULL) = (act = 'receipt' OR (act = 'end' AND COALESCE(how, '') <> 'revoked'))",
        ),
        _check(
            "paper_act",
            "two_persons",
            "(COALESCE(how, '') = 'revoked') = (asked_by_id IS NOT NULL)"
            " AND (asked_by_id IS NULL OR asked_by_id <> by_id)",
        ),
        _check("paper_act", "forward", "effective_at <= at"),
        *(
            _refers("paper_act", column, to)
            for column, to in (
                ("county_id", "county"),
                ("ticket_id", "ticket"),
                ("paper_id", "paper"),
                ("by_id", "user_account"),
                ("asked_by_id", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_act")),
        sa.UniqueConstraint("paper_id", "act", name=op.f("uq_paper_act_paper_id_act")),
    )
    op.create_index("ix_paper_act_ticket", "paper_act", ["ticket_id"])


def _pending() -> None:
    op.create_table(
        "paper_pending",
        *(_id(name) for name in ("paper_id", "county_id", "ticket_id", "tenure_id", "unit_id")),
        sa.Column("deemed_at", UTCDateTime(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        _check("paper_pending", "something", "open OR deemed_at IS NOT NULL"),
        *(
            _refers("paper_pending", column, to)
            for column, to in (
                ("paper_id", "paper"),
                ("county_id", "county"),
                ("ticket_id", "ticket"),
                ("tenure_id", "tenure"),
                ("unit_id", "unit"),
            )
        ),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_pending")),
    )
    waits = sa.text("deemed_at IS NOT NULL")
    op.create_index(
        "ix_paper_pending_deemed",
        "paper_pending",
        ["deemed_at", "paper_id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("ix_paper_pending_ticket", "paper_pending", ["ticket_id"])
    op.create_index("ix_paper_pending_tenure", "paper_pending", ["tenure_id"])
    op.create_index("ix_paper_pending_county", "paper_pending", ["county_id", "paper_id"])
