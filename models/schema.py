"""Schema: creates the tables, and the triggers that refuse to rewrite history.

The triggers are a speed bump; the real guard is the anchor, the block hash printed on paper.
"""

from sqlalchemy import Engine, MetaData, text

from models.base import Base

APPEND_ONLY = (
    "event",
    "block",
    "charge",
    "escalation",
    "rung_answer",
    "waiting_reminder",
    "paper",
    "paper_act",
    "paper_commitment",
    "document_number",
    "scheme_version",
    "evidence",
    "checkup",
    "finding",
    "exit_dossier",
    "downtime",
    "spot_draw",
    "spot_check",
    "spot_result",
    "random_draw",
    "random_check",
    "random_result",
    "case_dossier",
    "duty_entry",
    "duty_form",
    "reported_figure",
    "figure_proof",
    "ranking",
    "ranking_sign",
    "ranking_objection",
    "objection_answer",
    "report",
    "report_review",
    "report_receipt",
    "report_roll",
    "day_count",
    "village_survey",
)
_REFUSAL = "append-only: a history is never rewritten"
# Erasing a person's words is allowed; changing them is not.
_ERASABLE = ("event_secret",)


def trigger_statements(dialect: str) -> list[str]:
    """The statements that create the refusing triggers on `dialect` (sqlite or postgresql)."""
    return _sqlite_triggers() if dialect == "sqlite" else _postgresql_triggers()


def _sqlite_triggers() -> list[str]:
    statements = []
    for table in (*APPEND_ONLY, *_ERASABLE):
        condition = (
            " WHEN NOT (OLD.block_id IS NULL AND NEW.block_id IS NOT NULL AND OLD.id IS NEW.id"
            if table == "event"
            else ""
        )
        if table == "event":
            same = (
                "subject_type",
                "subject_id",
                "seq",
                "at",
                "effective_at",
                "actor_id",
                "actor_role",
                "actor_unit_id",
                "action",
                "from_state",
                "to_state",
                "given",
                "effect",
                "commitment",
                "prev_hash",
                "hash",
            )
            condition += "".join(f" AND OLD.{column} IS NEW.{column}" for column in same) + ")"
        statements.append(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table}{condition}"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        if table not in _ERASABLE:
            statements.append(
                f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
    return statements


def _postgresql_triggers() -> list[str]:
    statements = [
        "CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE FUNCTION seal_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF OLD.block_id IS NULL AND NEW.block_id IS NOT NULL"
        " AND to_jsonb(OLD) - 'block_id' = to_jsonb(NEW) - 'block_id' THEN RETURN NEW; END IF;"
        f" RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
    ]
    for table in (*APPEND_ONLY, *_ERASABLE):
        guard = "seal_once" if table == "event" else "refuse_rewrite"
        statements.append(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {guard}()"
        )
        if table not in _ERASABLE:
            statements.append(
                f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
            )
        statements.append(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()"
        )
    return statements


def create_schema(engine: Engine) -> None:
    """Create all tables and triggers in an empty database; migrations lead to the same and a test compares them."""
    # A copy: PostgreSQL makes the constraint between two tables that name each other afterwards, and SQLAlchemy notes
    # that on the constraint itself, so that SQLite, later in the same process, would be left without it.
    tables = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(tables)
    with engine.begin() as connection:
        tables.create_all(connection)
        for statement in trigger_statements(engine.dialect.name):
            connection.execute(text(statement))
