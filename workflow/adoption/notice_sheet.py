"""Notice sheets: the rows of a spreadsheet or text file with a holiday notice, as lines that `holiday_notice.change` parses.

A sheet has a row a day (day, works or not, name) or a row a holiday: its name, its first day and number of days, or its days
in words, and the days worked instead.  The latter becomes a sentence as the notice itself has it.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import BinaryIO

from workflow import folding
from workflow.adoption import notice_sentences
from workflow.inputs import written_day
from workflow.register.spreadsheets import sheet_reader
from workflow.register.spreadsheets.sheet import Sheet

#: The columns of a row a holiday, by heading.
_COLUMNS = {
    "name": ("节日", "节假日", "假日", "假期", "名称", "节日名称", "节假日名称", "假期名称", "事由", "holiday", "name"),
    "first": (
        *("起始日期", "起始日", "开始日期", "开始时间", "放假开始", "放假首日", "首日", "第一天", "起", "放假起始日期"),
        *("放假开始日期", "起始时间", "起始", "开始", "first day"),
    ),
    "last": (
        *("结束日期", "截止日期", "放假结束", "最后一天", "末日", "止", "结束时间", "终止日期", "放假结束日期", "结束"),
        *("放假截止日期", "last day"),
    ),
    "off": (
        *("放假时间", "放假日期", "放假安排", "放假调休日期", "休假时间", "放假起止", "放假起止日期", "放假起止时间"),
        *("起止日期", "起止时间", "假期时间", "放假日", "日期", "时间", "放假调休", "放假", "days off"),
    ),
    "count": ("天数", "放假天数", "共计天数", "合计天数", "假期天数", "总天数", "共计", "合计", "days"),
    "on": (
        *("上班", "调休上班", "调休上班日期", "补班", "补班日期", "补班时间", "上班日期", "调休", "调休日期", "调班"),
        *("调休补班", "调休补班日期", "调班日期", "需上班日期", "调休上班时间", "days worked"),
    ),
    "said": ("安排", "班休", "休班", "说明", "备注"),
}
_HEADINGS = {"day", "date", "日期", "节假日日期"}
_WEEKDAYS = ("星期", "周几", "weekday")
#: A weekday behind a day, and a day within a text.
_WEEKDAY = re.compile(r"\s*[(（]?(星期|周|礼拜)[一二三四五六日天][)）]?$")
_DAYS = re.compile(r"\d{4}\D{1,2}\d{1,2}\D{1,2}\d{1,2}|\d{8}")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]$")


def file_text(stream: BinaryIO) -> str:
    """The notice in a spreadsheet or text file as the text that `change` reads, line by line as the file has them.

    Of several sheets the first with a day is read.  Titles above, notes below, headings and a column of weekdays are left
    out.  Raises BadInput of `sheet_reader.sheets`.
    """
    found = [(sheet, list(sheet.rows())) for sheet in sheet_reader.sheets(stream) if not sheet.hidden]
    sheet, rows = next(
        ((sheet, rows) for sheet, rows in found if any(_says_days(cells) for _, cells in rows)),
        found[0] if found else (None, []),
    )
    out = io.StringIO()
    writer, written, weekdays = csv.writer(out, lineterminator="\n"), 0, set[int]()
    columns: dict[str, int] = {}
    name = ""
    for number, cells in rows:
        tidy = [" ".join(cell.split()) for cell in cells]
        if not _says_days(tidy) and (layout := _columns(tidy)):
            columns = layout
            continue
        if not _named_day(tidy) and {cell.lower() for cell in tidy} & _HEADINGS:
            weekdays = {column for column, cell in enumerate(tidy) if cell in _WEEKDAYS}
            continue
        if len({cell for cell in tidy if cell}) == 1 and _is_text(next(cell for cell in tidy if cell)):
            continue
        if not columns:
            own = [cell for column, cell in enumerate(tidy) if column not in weekdays]
            own = [_WEEKDAY.sub("", own[0]), *own[1:]] if own else own
        else:
            assert sheet is not None
            name = _cell(tidy, columns, "name") or name
            own = [_sentence(sheet, tidy, columns, name)]
        out.write("\n" * (number - written - 1))
        writer.writerow(own)
        written = number
    return out.getvalue()


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """The columns of a row of headings over a row a holiday; empty for any other row."""
    keys = [folding.key(_BRACKETS.sub("", cell)) for cell in cells]
    found = {
        column: next(at for at, key in enumerate(keys) if key in words)
        for column, words in _COLUMNS.items()
        if set(words) & set(keys)
    }
    days = "first" in found or "off" in found
    several = "count" in found or "last" in found or "on" in found or ("off" in found and keys[found["off"]] != "日期")
    return found if days and several and "name" in found else {}


def _cell(cells: Sequence[str], columns: dict[str, int], column: str) -> str:
    return cells[columns[column]] if column in columns and columns[column] < len(cells) else ""


def _sentence(sheet: Sheet, cells: Sequence[str], columns: dict[str, int], name: str) -> str:
    """A row a holiday as a sentence of a notice.  Commas of the sentence are Chinese: the text is read as CSV."""
    first, last, off, on = (_day(sheet, _cell(cells, columns, column)) for column in ("first", "last", "off", "on"))
    count = _cell(cells, columns, "count").removesuffix(".0")
    count = f"{count}天" if count.isascii() and count.isdigit() else count
    days = f"{first}至{last}" if first and last else f"{first}起" if first and count else first or off
    said = [f"{name}：{days}放假" if days and not notice_sentences.says_off(days) else f"{name}：{days}"]
    if count:
        said.append(count)
    if notice_sentences.has_days(on):
        said.append(on if notice_sentences.says_on(on) else f"{on}上班")
    remark = _cell(cells, columns, "said")
    if notice_sentences.has_days(remark) and (notice_sentences.says_on(remark) or notice_sentences.says_off(remark)):
        said.append(remark)
    return "，".join(said).replace(",", "，")


def _day(sheet: Sheet, text: str) -> str:
    """The day, where a spreadsheet's day count stands for it; other text as it is."""
    count = text.isascii() and text.isdigit() and len(text) == 5
    if count:
        day: date = sheet.day_zero + timedelta(days=int(text))
        return day.isoformat()
    return text


def _says_days(cells: Sequence[str]) -> bool:
    return _named_day(cells) or any(notice_sentences.has_days(cell) for cell in cells)


def _is_text(cell: str) -> bool:
    """Whether the only text of a row is a title or a note."""
    return not (_DAYS.search(folding.narrow(cell)) or notice_sentences.has_days(cell)) and notice_sentences.is_prose(
        cell
    )


def _named_day(cells: Sequence[str]) -> bool:
    return bool(cells) and written_day(_WEEKDAY.sub("", " ".join(cells[0].split()))) is not None
