"""Family consequences: what follows in a household from who begins or ends there: arrivals, the event, tickets to be looked
at again, the end of a household of which nobody is left.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member, Ticket
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, WrongState
from workflow.history import event_log
from workflow.policy.worktime import local_date
from workflow.register.exit_gate import cancel_open_tickets
from workflow.register.lives.family_rows import Family, read_family, write_head
from workflow.register.lives.life_kinds import ARRIVAL, LifeKind
from workflow.tickets import desk


def check_head_known(family: Family, name: str, field: str) -> None:
    """Of a household of which no member was ever known the head begins first: whoever comes would be it.  Raises BadInput."""
    if not family.living and not family.former and name != family.home.head_name:
        raise BadInput("head_first", field, head=family.home.head_name)


def arrive(
    session: Session, actor: Actor, now: datetime, home: Household, members: Sequence[Member], on: date, left: Household
) -> None:
    """Let members who moved begin in the household they moved to; who was head there stays it.

    Coming from another village, its own village and town are notified.
    """
    family = read_family(session, home, local_date(now))
    check_head_known(family, members[0].name, "to")
    came = let_begin(session, family, members, on)
    look_again(session, actor, now, county_context(session), home, None, on)
    given = {"kind": ARRIVAL, "on": on.isoformat(), "members": [row.id for row in came], "from": left.code}
    append(session, actor, now, family, given, "", notify=home.village_id != left.village_id)


def let_begin(session: Session, family: Family, members: Sequence[Member], on: date) -> list[Member]:
    """Members who ended elsewhere begin in the household of this family; the first is its head if it has none."""
    came = []
    for row in members:
        same = {column.key: getattr(row, column.key) for column in Member.__table__.columns}
        for name in ("id", "moved_to_id", "ends_on", "end_reason"):
            del same[name]
        position = family.free_position()
        same |= {"household_id": family.home.id, "position": position, "begins_on": on, "begin_reason": ARRIVAL}
        arrived = Member(**{**same, "relation": ""})
        session.add(arrived)
        session.flush()
        family.add(arrived)
        came.append(arrived)
    if family.head is None:
        write_head(session, family, came[0])
    return came


def append(
    session: Session,
    actor: Actor,
    now: datetime,
    family: Family,
    given: dict[str, Any],
    reason: str,
    *,
    notify: bool = False,
) -> None:
    """Settle the household's figures and append the event of the change; with `notify` its village and town are told."""
    home, before = family.home, family.status_before
    family.settle_household()
    session.flush()
    event_log.of(session, home, actor, now).append(
        "family",
        given,
        family.effect(),
        private={"reason": reason} if reason else None,
        moved=(before, home.status) if before != home.status else None,
        notify=notify,
    )


def open_tickets(session: Session, home: Household) -> list[Ticket]:
    """The open tickets of the household, by number."""
    query = select(Ticket).where(Ticket.household_id == home.id, Ticket.ended_at.is_(None)).order_by(Ticket.id)
    return list(session.scalars(query))


def end_household(session: Session, actor: Actor, now: datetime, home: Household, reason: str) -> list[int]:
    """End a household of which nobody is left: its open tickets are cancelled for the reason, which is the office's."""
    if open_ := open_tickets(session, home):
        if actor.role != "office":
            raise WrongState("ending_is_the_offices", "members", tickets=len(open_))
        if not reason:
            raise BadInput("missing", "reason")
    cancelled = cancel_open_tickets(session, actor, home, now, reason)
    home.status = "ended"
    return cancelled


def look_again(
    session: Session,
    actor: Actor,
    now: datetime,
    setting: CountyContext,
    home: Household,
    kind: LifeKind | None,
    on: date,
) -> list[Ticket]:
    """Mark the open tickets about what depends on the people, and notify who handles them: the gap may be gone."""
    if kind is not None and kind.does == "heads":
        return []
    haves = {have.code for have in setting.scheme.haves if have.of_people}
    kinds = {each.code for each in setting.scheme.kinds if each.have in haves}
    again = []
    for ticket in open_tickets(session, home):
        if ticket.kind not in kinds:
            continue
        row = desk.lock(session, ticket.id)
        if row is not None and row.ended_at is None:
            given = {"kind_of_change": kind.code if kind else ARRIVAL, "on": on.isoformat()}
            event_log.of(session, row, actor, now).append("look_again", given)
            again.append(row)
    return again
