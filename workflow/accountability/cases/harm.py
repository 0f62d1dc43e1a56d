"""Harm (损害): the results of a ticket's item that a case may name, each with the value that shows the harm.

The notice demands accountability where failing duty harms the county's result (closing section): a result is a measure of
the ticket's own item, its score, or its delays; its value is counted, never typed, and a value without harm (no measure below its
threshold, a score that reaches the target grade, nothing overdue) is no result to name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, Custody, Event, Ranking, Ticket
from workflow.county.context import CountyContext
from workflow.policy.scoring import FULL

#: Results of an indicator that are not measures: its tickets and duties in time, and the towns' ranking.
TASK, RANKING = "task", "ranking"


@dataclass(frozen=True, slots=True)
class CaseScope:
    """What a case about a ticket may name and end in: harmed results by `indicator:measure` with their shown values,
    the results of the item that show no harm, outcomes, and the outcome that was appealed against: no later one may follow."""

    item: int | None
    results: dict[str, dict[str, Any]]
    unharmed: frozenset[str]
    outcomes: tuple[str, ...]
    appealed: str | None = None


def scope_of(
    session: Session, setting: CountyContext, ticket: Ticket, now: datetime, row: AccountabilityCase | None = None
) -> CaseScope:
    """The scope of a case about this ticket at a moment; of one that exists (`row`), what may still be decided."""
    whole = _scope_of(session, setting, ticket, now)
    before = _appealed(session, row) if row is not None and row.appeals else None
    if before not in whole.outcomes:
        return whole
    return replace(whole, outcomes=whole.outcomes[: whole.outcomes.index(before) + 1], appealed=before)


def _appealed(session: Session, row: AccountabilityCase) -> str | None:
    """The outcome of the last decision before the appeal."""
    decided = select(Event.given).where(
        Event.subject_type == "case", Event.subject_id == row.id, Event.action.in_(("decide", "record"))
    )
    appeal = select(func.max(Event.seq)).where(
        Event.subject_type == "case", Event.subject_id == row.id, Event.action == "appeal"
    )
    given = session.scalar(decided.where(Event.seq < appeal.scalar_subquery()).order_by(Event.seq.desc()).limit(1))
    return given.get("outcome") if given is not None else None


def _scope_of(session: Session, setting: CountyContext, ticket: Ticket, now: datetime) -> CaseScope:
    is_duty = ticket.type == "duty"
    code = (ticket.duty_code or "") if is_duty else ticket.kind
    outcomes = tuple(outcome.code for outcome in setting.scheme.accountability.may_end_in(code, is_duty))
    item = item_of(setting, ticket)
    if item is None:
        return CaseScope(None, {}, frozenset(), outcomes)
    shown: dict[str, dict[str, Any] | None] = dict(_measured(session, item, setting, ticket, now))
    shown[TASK] = _overdue(session, setting, item, ticket, now)
    shown[RANKING] = _below_target(session, item, setting, ticket, now)
    results = {f"{item}:{code}": value for code, value in shown.items() if value is not None}
    return CaseScope(item, results, frozenset(f"{item}:{code}" for code in shown) - results.keys(), outcomes)


def failed(ticket: Ticket, custody: Custody, now: datetime) -> bool:
    """Whether a unit failed its duty in a stretch, as far as the system can show it: late, a closing proved false, or
    a finding about the unit itself.  While the clock is suspended no duty is failed."""
    if custody.stage == "hold":
        return False
    late = custody.verdict == "late" or (custody.ended_at is None and custody.due_at < now)
    return late or ticket.false_closings > 0 or (ticket.subject_unit_id == custody.unit_id)


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
    """The town whose results count: that of the ticket, of a duty the town that owes it; None for those of the county."""
    number = ticket.owing_unit_id if ticket.type == "duty" else ticket.town_id
    unit = setting.unit(number) if number else None
    return unit.code if unit is not None and unit.type == "town" else None


def _measured(
    session: Session, item: int, setting: CountyContext, ticket: Ticket, now: datetime
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Every measure of the item with data in the last ranking, of the ticket's town where it has one: its value as
    [code, of, to, threshold in per cent] where it is below its threshold and not of another have, else None."""
    row, town = _latest(session, now), _town(setting, ticket)
    if row is None:
        return
    least = {m.code: m.threshold for m in (*setting.scheme.measures, *setting.scheme.county_measures)}
    # Water that was late harms no share of electricity, though both are of item 1.
    own = next((kind.have for kind in setting.scheme.kinds if kind.code == ticket.kind), None)
    others = {m.code for m in setting.scheme.measures if own and m.have and m.have != own}
    values = []
    for measure in row.content["measures"]:
        if measure["item"] == item:
            lines = [line for line in measure["towns"] if town is None or line["town"] == town]
            values.append((measure["code"], sum(line["of"] for line in lines), sum(line["to"] for line in lines)))
    values += [(m["code"], m["of"], m["to"]) for m in row.content.get("of_county", ()) if m["item"] == item]
    for code, of, to in values:
        if code in least and to:
            shown = {"from": "ranking", "on": row.on.isoformat(), "town": town, "values": [[code, of, to, least[code]]]}
            yield code, shown if of * 100 < least[code] * to and code not in others else None


def _below_target(
    session: Session, item: int, setting: CountyContext, ticket: Ticket, now: datetime
) -> dict[str, Any] | None:
    """The town's score on the item in the last ranking, in hundredths, where it is below the target grade (without
    grades: below the full score); None else."""
    row, town = _latest(session, now), _town(setting, ticket)
    entry = next((each for each in row.content["items"] if each["item"] == item), None) if row is not None else None
    score = entry["towns"].get(town) if entry is not None else None
    target = setting.scheme.ranking.named(setting.scheme.ranking.target)
    floor = target.floor * 100 if target is not None else FULL
    if row is None or score is None or score >= floor:
        return None
    return {"from": "score", "on": row.on.isoformat(), "town": town, "score": score, "floor": floor}


def _overdue(
    session: Session, setting: CountyContext, item: int, ticket: Ticket, now: datetime
) -> dict[str, Any] | None:
    """The open tickets and duties of the item, those past their day, and for a finding about a unit the open ones of
    that kind; None where nothing is overdue or found."""
    kinds = [kind.code for kind in setting.scheme.kinds if kind.indicator == item]
    duties = [duty.code for duty in setting.scheme.duties.list if duty.item == item]
    late = func.sum(case((Ticket.due_at < now, 1), else_=0))
    found = func.sum(case((Ticket.subject_unit_id.is_not(None), 1), else_=0))
    row = session.execute(
        select(func.count(), late, found).where(Ticket.ended_at.is_(None), Ticket.kind.in_([*kinds, *duties]))
    ).one()
    value = {"from": "tickets", "open": int(row[0] or 0), "late": int(row[1] or 0)}
    if ticket.subject_unit_id is not None:
        value["found"] = int(row[2] or 0)
    return value if value["late"] or value.get("found") else None
