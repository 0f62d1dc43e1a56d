"""Successions: which unit or village has today what an ended one had, folded from the reforms in the order of their entry.

A unit that was divided has several successors: the first has everything that the reform gave to no other.  Parts are named
by topics: `kind:water` (a kind of ticket), `item:7` (an item of the notice), `village:12` (of a town, by id).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Reform

#: Keys in `Session.info` of the contexts of an act that changes the units, and of the reform it is about to write.
CHANGING, PENDING = "contexts_of_a_reform", "reform_to_be_written"


class ReformFact(Protocol):
    """What a fold reads of a reform."""

    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def content(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class PendingReform:
    """A reform whose row is not written yet, while its act moves what it concerns."""

    kind: str
    subject: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heirs:
    """The successors that one reform named for what it ended: the first, and others by topic."""

    first: int
    by_topic: Mapping[str, int] = field(default_factory=dict)
    #: All of them, also one that was given accounts alone.
    every: tuple[int, ...] = ()

    def of(self, topics: Sequence[str]) -> int:
        return next((self.by_topic[topic] for topic in topics if topic in self.by_topic), self.first)


Succession = Mapping[int, Heirs]


def succession(reforms: Iterable[ReformFact], subject: str) -> dict[int, Heirs]:
    """The units (or villages) that these reforms ended, each with its successors."""
    ended: dict[int, Heirs] = {}
    for reform in reforms:
        content = reform.content
        if reform.subject == subject and "ids" in content and "successor_id" in content:
            parts = content.get("parts", ())
            topics = {topic: part["successor_id"] for part in parts for topic in part["topics"]}
            every = tuple(part["successor_id"] for part in parts) or (content["successor_id"],)
            ended.update(dict.fromkeys(content["ids"], Heirs(content["successor_id"], topics, every)))
    return ended


def present(ended: Succession, row_id: int, *topics: str) -> int:
    """Who has today what this one had, by topics from the narrowest; itself where it has not ended."""
    while row_id in ended:
        row_id = ended[row_id].of(topics)
    return row_id


def successors(ended: Succession, row_id: int) -> tuple[int, ...]:
    """All that have today a part of what this one had, the first of them first."""
    if row_id not in ended:
        return (row_id,)
    return tuple(dict.fromkeys(last for heir in ended[row_id].every for last in successors(ended, heir)))


def former_names(later: Iterable[ReformFact], subject: str) -> dict[int, tuple[str, str]]:
    """The name, and the one in English, that each had before the reforms `later` renamed it."""
    names: dict[int, tuple[str, str]] = {}
    for reform in later:
        if reform.subject == subject and reform.kind == "rename":
            content = reform.content
            names.setdefault(content["id"], (content["before"], content.get("before_en", "")))
    return names


def ruled_above(reforms: Iterable[ReformFact], ended: Succession, flagged: Iterable[int]) -> set[int]:
    """The units whose disputes go to the leading group: those that the scheme flags, the bureaus at which reforms set up the
    office, and the first successors of both."""
    houses = (reform.content["house_id"] for reform in reforms if reform.content.get("house_id"))
    known = {*flagged, *houses}
    return known | {present(ended, row_id) for row_id in known}


def predecessors(ended: Succession) -> dict[int, tuple[int, ...]]:
    """Those that have ended, by each that has a part of what they had."""
    before: dict[int, tuple[int, ...]] = {}
    for row_id in ended:
        for heir in successors(ended, row_id):
            before[heir] = (*before.get(heir, ()), row_id)
    return before


def recorded_reforms(session: Session, last: int | None) -> tuple[list[ReformFact], list[ReformFact]]:
    """The reforms up to the one with the id `last` (None: all, and the one about to be written), and those after it."""
    rows = session.scalars(select(Reform).order_by(Reform.id)).all()
    if last is not None:
        return [row for row in rows if row.id <= last], [row for row in rows if row.id > last]
    pending: PendingReform | None = session.info.get(PENDING)
    return [*rows, *([pending] if pending is not None else [])], []


def renames(reforms: Iterable[ReformFact]) -> Iterator[ReformFact]:
    """Those that renamed units."""
    return (reform for reform in reforms if reform.subject == "unit" and reform.kind == "rename")
