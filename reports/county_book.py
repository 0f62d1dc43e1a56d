"""County workbook: the template as XLSX, the county as it is, with a sheet of explanations before the others."""

from collections.abc import Iterable
from typing import BinaryIO

from reports.page_layout import Cell
from reports.tables import Workbook
from workflow.setup.account_sheet import ROLE_WORDS
from workflow.setup.county_workbook import NOTES, SheetForm
from workflow.setup.post_sheet import POST_WORDS
from workflow.setup.template_rows import Rows
from workflow.setup.unit_sheet import TYPE_WORDS


def county_book(sheets: Iterable[tuple[SheetForm, Rows]], language: str) -> BinaryIO:
    """The workbook's file, in `zh` or `en`; a needed column's heading ends with an asterisk."""
    book, forms = Workbook(), list(sheets)
    book.sheet(NOTES[0 if language == "zh" else 1], *_explained([form for form, _ in forms], language))
    for form, rows in forms:
        headings = [_name(column, language) + ("*" if column.needed else "") for column in form.columns]
        book.sheet(_name(form, language), headings, rows)
    return book.close()


def _name(named: object, language: str) -> str:
    return str(getattr(named, language))


def _explained(forms: list[SheetForm], language: str) -> tuple[list[str], list[list[Cell]]]:
    zh = language == "zh"
    words = {
        ("units", "type"): "、".join(words[0] for words in TYPE_WORDS.values()),
        ("units", "aliases"): "多个用顿号隔开" if zh else "several with 、 between them",
        ("accounts", "role"): "、".join(words[0] for words in ROLE_WORDS.values()),
        ("posts", "kind"): "、".join(words[0] for words in POST_WORDS.values()),
        ("villages", "listed_poor"): "是、否",
        ("villages", "reason"): "更改或清除已登记的贫困人口、取消省定贫困村时必填"
        if zh
        else "needed where recorded poor people change or a listed village is no longer one",
    }
    headings = ["工作表", "栏目", "必填", "可填内容"] if zh else ["sheet", "column", "needed", "values"]
    rows: list[list[Cell]] = [
        [
            _name(form, language),
            _name(column, language),
            ("是" if zh else "yes") if column.needed else "",
            words.get((form.code, column.field), ""),
        ]
        for form in forms
        for column in form.columns
    ]
    rows.append(["", "", "", _HINT[language]])
    return headings, rows


_HINT = {
    "zh": "空单元格不作改动；已有的行再次导入不变；单位更名、撤并在“机构与区划变动”办理，人员调动在“账号”办理。",
    "en": "An empty cell changes nothing; what is there already stays; units are renamed and merged under Reforms, people are "
    "moved under Accounts.",
}
