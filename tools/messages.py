"""Message collection: adds new messages to the Chinese catalogue and drops unused ones."""

import sys

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tools.check_translations import CATALOGUE, said


def main() -> int:
    known: dict[str, str] = {}
    if CATALOGUE.exists():
        with CATALOGUE.open("rb") as stream:
            known = {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id}
    catalogue = Catalog("zh_Hans", charset="utf-8")
    for text in sorted(said()):
        flags = {"python-format"} if "%(" in text else set()
        catalogue.add(text, known.get(text, ""), flags=flags)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as stream:
        write_po(stream, catalogue, omit_header=True, sort_output=True, width=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
