"""County set-up benchmark: 320 villages and 900 accounts with posts from one workbook, in time and memory.

`python -m bench.county_setup [--villages N] [--accounts N] [--database sqlite|postgresql]`. The import runs in a process of
its own, a second time as well: then nothing changes. Aim: one minute.
"""

import argparse
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from bench.databases import KINDS, databases
from bench.imports import NOW, measured, settle
from models.engine import make_engine, writing
from reports.county_book import county_book
from settings import DEVELOPMENT_SECRET, default_scheme
from workflow.actors import system
from workflow.policy.scheme.reader import read_scheme
from workflow.setup import county_import
from workflow.setup.county_workbook import SHEETS, read_book

SECONDS = 60
_DOCUMENT = "五组任〔2018〕1号"


def generate(path: Path, villages: int, accounts: int) -> None:
    """Write the workbook: villages in turn to the towns, two cadres each, people of every unit, and a leader of each."""
    units = read_scheme(default_scheme()).units
    towns = [unit for unit in units if unit.type == "town"]
    homes = [(towns[n % len(towns)].name, f"第{n + 1}村") for n in range(villages)]
    cadres = [(town, village) for town, village in homes for _ in range(2)][: accounts - len(units)]
    people = [[f"v{n:04d}", f"村干{n}", "村", town, village] for n, (town, village) in enumerate(cadres)]
    rest = accounts - len(people)
    people += [[f"u{n:04d}", f"干部{n}", "", units[n % len(units)].name, ""] for n in range(rest)]
    posts = [
        [f"u{n:04d}", "主要领导", date(2018, 11, 1).isoformat(), "", _DOCUMENT, ""]
        for n in range(min(rest, len(units)))
    ]
    rows: dict[str, list[Any]] = {
        "villages": [[town, village, "", "", 100] for town, village in homes],
        "accounts": people,
        "posts": posts,
    }
    with county_book([(form, iter(rows.get(form.code, []))) for form in SHEETS], "zh") as book:
        path.write_bytes(book.read())


def bring(path: Path, url: str) -> dict[str, Any]:
    """Import the workbook; returns the counts of each sheet."""
    with path.open("rb") as stream:
        book = read_book(stream)
    with writing(make_engine(url, DEVELOPMENT_SECRET)) as session:
        return dict(county_import.apply(session, system(), NOW, book).figures())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=320)
    parser.add_argument("--accounts", type=int, default=900)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, databases(given.database, Path(name)) as made:
        path, url = Path(name) / "county.xlsx", made.create()
        measured("generate", "", generate, path, given.villages, given.accounts)
        measured("settle", url, settle, url)
        seconds, _megabytes = measured("import", url, bring, path, url)
        measured("again", url, bring, path, url)
    return 0 if seconds <= SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main())
