"""Small spreadsheets for tests, and importing them."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from tests.support.factories import START, County
from workflow.county.vault import Vault
from workflow.register.importing.import_plan import Plan, ReadOptions
from workflow.register.importing.import_runner import ImportFile, run_import

VAULT = Vault("a key of the tests")
HEADS = ("户编号", "户主姓名", "身份证号码", "镇", "村", "劳动能力", "联系电话", "家庭人口")
PEOPLE = ("户编号", "姓名", "身份证号码", "与户主关系", "镇", "村", "劳动能力")
#: Valid ID numbers of no real person: region 441424, a day of birth, a checksum.
_BODIES = ("441424198001010011", "441424198202020027", "441424200503030032", "441424195504040049")


def valid(text: str) -> str:
    """An ID number with its check character, whatever stands in its place."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return text[:17] + "10X98765432"[sum(int(a) * b for a, b in zip(text, weights, strict=False)) % 11]


IDS = tuple(valid(text) for text in _BODIES)


def xlsx(*rows: Sequence[Any]) -> io.BytesIO:
    """A workbook with these rows; numbers as numbers, words as text."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write(number, column, value)
    book.close()
    stream.seek(0)
    return stream


def text(*rows: Sequence[Any], encoding: str = "utf-8") -> io.BytesIO:
    """The same as CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return io.BytesIO(stream.getvalue().encode(encoding))


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: rows by their numbers from 1, merged ranges, hidden rows, the format of dates and formulas."""

    rows: Sequence[Sequence[Any]]
    name: str = "花名册"
    merged: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden: bool = False
    date_format: str = "yyyy-mm-dd"


class Formula(str):
    """A formula that no program has computed."""


def workbook(*sheets: Sheet, date1904: bool = False) -> io.BytesIO:
    """A workbook as a spreadsheet program saves it; merged cells keep the value of their first."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"date_1904": date1904})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        day = book.add_format({"num_format": sheet.date_format})
        for area in sheet.merged:
            page.merge_range(area, "")
        for number, row in enumerate(sheet.rows):
            for column, value in enumerate(row):
                if isinstance(value, Formula):
                    page.write_formula(number, column, value, value="")
                elif isinstance(value, date):
                    page.write_datetime(number, column, datetime(value.year, value.month, value.day), day)
                elif isinstance(value, str) and value:
                    page.write_string(number, column, value)
                elif value not in (None, ""):
                    page.write(number, column, value)
        for number in sheet.hidden_rows:
            page.set_row(number - 1, None, None, {"hidden": True})
        if sheet.hidden:
            page.very_hidden()
    book.close()
    return rezipped(stream, lambda name, content: (name, content.replace(b"<v></v></c>", b"</c>")))


def rezipped(stream: io.BytesIO, change: Callable[[str, bytes], tuple[str, bytes]]) -> io.BytesIO:
    """The same zip with the name and the content of each part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    made.seek(0)
    return made


class Imported:
    """The result of an import: its plan, and the fault codes by row."""

    def __init__(self, plan: Plan, faults: dict[int | str, list[str]]) -> None:
        self.plan, self.faults = plan, faults
        self.counts = plan.summary()
        self.notices = [notice.code for notice in plan.notices]
        self.told = [
            f"{notice.row or 'file'} {notice.code} {notice.field or notice.params.get('rows', notice.params.get('sheet', ''))}"
            for notice in plan.notices
        ]

    @property
    def four(self) -> tuple[int, int, int, int]:
        """New, changed, unchanged, refused."""
        return tuple(self.counts[name] for name in ("new", "changed", "unchanged", "refused"))  # type: ignore[return-value]


def bring(county: County, stream: Any, who: str = "office", **more: Any) -> Imported:
    """Imports a file."""
    faults: dict[int | str, list[str]] = {}

    def refuse() -> Any:
        faults.clear()
        return lambda number, cells, row_faults: faults.__setitem__(number, [fault.code for fault in row_faults])

    at, dry_run = more.pop("at", START), more.pop("dry_run", False)
    file = ImportFile(stream, more.pop("filename", "register.xlsx"), refuse)
    options = ReadOptions(more.pop("vault", VAULT), **more)
    plan = run_import(county.read, county.write, county.people[who], at, file, options, dry_run)
    return Imported(plan, faults)
