"""Scheme parts: codes, texts in both languages, dates and hours; the county and its units with their names and marks on
documents, and the papers a scheme rests on.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Days = Annotated[int, Field(ge=1, le=400)]
Labour = Literal["with", "partly", "none", "unknown"]
Mark = Annotated[str, StringConstraints(pattern=r"^[^\W\d_]+$", max_length=12)]


class Part(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Part):
    """A text in both languages."""

    zh: Words
    en: Words


class Coded(Part):
    """A choice with a stable code."""

    code: Slug
    name: Text


class BasisPaper(Part):
    """A paper that the scheme rests on (发文依据): its title without 《》 and its number (文号)."""

    title: Words
    number: Words | None = None

    @property
    def cited(self) -> str:
        """The paper as an official document cites it: 《关于……的通知》（华扶组〔2018〕16号）."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")


class UnitDef(Part):
    """A responsible unit (责任单位); aliases are other names of the same unit.

    `full_name` is the name on documents (全称), by default the name with the county's; `mark` begins the numbers of the
    documents it issues (机关代字); `first_number` is the first number the system gives in the scheme's year, where earlier
    ones were given by hand.
    """

    code: Slug
    name: Words
    name_en: Words
    full_name: Words | None = None
    mark: Mark | None = None
    first_number: Annotated[int, Field(ge=1, le=9999)] = 1
    type: Literal["town", "bureau", "office", "leaders", "inspectorate"]
    aliases: tuple[Words, ...] = ()
    ruled_by_leaders: bool = False


class CountyDef(Part):
    code: Slug
    name: Text
    region: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    copied_to: tuple[Words, ...] = ()

    def full_name(self, unit: UnitDef) -> str:
        """A unit's name on documents: its own, or its short name with the county's."""
        return unit.full_name or self.before(unit.name)

    def before(self, name: str) -> str:
        """A short name with the county's before it: 县某局 of 某县 is 某县某局."""
        return name if self.name.zh in name else self.name.zh + name.removeprefix("县")

    def mark(self, unit: UnitDef) -> str:
        """The mark of a unit's documents: its own, or one made of both names."""
        short = unit.name.removeprefix(self.name.zh).removeprefix("县").removesuffix("局")
        return unit.mark or (self.name.zh[:1] + short)[:12]
