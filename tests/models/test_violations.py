"""Constraint violations: recognised by constraint name on both databases."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update
from sqlalchemy.exc import IntegrityError

from models import SweepReport, Ticket, WorkerHeartbeat
from models.engine import writing
from models.ticket import OPEN_TICKET_KEYS
from models.violations import names, violated
from tests.support.factories import settle_county
from tests.support.sources import parsed

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def refusal(engine: Engine, *statements: object) -> str | None:
    with pytest.raises(IntegrityError) as raised, writing(engine) as session:
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]
    return violated(raised.value)


def test_a_unique_key_is_named(engine: Engine) -> None:
    beat = insert(WorkerHeartbeat).values(worker="one", started_at=NOW, beat_at=NOW)
    assert refusal(engine, beat, beat) == "uq_worker_heartbeat_worker"


def test_a_check_is_named(engine: Engine) -> None:
    county = settle_county(engine)
    change = update(Ticket).where(Ticket.id == county.file()).values(state="forgotten")
    assert refusal(engine, change) == "ck_ticket_state"


def test_a_missing_value_violates_no_named_constraint(engine: Engine) -> None:
    assert refusal(engine, insert(SweepReport).values(job=None)) is None


def test_every_constraint_that_the_code_names_exists() -> None:
    named = set(OPEN_TICKET_KEYS)
    for path in (ROOT / "workflow").rglob("*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(("uq_", "ck_")):
                named.add(node.value)
    assert len(named) > 8
    assert named <= names()
