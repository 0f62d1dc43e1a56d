"""Ticket detail: one ticket as an actor may see it (facts, custodies, evidence, rungs, actions, history).

A former holder reads up to its own exit and sees nothing later, not even the present holder.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import (
    Candidate,
    Escalation,
    Evidence,
    Household,
    Party,
    RungAnswer,
    Ticket,
    TimeRequest,
    User,
    Village,
)
from models.custody import FIRST_PAPER
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.policy.scheme.model import Text
from workflow.redaction import masked
from workflow.tickets import photo_reuse
from workflow.tickets.actions.lifecycle import Circumstances, available_actions
from workflow.tickets.actions.own_hand import did
from workflow.tickets.filing import Filed
from workflow.tickets.lookup import find_ticket
from workflow.tickets.name_veil import Veil, unveiled, veil
from workflow.tickets.photo_reuse import Reused
from workflow.tickets.views import as_of, request_views
from workflow.tickets.views.custody_lines import CustodyLine, CustodyPeople, custody_line, custody_lines
from workflow.tickets.visibility import cut_at, masks_names, only_checks

# Asked with every act and every page of a ticket, so composed once.
_PIECES = select(Evidence).where(Evidence.ticket_id == bindparam("ticket")).order_by(Evidence.id)
_REACHED = select(Escalation).where(Escalation.ticket_id == bindparam("ticket")).order_by(Escalation.id)
_ASSISTING = (
    select(Party.unit_id)
    .where(Party.ticket_id == bindparam("ticket"), Party.standing == "assisting")
    .order_by(Party.id)
)


@dataclass(frozen=True, slots=True)
class EscalationLine:
    """One reached rung."""

    unit: UnitFact
    stage: str
    rung: int
    due_at: datetime
    detected_at: datetime
    status: str
    paper: str | None
    id: int
    answered_at: datetime | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class TicketView:
    """The content of a ticket's page."""

    ticket: Ticket
    number: str
    setting: CountyContext
    state: str
    owner: UnitFact | None
    due_at: datetime | None
    overdue: bool
    rung: int
    reason: Text | None
    household_code: str | None
    head_name: str | None
    village: str | None
    town: str | None
    #: The unit that the deficiency was found at.
    subject_unit: UnitFact | None
    filed_by: str | None
    lead: UnitFact | None
    confirmer: UnitFact | None
    relapse_of: str | None
    custodies: list[CustodyLine]
    evidence: list[Evidence]
    #: Photo reuse by id of the evidence; None for readers who may not see it.
    reused: dict[int, Reused] | None
    #: Whether names and places of people are masked for this reader.
    masked: bool
    #: Whether it is visible for a spot check alone.
    checks: bool
    escalations: list[EscalationLine]
    assisting: list[UnitFact]
    #: Requests for time, the latest first; a former holder sees those of its own custody.
    requests: list[TimeRequest]
    actions: tuple[str, ...]
    cut_at: datetime | None
    veil: Veil

    @property
    def recorded(self) -> bool:
        """Whether the rung reached is recorded without a paper, since the leading group holds the ticket."""
        return self.owner is not None and self.rung >= FIRST_PAPER and not self.setting.accountable(self.owner.id)


def ticket_view(session: Session, actor: Actor, number: str, now: datetime) -> TicketView:
    """The ticket with this number as the actor may see it.  Raises NotFound."""
    return view_of(session, actor, find_ticket(session, actor, number), now)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A ticket as it was when the actor last held it (`cut`), or as it is, with what its view begins from."""

    ticket: Ticket
    setting: CountyContext
    cut: datetime | None
    strip: list[CustodyLine]
    assisting: list[UnitFact]
    household: Household | None
    village: Village | None


def _of_filed(new: Filed) -> _Shown:
    strip = [custody_line(new.setting, new.run.custody, CustodyPeople(), None)]
    return _Shown(new.ticket, new.setting, None, strip, [], new.subject.household, new.subject.in_village)


def _of_stored(session: Session, actor: Actor, ticket: Ticket, now: datetime) -> _Shown:
    setting = county_context(session, ticket.scheme_version_id)
    cut = cut_at(actor, ticket, session)
    strip = custody_lines(session, setting, ticket, cut, now)
    if cut is not None:
        was = as_of.tickets_as_of(session, {ticket.id: cut})[ticket.id]
        ticket, assisting = was.ticket, [unit for unit in setting.units.values() if unit.code in was.assisting]
    else:
        assisting = _assisting(session, setting, ticket)
    household = session.get(Household, ticket.household_id) if ticket.household_id else None
    village = session.get(Village, ticket.in_village_id) if ticket.in_village_id else None
    return _Shown(ticket, setting, cut, strip, assisting, household, village)


def view_of(session: Session, actor: Actor, ticket: Ticket | Filed, now: datetime) -> TicketView:
    """The view of a ticket the actor may see.  For one filed in this transaction nothing is queried that is known or cannot
    exist yet."""
    new = isinstance(ticket, Filed)
    shown = _of_filed(ticket) if isinstance(ticket, Filed) else _of_stored(session, actor, ticket, now)
    ticket, setting, cut, strip = shown.ticket, shown.setting, shown.cut, shown.strip
    household, village, here = shown.household, shown.village, shown.cut is None
    earlier = session.get(Ticket, ticket.relapse_of_id) if ticket.relapse_of_id else None
    checks = not new and only_checks(actor, ticket, session)
    hide = masks_names(actor, cut is not None or checks)
    asked = [] if new or not here else list(request_views.requests_of(session, ticket.id))
    pieces = [] if new else _evidence(session, ticket, cut)

    def unit(unit_id: int | None) -> UnitFact | None:
        return setting.unit(unit_id) if unit_id is not None and here else None

    return TicketView(
        ticket=ticket,
        number=ticket.number,
        setting=setting,
        state=ticket.state,
        owner=unit(ticket.holder_unit_id),
        due_at=ticket.due_at if here else None,
        overdue=here and ticket.due_at is not None and ticket.due_at < now,
        rung=strip[-1].rung if here and strip[-1].ended_at is None else 0,
        reason=route_reason(setting, ticket),
        household_code=household.code if household else None,
        head_name=_head(session, ticket, household, hide),
        village=village.name if village else None,
        town=setting.unit(ticket.town_id).name if ticket.town_id else None,
        subject_unit=setting.unit(ticket.subject_unit_id) if ticket.subject_unit_id else None,
        filed_by=_filer(session, actor, ticket),
        lead=unit(ticket.lead_unit_id),
        confirmer=unit(ticket.confirmer_unit_id),
        relapse_of=earlier.number if earlier else None,
        custodies=strip,
        evidence=pieces,
        reused=photo_reuse.reused(session, actor, pieces) if photo_reuse.may_know(actor, ticket) else None,
        masked=hide,
        checks=checks,
        escalations=[] if new else _rungs(session, setting, ticket, cut),
        assisting=shown.assisting,
        requests=asked,
        actions=available_actions(
            actor, ticket, setting, now, _circumstances(session, actor, ticket, strip[-1], asked, household)
        )
        if here
        else (),
        cut_at=cut,
        veil=veil(session, [ticket]) if hide else unveiled,
    )


def _head(session: Session, ticket: Ticket, household: Household | None, hide: bool) -> str | None:
    """The name of the household's head, or of that of a family that is not registered; None once it is erased."""
    family: Household | Candidate | None = household
    if ticket.candidate_id is not None:
        family = session.get_one(Candidate, ticket.candidate_id)
    if family is None or not family.head_name:
        return None
    return masked(family.head_name) if hide else family.head_name


def _circumstances(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    line: CustodyLine,
    asked: list[TimeRequest],
    household: Household | None,
) -> Circumstances:
    return Circumstances(
        lapses_at=line.lapses_at,
        mends_until=line.mends_until,
        asked=any(row.status == "waiting" and row.kind == "extension" for row in asked),
        cleared=household is not None and household.gone,
        own_work=ticket.state == "resolved" and did(session, actor, ticket.id, "resolve"),
    )


def file_name(session: Session, actor: Actor, piece: Evidence) -> str:
    """The file name of a piece of evidence for this actor, with names masked as elsewhere."""
    ticket = session.get(Ticket, piece.ticket_id) if piece.ticket_id is not None else None
    hides = masks_names(
        actor,
        ticket is not None and (cut_at(actor, ticket, session) is not None or only_checks(actor, ticket, session)),
    )
    if not hides:
        return piece.filename
    return veil(session, [ticket])(piece.filename) if ticket else str(piece.id)


def _filer(session: Session, actor: Actor, ticket: Ticket) -> str | None:
    if ticket.filed_by_id == actor.user_id and actor.name:
        return actor.name
    filer = session.get(User, ticket.filed_by_id) if ticket.filed_by_id else None
    return filer.display_name if filer else None


def _evidence(session: Session, ticket: Ticket, cut: datetime | None) -> list[Evidence]:
    return _until(session.scalars(_PIECES, {"ticket": ticket.id}), cut, "uploaded_at")


def _rungs(session: Session, setting: CountyContext, ticket: Ticket, cut: datetime | None) -> list[EscalationLine]:
    rungs = _until(session.scalars(_REACHED, {"ticket": ticket.id}), cut, "detected_at")
    if not rungs:
        return []
    given = session.scalars(select(RungAnswer).where(RungAnswer.ticket_id == ticket.id))
    answers = {row.escalation_id: row for row in _until(given, cut, "at")}
    return [_rung(setting.unit(row.unit_id), row, answers.get(row.id)) for row in rungs]


def _rung(unit: UnitFact, row: Escalation, said: RungAnswer | None) -> EscalationLine:
    stands = (row.status, row.paper) if said is None else ("issued" if said.issued else "declined", said.paper)
    return EscalationLine(
        unit,
        row.stage,
        row.rung,
        row.due_at,
        row.detected_at,
        *stands,
        row.id,
        said.at if said else None,
        said.reason if said else None,
    )


def _assisting(session: Session, setting: CountyContext, ticket: Ticket) -> list[UnitFact]:
    return [setting.unit(unit) for unit in session.scalars(_ASSISTING, {"ticket": ticket.id})]


def _until(rows: Any, cut: datetime | None, name: str) -> list[Any]:
    return [row for row in rows if cut is None or getattr(row, name) <= cut]


def route_reason(setting: CountyContext, ticket: Ticket) -> Text | None:
    """The reason of the ticket's route; None after a ruling or before dispatch."""
    routes = setting.scheme.kind(ticket.kind).routes if ticket.type == "deficiency" else ()
    return next((route.reason for route in routes if route.code == ticket.route), None)
