"""Haves: the present state of each have of a household by its latest evidence.

Evidence is a finding of a checkup, or a closed ticket, whose confirmation on the spot counts as a checkup of its have;
the latest counts, by the day of the visit, then by the moment it was recorded.  An open ticket of the have, of the
household or of the whole village, means that it is unmet, whatever was found before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    bindparam,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from models import Checkup, Finding, Household, Ticket
from models.ticket import number_of
from workflow.county.context import CountyContext
from workflow.policy.scheme.model import Have
from workflow.policy.worktime import local_date

_CHUNK = 500
NEVER = "never"


@dataclass(frozen=True, slots=True)
class HaveState:
    """One have of one household now.

    `result`: met, unmet, not_applicable or never (never checked); `source`: visit, matching, household or ticket;
    `seen_on`: the day of that evidence, for an open ticket the day it was filed; `ref`: the finding's id or the
    ticket's number; `open`: numbers of the open tickets that make it unmet.
    """

    have: Have
    result: str = NEVER
    seen_on: date | None = None
    source: str | None = None
    cause: str = ""
    ref: str = ""
    open: tuple[str, ...] = ()


def of_household(session: Session, setting: CountyContext, household_id: int) -> tuple[HaveState, ...]:
    """The haves of one household in the scheme's order, by one query."""
    return of_households(session, setting, [household_id])[household_id]


def of_households(session: Session, setting: CountyContext, ids: Sequence[int]) -> dict[int, tuple[HaveState, ...]]:
    """The haves of many households, by one query for every few hundred."""
    evidence: dict[int, dict[str, list[Any]]] = {one: {} for one in ids}
    have_of = {kind.code: kind.have for kind in setting.scheme.kinds if kind.have}
    for start in range(0, len(ids), _CHUNK):
        for row in session.execute(_evidence(tuple(have_of)), {"ids": ids[start : start + _CHUNK]}):
            code = row.code if row.what == "finding" else have_of[row.code]
            evidence[row.household_id].setdefault(code, []).append(row)
    return {
        one: tuple(state_of(have, rows.get(have.code, ())) for have in setting.scheme.haves)
        for one, rows in evidence.items()
    }


def missing_a_checkup(setting: CountyContext) -> ColumnElement[bool]:
    """The condition that a `Household` row has a have without any evidence."""
    nothing = []
    for have in setting.scheme.haves:
        kinds = [kind.code for kind in setting.scheme.kinds if kind.have == have.code]
        seen = select(Finding.id).where(Finding.household_id == Household.id, Finding.have == have.code).exists()
        by_ticket = (
            select(Ticket.id)
            .where(Ticket.household_id == Household.id, Ticket.kind.in_(kinds), Ticket.state != "withdrawn")
            .exists()
        )
        nothing.append(~seen & ~by_ticket)
    return or_(false(), *nothing)


@lru_cache(maxsize=8)
def _evidence(kinds: tuple[str, ...]) -> Any:
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    newest = (
        func.row_number()
        .over(partition_by=(Finding.household_id, Finding.have), order_by=(Finding.seen_on.desc(), Finding.id.desc()))
        .label("place")
    )
    findings = (
        select(
            Finding.household_id,
            Finding.have,
            Finding.result,
            Finding.cause,
            Finding.seen_on,
            Finding.id,
            newest,
            Finding.checkup_id,
        )
        .where(Finding.household_id.in_(ids))
        .subquery()
    )
    seen = (
        select(
            findings.c.household_id.label("household_id"),
            _literal_text("finding").label("what"),
            findings.c.have.label("code"),
            findings.c.result.label("result"),
            findings.c.cause.label("cause"),
            findings.c.seen_on.label("day"),
            Checkup.recorded_at.label("at"),
            Checkup.recorded_at.label("began"),
            findings.c.id.label("id"),
            Checkup.source.label("source"),
        )
        .join(Checkup, Checkup.id == findings.c.checkup_id)
        .where(findings.c.place == 1)
    )
    own = _tickets(Ticket.household_id, kinds).where(Ticket.household_id.in_(ids), Ticket.state != "withdrawn")
    villages = (
        _tickets(Household.id, kinds)
        .join(Household, Household.village_id == Ticket.village_id)
        .where(Household.id.in_(ids), Ticket.village_id.is_not(None), Ticket.ended_at.is_(None))
    )
    return union_all(seen, own, villages)


def _tickets(household: Any, kinds: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return select(
        household,
        _literal_text("ticket"),
        Ticket.kind,
        Ticket.state,
        Ticket.cause,
        Ticket.visited_on,
        Ticket.ended_at,
        Ticket.filed_at,
        Ticket.id,
        type_coerce(null(), String),
    ).where(Ticket.kind.in_(kinds))


def _literal_text(value: str) -> Any:
    return literal(value, String, literal_execute=True)


def state_of(have: Have, rows: Iterable[Any]) -> HaveState:
    """One have from all its evidence; rows as `_evidence` gives them (what, result, cause, day, at, began, id,
    source)."""
    standing, best = [], None
    latest: tuple[date, datetime] | None = None
    for row in rows:
        if row.what == "ticket" and row.result != "closed":
            standing.append(row)
            continue
        if row.day is None or (row.result == "not_applicable" and not have.optional):
            continue
        if latest is None or (row.day, row.at) > latest:
            best, latest = row, (row.day, row.at)
    if standing:
        standing.sort(key=lambda row: (row.began, row.id))
        numbers = tuple(number_of(row.id, row.began) for row in standing)
        first = standing[0]
        return HaveState(have, "unmet", local_date(first.began), "ticket", first.cause, numbers[0], numbers)
    if best is None:
        return HaveState(have)
    if best.what == "ticket":
        return HaveState(have, "met", best.day, "ticket", "", number_of(best.id, best.began))
    return HaveState(have, best.result, best.day, best.source, best.cause, str(best.id))
