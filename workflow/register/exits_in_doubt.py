"""Exits in doubt: exited households with open tickets about their haves, or whose random check failed (notice item 17: no
错退).

Tickets may be filed for an exited household as for any other.  A report is a claim, and an exit rests on a visit, so a
ticket does not change the status; only a visit that finds the have unmet puts the household back.  Until then it is in
doubt, and listed for those who must visit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Household, RandomResult, Ticket, Unit, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.paging import MOST
from workflow.policy.worktime import local_date
from workflow.redaction import masked
from workflow.register.access import visible_area
from workflow.register.failed_checks import is_decisive
from workflow.tickets.open_predicate import still_open
from workflow.tickets.visibility import masks_names, present


@dataclass(frozen=True, slots=True)
class Doubted:
    """An exited household in doubt: the numbers of its open tickets, the failed random check if that shuts its gate, and
    since when (the oldest filing, or the day of that check)."""

    code: str
    name: str
    village: str
    town: str
    since: date
    numbers: list[str] = field(default_factory=list)
    check: int | None = None


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
    by_code: dict[str, Doubted] = {}
    for row in session.execute(_exited(actor, RandomResult).where(is_decisive(), RandomResult.result == "failed")):
        since = row[0].visited_on or local_date(row[0].at)
        by_code[row[1]] = _doubted(actor, row, since, row[0].check_id)
    rows = session.execute(
        _exited(actor, Ticket)
        .where(still_open(), Ticket.kind.in_(about_haves(setting)), present(actor))
        .order_by(Ticket.filed_at, Ticket.id)
        .limit(MOST)
    )
    for row in rows:
        ticket, code = row[0], row[1]
        line = by_code.get(code) or _doubted(actor, row, local_date(ticket.filed_at))
        by_code[code] = replace(line, since=min(line.since, local_date(ticket.filed_at)))
        line.numbers.append(ticket.number)
    return sorted(by_code.values(), key=lambda line: (line.since, line.code))[:MOST]


def _exited(actor: Actor, about: type[Ticket] | type[RandomResult]) -> Select[*tuple[Any, ...]]:
    """Tickets or results about exited households of the actor's area, with the household's code, head and place."""
    return (
        select(about, Household.code, Household.head_name, Village.name, Unit.name)
        .join(Household, Household.id == about.household_id)
        .join(Village, Village.id == Household.village_id)
        .join(Unit, Unit.id == Village.town_id)
        .where(Household.status == "exited", visible_area(actor))
    )


def _doubted(actor: Actor, row: Any, since: date, check: int | None = None) -> Doubted:
    name = masked(row[2]) if masks_names(actor) else row[2]
    return Doubted(row[1], name, row[3], row[4], since, check=check)
