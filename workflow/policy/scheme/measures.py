"""Measures and the ranking (排名) as data: the share counted for each town, and its weight.

A measure is a share: the sum of some terms over the sum of others, from the small vocabulary below; a scheme contains
no code.  What only the county can achieve is measured for the county itself and for no town.  Source: the notice's
items and its closing paragraph (每月10日、20日、30日排名).
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from workflow.policy.scheme.exit_rules import Wording
from workflow.policy.scheme.parts import UNLESS_EMPTY, Clock, Days, Part, Slug, Text
from workflow.policy.scheme.term_texts import MARKS, term_text, unit_of
from workflow.policy.scheme.thresholds import FigureChecks

Term = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$")]
Percent = Annotated[int, Field(ge=0, le=100)]


class OwnCount(Part):
    """What the system's own rows say of a reported figure: its parts `of` and `to`, as far as there are rows, and `most`,
    the whole it can never exceed (of a sample, what it is drawn from).

    The gap between figure and rows stands beside the figure; more than the rows know needs a reason, more than `most` is
    refused.
    """

    of: tuple[Term, ...] = ()
    to: tuple[Term, ...] = ()
    most: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms."""
        return (*self.of, *self.to, *self.most)


class Plausible(Part):
    """The whole up to which a reported figure without rows is taken as it is: `each` for every row that the terms `per`
    count in the town; without terms `each` itself.

    `why`: why no rows bound the figure.  A larger whole, and any change of magnitude, needs a reason.
    """

    each: Annotated[int, Field(ge=1, le=10_000_000)]
    per: tuple[Term, ...] = ()
    why: Text


class CountyMeasure(Part):
    """A share of one item for the county itself: duties and reports of its bureaus and offices; counted for no town.

    `duties`: which duties of theirs count; empty: all of the item.  `units`: the bureaus that report on it; empty: all
    of the item.  `threshold`: the target in per cent.  `reported_by`: the reporting unit of a reported figure, `own` what
    rows say of it, `plausible` its usual bound where no rows do.  `unit`: what is counted.  `numerator`, `denominator`:
    what both sums count, as readers of the formula read it; required of a reported figure, whose terms say nothing of it.
    `each`: what every row counts where the denominator of a reported figure is counted from rows (2, in 10,000 yuan a head).
    """

    code: Slug
    name: Text
    item: int
    of: tuple[Term, ...]
    to: tuple[Term, ...]
    unit: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    duties: tuple[Slug, ...] = ()
    units: tuple[Slug, ...] = ()
    threshold: Annotated[int, Field(ge=1, le=100)] = 100
    reported_by: Slug | None = None
    own: OwnCount = OwnCount()
    plausible: Plausible | None = None
    each: Annotated[int, Field(ge=1, le=10_000_000)] = 1

    @property
    def whole_counted(self) -> bool:
        """Whether only the numerator is reported, and the denominator is counted from rows."""
        return self.reported and not any(term.startswith("reported.") for term in self.to)

    @property
    def bounding(self) -> tuple[str, ...]:
        """The terms a reported figure is held against."""
        usual = self.plausible.per if self.plausible is not None else ()
        return (*self.own.terms, *usual, *(self.to if self.whole_counted else ()))

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms, those of the own count and of the plausible bound among them."""
        return (*self.of, *self.to, *self.bounding)

    @property
    def counted_in(self) -> Text | None:
        """The unit of the figures: 户, 件, 项; None for a reported figure without one."""
        if self.unit is not None:
            return self.unit
        return unit_of(self.to[0]) if self.to else None

    @property
    def self_reported(self) -> bool:
        """Whether its numerator is the reporting unit's own word (自报): no rows of the system count what it counts."""
        return self.reported and not self.own.of

    @property
    def provisional(self) -> bool:
        """Whether it counts entries of the town's own (暂计), which nobody confirms before their duty ends."""
        return "entries.done" in self.of

    @property
    def mark(self) -> Text | None:
        """What its figure rests on (自报, 暂计); None where rows of the system count it."""
        return MARKS["told"] if self.self_reported else MARKS["entered"] if self.provisional else None

    @property
    def called(self) -> Text:
        """The name with what its figure rests on, wherever a figure is shown: a number without rows is not told from one that
        the system counted."""
        mark = self.mark
        return Text(zh=f"{self.name.zh}（{mark.zh}）", en=f"{self.name.en} ({mark.en})") if mark else self.name

    @property
    def reported(self) -> bool:
        """Whether its figure is reported by a unit."""
        return any(term.startswith("reported.") for term in (*self.of, *self.to))

    def part_text(self, part: Literal["of", "to"], words: Wording) -> Text:
        """What the numerator (`of`) or the denominator (`to`) counts: the scheme's text, else those of its terms."""
        own, terms = (self.numerator, self.of) if part == "of" else (self.denominator, self.to)
        texts = [term_text(term, words) for term in terms]
        return own or Text(zh="＋".join(text.zh for text in texts), en=" + ".join(text.en for text in texts))

    def term_text(self, term: str, words: Wording) -> Text:
        """What one of its terms counts; of a reported term, what the whole sum counts."""
        if term.startswith("reported."):
            return self.part_text("of" if term in self.of else "to", words)
        return term_text(term, words)


class Measure(CountyMeasure):
    """A share of one item, per town: Σ `of` ÷ Σ `to`.

    `kinds`, `duties`: which tickets and duties count; empty: all of the item.  `have`: the have it is about.  `units`:
    the bureaus that rank the towns by it; empty: all bureaus of the item.  `threshold`: the per cent that earns full
    marks.
    Below `minimum` (of Σ `to`) a town is shown and not ranked on it, and the shortfall counts at the county's own
    share; a measure of few by its nature has no minimum and says why in `small_base`.  `benchmark`: read by rankings of
    formula version 1 only, where it stood in its place.
    `ranks`: whose ranking it counts in: the county's (what all bureaus share), the bureaus' own (a part of what the
    county's ranking counts already), or both; so nothing weighs twice.
    """

    kinds: tuple[Slug, ...] = ()
    have: Slug | None = None
    minimum: Annotated[int, Field(ge=1)] = 1
    small_base: Text | None = None
    benchmark: Percent = 90
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    ranks: Literal["both", "county", "own"] = "both"


class FigureRule(Part):
    """Reported figures against rows: a figure asks once more after a `jump` of so many points of the share against the last
    one, or where either part has changed by more than `magnitude` per cent and by at least `least`; so far below the rows
    it needs a reason.

    A gap of more than `gap` per cent of the rows, and of at least `gap_least`, in `gap_periods` rankings in a row becomes a
    ticket of this `kind` about the reporting unit, under this `source` (without a kind, of none).  `checks`: how figures
    without rows are drawn and checked.
    """

    jump: Percent = 30
    magnitude: Annotated[int, Field(ge=1, le=1000)] = 50
    least: Annotated[int, Field(ge=1)] = 10
    gap: Percent = 5
    gap_least: Annotated[int, Field(ge=1)] = 1
    gap_periods: Annotated[int, Field(ge=1, le=36)] = 3
    kind: Slug | None = None
    source: Slug | None = None
    checks: Annotated[FigureChecks | None, UNLESS_EMPTY] = None

    def leaps(self, number: int, former: int) -> bool:
        """Whether a number is of another magnitude than the former one.

        >>> FigureRule().leaps(1, 47), FigureRule().leaps(45, 47), FigureRule().leaps(9, 1)
        (True, False, False)
        """
        change = abs(number - former)
        return change >= self.least and change * 100 > self.magnitude * former

    def against_rows(self, number: int, rows: int | None) -> Literal["above", "below"] | None:
        """Whether a number that a unit reports needs a reason: it is more than the system's rows know, or far less; None where
        it fits, or without rows.

        >>> [FigureRule().against_rows(number, 40) for number in (41, 40, 20, 19)]
        ['above', None, None, 'below']
        """
        if rows is None:
            return None
        if number > rows:
            return "above"
        return "below" if self.leaps(number, rows) else None


class VillageIncomeRule(Part):
    """The line of a listed village's income a head: `percent` of the province's average of the year; the unit `by` surveys
    and enters (item 2).
    """

    percent: Annotated[int, Field(ge=1, le=200)]
    by: Slug


class Grade(Part):
    """A grade of the assessment (考核等次), for scores from `floor` on."""

    code: Slug
    name: Text
    floor: Percent


class RankingRule(Part):
    """The ranking's days, its hour in China, its first day, and the weight of each item (1 by default).

    In a month without a 30th the last day replaces it: the county's own choice.  `appeal_days`: working days a town has
    to object to a figure.  Written reports are due at `report_at` of the `report_days`-th working day after the
    ranking.  `grades` from the best down; `target` is required, `aim` is the goal beyond it (closing paragraph:
    取得“较好”争取“好”).
    """

    days: tuple[Annotated[int, Field(ge=1, le=30)], ...] = (10, 20, 30)
    at: Clock = "17:00"
    first: date | None = None
    weights: dict[int, Annotated[int, Field(ge=1, le=1000)]] = {}
    appeal_days: Days = 3
    report_days: Days = 1
    report_at: Clock = "12:00"
    grades: tuple[Grade, ...] = ()
    target: Slug | None = None
    aim: Slug | None = None
    min_coverage: Percent = 50

    def grade(self, score: int) -> Grade | None:
        """The grade of a score in hundredths of a point; None where the scheme has no grades."""
        return next((grade for grade in self.grades if score >= grade.floor * 100), None)

    def named(self, code: str | None) -> Grade | None:
        """The grade with this code."""
        return next((grade for grade in self.grades if grade.code == code), None)
