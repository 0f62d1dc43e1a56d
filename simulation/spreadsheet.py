"""Spreadsheets of a register as a county has them: plausible families, by a seed, with faults planted where asked.

One row a person, under the usual headings.  The ID numbers hold (region, date, checksum) and belong to nobody.
"""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from simulation.numbers import checked
from simulation.settlement import person
from workflow.register.spreadsheets.xlsx import number_text

HEADINGS = (
    "镇",
    "村",
    "户编号",
    "姓名",
    "身份证号码",
    "与户主关系",
    "性别",
    "出生日期",
    "劳动能力",
    "联系电话",
    "家庭人口",
    "人均纯收入（元）",
    "收入年度",
    "主要致贫原因",
    "帮扶责任人",
    "文化程度",
    "健康状况",
    "是否参加医疗保险",
    "养老保险",
    "是否低保",
    "脱贫属性",
    "家庭住址",
    "经度",
    "纬度",
)
Person = dict[str, str | int | float]
Family = list[Person]
_REGIONS = ("441424", "441424", "441424", "441421", "441402", "440106")
_VILLAGES = [f"{a}{b}村" for a in "大小新老上下东西南北" for b in "坝塘排湖田坑"]
_RELATIONS = ("配偶", "之子", "之女", "之母", "之父", "之孙子", "之孙女", "之儿媳")
_CAUSES = ("因病", "因残", "缺劳力", "缺技术", "缺资金", "因学")


@dataclass
class Generator:
    """Makes families one after another; no ID number and no code twice."""

    rng: random.Random
    towns: Sequence[str]
    today: date
    made: int = 0

    def __post_init__(self) -> None:
        self._used: set[str] = set()
        self._villages = {town: self.rng.sample(_VILLAGES, 19) for town in self.towns}

    def families(self, households: int) -> Iterator[Family]:
        """So many families, three and a half people each on average."""
        for _ in range(households):
            yield self.family(self.rng.choices((1, 2, 3, 4, 5, 6, 7), (10, 18, 22, 25, 15, 7, 3))[0])

    def family(self, size: int) -> Family:
        """One family, the head first."""
        rng = self.rng
        self.made += 1
        town = rng.choice(self.towns)
        shared: Person = {
            "镇": town,
            "村": rng.choice(self._villages[town]),
            "户编号": f"4414240{self.made:07d}",
            "联系电话": f"1{rng.choice('358')}{rng.randrange(10**9):09d}",
            "家庭人口": size,
            "人均纯收入（元）": round(rng.uniform(2500, 14000), 2),
            "收入年度": self.today.year - 1,
            "主要致贫原因": rng.choice(_CAUSES),
            "帮扶责任人": person(rng),
            "脱贫属性": rng.choice(("在档", "预脱贫")),
            "家庭住址": f"上塘组{rng.randrange(1, 300)}号",
            "经度": round(rng.uniform(115.3, 116.0), 6),
            "纬度": round(rng.uniform(23.5, 24.2), 6),
        }
        ages = [rng.randrange(30, 85), *(rng.randrange(1, 90) for _ in range(size - 1))]
        relations = ["户主", *rng.choices(_RELATIONS, k=size - 1)]
        return [{**shared, **self._somebody(age, relation)} for age, relation in zip(ages, relations, strict=True)]

    def _somebody(self, age: int, relation: str) -> Person:
        rng = self.rng
        able = 16 <= age < 65
        return {
            "姓名": person(rng),
            "与户主关系": relation,
            **self.identity(age),
            "劳动能力": rng.choice(("普通劳动力", "普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力"))
            if able
            else "无劳动力",
            "文化程度": rng.choice(("小学", "初中", "高中", "文盲或半文盲")),
            "健康状况": rng.choice(("健康", "健康", "健康", "长期慢性病", "残疾")),
            "是否参加医疗保险": "是",
            "养老保险": "是" if age >= 16 else "否",
            "是否低保": rng.choice(("是", "否")),
        }

    def identity(self, age: int) -> Person:
        """An unused ID number with the sex and birth it carries."""
        rng = self.rng
        while True:
            born = self.today - timedelta(days=age * 365 + age // 4 + rng.randrange(1, 365))
            digits = f"{rng.choice(_REGIONS)}{born:%Y%m%d}{rng.randrange(1, 1000):03d}"
            if digits not in self._used:
                self._used.add(digits)
                break
        return {
            "身份证号码": checked(digits),
            "性别": "男" if int(digits[16]) % 2 else "女",
            "出生日期": born.isoformat(),
        }


def cells(family: Family) -> Iterator[list[str | int | float]]:
    """The rows of one family in the order of HEADINGS."""
    for somebody in family:
        yield [somebody.get(heading, "") for heading in HEADINGS]


def write_csv(path: Path, families: Iterable[Family], encoding: str = "utf-8-sig") -> int:
    """Write the families as a spreadsheet saves CSV; returns the rows written."""
    count = 1
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        for family in families:
            for values in cells(family):
                writer.writerow([value if isinstance(value, str) else number_text(value) for value in values])
                count += 1
    return count


def write_xlsx(
    path: Path, families: Iterable[Family], titles: Sequence[str] = (), headings: Sequence[str] = HEADINGS
) -> int:
    """Write the families under their headings, and these under titles over the whole width; returns the rows written."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("户信息")
    row = 0
    for title in titles:
        sheet.write_string(row, 0, title)
        row += 1
    sheet.write_row(row, 0, headings)
    for family in families:
        for values in cells(family):
            row += 1
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                else:
                    sheet.write_number(row, column, value)
    book.close()
    return row + 1
