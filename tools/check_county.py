"""County check: no line outside migrations, changelog and decisions refers to a county by a key of its own, since a
database holds one; and no policy in `schemes/` names the county whose part is in a file of its own.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from workflow.policy.scheme.reader import texts_of

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


def words_of_a_county(policy: Path) -> list[str]:
    """The lines of a policy, as `file:line word`, that name its county, who is copied to, or one of its towns.

    Comments may; a policy that has its county's part itself is not looked at.
    """
    texts = texts_of(policy)
    if texts.county is None:
        return []
    own = yaml.safe_load(texts.county)
    towns = [unit["name"] for unit in own.get("units", ()) if unit["type"] == "town"]
    words = [own["county"]["name"]["zh"], *own["county"].get("copied_to", ()), *towns]
    lines = enumerate(texts.policy.splitlines(), start=1)
    rules = [(number, line) for number, line in lines if not line.lstrip().startswith("#")]
    return [f"{policy.name}:{number} {word}" for number, line in rules for word in words if word in line]


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    places = mentions(listed.split("\0"))
    for place in places:
        sys.stderr.write(f"{place}: {WORD} is gone; a county is a database of its own\n")
    named = [line for policy in sorted((ROOT / "schemes").glob("*.yaml")) for line in words_of_a_county(policy)]
    for line in named:
        sys.stderr.write(f"schemes/{line}: a county's own name; it belongs into the county's file\n")
    return 1 if places or named else 0


if __name__ == "__main__":
    sys.exit(main())
