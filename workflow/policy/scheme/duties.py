"""Duties (任务) as data: what a unit owes in every period, by when, with which evidence, form and count.

Shapes only; what must hold between them is in `validation_duties`, and when a period begins and what is due in `periods`.
"""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from workflow.policy.scheme.parts import Coded, Days, MonthDay, Part, Slug, Text

PERIODS = ("monthly", "quarterly", "half_yearly", "yearly", "once", "ranking")
#: In `units`: every town of the scheme.
TOWNS = "towns"
#: What two entries must share to be one: the day, the month, the quarter; or the code of a field.
SPANS = ("day", "month", "quarter")


class FormField(Part):
    """One thing a form asks for; `village` is the code or name of a village of the unit's own.

    `draft`: the passages of figures that a draft of the paper begins this section with.
    """

    code: Slug
    name: Text
    type: Literal["text", "number", "date", "choice", "village"] = "text"
    required: bool = True
    choices: tuple[Coded, ...] = ()
    draft: tuple[Literal["ranking", "measures", "short", "tickets", "duties"], ...] = ()


class Due(Part):
    """When a duty is due: on the `last` working day of its period, so many working `days` after its `end` or after it
    was `opened`, on a `date` of the assessment year, or with the `report` on a ranking."""

    by: Literal["last", "end", "opened", "date", "report"]
    days: Days | None = None
    date: MonthDay | None = None


class Count(Part):
    """What a countable duty counts, from its period's beginning: entries, or the sum of a field of theirs.

    `target` a number, or None where the notice names none; `of` takes it from the register instead: `households` on the
    register, `visited` pre-exit households visited, `cadres` households with a responsible cadre, `hard_villages` the
    other villages in the top third by poor people.  `visited` and `cadres` count the register and have no entries.
    `together`: all units of the duty share one target; with `split`, by unit, each has its part of it.
    """

    unit: Text
    target: Annotated[int, Field(ge=1)] | None = None
    of: Literal["households", "visited", "cadres", "hard_villages"] | None = None
    together: bool = False
    split: dict[Slug, Annotated[int, Field(ge=0)]] = {}
    once_per: tuple[Slug, ...] = ()
    sum: Slug | None = None
    pace: Literal["days", "months"] = "days"
    fields: tuple[FormField, ...] = ()

    @property
    def by_register(self) -> bool:
        """Whether the register says how far it is; then nobody makes entries."""
        return self.of in ("visited", "cadres")


class Duty(Part):
    """One obligation of the notice: of which item (None: its closing paragraphs), whose, how often, due when.

    `units` are codes, `towns`, or the code of a group.  `since` is the day of the assessment year from which it counts;
    `whole_year` opens also the periods that were over when the county took the scheme up.  `after` names the duty whose
    closing gives birth to this one (压茬推进).  The office confirms, the leading group what the office holds itself.
    `guided_by` sees and comments.  Of the period `ranking` a duty is opened with every ranking, for those of its units that
    report on it, and closed by handing the report in.
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
    count: Count | None = None
    after: Slug | None = None
    guided_by: Slug | None = None

    @property
    def of_ranking(self) -> bool:
        """Whether it is the written report on a ranking."""
        return self.period == "ranking"


class Group(Part):
    """Units that one name stands for; `own_choice` where the notice does not list them and the county does."""

    code: Slug
    name: Text
    units: tuple[Slug, ...]
    own_choice: bool = False


class Duties(Part):
    """All duties; `grace` working days are the least a unit has, however late a duty was opened."""

    grace: Days = 5
    groups: tuple[Group, ...] = ()
    list: tuple[Duty, ...] = ()

    @cached_property
    def by_code(self) -> dict[str, Duty]:
        return {duty.code: duty for duty in self.list}

    def units_of(self, duty: Duty, towns: tuple[str, ...]) -> tuple[str, ...]:
        """The codes of the units that owe the duty, each once, in the order they are named."""
        groups = {group.code: group.units for group in self.groups} | {TOWNS: towns}
        return tuple(dict.fromkeys(code for name in duty.units for code in groups.get(name, (name,))))

    def following(self, code: str) -> tuple[Duty, ...]:
        """The duties that are born when this one closes."""
        return tuple(duty for duty in self.list if duty.after == code)
