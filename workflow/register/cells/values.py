"""Cell values: parse the text of one cell into a typed value; anything else raises `Faulty`.

A value that was taken although the cell says it in another way is `Noted`.  The words of cells are in `cell_words`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from workflow import folding
from workflow.citizen_id import Faulty, check_document, check_phones
from workflow.policy.scheme.exit_rules import Wording
from workflow.register.cells.cell_words import ACCOUNT_CLOSED, KINDS_OF_INSURANCE, LABOUR, SEX, STATUS, YES_NO, Words
from workflow.register.spreadsheets.sheet import UNCOMPUTED

HEADS = frozenset({"户主", "本人", "本人或户主", "户主本人", "head"})
EARLIEST_YEAR, MOST_PEOPLE = 2010, 30
#: Words for no document, in the column of its number.
_NO_DOCUMENT = (
    "未上户",
    "未落户",
    "未入户",
    "无户口",
    "无",
    "没有",
    "暂无",
    "未办理",
    "未办",
    "无证",
    "无身份证",
    "不详",
    "黑户",
)
#: A number as this system and others mask it: it says nothing of the hidden digits.
_MASKED = re.compile(r"^[\dA-Za-z]{0,8}\*{3,}[\dXx]{0,4}$")
#: A cell of strokes alone says nothing.
_STROKES = frozenset("-—–－_/／")
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
_LONG_NUMBER = re.compile(r"\d{6,}[\dXx]*")
_CLOSED = re.compile(f"[（(]{ACCOUNT_CLOSED[1:-1]}[）)]$")
_BETWEEN_CHARACTERS = re.compile(r"(?<=[^\x00-\xff])\s+(?=[^\x00-\xff])")
#: China, roughly, so that a latitude in the longitude's column is outside.
_LETTER = re.compile(r"[^\W\d_]")
_PLACE = {"latitude": (3.0, 54.0), "longitude": (73.0, 136.0)}


@dataclass(frozen=True, slots=True)
class Noted:
    """A value, and the code of what the person who sent it should know, with its parameters."""

    value: Any
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


def clean(text: str) -> str:
    """The text as `folding.tidy` gives it; empty for strokes alone.

    Raises Faulty `control_signs` for a character that cannot be read, `formula_uncomputed`, `cell_error` for a
    formula's error.
    """
    text = folding.tidy(text)
    odd = not text.isprintable() and any(unicodedata.category(sign) in ("Cc", "Cs", "Co") for sign in text)
    if odd or "\ufffd" in text:
        raise Faulty("control_signs")
    if text[:1] == "#" and text in _ERRORS:
        raise Faulty("cell_error", value=text)
    if text == UNCOMPUTED:
        raise Faulty("formula_uncomputed")
    return "" if text and _STROKES.issuperset(text) else text


def shown(text: str) -> str:
    """The text for an error message: short, and without anything that may be an ID number or a phone.

    >>> shown("四"), shown("441424199001011234")
    ('四', '***')
    """
    return _LONG_NUMBER.sub("***", text[:20])


def words(text: str, most: int = 200) -> str:
    """Free text without spaces between Chinese characters.  Raises Faulty `too_long`."""
    if len(text) > most:
        raise Faulty("too_long", length=len(text), most=most)
    return _BETWEEN_CHARACTERS.sub("", text) if " " in text else text


def cadre(text: str) -> str:
    """The name of a household's cadre, without the mark of a closed account.  Raises Faulty `too_long`."""
    return words(_CLOSED.sub("", text))


#: Characters that begin a formula or an address, and the asterisks of masked names.
_NOT_IN_NAMES = frozenset('=<>{}|@#$%^&+*＊＝;:"/\\`~!?')


#: A word beside a name that says that its bearer died or left, in brackets, behind a stroke, or 已 and such before it.
_GONE_WORD = (
    "已?故|已?亡|已?死亡?|已?去世|已?病故|已?逝世?|已?过世|亡故|已?身故|已?外?迁出|已?外迁|已?迁走|已?搬走|户口(?:已|已经)?迁出"
    "|已?外?嫁|已?外?嫁出|已?出嫁|已?婚嫁(?:迁出)?|已?嫁走|已?销户|已?注销|户口(?:已)?注销|已?核减|已?自然减少"
)
_GONE = re.compile(
    rf"\s*[(（\[【〔](?:\d[\d年月日.\-/ ]*)?(?:{_GONE_WORD})(?:[,，、 ]?\d.*)?[)）\]】〕]\s*$"
    rf"|\s*[-‐-―−_:：,，、/／]+\s*(?:{_GONE_WORD})\s*$"
    r"|^已(?:故|亡|死亡|去世|病故|逝世|过世|迁出|外迁|出嫁|外嫁)[-:：、,， ]?(?=..)"
    r"|(?<=..)\s*已(?:故|亡|死亡|去世|病故|逝世|过世|迁出|外迁|出嫁|外嫁|注销|销户)$"
)


@lru_cache(maxsize=8192)
def name(text: str) -> str:
    """A person's name.

    Raises Faulty `name_signs` for a digit, a character no name has, or no letter at all; `name_of_gone` for one with a
    word beside it that its bearer died or left.
    """
    cleaned = folding.name(words(text, 60))
    if _GONE.search(cleaned) is not None:
        raise Faulty("name_of_gone")
    if any(sign.isdigit() or sign in _NOT_IN_NAMES for sign in cleaned) or not any(sign.isalpha() for sign in cleaned):
        raise Faulty("name_signs")
    return cleaned


def name_in_row(text: str) -> str | Noted:
    """A name of a register's row; `said_gone` is noted of one whose bearer died or left: 李四(已故), 张三（迁出）, 王五-死亡.

    Raises Faulty `name_signs`.
    """
    cleaned = folding.name(words(text, 60))
    bare = _GONE.sub("", cleaned)
    return name(bare) if bare == cleaned else Noted(name(bare), "said_gone", {"value": shown(cleaned)})


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A word in comparable form: folded, without spaces or brackets."""
    return re.sub(r"[\s()、,/\"'“”]", "", folding.key(text))


def code(text: str) -> str:
    """A household's code.  Raises Faulty `code_rounded` for one that a spreadsheet turned into a number, `too_long`."""
    cleaned = "".join(folding.narrow(text).split()).lstrip("'")
    if "E+" in cleaned.upper() and cleaned.upper().replace("E+", "").replace(".", "").isdigit():
        raise Faulty("code_rounded")
    if len(cleaned) > 64:
        raise Faulty("too_long", length=len(cleaned), most=64)
    if "/" in cleaned or "\\" in cleaned or not cleaned.strip("."):
        # No URL can contain such a code.
        raise Faulty("code_unusable", value=shown(text))
    return cleaned


def _by_word(table: Words) -> dict[str, str]:
    return {plain(word): meant for meant, said in table.items() for word in said}


_LABOUR, _STATUS, _SEX, _YES_NO = _by_word(LABOUR), _by_word(STATUS), _by_word(SEX), _by_word(YES_NO)


def labour(text: str) -> str:
    """`with`, `partly` or `none`.  Raises Faulty `labour_unknown`."""
    return _said(_LABOUR, text, "labour_unknown")


def statuses(words: Wording) -> dict[str, str]:
    """The scheme's own words for the register's statuses: word → status."""
    spellings = {code: (text.zh, *words.spellings.get(code, ())) for code, text in words.statuses.items()}
    return _by_word({**words.spellings, **spellings})


def status(text: str, ours: Mapping[str, str] = {}) -> str:
    """One of the register's statuses, by the scheme's words first.  Raises Faulty `status_unknown`."""
    return _said({**_STATUS, **ours} if ours else _STATUS, text, "status_unknown")


def sex(text: str) -> str:
    """`m` or `f`.  Raises Faulty `sex_unknown`."""
    return _said(_SEX, text, "sex_unknown")


def yes_no(text: str) -> bool | Noted:
    """Yes, no, or a kind of insurance, which is a yes.  Raises Faulty `yes_no_unknown`."""
    if plain(text) in KINDS_OF_INSURANCE:
        return Noted(True, "kind_is_yes", {"value": shown(text)})
    return _said(_YES_NO, text, "yes_no_unknown") == "yes"


def _said(table: dict[str, str], text: str, fault: str) -> str:
    code = table.get(plain(text))
    if code is None:
        raise Faulty(fault, value=shown(text))
    return code


def fen(text: str) -> int:
    """Yuan as whole fen, half a fen rounded up.  Raises Faulty `income_not_number`, `income_negative`,
    `income_too_much`."""
    bare = folding.narrow(text).replace(",", "").replace(" ", "").strip("¥元")
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        raise Faulty("income_not_number", value=shown(text)) from None
    if not amount.is_finite():
        raise Faulty("income_not_number", value=shown(text))
    if amount < 0:
        raise Faulty("income_negative")
    if amount > 10_000_000:
        raise Faulty("income_too_much")
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def year(text: str, today: date) -> int:
    """A year from EARLIEST_YEAR to this one.  Raises Faulty `income_year`."""
    bare = plain(text).removesuffix("年度").removesuffix("年")
    if not (bare.isascii() and bare.isdigit() and len(bare) == 4 and EARLIEST_YEAR <= int(bare) <= today.year):
        raise Faulty("income_year", value=shown(text))
    return int(bare)


def people(text: str) -> int:
    """The number of people of the household.  Raises Faulty `people_not_number`."""
    bare = plain(text).removesuffix("人").removesuffix("口")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 6 and 1 <= int(bare) <= MOST_PEOPLE):
        raise Faulty("people_not_number", value=shown(text))
    return int(bare)


def yuan(text: str) -> str:
    """An amount in yuan as written, without signs of its own.  Raises Faulty as `fen`."""
    amount = fen(text)
    return f"{amount // 100}.{amount % 100:02d}".removesuffix(".00")


def document(text: str, today: date, kind: str = "") -> Any:
    """An `IdNumber`; None for a word that says there is none, and for a masked number.

    `kind` is the document's type as the file has it.

    Raises Faulty: see `citizen_id.check_document`.
    """
    if plain(text) in _NO_DOCUMENT:
        return Noted(None, "no_document", {"value": shown(text)})
    if _MASKED.match(folding.narrow(text)):
        return Noted(None, "number_masked")
    number = check_document(text, today, kind)
    return Noted(number, number.notice) if number.notice else number


def phone(text: str) -> str | Noted:
    """The first phone number of the cell, without words beside it.  Raises Faulty `phone_rounded`, `phone`."""
    numbers = check_phones(text)
    if len(numbers) > 1:
        return Noted(numbers[0], "phone_first")
    return Noted(numbers[0], "phone_words") if _LETTER.search(text) else numbers[0]


def degrees(text: str, which: str) -> float:
    """`latitude` or `longitude` in degrees.  Raises Faulty `place_not_number`, `place_outside`."""
    least, most = _PLACE[which]
    try:
        angle = float(folding.narrow(text).rstrip("°NEne "))
    except ValueError:
        raise Faulty("place_not_number", value=shown(text)) from None
    if not least <= angle <= most:
        raise Faulty("place_outside", value=shown(text))
    return round(angle, 7)
