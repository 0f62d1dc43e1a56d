"""Ticket line: a line of a list, and the one statement that reads it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased, load_only

from models import Candidate, Custody, Household, Tenure, Ticket, Unit, User, Village
from models.custody import FIRST_PAPER
from workflow.actors import Actor
from workflow.redaction import masked
from workflow.tickets.visibility import masks_names


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One line of the list."""

    id: int
    number: str
    state: str
    kind: str
    cause: str
    urgent: bool
    household_code: str | None
    head_name: str | None
    village: str | None
    town: str | None
    owner: str | None
    owner_en: str | None
    owner_code: str | None
    due_at: datetime | None
    ended_at: datetime | None
    rung: int
    version: int
    filed_at: datetime
    overdue: bool
    #: Whether the rung is recorded without a paper, since the leading group holds the ticket.
    recorded: bool = False
    #: Up to when a former holder reads it; None for reading to the present.
    cut_at: datetime | None = None
    #: The period of a duty.
    period: str | None = None
    #: The unit that a deficiency was found at, in both languages.
    subject_unit: str | None = None
    subject_unit_en: str | None = None
    #: The name of the handler in the present custody.
    handler: str | None = None
    #: Whether the handler's account was closed.
    handler_closed: bool = False
    source: str = ""
    holder_id: int | None = None
    town_id: int | None = None
    handler_id: int | None = None


TOWN, _HOLDER, SUBJECT_UNIT = aliased(Unit), aliased(Unit), aliased(Unit)
#: The head of the household, or of the family that is not registered; none once that is erased.
HEAD_NAME = func.coalesce(Household.head_name, func.nullif(Candidate.head_name, ""))
#: The columns a list shows and no more: loading fifty whole tickets is most of the cost of a page.
LINES: Select[*tuple[Any, ...]] = (
    select(
        Ticket,
        Household.code,
        HEAD_NAME,
        Village.name,
        TOWN.name,
        _HOLDER.name,
        _HOLDER.name_en,
        _HOLDER.code,
        _HOLDER.type,
        SUBJECT_UNIT.name,
        SUBJECT_UNIT.name_en,
        Tenure.rung,
        Tenure.accept_rung,
        Custody.stage,
        Custody.handler_id,
        User.display_name,
        User.active,
    )
    .outerjoin(Household, Household.id == Ticket.household_id)
    .outerjoin(Candidate, Candidate.id == Ticket.candidate_id)
    .outerjoin(Village, Village.id == Ticket.in_village_id)
    .outerjoin(TOWN, TOWN.id == Ticket.town_id)
    .outerjoin(_HOLDER, _HOLDER.id == Ticket.holder_unit_id)
    .outerjoin(SUBJECT_UNIT, SUBJECT_UNIT.id == Ticket.subject_unit_id)
    .outerjoin(Custody, and_(Custody.ticket_id == Ticket.id, Custody.ended_at.is_(None)))
    .outerjoin(Tenure, Tenure.id == Custody.tenure_id)
    .outerjoin(User, User.id == Custody.handler_id)
    .options(
        load_only(
            Ticket.state,
            Ticket.kind,
            Ticket.cause,
            Ticket.urgent,
            Ticket.due_at,
            Ticket.ended_at,
            Ticket.version,
            Ticket.filed_at,
            Ticket.period,
            Ticket.source,
            Ticket.holder_unit_id,
            Ticket.town_id,
            raiseload=True,
        )
    )
)


def line_of(actor: Actor, now: datetime, row: Any) -> TicketLine:
    """A row of LINES as the actor may read it."""
    (t, code, head, village, town, owner, owner_en, owner_code, held_by, about, about_en) = row[:11]
    rung, accept_rung, stage, handler_id, handler, active = row[11:]
    reached = (accept_rung if stage == "accept" else rung) or 0
    return TicketLine(
        id=t.id,
        number=t.number,
        state=t.state,
        kind=t.kind,
        cause=t.cause,
        urgent=t.urgent,
        household_code=code,
        head_name=masked(head) if head and masks_names(actor) else head,
        village=village,
        town=town,
        owner=owner,
        owner_en=owner_en,
        owner_code=owner_code,
        due_at=t.due_at,
        ended_at=t.ended_at,
        rung=reached,
        recorded=held_by == "leaders" and reached >= FIRST_PAPER,
        version=t.version,
        filed_at=t.filed_at,
        overdue=t.due_at is not None and t.due_at < now,
        period=t.period,
        subject_unit=about,
        subject_unit_en=about_en,
        handler=handler,
        handler_closed=active is False,
        source=t.source,
        holder_id=t.holder_unit_id,
        town_id=t.town_id,
        handler_id=handler_id,
    )
