"""XLS reader: reads old workbooks, and ODS and XLSB ones, in a process of its own with bounded memory and time.

python-calamine holds every cell between a sheet's first and its last: two words in opposite corners, five kilobytes on
disk, take a gigabyte once opened, and no directory shows it beforehand.  So it is opened in a separate process, which
writes the rows of all sheets to an unnamed temporary file.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO, cast

from workflow.errors import BadInput
from workflow.register.spreadsheets.merged_cells import MergedCells
from workflow.register.spreadsheets.sheet import Line, Sheet
from workflow.register.spreadsheets.xlsx import MOST_COLUMNS, MOST_ROWS, number_text

#: Limits of the reading process: bytes of memory, seconds of processor time. 65,536 rows of 25 columns take 170 MB and
#: 3 s.
MOST_BYTES, MOST_SECONDS = 600_000_000, 60
_ROOT = Path(__file__).parents[3]


def sheets(stream: BinaryIO) -> list[Sheet]:
    """The worksheets of a workbook, in their order.

    Raises BadInput `sheet_damaged`, `sheet_bounds`.
    """
    command = [sys.executable, "-m", "workflow.register.spreadsheets.xls"]
    written = _Written()
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=written.file, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        try:
            with suppress(BrokenPipeError), process.stdin as target:
                copyfileobj(stream, target)
            process.wait()
        finally:
            process.kill()
    found, last, at = [], None, 0
    while True:
        last, at = written.line(at)
        if last is None or isinstance(last, str):
            break
        if isinstance(last, dict):
            found.append(_sheet(written, at, last))
    if last is not None:
        raise BadInput(last, "file")
    return found


class _Written:
    """The unnamed temporary file of the reading process, closed with the last sheet that needs it."""

    def __init__(self) -> None:
        self.file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - as long as the sheets

    def line(self, at: int) -> tuple[Any, int]:
        """The line at a position, and the position behind it; `sheet_bounds` where the process was stopped."""
        # Several sheets may be read in turn.
        self.file.seek(at)
        line = self.file.readline()
        return (json.loads(line) if line.endswith(b"\n") else "sheet_bounds"), self.file.tell()

    def __del__(self) -> None:
        self.file.close()


def _sheet(written: _Written, start: int, described: dict[str, Any]) -> Sheet:
    def _rows() -> Iterator[Line]:
        merged = MergedCells(((first, last, column) for first, last, column in described["merged"]), MOST_COLUMNS)
        at, number = start, 0
        while True:
            row, at = written.line(at)
            if not isinstance(row, list):
                return
            number += 1
            if any(cell.strip() for cell in row):
                merged.fill(number, row)
                yield number, row

    return Sheet(described["name"], _rows, described["hidden"])


def _read(data: BinaryIO) -> Iterator[dict[str, Any] | list[str]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(data)
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.total_width > MOST_COLUMNS or sheet.total_height > MOST_ROWS:
            raise BadInput("sheet_bounds", "file")
        # The library leaves out the empty columns before a sheet's first cell.
        left = (sheet.start or (0, 0))[1]
        merged = [
            [top + 1, bottom + 1, column - left]
            for (top, column), (bottom, _) in sheet.merged_cell_ranges or ()
            if bottom > top and column >= left
        ]
        hidden = meta.visible != SheetVisibleEnum.Visible
        yield {"name": meta.name, "hidden": hidden, "merged": merged}
        for cells in sheet.iter_rows():
            yield [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return number_text(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def main() -> None:
    """Read a workbook from standard input; write a line for each sheet and row, and last null, or the code of why it is
    refused."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    said: str | None = None
    try:
        for cells in _read(sys.stdin.buffer):
            sys.stdout.write(json.dumps(cells) + "\n")
    except BadInput as error:
        said = error.code
    except MemoryError:
        said = "sheet_bounds"
    except BaseException:  # A panic of the library is not a Python exception.
        said = "sheet_damaged"
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
