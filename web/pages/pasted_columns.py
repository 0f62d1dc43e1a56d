"""Pasted columns: numbers copied from a spreadsheet, one line a row, put into the boxes of a form.  Pure."""

import re
from collections.abc import Mapping, Sequence

from workflow.errors import BadInput

#: A comma before three digits groups thousands.
_BETWEEN = re.compile(r"(?:[\t，;；、/ \u3000]|,(?!\d{3}(?!\d)))+")
_NUMBER = re.compile(r"^\d[\d,]*(\.\d+)?$")


def fill_in(text: str, rows: Mapping[str, Sequence[str]], parts: Sequence[str], stated: str = "") -> dict[str, str]:
    """The boxes (`part-row`) that pasted lines fill, in the order of `parts` and by the name of a row where a line begins
    with one; `rows` are the names of each row by its code.

    `stated`: the part of a further column of words behind the numbers (tabs between), which may stand in their place.
    Lines without names are taken in the order of the rows, so there must be as many.  A name that several rows have, or a
    row named twice, is refused rather than guessed.  Raises BadInput at `pasted`.

    >>> fill_in("甲镇\\t3\\t4\\n乙镇 1 2", {"a": ["甲镇"], "b": ["乙镇"]}, ["of", "to"])
    {'of-a': '3', 'to-a': '4', 'of-b': '1', 'to-b': '2'}
    >>> fill_in("3\\n\\n1", {"a": ["甲镇"], "b": ["乙镇"]}, ["of"])
    {'of-a': '3', 'of-b': '1'}
    >>> fill_in("甲镇\\t3\\t4\\n乙镇\\t\\t\\t全部迁出", {"a": ["甲镇"], "b": ["乙镇"]}, ["of", "to"], "none")
    {'of-a': '3', 'to-a': '4', 'none-b': '全部迁出'}
    """
    by_name: dict[str, set[str]] = {}
    for code, names in rows.items():
        for name in names:
            by_name.setdefault(name, set()).add(code)
    split = [_words_behind(line, len(parts)) if stated else (line, "") for line in text.splitlines() if line.strip()]
    lines = [[cell for cell in _BETWEEN.split(line.strip()) if cell] for line, _ in split]
    if not lines:
        raise BadInput("missing", "pasted")
    named = [cells for cells in lines if cells and not _NUMBER.match(cells[0])]
    if not named and len(lines) != len(rows):
        raise BadInput("pasted_lines", "pasted", lines=len(lines), rows=len(rows))
    filled: dict[str, str] = {}
    taken: set[str] = set()
    for number, (cells, said, place) in enumerate(
        zip(lines, [said for _, said in split], [*rows, *[""] * len(lines)], strict=False), start=1
    ):
        words = [cell for cell in cells if not _NUMBER.match(cell)] if named else []
        codes = by_name.get("".join(words), set()) if named else {place}
        if len(codes) > 1:
            raise BadInput("pasted_ambiguous", "pasted", line=number, text="".join(words)[:40])
        row, numbers = next(iter(codes), None), cells[len(words) :]
        fits = len(numbers) == len(parts) or (said and not numbers)
        if row is None or not fits or not all(_NUMBER.match(cell) for cell in numbers):
            raise BadInput("pasted_line", "pasted", line=number, text=" ".join(cells)[:40])
        if row in taken:
            raise BadInput("pasted_twice", "pasted", line=number, text="".join(words)[:40])
        taken.add(row)
        filled |= {f"{part}-{row}": cell.replace(",", "") for part, cell in zip(parts, numbers, strict=False)}
        filled |= {f"{stated}-{row}": said} if said else {}
    return filled


def _words_behind(line: str, parts: int) -> tuple[str, str]:
    """A line of a table without the words in the column behind its numbers, and these words; the name comes first, if any."""
    cells = line.split("\t")
    at = parts + (bool(cells[0].strip()) and not _NUMBER.match(cells[0].strip()))
    words = " ".join(cell.strip() for cell in cells[at:] if cell.strip())
    return "\t".join(cells[:at]), words
