"""Thresholds: limits of requests for time, declines, suspensions, signals, spot checks and random checks; fixed last
days and legal bases."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from workflow.policy.scheme.parts import Coded, Days, MonthDay, Part, Slug, Text, Words


class Asking(BaseModel):
    """Requests for time: working hours before the deadline in which a ground is required; the others in working
    days."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    last_hours: Annotated[int, Field(ge=0, le=80)] = 4
    answer_days: Days = 2
    extension_days: Days = 15


class Signals(BaseModel):
    """Thresholds of signals (异常信号); the county's own choice, since the notice fixes none.

    `quick_minutes` and `last_hours` are working time, `at_once_minutes` minutes of the clock, `reopened_days` calendar
    days; `at_once` counts tickets.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    quick_minutes: Annotated[int, Field(ge=1, le=2000)] = 15
    last_hours: Annotated[int, Field(ge=0, le=80)] = 4
    at_once: Annotated[int, Field(ge=2, le=1000)] = 5
    at_once_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    reopened_days: Days = 10


class SpotChecks(BaseModel):
    """Spot checks (抽查核实) of a month's closings; the share is the county's own choice, since the notice fixes none.

    `percent` of each unit's closings, at least `least` and at most `most` of them; `days` are the working days for a
    check. `by` is who checks first: other towns in turn, or the office.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    percent: Annotated[int, Field(ge=1, le=100)] = 10
    least: Annotated[int, Field(ge=1, le=1000)] = 1
    most: Annotated[int, Field(ge=1, le=1000)] = 5
    days: Days = 10
    by: Literal["towns", "office"] = "towns"


class RandomChecks(BaseModel):
    """Random checks (入户抽查) of households about to leave the register and of those just exited (notice item 1).

    Of each town's households of either standing `percent`, at least `least` and at most `most`; the share is the county's
    own choice, since the notice fixes none.  `every` is the period that is drawn from when it is over, `of` the statuses
    that are drawn from; `days` are the working days for a check.  `by` is who checks first: other towns in turn, or the
    office.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    percent: Annotated[int, Field(ge=1, le=100)] = 5
    least: Annotated[int, Field(ge=1, le=1000)] = 1
    most: Annotated[int, Field(ge=1, le=1000)] = 3
    days: Days = 10
    by: Literal["towns", "office"] = "towns"
    every: Literal["month", "quarter"] = "month"
    of: Annotated[tuple[Literal["pre_exit", "exited"], ...], Field(min_length=1)] = ("pre_exit", "exited")


class FigureChecks(BaseModel):
    """Figure checks (数据抽查核实) of the figures of a month's last ranking that rest on a unit's own word (自报, 暂计); the
    share is the county's own choice, since the notice fixes none.

    `percent` of them all, at least `least` and at most `most`; `days` are the working days for a check.  A figure found
    untrue becomes a ticket of the kind of `figures`, under this `source`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    percent: Annotated[int, Field(ge=1, le=100)] = 5
    least: Annotated[int, Field(ge=1, le=1000)] = 3
    most: Annotated[int, Field(ge=1, le=1000)] = 10
    days: Days = 10
    source: Slug


class Candidates(Part):
    """Candidates (疑似漏评户): the kind under which a family that is not registered is reported (notice item 17), and the
    grounds on which it is refused.

    `erase_days` are the calendar days from the verdict after which the personal data of a refused or withdrawn candidate
    is erased: the county's own choice, since the law asks for erasure without a number of days (个人信息保护法 art. 47).
    """

    kind: Slug
    erase_days: Annotated[int, Field(ge=1, le=3650)] = 30
    grounds: Annotated[tuple[Coded, ...], Field(min_length=1)]


class HardStop(Part):
    """A date that caps computed dates, for the named causes (none named: all)."""

    date: MonthDay
    causes: tuple[Slug, ...] = ()


class LegalBasis(Part):
    """The law or published procedure on which the limit of a stage rests, and the working days that it gives, if any."""

    stage: Literal["vet", "supplement", "accept", "mend", "rule", "confirm"] = "mend"
    text: Text
    at_least: Days | None = None


class Decline(Part):
    rounds: Annotated[int, Field(ge=0, le=10)]
    grounds: tuple[Coded, ...]


class Suspension(Part):
    max_days: Days
    grounds: tuple[Coded, ...]


class ListColumn(Part):
    """A column of a list beyond the family's name, number and place; `needed`: a list without it is refused."""

    code: Slug
    name: Text
    headings: tuple[Words, ...]
    needed: bool = False


class BulkListKind(Coded):
    """One kind of list: the bureaus that bring it, the have that a check must look at, the working days for a check and for
    the answer to a question, and the days for which what a line says is kept once it is settled or its question is late."""

    units: tuple[Slug, ...]
    have: Slug | None = None
    days: Days = 5
    answer_days: Days = 5
    keep_days: Days = 30
    columns: tuple[ListColumn, ...] = ()
