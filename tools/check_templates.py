"""Template check: templates and style sheets have at most 120 columns, style sheets one rule per line."""

import re
import sys

from settings import ROOT

WIDEST = 120
#: A second rule on the same line.
_SECOND_RULE = re.compile(r"\}\s*[^\s}]")


def problems() -> list[str]:
    """Lines that are too wide, and lines with several rules."""
    listed = []
    sheets = sorted((ROOT / "static" / "css").glob("*.css"))
    for path in (*sorted((ROOT / "templates").rglob("*.html")), *sheets):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{path.relative_to(ROOT)}:{number}"
            if len(line) > WIDEST:
                listed.append(f"{where}: {len(line)} columns")
            if path in sheets and _SECOND_RULE.search(line):
                listed.append(f"{where}: more than one rule")
    return listed


def main() -> int:
    listed = problems()
    for line in listed:
        sys.stderr.write(f"{line}\n")
    return 1 if listed else 0


if __name__ == "__main__":
    sys.exit(main())
