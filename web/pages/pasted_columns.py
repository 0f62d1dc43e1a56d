"""Pasted columns: numbers copied from a spreadsheet, one line a row, put into the boxes of a form.  Pure."""

import re
from collections.abc import Mapping, Sequence

from workflow.errors import BadInput

_BETWEEN = re.compile(r"[\t,，;；、/ \u3000]+")
_NUMBER = re.compile(r"^\d[\d,]*(\.\d+)?$")


def fill_in(text: str, rows: Mapping[str, Sequence[str]], parts: Sequence[str]) -> dict[str, str]:
    """The boxes (`part-row`) that pasted lines fill, in the order of `parts` and by the name of a row where a line begins
    with one; `rows` are the names of each row by its code.

    Lines without names are taken in the order of the rows, so there must be as many.  Raises BadInput at `pasted`.

    >>> fill_in("甲镇\\t3\\t4\\n乙镇 1 2", {"a": ["甲镇"], "b": ["乙镇"]}, ["of", "to"])
    {'of-a': '3', 'to-a': '4', 'of-b': '1', 'to-b': '2'}
    >>> fill_in("3\\n\\n1", {"a": ["甲镇"], "b": ["乙镇"]}, ["of"])
    {'of-a': '3', 'of-b': '1'}
    """
    by_name = {name: code for code, names in rows.items() for name in names}
    lines = [[cell for cell in _BETWEEN.split(line.strip()) if cell] for line in text.splitlines() if line.strip()]
    if not lines:
        raise BadInput("missing", "pasted")
    named = [cells for cells in lines if not _NUMBER.match(cells[0])]
    if not named and len(lines) != len(rows):
        raise BadInput("pasted_lines", "pasted", lines=len(lines), rows=len(rows))
    filled: dict[str, str] = {}
    for number, (cells, place) in enumerate(zip(lines, [*rows, *[""] * len(lines)], strict=False), start=1):
        code = by_name.get(cells[0]) if named else place
        numbers = cells[1:] if named else cells
        if code is None or len(numbers) != len(parts) or not all(_NUMBER.match(cell) for cell in numbers):
            raise BadInput("pasted_line", "pasted", line=number, text=" ".join(cells)[:40])
        filled |= {f"{part}-{code}": cell.replace(",", "") for part, cell in zip(parts, numbers, strict=True)}
    return filled
