"""A household's status and responsible cadre are proved from its history, as far as it has one."""

from pathlib import Path

from sqlalchemy import Engine, select, update

from models import Household
from tests.support.factories import County, day, settle_county
from workflow.register import exit_gate
from workflow.setup import household_cadres
from workflow.setup.household_cadres import Cadre
from workflow.verification.full_check import verify


def findings(county: County) -> list[tuple[str, str]]:
    with county.read() as session:
        return [(one.code, one.subject) for one in verify(session, Path("nowhere"))]


def test_a_status_that_was_changed_behind_the_historys_back_is_found(engine: Engine) -> None:
    county = settle_county(engine)
    with county.write() as session:
        for status in ("in", "cleared"):
            exit_gate.set_status(session, county.people["office"], day(1), "A1", status, "核对")
        number = session.scalars(select(Household.id).where(Household.code == "A1")).one()
    assert findings(county) == []
    for status, found in (("in", True), ("exited", True), ("cleared", False)):
        with county.write() as session:
            # The last status counts, and a household without a history has nothing to be proved by.
            session.execute(update(Household).where(Household.code.in_(("A1", "A2"))).values(status=status))
        assert findings(county) == ([("row_differs", f"household {number} status")] if found else []), status


def test_a_cadre_that_was_changed_behind_the_historys_back_is_found(engine: Engine) -> None:
    county = settle_county(engine)
    account, another = county.people["village"].user_id, county.people["town"].user_id
    with county.write() as session:
        for cadre in (Cadre("王五", another), Cadre("李四", account)):
            household_cadres.assign(session, county.people["office"], day(1), {"A1": cadre})
        number = session.scalars(select(Household.id).where(Household.code == "A1")).one()
    assert findings(county) == []
    for values, found in (
        ({"cadre_name": "王五"}, ["cadre"]),
        ({"cadre_name": "李四", "cadre_id": another}, ["cadre_id"]),
        ({"cadre_id": None}, ["cadre_id"]),
        ({"cadre_name": "", "cadre_id": None}, ["cadre_id", "cadre"]),
        ({"cadre_name": "李四", "cadre_id": account}, []),
    ):
        with county.write() as session:
            session.execute(update(Household).where(Household.code.in_(("A1", "A2"))).values(**values))
        assert findings(county) == [("row_differs", f"household {number} {name}") for name in found], values
