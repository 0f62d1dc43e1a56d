"""Personal data of registered households can be erased after the term for which their files are kept"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.household_erasures"
down_revision = "0.3.0.installation_mark"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_TABLE = "household_erasure"
_REFUSAL = "append-only: a history is never rewritten"
_ERASED = "EXISTS (SELECT 1 FROM household_erasure e{} AND e.erased_at IS NOT NULL)"
_OWN = _ERASED.format(" WHERE e.household_id = OLD.household_id")
_OF_TICKET = _ERASED.format(" JOIN ticket t ON t.household_id = e.household_id WHERE t.id = OLD.ticket_id")
_CLEARED = {"checkup": _OWN, "finding": _OWN, "exit_dossier": _OWN, "spot_result": _OF_TICKET}
_EVENT = f"OLD.subject_type = 'household' AND {_ERASED.format(' WHERE e.household_id = OLD.subject_id')}"
_EVIDENCE = (
    "(EXISTS (SELECT 1 FROM ticket JOIN candidate ON candidate.id = ticket.candidate_id"
    " WHERE ticket.id = OLD.ticket_id AND candidate.erased_at IS NOT NULL) OR "
    f"{_OF_TICKET} OR "
    + _ERASED.format(" JOIN checkup c ON c.household_id = e.household_id WHERE c.id = OLD.checkup_id")
    + ")"
)
_KEPT_OF_EVENTS = (
    *("id", "subject_type", "subject_id", "seq", "at", "effective_at", "actor_id", "actor_role", "actor_unit_id"),
    *("session_id", "address", "action", "from_state", "to_state", "given", "commitment", "prev_hash", "hash"),
)
_BEFORE = "erased_at IS NULL OR (erase_at IS NOT NULL AND erased_at >= erase_at)"
_NOW = "erased_at IS NULL OR household_id IS NOT NULL OR (erase_at IS NOT NULL AND erased_at >= erase_at)"


def upgrade() -> None:
    _create()
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        rebuild(connection, "candidate", lambda statement: statement.replace(_BEFORE, _NOW))
    else:
        op.drop_constraint("ck_candidate_erased_in_time", "candidate")
        op.create_check_constraint(op.f("ck_candidate_erased_in_time"), "candidate", _NOW)
    for statement in _sqlite() if sqlite else _postgresql():
        op.execute(statement)


def _create() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False, comment="the day on which it left the register, in China"),
        sa.Column("years", sa.Integer(), nullable=False, comment="for how many years after that day its file was kept"),
        sa.Column("document", sa.String(200), nullable=False, comment="number of the document that approves it"),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", ROW_ID, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("agreed_by_id", ROW_ID, nullable=True, comment="of the inspectorate"),
        sa.Column("ended_at", MOMENT, nullable=True, comment="when it was refused or withdrawn"),
        sa.Column("ended_by_id", ROW_ID, nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True, comment="when it was carried out"),
        sa.CheckConstraint("years >= 10", name=op.f("ck_household_erasure_years")),
        sa.CheckConstraint("document <> ''", name=op.f("ck_household_erasure_document")),
        sa.CheckConstraint("(agreed_at IS NULL) = (agreed_by_id IS NULL)", name=op.f("ck_household_erasure_agreed")),
        sa.CheckConstraint("agreed_by_id <> asked_by_id", name=op.f("ck_household_erasure_two_persons")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_household_erasure_ended")),
        sa.CheckConstraint(
            "erased_at IS NULL OR (agreed_at IS NOT NULL AND ended_at IS NULL)",
            name=op.f("ck_household_erasure_erased"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_{_TABLE}_{column}_{parent}"))
            for column, parent in (
                ("household_id", "household"),
                ("asked_by_id", "user_account"),
                ("agreed_by_id", "user_account"),
                ("ended_by_id", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_erasure")),
    )
    standing = sa.text("ended_at IS NULL")
    due = sa.text("agreed_at IS NOT NULL AND ended_at IS NULL AND erased_at IS NULL")
    for name, column, unique, where in (
        ("uq_household_erasure_standing", "household_id", True, standing),
        ("ix_household_erasure_due", "id", False, due),
    ):
        op.create_index(name, _TABLE, [column], unique=unique, sqlite_where=where, postgresql_where=where)


def _sqlite() -> list[str]:
    same = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in _KEPT_OF_EVENTS)
    sealing = f"OLD.block_id IS NULL AND NEW.block_id IS NOT NULL AND OLD.effect IS NEW.effect AND {same}"
    allowed = {**_CLEARED, "event": f"({sealing}) OR (OLD.block_id IS NEW.block_id AND {same} AND {_EVENT})"}
    statements = [
        "DROP TRIGGER evidence_refuse_delete",
        f"CREATE TRIGGER evidence_refuse_delete BEFORE DELETE ON evidence WHEN NOT {_EVIDENCE}"
        f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    ]
    for table, condition in allowed.items():
        statements += [
            f"DROP TRIGGER {table}_refuse_update",
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} WHEN NOT ({condition})"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
        ]
    return statements + [
        f"CREATE TRIGGER {_TABLE}_refuse_{verb.lower()} BEFORE {verb} ON {_TABLE} WHEN OLD.erased_at IS NOT NULL"
        " BEGIN SELECT RAISE(ABORT, 'an erasure is never undone'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _postgresql() -> list[str]:
    refuses = f" RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    statements = [
        "CREATE OR REPLACE FUNCTION seal_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF OLD.block_id IS NULL AND NEW.block_id IS NOT NULL"
        " AND to_jsonb(OLD) - 'block_id' = to_jsonb(NEW) - 'block_id' THEN RETURN NEW; END IF;"
        f" IF to_jsonb(OLD) - 'effect' = to_jsonb(NEW) - 'effect' AND {_EVENT} THEN RETURN NEW; END IF;{refuses}",
        "CREATE OR REPLACE FUNCTION erased_with_candidate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_EVIDENCE} THEN RETURN OLD; END IF;{refuses}",
    ]
    for table, condition in _CLEARED.items():
        statements += [
            f"CREATE FUNCTION {table}_erased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {condition} THEN RETURN NEW; END IF;{refuses}",
            f"DROP TRIGGER {table}_refuse_update ON {table}",
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION {table}_erased()",
        ]
    return statements + [
        f"CREATE TRIGGER {_TABLE}_refuse_{verb.lower()} BEFORE {verb} ON {_TABLE} FOR EACH ROW"
        " WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION refuse_rewrite()"
        for verb in ("UPDATE", "DELETE")
    ]
