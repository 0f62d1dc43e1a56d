"""Reform input: what the office wants to change, checked against the county before anything is counted or written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Unit, UnitAlias, Village
from models.reform import REFORM_KINDS, REFORM_SUBJECTS
from workflow.actors import Actor
from workflow.county.context import find_unit
from workflow.errors import BadInput, NotAllowed
from workflow.inputs import day_of, document_of, statement_of, text_of
from workflow.policy.worktime import local_date

#: How many days back the day of a reform may lie, when its document came late.
BACK = 400
#: The types of units that can end; office, leading group and inspectorate are renamed only.
ENDING = ("town", "bureau")
LONGEST_NAME = 200
FIELDS = ("kind", "subject", "sources", "into", "name", "name_en", "from_day", "document", "reason")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked reform: `sources` are renamed or end; `into` succeeds them, or a new one of that `name` does."""

    kind: str
    subject: str
    sources: tuple[Any, ...]
    into: Any | None
    name: str
    name_en: str
    from_day: date
    document: str
    reason: str

    @property
    def of_units(self) -> bool:
        return self.subject == "unit"


def wanted(session: Session, actor: Actor, now: datetime, given: Mapping[str, Any], *, whole: bool = True) -> Wanted:
    """The reform that `given` describes; `whole`: with its day, document and reason.

    Raises NotAllowed; BadInput with the field at fault.
    """
    require_office(actor)
    kind, subject = str(given.get("kind") or ""), str(given.get("subject") or "")
    if kind not in REFORM_KINDS:
        raise BadInput("reform_kind", "kind")
    if subject not in REFORM_SUBJECTS:
        raise BadInput("reform_subject", "subject")
    sources = _sources(session, subject, kind, given.get("sources") or ())
    into = None
    if kind == "merge" and str(given.get("into") or "").strip():
        into = _find(session, subject, str(given["into"]), "into")
        _successor(subject, sources, into)
    name = _name(session, subject, sources, str(given.get("name") or ""), needed=into is None)
    if into is not None and name:
        raise BadInput("into_or_name", "name")
    _same_place(session, subject, kind, sources, into)
    return Wanted(
        kind,
        subject,
        sources,
        into,
        name,
        _short("name_en", given.get("name_en") or "", LONGEST_NAME),
        *_paper(given, now, whole),
    )


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


def _sources(session: Session, subject: str, kind: str, given: Any) -> tuple[Any, ...]:
    texts = [given] if isinstance(given, str) else list(given)
    if not isinstance(given, str | Sequence) or not texts:
        raise BadInput("missing", "sources")
    rows = {row.id: row for row in (_find(session, subject, str(text), "sources") for text in texts)}
    found = tuple(rows[key] for key in sorted(rows))
    if kind == "rename" and len(found) != 1:
        raise BadInput("rename_one", "sources")
    for row in found:
        if row.ended_on is not None:
            raise BadInput("ended_already", "sources", name=row.name)
        if kind == "merge" and subject == "unit" and row.type not in ENDING:
            raise BadInput("unit_never_ends", "sources", unit=row.name)
    if subject == "unit" and len({row.type for row in found}) > 1:
        raise BadInput("one_type_of_unit", "sources")
    return found


def _find(session: Session, subject: str, text: str, field: str) -> Any:
    return find_unit(session, text, field) if subject == "unit" else find_village(session, text, field)


def _successor(subject: str, sources: tuple[Any, ...], into: Any) -> None:
    if into.ended_on is not None:
        raise BadInput("ended_already", "into", name=into.name)
    if into.id in {row.id for row in sources}:
        raise BadInput("into_itself", "into", name=into.name)
    if subject == "unit" and into.type != sources[0].type:
        raise BadInput("one_type_of_unit", "into")


def _name(session: Session, subject: str, sources: tuple[Any, ...], text: str, *, needed: bool) -> str:
    name = _short("name", text, LONGEST_NAME)
    if not name:
        if needed:
            raise BadInput("missing", "name")
        return ""
    if subject == "village":
        town = sources[0].town_id
        known = session.scalars(select(Village).where(Village.town_id == town, Village.name == name)).first()
        if known is not None:
            raise BadInput("name_in_use", "name", name=name)
        return name
    unit = session.scalars(select(Unit).where(Unit.name == name)).first()
    alias = session.scalars(select(UnitAlias).where(UnitAlias.alias == name)).first()
    # A second name of the unit itself may become its first.
    if unit is not None or (alias is not None and alias.unit_id not in {row.id for row in sources}):
        raise BadInput("name_in_use", "name", name=name)
    return name


def _same_place(session: Session, subject: str, kind: str, sources: tuple[Any, ...], into: Any | None) -> None:
    if kind == "rename":
        return
    every = (*sources, *([into] if into is not None else []))
    if subject == "village":
        if len({row.town_id for row in every}) > 1:
            raise BadInput("villages_of_one_town", "into" if into is not None else "sources")
    elif sources[0].type == "town":
        towns = [row.id for row in every]
        names = session.scalars(
            select(Village.name).where(Village.town_id.in_(towns), Village.ended_on.is_(None))
        ).all()
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise BadInput("village_names_collide", "sources", names="、".join(twice[:5]))


def _paper(given: Mapping[str, Any], now: datetime, whole: bool) -> tuple[date, str, str]:
    today = local_date(now)
    if not whole:
        return today, "", ""
    if not given.get("from_day"):
        raise BadInput("missing", "from_day")
    day = given["from_day"] if isinstance(given["from_day"], date) else day_of("from_day", str(given["from_day"]))
    if not today - timedelta(days=BACK) <= day <= today:
        raise BadInput("reform_day", "from_day", most=BACK)
    document = document_of("document", given.get("document") or "")
    return day, document, statement_of("reason", given.get("reason") or "")


def _short(field: str, value: Any, most: int) -> str:
    text = " ".join(text_of(field, str(value)).split()) if str(value).strip() else ""
    if len(text) > most:
        raise BadInput("too_long", field, most=most)
    return text
