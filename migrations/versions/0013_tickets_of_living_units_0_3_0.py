"""Reforms: no open ticket names a unit or village that has ended"""

from alembic import op

revision = "0.3.0.tickets_of_living_units"
down_revision = "0.3.0.household_lives"
branch_labels = None
depends_on = None

# As they were when this was written; what becomes of the models later does not touch them.
_PARENTS = (
    ("unit", ("lead_unit_id", "confirmer_unit_id", "town_id"), "unit_has_ended"),
    ("village", ("in_village_id",), "village_has_ended"),
)
_DEEDS = ("INSERT", "UPDATE OF lead_unit_id, confirmer_unit_id, town_id, in_village_id, ended_at")
_OPEN = {"custody": "ended_at IS NULL", "post": "until_at IS NULL", "paper_pending": "open"}
_STILL = "something open is still with it"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for parent, columns, refusal in _PARENTS:
        still = _still(parent, columns)
        for statement in (_sqlite if sqlite else _postgresql)(parent, columns, refusal, still):
            op.execute(statement)


def _still(parent: str, columns: tuple[str, ...]) -> str:
    tickets = [f"EXISTS (SELECT 1 FROM ticket WHERE ended_at IS NULL AND {column} = NEW.id)" for column in columns]
    if parent == "village":
        return " OR ".join(["EXISTS (SELECT 1 FROM household WHERE village_id = NEW.id)", *tickets])
    rows = [f"EXISTS (SELECT 1 FROM {table} WHERE unit_id = NEW.id AND {which})" for table, which in _OPEN.items()]
    return " OR ".join([*rows, *tickets])


def _sqlite(parent: str, columns: tuple[str, ...], refusal: str, still: str) -> list[str]:
    named = ", ".join(f"NEW.{column}" for column in columns)
    return [
        *(
            f"CREATE TRIGGER ticket_of_living_{parent}_{deed.split()[0].lower()} BEFORE {deed} ON ticket"
            " WHEN NEW.ended_at IS NULL"
            f" AND EXISTS (SELECT 1 FROM {parent} WHERE id IN ({named}) AND ended_on IS NOT NULL)"
            f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for deed in _DEEDS
        ),
        f"DROP TRIGGER {parent}_ends_empty",
        f"CREATE TRIGGER {parent}_ends_empty BEFORE UPDATE OF ended_on ON {parent} WHEN NEW.ended_on IS NOT NULL"
        f" AND ({still}) BEGIN SELECT RAISE(ABORT, '{_STILL}'); END",
    ]


def _postgresql(parent: str, columns: tuple[str, ...], refusal: str, still: str) -> list[str]:
    named = ", ".join(f"NEW.{column}" for column in columns)
    return [
        f"CREATE FUNCTION ticket_of_living_{parent}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" PERFORM 1 FROM {parent} WHERE id IN ({named}) ORDER BY id FOR KEY SHARE;"
        f" IF EXISTS (SELECT 1 FROM {parent} WHERE id IN ({named}) AND ended_on IS NOT NULL) THEN"
        f" RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation', CONSTRAINT = '{refusal}';"
        " END IF; RETURN NEW; END $$",
        *(
            f"CREATE TRIGGER ticket_of_living_{parent}_{deed.split()[0].lower()} BEFORE {deed} ON ticket"
            f" FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION ticket_of_living_{parent}()"
            for deed in _DEEDS
        ),
        f"CREATE OR REPLACE FUNCTION {parent}_ends_empty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {still} THEN RAISE EXCEPTION '{_STILL}' USING ERRCODE = 'restrict_violation';"
        " END IF; RETURN NEW; END $$",
    ]
