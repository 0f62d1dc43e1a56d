"""XLS reader: reads an old workbook in a process of its own with bounded memory and time.

python-calamine holds every cell between a sheet's first and its last: two words in opposite corners, five kilobytes on
disk, take a gigabyte once opened, and no directory shows it beforehand.  So it is opened in a separate process.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from workflow.errors import BadInput
from workflow.register.spreadsheets.xlsx import MOST_COLUMNS, MOST_ROWS, number_text

#: Limits of the reading process: bytes of memory, seconds of processor time. 65,536 rows of 25 columns take 170 MB and
#: 3 s.
MOST_BYTES, MOST_SECONDS = 600_000_000, 60
_ROOT = Path(__file__).parents[3]


def rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first visible sheet with their numbers (from 1) and cells as text.

    Raises BadInput `sheet_damaged`, `sheet_empty`, `sheet_bounds`.
    """
    command = [sys.executable, "-m", "workflow.register.spreadsheets.xls"]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # It writes nothing before it has read everything, so the processes cannot block each other.
            with suppress(BrokenPipeError), process.stdin as target:
                copyfileobj(stream, target)
            for number, line in enumerate(process.stdout, start=1):
                said = json.loads(line)
                if said is None:
                    return
                if isinstance(said, str):
                    raise BadInput(said, "file")
                yield number, said
            # It was stopped at its limits.
            raise BadInput("sheet_bounds", "file")
        finally:
            process.kill()


def _read(data: BinaryIO) -> Iterator[list[str]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(data)
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not names:
        raise BadInput("sheet_empty", "file")
    sheet = book.get_sheet_by_name(names[0])
    if sheet.total_width > MOST_COLUMNS or sheet.total_height > MOST_ROWS:
        raise BadInput("sheet_bounds", "file")
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
    """Read a workbook from standard input; write a row a line, and last null, or the code of why it is refused."""
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
