"""Scheme model (考核方案): one year's policy as data.  Shapes only; rules between fields are in `validation`."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated

from workflow.policy.scheme.accountability import Accountability, AssessmentPlan, Ladder
from workflow.policy.scheme.duties import Duties, Duty
from workflow.policy.scheme.exit_rules import ExitRule, Have, IncomeAverage, IncomeRule, Wording
from workflow.policy.scheme.measures import CountyMeasure, FigureRule, Measure, RankingRule, VillageIncomeRule
from workflow.policy.scheme.parts import (
    UNLESS_EMPTY,
    USUAL,
    BasisPaper,
    Clock,
    Coded,
    CountyDef,
    Days,
    Labour,
    MonthDay,
    Part,
    Slug,
    Source,
    Subject,
    Text,
    UnitDef,
    Words,
)
from workflow.policy.scheme.thresholds import (
    Asking,
    BulkListKind,
    Candidates,
    Decline,
    HardStop,
    LegalBasis,
    RandomChecks,
    Signals,
    SpotChecks,
    Suspension,
)

__all__ = ["Coded", "ExitRule", "Have", "IncomeAverage", "IncomeRule", "Part", "Scheme", "Text", "Wording"]


class Figure(Part):
    """A figure or date that the notice fixes."""

    code: Slug
    text: Text
    value: float | int | None = None
    unit: Words | None = None
    due: MonthDay | None = None


class Indicator(Part):
    """One numbered item of the assessment."""

    number: int
    title: Text
    towns: bool
    units: tuple[Slug, ...]
    members: bool = False
    tasks: Text
    figures: tuple[Figure, ...] = ()


class Limits(Part):
    """Working days per stage; `cap` for the whole ticket."""

    vet: Days
    supplement: Days
    accept: Days
    mend: Days
    rule: Days
    confirm: Days
    cap: Days


class SomeLimits(Part):
    """The limits of a kind that differ from the general ones."""

    vet: Days | None = None
    supplement: Days | None = None
    accept: Days | None = None
    mend: Days | None = None
    rule: Days | None = None
    confirm: Days | None = None
    cap: Days | None = None


class LimitSet(Part):
    normal: Limits
    urgent: Limits


class SomeLimitSet(Part):
    normal: SomeLimits = SomeLimits()
    urgent: SomeLimits = SomeLimits()


class When(Part):
    """The conditions of a route; no condition always matches."""

    causes: tuple[Slug, ...] | None = None
    labour: tuple[Labour, ...] | None = None


class Route(Part):
    """The responsible unit under a condition, the confirming unit, and the reason.

    A unit is a code, `town` for the town of the subject, or `subject` for the unit the deficiency is found at.
    """

    code: Slug
    when: When = When()
    lead: Slug
    confirmer: Slug
    reason: Text


class Kind(Part):
    """A kind of deficiency (短板): its indicator, causes, routes and limits of its own, with their legal basis."""

    code: Slug
    name: Text
    indicator: int
    have: Slug | None = None
    subjects: tuple[Subject, ...] = ("household",)
    #: Codes of the sources it can be filed from; none named: all.
    sources: tuple[Slug, ...] = ()
    causes: tuple[Coded, ...] = ()
    routes: tuple[Route, ...]
    limits: SomeLimitSet = SomeLimitSet()
    bases: tuple[LegalBasis, ...] = ()
    hard_stop: HardStop | None = None


class Scheme(Part):
    """The whole policy of a county for a year."""

    code: Slug
    title: Text
    year: int
    county: CountyDef
    basis: tuple[BasisPaper, ...] = ()
    office_hours: tuple[tuple[Clock, Clock], ...]
    units: tuple[UnitDef, ...]
    indicators: tuple[Indicator, ...]
    limits: LimitSet
    kinds: tuple[Kind, ...]
    sources: tuple[Source, ...] = USUAL
    decline: Decline
    suspension: Suspension
    asking: Asking = Asking()
    signals: Signals = Signals()
    spot_checks: SpotChecks = SpotChecks()
    random_checks: RandomChecks | None = None
    candidates: Candidates | None = None
    bulk_lists: tuple[BulkListKind, ...] = ()
    accountability: Accountability = Accountability()
    assessment_plan: AssessmentPlan = AssessmentPlan()
    reopen_days: Days
    deemed_acceptance: Days
    ladder: Ladder
    haves: tuple[Have, ...] = ()
    exit: ExitRule = ExitRule()
    words: Wording = Wording()
    duties: Duties = Duties()
    measures: tuple[Measure, ...] = ()
    county_measures: tuple[CountyMeasure, ...] = ()
    ranking: RankingRule = RankingRule()
    figures: FigureRule = FigureRule()
    village_income: VillageIncomeRule | None = None
    #: Where a rule named a plate: its path → code of the unit → code of the plate.  Found when a file is read.
    plated: Annotated[dict[str, dict[Slug, Slug]], UNLESS_EMPTY] = {}

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        return {kind.code: kind for kind in self.kinds}

    @cached_property
    def _units(self) -> dict[str, UnitDef]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _limits(self) -> dict[tuple[str, bool], Limits]:
        by_kind = {}
        for kind in self.kinds:
            for urgent in (False, True):
                base = self.limits.urgent if urgent else self.limits.normal
                own = kind.limits.urgent if urgent else kind.limits.normal
                changed = {name: value for name, value in own.model_dump().items() if value is not None}
                by_kind[kind.code, urgent] = base.model_copy(update=changed)
        # A duty is confirmed, and reworked after reopening, within the general limits.
        plain = ((False, self.limits.normal), (True, self.limits.urgent))
        return by_kind | {(duty.code, urgent): limits for duty in self.duties.list for urgent, limits in plain}

    def kind(self, code: str) -> Kind:
        """The kind with this code.  Raises KeyError."""
        return self._kinds[code]

    def sources_for(self, role: str, unit: str | None, subject: str, kind: str | None = None) -> tuple[Source, ...]:
        """The sources an actor files from about this sort of subject, of the kind if one is named.  Raises KeyError."""
        allowed = self.kind(kind).sources if kind else ()
        return tuple(
            source
            for source in self.sources
            if source.open_to(role, unit) and subject in source.subjects and (not allowed or source.code in allowed)
        )

    def source_name(self, code: str) -> Text:
        """The name of a source; of one this version does not have, its code."""
        return next((source.name for source in self.sources if source.code == code), Text(zh=code, en=code))

    def duty(self, code: str) -> Duty:
        """The duty with this code.  Raises KeyError."""
        return self.duties.by_code[code]

    def names(self) -> Iterator[tuple[str, Text]]:
        """The names of all duties and kinds by code."""
        yield from ((duty.code, duty.name) for duty in self.duties.list)
        yield from ((kind.code, kind.name) for kind in self.kinds)

    @property
    def towns(self) -> tuple[str, ...]:
        """The codes of the towns."""
        return tuple(unit.code for unit in self.units if unit.type == "town")

    @property
    def ranks(self) -> bool:
        """Whether towns are ranked: there are measures, and the assessment plan it needs is named."""
        return bool(self.measures) and not self.assessment_plan.off("ranking")

    @property
    def rungs_on(self) -> int:
        """The number of rungs that the ladder climbs, from the first; those above need an assessment plan."""
        off = (number for number, rung in enumerate(self.ladder.rungs) if self.assessment_plan.off(rung.code))
        return next(off, len(self.ladder.rungs))

    def unit(self, code: str) -> UnitDef:
        """The unit with this code.  Raises KeyError."""
        return self._units[code]

    @property
    def cited(self) -> str:
        """What official documents cite as their basis: the county's own paper, or the scheme by its title."""
        own = next((paper for paper in self.basis[:1] if paper.number), None)
        return own.cited if own else f"《{self.title.zh}》"

    def full_name(self, code: str) -> str:
        """The name of a unit on documents (全称).  Raises KeyError."""
        return self.county.full_name(self.unit(code))

    def mark(self, code: str) -> str:
        """The mark of a unit's documents (机关代字); one that is made begins as most of the county's do.  Raises KeyError."""
        begins = Counter(unit.mark[0] for unit in self.units if unit.mark)
        return self.county.mark(self.unit(code), begins.most_common(1)[0][0] if begins else "")

    def indicator(self, number: int) -> Indicator:
        """The indicator with this number.  Raises KeyError."""
        for indicator in self.indicators:
            if indicator.number == number:
                return indicator
        raise KeyError(number)

    def kind_of_have(self, have: str) -> Kind | None:
        """The kind of ticket filed for a missing have."""
        return next((kind for kind in self.kinds if kind.have == have and "household" in kind.subjects), None)

    def figures_of(self, unit: str) -> tuple[CountyMeasure, ...]:
        """The county measures that the unit reports on; for the office, all of them."""
        own, every = self.county_measures, self.unit(unit).type == "office"
        return tuple(each for each in own if every or unit in (each.units or self.indicator(each.item).units))

    def average_income(self, year: int) -> IncomeAverage | None:
        """The reference income of a year; None where the scheme has none (it is never guessed)."""
        averages = self.exit.income.averages if self.exit.income else ()
        return next((entry for entry in averages if entry.year == year), None)

    def limits_for(self, kind: str, urgent: bool) -> Limits:
        """The working days of each stage for a kind.  Raises KeyError."""
        return self._limits[kind, urgent]

    def hard_stop_date(self, kind: str, cause: str | None, year: int) -> date | None:
        """The date in the assessment year `year` that caps this kind and cause, if one does."""
        stop = self._kinds[kind].hard_stop
        if stop is None or (stop.causes and cause not in stop.causes):
            return None
        month, day = stop.date.split("-")
        return date(year, int(month), int(day))

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON of the validated scheme."""
        text = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
