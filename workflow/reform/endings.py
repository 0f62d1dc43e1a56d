"""Endings: units and villages that end with one or several successors, and villages that go to another town, with
everything open.

Each function returns the content of its reform: the codes of what ended and of what succeeds it, and what moved.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.orm import Session

from models import Escalation, PaperPending, Ticket, Unit, Village
from models.base import stated
from workflow.accountability import proposals
from workflow.actors import Actor
from workflow.county import outgoing_addresses
from workflow.county.context import CountyContext, county_context
from workflow.county.posts import post_relief
from workflow.county.successions import CHANGING, PENDING, PendingReform
from workflow.reform import account_moves, village_reform
from workflow.reform.reform_holdings import open_with, waiting_rungs
from workflow.reform.reform_input import Wanted
from workflow.reform.reform_parts import Part
from workflow.tickets import desk
from workflow.tickets.consequences import ended_units, pending_checks


def do(session: Session, actor: Actor, now: datetime, asked: Wanted) -> dict[str, Any]:
    """End, divide or move what was asked; the rows are locked."""
    if asked.kind == "move":
        return _move_villages(session, actor, now, asked)
    if asked.stays:
        return _set_up_elsewhere(session, actor, now, asked)
    return (_end_units if asked.of_units else _end_villages)(session, actor, now, asked)


def _end_units(session: Session, actor: Actor, now: datetime, asked: Wanted) -> dict[str, Any]:
    heirs = [part.into if part.into is not None else _new_unit(session, asked, part) for part in asked.parts]
    ending, content = _succeeded(session, Unit, asked, heirs)
    villages = _share_villages(session, actor, now, asked, heirs, ending)
    rungs = _decline_rungs(session, actor, now, ending, asked)
    concerned = open_with(ending, []) | _no_longer_ruled(county_context(session))
    content["tickets"] = _hand_over(session, actor, now, concerned, ending, {"unit": heirs[0].code})
    people = 0
    for part, heir in zip(asked.parts[1:], heirs[1:], strict=True):
        people += account_moves.move_to_unit(session, actor, now, ending, heir.id, [row.id for row in part.accounts])
    people += account_moves.move_to_unit(session, actor, now, ending, heirs[0].id)
    robots = outgoing_addresses.end_robots_of(session, actor, ending, now)
    posts = post_relief.end_with_unit(session, actor, now, ending)
    _end(session, asked)
    return {
        **content,
        "rungs": rungs,
        "villages": villages,
        "accounts": people,
        "posts": posts,
        "robots": robots,
    }


def _set_up_elsewhere(session: Session, actor: Actor, now: datetime, asked: Wanted) -> dict[str, Any]:
    """The office goes on as it is, at another bureau."""
    (office,), house = asked.sources, stated(asked.house)
    content = {"code": office.code, "id": office.id, "house": house.code, "house_id": house.id}
    session.info[PENDING] = PendingReform(asked.kind, asked.subject, content)
    session.info[CHANGING].clear()
    concerned = _no_longer_ruled(county_context(session))
    return {**content, "tickets": _hand_over(session, actor, now, concerned, [], {"unit": house.code})}


def _no_longer_ruled(setting: CountyContext) -> ColumnElement[bool]:
    """The condition of a disputed ticket whose bureau the office may not rule on, since it is set up at it."""
    houses = [unit.id for unit in setting.living if unit.ruled_by_leaders]
    return and_(
        Ticket.ended_at.is_(None),
        Ticket.state == literal("disputed"),
        Ticket.lead_unit_id.in_(houses),
        Ticket.holder_unit_id != setting.leaders.id,
    )


def _end_villages(session: Session, actor: Actor, now: datetime, asked: Wanted) -> dict[str, Any]:
    (part,) = asked.parts
    heir = part.into
    if heir is None:
        heir = village_reform.new_village(session, asked.sources, part.name)
    ending, content = _succeeded(session, Village, asked, [heir])
    content["households"] = village_reform.move_households(session, actor, now, asked.sources, heir)
    content["tickets"] = _hand_over(session, actor, now, open_with([], ending), [], {"village": heir.code})
    content["accounts"] = account_moves.move_to_village(session, actor, now, ending, heir.id)
    village_reform.add_up(session, actor, now, asked.sources, heir)
    _end(session, asked)
    return content


def _move_villages(session: Session, actor: Actor, now: datetime, asked: Wanted) -> dict[str, Any]:
    town: Any = asked.into
    ids = [row.id for row in asked.sources]
    left = [row.town_id for row in asked.sources]
    village_reform.move_to_town(session, actor, now, asked.sources, town.id)
    return {
        "moved": [row.code for row in asked.sources],
        "moved_ids": ids,
        "from_ids": left,
        "town": town.code,
        "town_id": town.id,
        "villages": len(ids),
        "tickets": _hand_over(session, actor, now, open_with([], ids), [], {"town": town.code}),
        "accounts": account_moves.move_with_villages(session, actor, now, ids, town.id),
    }


def _succeeded(
    session: Session, model: type[Any], asked: Wanted, heirs: Sequence[Any]
) -> tuple[list[int], dict[str, Any]]:
    """Name the successors, as this transaction reads them from here on; the ids that end, and the reform's content."""
    ending = [row.id for row in asked.sources]
    for row in asked.sources:
        row.successor_id = heirs[0].id
    # What they once succeeded is their successor's from now on.
    for row in session.scalars(select(model).where(model.successor_id.in_(ending))):
        row.successor_id = heirs[0].id
    session.flush()
    content: dict[str, Any] = {
        "ended": [row.code for row in asked.sources],
        "ids": ending,
        "successor": heirs[0].code,
        "successor_id": heirs[0].id,
        "new": asked.parts[0].into is None,
    }
    if asked.kind == "split":
        content["parts"] = [
            {
                "successor": heir.code,
                "successor_id": heir.id,
                "new": part.into is None,
                "topics": [*part.topics, *(f"village:{row.id}" for row in part.villages)],
            }
            for part, heir in zip(asked.parts, heirs, strict=True)
        ]
    if asked.house is not None:
        content |= {"house": asked.house.code, "house_id": asked.house.id}
    session.info[PENDING] = PendingReform(asked.kind, asked.subject, content)
    session.info[CHANGING].clear()
    return ending, content


def _end(session: Session, asked: Wanted) -> None:
    for row in asked.sources:
        row.ended_on = asked.from_day
    session.flush()


def _new_unit(session: Session, asked: Wanted, part: Part) -> Unit:
    # A bureau that becomes one with the office becomes the office.
    first = min(asked.sources, key=lambda row: (row.type != "office", row.position))
    number = 1 + int(session.scalar(select(func.max(Unit.id))) or 0)
    unit = Unit(
        code=f"{first.type}-{number}",
        name=part.name,
        name_en=part.name_en or part.name,
        type=first.type,
        ruled_by_leaders=any(row.ruled_by_leaders for row in asked.sources),
        position=first.position,
    )
    session.add(unit)
    session.flush()
    return unit


def _share_villages(
    session: Session, actor: Actor, now: datetime, asked: Wanted, heirs: Sequence[Unit], ending: Sequence[int]
) -> int:
    """Give the villages of towns that end to their successors; what no part names goes to the first."""
    if heirs[0].type != "town":
        return 0
    rows = village_reform.villages_of(session, ending)
    given = {row.id: heir.id for part, heir in zip(asked.parts, heirs, strict=True) for row in part.villages}
    # A village that has ended goes where its successor goes.
    for heir in heirs:
        own = [row for row in rows if given.get(row.successor_id or row.id, heirs[0].id) == heir.id]
        village_reform.move_to_town(session, actor, now, own, heir.id)
    return sum(row.ended_on is None for row in rows)


def _hand_over(
    session: Session,
    actor: Actor,
    now: datetime,
    condition: ColumnElement[bool],
    ending: Sequence[int],
    codes: dict[str, Any],
) -> int:
    """Move every open ticket, end the papers that units ending here still have on closed ones, and the spot checks that
    are now the own work of all who could make them; returns how many tickets moved."""
    tickets = list(session.scalars(select(Ticket.id).where(condition).order_by(Ticket.id)))
    for ticket_id in tickets:
        desk.hand_over(session, actor, ticket_id, now, dict(codes))
    if ending:
        session.flush()
        left = select(PaperPending.ticket_id).where(PaperPending.unit_id.in_(ending), PaperPending.open).distinct()
        for ticket_id in sorted(session.scalars(left)):
            ended_units.end_papers(session, actor, ticket_id, now, dict(codes))
    for ticket_id in pending_checks.without_maker(session):
        ended_units.lapse_checks(session, actor, ticket_id, now, dict(codes))
    return len(tickets)


def _decline_rungs(session: Session, actor: Actor, now: datetime, ending: list[int], asked: Wanted) -> int:
    """Decline the rungs that wait against units that end: no paper is issued to them any more."""
    rungs = session.execute(waiting_rungs(ending)).all()
    for rung_id, ticket_id in rungs:
        rung = session.get_one(Escalation, rung_id)
        proposals.decline_for_reform(session, actor, now, ticket_id, rung, f"{asked.document} {asked.reason}")
    return len(rungs)
