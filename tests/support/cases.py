"""Accountability cases in tests: a small county with a second person in the office and in the leading group."""

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from models import AccountabilityCase, Custody, Escalation, User
from tests.support.factories import START, County, day, settle_county
from tests.support.texts import SENTENCE
from workflow.accountability import proposals, sweep
from workflow.accountability.cases import case_desk
from workflow.actors import actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser

GIVEN: dict[str, dict[str, Any]] = {
    "open": {"result": "1:task", "harm": "八有未达标，影响当期减贫人数"},
    "respond": {"statement": "材料迟到，已另行采购"},
    "hear": {"heard_on": "2018-11-21", "note": "到会说明施工队未进场"},
    "decide": {"outcome": "reminder_talk", "reason": "督办后仍未整改"},
    "record": {"outcome": "circular", "document": "梅市扶组〔2018〕9号", "reason": "上级已决定"},
    "appeal": {"reason": "不可抗力未予考虑"},
    "close": {"note": SENTENCE},
    "seek_withdrawal": {"reason": "事实有误"},
}


#: When tickets about which there are cases were filed: three weeks before START, so that they are late by then.
EARLY = day(-21)


def case_county(engine: Engine) -> County:
    county = settle_county(engine, households=30)
    add_seconds(county)
    return county


def add_seconds(county: County) -> None:
    with county.write() as session:
        who = system()
        for name, role in (("office2", "office"), ("leaders2", "leaders")):
            user: User = accounts.create_user(session, who, START, NewUser(name=name, role=role, unit=role))
            county.people[name] = actor_of(user)


def accepted(county: County, household: str = "A1", at: datetime = START) -> int:
    """A ticket accepted by the water bureau."""
    ticket = county.file(household=household, at=at)
    county.do("water", "accept", ticket, at)
    return ticket


def overdue(county: County, household: str = "A1") -> int:
    """A ticket accepted by the water bureau, which is late with it at START."""
    return accepted(county, household, EARLY)


def raised(
    county: County, ticket: int, at: datetime | None = None, who: str = "office", custody: int = 2, **more: str
) -> int:
    """A case on the bureau's custody of the ticket that one person of the office proposed and a second opened."""
    given = county.cast.given(GIVEN["open"] | more)
    with county.write() as session:
        made = case_desk.raise_case(session, county.people[who], at or day(1), ticket, custody, **given).id
    if f"{who}2" not in county.people:
        add_seconds(county)
    with county.write() as session:
        case_desk.perform(session, county.people[f"{who}2"], made, "open", at or day(1), **given)
    return made


def proposed(county: County, household: str = "A1") -> int:
    """A case proposed by issuing the last rung."""
    ticket = accepted(county, household)
    sweep.run(county.read, county.write, day(31, 8.5))
    with county.write() as session:
        rung = session.scalars(select(Escalation.id).where(Escalation.ticket_id == ticket, Escalation.rung == 5)).one()
        proposals.answer(session, county.people["office"], day(31), ticket, rung, True, "屡催不办")
        return session.scalars(select(AccountabilityCase.id).where(AccountabilityCase.ticket_id == ticket)).one()


def act(county: County, who: str, case: int, *actions: str, at: datetime | None = None, **more: Any) -> None:
    """Performs these actions in order, each with its required input."""
    for action in actions:
        with county.write() as session:
            given = county.cast.given(GIVEN.get(action, {}) | more)
            case_desk.perform(session, county.people[who], case, action, at or day(1), **given)


def row(county: County, case: int) -> AccountabilityCase:
    with county.read() as session:
        return session.scalars(select(AccountabilityCase).where(AccountabilityCase.id == case)).one()


def offices_own(county: County, household: str = "A2") -> int:
    """A case the leading group opened against the office, for a ruling."""
    ticket = county.file(household=household, at=EARLY)
    county.do("water", "decline", ticket, EARLY, ground="not_ours", cited_duty="三定方案")
    return raised(county, ticket, who="leaders")


def custody_of(county: County, case: int) -> Custody:
    with county.read() as session:
        return session.get_one(Custody, session.get_one(AccountabilityCase, case).custody_id)
