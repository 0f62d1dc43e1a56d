"""Ladder (预警升级): its rungs, and the demands of the papers from 督办 up."""

from typing import Annotated, Literal

from pydantic import Field

from workflow.policy.scheme.parts import Days, Part, Slug, Text


class Demand(Part):
    """The demand of a paper, due in a number of working days, met by the work done or by a written answer.

    `of_duty` is its text where nothing is to be put right: for a duty or a report.
    """

    code: Slug
    text: Text
    of_duty: Text | None = None
    days: Days
    met_by: Literal["work", "answer"] = "work"


#: The demand under a scheme older than demands: an open ticket keeps the version it was filed under.
_MEND = Demand(code="finish", text=Text(zh="请于期限内办结", en="Finish it within the time given."), days=5)


class Rung(Part):
    """One step of the ladder, a number of working days from the deadline (negative: before it)."""

    code: Literal["remind", "urge", "supervise", "summon", "account"]
    name: Text
    offset: Annotated[int, Field(ge=-30, le=400)]
    tells: tuple[Slug, ...]
    issued_by: Literal["system", "person"]
    demand: Demand | None = None

    @property
    def demands(self) -> Demand:
        """The demand of its paper."""
        return self.demand or _MEND


class Ladder(Part):
    """The rungs, and the working days after which an unsigned paper counts as received."""

    rungs: tuple[Rung, ...]
    deemed_receipt: Days = 1
