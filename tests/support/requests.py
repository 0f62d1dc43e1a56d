"""Time requests in tests: asking, answering, and their effect on the clocks."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import Charge, TimeRequest
from tests.support.factories import County, day
from workflow.tickets import time_requests
from workflow.tickets.time_requests import RequestInput


def mending(county: County, household: str = "A1", **more: Any) -> int:
    ticket = county.file(household=household, **more)
    county.do("water", "accept", ticket, day(0))
    return ticket


def ask(county: County, ticket: int, at: datetime, until: str = "2018-12-10", who: str = "water", **more: Any) -> int:
    given = {"kind": "extension", "reason": "连续降雨", "plan": "雨停后三日内接通"} | more
    with county.write() as session:
        return time_requests.ask(
            session, county.people[who], at, ticket, RequestInput(until=until, **county.cast.given(given))
        ).id


def answer(county: County, request: int, at: datetime, grant: bool, who: str = "office", **more: Any) -> None:
    with county.write() as session:
        time_requests.answer(
            session, county.people[who], at, request, grant, **({"reason": "经入户核实，情况属实"} | more)
        )


def row(county: County, request: int) -> TimeRequest:
    with county.read() as session:
        return session.get_one(TimeRequest, request)


def charges(county: County) -> list[tuple[int | None, int, str]]:
    with county.read() as session:
        return [(c.unit_id, c.minutes, c.ground) for c in session.scalars(select(Charge).order_by(Charge.id))]
