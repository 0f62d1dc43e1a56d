"""Instructions of the leading group (批示) and the acts on them"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.instructions"
down_revision = "0.3.0.sorted_lists"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
REFUSAL = "append-only: a history is never rewritten"
_RULES = {
    "state": "state IN ('waiting', 'answered', 'accepted', 'withdrawn')",
    "words": "words <> ''",
    "not_to_oneself": "issuer_id <> unit_id",
    "forward": "due_at > at",
    "pressed": "(state = 'waiting') = (next_press_at IS NOT NULL)",
}
_KEYS = {"ticket_id": "ticket", "unit_id": "unit", "issuer_id": "unit", "by_id": "user_account"}
_ACT_RULES = {
    "act": "act IN ('answer', 'return', 'accept', 'withdraw', 'press')",
    "round": "round >= 1 AND (round = 1 OR act IN ('answer', 'return', 'press'))",
    "by": "(by_id IS NULL) = (act = 'press')",
    "words": "(words IS NULL) = (act = 'press')",
    "due": "(act = 'return') = (due_at IS NOT NULL)",
}
_ACT_KEYS = {"instruction_id": "instruction", "ticket_id": "ticket", "by_id": "user_account"}


def upgrade() -> None:
    _instructions()
    _acts()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
        row = "STATEMENT" if deed == "truncate" else "ROW"
        end = (
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            if sqlite
            else f" FOR EACH {row} EXECUTE FUNCTION refuse_rewrite()"
        )
        op.execute(f"CREATE TRIGGER instruction_act_refuse_{deed} BEFORE {deed.upper()} ON instruction_act{end}")


def _instructions() -> None:
    op.create_table(
        "instruction",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False, comment="the addressee, which answers"),
        sa.Column("issuer_id", ROW_ID, nullable=False, comment="the leading group"),
        sa.Column("by_id", ROW_ID, nullable=False, comment="who wrote it"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False, comment="close of the day by which it is to be answered"),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("next_press_at", MOMENT, nullable=True, comment="when its unit is pressed next if no answer came"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_instruction_{name}")) for name, rule in _RULES.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_instruction_{column}_{table}"))
            for column, table in _KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
    )
    op.create_index("ix_instruction_ticket", "instruction", ["ticket_id"])
    op.create_index("ix_instruction_unit", "instruction", ["unit_id", "id"])
    for name, columns, where in (
        ("ix_instruction_waiting", ["unit_id", "due_at", "id"], "state = 'waiting'"),
        ("ix_instruction_press", ["next_press_at", "id"], "state = 'waiting'"),
        ("ix_instruction_answered", ["id"], "state = 'answered'"),
    ):
        op.create_index(name, "instruction", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _acts() -> None:
    op.create_table(
        "instruction_act",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("instruction_id", ROW_ID, nullable=False),
        sa.Column("ticket_id", ROW_ID, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column(
            "round", sa.Integer(), nullable=False, comment="of the answer: raised when it is returned; of the presses"
        ),
        sa.Column("by_id", ROW_ID, nullable=True, comment="empty: the system"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=True, comment="until when a returned answer is to be given again"),
        sa.Column("evidence", sa.JSON(), nullable=False, comment="ids of the evidence attached to an answer"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_instruction_act_{name}")) for name, rule in _ACT_RULES.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_instruction_act_{column}_{table}"))
            for column, table in _ACT_KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction_act")),
        sa.UniqueConstraint("instruction_id", "act", "round", name=op.f("uq_instruction_act_instruction_id_act_round")),
    )
    op.create_index("ix_instruction_act_ticket", "instruction_act", ["ticket_id"])
