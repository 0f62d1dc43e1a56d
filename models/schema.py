"""Schema: creates the tables, and the triggers that refuse to rewrite history.

The triggers are a speed bump; the real guard is the anchor, the block hash printed on paper.
"""

from sqlalchemy import Engine, MetaData, text

from models.base import Base
from models.failures import UNIT_HAS_ENDED, VILLAGE_HAS_ENDED
from models.former_code import former_code_triggers
from models.household_erasure import CLEARED, EVIDENCE_OF_HOUSEHOLD, household_erasure_triggers
from models.post import post_triggers

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
    "figure_check",
    "instruction_act",
    "ranking",
    "ranking_reminder",
    "ranking_sign",
    "ranking_objection",
    "objection_answer",
    "report",
    "report_review",
    "report_receipt",
    "report_roll",
    "day_count",
    "village_survey",
    "reform",
    "former_name",
)
#: What is never new with a unit that has ended: table, and which of its rows are open.
OF_LIVING_UNITS = {"custody": "ended_at IS NULL", "post": "until_at IS NULL", "paper_pending": "open"}
#: The columns of an open ticket that name no unit that has ended, and no village.
TICKET_UNITS, TICKET_VILLAGES = ("lead_unit_id", "confirmer_unit_id", "town_id"), ("in_village_id",)
_TICKET_CHANGES = ("INSERT", f"UPDATE OF {', '.join((*TICKET_UNITS, *TICKET_VILLAGES, 'ended_at'))}")
_TICKET_PARENTS = (("unit", TICKET_UNITS, UNIT_HAS_ENDED), ("village", TICKET_VILLAGES, VILLAGE_HAS_ENDED))
_HOLDS_STILL = "something open is still with it"
_REFUSAL = "append-only: a history is never rewritten"
# Erasing a person's words is allowed; changing them is not.
_ERASABLE = ("event_secret",)
#: Evidence of a candidate or household whose personal data was erased is deleted with it.
EVIDENCE_ERASED = (
    "(EXISTS (SELECT 1 FROM ticket JOIN candidate ON candidate.id = ticket.candidate_id"
    f" WHERE ticket.id = OLD.ticket_id AND candidate.erased_at IS NOT NULL) OR {EVIDENCE_OF_HOUSEHOLD})"
)


def trigger_statements(dialect: str) -> list[str]:
    """The statements that create the refusing triggers on `dialect` (sqlite or postgresql)."""
    if dialect == "sqlite":
        return [*_sqlite_triggers(), *_of_rooms(dialect)]
    return [*_postgresql_triggers(), *_of_rooms(dialect)]


def _of_rooms(dialect: str) -> list[str]:
    return [
        *reform_triggers(dialect),
        *post_triggers(dialect),
        *former_code_triggers(dialect),
        *household_erasure_triggers(dialect),
    ]


def reform_triggers(dialect: str) -> list[str]:
    """The triggers by which nothing open is with an ended unit, and no household in an ended village."""
    return _sqlite_reform_triggers() if dialect == "sqlite" else _postgresql_reform_triggers()


def _sqlite_reform_triggers() -> list[str]:
    statements = []
    for table, is_open in OF_LIVING_UNITS.items():
        statements.append(
            f"CREATE TRIGGER {table}_of_living_unit BEFORE INSERT ON {table} WHEN NEW.{is_open}"
            " AND EXISTS (SELECT 1 FROM unit WHERE id = NEW.unit_id AND ended_on IS NOT NULL)"
            f" BEGIN SELECT RAISE(ABORT, '{UNIT_HAS_ENDED}'); END"
        )
    for deed in _TICKET_CHANGES:
        for parent, columns, refusal in _TICKET_PARENTS:
            named = ", ".join(f"NEW.{column}" for column in columns)
            statements.append(
                f"CREATE TRIGGER ticket_of_living_{parent}_{deed.split()[0].lower()} BEFORE {deed} ON ticket"
                f" WHEN NEW.ended_at IS NULL"
                f" AND EXISTS (SELECT 1 FROM {parent} WHERE id IN ({named}) AND ended_on IS NOT NULL)"
                f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
    statements.append(
        "CREATE TRIGGER unit_ends_empty BEFORE UPDATE OF ended_on ON unit WHEN NEW.ended_on IS NOT NULL"
        f" AND ({_still('unit')}) BEGIN SELECT RAISE(ABORT, '{_HOLDS_STILL}'); END"
    )
    for deed in ("INSERT", "UPDATE OF village_id"):
        name = deed.split()[0].lower()
        statements.append(
            f"CREATE TRIGGER household_in_living_village_{name} BEFORE {deed} ON household"
            " WHEN EXISTS (SELECT 1 FROM village WHERE id = NEW.village_id AND ended_on IS NOT NULL)"
            f" BEGIN SELECT RAISE(ABORT, '{VILLAGE_HAS_ENDED}'); END"
        )
    statements.append(
        "CREATE TRIGGER village_ends_empty BEFORE UPDATE OF ended_on ON village WHEN NEW.ended_on IS NOT NULL"
        f" AND ({_still('village')}) BEGIN SELECT RAISE(ABORT, '{_HOLDS_STILL}'); END"
    )
    return statements


def _postgresql_reform_triggers() -> list[str]:
    # The row of unit or village is locked as the foreign key locks it, so that an act that ends it waits or is waited for.
    def of_living(function: str, parent: str, column: str, refusal: str) -> str:
        return (
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" PERFORM 1 FROM {parent} WHERE id = NEW.{column} FOR KEY SHARE;"
            f" IF EXISTS (SELECT 1 FROM {parent} WHERE id = NEW.{column} AND ended_on IS NOT NULL) THEN"
            f" RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation', CONSTRAINT = '{refusal}';"
            " END IF; RETURN NEW; END $$"
        )

    def ends_empty(parent: str, still: str) -> list[str]:
        return [
            f"CREATE FUNCTION {parent}_ends_empty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {still} THEN RAISE EXCEPTION '{_HOLDS_STILL}' USING ERRCODE = 'restrict_violation';"
            " END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {parent}_ends_empty BEFORE UPDATE OF ended_on ON {parent} FOR EACH ROW"
            f" WHEN (NEW.ended_on IS NOT NULL) EXECUTE FUNCTION {parent}_ends_empty()",
        ]

    statements = [
        of_living("of_living_unit", "unit", "unit_id", UNIT_HAS_ENDED),
        of_living("in_living_village", "village", "village_id", VILLAGE_HAS_ENDED),
    ]
    for table, is_open in OF_LIVING_UNITS.items():
        statements.append(
            f"CREATE TRIGGER {table}_of_living_unit BEFORE INSERT ON {table} FOR EACH ROW"
            f" WHEN (NEW.{is_open}) EXECUTE FUNCTION of_living_unit()"
        )
    for deed in ("INSERT", "UPDATE OF village_id"):
        name = deed.split()[0].lower()
        statements.append(
            f"CREATE TRIGGER household_in_living_village_{name} BEFORE {deed} ON household FOR EACH ROW"
            " EXECUTE FUNCTION in_living_village()"
        )
    for parent, columns, refusal in _TICKET_PARENTS:
        named = ", ".join(f"NEW.{column}" for column in columns)
        statements.append(
            f"CREATE FUNCTION ticket_of_living_{parent}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" PERFORM 1 FROM {parent} WHERE id IN ({named}) ORDER BY id FOR KEY SHARE;"
            f" IF EXISTS (SELECT 1 FROM {parent} WHERE id IN ({named}) AND ended_on IS NOT NULL) THEN"
            f" RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation', CONSTRAINT = '{refusal}';"
            " END IF; RETURN NEW; END $$"
        )
        for deed in _TICKET_CHANGES:
            statements.append(
                f"CREATE TRIGGER ticket_of_living_{parent}_{deed.split()[0].lower()} BEFORE {deed} ON ticket"
                f" FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION ticket_of_living_{parent}()"
            )
    return [*statements, *ends_empty("unit", _still("unit")), *ends_empty("village", _still("village"))]


def _still(parent: str) -> str:
    """The condition that something open is with the unit, or with the village, whose row is NEW."""
    open_ticket = "EXISTS (SELECT 1 FROM ticket WHERE ended_at IS NULL AND {} = NEW.id)"
    if parent == "village":
        found = ["EXISTS (SELECT 1 FROM household WHERE village_id = NEW.id)"]
        return " OR ".join([*found, *(open_ticket.format(column) for column in TICKET_VILLAGES)])
    found = [
        f"EXISTS (SELECT 1 FROM {name} WHERE unit_id = NEW.id AND {rows})" for name, rows in OF_LIVING_UNITS.items()
    ]
    return " OR ".join([*found, *(open_ticket.format(column) for column in TICKET_UNITS)])


#: What stays as it is of an event that is sealed, and of one of which the personal data in its effect is erased.
_KEPT_OF_EVENTS = (
    *("id", "subject_type", "subject_id", "seq", "at", "effective_at", "actor_id", "actor_role", "actor_unit_id"),
    *("session_id", "address", "action", "from_state", "to_state", "given", "commitment", "prev_hash", "hash"),
)


def _sqlite_triggers() -> list[str]:
    same = " AND ".join(f"OLD.{column} IS NEW.{column}" for column in _KEPT_OF_EVENTS)
    sealing = f"OLD.block_id IS NULL AND NEW.block_id IS NOT NULL AND OLD.effect IS NEW.effect AND {same}"
    allowed = {
        **CLEARED,
        "event": f"({sealing}) OR (OLD.block_id IS NEW.block_id AND {same} AND {CLEARED['event']})",
    }
    statements = []
    for table in (*APPEND_ONLY, *_ERASABLE):
        condition = f" WHEN NOT ({allowed[table]})" if table in allowed else ""
        statements.append(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table}{condition}"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        if table not in _ERASABLE:
            kept = f" WHEN NOT {EVIDENCE_ERASED}" if table == "evidence" else ""
            statements.append(
                f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table}{kept}"
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
        f" IF to_jsonb(OLD) - 'effect' = to_jsonb(NEW) - 'effect' AND {CLEARED['event']} THEN RETURN NEW; END IF;"
        f" RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE FUNCTION erased_with_candidate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {EVIDENCE_ERASED} THEN RETURN OLD; END IF;"
        f" RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
    ]
    statements += [
        f"CREATE FUNCTION {table}_erased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RETURN NEW; END IF;"
        f" RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        for table, condition in CLEARED.items()
        if table != "event"
    ]
    for table in (*APPEND_ONLY, *_ERASABLE):
        guard = "seal_once" if table == "event" else f"{table}_erased" if table in CLEARED else "refuse_rewrite"
        statements.append(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {guard}()"
        )
        if table not in _ERASABLE:
            keeps = "erased_with_candidate" if table == "evidence" else "refuse_rewrite"
            statements.append(
                f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {keeps}()"
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
