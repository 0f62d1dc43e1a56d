"""Duplicates: looking for the same deficiency uses an index, on both databases."""

import pytest
from sqlalchemy import Engine, text

from workflow.tickets import similar_tickets


@pytest.mark.parametrize("subject", ["household", "village"])
def test_the_last_closed_ticket_of_a_subject_is_found_by_an_index(engine: Engine, subject: str) -> None:
    postgresql = engine.dialect.name == "postgresql"
    asked = {"subject": 1, "kind": "water", "cause": ""}
    statement = (
        similar_tickets.CLOSED_MATCH[subject].params(**asked).compile(engine, compile_kwargs={"literal_binds": True})
    )
    with engine.connect() as connection:
        if postgresql:
            # The table is empty, and an empty table is read sooner than any index.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        how = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
        plan = " ".join(str(row[-1]) for row in connection.exec_driver_sql(how + str(statement)))
    assert f"ix_ticket_{subject}" in plan, plan
