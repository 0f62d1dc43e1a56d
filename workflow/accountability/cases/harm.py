"""Harm (损害): the results of a ticket's item that a case may name, each with the value the system shows beside it.

The notice demands accountability where failing duty harms the county's result (closing section): a result is an indicator
and a figure of the ticket's own item, and its value is counted, never typed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models import Ranking, Ticket
from workflow.county.context import CountyContext

#: Results of an indicator that are not figures: the task itself, and the towns' ranking.
TASK, RANKING = "task", "ranking"


@dataclass(frozen=True, slots=True)
class CaseScope:
    """What a case about a ticket may name and end in: results by `indicator:figure` with their shown values, outcomes."""

    item: int | None
    results: dict[str, dict[str, Any]]
    outcomes: tuple[str, ...]


def scope_of(session: Session, setting: CountyContext, ticket: Ticket, now: datetime) -> CaseScope:
    """The scope of a case about this ticket at a moment."""
    is_duty = ticket.type == "duty"
    code = (ticket.duty_code or "") if is_duty else ticket.kind
    outcomes = tuple(outcome.code for outcome in setting.scheme.accountability.may_end_in(code, is_duty))
    item = item_of(setting, ticket)
    if item is None:
        return CaseScope(None, {}, outcomes)
    found = next((entry for entry in setting.scheme.indicators if entry.number == item), None)
    figures = [figure.code for figure in found.figures] if found is not None else []
    measured = _measured(session, item, setting, ticket, now)
    counted = _counted(session, setting, item, now)
    results = {f"{item}:{figure}": measured or counted for figure in figures} | {f"{item}:{TASK}": counted}
    placed = _placed(session, item, setting, ticket, now)
    if placed is not None:
        results[f"{item}:{RANKING}"] = placed
    return CaseScope(item, results, outcomes)


def item_of(setting: CountyContext, ticket: Ticket) -> int | None:
    """The number of the indicator that a ticket belongs to; None for a duty of no item."""
    if ticket.type == "duty":
        duty = setting.scheme.duties.by_code.get(ticket.duty_code or "")
        return duty.item if duty is not None else None
    kind = next((kind for kind in setting.scheme.kinds if kind.code == ticket.kind), None) or setting.former.get(
        ticket.kind
    )
    return kind.indicator if kind is not None else None


def _latest(session: Session, now: datetime) -> Ranking | None:
    query = select(Ranking).where(Ranking.made_at <= now).order_by(Ranking.on.desc(), Ranking.edition.desc())
    return session.scalars(query.limit(1)).one_or_none()


def _town(setting: CountyContext, ticket: Ticket) -> str | None:
    return setting.unit(ticket.town_id).code if ticket.town_id else None


def _measured(
    session: Session, item: int, setting: CountyContext, ticket: Ticket, now: datetime
) -> dict[str, Any] | None:
    """The measures of the item in the last ranking, of the ticket's town where it has one; None without any."""
    row, town = _latest(session, now), _town(setting, ticket)
    if row is None:
        return None
    values = []
    for measure in row.content["measures"]:
        if measure["item"] == item:
            lines = [line for line in measure["towns"] if town is None or line["town"] == town]
            values.append([measure["code"], sum(line["of"] for line in lines), sum(line["to"] for line in lines)])
    values += [[m["code"], m["of"], m["to"]] for m in row.content.get("of_county", ()) if m["item"] == item]
    values = [value for value in values if value[2]]
    return {"from": "ranking", "on": row.on.isoformat(), "town": town, "values": values} if values else None


def _placed(
    session: Session, item: int, setting: CountyContext, ticket: Ticket, now: datetime
) -> dict[str, Any] | None:
    """The town's score on the item in the last ranking, in hundredths; None without one."""
    row, town = _latest(session, now), _town(setting, ticket)
    entry = next((each for each in row.content["items"] if each["item"] == item), None) if row is not None else None
    score = entry["towns"].get(town) if entry is not None else None
    if row is None or score is None:
        return None
    return {"from": "score", "on": row.on.isoformat(), "town": town, "score": score}


def _counted(session: Session, setting: CountyContext, item: int, now: datetime) -> dict[str, Any]:
    """The open tickets and duties of the item, and those past their day."""
    kinds = [kind.code for kind in setting.scheme.kinds if kind.indicator == item]
    duties = [duty.code for duty in setting.scheme.duties.list if duty.item == item]
    late = func.sum(case((Ticket.due_at < now, 1), else_=0))
    row = session.execute(
        select(func.count(), late).where(Ticket.ended_at.is_(None), Ticket.kind.in_([*kinds, *duties]))
    ).one()
    return {"from": "tickets", "open": int(row[0] or 0), "late": int(row[1] or 0)}
