"""Households in tests: a small county whose scheme has four haves, one optional and one computed, and visits."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, delete, select

from models import Household, Member
from models.row_changes import note_where
from tests.support.factories import START, County, day, settle_county, small_scheme, words
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date
from workflow.register import checkups, exit_gate, haves
from workflow.register.checkup_input import CheckupInput, Found
from workflow.register.checkups import Recorded
from workflow.register.names.pinyin import initials
from workflow.tickets import matters

MET = {"water": "met", "power": "met", "school": "met"}
#: 45 per cent of the example average of 2018, 10,000 yuan a head, in fen.
LINE = 450_000


def register_scheme(**changes: Any) -> Scheme:
    """The small scheme with haves: water and power, school where there are children, income by the rule."""

    def kind(code: str, lead: str, **more: Any) -> dict[str, Any]:
        route = {"code": code, "lead": lead, "confirmer": "town", "reason": words(f"because of {code}")}
        return {"code": code, "name": words(code), "indicator": 1, "have": code, "routes": [route], **more}

    causes = [{"code": code, "name": words(code)} for code in ("dry", "dirty")]
    content: dict[str, Any] = {
        "kinds": [
            kind("water", "water", subjects=["household", "village"], causes=causes),
            kind("power", "power"),
            kind("school", "housing"),
            kind("income", "poverty"),
            {**kind("file", "poverty"), "have": None},
        ],
        "haves": [
            {"code": "water", "name": words("饮水")},
            {"code": "power", "name": words("用电")},
            {"code": "school", "name": words("上学"), "optional": True},
            {"code": "income", "name": words("收入")},
        ],
        "exit": {
            "evidence_days": 30,
            "visit_days": 10,
            "income": {
                "have": "income",
                "percent": 45,
                "averages": [{"year": 2018, "yuan": 10000, "source": words("example"), "example": True}],
            },
        },
    }
    return small_scheme(**(content | changes))


def settle_register(engine: Engine, scheme: Scheme | None = None) -> County:
    """The county with incomes above the line, so that only a test's own changes are missing at the gate."""
    county = settle_county(engine, scheme or register_scheme())
    with county.write() as session:
        for household in session.scalars(select(Household)):
            household.income_fen, household.income_year = LINE, 2018
    return county


def change(county: County, household: str = "A1", **columns: Any) -> None:
    """Changes a household's facts in the register."""
    with county.write() as session:
        row = session.scalars(select(Household).where(Household.code == household)).one()
        for name, value in columns.items():
            setattr(row, name, value)
        row.initials = initials(row.head_name)


def people(county: County, *members: dict[str, Any], household: str = "A1") -> None:
    """Replaces the members of a household."""
    with county.write() as session:
        row = session.scalars(select(Household).where(Household.code == household)).one()
        note_where(session, "member", Member.household_id == row.id)
        session.execute(delete(Member).where(Member.household_id == row.id))
        for position, facts in enumerate(members, start=1):
            session.add(Member(household_id=row.id, position=position, name=f"人{position}", **facts))


def visit(
    county: County,
    who: str = "village",
    at: datetime = START,
    household: str = "A1",
    *,
    findings: dict[str, str] | None = None,
    causes: dict[str, str] | None = None,
    seen_on: date | None = None,
    **more: Any,
) -> Recorded:
    """Records a checkup: all met except the given `findings`; with another source only the given ones."""
    results = (MET if more.get("source", "visit") == "visit" else {}) | (findings or {})
    given_findings = {have: Found(result, (causes or {}).get(have, "")) for have, result in results.items()}
    with county.write() as session:
        return checkups.record(
            session,
            county.people[who],
            at,
            household,
            CheckupInput(seen_on=seen_on or local_date(at), findings=given_findings, **more),
        )


def state(county: County, have: str = "water", household: str = "A1") -> haves.HaveState:
    """The current state of one have of a household."""
    return {one.have.code: one for one in states(county, household)}[have]


def states(county: County, household: str = "A1") -> tuple[haves.HaveState, ...]:
    from workflow.county.context import county_context

    with county.read() as session:
        row = session.scalars(select(Household).where(Household.code == household)).one()
        return haves.of_household(session, county_context(session), row.id)


def status(county: County, household: str = "A1") -> str:
    with county.read() as session:
        return session.scalars(select(Household.status).where(Household.code == household)).one()


def leave(county: County, at: datetime, who: str = "town", household: str = "A1") -> int:
    """Takes the household through the exit gate; returns the dossier's id."""
    with county.write() as session:
        return exit_gate.exit_household(session, county.people[who], at, household).id


def mend(county: County, ticket: int, at: datetime, who: str = "water", *, vet: bool = True) -> None:
    """Closes a village's ticket: endorsed, accepted, resolved and confirmed at `at`."""
    if vet:
        county.do("town", "endorse", ticket, at)
    county.do(who, "accept", ticket, at)
    county.resolve(ticket, at, who)
    county.confirm(ticket, at)


__all__ = [
    "LINE",
    "MET",
    "change",
    "day",
    "leave",
    "mend",
    "people",
    "register_scheme",
    "settle_register",
    "state",
    "states",
    "status",
    "visit",
]


def bundle(county: County, *ids: int, who: str = "town") -> int:
    with county.write() as session:
        return matters.open_matter(
            session,
            county.people[who],
            day(0),
            tickets=[county.ticket(ticket).number for ticket in ids],
            title="抽水泵损坏",
        ).id
