"""Row offers: what each ticket of a list offers without being opened: acts on many, and before an endorsement its
photos, cause and destination."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from models import Evidence, Finding, Household, Ticket
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput
from workflow.policy.scheme.model import Text
from workflow.tickets.actions import assignment
from workflow.tickets.actions.action_input import needed
from workflow.tickets.actions.lifecycle import ACTIONS, available_actions
from workflow.tickets.many.acts_on_many import ACTS
from workflow.tickets.visibility import present

#: Photos that a row shows.
MOST_PHOTOS = 4


@dataclass(frozen=True, slots=True)
class RowOffer:
    """The acts on many that a ticket allows now; the rest is filled in only where it may be endorsed.

    `photos`: ids of evidence with a thumbnail, of the ticket and of the checkup that filed it; `pieces`: how many pieces
    there are in all.
    """

    acts: tuple[str, ...]
    cause: Text | None = None
    destination: UnitFact | None = None
    reason: Text | None = None
    photos: tuple[int, ...] = ()
    pieces: int = 0

    @property
    def endorsed_unseen(self) -> bool:
        """Whether it may be endorsed but has nothing to look at: its page must be opened first."""
        return "endorse" in self.acts and not self.pieces


def row_offers(session: Session, actor: Actor, now: datetime, ids: Collection[int]) -> dict[int, RowOffer]:
    """The offers of these tickets by id, of those that the actor reads to the present; three statements at most.

    What an offer overlooks (a wait that has just lapsed, one's own work) the desk refuses.
    """
    if actor.role in ("inspectorate", "admin"):
        return {}
    rows = session.scalars(select(Ticket).where(Ticket.id.in_(ids), present(actor), Ticket.ended_at.is_(None))).all()
    settings = _settings(session, rows)
    acts = {row.id: _acts(actor, row, settings[row.scheme_version_id], now) for row in rows}
    vetted = [row for row in rows if "endorse" in acts[row.id]]
    proof = _proof(session, [row.id for row in vetted])
    labour = _labour(session, vetted)
    offers = {row.id: RowOffer(acts[row.id]) for row in rows}
    for row in vetted:
        setting, pieces = settings[row.scheme_version_id], proof.get(row.id, ())
        to = destination_of(setting, row, labour.get(row.household_id or 0, "unknown"))
        offers[row.id] = RowOffer(
            acts[row.id],
            cause=next((each.name for each in setting.scheme.kind(row.kind).causes if each.code == row.cause), None),
            destination=to.lead if to is not None else None,
            reason=to.routed.reason if to is not None else None,
            photos=tuple(piece for piece, shown in pieces if shown)[:MOST_PHOTOS],
            pieces=len(pieces),
        )
    return offers


def destination(session: Session, setting: CountyContext, ticket: Ticket) -> assignment.Destination | None:
    """Where an endorsement would send this ticket; None where its cause is still needed to say so."""
    return destination_of(setting, ticket, _labour(session, [ticket]).get(ticket.household_id or 0, "unknown"))


def offering(session: Session, actor: Actor, now: datetime, ids: Collection[int], action: str) -> set[int]:
    """Those of these tickets on which the actor may do the action now."""
    rows = session.scalars(select(Ticket).where(Ticket.id.in_(ids), present(actor))).all()
    settings = _settings(session, rows)
    return {row.id for row in rows if action in available_actions(actor, row, settings[row.scheme_version_id], now)}


def _settings(session: Session, rows: Sequence[Ticket]) -> dict[int, CountyContext]:
    """The county under each of the scheme's versions that the tickets were filed under."""
    return {version: county_context(session, version) for version in {row.scheme_version_id for row in rows}}


def destination_of(setting: CountyContext, ticket: Ticket, labour: str) -> assignment.Destination | None:
    """Where an endorsement would send the ticket; None where its cause is still needed to say so."""
    about = assignment.about(setting, ticket)
    labour = ticket.route_labour if ticket.candidate_id is not None else labour
    try:
        return assignment.destination(setting, ticket.kind, ticket.cause, labour, about)
    except BadInput:
        return None


def _acts(actor: Actor, row: Ticket, setting: CountyContext, now: datetime) -> tuple[str, ...]:
    offered = [
        name
        for name in available_actions(actor, row, setting, now)
        if name in ACTS and needed(setting, row, ACTIONS[name]) <= set(ACTS[name])
    ]
    if actor.role != "village" and row.holder_unit_id is not None and actor.unit_id == row.holder_unit_id:
        offered.append("handler")
    return (*offered, "comment")


def _proof(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[int, bool]]]:
    """The evidence of the tickets and of the checkups that filed them: (id, whether it has a thumbnail), by ticket."""
    if not ids:
        return {}
    # Two ways, each along its own index: a join on either would read all evidence.
    on_it = select(Evidence.ticket_id, Evidence.id, Evidence.thumbnail.is_not(None)).where(Evidence.ticket_id.in_(ids))
    at_checkup = (
        select(Ticket.id, Evidence.id, Evidence.thumbnail.is_not(None))
        .join(Finding, Finding.id == Ticket.finding_id)
        .join(Evidence, Evidence.checkup_id == Finding.checkup_id)
        .where(Ticket.id.in_(ids))
    )
    found: dict[int, list[tuple[int, bool]]] = {}
    rows: list[Any] = sorted(session.execute(union_all(on_it, at_checkup)).all(), key=lambda row: row[1])
    for ticket, piece, shown in rows:
        found.setdefault(ticket, []).append((piece, bool(shown)))
    return found


def _labour(session: Session, rows: Sequence[Ticket]) -> dict[int, str]:
    homes = [row.household_id for row in rows if row.household_id is not None]
    query = select(Household.id, Household.labour).where(Household.id.in_(homes))
    return {row[0]: row[1] for row in session.execute(query)} if homes else {}
