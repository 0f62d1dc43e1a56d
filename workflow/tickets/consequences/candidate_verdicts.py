"""Candidate verdicts: what the end of a candidate's ticket means for it: a new household, or a day on which its personal
data is erased.

Called by the desk within the move, so that verdict, household and history are one transaction.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Candidate, CandidatePerson, Household, Member
from models.base import stated
from workflow import folding
from workflow.constraints import refused_as
from workflow.errors import BadInput, Duplicate, WrongState
from workflow.history import event_log
from workflow.policy.counted_people import labour_of, life_payload
from workflow.policy.worktime import local_date
from workflow.tickets.actions.action_input import Act
from workflow.tickets.actions.row_effects import Move

#: The kind under which a household that was a candidate records its beginning.
ENTERED = "entered"
_LONGEST_CODE = 64


def end(move: Move, act: Act) -> dict[str, Any]:
    """Write the verdict on the candidate of an ended ticket; returns what the event records of it.

    Raises BadInput `consent_missing` or for a code that is none, Duplicate for a code or a person already registered.
    """
    # Half a verdict satisfies no constraint: the household is written before the candidate names it.
    row = move.session.get_one(Candidate, move.ticket.candidate_id)
    people = people_of(move.session, row.id)
    if act.action == "register":
        row.verdict, row.household_id = "registered", _register(move, act, row, people).id
    else:
        rule, refused = stated(move.setting.scheme.candidates), act.action == "refuse"
        row.verdict = "refused" if refused else "withdrawn"
        row.ground = move.given.hashed["ground"] if refused else None
        row.erase_at = move.at + timedelta(days=rule.erase_days)
    for person in people:
        person.open = False
    return payload(row)


def people_of(session: Session, candidate_id: int) -> list[CandidatePerson]:
    """The people of a candidate, the head first; none once its personal data is erased."""
    query = select(CandidatePerson).where(CandidatePerson.candidate_id == candidate_id)
    return list(session.scalars(query.order_by(CandidatePerson.position)))


def payload(row: Candidate) -> dict[str, Any]:
    """A candidate in the events of its ticket: codes, days and moments only."""
    moments = {name: getattr(row, name) for name in ("erase_at", "erased_at")}
    return {
        "id": row.id,
        "consent_on": row.consent_on.isoformat() if row.consent_on else None,
        "consent_how": row.consent_how,
        "verdict": row.verdict,
        "ground": row.ground,
        "household": row.household_id,
        **{name: event_log.stamp(at) if at else None for name, at in moments.items()},
    }


def words(row: Candidate, people: list[CandidatePerson]) -> dict[str, Any]:
    """Personal data of a candidate as the private part of an event has it; numbers of people stay in the sealed columns."""
    return {
        "address": row.address,
        "consent_by": row.consent_by,
        "people": [
            {
                "name": each.name,
                "relation": each.relation,
                "sex": each.sex,
                "born_on": each.born_on.isoformat() if each.born_on else None,
                "labour": each.labour,
            }
            for each in people
        ],
    }


def _register(move: Move, act: Act, row: Candidate, people: list[CandidatePerson]) -> Household:
    """The household that the candidate becomes, on the register as new, with its people from this day on."""
    session, on = move.session, local_date(move.at)
    if row.consent_on is None:
        raise WrongState("consent_missing", "code")
    home = Household(
        code=_code(str(move.given.hashed["code"])),
        village_id=stated(move.ticket.in_village_id),
        head_name=row.head_name,
        initials=row.initials,
        status="new",
        labour=labour_of(person.labour for person in people),
        people=len(people),
        version=1,
        **{name: getattr(row, name) for name in ("address", "phone_sealed", "phone_index", "phone_masked")},
    )
    move.given.hashed["code"] = home.code
    session.add(home)
    with refused_as(Duplicate("code_taken", "code", code=home.code), "uq_household_code"):
        session.flush()
    members = [_member(home, person, on) for person in people]
    session.add_all(members)
    with refused_as(Duplicate("candidate_known", "code"), "uq_member_living"):
        session.flush()
    recorded = {
        **{name: getattr(home, name) for name in ("status", "village_id", "labour", "people")},
        **dict.fromkeys(("income_fen", "income_year", "income_people", "successor_id", "origin_id")),
        "members": len(members),
        "version": home.version,
    }
    told = {"kind": ENTERED, "on": on.isoformat(), "members": [each.id for each in members], "ticket": move.ticket.id}
    event_log.of(session, home, act.actor, act.now, first=True).append(
        "family",
        told,
        {
            "household": recorded,
            "was": {},
            "people_was": {"new": [each.position for each in members], "was": {}},
            "lives": [life_payload(each) for each in members],
        },
        moved=(None, home.status),
        notify=False,
    )
    return home


def _member(home: Household, person: CandidatePerson, on: date) -> Member:
    same = ("position", "name", "relation", "id_sealed", "id_index", "id_masked", "sex", "born_on", "labour")
    values = {name: getattr(person, name) for name in same}
    return Member(household_id=home.id, begins_on=on, begin_reason="registered", **values)


def _code(text: str) -> str:
    code = "".join(folding.narrow(text).split())
    if not code or len(code) > _LONGEST_CODE:
        raise BadInput("too_long", "code", most=_LONGEST_CODE)
    return code
