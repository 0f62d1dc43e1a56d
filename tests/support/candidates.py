"""Candidates in tests: a scheme that has them, and a family reported, seen and judged in one call each."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import Candidate, Ticket
from tests.support.factories import START, County, day, small_scheme, words
from tests.support.persons import id_number, phone
from tests.support.spreadsheets import VAULT
from workflow.policy.scheme.model import Scheme
from workflow.register.candidates import report_input
from workflow.register.candidates.report_input import CandidateReport
from workflow.register.candidates.reporting import Reported, report_candidate

DAYS = 30
NEXT_DAY = day(1)
#: What no page, file, message or record shows once it was erased.
PERSONAL = ("欧阳秋菊", "欧阳小满", "三叉口大榕树旁", "屋顶漏雨", "本人欧阳")
FAMILY = (
    {"name": PERSONAL[0], "id_number": id_number(901), "labour": "partly"},
    {"name": PERSONAL[1], "relation": "之子", "id_number": id_number(905, "20100304"), "labour": "none"},
)


def candidate_scheme(**changes: Any) -> Scheme:
    """The small scheme with a kind for candidates: seen by the town, judged by the office."""
    plain = small_scheme().model_dump(mode="json")
    kind = {
        "code": "unregistered",
        "name": words("疑似漏评户核实"),
        "indicator": 18,
        "subjects": ["candidate"],
        "routes": [
            {"code": "unregistered", "lead": "town", "confirmer": "office", "reason": words("镇核实、办公室认定")}
        ],
    }
    grounds = [{"code": "not_eligible", "name": words("不符合识别条件")}]
    rule = {"kind": "unregistered", "erase_days": DAYS, "grounds": grounds}
    return small_scheme(**({"kinds": [*plain["kinds"], kind], "candidates": rule} | changes))


def report(
    county: County,
    who: str = "village",
    at: datetime = START,
    people: Any = FAMILY,
    village: str = "town-a-v1",
    **more: Any,
) -> Reported:
    """Reports a family of two, with consent, as the village does."""
    consent: dict[str, Any] = {"consent_by": PERSONAL[0], "consent_on": at.date(), "consent_how": "written"}
    given = {
        "address": PERSONAL[2],
        "phone": phone(77),
        "seen": f"{PERSONAL[3]}，{PERSONAL[0]}一家靠打零工度日",
        **consent,
        "source": {"poverty": "masses", "office": "visit"}.get(who),
    }
    with county.write() as session:
        persons = [report_input.CandidatePerson(**person) for person in people]
        return report_candidate(
            session,
            county.people[who],
            at,
            VAULT,
            CandidateReport(village=village, people=persons, **(given | more)),
        )


def seen(county: County, ticket: int, at: datetime = START, who: str = "town") -> None:
    """The town accepts and says what it saw."""
    county.do(who, "accept", ticket, at)
    county.resolve(ticket, at, who, note=f"已入户，{PERSONAL[0]}住房确有漏雨")


def judged(county: County, action: str, ticket: int | None = None, at: datetime = NEXT_DAY, **given: Any) -> int:
    """A family is reported, seen and judged by the office; returns its ticket."""
    number = ticket or report(county).ticket.id
    seen(county, number, at)
    usual = {"register": {"code": "N-1"}, "refuse": {"ground": "not_eligible", "reason": "家中有商品房，收入超过标准"}}
    county.do("office", action, number, at, **(usual[action] | given))
    return number


def candidate(county: County, ticket: int) -> Candidate:
    with county.read() as session:
        query = select(Candidate).join(Ticket, Ticket.candidate_id == Candidate.id).where(Ticket.id == ticket)
        return session.scalars(query).one()
