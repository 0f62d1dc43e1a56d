"""Duties in tests: a small county with duties of every kind, opened and handed in on a clock that tests set."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models import Ticket
from tests.support.factories import County, settle_county, small_scheme, words
from tests.support.invariants import violations
from workflow.accountability import sweep
from workflow.assessment import duty_opening, entries
from workflow.assessment.entries import EntryInput
from workflow.policy.worktime import SHANGHAI


def at(text: str, hour: int = 9) -> datetime:
    """A moment of a day in China."""
    return datetime.fromisoformat(f"{text}T{hour:02d}:00").replace(tzinfo=SHANGHAI)


def duty(code: str, units: list[str], period: str, due: dict[str, Any], item: int | None = None, **more: Any) -> Any:
    return {
        "code": code,
        "name": words(code),
        "item": item,
        "units": units,
        "period": period,
        "due": due,
        "evidence": words("papers"),
        **more,
    }


def number(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": words(code), "type": "number", **more}


LAST = {"by": "last"}
VILLAGE = {"code": "village", "name": words("village"), "type": "village"}


def homes_duty(**bounds: Any) -> Any:
    """The duty of each town to go to every household of its villages, with the bounds of the number of households."""
    fields = [VILLAGE, number("households", **bounds)]
    count = {"of": "households", "unit": words("households"), "sum": "households", "fields": fields}
    return duty("homes", ["towns"], "yearly", LAST, count=count)


HEAD = {
    "code": "head",
    "name": words("head"),
    "type": "choice",
    "choices": [{"code": "first", "name": words("书记")}, {"code": "second", "name": words("县长")}],
}
DUTIES = [
    duty(
        "meeting",
        ["office", "towns"],
        "quarterly",
        LAST,
        whole_year=True,
        fields=[
            {"code": "held_on", "name": words("held on"), "type": "date"},
            {"code": "opinions", "name": words("意见")},
        ],
    ),
    duty("archive", ["office", "towns"], "quarterly", {"by": "opened", "days": 10}, after="meeting"),
    duty("paid", ["water", "power"], "once", {"by": "date", "date": "11-30"}),
    duty("imported", ["office"], "once", {"by": "opened", "days": 5}, after="paid"),
    duty("verified", ["towns"], "once", {"by": "opened", "days": 10}, after="imported"),
    duty("report", ["members"], "monthly", {"by": "end", "days": 5}, fields=[number("cases")]),
    duty("half", ["members"], "half_yearly", LAST),
    duty(
        "study",
        ["water", "power"],
        "yearly",
        LAST,
        since="08-01",
        count={"target": 20, "together": True, "unit": words("days"), "once_per": ["day", "head"], "fields": [HEAD]},
    ),
    duty(
        "special",
        ["towns"],
        "yearly",
        LAST,
        since="08-01",
        count={"target": 5, "unit": words("meetings"), "once_per": ["month"], "pace": "months"},
    ),
    duty(
        "houses",
        ["towns"],
        "yearly",
        {"by": "date", "date": "12-20"},
        guided_by="housing",
        count={
            "target": 7,
            "together": True,
            "split": {"town-a": 4, "town-b": 3},
            "unit": words("houses"),
            "sum": "houses",
            "fields": [VILLAGE, number("houses")],
        },
    ),
    homes_duty(),
    duty("walk", ["towns"], "yearly", LAST, count={"of": "visited", "unit": words("households")}),
]
GROUPS = [{"code": "members", "name": words("members"), "own_choice": True, "units": ["water", "power"]}]


def duty_scheme(duties: list[Any] | None = None) -> Any:
    return small_scheme(duties={"grace": 5, "groups": GROUPS, "list": DUTIES if duties is None else duties})


def duty_county(engine: Engine, duties: list[Any] | None = None) -> County:
    """A county that adopted the scheme on 21 October 2018."""
    return settle_county(engine, duty_scheme(duties))


def open_by(county: County, moment: datetime) -> duty_opening.Opened:
    opened = duty_opening.run(county.read, county.write, moment)
    assert not opened.failed
    return opened


def tickets(county: County) -> dict[tuple[str, str, str], Ticket]:
    """Every duty by unit, code and period."""
    names = {unit: code for code, unit in county.units.items()}
    with county.read() as session:
        rows = session.scalars(select(Ticket).where(Ticket.type == "duty"))
        return {(names[row.duty_unit_id], str(row.duty_code), str(row.period)): row for row in rows}  # type: ignore[index]


def hand_in(county: County, who: str, ticket: Ticket, moment: datetime, **given: Any) -> Ticket:
    proof = county.bring(who, ticket.id, moment, f"paper {who} {moment}".encode())
    return county.do(who, "resolve", ticket.id, moment, evidence=[proof], **given)


def finish(county: County, who: str, ticket: Ticket, moment: datetime, **given: Any) -> None:
    """Hands a duty in and confirms it by its confirmer."""
    hand_in(county, who, ticket, moment, **given)
    county.do("leaders" if who == "office" else "office", "confirm", ticket.id, moment)


def lawful(county: County, moment: datetime) -> list[str]:
    """The violated invariants after everything due was swept."""
    sweep.run(county.read, county.write, moment)
    return violations(county.engine, moment, None)


NOWHERE = Path("nowhere")


def enter(county: County, who: str, ticket: Ticket, day: str, moment: str = "2018-12-03", **given: Any) -> int:
    now = at(moment)
    proof = county.bring(who, ticket.id, now, f"{who} {ticket.id} {day} {given}".encode())
    with county.write() as session:
        return entries.enter(
            session, county.people[who], ticket.id, now, EntryInput(on=day, evidence=[proof], **given)
        ).id
