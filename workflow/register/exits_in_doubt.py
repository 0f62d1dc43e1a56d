"""Exits in doubt: exited households with open tickets about their haves (notice item 17: no 错退).

Tickets may be filed for an exited household as for any other.  A report is a claim, and an exit rests on a visit, so a
ticket does not change the status; only a visit that finds the have unmet puts the household back.  Until then it is in
doubt, and listed for those who must visit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Ticket, Unit, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.paging import MOST
from workflow.policy.worktime import local_date
from workflow.redaction import masked
from workflow.register.access import visible_area
from workflow.tickets.open_predicate import still_open
from workflow.tickets.visibility import masks_names, present


@dataclass(frozen=True, slots=True)
class Doubted:
    """An exited household with open tickets about its haves: their numbers, and the filing of the oldest."""

    code: str
    name: str
    village: str
    town: str
    since: date
    numbers: list[str] = field(default_factory=list)


def about_haves(setting: CountyContext) -> tuple[str, ...]:
    """The kinds of ticket about a missing have."""
    return tuple(kind.code for kind in setting.scheme.kinds if kind.have)


def numbers(setting: CountyContext, household: Household, tickets: Iterable[Ticket]) -> list[str]:
    """The household's tickets that put its exit in doubt; none unless it has exited."""
    if household.status != "exited":
        return []
    return [ticket.number for ticket in tickets if ticket.ended_at is None and ticket.kind in about_haves(setting)]


def doubted(session: Session, actor: Actor, setting: CountyContext) -> list[Doubted]:
    """Exits in doubt of the actor's area, the longest first, from the MOST oldest tickets."""
    rows = session.execute(
        select(Ticket, Household.code, Household.head_name, Village.name, Unit.name)
        .join(Household, Household.id == Ticket.household_id)
        .join(Village, Village.id == Household.village_id)
        .join(Unit, Unit.id == Village.town_id)
        .where(
            still_open(),
            Ticket.kind.in_(about_haves(setting)),
            Household.status == "exited",
            visible_area(actor),
            present(actor),
        )
        .order_by(Ticket.filed_at, Ticket.id)
        .limit(MOST)
    )
    by_code: dict[str, Doubted] = {}
    for ticket, code, head, village, town in rows:
        name = masked(head) if masks_names(actor) else head
        line = by_code.setdefault(code, Doubted(code, name, village, town, local_date(ticket.filed_at)))
        line.numbers.append(ticket.number)
    return list(by_code.values())
