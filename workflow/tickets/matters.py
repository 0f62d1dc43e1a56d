"""Matters (事项): bundle open tickets of one village with one cause, such as thirty households at one broken pump.

The responsible unit accepts, resolves and comments once; each household is still confirmed on its own.  Every act goes
through the desk for each ticket, so each keeps its own custody, clock and history.  Tickets are locked by ascending id
and their matter after them, so two such acts cannot deadlock.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from models import LARGEST_ID, Evidence, Matter, Ticket, Village
from models.base import stated
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.inputs import remark_of
from workflow.tickets import desk, participation
from workflow.tickets.attachments import copied
from workflow.tickets.consequences import matter_membership
from workflow.tickets.lookup import find_ticket, id_of
from workflow.tickets.visibility import COUNTY_WIDE, present, sees

#: Actions the responsible unit performs once for all tickets.
ACTS = ("accept", "resolve", "comment")
MOST = 200
_TITLE = 60


def may_bundle(actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor may bundle this ticket: its town, its responsible unit or the office."""
    if actor.role == "office":
        return True
    if actor.role == "town":
        return actor.is_of(ticket.town_id) or actor.is_of(ticket.lead_unit_id)
    return actor.role == "bureau" and actor.is_of(ticket.lead_unit_id)


def open_matter(session: Session, actor: Actor, now: datetime, *, tickets: Collection[str], title: str) -> Matter:
    """Bundle open tickets (by number) of one village, kind and responsible unit.

    Raises NotFound, NotAllowed, WrongState for an ended ticket, BadInput `not_one_matter` naming the one that differs,
    `in_a_matter`, `too_few_tickets`, `too_many_tickets`.
    """
    words = remark_of("title", title)
    if len(words) > _TITLE:
        raise BadInput("too_long", "title", most=_TITLE)
    rows = _locked(session, actor, tickets, least=2)
    first = rows[0]
    _check_alike(rows, first.in_village_id, first.kind, first.lead_unit_id)
    matter = Matter(
        village_id=stated(first.in_village_id),
        kind=first.kind,
        title=words,
        began_at=now,
        began_by_id=actor.account_id,
    )
    session.add(matter)
    session.flush()
    ids = [row.id for row in rows]
    given = {"village": matter.village_id, "kind": matter.kind, "tickets": ids}
    matter_membership.record(session, actor, matter, "open_matter", now, given, {"title": words})
    for row in rows:
        matter_membership.join(session, actor, row, matter.id, now)
    return matter


def join(session: Session, actor: Actor, now: datetime, matter: int, *, tickets: Collection[str]) -> Matter:
    """Add tickets to an open matter.  Raises as `open_matter` does."""
    known = find_matter(session, actor, matter)
    rows = _locked(session, actor, tickets, least=1)
    row = matter_membership.lock(session, known.id)
    lead = session.scalar(
        select(Ticket.lead_unit_id).where(Ticket.matter_id == matter, Ticket.ended_at.is_(None)).limit(1)
    )
    if row.ended_at is not None or lead is None:
        raise WrongState("matter_ended")
    _check_alike(rows, row.village_id, row.kind, lead)
    for ticket in rows:
        matter_membership.join(session, actor, ticket, row.id, now)
    matter_membership.record(session, actor, row, "join_matter", now, {"tickets": [ticket.id for ticket in rows]})
    return row


def split(session: Session, actor: Actor, now: datetime, matter: int, *, ticket: str) -> Matter:
    """Remove an open ticket from its matter; its custody and clock stay as they are.

    Removing the last one ends the matter.  Raises NotFound, NotAllowed, WrongState.
    """
    find_matter(session, actor, matter)
    known = find_ticket(session, actor, ticket)
    locked = desk.lock(session, known.id)
    if locked is None or locked.matter_id != matter:
        raise BadInput("not_in_this_matter", "ticket", number=ticket)
    _bundled_by(actor, locked)
    row = matter_membership.lock(session, matter)
    matter_membership.leave(session, actor, locked, now)
    matter_membership.record(session, actor, row, "split_matter", now, {"tickets": [locked.id]})
    matter_membership.settle(session, actor, row, now, now)
    return row


def act(
    session: Session,
    actor: Actor,
    now: datetime,
    matter: int,
    action: str,
    versions: Mapping[str, int],
    *,
    evidence: Iterable[int] = (),
    **given: Any,
) -> list[Ticket]:
    """Accept, resolve or comment on tickets of a matter together: all of them or none.

    `versions` names the tickets by number with the version the caller saw; `evidence` are pieces of the actor's unit on
    any ticket of the matter, and each ticket gets a row of its own for the same bytes.  Raises as the desk does; the
    error's `params["ticket"]` names the ticket at which it stopped.
    """
    if action not in ACTS:
        raise NotFound("no_such_action", action=action[:40])
    find_matter(session, actor, matter)
    if not versions:
        raise BadInput("missing", "tickets")
    pieces = _pieces(session, actor, matter, evidence)
    moved = []
    for number in sorted(versions, key=lambda number: (id_of(number) or 0, number)):
        try:
            ticket = desk.lock(session, find_ticket(session, actor, number).id)
            if ticket is None or ticket.matter_id != matter:
                raise BadInput("not_in_this_matter", "ticket", number=number)
            if action == "comment":
                moved.append(participation.comment(session, actor, ticket, given.get("note", ""), now))
                continue
            own: dict[str, Any] = (
                {"evidence": [copied(session, actor, ticket, piece, now).id for piece in pieces]} if pieces else {}
            )
            moved.append(desk.perform(session, actor, ticket.id, action, now, version=versions[number], **given, **own))
        except WorkflowError as error:
            error.params["ticket"] = number
            raise
    row = matter_membership.lock(session, matter)
    matter_membership.record(session, actor, row, action, now, {"tickets": [ticket.id for ticket in moved]})
    return moved


def seen(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `Matter` row is visible: in the actor's own area, or through a ticket read to the
    present."""
    if actor.role in COUNTY_WIDE:
        return true()
    if actor.role == "village":
        return actor.own_village(Matter.village_id)
    mine = Matter.id.in_(select(Ticket.matter_id).where(Ticket.matter_id.is_not(None), present(actor)))
    if actor.role != "town":
        return mine
    own = select(Village.id).where(Village.town_id == actor.unit_id)
    return or_(Matter.village_id.in_(own), mine)


def find_matter(session: Session, actor: Actor, matter: int) -> Matter:
    """The matter, if the actor sees a ticket of it or its village.  Raises NotFound."""
    row = session.scalars(select(Matter).where(Matter.id == matter, seen(actor))).one_or_none()
    if row is None:
        raise NotFound("no_such_matter")
    return row


def _locked(session: Session, actor: Actor, numbers: Collection[str], least: int) -> list[Ticket]:
    """The tickets, locked by ascending id, each open, in no matter, and allowed to the actor."""
    wanted = sorted({find_ticket(session, actor, number).id for number in set(numbers)})
    if len(wanted) < least:
        raise BadInput("too_few_tickets", "tickets", least=least)
    if len(wanted) > MOST:
        raise BadInput("too_many_tickets", "tickets", most=MOST)
    rows = []
    for ticket_id in wanted:
        row = desk.lock(session, ticket_id)
        if row is None or not sees(actor, row, session):
            raise NotFound("no_such_ticket")
        _bundled_by(actor, row)
        if row.matter_id is not None:
            raise BadInput("in_a_matter", "tickets", number=row.number)
        rows.append(row)
    return rows


def _bundled_by(actor: Actor, row: Ticket) -> None:
    if not may_bundle(actor, row):
        raise NotAllowed("may_not_bundle")
    if row.ended_at is not None:
        raise WrongState("ticket_ended", state=row.state)


def _check_alike(rows: list[Ticket], village: int | None, kind: str, lead: int | None) -> None:
    for row in rows:
        same = (row.in_village_id, row.kind, row.lead_unit_id) == (village, kind, lead)
        # A candidate has a verdict of its own, and evidence that is erased with it.
        if not same or village is None or lead is None or row.candidate_id is not None:
            raise BadInput("not_one_matter", "tickets", number=row.number)


def _pieces(session: Session, actor: Actor, matter: int, ids: Iterable[int]) -> list[Evidence]:
    """The pieces with these ids that the actor's unit attached to tickets of the matter; the same bytes once."""
    wanted = set(ids)
    for number in sorted(wanted):
        if not 0 < number <= LARGEST_ID:
            raise BadInput("evidence_unknown", "evidence", id=str(number)[:20])
    query = (
        select(Evidence)
        .join(Ticket, Ticket.id == Evidence.ticket_id)
        .where(Evidence.id.in_(wanted), Ticket.matter_id == matter)
        .order_by(Evidence.id)
    )
    rows = list(session.scalars(query))
    for number in sorted(wanted - {row.id for row in rows}):
        raise BadInput("evidence_unknown", "evidence", id=number)
    for row in rows:
        if not actor.is_of(row.unit_id):
            raise BadInput("evidence_of_another_unit", "evidence", id=row.id)
    return list({row.sha256: row for row in reversed(rows)}.values())[::-1]
