"""Measures and the ranking (排名) as data: the share counted for each town, and its weight.

A measure is a share: the sum of some terms over the sum of others, from the small vocabulary below; a scheme contains
no code.  What only the county can achieve is measured for the county itself and for no town.  Source: the notice's
items and its closing paragraph (每月10日、20日、30日排名).
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from workflow.policy.scheme.parts import Clock, Days, Part, Slug, Text

#: Every term and what it counts for one town at the moment of the ranking, with the scheme's words for the haves and
#: the status before leaving.
TERMS: dict[str, tuple[str, str]] = {
    "households.on_register": ("在档户", "households on the register"),
    "households.labour": ("有劳动力的在档户", "of them with labour force"),
    "households.visited": ("规定天数内已入户的在档户", "of them visited within the scheme's days"),
    "households.pre_exit": ("{status}户", "households: {status}"),
    "households.all_met": ("{haves}全部达标的{status}户", "of them with everything met"),
    "households.have_met": ("该项已达标的{status}户", "of them with this have met"),
    "households.able": ("有劳动力的{status}户", "households with labour force: {status}"),
    "households.able_earning": ("收入达标的有劳动力{status}户", "of them with the income the rule asks for"),
    "households.unable": ("无劳动力或弱劳动力的{status}户", "households without full labour force: {status}"),
    "households.unable_covered": ("收入事项达标的上述户", "of them with the have of income met"),
    "households.checked": ("本年度已入户抽查的户", "households checked at random in the year"),
    "households.held": ("其中抽查属实的户", "of them those found to hold"),
    "people.registered": ("在档人口", "people of households on the register"),
    "people.insured": ("台账登记已参加基本医疗和大病保险的在档人口", "of them insured by the register"),
    "people.school_age": ("九年义务教育适龄（6—14周岁）在档人口", "people of the age of the nine compulsory years"),
    "people.enrolled": ("台账登记在校的适龄人口", "of them at school by the register"),
    "people.beyond_help": (
        "完全或部分丧失劳动能力且无法依靠产业就业脱贫的在档人口",
        "people beyond help by work or farming",
    ),
    "people.covered": ("台账登记享受低保的上述人口", "of them drawing the allowance by the register"),
    "people.pension_due": (
        "应参加或领取养老保险的在档人口（16—59周岁非在校生和60周岁以上）",
        "people whose pension is due",
    ),
    "people.pensioned": ("台账登记已参保或已领取的上述人口", "of them insured or drawing it by the register"),
    "people.labourers": ("在档劳动力（16—59周岁，含弱劳动力）", "people of working age able to work"),
    "villages.listed": ("省定贫困村", "listed poor villages"),
    "villages.surveyed": ("已录入本年度人均可支配收入的省定贫困村", "of them those whose income is entered"),
    "villages.reached": ("收入达到标准的省定贫困村", "of them those whose income reaches the line"),
    "quota.target": ("年度危房改造任务户数", "houses of the year's quota"),
    "quota.listed": ("已列入任务名册的户", "households on the quota's list"),
    "quota.paid": ("补助启动资金已到户的任务户", "of them those with the start-up money"),
    "quota.finished": ("已竣工的任务户", "of them those with the house finished"),
    "tickets.closed": ("本年度已销号工单", "tickets closed in the year"),
    "tickets.closed_on_time": ("镇承办各环节均未超期的已销号工单", "of them those the town was never late with"),
    "tickets.open": ("未销号工单", "open tickets"),
    "tickets.open_overdue": ("镇承办且已超期的未销号工单", "open tickets overdue in the town's hands"),
    "tickets.closings": (
        "本年度销号工单（含销号后因不实、反弹重办的）",
        "tickets closed in the year, also those reopened since",
    ),
    "tickets.kept": ("销号后查实未反弹、未重办的工单", "of them those whose closing holds"),
    "duties.closed": ("本年度已完成任务", "duties done in the year"),
    "duties.closed_on_time": (
        "按时完成且达到要求的任务",
        "of them those done in time that reach what the item demands",
    ),
    "duties.open_overdue": ("已超期未完成的任务", "duties overdue"),
    "entries.done": ("已记录的进展", "entries that count"),
    "entries.target": ("任务规定的数量", "how many there must be"),
    "entries.expected": ("按时间进度应完成的数量", "how many there ought to be at that hour"),
    "entries.in_pace": ("按时间进度应完成数量中已完成的", "of these those done"),
    "reported.numerator": ("责任单位填报的分子", "the numerator that the responsible unit reported"),
    "reported.denominator": ("责任单位填报的分母", "the denominator that the responsible unit reported"),
}
Term = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$")]
Percent = Annotated[int, Field(ge=0, le=100)]


#: The default unit counted by each kind of term.
_COUNTED = {
    "households": ("户", "households"),
    "people": ("人", "people"),
    "villages": ("村", "villages"),
    "quota": ("户", "households"),
    "tickets": ("件", "tickets"),
    "duties": ("项", "duties"),
    "entries": ("次", "entries"),
}


class OwnCount(Part):
    """What the system's own rows say of a reported figure: its parts `of` and `to`, as far as there are rows, and `most`,
    the whole it can never exceed.

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


class CountyMeasure(Part):
    """A share of one item for the county itself: duties and reports of its bureaus and offices; counted for no town.

    `duties`: which duties of theirs count; empty: all of the item.  `units`: the bureaus that report on it; empty: all
    of the item.  `threshold`: the target in per cent.  `reported_by`: the reporting unit of a reported figure, `own` what
    rows say of it. `unit`: what is counted.
    """

    code: Slug
    name: Text
    item: int
    of: tuple[Term, ...]
    to: tuple[Term, ...]
    unit: Text | None = None
    duties: tuple[Slug, ...] = ()
    units: tuple[Slug, ...] = ()
    threshold: Annotated[int, Field(ge=1, le=100)] = 100
    reported_by: Slug | None = None
    own: OwnCount = OwnCount()

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms, those of the own count among them."""
        return (*self.of, *self.to, *self.own.terms)

    @property
    def counted_in(self) -> Text | None:
        """The unit of the figures: 户, 件, 项; None for a reported figure without one."""
        if self.unit is not None:
            return self.unit
        noun = _COUNTED.get(self.to[0].partition(".")[0]) if self.to else None
        return Text(zh=noun[0], en=noun[1]) if noun else None

    @property
    def reported(self) -> bool:
        """Whether its figure is reported by a unit."""
        return any(term.startswith("reported.") for term in (*self.of, *self.to))


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

    A gap of more than `gap` per cent of the rows in `gap_periods` rankings in a row becomes a ticket of this `kind` about
    the reporting unit, under this `source` (without a kind, of none).
    """

    jump: Percent = 30
    magnitude: Annotated[int, Field(ge=1, le=1000)] = 50
    least: Annotated[int, Field(ge=1)] = 10
    gap: Percent = 5
    gap_periods: Annotated[int, Field(ge=1, le=36)] = 3
    kind: Slug | None = None
    source: Slug | None = None


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
