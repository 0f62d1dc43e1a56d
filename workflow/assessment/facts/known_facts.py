"""Known facts: everything that terms of measures read, of one moment, each read once and when it is first asked for."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
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
FORMULA = 7


class Known:
    """The facts the terms read, of one moment: of the whole county, or of one town.

    Each part is read from the database when a term first asks for it, and once: the rows behind one figure need few of
    them.  So it is used within the session that it was made with.
    """

    def __init__(
        self,
        session: Session,
        setting: CountyContext,
        at: datetime,
        town_id: int | None = None,
        formula: int = FORMULA,
        known_at: datetime | None = None,
    ) -> None:
        self.setting, self.at = setting, at
        self._session, self._town_id, self._formula, self._known_at = session, town_id, formula, known_at or at

    @property
    def year_began(self) -> datetime:
        """The first moment of the assessment year in China."""
        return datetime(self.setting.year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)

    @cached_property
    def _tickets(self) -> list[TicketFact]:
        facts = tickets(self._session, self.setting, self.at, self._town_id)
        if self._formula > 1:
            shortfalls_as_of.mark_short(self._session, facts, self.at)
        return facts

    @cached_property
    def _homes(self) -> list[HouseholdFact]:
        return households(self._session, self.setting, self.at, self._town_id)

    @cached_property
    def tickets(self) -> dict[int, list[TicketFact]]:
        """Tickets and duties by responsible unit or town."""
        return by_unit(self._tickets)

    @cached_property
    def homes(self) -> dict[int, list[HouseholdFact]]:
        """Households by town."""
        of_town: dict[int, list[HouseholdFact]] = {}
        for home in self._homes:
            of_town.setdefault(home.town_id, []).append(home)
        return of_town

    @cached_property
    def haves(self) -> dict[int, dict[str, HaveState]]:
        """The haves of each household that is leaving, by its id."""
        leaving = [home for home in self._homes if home.status == "pre_exit"]
        return haves_as_of(self._session, self.setting, leaving, self._tickets, self.at)

    @cached_property
    def not_held(self) -> set[int]:
        """The tickets of which a closing was found not to hold this year."""
        if self._formula == 1:
            return set(_relapsed(self._tickets))
        return closings_as_of.not_held(self._session, self._tickets, self.year_began, self.at)

    @cached_property
    def paces(self) -> Mapping[int, Pace]:
        """The pace of countable duties that measures of towns name, by the id of the duty's ticket."""
        return paced_duties.paces(self._session, self.setting, self._tickets, self._homes, self.at)

    @cached_property
    def people(self) -> People:
        """The counted people by household."""
        return people_as_of.people(self._session, self.setting, self._homes, self.at)

    @cached_property
    def counted(self) -> CountedRows:
        """Villages and the quota's houses; what is reported of them as known at `known_at`."""
        confirmed = self._formula > 4
        return counted_as_of.counted_rows(self._session, self.setting, self.at, self._known_at, confirmed)

    @cached_property
    def checked(self) -> Mapping[int, Mapping[str, bool]]:
        """By town, the households (codes) checked at random this year, and whether they held."""
        return checks_as_of.checked(self._session, self.setting, self.year_began, self.at, self._town_id)

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """How many deficiencies each source put on the ledger."""
        return by_source(self.setting.scheme, self._tickets, self.year_began, self.at)


def _relapsed(facts: Iterable[TicketFact]) -> Iterator[int]:
    """What version 1 of the formula knew of closings that did not hold."""
    for fact in facts:
        if fact.relapse_of_id is not None:
            yield fact.relapse_of_id
        if fact.relapses:
            yield fact.id
