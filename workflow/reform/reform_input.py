"""Reform input: what the office wants to change, checked against the county before anything is counted or written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Village
from models.reform import REFORM_KINDS, REFORM_SUBJECTS
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput, NotAllowed
from workflow.inputs import day_of, document_of, statement_of
from workflow.policy.worktime import local_date
from workflow.reform.reform_names import new_name, short_text
from workflow.reform.reform_parts import Part, parts_of

#: How many days back the day of a reform may lie, when its document came late, and how many ahead.
BACK, AHEAD = 400, 400
#: The types of units that can be divided; of office, leading group and inspectorate there is one successor.
DIVIDED = ("town", "bureau")

#: The types of units that may become one: a bureau that is taken in by the office.
_ONE_HOUSE = {"bureau", "office"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked reform: `sources` are renamed, end, or go to another town (`into`); `parts` are the successors of those
    that end, one of a merger and several of a division.  `house` is the bureau at which the office is set up."""

    kind: str
    subject: str
    sources: tuple[Any, ...]
    into: Any | None
    name: str
    name_en: str
    parts: tuple[Part, ...]
    from_day: date
    document: str
    reason: str
    house: Any | None = None

    @property
    def stays(self) -> bool:
        """Whether nothing ends: the office goes on under its name, at another bureau."""
        return self.house is not None and not self.parts

    @property
    def of_units(self) -> bool:
        return self.subject == "unit"

    @property
    def called(self) -> tuple[str, ...]:
        """The names after it: the new name, the successors, or the town."""
        if self.parts:
            return tuple(part.called for part in self.parts)
        if self.house is not None:
            return (self.house.name,)
        return (self.into.name if self.into is not None else self.name,)


def wanted(
    session: Session,
    actor: Actor,
    now: datetime,
    given: Mapping[str, Any],
    *,
    whole: bool = True,
    ahead: int = AHEAD,
) -> Wanted:
    """The reform that `given` describes; `whole`: with its day, document and reason, at most `ahead` days ahead.

    `another`: the office says that a new name near a known one is another's.  Raises NotAllowed; BadInput with the field
    at fault.
    """
    require_office(actor)
    kind, subject = str(given.get("kind") or ""), str(given.get("subject") or "")
    if kind not in REFORM_KINDS or (kind, subject) in (("split", "village"), ("move", "unit")):
        raise BadInput("reform_kind", "kind")
    if subject not in REFORM_SUBJECTS:
        raise BadInput("reform_subject", "subject")
    sources = sources_of(session, subject, kind, given.get("sources") or ())
    sure = bool(given.get("another"))
    into, house, name = None, None, ""
    parts: tuple[Part, ...] = ()
    if kind == "split":
        parts = parts_of(session, county_context(session), sources[0], given.get("parts") or (), sure=sure)
        _names_of_villages(session, parts)
    else:
        into = _into(session, subject, kind, sources, str(given.get("into") or ""))
        name = new_name(session, subject, sources, str(given.get("name") or ""), needed=into is None, sure=sure)
        if into is not None and _set_up_at(subject, sources, into):
            into, house = None, into
    if into is not None and name:
        raise BadInput("into_or_name", "name")
    _same_place(session, subject, kind, sources, into)
    name_en = short_text("name_en", given.get("name_en") or "")
    if kind == "merge" and (house is None or name):
        parts = (Part(into, name, name_en),)
    return Wanted(kind, subject, sources, into, name, name_en, parts, *_paper(given, now, whole, ahead), house)


def _into(session: Session, subject: str, kind: str, sources: tuple[Any, ...], text: str) -> Any | None:
    """The existing unit or village that succeeds, or the town to which villages go."""
    if kind == "move":
        town = find_unit(session, text, "into") if text.strip() else None
        if town is None:
            raise BadInput("missing", "into")
        if town.ended_on is not None:
            raise BadInput("ended_already", "into", name=town.name)
        if town.type != "town":
            raise BadInput("not_a_town", "into", unit=town.name)
        if there := next((row for row in sources if row.town_id == town.id), None):
            raise BadInput("in_that_town", "sources", village=there.name, town=town.name)
        return town
    if kind == "rename" or not text.strip():
        return None
    into = _find(session, subject, text, "into")
    _successor(subject, sources, into)
    return into


def require_office(actor: Actor) -> None:
    """Raises NotAllowed for everybody but a person of the county office."""
    if actor.role != "office" or actor.user_id is None:
        raise NotAllowed("reform_not_yours")


def find_village(session: Session, text: str, field: str = "village") -> Village:
    """The village with this code, or the only one with this name.  Raises BadInput."""
    text = text.strip()
    rows = session.scalars(select(Village).where(or_(Village.code == text, Village.name == text))).all()
    rows = [row for row in rows if row.ended_on is None] or rows
    if len(rows) != 1:
        raise BadInput("village_ambiguous" if rows else "village_unknown", field, village=text[:64])
    return rows[0]


def sources_of(session: Session, subject: str, kind: str, given: Any) -> tuple[Any, ...]:
    """The units or villages, none ended, that a reform of this kind may concern.  Raises BadInput at `sources`."""
    texts = [given] if isinstance(given, str) else list(given)
    if not isinstance(given, str | Sequence) or not texts:
        raise BadInput("missing", "sources")
    rows: dict[int, Any] = {}
    for row in (_find(session, subject, str(text), "sources") for text in texts):
        if row.id in rows:
            raise BadInput("part_twice", "sources", name=row.name)
        rows[row.id] = row
    found = tuple(rows[key] for key in sorted(rows))
    if kind in ("rename", "split") and len(found) != 1:
        raise BadInput("rename_one" if kind == "rename" else "split_one", "sources")
    for row in found:
        if row.ended_on is not None:
            raise BadInput("ended_already", "sources", name=row.name)
        if kind == "split" and row.type not in DIVIDED:
            raise BadInput("unit_never_divided", "sources", unit=row.name)
    if subject == "unit" and len(types := {row.type for row in found}) > 1 and types != _ONE_HOUSE:
        raise BadInput("one_type_of_unit", "sources")
    return found


def _find(session: Session, subject: str, text: str, field: str) -> Any:
    return find_unit(session, text, field) if subject == "unit" else find_village(session, text, field)


def _successor(subject: str, sources: tuple[Any, ...], into: Any) -> None:
    if into.ended_on is not None:
        raise BadInput("ended_already", "into", name=into.name)
    if into.id in {row.id for row in sources}:
        raise BadInput("into_itself", "into", name=into.name)
    if subject == "village":
        return
    types = {row.type for row in sources}
    if types == _ONE_HOUSE and into.type == "bureau":
        raise BadInput("office_apart", "into", name=into.name)
    taken_in = types <= _ONE_HOUSE and into.type == "office"
    if types != {into.type} and not taken_in and not _set_up_at(subject, sources, into):
        raise BadInput("one_type_of_unit", "into")


def _set_up_at(subject: str, sources: tuple[Any, ...], into: Any) -> bool:
    """Whether the office comes to a bureau: it stays a unit of its own, so that nobody rules on the own work."""
    return subject == "unit" and into.type == "bureau" and [row.type for row in sources] == ["office"]


def _same_place(session: Session, subject: str, kind: str, sources: tuple[Any, ...], into: Any | None) -> None:
    every = (*sources, *([into] if into is not None else []))
    if kind == "move" and into is not None:
        _distinct(session, [into.id], [row.id for row in sources])
    elif kind == "merge" and subject == "village":
        if len({row.town_id for row in every}) > 1:
            raise BadInput("villages_of_one_town", "into" if into is not None else "sources")
    elif kind == "merge" and sources[0].type == "town":
        _distinct(session, [row.id for row in every], [])


def _names_of_villages(session: Session, parts: tuple[Part, ...]) -> None:
    """Raises BadInput where an existing town that succeeds a divided one has a village of the same name already."""
    for part in parts[1:]:
        if part.into is not None and part.villages:
            _distinct(session, [part.into.id], [row.id for row in part.villages], "parts")
    if parts[0].into is not None:
        given = [row.id for part in parts[1:] for row in part.villages]
        left = next((row.town_id for part in parts for row in part.villages), None)
        towns = [parts[0].into.id, *([left] if left is not None else [])]
        _distinct(session, towns, [], "parts", given)


def _distinct(
    session: Session, towns: list[int], villages: list[int], field: str = "sources", apart: Sequence[int] = ()
) -> None:
    """Raises BadInput where villages that would be in one town have names that look alike; `apart` go elsewhere."""
    here = select(Village.id, Village.name, Village.name_key).where(
        or_(Village.town_id.in_(towns), Village.id.in_(villages)), Village.ended_on.is_(None)
    )
    rows = [row for row in session.execute(here) if row.id not in apart]
    often = Counter(row.name_key for row in rows)
    twice = sorted({row.name for row in rows if often[row.name_key] > 1})
    if twice:
        raise BadInput("village_names_collide", field, names="、".join(twice[:5]))


def _paper(given: Mapping[str, Any], now: datetime, whole: bool, ahead: int) -> tuple[date, str, str]:
    today = local_date(now)
    if not whole:
        return today, "", ""
    if not given.get("from_day"):
        raise BadInput("missing", "from_day")
    day = given["from_day"] if isinstance(given["from_day"], date) else day_of("from_day", str(given["from_day"]))
    if not today - timedelta(days=BACK) <= day <= today + timedelta(days=ahead):
        raise BadInput("reform_day", "from_day", most=BACK, ahead=AHEAD)
    document = document_of("document", given.get("document") or "", today)
    return day, document, statement_of("reason", given.get("reason") or "")
