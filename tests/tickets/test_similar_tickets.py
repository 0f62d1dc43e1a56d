"""Similar tickets: duplicates are found by an index on both databases; what is near is found by place."""

import math
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from models import Household, Village
from tests.support.factories import START, settle_county, small_scheme
from workflow.tickets import filing, similar_tickets
from workflow.tickets.filing import Deficiency


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


HERE = (23.9, 115.7)
METRE_EAST = 1 / (111_320 * math.cos(math.radians(HERE[0])))
METRE_NORTH = 1 / 111_320


def test_near_is_what_lies_in_the_village_or_within_three_kilometres_the_nearest_first(engine: Engine) -> None:
    county = settle_county(engine, small_scheme(), households=3)
    # Metres to the east and to the north of A1, in the village next to its own.
    around = {
        "E1": (2990, 0),
        "E2": (3001, 0),
        "N1": (0, 3000),
        "N2": (0, 3001),
        "D1": (2000, 2000),
        "D2": (2500, 2500),
    }
    with county.write() as session:
        next_to = session.scalars(select(Village.id).where(Village.code == "town-a-v2")).one()
        homes = [
            Household(
                code=code,
                village_id=next_to,
                head_name="李四",
                initials="ls",
                labour="with",
                status="in",
                latitude=HERE[0] + north * METRE_NORTH,
                longitude=HERE[1] + east * METRE_EAST,
            )
            for code, (east, north) in around.items()
        ]
        unplaced = Household(code="U1", village_id=next_to, head_name="王五", initials="ww", labour="with", status="in")
        session.add_all([*homes, unplaced])
        for household in session.scalars(select(Household).where(Household.code == "A1")):
            household.latitude, household.longitude = HERE
    for code in (*around, "U1", "A2", "A3", "B1"):
        county.file("other_town" if code == "B1" else "town", code)
    county.file("town", "E1", kind="power")
    county.do("office", "cancel", county.file("town", "A2", kind="power"), START, reason="重复")
    county.file("town", "A1", kind="power")
    with county.read() as session:

        def near(kind: str, **subject: Any) -> list[tuple[str | None, int | None]]:
            shown = filing.preview(session, county.people["town"], START, Deficiency(kind=kind, **subject)).nearby
            return [(one.household, one.metres) for one in shown]

        assert near("water", household="A1") == [("D1", 2828), ("E1", 2990), ("N1", 3000), ("A2", None), ("A3", None)]
        assert near("power", household="A1") == [("E1", 2990)]
        # Of a village nothing is measured: what lies in it, the oldest first.
        assert near("water", village="town-a-v1") == [("A2", None), ("A3", None)]
        assert near("water", village="town-a-v2") == [(code, None) for code in (*around, "U1")]


def test_at_most_ten_are_shown(engine: Engine) -> None:
    county = settle_county(engine, small_scheme(), households=12)
    for number in range(2, 13):
        county.file("town", f"A{number}")
    with county.read() as session:
        asked = Deficiency(household="A1", kind="water")
        shown = filing.preview(session, county.people["town"], START, asked).nearby
    assert [one.household for one in shown] == [f"A{number}" for number in range(2, 12)]
