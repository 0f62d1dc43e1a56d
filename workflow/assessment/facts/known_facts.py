"""Known facts: everything that terms of measures read, of one moment, read once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from workflow.assessment.facts import (
    checks_as_of,
    closings_as_of,
    counted_as_of,
    paced_duties,
    people_as_of,
    shortfalls_as_of,
)
from workflow.assessment.facts.counted_as_of import CountedRows
from workflow.assessment.facts.facts_as_of import HouseholdFact, TicketFact, by_unit, households, tickets
from workflow.assessment.facts.haves_as_of import haves_as_of
from workflow.assessment.facts.paced_duties import Pace
from workflow.assessment.facts.people_as_of import People
from workflow.assessment.facts.source_counts import by_source
from workflow.county.context import CountyContext
from workflow.policy.worktime import SHANGHAI
from workflow.register.haves import HaveState

#: The version of the formula of new rankings, kept in their snapshot; without one it is 1.
FORMULA = 5


@dataclass(frozen=True, slots=True)
class Known:
    """The facts the terms read, of one moment."""

    setting: CountyContext
    at: datetime
    tickets: dict[int, list[TicketFact]]
    homes: dict[int, list[HouseholdFact]]
    haves: dict[int, dict[str, HaveState]]
    #: The tickets of which a closing was found not to hold this year.
    not_held: set[int] = field(default_factory=set)
    #: The pace of countable duties that measures of towns name, by the id of the duty's ticket.
    paces: Mapping[int, Pace] = field(default_factory=dict)
    #: The counted people by household, where a measure counts people.
    people: People = field(default_factory=dict)
    #: Villages and the quota's houses.
    counted: CountedRows = field(default_factory=CountedRows)
    #: By town, the households (codes) checked at random this year, and whether they held.
    checked: Mapping[int, Mapping[str, bool]] = field(default_factory=dict)
    #: How many deficiencies each source put on the ledger.
    sources: list[dict[str, Any]] = field(default_factory=list)

    @property
    def year_began(self) -> datetime:
        """The first moment of the assessment year in China."""
        return datetime(self.setting.year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)


def look(
    session: Session,
    setting: CountyContext,
    at: datetime,
    town_id: int | None = None,
    formula: int = FORMULA,
    known_at: datetime | None = None,
) -> Known:
    """Read the facts on record by `at`, of the whole county or of one town, as a version of the formula reads them; what
    is reported as known at `known_at`."""
    facts = tickets(session, setting, at, town_id)
    if formula > 1:
        shortfalls_as_of.mark_short(session, facts, at)
    homes = households(session, setting, at, town_id)
    of_town: dict[int, list[HouseholdFact]] = {}
    for home in homes:
        of_town.setdefault(home.town_id, []).append(home)
    leaving = [home for home in homes if home.status == "pre_exit"]
    known = Known(
        setting,
        at,
        by_unit(facts),
        of_town,
        haves_as_of(session, setting, leaving, facts, at),
        paces=paced_duties.paces(session, setting, facts, homes, at),
        people=people_as_of.people(session, setting, homes, at) if _counts_people(setting) else {},
        counted=counted_as_of.counted_rows(session, setting, at, known_at or at, confirmed=formula > 4),
        checked=checks_as_of.checked(session, setting, datetime(setting.year, 1, 1, tzinfo=SHANGHAI), at, town_id),
    )
    known.sources.extend(by_source(setting.scheme, facts, known.year_began, at))
    known.not_held.update(
        closings_as_of.not_held(session, facts, known.year_began, at) if formula > 1 else _relapsed(facts)
    )
    return known


def look_at_rows(session: Session, setting: CountyContext, at: datetime, with_people: bool) -> Known:
    """The same of rows alone (households, villages, the quota, people where asked): what own counts of reported figures
    read."""
    homes = households(session, setting, at)
    of_town: dict[int, list[HouseholdFact]] = {}
    for home in homes:
        of_town.setdefault(home.town_id, []).append(home)
    return Known(
        setting,
        at,
        {},
        of_town,
        {},
        people=people_as_of.people(session, setting, homes, at) if with_people else {},
        counted=counted_as_of.counted_rows(session, setting, at, at),
    )


def _counts_people(setting: CountyContext) -> bool:
    scheme = setting.scheme
    return any(
        term.startswith("people.") for measure in (*scheme.measures, *scheme.county_measures) for term in measure.terms
    )


def _relapsed(facts: Iterable[TicketFact]) -> Iterator[int]:
    """What version 1 of the formula knew of closings that did not hold."""
    for fact in facts:
        if fact.relapse_of_id is not None:
            yield fact.relapse_of_id
        if fact.relapses:
            yield fact.id
