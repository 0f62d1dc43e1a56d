"""List exports: whole lists page by page, within the actor's sight and masked as on pages; each an event."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Literal, TypeVar

from sqlalchemy.orm import Session

from workflow.actors import Actor
from workflow.errors import NotAllowed
from workflow.history import event_log
from workflow.history.grounds import Ground
from workflow.history.trail_search import TrailSearch
from workflow.paging import MOST, Page
from workflow.redaction import without_numbers
from workflow.register.candidates.candidate_views import CandidateLine, list_candidates
from workflow.register.household_listing import HouseholdLine, Wanted, search_households
from workflow.tickets.views.line import TicketLine
from workflow.tickets.views.listing import Filters, list_tickets

#: What is handed over as a file, as the trail records it.
Exported = Literal[
    "households",
    "tickets",
    "candidates",
    "register",
    "refused",
    "report",
    "ledger",
    "household_file",
    "sheet",
    "formula",
    "draft",
    "trail",
    "paper",
    "dossier",
]
T = TypeVar("T")


def tickets(session: Session, actor: Actor, now: datetime, filters: Filters) -> Iterator[TicketLine]:
    """All tickets of the list that the page shows under these filters."""
    return _all(lambda cursor: list_tickets(session, actor, now, filters, cursor, MOST))


def households(session: Session, actor: Actor, wanted: Wanted) -> Iterator[HouseholdLine]:
    """All households of the list that the page shows under these filters."""
    return _all(lambda cursor: search_households(session, actor, wanted, cursor, MOST))


def candidates(session: Session, actor: Actor, state: str | None) -> Iterator[CandidateLine]:
    """All families that are not registered which the page lists in this state."""
    return _all(lambda cursor: list_candidates(session, actor, state, cursor, MOST))


def _all(page_at: Callable[[str | None], Page[T]]) -> Iterator[T]:
    cursor = None
    while True:
        page = page_at(cursor)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


def may_export(actor: Actor) -> None:
    """Raises NotAllowed for the administrator, who sees no county business."""
    if actor.role == "admin":
        raise NotAllowed("may_not_export")


def record(
    session: Session,
    actor: Actor,
    now: datetime,
    what: Exported,
    rows: int,
    why: Ground,
    filters: Filters | Wanted | TrailSearch | None = None,
) -> None:
    """The event of an export on the person's own chain (a command's: the county's), with its ground; the search text may be a
    name, so it is private, as are the words of a ground."""
    asked = asdict(filters) if filters is not None else {}
    asked["note"] = why.words
    chain = ("user", actor.user_id) if actor.user_id is not None else event_log.COUNTY
    event_log.of(session, chain, actor, now).append(
        "export",
        {"list": what, "rows": rows, "ground": why.code},
        private={name: without_numbers(str(value)) for name, value in asked.items() if value} or None,
        notify=False,
    )
