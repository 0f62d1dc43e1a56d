"""The ladder of a scheme: its rungs, and what the papers from 督办 up demand."""

from typing import Annotated, Literal

from pydantic import Field

from workflow.policy.scheme.parts import Days, Part, Slug, Text


class Demand(Part):
    """What a paper demands, within so many working days, and what meets it: the work done, or a written answer."""

    code: Slug
    text: Text
    days: Days
    met_by: Literal["work", "answer"] = "work"


#: What a paper demands under a scheme older than demands: an open ticket keeps the version it was filed under.
_MEND = Demand(code="finish", text=Text(zh="请于期限内办结", en="Finish it within the time given."), days=5)


class Rung(Part):
    """One step of the ladder, so many working days from the deadline (negative: before it)."""

    code: Literal["remind", "urge", "supervise", "summon", "account"]
    name: Text
    offset: Annotated[int, Field(ge=-30, le=400)]
    tells: tuple[Slug, ...]
    issued_by: Literal["system", "person"]
    demand: Demand | None = None

    @property
    def demands(self) -> Demand:
        """What its paper demands."""
        return self.demand or _MEND


class Ladder(Part):
    """The rungs, and after how many working days a paper that nobody signed for counts as received."""

    rungs: tuple[Rung, ...]
    deemed_receipt: Days = 1
