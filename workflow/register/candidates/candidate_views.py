"""Candidate views: a family that is not registered as a reader of its ticket sees it, and the list of those in sight."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import Candidate, CandidatePerson, Household, Ticket, Village
from models.candidate import VERDICTS
from workflow.actors import Actor
from workflow.errors import BadInput, NotFound
from workflow.paging import MOST, Page, cursor_of, read_cursor
from workflow.redaction import masked
from workflow.register.access import visible_area
from workflow.tickets.consequences.candidate_verdicts import people_of
from workflow.tickets.lookup import find_ticket
from workflow.tickets.visibility import cut_at, masks_names, present, sees

#: The states of the list: being verified, or a verdict.
STATES = ("open", *VERDICTS)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person; the ID number only masked."""

    name: str
    relation: str
    id_masked: str | None
    sex: str | None
    born_on: date | None
    labour: str


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A candidate with its ticket; without people and words for a former holder, and once its personal data is erased.

    `household`: the code of the household it became, where the reader sees it; `may_consent`: the reader may record the
    family's consent.
    """

    row: Candidate
    ticket: Ticket
    village: str
    head_name: str | None
    address: str
    consent_by: str
    people: list[PersonLine]
    household: str | None
    may_consent: bool

    @property
    def state(self) -> str:
        return self.row.verdict or "open"


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One line of the list of candidates."""

    number: str
    head_name: str | None
    village: str
    town_id: int | None
    source: str
    state: str
    ticket_state: str
    reported_at: datetime
    due_at: datetime | None
    household: str | None
    erase_at: datetime | None
    erased_at: datetime | None


def candidate_view(session: Session, actor: Actor, number: str) -> CandidateView:
    """The candidate of the ticket with this number.  Raises NotFound, also for a ticket of another subject."""
    view = of_ticket(session, actor, find_ticket(session, actor, number))
    if view is None:
        raise NotFound("no_such_candidate")
    return view


def of_ticket(session: Session, actor: Actor, ticket: Ticket) -> CandidateView | None:
    """The candidate of a ticket that the actor sees; None for a ticket of another subject."""
    if ticket.candidate_id is None:
        return None
    row = session.get_one(Candidate, ticket.candidate_id)
    former = cut_at(actor, ticket, session) is not None
    hide = masks_names(actor, former)
    village = session.get_one(Village, ticket.in_village_id).name
    people = [] if former else [_person(each, hide) for each in people_of(session, row.id)]
    home = select(Household.code).where(Household.id == row.household_id, visible_area(actor))
    return CandidateView(
        row=row,
        ticket=ticket,
        village=village,
        head_name=_shown(row.head_name, hide),
        address="" if hide else row.address,
        consent_by=_shown(row.consent_by, hide) or "",
        people=people,
        household=session.scalar(home) if row.household_id is not None else None,
        may_consent=row.verdict is None and not former and actor.role in ("village", "town", "bureau", "office"),
    )


def list_candidates(
    session: Session, actor: Actor, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[CandidateLine]:
    """The candidates whose tickets the actor sees to the present, the latest first.  Raises BadInput."""
    if state is not None and state not in STATES:
        raise BadInput("unknown_choice", "state")
    limit = max(1, min(limit, MOST))
    wanted: list[ColumnElement[bool]] = [present(actor)]
    if state is not None:
        wanted.append(Candidate.verdict.is_(None) if state == "open" else Candidate.verdict == state)
    if cursor is not None:
        wanted.append(Ticket.id < read_cursor(cursor, int)[0])
    rows = session.execute(
        select(Ticket, Candidate, Village.name, Household.code)
        .join(Candidate, Candidate.id == Ticket.candidate_id)
        .join(Village, Village.id == Ticket.in_village_id)
        .outerjoin(Household, (Household.id == Candidate.household_id) & visible_area(actor))
        .where(*wanted)
        .order_by(Ticket.id.desc())
        .limit(limit + 1)
    ).all()
    lines = [_line(masks_names(actor), *row) for row in rows[:limit]]
    return Page(lines, cursor_of([rows[limit - 1][0].id]) if len(rows) > limit else None)


def open_count(session: Session, actor: Actor) -> int:
    """How many candidates in sight are being verified."""
    query = select(func.count()).select_from(Ticket).join(Candidate, Candidate.id == Ticket.candidate_id)
    return session.scalar(query.where(present(actor), Candidate.verdict.is_(None))) or 0


def entered_by(session: Session, actor: Actor, household_id: int) -> tuple[datetime, str] | None:
    """When a household that was a candidate was registered, and the number of its ticket (empty where the actor does not see
    it); None for a household that came otherwise."""
    query = select(Ticket).join(Candidate, Candidate.id == Ticket.candidate_id)
    ticket = session.scalars(query.where(Candidate.household_id == household_id)).one_or_none()
    if ticket is None or ticket.ended_at is None:
        return None
    return ticket.ended_at, ticket.number if sees(actor, ticket, session) else ""


def _line(hide: bool, ticket: Ticket, row: Candidate, village: str, code: str | None) -> CandidateLine:
    return CandidateLine(
        number=ticket.number,
        head_name=_shown(row.head_name, hide),
        village=village,
        town_id=ticket.town_id,
        source=ticket.source,
        state=row.verdict or "open",
        ticket_state=ticket.state,
        reported_at=ticket.filed_at,
        due_at=ticket.due_at,
        household=code,
        erase_at=row.erase_at,
        erased_at=row.erased_at,
    )


def _person(row: CandidatePerson, hide: bool) -> PersonLine:
    return PersonLine(
        name=masked(row.name) if hide else row.name,
        relation=row.relation,
        id_masked=row.id_masked,
        sex=row.sex,
        born_on=None if hide else row.born_on,
        labour=row.labour,
    )


def _shown(name: str, hide: bool) -> str | None:
    return (masked(name) if hide else name) or None
