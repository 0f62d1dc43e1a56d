"""Benchmark command: `python -m bench [SECTION …] [--database sqlite|postgresql] [--quick]` prints medians, floors and
ratios.

Sections: filing, life, list, sweep, history, board, rank, memory, tell; all of them by default.  `face` stands alone: the
daily tasks on a phone (docs/face.md). Product and floor are
measured in turn in the same run, so a loaded machine slows both; compare the ratios.
"""

import argparse
import os
import platform
import tempfile
from datetime import date
from pathlib import Path

from bench import boards, face, filing_and_lives, history, listing, memory, notifying, ranking, sweep
from bench import county as counties
from bench.databases import KINDS, databases

SECTIONS = ("filing", "life", "list", "sweep", "history", "board", "rank", "memory", "tell")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; none: all")
    parser.add_argument("--database", choices=KINDS, help="only this one")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and a tenth of the tickets")
    asked = parser.parse_args()
    if asked.sections == ["face"]:
        face.run()
        return
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    sections = asked.sections or SECTIONS
    print(f"{date.today()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    for kind in [asked.database] if asked.database else KINDS:
        with tempfile.TemporaryDirectory(prefix="xiaohao-bench-") as name, databases(kind, Path(name)) as made:
            folder = Path(name)
            if "tell" in sections:
                notifying.run(made, asked.quick)
            if "rank" in sections:
                ranking.run(made, Path(name), asked.quick)
            if set(sections) <= {"tell", "rank"}:
                continue
            base = made.create()
            county = counties.establish(base, folder / "files")
            for section in ("filing", "life"):
                if section in sections:
                    filing_and_lives.run(section, made, county, base, folder, asked.quick)
            if "memory" in sections:
                memory.run(made, county, base, folder, asked.quick)
            if "history" in sections:
                history.run(made, county, base, asked.quick)
            if "board" in sections:
                boards.run(made, county, base, folder, asked.quick)
            if "list" in sections or "sweep" in sections:
                filled = listing.run(made, county, base, folder, asked.quick, show="list" in sections)
                if "sweep" in sections:
                    sweep.run(made, county, filled, asked.quick)


if __name__ == "__main__":
    main()
