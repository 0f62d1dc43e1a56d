"""Page layout of spreadsheets: column widths, and the paper on which a table prints one page wide and can be read.

A program fits the width by scaling, up as well as down.  A table stands upright where nine points print at seven or more,
otherwise across; narrow tables are widened until nothing is enlarged, wide ones narrow their widest columns, and their
texts wrap.  Long tables are printed as small as can be read, very many columns go to A3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

Cell = str | int | float
#: The narrowest and widest column, in characters.
_NARROWEST, _WIDEST = 6.0, 70.0
A3, A4 = 8, 9
#: Margins in inches: at both sides, above, below with the page's number.
SIDE, ABOVE, BELOW = 0.5, 0.6, 0.7
_INCH = 72
#: Short and long side of the paper, in inches.
_SIDES = {A4: (8.27, 11.69), A3: (11.69, 16.54)}
#: The least scale at which nine points can be read on paper; with very many columns, on A3.
_LEAST = {A4: 0.75, A3: 0.6}
#: The least scale at which nine points are eight.
_READABLE = 8 / 9
#: More columns than these cannot be read on A4.
_COLUMNS = 24
#: A Latin character of nine points in characters of a column (seven pixels), and what a cell keeps free.
_HALF, _PADDING = 6 / 7, 0.8
#: The height of a line of nine points, and the most that programs allow a row, in points.
LINE, _HIGHEST = 12.0, 409.0
#: More rows than these take more than a page.
_LONG = 50
#: Lines of a heading where the table is too wide.
_LINES = 3


@dataclass(frozen=True, slots=True)
class PageLayout:
    """How a table prints: the `widths` of its columns in characters, the `paper`, whether `across`, and the `scale` at
    which it is one page wide (at most 1)."""

    widths: tuple[float, ...]
    paper: int
    across: bool
    scale: float


def page_of(
    headings: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    filtered: int = _COLUMNS * 10,
    readable: int | None = None,
) -> PageLayout:
    """The layout of a table with these headings, judged by these rows; so many headings, the first, have a filter's button.

    `readable`: on this paper, with nine points printed at eight or more, for tables that are read figure by figure.
    """
    paper = readable or (A3 if len(headings) > _COLUMNS else A4)
    least = _READABLE if readable else _LEAST[paper]
    widths = _natural(headings, rows, 1, filtered)
    room = _room(paper, True) / least
    if _points(widths) > room:
        widths = _narrowed(_natural(headings, rows, _LINES, filtered) if paper == A3 else widths, room)
    across = _points(widths) > _room(paper, False) / least
    # What is narrower than the page would be enlarged to it; a long table is printed small, on fewer pages.
    widths = _widened(widths, _room(paper, across) / (least if len(rows) > _LONG else 1))
    return PageLayout(tuple(widths), paper, across, min(1.0, _room(paper, across) / _points(widths)))


def row_height(widths: Sequence[float], row: Sequence[Cell]) -> float:
    """The height of a row in points, by the lines of its cells: programs differ in whether they compute it themselves."""
    lines = 1
    for width, cell in zip(widths, row, strict=False):
        if isinstance(cell, str) and len(cell) * 2 >= width - 1:
            lines = max(lines, sum(_lines(line, width) for line in cell.split("\n")))
    return min(lines * LINE + 0.5, _HIGHEST)


def rows_height(paper: int, across: bool) -> float:
    """The height for rows on a page, in points."""
    return (_SIDES[paper][0 if across else 1] - ABOVE - BELOW) * _INCH


def _room(paper: int, across: bool) -> float:
    """The width for columns on a page, in points."""
    return (_SIDES[paper][1 if across else 0] - 2 * SIDE) * _INCH


def _points(widths: Sequence[float]) -> float:
    """The width of columns in points: seven pixels a character and five between columns, at 96 pixels an inch."""
    return sum((width * 7 + 5) * _INCH / 96 for width in widths)


def _natural(headings: Sequence[str], rows: Sequence[Sequence[Cell]], lines: int, filtered: int) -> list[float]:
    """The width of each column by its longest content, a Chinese character as two; headings in up to so many lines."""
    widths = [_length(heading) / lines + (3 if at < filtered else 1) for at, heading in enumerate(headings)]
    for row in rows:
        for column, cell in enumerate(row[: len(widths)]):
            widths[column] = max(widths[column], _length(str(cell)) + 2)
    return [min(max(width, _NARROWEST), _WIDEST) for width in widths]


def _narrowed(widths: Sequence[float], room: float) -> list[float]:
    """The widths with the widest columns narrowed to one width, so that all together have this room in points."""
    left = room
    for place, width in enumerate(sorted(widths)):
        others = len(widths) - place
        if _points([width]) * others > left:
            most = max((left / others * 96 / _INCH - 5) / 7, _NARROWEST)
            return [min(each, most) for each in widths]
        left -= _points([width])
    return list(widths)


def _widened(widths: Sequence[float], room: float) -> list[float]:
    """The widths with what is left of this room in points shared by all columns."""
    spare = room - _points(widths)
    if not widths or spare <= 0:
        return list(widths)
    return [width + spare / len(widths) * 96 / _INCH / 7 for width in widths]


def _length(text: str) -> float:
    """The width of a text's longest line in characters of a column, which are those of eleven points."""
    return max((sum(map(_width, line)) for line in text.split("\n")), default=0.0)


def _width(character: str) -> float:
    return _HALF if character.isascii() else 2 * _HALF


def _lines(text: str, width: float) -> int:
    """The lines that one line of text fills in a column; between words it breaks earlier."""
    lines = _length(text) / (width - _PADDING)
    return 1 if lines <= 1 else ceil(lines * (1.15 if " " in text else 1.0))
