"""County check: no line outside migrations, changelog and decisions refers to a county by a key of its own, since a
database holds one.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Joined from two parts, so that this file does not contain the word.
WORD = "county" + "_id"
#: Files about the past may contain it.
HISTORY = ("migrations/", "CHANGELOG.md", "docs/decisions")


def mentions(paths: Iterable[str], root: Path = ROOT) -> list[str]:
    """The lines, as `path:line`, that contain the word outside the allowed files."""
    places = []
    for path in paths:
        if path.startswith(HISTORY) or not (root / path).is_file():
            continue
        lines = (root / path).read_bytes().split(b"\n")
        places += [f"{path}:{number}" for number, line in enumerate(lines, start=1) if WORD.encode() in line]
    return places


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    places = mentions(listed.split("\0"))
    for place in places:
        sys.stderr.write(f"{place}: {WORD} is gone; a county is a database of its own\n")
    return 1 if places else 0


if __name__ == "__main__":
    sys.exit(main())
