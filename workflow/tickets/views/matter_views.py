"""Matter views: a matter with its tickets and possible actions, the open matters, and tickets that could be bundled."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Evidence, Matter, Ticket, Unit, Village
from workflow.actors import Actor
from workflow.county.context import UnitFact, county_context
from workflow.paging import Page, cursor_of, read_cursor
from workflow.tickets.actions.lifecycle import available_actions
from workflow.tickets.matters import ACTS, find_matter, may_bundle, seen
from workflow.tickets.name_veil import Veil, unveiled, veil
from workflow.tickets.views import listing
from workflow.tickets.views.line import TicketLine
from workflow.tickets.visibility import masks_names, visible


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One matter in a list; `open` and `all` count the tickets visible to the reader."""

    id: int
    title: str
    kind: str
    village: str
    town: str
    open: int
    all: int
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MatterView:
    """One matter: its tickets, the tickets each action is possible for, and those that could join."""

    line: MatterLine
    lead: UnitFact | None
    tickets: list[TicketLine]
    acts: dict[str, list[TicketLine]]
    splits: set[int]
    evidence: list[Evidence]
    candidates: list[TicketLine]
    veil: Veil


def list_matters(session: Session, actor: Actor, cursor: str | None = None, limit: int = 30) -> Page[MatterLine]:
    """Open matters the actor may see, the newest first."""
    query = select(Matter).where(seen(actor), Matter.ended_at.is_(None)).order_by(Matter.id.desc())
    if cursor is not None:
        query = query.where(Matter.id < read_cursor(cursor, int)[0])
    rows = list(session.scalars(query.limit(limit + 1)))
    items = _matter_lines(session, actor, rows[:limit])
    return Page(items, cursor_of([items[-1].id]) if len(rows) > limit else None)


def matter_view(session: Session, actor: Actor, matter: int, now: datetime) -> MatterView:
    """A matter as the actor may see it.  Raises NotFound."""
    row = find_matter(session, actor, matter)
    tickets = listing.lines(session, actor, now, Ticket.matter_id == matter)
    rows = {t.id: t for t in session.scalars(select(Ticket).where(Ticket.matter_id == matter, visible(actor)))}
    places = {t.scheme_version_id: county_context(session, t.scheme_version_id) for t in rows.values()}
    actions = {t.id: available_actions(actor, t, places[t.scheme_version_id], now) for t in rows.values()}
    open_ones = [line for line in tickets if line.ended_at is None]
    able: dict[str, list[TicketLine]] = {name: [t for t in open_ones if name in actions[t.id]] for name in ACTS}
    able["comment"] = [t for t in open_ones if may_bundle(actor, rows[t.id])]
    lead = next((rows[t.id].lead_unit_id for t in (*open_ones, *tickets)), None)
    mine = select(Evidence).where(Evidence.ticket_id.in_(rows), Evidence.unit_id == actor.unit_id)
    return MatterView(
        line=_matter_lines(session, actor, [row])[0],
        lead=county_context(session).units.get(lead) if lead else None,
        tickets=tickets,
        acts={name: lines for name, lines in able.items() if lines},
        splits={t.id for t in open_ones if may_bundle(actor, rows[t.id])},
        evidence=list({piece.sha256: piece for piece in session.scalars(mine.order_by(Evidence.id))}.values()),
        candidates=_free(session, actor, now, row.village_id, row.kind, lead) if row.ended_at is None else [],
        veil=_veil(session, actor, list(rows.values())),
    )


def beside(session: Session, actor: Actor, ticket: Ticket, now: datetime) -> list[TicketLine]:
    """The open tickets this one could be bundled with, including itself; empty where the actor may not."""
    if ticket.matter_id is not None or ticket.ended_at is not None or not may_bundle(actor, ticket):
        return []
    if ticket.in_village_id is None or ticket.lead_unit_id is None:
        return []
    return _free(session, actor, now, ticket.in_village_id, ticket.kind, ticket.lead_unit_id)


def title_of(session: Session, actor: Actor, ticket: Ticket) -> str | None:
    """The title of the ticket's matter, with names masked as elsewhere; None for a ticket in no matter."""
    matter = session.get(Matter, ticket.matter_id) if ticket.matter_id is not None else None
    return _matter_lines(session, actor, [matter])[0].title if matter else None


def _free(session: Session, actor: Actor, now: datetime, village: int, kind: str, lead: int | None) -> list[TicketLine]:
    mine = actor.role == "office" or actor.role == "town" or (actor.role == "bureau" and actor.unit_id == lead)
    if not mine or lead is None:
        return []
    return listing.lines(
        session,
        actor,
        now,
        Ticket.in_village_id == village,
        Ticket.kind == kind,
        Ticket.lead_unit_id == lead,
        Ticket.ended_at.is_(None),
        Ticket.matter_id.is_(None),
    )


def _matter_lines(session: Session, actor: Actor, rows: list[Matter]) -> list[MatterLine]:
    ids = [row.id for row in rows]
    is_open = func.count().filter(Ticket.ended_at.is_(None))
    counts = {
        matter: (open_, all_)
        for matter, open_, all_ in session.execute(
            select(Ticket.matter_id, is_open, func.count())
            .where(Ticket.matter_id.in_(ids), visible(actor))
            .group_by(Ticket.matter_id)
        )
    }
    places = {
        village: (name, town)
        for village, name, town in session.execute(
            select(Village.id, Village.name, Unit.name)
            .join(Unit, Unit.id == Village.town_id)
            .where(Village.id.in_([row.village_id for row in rows]))
        )
    }
    show: Veil = unveiled
    if masks_names(actor):
        show = _veil(session, actor, list(session.scalars(select(Ticket).where(Ticket.matter_id.in_(ids)))))
    return [
        MatterLine(
            row.id,
            show(row.title),
            row.kind,
            *places[row.village_id],
            *counts.get(row.id, (0, 0)),
            row.began_at,
            row.ended_at,
        )
        for row in rows
    ]


def _veil(session: Session, actor: Actor, tickets: list[Ticket]) -> Veil:
    return veil(session, tickets) if masks_names(actor) else unveiled
