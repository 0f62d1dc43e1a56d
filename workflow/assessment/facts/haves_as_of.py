"""Haves as of a moment: of many households, by the register's own rule."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Checkup, Finding
from workflow.assessment.facts.facts_as_of import HouseholdFact, TicketFact
from workflow.county.context import CountyContext
from workflow.register.haves import HaveState, state_of

_CHUNK = 500


class _Evidence(NamedTuple):
    what: str
    result: str
    cause: str
    day: date | None
    at: datetime | None
    began: datetime
    id: int
    source: str | None


def haves_as_of(
    session: Session, setting: CountyContext, homes: Sequence[HouseholdFact], facts: Iterable[TicketFact], at: datetime
) -> dict[int, dict[str, HaveState]]:
    """The haves of these households by code, from findings recorded by `at` and tickets as of then."""
    by_home: dict[int, dict[str, list[_Evidence]]] = {home.id: {} for home in homes}
    for start in range(0, len(homes), _CHUNK):
        _findings(session, [home.id for home in homes[start : start + _CHUNK]], at, by_home)
    in_village: dict[int, list[int]] = {}
    for home in homes:
        in_village.setdefault(home.village_id, []).append(home.id)
    have_of = {kind.code: kind.have for kind in setting.scheme.kinds if kind.have}
    for fact in facts:
        have = have_of.get(fact.kind)
        if have is None or fact.state == "withdrawn" or (fact.village_id is not None and fact.ended_at is not None):
            continue
        row = _Evidence("ticket", fact.state, fact.cause, fact.visited_on, fact.ended_at, fact.filed_at, fact.id, None)
        concerned = in_village.get(fact.village_id, ()) if fact.village_id is not None else (fact.household_id,)
        for home_id in concerned:
            if home_id in by_home:
                by_home[home_id].setdefault(have, []).append(row)
    return {
        home_id: {have.code: state_of(have, rows.get(have.code, ())) for have in setting.scheme.haves}
        for home_id, rows in by_home.items()
    }


def _findings(
    session: Session, ids: Sequence[int], at: datetime, by_home: dict[int, dict[str, list[_Evidence]]]
) -> None:
    latest = (
        func.row_number()
        .over(partition_by=(Finding.household_id, Finding.have), order_by=(Finding.seen_on.desc(), Finding.id.desc()))
        .label("place")
    )
    known = (
        select(
            Finding.household_id,
            Finding.have,
            Finding.result,
            Finding.cause,
            Finding.seen_on,
            Checkup.recorded_at,
            Finding.id,
            Checkup.source,
            latest,
        )
        .join(Checkup, Checkup.id == Finding.checkup_id)
        .where(Finding.household_id.in_(ids), Checkup.recorded_at <= at)
        .subquery()
    )
    for row in session.execute(select(known).where(known.c.place == 1)):
        evidence = _Evidence(
            "finding", row.result, row.cause, row.seen_on, row.recorded_at, row.recorded_at, row.id, row.source
        )
        by_home[row.household_id].setdefault(row.have, []).append(evidence)
