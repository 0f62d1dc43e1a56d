"""Household preview: says before anything is written what an act on a whole household will move, end and leave.

The digest of what was shown is compared when the act is recorded, so that only that is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Checkup, Household, QuotaHouse, Ticket, Village
from workflow.actors import Actor
from workflow.county.context import UnitFact, county_context
from workflow.history import event_log
from workflow.register.lives.family_consequences import open_tickets
from workflow.register.lives.family_input import FamilyInput
from workflow.register.lives.household_input import Wanted, wanted
from workflow.tickets.actions import household_place


@dataclass(frozen=True, slots=True)
class ForeseenAct:
    """What an act will do: who goes, the open tickets that go along and those withdrawn because the other household has
    the same open, or cancelled; the former and the present town and village; how many closed tickets and visits there
    are; whether a house of the quota goes along; `stranger`: the actor does not see the household yet."""

    wanted: Wanted
    follow: list[Ticket]
    withdrawn: list[Ticket]
    stay: list[Ticket]
    taken_over: list[Ticket]
    before: tuple[UnitFact, str]
    after: tuple[UnitFact, str]
    closed: int
    visits: int
    quota_house: bool
    stranger: bool = False


def preview(session: Session, actor: Actor, now: datetime, code: str, given: FamilyInput) -> ForeseenAct:
    """What the act that `given` describes would do.  Raises as `household_acts.record`."""
    return foresee_act(session, actor, wanted(session, actor, now, code, given))


def foresee_act(session: Session, actor: Actor, asked: Wanted) -> ForeseenAct:
    """What a checked act will do."""
    setting, home, kind = county_context(session), asked.home, asked.kind.code
    open_ = open_tickets(session, home)
    before = session.get_one(Village, home.village_id)
    after = asked.village or before
    if asked.target is not None:
        after = session.get_one(Village, asked.target.village_id)
    chosen = {ticket.id for ticket in asked.tickets}
    going = [row for row in open_ if kind != "undone" and (kind != "split" or row.id in chosen)]
    twice = [
        row for row in going if asked.target is not None and household_place.open_there(session, row, asked.target)
    ]
    follow = [row for row in going if row not in twice]
    left, came = setting.unit(before.town_id), setting.unit(after.town_id)
    taken = [row for row in follow if left.id != came.id and left.id in (row.holder_unit_id, row.lead_unit_id)]
    return ForeseenAct(
        wanted=asked,
        follow=follow,
        withdrawn=twice if kind != "undone" else open_,
        stay=[row for row in open_ if row not in going] if kind == "split" else [],
        taken_over=taken,
        before=(left, before.name),
        after=(came, after.name),
        closed=_count(session, Ticket, home) - len(open_),
        visits=_count(session, Checkup, home),
        quota_house=bool(_houses(session, setting.year, home)),
        stranger=actor.role == "town" and actor.unit_id != left.id,
    )


def digest_of(seen: ForeseenAct) -> str:
    """A digest of what was shown: the households' versions, who goes, and the tickets with their states."""
    asked = seen.wanted
    homes: Sequence[Household | None] = (asked.home, asked.target, asked.revived)
    plain = {
        "homes": [[row.code, row.version] for row in homes if row is not None],
        "code": asked.code,
        "village": asked.village.code if asked.village is not None else "",
        "people": sorted(row.id for row in asked.leaving),
        "tickets": [[row.id, row.version] for row in (*seen.follow, *seen.withdrawn, *seen.stay)],
    }
    return event_log.digest(event_log.canonical(plain))


def _count(session: Session, table: type[Ticket] | type[Checkup], home: Household) -> int:
    return int(session.scalar(select(func.count()).where(table.household_id == home.id)) or 0)


def _houses(session: Session, year: int, home: Household) -> Sequence[int]:
    query = select(QuotaHouse.id).where(
        QuotaHouse.household_id == home.id, QuotaHouse.year == year, QuotaHouse.dropped.is_(False)
    )
    return session.scalars(query).all()
