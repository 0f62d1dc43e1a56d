"""History benchmark: pages of units and signals in a county with a year of 100,000 ended tickets.

One ticket that went through the product's own functions is copied under new ids, spread over the year, households,
kinds and bureaus; one in ten was declined and its ruling charged, one in fifty was suspended. There is no floor: the
aim is half a second a page.
"""

import random
import time
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Engine, func, insert, select, text

from bench import county as counties
from bench.databases import Databases
from bench.listing import timed
from bench.report import Line, shorter, table
from models import Charge, Custody, Tenure, Ticket
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from workflow.accountability.oversight import signals, unit_accounts
from workflow.county.context import CountyContext, county_context

TICKETS, CHUNK, AIM = 100_000, 5_000, 0.5


def run(made: Databases, county: counties.County, base: str, quick: bool) -> None:
    """Runs section `history`."""
    size, url = TICKETS // 10 if quick else TICKETS, made.copy(base)
    engine, began = make_engine(url, DEVELOPMENT_SECRET), time.perf_counter()
    fill(engine, county, size)
    with reading(engine) as session:
        ended = session.scalar(select(func.count()).select_from(Custody).where(Custody.ended_at.is_not(None)))
        setting = county_context(session)
    print(f"{made.kind}: {size:,} tickets, {ended:,} ended stretches written in {time.perf_counter() - began:.0f} s")
    office, water = county.people[county.clerks[setting.office.id]], county.units["water"]
    bureau = county.people[county.clerks[water]]

    def units() -> None:
        with reading(engine) as session:
            unit_accounts.reckonings(session, office, setting)
            unit_accounts.downtime_minutes(session, office, setting)

    def own() -> None:
        with reading(engine) as session:
            unit_accounts.reckoning(session, bureau, setting, water)

    def behind(figure: str) -> None:
        with reading(engine) as session:
            unit_accounts.stretches(session, bureau, setting, water, figure)

    def rules() -> None:
        with reading(engine) as session:
            signals.all_signals(session, office, setting)

    pages = {
        "/units, the county": units,
        "/units, one bureau": own,
        "what was held": lambda: behind("held"),
        "what was late": lambda: behind("late"),
        "what was credited": lambda: behind("credited"),
        "/signals": rules,
    }
    lines: list[Line] = [_result_line(what, work, 3 if quick else 7) for what, work in pages.items()]
    table(f"A year of {size:,} tickets behind it, in process, {made.kind}", lines)
    engine.dispose()


def _result_line(what: str, work: Any, rounds: int) -> Line:
    took, cpu = [], []
    for _ in range(rounds):
        began = time.process_time()
        took.append(timed(work))
        cpu.append(time.process_time() - began)
    print(f"  {what}: {median(took):.3f} s")
    return shorter(what, took, None, AIM, cpu)


def fill(engine: Engine, county: counties.County, size: int) -> None:
    """Writes `size` ended tickets of the year, copies of the recorded one."""
    rng = random.Random(7)
    with reading(engine) as session:
        setting = county_context(session)
        old: dict[Any, list[dict[str, Any]]] = {
            model: [dict(row) for row in session.execute(select(model.__table__).order_by(model.id)).mappings()]
            for model in (Ticket, Tenure, Custody)
        }
        tops = {model: max(row["id"] for row in rows) for model, rows in old.items()}
    first, _ = unit_accounts.year_of(setting)
    filed = old[Ticket][0]["filed_at"]
    span = int((filed - first).total_seconds() // 60)
    bureaus = [unit.id for unit in setting.units.values() if unit.type == "bureau"]
    homes = county.households
    for start in range(0, size, CHUNK):
        rows: dict[Any, list[dict[str, Any]]] = {Ticket: [], Tenure: [], Custody: [], Charge: []}
        for number in range(start, min(start + CHUNK, size)):
            back = timedelta(minutes=rng.randrange(span) if span > 0 else 0)
            _again(rows, old, tops, setting, rng, back, rng.choice(bureaus), number, homes[number * 7 % len(homes)])
        with writing(engine) as session:
            for model, new in rows.items():
                if new:
                    session.execute(insert(model.__table__), new)
    if engine.dialect.name == "postgresql":
        # What is filed afterwards takes the ids that follow.
        with writing(engine) as session:
            for model in (Ticket, Tenure, Custody):
                name = model.__tablename__
                session.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
                )
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def _again(
    rows: dict[Any, list[dict[str, Any]]],
    old: dict[Any, list[dict[str, Any]]],
    tops: dict[Any, int],
    setting: CountyContext,
    rng: random.Random,
    back: timedelta,
    bureau: int,
    number: int,
    home: counties.Place,
) -> None:
    kind, cause = counties.KINDS[number % len(counties.KINDS)]
    town = old[Ticket][0]["town_id"]
    ticket = {
        **_earlier(old[Ticket][0], back),
        "id": tops[Ticket] + number + 1,
        "lead_unit_id": bureau,
        "kind": kind,
        "cause": cause,
        "household_id": home.id,
        "in_village_id": home.village_id,
        "town_id": home.town_id,
    }
    rows[Ticket].append(ticket)
    tenures: dict[int, int] = {}
    for row in old[Tenure]:
        tenures[row["id"]] = tops[Tenure] + number * len(old[Tenure]) + row["id"]
        unit = bureau if row["purpose"] == "mend" else home.town_id if row["unit_id"] == town else row["unit_id"]
        rows[Tenure].append({**row, "id": tenures[row["id"]], "ticket_id": ticket["id"], "unit_id": unit})
    for position, row in enumerate(old[Custody]):
        new = {
            **_earlier(row, back),
            "id": tops[Custody] + number * len(old[Custody]) + position + 1,
            "ticket_id": ticket["id"],
            "tenure_id": tenures[row["tenure_id"]],
            "unit_id": bureau
            if row["stage"] in ("accept", "mend")
            else home.town_id
            if row["unit_id"] == town
            else row["unit_id"],
        }
        if row["stage"] == "accept" and number % 10 == 0:
            new["stage"] = "rule"
            rows[Charge].append(
                {
                    "custody_id": new["id"],
                    "unit_id": setting.office.id,
                    "minutes": 60,
                    "ground": "ruling",
                    "at": new["ended_at"],
                }
            )
        if row["stage"] == "confirm" and number % 50 == 0:
            new |= {"stage": "hold", "granted": "suspension"}
        if row["stage"] == "mend":
            new["minutes"] = rng.randrange(1, 4000)
            if number % 12 == 0:
                new |= {"verdict": "late", "late_minutes": 30}
        rows[Custody].append(new)


def _earlier(row: dict[str, Any], back: timedelta) -> dict[str, Any]:
    return {name: value - back if isinstance(value, datetime) else value for name, value in row.items()}
