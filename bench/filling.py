"""Filling: a hundred thousand open tickets in seconds.

One ticket per town, kind and labour force is filed through the product and rolled back; its rows are copied for other
households, with ids and hashes of their own. The rows therefore have the shape that filing writes, and the history
verifies.
"""

import copy
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, func, insert, select, text
from sqlalchemy.orm import Session

import models
from bench.county import KINDS, County, Place
from bench.pattern import Recorder, Step
from models import Tenure, Ticket
from models.engine import reading, writing
from workflow.county.context import county_context
from workflow.history.event_log import event_hash
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency

CHUNK = 10_000
TABLES = ("Ticket", "Tenure", "Custody", "Event", "EventSecret", "Outbox")
#: Open tickets filed on the first and on the second of three consecutive working days; the rest on the third.
EARLY, LATER = 1_000, 9_000


def days(engine: Engine, county: County, now: datetime) -> tuple[datetime, datetime, datetime]:
    """Three closing times, one working day apart, some days ago: the moments at which the first rungs of each share are
    due.
    """
    with reading(engine) as session:
        clock = county_context(session).clock
    begin = now - timedelta(days=14)
    return clock.due(begin, 2), clock.due(begin, 3), clock.due(begin, 4)


def fill(engine: Engine, county: County, now: datetime, first: int, last: int) -> None:
    """Writes open tickets number `first` to `last`."""
    with reading(engine) as session:
        clock = county_context(session).clock
        begin = now - timedelta(days=14)
        filed = [clock.due(begin, n) - timedelta(hours=1) for n in (1, 2, 3)]
        tops = {
            name: int(session.scalar(select(func.max(getattr(models, name).id))) or 0)
            for name in ("Ticket", "Tenure", "Custody", "Event")
        }
    patterns: dict[tuple[Any, ...], Step] = {}
    wanted = islice(_subjects(county), first, last)
    number = first
    while chunk := list(islice(wanted, CHUNK)):
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for place, kind, cause, role in chunk:
            at = filed[0 if number < EARLY else 1 if number < EARLY + LATER else 2]
            key = (place.town_id, kind, cause, role, place.labour, at)
            if key not in patterns:
                patterns[key] = _filed(engine, county, place, kind, cause, role, at)
            for name in tops:
                tops[name] += 1
            _again(rows, patterns[key], county, place, role, tops)
            number += 1
        _write_rows(engine, rows, tops)
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("ANALYZE"))


def _subjects(county: County) -> Iterator[tuple[Place, str, str, str]]:
    """Yields every deficiency of every household once; a quarter was filed by the village and waits for its town."""
    for place in county.households[1:]:
        for index, (kind, cause) in enumerate(KINDS):
            yield place, kind, cause, "village" if (place.id + index) % 4 == 0 else "town"


def _filed(engine: Engine, county: County, place: Place, kind: str, cause: str, role: str, at: datetime) -> Step:
    who = county.people[county.cadres[place.village_id] if role == "village" else county.clerks[place.town_id]]
    with Session(engine) as session:
        recorder = Recorder(session)
        filing.file_ticket(
            session,
            who,
            at,
            Deficiency(household=place.code, kind=kind, cause=cause or None, description="村干部入户核查发现尚缺。"),
        )
        step = recorder.step()
        session.rollback()
    return step


def _again(
    rows: dict[str, list[dict[str, Any]]], step: Step, county: County, place: Place, role: str, ids: dict[str, int]
) -> None:
    """Copies the rows of a pattern for another household, under new ids."""
    who = county.people[county.cadres[place.village_id] if role == "village" else county.clerks[place.town_id]]
    here = {"household_id": place.id, "in_village_id": place.village_id}
    rows["Ticket"].append({**step.one("Ticket"), **here, "id": ids["Ticket"], "filed_by_id": who.user_id})
    common = {"ticket_id": ids["Ticket"]}
    rows["Tenure"].append({**step.one("Tenure"), **common, "id": ids["Tenure"]})
    custody = {**step.one("Custody"), **common, "id": ids["Custody"], "tenure_id": ids["Tenure"]}
    rows["Custody"].append(custody)
    effect = copy.copy(step.one("Event")["effect"])
    effect["ticket"] = {**effect["ticket"], **here}
    event = {
        **step.one("Event"),
        "id": ids["Event"],
        "subject_id": ids["Ticket"],
        "actor_id": who.user_id,
        "effect": effect,
    }
    event["hash"] = event_hash(event)
    rows["Event"].append(event)
    rows["EventSecret"].append({**step.one("EventSecret"), "event_id": ids["Event"]})
    rows["Outbox"].append({**step.one("Outbox"), "event_id": ids["Event"]})


def _write_rows(engine: Engine, rows: dict[str, list[dict[str, Any]]], tops: dict[str, int]) -> None:
    with writing(engine) as session:
        for name in TABLES:
            table: Table = getattr(models, name).__table__
            if engine.dialect.name == "sqlite":
                session.execute(insert(table), rows[name])
            else:
                _copy(session, table, rows[name])
        if engine.dialect.name == "postgresql":
            # After every chunk: the next one's patterns are filed, and rolled back, under the ids that follow.
            for name, top in tops.items():
                table_name = getattr(models, name).__tablename__
                session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table_name}', 'id'), {top})"))


def _copy(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Writes rows by COPY, with the values as the dialect would bind them."""
    dialect = session.get_bind().dialect
    columns = list(rows[0])
    binds = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    cursor: Any = session.connection().connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row(
                [bind(row[name]) if bind else row[name] for name, bind in zip(columns, binds, strict=True)]
            )


def due_of(session: Session, at: datetime) -> int:
    """Returns how many tenures are due before `at`."""
    return int(session.scalar(select(func.count()).select_from(Tenure).where(Tenure.next_at < at)) or 0)


def open_of(session: Session) -> int:
    """Returns how many tickets are open."""
    return int(session.scalar(select(func.count()).select_from(Ticket).where(Ticket.ended_at.is_(None))) or 0)
