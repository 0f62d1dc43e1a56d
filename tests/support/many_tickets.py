"""Many tickets at once: the first of each sort is filed through the door, the others are copies of its rows.

Each copy has ids, a household and a hash of its own, so that a sweep and a dispatch find what filing would have left.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from models import Custody, Event, Household, Outbox, Tenure, Ticket
from tests.support.factories import County
from workflow.history.event_log import event_hash


def file_many(county: County, asked: Iterable[tuple[str, str, str]]) -> int:
    """File a ticket at START for each (person, household, kind); returns how many there are."""
    sorts: dict[tuple[str, str], list[str]] = {}
    for who, household, kind in asked:
        sorts.setdefault((who, kind), []).append(household)
    for (who, kind), (first, *others) in sorts.items():
        ticket = county.file(who, household=first, kind=kind)
        with county.write() as session:
            _copy(session, ticket, others)
    return sum(map(len, sorts.values()))


def _copy(session: Session, ticket_id: int, households: list[str]) -> None:
    """Copies of a ticket that was just filed, each for another household of the same village."""
    rows = select(Household.code, Household.id, Household.village_id).where(Household.code.in_(households))
    homes = {code: (home, village) for code, home, village in session.execute(rows)}
    ticket = _row(session, Ticket, Ticket.id == ticket_id)
    tenure = _row(session, Tenure, Tenure.ticket_id == ticket_id)
    custody = _row(session, Custody, Custody.ticket_id == ticket_id)
    event = _row(session, Event, Event.subject_type == "ticket", Event.subject_id == ticket_id)
    _row(session, Outbox, Outbox.event_id == event["id"])
    assert event["commitment"] is None
    tickets, tenures, custodies, events = (_last(session, model) for model in (Ticket, Tenure, Custody, Event))
    made: dict[type[Any], list[dict[str, Any]]] = {Ticket: [], Tenure: [], Custody: [], Event: [], Outbox: []}
    for n, code in enumerate(households, start=1):
        home, village = homes[code]
        assert village == ticket["in_village_id"]
        effect = {**event["effect"], "ticket": {**event["effect"]["ticket"]}}
        if "household_id" in effect["ticket"]:
            effect["ticket"]["household_id"] = home
        recorded = {**event, "id": events + n, "subject_id": tickets + n, "effect": effect}
        made[Ticket].append({**ticket, "id": tickets + n, "household_id": home})
        made[Tenure].append({**tenure, "id": tenures + n, "ticket_id": tickets + n})
        made[Custody].append(
            {**custody, "id": custodies + n, "ticket_id": tickets + n, "tenure_id": tenures + n},
        )
        made[Event].append({**recorded, "hash": event_hash(recorded)})
        made[Outbox].append({"event_id": events + n})
    for model, lines in made.items():
        if lines:
            session.execute(insert(model.__table__), lines)
        if lines and session.get_bind().dialect.name == "postgresql" and model is not Outbox:
            name = model.__tablename__
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"))


def _row(session: Session, model: type[Any], *conditions: Any) -> dict[str, Any]:
    """The one row of a table that meets the conditions, by column."""
    return dict(session.execute(select(model.__table__).where(*conditions)).mappings().one())


def _last(session: Session, model: type[Any]) -> int:
    last: int | None = session.scalar(select(func.max(model.id)))
    return last or 0
