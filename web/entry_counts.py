"""Entry counts: how much waits behind the entries of the navigation, read by one statement a page and capped."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, func, literal, select
from sqlalchemy.orm import Session

from models import Ticket, User
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
    values = {"unit": actor.unit_id, "village": actor.village_id, "user": user_id}
    row = session.execute(_counts(actor.role, actor.unit_id is not None), values).one()
    return EntryCounts(int(row[0]), int(row[1]))


@cache
def _counts(role: str, has_unit: bool) -> Select[int, int]:
    """The statement of a role, whose unit, village and account are values: composing it takes longer than running it."""
    unit: Any = bindparam("unit", type_=Ticket.holder_unit_id.type) if has_unit else None
    village: Any = bindparam("village", type_=Ticket.in_village_id.type)
    here = board_figures.own(Actor(role, None, unit, village))
    waiting = literal(0) if here is None else _up_to(select(Ticket.id).where(here, Ticket.ended_at.is_(None)))
    user: Any = bindparam("user", type_=User.id.type)
    return select(waiting, _up_to(inbox.unread_ids(user)))


def shown_count(number: int) -> str:
    """A count as an entry shows it; empty for none."""
    return f"{MOST}+" if number > MOST else str(number or "")


def _up_to(ids: Select[int]) -> ScalarSelect[int]:
    return select(func.count()).select_from(ids.limit(MOST + 1).subquery()).scalar_subquery()
