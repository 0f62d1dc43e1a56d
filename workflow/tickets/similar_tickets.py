"""Similar tickets: finds the open ticket that blocks a duplicate filing, the last closed one, and nearby open ones.

The statements of duplicates are built once: composing one takes longer than SQLite needs to execute it.  Near means the
same village, or within a few kilometres where coordinates are known, in the filer's own sight.
"""

import math
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from models import Household, Ticket, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import Duplicate
from workflow.tickets.subjects import Subject
from workflow.tickets.visibility import visible

#: The number shown, and the largest distance.
MOST = 10
METRES = 3000
_DEGREE = 111_320


def _duplicate_queries(*conditions: ColumnElement[bool]) -> dict[str, Select[int]]:
    """The latest ticket of the same deficiency under these conditions, by the sort of its subject.

    Of a unit the same kind may be found by several audits or inspections, so there source and document count as well.
    """
    same = (Ticket.kind == bindparam("kind"), Ticket.cause == bindparam("cause"), *conditions)
    document = (Ticket.source == bindparam("source"), Ticket.source_reference == bindparam("reference"))
    wheres: dict[str, tuple[ColumnElement[bool], ...]] = {
        "household": (Ticket.household_id == bindparam("subject"), *same),
        "village": (Ticket.village_id == bindparam("subject"), *same),
        "unit": (Ticket.subject_unit_id == bindparam("subject"), *same, *document),
    }
    return {sort: select(Ticket.id).where(*where).order_by(Ticket.id.desc()).limit(1) for sort, where in wheres.items()}


_CAUSES = {
    name: select(Ticket.cause).where(
        column == bindparam("subject"), Ticket.kind == bindparam("kind"), Ticket.ended_at.is_(None)
    )
    for name, column in (("household", Ticket.household_id), ("village", Ticket.village_id))
}
OPEN_MATCH, CLOSED_MATCH = _duplicate_queries(Ticket.ended_at.is_(None)), _duplicate_queries(Ticket.state == "closed")


def refuse_vague(session: Session, setting: CountyContext, subject: Subject, kind: str, cause: str | None) -> None:
    """A ticket without a cause covers every cause of its kind, so it excludes every other.  Raises
    Duplicate.

    The subject is locked; of two tickets with the same cause the unique index refuses the second.
    """
    if not setting.scheme.kind(kind).causes or subject.unit is not None:
        return
    asked = {"subject": subject.id, "kind": kind}
    causes = session.scalars(_CAUSES[subject.sort], asked).all()
    if causes and (not cause or "" in causes):
        raise Duplicate("duplicate_open_ticket", "kind", kind=kind)


def find_duplicate(
    session: Session,
    statements: dict[str, Select[int]],
    subject: Subject,
    kind: str,
    cause: str | None,
    document: tuple[str, str],
) -> int | None:
    """The id of the matching ticket by one of the two sets of statements (OPEN, CLOSED), or None.

    `document`: source and reference number.
    """
    asked = {"subject": subject.id, "kind": kind, "cause": cause or ""}
    if subject.unit is not None:
        asked |= {"source": document[0], "reference": document[1]}
    return session.scalar(statements[subject.sort], asked)


@dataclass(frozen=True, slots=True)
class Nearby:
    """An open ticket of the same kind; `metres` only where both coordinates are known."""

    number: str
    household: str | None
    name: str | None
    village: str
    state: str
    matter: int | None
    metres: int | None


def nearby(session: Session, actor: Actor, subject: Subject, kind: str) -> list[Nearby]:
    """Open tickets of the kind near a household or village, the nearest first, then the village's oldest; at most
    MOST.

    The subject's own tickets are excluded; a unit lies nowhere and has none.
    """
    household, village = subject.household, subject.in_village
    if village is None:
        return []
    near = Ticket.in_village_id == village.id
    setting = _location(household)
    if setting is not None:
        north = METRES / _DEGREE
        east = north / max(math.cos(math.radians(setting[0])), 0.01)
        box = and_(
            Household.latitude.between(setting[0] - north, setting[0] + north),
            Household.longitude.between(setting[1] - east, setting[1] + east),
        )
        near = or_(near, box)
    rows = session.execute(
        select(Ticket, Household, Village.name)
        .outerjoin(Household, Household.id == Ticket.household_id)
        .join(Village, Village.id == Ticket.in_village_id)
        .where(visible(actor), Ticket.ended_at.is_(None), Ticket.kind == kind, near)
        .order_by(Ticket.id)
    )
    tickets_near = []
    for row, home, name in rows:
        itself = row.household_id == household.id if household else row.village_id == village.id
        metres = _metres(setting, _location(home))
        if itself or (row.in_village_id != village.id and (metres is None or metres > METRES)):
            continue
        code, head = (home.code, home.head_name) if home else (None, None)
        tickets_near.append(Nearby(row.number, code, head, name, row.state, row.matter_id, metres))
    return sorted(tickets_near, key=lambda one: (one.metres is None, one.metres or 0))[:MOST]


def _location(household: Household | None) -> tuple[float, float] | None:
    if household is None or household.latitude is None or household.longitude is None:
        return None
    return household.latitude, household.longitude


def _metres(one: tuple[float, float] | None, other: tuple[float, float] | None) -> int | None:
    """The distance in metres, on a flat approximation for a few kilometres."""
    if one is None or other is None:
        return None
    north = (one[0] - other[0]) * _DEGREE
    east = (one[1] - other[1]) * _DEGREE * math.cos(math.radians(one[0]))
    return round(math.hypot(north, east))
