"""Scheme parts: codes, texts in both languages, dates and hours; the county and its units with their names and marks on
documents, the papers a scheme rests on, and the sources (来源) that deficiencies are filed from.

The ten sources are those of the field; a scheme may name its own list instead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Days = Annotated[int, Field(ge=1, le=400)]
Labour = Literal["with", "partly", "none", "unknown"]
Filer = Literal["village", "town", "bureau", "office", "leaders", "inspectorate", "system"]
Subject = Literal["household", "village", "unit", "candidate"]
Mark = Annotated[str, StringConstraints(pattern=r"^[^\W\d_]+$", max_length=12)]
#: What a made mark says shorter, or leaves out of a name: 乡村建设领导小组办公室 gives 乡村建设办.
_SHORTENED = (
    ("办公室$", "办"),
    ("领导小组$", "组"),
    ("领导小组(?=办$)", ""),
    ("委员会$", "委"),
    ("人民政府$|局$", ""),
    ("(?<=.)(?:工作|开发)", ""),
)
_LONGEST_SHORT = 11


class Part(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Text(Part):
    """A text in both languages."""

    zh: Words
    en: Words


class Coded(Part):
    """A choice with a stable code."""

    code: Slug
    name: Text


@dataclass(frozen=True, slots=True)
class SchemeText:
    """The text of a policy and, where it stands apart, of the county's part with the name of its file."""

    policy: str
    county: str | None = None
    county_file: str = ""


class BasisPaper(Part):
    """A paper that the scheme rests on (发文依据): its title without 《》 and its number (文号)."""

    title: Words
    number: Words | None = None

    @property
    def cited(self) -> str:
        """The paper as an official document cites it: 《关于……的通知》（华扶组〔2018〕16号）."""
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")


def _empty(value: object) -> bool:
    return not value


#: Left out of a scheme's canonical form where it is empty, so that schemes without it keep their hash.
UNLESS_EMPTY = Field(exclude_if=_empty)


class Plate(Part):
    """Another name under which a unit works (加挂牌子): policies name it by its code as if it were a unit."""

    code: Slug
    name: Words
    name_en: Words
    full_name: Words | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Its names in Chinese."""
        return (self.name, self.full_name) if self.full_name else (self.name,)


class UnitDef(Part):
    """A responsible unit (责任单位); aliases are other names of the same unit.

    `plates` are the other bureaus that it is as well: rules that name one are the unit's, and papers by such a rule bear the
    plate's name.

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
    plates: Annotated[tuple[Plate, ...], UNLESS_EMPTY] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name by which the unit is found."""
        return (self.name, *self.aliases, *(plate.name for plate in self.plates))


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

    def mark(self, unit: UnitDef, first: str = "") -> str:
        """The mark of a unit's documents: its own, or one made of its name, as short as offices make it.

        `first`: the character with which the marks of the county's other units begin, by default that of its name.
        """
        if unit.mark:
            return unit.mark
        short = unit.name.removeprefix(self.name.zh).removeprefix("县")
        for long, brief in _SHORTENED:
            short = re.sub(long, brief, short)
        return (first or self.name.zh[:1]) + (short or unit.name)[:_LONGEST_SHORT]


class Source(Part):
    """A way in which a deficiency is found: its filers, for bureaus optionally only the named ones, and its subjects.

    The system files what it counts itself.  With `reference` a filing names the document it rests on by its number;
    `number` says which number that is (文号, 工单号, 批次号), and is left out where the document's own number is meant.
    """

    code: Slug
    name: Text
    filers: tuple[Filer, ...]
    units: tuple[Slug, ...] = ()
    subjects: tuple[Subject, ...] = ("household", "village", "unit")
    reference: bool = False
    number: Annotated[Text | None, UNLESS_EMPTY] = None

    def open_to(self, role: str, unit: str | None) -> bool:
        """Whether an actor in this role, of the unit with this code, files from this source."""
        return role in self.filers and (role != "bureau" or not self.units or unit in self.units)


def _source(
    code: str,
    zh: str,
    en: str,
    filers: tuple[Filer, ...],
    number: tuple[str, str] | None = None,
    on: tuple[Subject, ...] | None = None,
) -> Source:
    name, subjects = Text(zh=zh, en=en), on or ("household", "village", "unit")
    asked = Text(zh=number[0], en=number[1]) if number else None
    return Source(code=code, name=name, filers=filers, reference=asked is not None, number=asked, subjects=subjects)


_DOCUMENT = ("文号", "document number")
#: The sources of a scheme that names none.
USUAL = (
    _source("visit", "入户核查", "Household visit", ("village", "town", "office"), on=("household", "village")),
    _source("masses", "群众反映", "Reported by residents", ("village", "town", "bureau", "office")),
    _source("matching", "数据比对", "Data matching", ("bureau", "office"), ("比对批次号", "batch number")),
    _source("check", "检查", "Inspection on site", ("bureau", "office"), _DOCUMENT),
    _source("audit", "审计", "Audit", ("bureau", "office"), _DOCUMENT),
    _source("supervision", "督查", "Supervision", ("office", "inspectorate"), _DOCUMENT),
    _source("instruction", "领导批示", "Instruction of a leader", ("office", "leaders"), ("批示编号", "its number")),
    _source("petition", "信访", "Petition", ("office",), ("信访件编号", "petition number")),
    _source("hotline", "12345热线", "12345 hotline", ("office",), ("热线工单号", "hotline ticket number")),
    _source("spot_check", "抽查", "Spot check", ("town", "office", "inspectorate"), ("抽查批次号", "round and number")),
)


#: A year or a running number, in digits of either width or in Chinese numerals before their word.
_COUNTED = re.compile(r"[0-9０-９〇]|[一二三四五六七八九十百]+[号期次年]")


def names_document(text: str) -> bool:
    """Whether a text can be the number of a document: it holds at least a year or a running number.

    >>> [names_document(text) for text in ("五审〔2018〕9号", "批示12", "二〇一八年第三期", "。", "好", "一切正常")]
    [True, True, True, False, False, False]
    """
    return _COUNTED.search(text) is not None


#: A part of the scheme's content, the key in it that holds a code or several, the path for people, and the topics by
#: which one of several successors takes the place; None: all of them do.
Mention = tuple[dict[str, Any], str, str, tuple[str, ...] | None]


def codes_of(value: Any) -> list[str]:
    """The codes that a mention holds."""
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def topics_of(kind: dict[str, Any]) -> tuple[str, ...]:
    """The topics of a kind of a scheme's content, the narrowest first."""
    return (f"kind:{kind['code']}", *_item(kind["indicator"]))


def unit_mentions(content: dict[str, Any]) -> Iterator[Mention]:
    """Every place of a scheme's content that names units."""
    for item in content["indicators"]:
        yield item, "units", f"indicators.{item['number']}.units", _item(item["number"])
    for kind in content["kinds"]:
        topics = topics_of(kind)
        for route in kind["routes"]:
            for key in ("lead", "confirmer"):
                yield route, key, f"kinds.{kind['code']}.routes.{route['code']}.{key}", topics
    for source in content["sources"]:
        yield source, "units", f"sources.{source['code']}.units", None
    for kind in content["bulk_lists"]:
        yield kind, "units", f"bulk_lists.{kind['code']}.units", None
    duties = content["duties"]
    for group in duties["groups"]:
        # What every department owes, every successor owes.
        yield group, "units", f"duties.groups.{group['code']}.units", None
    for duty in duties["list"]:
        path, topics = f"duties.list.{duty['code']}", _item(duty["item"])
        yield duty, "units", f"{path}.units", topics
        yield duty, "guided_by", f"{path}.guided_by", topics
        if duty["count"]:
            yield duty["count"], "split", f"{path}.count.split", topics
    for name in ("measures", "county_measures"):
        for measure in content[name]:
            topics = _item(measure["item"])
            yield measure, "units", f"{name}.{measure['code']}.units", topics
            yield measure, "reported_by", f"{name}.{measure['code']}.reported_by", topics
    if content["village_income"]:
        yield content["village_income"], "by", "village_income.by", ()
    yield content["accountability"], "decides", "accountability.decides", ()
    yield content["accountability"], "above_office", "accountability.above_office", None


def _item(number: int | None) -> tuple[str, ...]:
    return () if number is None else (f"item:{number}",)
