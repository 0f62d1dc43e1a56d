"""Reforms in tests: one call for an act of the office, and a county with a ticket in every open state."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from models import Custody, Reform, Unit, User
from tests.support.factories import START, County, day
from tests.support.invariants import violations
from workflow.accountability import sweep
from workflow.actors import Actor, acting
from workflow.reform import reform_act

#: What a reform rests on, without and with its day.
DOCUMENT = {"document": "五华机改〔2018〕3号", "reason": "县级机构改革方案"}
PAPER = {**DOCUMENT, "from_day": "2018-11-20"}
#: Every open state of a ticket whose responsible unit is the water bureau, before a reform.
STATES = ("reported", "returned", "assigned", "disputed", "in_progress", "suspended", "resolved")


def reform(county: County, at: Any = None, **given: Any) -> Reform:
    """The office applies a reform of units, unless `given` says otherwise."""
    with county.write() as session:
        asked = {"kind": "merge", "subject": "unit", **PAPER, **given}
        asked["sources"] = [county.code(source) for source in asked["sources"]]
        if asked.get("into"):
            asked["into"] = county.code(asked["into"])
        return reform_act.apply(session, county.people["office"], at or day(1), asked)


def sound(county: County, at: Any) -> list[str]:
    """What is wrong with the county at a moment, once the sweep has run; nothing open is with an ended unit."""
    failed = [
        f"sweep: ticket {ticket}: {why}" for ticket, why in sweep.run(county.read, county.write, at).failed.items()
    ]
    with county.read() as session:
        ended = select(Unit.id).where(Unit.ended_on.is_not(None))
        stuck = session.scalars(select(Custody.ticket_id).where(Custody.unit_id.in_(ended), Custody.ended_at.is_(None)))
        left = [f"ticket {ticket} is with an ended unit" for ticket in stuck]
    return [*failed, *left, *violations(county.engine, at, None)]


def actor(county: County, who: str) -> Actor:
    """A person as they act now, after their account has moved."""
    with county.read() as session:
        found = acting(session, session.get_one(User, county.people[who].user_id), day(0))
    county.people[who] = found
    return found


def unit(county: County, code: str) -> Unit:
    with county.read() as session:
        return session.scalars(select(Unit).where(Unit.code == county.code(code))).one()


def in_every_state(county: County, at: datetime = START) -> dict[str, int]:
    """A ticket of the water bureau in every open state, by state; household A1 to A7."""
    tickets = {}
    for number, state in enumerate(STATES, start=1):
        who = "village" if state in ("reported", "returned") else "town"
        ticket = tickets[state] = county.file(who, household=f"A{number}", at=at)
        if state == "returned":
            county.do("town", "send_back", ticket, at, reason="补充地点")
        if state == "disputed":
            county.do("water", "decline", ticket, at, ground="not_ours", cited_duty="三定方案")
        if state in ("in_progress", "suspended", "resolved"):
            county.do("water", "accept", ticket, at)
        if state == "suspended":
            county.do(
                "office", "suspend", ticket, at, ground="flood", until=(at + timedelta(days=14)).date().isoformat()
            )
        if state == "resolved":
            county.resolve(ticket, at)
    return tickets
