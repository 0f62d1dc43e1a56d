"""Entry counts: how much waits behind the entries of the navigation, read by one statement a page and capped."""

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, func, literal, select
from sqlalchemy.orm import Session

from models import Ticket
from notifications import inbox
from workflow.actors import Actor
from workflow.boards import board_figures

#: A count is read up to here; above MOST it is shown as "99+".
MOST = 99


@dataclass(frozen=True, slots=True)
class EntryCounts:
    """The tickets waiting for the reader's unit or village, and the reader's unread messages; each at most MOST + 1."""

    waiting: int
    unread: int


def entry_counts(session: Session, actor: Actor, user_id: int) -> EntryCounts:
    """The counts of a reader's navigation."""
    here = board_figures.own(actor)
    waiting = literal(0) if here is None else _up_to(select(Ticket.id).where(here, Ticket.ended_at.is_(None)))
    row = session.execute(select(waiting, _up_to(inbox.unread_ids(user_id)))).one()
    return EntryCounts(int(row[0]), int(row[1]))


def shown_count(number: int) -> str:
    """A count as an entry shows it; empty for none."""
    return f"{MOST}+" if number > MOST else str(number or "")


def _up_to(ids: Select[int]) -> ScalarSelect[int]:
    return select(func.count()).select_from(ids.limit(MOST + 1).subquery()).scalar_subquery()
