"""Import columns: usual spellings of headings, the heading row, and the field of each column.

Spellings come from exports of the provincial system and from towns' tables; the field of another heading is chosen by a
person once and remembered (`HeadingChoice`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from workflow import folding
from workflow.errors import BadInput
from workflow.register.cells.monitoring import MONITORING
from workflow.register.spreadsheets.sheet import DAYS_1900

_YEAR = re.compile(r"^(20\d\d)年?度?")
_NOT_LETTERS = re.compile(r"[\s›()\[\]【】<>*:、,.;/\\\"'“”_\-]")


def normalised(heading: str) -> str:
    """A heading without width, spaces, line breaks, punctuation, brackets and a leading year.

    >>> normalised(" 乡（镇）\\n"), normalised("2017年人均纯收入（元）*")
    ('乡镇', '人均纯收入元')
    """
    return _without_year(_NOT_LETTERS.sub("", folding.key(heading)))


def _without_year(text: str) -> str:
    return _YEAR.sub("", text) or text


#: Field → its spellings, already in the form that `normalised` gives.
FIELDS: dict[str, tuple[str, ...]] = {
    "code": ("户编号", "家庭编号", "户号", "户编码", "贫困户编号", "建档立卡户编号", "householdcode", "code"),
    "head": ("户主姓名", "户主", "户主名称", "贫困户户主姓名", "headofhousehold", "head"),
    "name": ("姓名", "家庭成员姓名", "成员姓名", "人员姓名", "name"),
    "id_number": (
        "身份证号码",
        "身份证号",
        "身份证",
        "证件号码",
        "证件号",
        "公民身份号码",
        "户主身份证号码",
        "户主身份证号",
        "户主证件号码",
        "居民身份证号码",
        "idnumber",
    ),
    "id_kind": ("证件类型", "证件种类", "证件类别", "身份证件类型", "idkind"),
    "town": ("镇", "乡镇", "乡", "乡镇名称", "镇名称", "所在镇", "所在乡镇", "镇街", "town"),
    "village": ("村", "行政村", "村名", "行政村名称", "村委会", "所在村", "所在行政村", "村居", "建制村", "village"),
    "relation": ("与户主关系", "关系", "与户主的关系", "家庭关系", "relation"),
    "labour": ("劳动能力", "劳动技能", "劳动力", "劳动能力情况", "有无劳动能力", "劳动力情况", "labour"),
    "phone": (
        "联系电话",
        "手机号码",
        "电话",
        "手机",
        "手机号",
        "电话号码",
        "联系方式",
        "户主联系电话",
        "户联系电话",
        "户主电话",
        "本人联系电话",
        "phone",
    ),
    "people": ("家庭人口", "人口数", "人数", "家庭人口数", "户人口数", "家庭人数", "家庭成员数", "户内人口", "people"),
    "address": ("家庭住址", "地址", "住址", "家庭地址", "详细地址", "居住地址", "address"),
    "income": (
        "人均纯收入",
        "人均可支配收入",
        "家庭人均可支配收入",
        "家庭人均纯收入",
        "年人均纯收入",
        "年人均可支配收入",
        "income",
    ),
    "income_year": ("收入年度", "收入年份", "年度", "年份", "收入所属年度", "incomeyear"),
    "cause": ("致贫原因", "主要致贫原因", "贫困原因", "cause"),
    "cadre": ("包户责任人", "帮扶责任人", "帮扶干部", "帮扶责任人姓名", "包户干部", "帮扶人", "cadre"),
    "schooling": ("文化程度", "学历", "受教育程度", "在校生状况", "schooling"),
    "illness": ("健康状况", "身体状况", "健康情况", "患病情况", "illness"),
    "insured": (
        "是否参加医疗保险",
        "是否参加城乡居民基本医疗保险",
        "是否参加新型农村合作医疗",
        "医疗保险",
        "是否参保",
        "城乡居民基本医疗保险",
        "是否参加基本医疗保险",
        "insured",
    ),
    "pension": (
        "养老保险",
        "是否参加养老保险",
        "是否参加城乡居民基本养老保险",
        "是否参加城乡居民社会养老保险",
        "城乡居民基本养老保险",
        "pension",
    ),
    "allowance": (
        "是否低保",
        "低保",
        "是否享受低保",
        "是否低保户",
        "低保户",
        "是否享受最低生活保障",
        "享受低保政策情况",
        "是否享受低保政策",
        "allowance",
    ),
    "beyond_help": ("无法依靠产业就业帮扶脱贫", "是否无法依靠产业就业帮扶脱贫", "beyondhelp"),
    "status": ("脱贫属性", "脱贫状态", "户状态", "脱贫情况", "贫困户状态", "是否脱贫", "status"),
    "sex": ("性别", "sex"),
    "born_on": ("出生日期", "出生年月日", "出生年月", "生日", "born"),
    **{name: (normalised(kept.heading), *map(normalised, kept.spellings)) for name, kept in MONITORING.items()},
    "longitude": ("经度", "longitude"),
    "latitude": ("纬度", "latitude"),
}
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
            match = _YEAR.match(folding.narrow(heading.rpartition(GROUPED)[2]))
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
    return not any(sign.isdigit() for cell in cells for sign in _YEAR.sub("", cell.strip()))


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
