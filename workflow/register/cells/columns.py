"""Import columns: the heading row of a sheet, and the field of each column.

The field of a heading that no spelling names is chosen by a person once and remembered (`HeadingChoice`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from workflow import folding
from workflow.errors import BadInput
from workflow.register.cells.heading_words import FIELDS, YEAR, normalised
from workflow.register.spreadsheets.sheet import DAYS_1900

#: The choice for a column that is not read.
IGNORED = "-"
_MEANING = {spelling: field for field, spellings in FIELDS.items() for spelling in spellings}
_LOOKED_AT = 10
#: Between the heading of a group of columns and that of one column in it.
GROUPED = " › "
#: Groups of columns about other people than the household's.
_OF_OTHERS = re.compile("帮扶|包户|监测联系人|联系人|采集人|网格员|责任人")
_BRACKETED = re.compile(r"[(\[【<].*?[)\]】>]")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one sheet is read: the row of its headings, field → column from 0, the year its income column names, and the day
    its numbers count from where they are dates."""

    row: int
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    income_year: int | None
    by_person: bool
    day_zero: date = DAYS_1900

    def field_at(self, column: int) -> str | None:
        """The field a column is read as."""
        return next((field for field, number in self.columns.items() if number == column), None)


def meaning(heading: str, remembered: Mapping[str, str] | None = None) -> str | None:
    """The field of a heading, a person's choice first; None when unknown.

    A heading below that of a group is known with it (帮扶责任人 › 姓名), or by itself where the group is the household's own.
    """
    whole = normalised(heading)
    said = (remembered or {}).get(whole)
    if said is not None:
        return said
    bare = normalised(_BRACKETED.sub("", folding.narrow(heading)))
    known = _MEANING.get(whole) or _MEANING.get(bare)
    group, grouped, own = heading.partition(GROUPED)
    if known is None and grouped and _OF_OTHERS.search(group) is None:
        return meaning(own, remembered)
    return known


def _grouped(upper: Sequence[str], lower: Sequence[str]) -> list[str] | None:
    """The headings of two rows, the upper with groups over several columns; None where the lower is no row of headings."""
    headings, group = list[str](), ""
    for column in range(max(len(upper), len(lower))):
        above, below = (row[column].strip() if column < len(row) else "" for row in (upper, lower))
        spans = column + 1 >= len(upper) or not upper[column + 1].strip()
        if above:
            group = "" if above == below or not below else above
            if group and not spans and normalised(group + below) not in _MEANING:
                return None
        headings.append(f"{group}{GROUPED}{below}" if group and below else below or above)
    return headings


def find_layout(
    first: Sequence[tuple[int, list[str]]],
    remembered: Mapping[str, str] | None = None,
    chosen: Mapping[str, str] | None = None,
    day_zero: date = DAYS_1900,
) -> Layout:
    """The layout of a sheet from its first rows; titles above the headings are skipped, which may be in two rows.

    `remembered` and `chosen` map headings, the latter as in this file, to fields or to IGNORED.
    Raises BadInput `sheet_empty`, `no_headings`.
    """
    if not first:
        raise BadInput("sheet_empty", "file")
    meanings = {**(remembered or {}), **{normalised(heading): field for heading, field in (chosen or {}).items()}}
    number, headings = _heading_row(first[:_LOOKED_AT], meanings)
    columns: dict[str, int] = {}
    year = None
    for column, heading in enumerate(headings):
        field = meaning(heading, meanings) if heading.strip() else None
        if field not in FIELDS:
            continue
        if field not in columns or (field == "id_number" and _of_head(headings[columns[field]], heading)):
            columns[field] = column
        if field == "income" and columns[field] == column:
            match = YEAR.match(folding.narrow(heading.rpartition(GROUPED)[2]))
            year = int(match[1]) if match else None
    by_person = "name" in columns and ("relation" in columns or "head" in columns)
    if "head" not in columns and "name" in columns and not by_person:
        columns["head"] = columns.pop("name")
    return Layout(number, tuple(heading.strip() for heading in headings), columns, year, by_person, day_zero)


def _of_head(first: str, other: str) -> bool:
    """Whether of two columns with ID numbers the first is the head's alone, so that the other has everybody's."""
    return "户主" in first and "户主" not in other


def _heading_row(first: Sequence[tuple[int, list[str]]], meanings: Mapping[str, str]) -> tuple[int, Sequence[str]]:
    """The number of the row above the data, and the headings, which may be in two rows."""
    single = [(_known(cells, meanings), -number, cells) for number, cells in first]
    known, number, headings = max(single, key=lambda candidate: candidate[:2])
    if known < 2:
        # Nothing is recognised: the first row with several columns counts as headings, and a person chooses the fields.
        wide = [row for row in single if sum(1 for cell in row[2] if cell.strip()) >= 3 and _wordy(row[2])]
        if not wide:
            raise BadInput("no_headings", "file")
        return -wide[0][1], wide[0][2]
    for (above, upper), (below, lower) in pairwise(first):
        if -number not in (above, below) or not _wordy(lower) or not _known(lower, meanings) * _known(upper, meanings):
            continue
        grouped = _grouped(upper, lower)
        if grouped is not None and (below == -number or _known(grouped, meanings) >= known):
            return below, grouped
    return -number, headings


def _wordy(cells: Sequence[str]) -> bool:
    """Whether these may be headings: a row of data has numbers, of people above all."""
    return not any(sign.isdigit() for cell in cells for sign in YEAR.sub("", cell.strip()))


def _known(cells: Sequence[str], meanings: Mapping[str, str]) -> int:
    return len({field for cell in cells if cell.strip() and (field := meaning(cell, meanings)) in FIELDS})


def missing(layout: Layout) -> list[str]:
    """The missing ones of the fields every file needs: the code, the village, and a person's name."""
    needed = ["code", "village"] + (["head"] if not layout.by_person else [])
    return [field for field in needed if field not in layout.columns]


def refuse_alike(headings: Iterable[str], meanings: Mapping[str, str], most: int = 40) -> None:
    """Refuse two columns mapped to one field; which one was meant is not guessed.

    `meanings` maps headings to fields; at most `most` characters of each heading are named, without spaces.
    Raises BadInput `columns_alike`.
    """
    first: dict[str, str] = {}
    for heading in headings:
        field = meanings.get(heading, IGNORED)
        if field == IGNORED:
            continue
        if field in first:
            one, other = ("".join(text.split())[:most] for text in (first[field], heading))
            raise BadInput("columns_alike", "field", column=field, one=one, other=other)
        first[field] = heading
