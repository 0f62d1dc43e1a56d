"""List benchmark: the open list's first page of fifty, in process beside raw SQL for the same rows, and whole over
HTTP.

Requested by the office (the whole county), a bureau and a town, with a tenth of the tickets open and with all of them.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, text

from bench import county as counties
from bench import filling
from bench.databases import Databases
from bench.report import Line, shorter, table
from bench.serving import PRODUCT, served
from models.engine import make_engine, reading
from settings import DEVELOPMENT_SECRET
from workflow.actors import Actor
from workflow.tickets.views import listing

FEW, MANY, AIM = 10_000, 100_000, 0.005
#: The greatest time among many tickets, as a multiple of the time among few, that counts as equal.
NOISE = 1.25
_COLUMNS = """
SELECT t.id, t.state, t.kind, t.cause, t.urgent, t.version, t.due_at, t.filed_at, t.ended_at, h.code, h.head_name,
       v.name, w.name, o.name, o.name_en, o.code, n.rung, n.accept_rung, c.stage
FROM ticket t LEFT JOIN household h ON h.id = t.household_id LEFT JOIN village v ON v.id = t.in_village_id
LEFT JOIN unit w ON w.id = t.town_id LEFT JOIN unit o ON o.id = t.holder_unit_id
LEFT JOIN custody c ON c.ticket_id = t.id AND c.ended_at IS NULL LEFT JOIN tenure n ON n.id = c.tenure_id
WHERE t.id IN ({ids}) ORDER BY t.due_at, t.id LIMIT 51"""
_WAY = "SELECT id FROM (SELECT id FROM ticket WHERE {way} AND ended_at IS NULL ORDER BY due_at, id LIMIT 51) AS way_{n}"


def raw(actor: Actor) -> str:
    """The same page as one hand-written statement with literals."""
    if actor.role == "office":
        ways = ["true"]
    else:
        unit = actor.unit_id
        party = f"id IN (SELECT ticket_id FROM party WHERE unit_id = {unit})"
        ways = [f"holder_unit_id = {unit}", f"lead_unit_id = {unit}", party]
        ways += [f"town_id = {unit}"] if actor.role == "town" else []
    return _COLUMNS.format(ids=" UNION ALL ".join(_WAY.format(way=way, n=n) for n, way in enumerate(ways)))


def run(
    made: Databases, county: counties.County, base: str, folder: Path, quick: bool, *, show: bool
) -> tuple[str, datetime]:
    """Runs section `list`; returns the filled database and the time of filling, for the sweep."""
    few, many = (FEW // 10, MANY // 10) if quick else (FEW, MANY)
    url, now = made.copy(base), datetime.now(UTC)
    lines: dict[str, list[Line]] = {}
    before: dict[str, float] = {}
    for first, last in ((0, few), (few, many)):
        engine = make_engine(url, DEVELOPMENT_SECRET)
        began = time.perf_counter()
        filling.fill(engine, county, now, first, last)
        print(f"{made.kind}: {last - first:,} open tickets filled in {time.perf_counter() - began:.0f} s")
        if show:
            for name in ("office", "water", "huacheng"):
                _measure(engine, county, name, now, last, lines, before, 40 if quick else 200)
        engine.dispose()
        if show:
            with served(PRODUCT, url, folder / "files", folder / "none") as server:
                for name in ("office", "water", "huacheng"):
                    token = county.tokens[county.clerks[_unit(county, name)]]
                    items = [{"path": "/tickets", "token": token}] * 100
                    _, seconds = server.load("get", 1, items)
                    lines.setdefault("http", []).append(shorter(f"{_label(name)}, {last:,} open", seconds[20:], None))
    if show:
        table(f"The open list in process, {made.kind} (floor: raw SQL for the same rows)", lines["process"])
        table(f"The open list over HTTP, whole request, one client, {made.kind}", lines["http"])
    return url, now


def _unit(county: counties.County, name: str) -> int:
    return county.units[name] if name in county.units else next(u for c, u in county.units.items() if "town" in c)


def _label(name: str) -> str:
    return {"office": "office", "water": "bureau"}.get(name, "town")


def _measure(
    engine: Engine,
    county: counties.County,
    name: str,
    now: datetime,
    size: int,
    lines: dict[str, list[Line]],
    before: dict[str, float],
    rounds: int,
) -> None:
    actor, label = county.people[county.clerks[_unit(county, name)]], _label(name)
    statement = text(raw(actor))

    def product() -> list[int]:
        with reading(engine) as session:
            return [line.id for line in listing.list_tickets(session, actor, now, listing.Filters()).items]

    def floor() -> list[int]:
        with reading(engine) as session:
            return list(dict.fromkeys(row[0] for row in session.connection().execute(statement)))[:50]

    if product() != floor():
        raise SystemExit(f"the list and its floor do not show the same tickets to the {label}")
    mine, cpu, theirs = [], [], []
    for _ in range(rounds):
        began = time.process_time()
        mine.append(timed(product))
        cpu.append(time.process_time() - began)
        theirs.append(timed(floor))
    line = shorter(f"{label}, {size:,} open", mine, theirs, AIM, cpu)
    if label in before and median(mine) > NOISE * before[label]:
        line = (*line[:-1], f"NOT MET: slower than {before[label] * 1000:.3g} ms among few")
    before.setdefault(label, median(mine))
    lines.setdefault("process", []).append(line)


def timed(work: Callable[[], Any]) -> float:
    """Seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
