"""Filing and whole ticket lives over HTTP: product and floor in turn, round by round, each on a copy of the same
county.
"""

import pickle
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bench import county as counties
from bench.databases import Databases
from bench.report import Line, faster, table
from bench.serving import FLOOR, PRODUCT, served


def run(name: str, made: Databases, county: counties.County, base: str, folder: Path, quick: bool) -> None:
    """Runs section `filing` or `life`, with 4 and with 16 clients."""
    rounds, size = (3, 200) if quick else (5, 400)
    script, items = ("file", counties.bodies(county)) if name == "filing" else ("life", counties.lives(county))
    if name == "life":
        size //= 6
    pattern = folder / "pattern"
    pattern.write_bytes(pickle.dumps(county.life))
    urls = made.copy(base), made.copy(base)
    lines = []
    with (
        served(PRODUCT, urls[0], folder / "files", pattern) as product,
        served(FLOOR, urls[1], folder / "floor-files", pattern) as floor,
    ):
        _round((product, floor), script, 4, items, size // 2)
        for clients in (4, 16):
            rates = [_round((product, floor), script, clients, items, size) for _ in range(rounds)]
            lines.append(_timing_line(name, made.kind, clients, rates))
    for url in urls:
        made.drop(url)
    what = "Tickets filed" if name == "filing" else "Whole lives (seven requests each)"
    table(f"{what} per second over HTTP, {made.kind}, two workers", lines)


def _round(servers: tuple[Any, Any], script: str, clients: int, items: Iterator[Any], size: int) -> tuple[float, float]:
    """Sends the same items to both, one after the other."""
    chosen = list(islice(items, size))
    if len(chosen) < size:
        raise SystemExit("the county has too few households for so many rounds")
    seconds = [server.load(script, clients, chosen)[0] for server in servers]
    return size / seconds[0], size / seconds[1]


def _timing_line(name: str, kind: str, clients: int, rates: list[tuple[float, float]]) -> Line:
    product, floor = [rate[0] for rate in rates], [rate[1] for rate in rates]
    return faster(f"{kind}, {clients} clients", product, floor, "a second", 0.7 if name == "filing" else None)
