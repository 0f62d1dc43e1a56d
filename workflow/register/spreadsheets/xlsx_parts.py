"""XLSX parts: the zip of a workbook within bounds, its parts found by relationships, its shared strings and date formats.

Names of parts are compared without case and with either slash, since not every program writes them as the standard has
them.  A DTD, and with it every entity, is refused; so is a zip that claims to unpack too far, and `zipfile` gives no
more bytes than the directory claims.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from workflow.errors import BadInput

MOST_PARTS = 2000
MOST_BYTES = 1_500_000_000
#: Spreadsheets compress well; a bomb is a thousand times as large as its zip.
MOST_RATIO, FREE_OF_RATIO = 150, 20_000_000
#: Bytes read at once.
PIECE = 1 << 18
#: Number formats of a day without a pattern of their own, and those that show year and month alone.
_DAYS = frozenset((14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58))
_MONTHS = frozenset((17, 27, 36, 50, 52, 57))
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of the workbook: its name, its part, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


class Package:
    """The zip of a workbook, checked when it is opened.

    Raises BadInput `sheet_bounds`, `sheet_kind` (another zip), `sheet_entities`.
    """

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        _check(archive.infolist())
        self._parts = {_plain(part.filename): part for part in archive.infolist()}
        main = [target for kind, target, _ in self._related("") if kind == "officeDocument"]
        self._book = next((part for part in (*main, "xl/workbook.xml") if part in self._parts), "")
        if not self._book:
            raise BadInput("sheet_kind", "file")
        self.date1904 = False
        self.sheets = self._sheets()

    def parsed(self, part: str, start: Any, end: Any = None, text: Any = None) -> Iterator[None]:
        """Parse one part with expat, a piece at a time; the handlers' results may be taken after each piece."""

        def refuse(*_: object) -> None:
            raise BadInput("sheet_entities", "file")

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
        parser.StartDoctypeDeclHandler = refuse
        for piece in self.pieces(part):
            parser.Parse(piece)
            yield
        parser.Parse(b"", True)
        yield

    def pieces(self, part: str) -> Iterator[bytes]:
        """The bytes of a part.  Raises KeyError for a part that is not there."""
        with self._archive.open(self._parts[part]) as stream:
            while piece := stream.read(PIECE):
                yield piece

    def shared_strings(self) -> str | None:
        """The part with the shared strings."""
        return self._of_book("sharedStrings", "xl/sharedstrings.xml")

    def day_styles(self) -> dict[str, str]:
        """Style index → `day` or `month`, for the styles that show a number as a date."""
        part = self._of_book("styles", "xl/styles.xml")
        patterns: dict[int, str] = {}
        styles: dict[str, str] = {}
        state = {"cells": False, "number": 0}

        def start(tag: str, given: dict[str, str]) -> None:
            tag = local(tag)
            if tag == "numFmt":
                patterns[int(given.get("numFmtId", 0))] = given.get("formatCode", "")
            elif tag == "cellXfs":
                state["cells"] = True
            elif tag == "xf" and state["cells"]:
                shows = _shows(int(given.get("numFmtId", 0)), patterns)
                if shows:
                    styles[str(state["number"])] = shows
                state["number"] += 1

        def end(tag: str) -> None:
            if local(tag) == "cellXfs":
                state["cells"] = False

        for _ in self.parsed(part, start, end) if part else ():
            pass
        return styles

    def _of_book(self, kind: str, usual: str) -> str | None:
        related = [target for known, target, _ in self._related(self._book) if known == kind]
        return next((part for part in (*related, usual) if part in self._parts), None)

    def _sheets(self) -> list[SheetPart]:
        named: list[tuple[str, str, bool]] = []

        def start(tag: str, given: dict[str, str]) -> None:
            tag = local(tag)
            if tag == "workbookPr":
                self.date1904 = given.get("date1904", "0").lower() in ("1", "true", "on")
            elif tag == "sheet":
                relation = next((value for key, value in given.items() if local(key) == "id"), "")
                named.append((given.get("name", ""), relation, given.get("state", "visible") != "visible"))

        for _ in self.parsed(self._book, start):
            pass
        targets = {key: target for kind, target, key in self._related(self._book) if kind == "worksheet"}
        return [
            SheetPart(name, targets[relation], hidden)
            for name, relation, hidden in named
            if targets.get(relation) in self._parts
        ]

    def _related(self, part: str) -> list[tuple[str, str, str]]:
        """The kind, the part and the id of each relationship of a part; of the whole workbook for ""."""
        folder, found = dirname(part), list[tuple[str, str, str]]()
        relations = join(folder, "_rels", part.rpartition("/")[2] + ".rels").lstrip("/")

        def start(tag: str, given: dict[str, str]) -> None:
            if local(tag) == "Relationship" and given.get("TargetMode") != "External":
                target = given.get("Target", "").replace("\\", "/")
                whole = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
                found.append((given.get("Type", "").rpartition("/")[2], whole.lower(), given.get("Id", "")))

        for _ in self.parsed(relations, start) if relations in self._parts else ():
            pass
        return found


def local(name: str) -> str:
    """The name of an element without its prefix."""
    return name.rpartition(":")[2]


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _check(parts: list[ZipInfo]) -> None:
    """Check the bounds from the zip's directory before anything is unpacked."""
    total = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or total > MOST_BYTES:
        raise BadInput("sheet_bounds", "file")
    if total > FREE_OF_RATIO and total > packed * MOST_RATIO:
        raise BadInput("sheet_bounds", "file")


def _shows(number: int, patterns: dict[int, str]) -> str:
    """`day` or `month` for the format of a date, else empty."""
    if number not in patterns:
        return "day" if number in _DAYS else "month" if number in _MONTHS else ""
    pattern = _LITERAL.sub("", patterns[number].partition(";")[0]).lower()
    if "general" in pattern or not ("y" in pattern or ("m" in pattern and "d" in pattern)):
        return ""
    return "day" if "d" in pattern or "m" not in pattern else "month"
