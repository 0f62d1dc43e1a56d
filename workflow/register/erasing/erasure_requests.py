"""Erasure requests: who proposes that a household's personal data is erased, who agrees, and when that is allowed at all.

Whoever protects personal data proposes it with the document that approves it; another person, of the inspectorate, agrees or
refuses.  A household is erased once it is gone from the register for as many years as its file is kept.

Source: 个人信息保护法 art. 19, 47 (erasure when the time of keeping has passed); 精准扶贫档案管理办法 (国家档案局 and others)
with 机关文件材料归档范围和文书档案保管期限规定 (国家档案局令第8号): files that are not permanent are kept for 30 or 10 years.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models import (
    BulkLine,
    Checkup,
    Event,
    Evidence,
    ExitDossier,
    Finding,
    Household,
    HouseholdErasure,
    Member,
    Ticket,
    User,
)
from models.former_code import present_code
from models.household import GONE
from models.household_erasure import STANDING_ERASURES
from workflow.actors import Actor
from workflow.county import authorisations
from workflow.errors import Conflict, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.history import event_log
from workflow.history.event_log import COUNTY
from workflow.inputs import document_of
from workflow.policy.worktime import local_date

_STATUS = Event.effect["household"]["status"].as_string()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure of a household would erase, and why it is not allowed yet, if it is not."""

    household: Household
    left_on: date | None
    counts: Mapping[str, int]
    refusal: WorkflowError | None
    standing: HouseholdErasure | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """An erasure that was proposed and neither refused nor carried out, with the names of both persons."""

    row: HouseholdErasure
    code: str
    asked_by: str
    agreed_by: str | None


def protects_data(session: Session, actor: Actor, now: datetime) -> bool:
    """Whether the actor is of the inspectorate, or authorised to protect personal data."""
    if actor.role == "inspectorate":
        return True
    if actor.role not in authorisations.PROTECTING or actor.unit_id is None:
        return False
    return authorisations.in_force(session, actor.unit_id, "data", now, actor.user_id) is not None


def preview(session: Session, actor: Actor, now: datetime, code: str, years: int) -> Preview:
    """What an erasure would erase; nothing is changed.  `years`: for how long files are kept.  Raises NotAllowed, NotFound."""
    home = _household(session, actor, now, code)
    left_on = left_register_on(session, home)
    return Preview(
        home,
        left_on,
        _counts(session, home.id),
        _refusal(session, home, left_on, now, years),
        _standing(session, home.id),
    )


def propose(session: Session, actor: Actor, now: datetime, code: str, document: str, years: int) -> HouseholdErasure:
    """Propose the erasure under the document that approves it.

    Raises NotAllowed, NotFound; BadInput for the document; WrongState or Conflict for a household that may not be erased.
    """
    home = _household(session, actor, now, code, lock=True)
    left_on = left_register_on(session, home)
    if (refusal := _refusal(session, home, left_on, now, years)) is not None:
        raise refusal
    number = document_of("document", document, local_date(now))
    row = HouseholdErasure(
        household_id=home.id,
        left_on=left_on,
        years=years,
        document=number,
        asked_at=now,
        asked_by_id=actor.account_id,
    )
    session.add(row)
    session.flush()
    _append(session, actor, now, "ask_erasure", row)
    return row


def decide(session: Session, actor: Actor, now: datetime, number: int, agrees: bool) -> HouseholdErasure:
    """Agree to a proposed erasure as another person, of the inspectorate; or refuse it, or withdraw one's own.

    Raises NotFound, NotAllowed; Conflict for one that is settled.
    """
    row = session.get(HouseholdErasure, number, with_for_update=True, populate_existing=True)
    if row is None or not protects_data(session, actor, now):
        raise NotFound("no_such_erasure")
    own = row.asked_by_id == actor.user_id
    if actor.role != "inspectorate" and not (own and not agrees):
        raise NotAllowed("erasure_agreed_elsewhere")
    if row.ended_at or row.erased_at or (agrees and row.agreed_at):
        raise Conflict("erasure_settled")
    if not agrees:
        row.ended_at, row.ended_by_id = now, actor.account_id
        _append(session, actor, now, "refuse_erasure", row)
        return row
    if own:
        raise NotAllowed("erasure_own")
    row.agreed_at, row.agreed_by_id = now, actor.account_id
    _append(session, actor, now, "agree_erasure", row)
    return row


def listed(session: Session) -> tuple[list[Proposed], int]:
    """The proposed erasures that are not carried out, the oldest first, and how many are."""
    query = (
        select(HouseholdErasure, Household.code, User.display_name)
        .join(Household, Household.id == HouseholdErasure.household_id)
        .join(User, User.id == HouseholdErasure.asked_by_id)
        .where(STANDING_ERASURES.predicate, HouseholdErasure.erased_at.is_(None))
        .order_by(HouseholdErasure.id)
    )
    rows = session.execute(query).all()
    agreed = select(User.id, User.display_name).where(User.id.in_([row.agreed_by_id for row, _, _ in rows]))
    by_id: dict[int | None, str] = {row[0]: row[1] for row in session.execute(agreed)}
    erased = session.scalar(select(func.count()).where(HouseholdErasure.erased_at.is_not(None))) or 0
    return [Proposed(row, code, asked, by_id.get(row.agreed_by_id)) for row, code, asked in rows], erased


def erased_at(session: Session, household_id: int) -> datetime | None:
    """When the personal data of the household was erased; None where it was not."""
    query = select(HouseholdErasure.erased_at).where(
        HouseholdErasure.household_id == household_id, STANDING_ERASURES.predicate
    )
    return session.scalar(query)


def left_register_on(session: Session, home: Household) -> date | None:
    """The day in China on which it was recorded that the household is gone; None where it is not, or nothing says since when."""
    last = (
        select(Event.at, _STATUS)
        .where(Event.subject_type == "household", Event.subject_id == home.id, _STATUS.is_not(None))
        .order_by(Event.seq.desc())
    )
    left: datetime | None = None
    for at, status in session.execute(last):
        if status not in GONE:
            break
        left = at
    return local_date(left) if left is not None and home.status in GONE else None


def after_years(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the first of March.

    >>> after_years(date(2020, 2, 29), 10)
    datetime.date(2030, 3, 1)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _household(session: Session, actor: Actor, now: datetime, code: str, lock: bool = False) -> Household:
    if not protects_data(session, actor, now):
        raise NotAllowed("data_look_up_not_yours")
    query = select(Household).where(Household.code == present_code(code.strip()))
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("no_such_household", "code", code=code[:64])
    return found


def _refusal(
    session: Session, home: Household, left_on: date | None, now: datetime, years: int
) -> WorkflowError | None:
    """Why the household may not be erased, or not yet."""
    standing = _standing(session, home.id)
    if standing is not None:
        return Conflict("erasure_carried_out" if standing.erased_at else "erasure_proposed", "code", code=home.code)
    if home.status not in GONE:
        return WrongState("erasure_on_register", "code", code=home.code)
    if left_on is None:
        return WrongState("erasure_without_day", "code", code=home.code)
    due = after_years(left_on, years)
    if local_date(now) < due:
        return WrongState("erasure_too_early", "code", code=home.code, day=due.isoformat(), years=years)
    tickets = select(Ticket.id).where(_of(Ticket, home.id), Ticket.ended_at.is_(None))
    lines = select(BulkLine.id).where(BulkLine.household_id == home.id, BulkLine.sealed.is_not(None))
    if session.scalar(tickets.limit(1)) or session.scalar(lines.limit(1)):
        return WrongState("erasure_work_open", "code", code=home.code)
    return None


def _standing(session: Session, household_id: int) -> HouseholdErasure | None:
    query = select(HouseholdErasure).where(HouseholdErasure.household_id == household_id, STANDING_ERASURES.predicate)
    return session.scalars(query).one_or_none()


def _counts(session: Session, household_id: int) -> dict[str, int]:
    """How many rows of each kind an erasure clears or deletes."""
    tickets = select(Ticket.id).where(_of(Ticket, household_id))
    checkups = select(Checkup.id).where(_of(Checkup, household_id))
    pieces = select(func.count()).select_from(Evidence)
    counts = {
        "people": _of(Member, household_id),
        "checkups": _of(Checkup, household_id),
        "findings": _of(Finding, household_id),
        "exits": _of(ExitDossier, household_id),
        "tickets": _of(Ticket, household_id),
    }
    found = {name: session.scalar(select(func.count()).where(where)) or 0 for name, where in counts.items()}
    of_household = or_(Evidence.ticket_id.in_(tickets), Evidence.checkup_id.in_(checkups))
    return found | {"evidence": session.scalar(pieces.where(of_household)) or 0}


def _of(table: Any, household_id: int) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = table.household_id == household_id
    return matches


def _append(session: Session, actor: Actor, now: datetime, action: str, row: HouseholdErasure) -> None:
    code = session.scalar(select(Household.code).where(Household.id == row.household_id))
    given = {"household": row.household_id, "code": code, "left_on": row.left_on.isoformat(), "years": row.years}
    event_log.of(session, COUNTY, actor, now).append(action, given, {"erasure": row.id}, notify=action == "ask_erasure")
