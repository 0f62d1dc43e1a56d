"""Exit gate races: filing, reopening and the gate in separate processes; each sees what the other has done."""

import multiprocessing
import time
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Event, Household
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from tests.support.factories import day
from tests.support.households import mend, settle_register, visit
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import ExitRefused
from workflow.register import exit_gate
from workflow.tickets import desk, filing
from workflow.tickets.filing import Deficiency

pytestmark = pytest.mark.both_databases

#: Long enough that a transaction that does not wait would read meanwhile, and see nothing.
_HELD = 0.15


def _file(session: Any, town: Actor) -> None:
    filing.file_ticket(session, town, day(4), Deficiency(household="A1", kind="power"))


def _file_for_the_village(session: Any, town: Actor) -> None:
    filing.file_ticket(session, town, day(4), Deficiency(village="town-a-v1", kind="water"))


def _reopen(session: Any, town: Actor) -> None:
    desk.perform(session, town, 1, "reopen", day(4), reason="又停水")


def _leave(session: Any, town: Actor) -> None:
    exit_gate.exit_household(session, town, day(4), "A1")


def _do(url: str, town: Actor, barrier: Any, wait: float, work: Any) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    with reading(engine) as session:
        # Connected, and the scheme read: what is raced is the work alone.
        county_context(session)
    barrier.wait()
    time.sleep(wait)
    try:
        with writing(engine) as session:
            work(session, town)
            time.sleep(_HELD)
    except ExitRefused:
        return


@pytest.mark.parametrize("first", ["other", "gate"])
@pytest.mark.parametrize("other", [_file, _file_for_the_village, _reopen])
def test_what_comes_first_is_seen_by_what_comes_second(
    engine: Engine, database_url: str, other: Any, first: str
) -> None:
    county = settle_register(engine)
    visit(county, findings={"water": "unmet"}, file=["water"])
    mend(county, 1, day(3))
    engine.dispose()
    context = multiprocessing.get_context("fork")
    barrier, town = context.Barrier(2), county.people["town"]
    pair = [
        context.Process(target=_do, args=(database_url, town, barrier, 0.05 * (first != "other"), other)),
        context.Process(target=_do, args=(database_url, town, barrier, 0.05 * (first != "gate"), _leave)),
    ]
    for process in pair:
        process.start()
    for process in pair:
        process.join(600)
        assert process.exitcode == 0
    with county.read() as session:
        status = session.scalars(select(Household.status).where(Household.code == "A1")).one()
        action = "reopen" if other is _reopen else "file"
        done = session.scalars(select(Event.id).where(Event.action == action).order_by(Event.id.desc())).first()
        left = session.scalars(select(Event.id).where(Event.action == "exit")).first()
    assert done is not None
    # A household that left did so before the filing; a later exit saw the ticket and was refused.
    assert (status == "exited") == (left is not None)
    assert left is None or left < done
