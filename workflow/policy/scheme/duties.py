"""Duties (任务) as data: the obligations of a unit per period, with due rule, evidence, form and count.

Shapes only; rules between fields are in `validation_duties`, periods and due dates in `workflow.policy.periods`.
"""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from workflow.policy.scheme.parts import Coded, Days, MonthDay, Part, Slug, Text
from workflow.policy.scheme.term_texts import RowCount

PERIODS = ("monthly", "quarterly", "half_yearly", "yearly", "once", "ranking")
#: The sections that a report on a ranking can be asked for (item 6 of the notice); its figures are the system's.
REPORT_SECTIONS = ("causes", "rectification", "next_steps")
#: In `units`: every town of the scheme.
TOWNS = "towns"
#: What two entries must share to count as one: the day, the month, the quarter, or a field.
SPANS = ("day", "month", "quarter")


def _left_out(value: object) -> bool:
    """Left out of a scheme's canonical form, so that schemes without it keep their hash."""
    return value is None or value is False or value == ()


class Share(Part):
    """A number field of the form, multiplied."""

    field: Slug
    times: float = 1


class FormField(Part):
    """One field of a form; `village` is the code or name of a village of the unit's own, `towns` are towns of the county by
    name, with `or_none` also that there are none; in a rule it stands for how many it names.

    A number counts things and is whole, unless `fractions` says that it is an amount (yuan) with up to two decimals.
    `min` and `max` bound a number, `most` bounds it by rows: the households of the village that the form names, the
    villages of the unit (of the county for a county unit), or a count of its rows; `min_chars` is the least length of a
    text, and a required text says something unless `or_none`: at least a name, with `statement` more than names of units,
    persons or papers; a `document` names one by its number; a date with
    `within_period` lies in the duty's period, one with `back_years` between so many years before the period's first day and
    the day of the report.
    A value beyond them is impossible and refused.
    `none`, of a number that is a base: the text field that states that there is none here; 0 is refused without that
    statement, and with it what the item demands of the base does not apply.
    `about`, of a text that is not required: the numbers whose sum it speaks of; where that is 0 the text is refused, and
    above 0 one with `statement` is asked.
    `draft`: the passages of figures with which a draft begins this section (`measures`: those that reach their standard,
    `short`: those that do not).
    `known`: the count of the system that is the answer, so that the unit only confirms it; of households of the town or
    county, their people, the quota's houses, of tickets or data matching of the unit in the period.  A count below `min` is
    no answer: the system has no rows, and the unit types the number.
    `own`: the count of the system's rows that the number is held against: more than they know, or far less (`figures` of
    the scheme), may be sent with a reason and counts as not reached until it is confirmed.
    `some`: the count that shows that there is some, where it is not `own`: the statement `none` against it needs a reason
    and counts as not reached.
    """

    code: Slug
    name: Text
    type: Literal["text", "number", "date", "choice", "village", "towns"] = "text"
    required: bool = True
    choices: tuple[Coded, ...] = ()
    min: Annotated[float, Field(ge=0)] | None = None
    max: Annotated[float, Field(ge=0)] | None = None
    fractions: bool = False
    most: Literal["village_households", "villages"] | RowCount | None = None
    min_chars: Annotated[int, Field(ge=1, le=2000)] | None = None
    statement: Annotated[bool, Field(exclude_if=_left_out)] = False
    or_none: bool = False
    document: bool = False
    none: Slug | None = None
    about: Annotated[tuple[Share, ...], Field(exclude_if=_left_out)] = ()
    within_period: bool = False
    back_years: Annotated[int | None, Field(ge=0, le=30, exclude_if=_left_out)] = None
    draft: tuple[Literal["ranking", "measures", "short", "tickets", "duties"], ...] = ()
    known: RowCount | None = None
    own: RowCount | None = None
    some: RowCount | None = None


class FormRule(Part):
    """A rule between the fields of one form: the sum `of` stands in `relation` to the sum `to` plus `value`, within
    `tolerance` per cent; or the choice `choice` is `one_of` these codes.

    `demand` says what a form that breaks it means: `possible`, it cannot be and is refused; `reached`, it falls short of
    the item and may be sent with the reason, is shown to the confirmer beside the rule, and counts as not reached; `usual`,
    it is so far from what is usual that it needs a reason and counts as not reached until it is confirmed.
    Rules on fields left empty are not asked; a demand on a share is never reached where its base (`to`) is 0.
    """

    code: Slug
    text: Text
    demand: Literal["possible", "reached", "usual"]
    of: tuple[Share, ...] = ()
    relation: Literal["at_most", "at_least", "equal"] | None = None
    to: tuple[Share, ...] = ()
    value: float = 0
    tolerance: Annotated[float, Field(ge=0, le=50)] = 0
    choice: Slug | None = None
    one_of: tuple[Slug, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The codes of the fields it reads."""
        return (*(share.field for share in (*self.of, *self.to)), *((self.choice,) if self.choice else ()))


class Due(Part):
    """The due rule of a duty: the `last` working day of its period, a number of working `days` after its `end` or after
    it was `opened`, a `date` of the assessment year, or the hour of the `report` on a ranking."""

    by: Literal["last", "end", "opened", "date", "report"]
    days: Days | None = None
    date: MonthDay | None = None


class Count(Part):
    """What a countable duty counts since its period began: entries, or the sum of one of their fields.

    `target` a number, or None where the notice names none; `of` takes it from the register instead: `households` on the
    register, `visited` pre-exit households visited, `cadres` households with a responsible cadre, `hard_villages` the
    other villages in the top third by poor people, `villages` all villages (of the unit's town, for a county unit of the
    county), `quota` the houses of the year's list with start-up money and
    completed.  `visited`, `cadres` and `quota` count rows and have no entries.  `villages`: entries name and count only
    the listed villages, or the hard-pressed others.
    `together`: all units of the duty share one target; with `split`, by unit, each has its part of it.
    """

    unit: Text
    target: Annotated[int, Field(ge=1)] | None = None
    of: Literal["households", "visited", "cadres", "hard_villages", "villages", "quota"] | None = None
    villages: Literal["listed", "hard"] | None = None
    together: bool = False
    split: dict[Slug, Annotated[int, Field(ge=0)]] = {}
    once_per: tuple[Slug, ...] = ()
    sum: Slug | None = None
    pace: Literal["days", "months"] = "days"
    fields: tuple[FormField, ...] = ()
    rules: tuple[FormRule, ...] = ()

    @property
    def by_register(self) -> bool:
        """Whether progress is counted from the register; such a duty has no entries."""
        return self.of in ("visited", "cadres", "quota")


class Duty(Part):
    """One obligation of the notice: its item (None: the closing paragraphs), its units, its period and its due rule.

    `units` are codes, `towns`, or the code of a group.  `since` is the day of the assessment year from which it counts;
    `whole_year` also opens the periods already over when the county adopted the scheme.  `after` names the duty whose
    closing opens this one (压茬推进).  The office confirms; the leading group confirms the office's own duties.
    `guided_by` sees and comments.  A duty of the period `ranking` opens with every ranking for the units that report on
    it, and closes when the report is issued; its fields are the sections that the report must have (REPORT_SECTIONS).
    """

    code: Slug
    name: Text
    item: int | None
    units: tuple[Slug, ...]
    period: Literal["monthly", "quarterly", "half_yearly", "yearly", "once", "ranking"]
    since: MonthDay | None = None
    whole_year: bool = False
    due: Due
    evidence: Text
    fields: tuple[FormField, ...] = ()
    rules: tuple[FormRule, ...] = ()
    count: Count | None = None
    after: Slug | None = None
    guided_by: Slug | None = None

    @property
    def of_ranking(self) -> bool:
        """Whether it is the written report on a ranking."""
        return self.period == "ranking"

    @property
    def paced(self) -> bool:
        """Whether what each unit ought to have done can be told as of any moment.

        Not without a figure, of a target that units share unsplit, of cadres (no history has their names), of entries that
        count in some villages only (an entry keeps its credit as the list of these changes), or of the report on a ranking.
        """
        count = self.count
        if count is None:
            return not self.of_ranking
        if count.villages is not None or (count.together and not count.split):
            return False
        own = count.target is not None or bool(count.split)
        return count.of in ("households", "visited") or (count.of is None and own)


class Group(Part):
    """A named group of units; `own_choice` where the county lists them and the notice does not."""

    code: Slug
    name: Text
    units: tuple[Slug, ...]
    own_choice: bool = False


class Duties(Part):
    """All duties; every unit has at least `grace` working days, however late a duty is opened."""

    grace: Days = 5
    groups: tuple[Group, ...] = ()
    list: tuple[Duty, ...] = ()

    @cached_property
    def by_code(self) -> dict[str, Duty]:
        return {duty.code: duty for duty in self.list}

    @property
    def quota(self) -> Duty | None:
        """The duty whose progress is counted from the list of quota houses (item 10); None in a scheme without one."""
        return next((duty for duty in self.list if duty.count is not None and duty.count.of == "quota"), None)

    @staticmethod
    def quota_confirmer(guide: int, entered_by: int, town: int) -> int:
        """The id of the unit that judges an entered day of a quota house: the guide of the duty, or for what the guide
        itself entered the household's town.  `entered_by`: the unit, or its successor, which is no other unit."""
        return town if entered_by == guide else guide

    def units_of(self, duty: Duty, towns: tuple[str, ...]) -> tuple[str, ...]:
        """The codes of the units that owe the duty, each once, in the order they are named."""
        groups = {group.code: group.units for group in self.groups} | {TOWNS: towns}
        return tuple(dict.fromkeys(code for name in duty.units for code in groups.get(name, (name,))))

    def following(self, code: str) -> tuple[Duty, ...]:
        """The duties that open when this one closes."""
        return tuple(duty for duty in self.list if duty.after == code)
