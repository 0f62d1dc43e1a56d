"""Entered days of the quota's houses are confirmed or returned by a unit other than the one that entered them"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.quota_verdicts"
down_revision = "0.3.0.posts"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_STEPS = ("paid", "finished")
_PARTS = ("", "_unit_id", "_by_id", "_at")


def _checks(step: str) -> dict[str, str]:
    without = " AND ".join(f"{step}_verdict{part} IS NULL" for part in _PARTS)
    judged = " AND ".join(f"{step}_verdict{part} IS NOT NULL" for part in _PARTS)
    return {
        f"{step}_entered": f"({step}_on IS NULL) = ({step}_unit_id IS NULL)",
        f"{step}_verdict": f"{step}_verdict IS NULL OR {step}_verdict IN ('confirmed', 'returned')",
        f"{step}_judged": f"({without}) OR ({step}_on IS NOT NULL AND {judged})",
        f"{step}_by_another": f"{step}_verdict_unit_id <> {step}_unit_id",
    }


def _keys(step: str) -> dict[str, str]:
    return {
        f"{step}_unit_id": "unit",
        f"{step}_verdict_unit_id": "unit",
        f"{step}_verdict_by_id": "user_account",
    }


def _of_both(parts: Callable[[str], dict[str, str]]) -> dict[str, str]:
    return {name: value for step in _STEPS for name, value in parts(step).items()}


def upgrade() -> None:
    """Days entered before are of the unit that last recorded the house, and wait for another unit's confirmation."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "quota_house", _with_columns, tuple(column for step in _STEPS for column in _columns(step)))
    else:
        for step in _STEPS:
            for name, (kind, comment) in _columns(step).items():
                op.add_column("quota_house", sa.Column(name, kind, nullable=True, comment=comment))
    for step in _STEPS:
        op.execute(
            f"UPDATE quota_house SET {step}_unit_id = (SELECT event.actor_unit_id FROM event WHERE event.id ="
            " (SELECT max(last.id) FROM event AS last WHERE last.subject_type = 'household' AND last.action = 'quota'"
            f" AND last.subject_id = quota_house.household_id)) WHERE {step}_on IS NOT NULL"
        )
    if connection.dialect.name == "sqlite":
        rebuild(connection, "quota_house", _with_constraints)
        return
    for name, other in _of_both(_keys).items():
        op.create_foreign_key(op.f(f"fk_quota_house_{name}_{other}"), "quota_house", other, [name], ["id"])
    for name, rule in _of_both(_checks).items():
        op.create_check_constraint(op.f(f"ck_quota_house_{name}"), "quota_house", rule)


def _columns(step: str) -> dict[str, tuple[sa.types.TypeEngine[Any], str | None]]:
    return {
        f"{step}_unit_id": (ROW_ID, f"unit that entered {step}_on"),
        f"{step}_verdict": (sa.String(length=16), f"of another unit on {step}_on"),
        f"{step}_verdict_unit_id": (ROW_ID, None),
        f"{step}_verdict_by_id": (ROW_ID, None),
        f"{step}_verdict_at": (MOMENT, None),
    }


def _with_columns(statement: str) -> str:
    first = statement.index("\tCONSTRAINT")
    kinds = {"_unit_id": "INTEGER", "_by_id": "INTEGER", "_at": "VARCHAR(32)", "_verdict": "VARCHAR(16)"}
    added = "".join(
        f"\t{name} {next(kind for end, kind in kinds.items() if name.endswith(end))}, \n"
        for step in _STEPS
        for name in _columns(step)
    )
    return statement[:first] + added + statement[first:]


def _with_constraints(statement: str) -> str:
    first = statement.index("\tCONSTRAINT")
    added = [f"CONSTRAINT ck_quota_house_{name} CHECK ({rule})" for name, rule in _of_both(_checks).items()]
    added += [
        f"CONSTRAINT fk_quota_house_{name}_{other} FOREIGN KEY({name}) REFERENCES {other} (id)"
        for name, other in _of_both(_keys).items()
    ]
    return statement[:first] + "".join(f"\t{each}, \n" for each in added) + statement[first:]
