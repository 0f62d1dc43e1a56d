"""Faults as they stand in a county's spreadsheets, to be planted into generated families: each known by its code."""

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import cycle

from simulation.numbers import checked
from simulation.spreadsheet import Family, Person

#: Changes one family; returns the person (from 0) at whose row the fault must be reported.
Plant = Callable[[Family, Person], int]
PLANTS: dict[str, Plant] = {}
#: Faults that need a family of one: without its code a row belongs to no household, and a village written once is all its people's.
ALONE = ("code_missing", "code_rounded", "village_missing")
#: … and those that need at least two.
TOGETHER = ("two_heads", "code_other_village", "name_missing", "labour_unknown")
#: Faults that refuse their household; of the others only the cell is left out.
REFUSING = (
    *ALONE,
    "code_other_village",
    "town_missing",
    "town_unknown",
    "name_signs",
    "no_head",
    "two_heads",
    "id_twice",
    "sex_differs",
    "birth_differs",
    "people_differs",
)


def _cell(code: str, heading: str, value: str | int | float, of: int = 0) -> None:
    """A fault that is one cell's wrong content."""

    def plant(family: Family, earlier: Person) -> int:
        family[of][heading] = value
        return of

    PLANTS[code] = plant


def _planted(plant: Plant) -> Plant:
    PLANTS[plant.__name__.removeprefix("_")] = plant
    return plant


for _code, _heading, _value in (
    ("code_missing", "户编号", ""),
    ("code_rounded", "户编号", 4.41424000012345e17),
    ("town_missing", "镇", ""),
    ("town_unknown", "镇", "不存在镇"),
    ("village_missing", "村", ""),
    ("name_signs", "姓名", "张3"),
    ("id_length", "身份证号码", "4414241990010112"),
    ("id_signs", "身份证号码", "44142419900101A23X"),
    ("id_rounded", "身份证号码", 441424199001011234.0),
    ("id_missing", "身份证号码", ""),
    ("sex_unknown", "性别", "未知"),
    ("birth_bad", "出生日期", "1990-02-30"),
    ("phone", "联系电话", "1380013"),
    ("phone_rounded", "联系电话", "1.38E+10"),
    ("people_not_number", "家庭人口", "四"),
    ("income_not_number", "人均纯收入（元）", "约四千"),
    ("income_negative", "人均纯收入（元）", -350.5),
    ("income_too_much", "人均纯收入（元）", 4e8),
    ("income_year", "收入年度", 1918),
    ("income_year_missing", "收入年度", ""),
    ("status_unknown", "脱贫属性", "待定"),
    ("yes_no_unknown", "是否参加医疗保险", "不详"),
    ("too_long", "家庭住址", "长" * 250),
    ("control_signs", "家庭住址", "上塘组\x07三号"),
    ("place_outside", "经度", 24.1),
    ("place_half", "纬度", ""),
    ("place_not_number", "纬度", "北纬"),
    ("cell_error", "家庭人口", "#REF!"),
    ("no_head", "与户主关系", "之父"),
):
    _cell(_code, _heading, _value)
for _code, _heading, _value in (
    ("name_missing", "姓名", ""),
    ("labour_unknown", "劳动能力", "看情况"),
    ("two_heads", "与户主关系", "户主"),
    ("code_other_village", "村", "别处村"),
):
    _cell(_code, _heading, _value, of=1)


@_planted
def _id_checksum(family: Family, earlier: Person) -> int:
    number = str(family[0]["身份证号码"])
    family[0]["身份证号码"] = number[:17] + ("1" if number[17] != "1" else "2")
    return 0


@_planted
def _id_region(family: Family, earlier: Person) -> int:
    family[0]["身份证号码"] = checked("999999" + str(family[0]["身份证号码"])[6:17])
    return 0


@_planted
def _id_date(family: Family, earlier: Person) -> int:
    number = str(family[0]["身份证号码"])
    family[0]["身份证号码"] = checked(number[:6] + "19850231" + number[14:17])
    return 0


@_planted
def _id_twice(family: Family, earlier: Person) -> int:
    family[-1].update({name: earlier[name] for name in ("身份证号码", "性别", "出生日期")})
    return len(family) - 1


@_planted
def _sex_differs(family: Family, earlier: Person) -> int:
    family[-1]["性别"] = "女" if family[-1]["性别"] == "男" else "男"
    return len(family) - 1


@_planted
def _birth_differs(family: Family, earlier: Person) -> int:
    born = date.fromisoformat(str(family[0]["出生日期"]))
    family[0]["出生日期"] = born.replace(year=born.year - 1, day=1).isoformat()
    return 0


@_planted
def _people_differs(family: Family, earlier: Person) -> int:
    family[0]["家庭人口"] = len(family) + 2
    return 0


@_planted
def _age(family: Family, earlier: Person) -> int:
    digits = f"441424{1893}0101{len(family) * 100 + int(str(family[0]['户编号'])[-2:]):03d}"
    sex = "男" if int(digits[16]) % 2 else "女"
    family[0].update({"身份证号码": checked(digits), "性别": sex, "出生日期": "1893-01-01"})
    return 0


def with_faults(
    families: Iterable[Family], faults: int, households: int, rng: random.Random, first_row: int = 2
) -> Iterator[tuple[Family, dict[int, str]]]:
    """The families, `faults` of them with one fault each, all kinds in turn; and row → code of what was planted.

    `first_row` is the row of the sheet the first family stands in.
    """
    chosen = set(rng.sample(range(1, households), faults))
    kinds, row, earlier = cycle(PLANTS), first_row, Person()
    due: list[str] = []
    for number, family in enumerate(families):
        planted: dict[int, str] = {}
        if number in chosen:
            due.append(next(kinds))
        fits = next((code for code in due if _fits(code, family)), None) if due else None
        if fits is not None:
            due.remove(fits)
            planted[row + PLANTS[fits](family, earlier)] = fits
        else:
            earlier = family[0]
        yield family, planted
        row += len(family)


def _fits(code: str, family: Family) -> bool:
    if code in ALONE:
        return len(family) == 1
    return len(family) >= 2 if code in TOGETHER else True
