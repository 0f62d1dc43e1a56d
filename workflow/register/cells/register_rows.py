"""Register rows: which rows of a sheet are people or households, and which are titles, totals, notes and signatures."""

import re
from collections.abc import Sequence

from workflow import folding
from workflow.register.cells.columns import Layout
from workflow.register.cells.values import HEADS, plain

#: Words of a row that is none, at the end of its first cell, at its beginning, and as the label of a signature.
_TOTAL = re.compile(r"((合计|总计|小计|累计|共计)[:：]?(\d*[户人]?)|^共\d+户(\d+人)?)$")
_NOTE = re.compile(
    r"^[(（\[【※*＊★●]*(注|备注|说明|填表|填报|制表|审核|合计|总计|小计|以上|以下空白|此表|本表|截至|截止|第\d+页|完毕?[)）]?$)"
)
#: A cell of a total beside its word: so many villages, households, people or yuan.
_COUNT = re.compile(r"(\d+个?[村户人元])*\d+(\.\d+)?个?[村户人元]?$")
_SIGNERS = "负责人|经办人|填表人|填报人|制表人|审核人|复核人|联系人|盖章|签字|签名|签章|领导|书记|镇长|主任"
_SIGNED = re.compile(rf"({_SIGNERS}|联系电话|日期|时间|单位)[)）]?\s*[:：]")
_TO_SIGN = re.compile(rf"({_SIGNERS})[)）]?[:：]?$")
#: What no code of a household has, in a row without anything else.
_SENTENCE = re.compile(r"[\u4e00-\u9fff]{4}|^\d{4}年\d{0,2}月")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]")
_MARKED = ("※", "★", "*注", "＊注")


def is_note(cells: Sequence[str], code: str) -> bool:
    """Whether a row below or between the data is a total, a note, a signature, a ruling, the numbers of the columns, or a
    prepared row with its number alone."""
    if _numbers_columns(cells):
        return True
    said = [folding.tidy(cell) for cell in cells if cell.strip()]
    if all(cell == "0" or not _WORD.search(cell) for cell in said):
        # Dashes, or formulas that found nothing.
        return True
    # Words of a form are drawn apart: 合　　计, 2026年  月  日.
    first = _SPACES.sub("", said[0])
    wordy = bool(_TOTAL.search(first) or _NOTE.match(first) or first.startswith(_MARKED))
    if _TOTAL.search(first) and all(_COUNT.match(cell) for cell in said[1:]):
        # Also where a count is below the codes or the names.
        return True
    if code:
        # A total, a signature, a sentence or the day may be below the codes, where these come first.
        alone = len(said) == 1 and _SENTENCE.search(first)
        no_code = wordy or _SIGNED.search(said[0]) or alone or all(_TO_SIGN.search(cell) for cell in said)
        return bool(no_code) and plain(said[0]) == plain(code)
    return wordy or len(said) < 2 or any(_SIGNED.search(cell) for cell in said)


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Whether the cells number the columns, as forms do below their headings: 甲 乙 1 2 3, or 1 2 3 4.

    >>> _numbers_columns(["甲", "乙", "1", "2", "3"]), _numbers_columns(["1", "2"]), _numbers_columns(["1", "H2", "3", "4"])
    (True, False, False)
    """
    said = [cell.strip().strip("()（）") for cell in cells if cell.strip()]
    numbers = [cell for cell in said if cell.isdigit()]
    stems = said[: len(said) - len(numbers)]
    return (
        len(numbers) >= 3
        and numbers == [str(number) for number in range(1, len(numbers) + 1)]
        and stems == list("甲乙丙丁戊己庚辛壬癸"[: len(stems)])
    )


class RowAbove:
    """The last row that was read: the household a row without code belongs to, where cells look merged but are empty."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._own = [layout.columns[name] for name in ("code", "head", "town", "village") if name in layout.columns]
        self.code = ""
        self.cells: Sequence[str] = ()

    def code_of(self, cells: Sequence[str]) -> str:
        """The text in the column of the code."""
        return self._cell(cells, "code")

    def continues(self, cells: Sequence[str]) -> bool:
        """Whether the row is one more person of the household above: a name, a relation that is not the head's, and not
        one of the household's own cells."""
        if not self._layout.by_person or not self.code or any(_at(cells, column) for column in self._own):
            return False
        relation = self._cell(cells, "relation")
        return bool(self._cell(cells, "name")) and bool(relation) and plain(relation) not in HEADS

    def filled(self, cells: Sequence[str]) -> list[str]:
        """The row with the household's cells of the row above."""
        row = [*cells, *[""] * (len(self.cells) - len(cells))]
        for column in self._own:
            row[column] = _at(self.cells, column)
        return row

    def _cell(self, cells: Sequence[str], name: str) -> str:
        column = self._layout.columns.get(name)
        return "" if column is None else _at(cells, column)


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""
