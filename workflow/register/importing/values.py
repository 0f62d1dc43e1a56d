"""Cell values: parse the text of one cell into a typed value; anything else raises `Faulty`."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from workflow.citizen_id import Faulty
from workflow.policy.scheme.exit_rules import Wording

_Table = Mapping[str, tuple[str, ...]]
LABOUR: _Table = {
    "with": ("普通劳动力", "技能劳动力", "有", "有劳动能力", "有劳动力", "劳动力", "是", "with"),
    "partly": (
        "弱劳动力或半劳动力",
        "弱劳动力",
        "半劳动力",
        "弱劳动力半劳动力",
        "部分丧失",
        "部分丧失劳动能力",
        "部分丧失劳动力",
        "部分劳动能力",
        "部分",
        "partly",
    ),
    "none": ("丧失劳动力", "丧失劳动能力", "完全丧失劳动能力", "无劳动力", "无劳动能力", "无", "丧失", "否", "none"),
}
STATUS: _Table = {
    "new": ("新增", "新增户", "新识别", "new"),
    "in": ("在档", "在册", "未脱贫", "未脱贫户", "贫困户", "一般贫困户", "返贫", "返贫户", "否", "in"),
    "pre_exit": ("预脱贫", "预脱贫户", "拟脱贫", "拟脱贫户", "pre_exit"),
    "exited": (
        "已脱贫",
        "脱贫",
        "脱贫户",
        "已脱贫户",
        "已退出",
        "稳定脱贫",
        "脱贫享受政策",
        "脱贫不享受政策",
        "是",
        "exited",
    ),
    "cleared": ("清退", "清退户", "已清退", "cleared"),
}
SEX: _Table = {"m": ("男", "男性", "m", "1"), "f": ("女", "女性", "f", "2")}
YES_NO: _Table = {
    "yes": ("是", "有", "已参加", "参加", "已参保", "参保", "已缴", "已缴费", "享受", "已享受", "√", "1", "y", "yes"),
    "no": (
        "否",
        "无",
        "未参加",
        "不参加",
        "没参加",
        "未参保",
        "未缴",
        "未缴费",
        "不享受",
        "未享受",
        "×",
        "0",
        "n",
        "no",
    ),
}
HEADS = frozenset({"户主", "本人", "本人或户主", "户主本人", "head"})
EARLIEST_YEAR, MOST_PEOPLE = 2010, 30
#: The day from which a spreadsheet counts.
_DAY_NOUGHT = date(1899, 12, 30)
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
_DAY = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]0?0:00(?::00)?)?$")
_LONG_NUMBER = re.compile(r"\d{6,}[\dXx]*")
_SPACES = re.compile(r"\s+")
_BETWEEN_CHARACTERS = re.compile(r"(?<=[^\x00-\xff])\s+(?=[^\x00-\xff])")
#: China, roughly, so that a latitude in the longitude's column is outside.
_PLACE = {"latitude": (3.0, 54.0), "longitude": (73.0, 136.0)}


def clean(text: str) -> str:
    """The text without invisible characters: surrounding spaces, line breaks, layout marks.

    Raises Faulty `control_signs` for a control character, `cell_error` for a formula's error.
    """
    if text.isprintable():
        text = text.strip()
    else:
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
        text = _SPACES.sub(" ", text).strip()
        if any(unicodedata.category(sign) in ("Cc", "Cs", "Co") for sign in text):
            raise Faulty("control_signs")
    if text[:1] == "#" and text in _ERRORS:
        raise Faulty("cell_error", value=text)
    return text


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


#: Characters that begin a formula or an address, and the asterisks of masked names.
_NOT_IN_NAMES = frozenset('=<>{}|@#$%^&+*＊＝;:"/\\`~!?')


@lru_cache(maxsize=8192)
def name(text: str) -> str:
    """A person's name.  Raises Faulty `name_signs` for a digit, a character no name has, or no letter at all."""
    cleaned = words(text, 60)
    if any(sign.isdigit() or sign in _NOT_IN_NAMES for sign in cleaned) or not any(sign.isalpha() for sign in cleaned):
        raise Faulty("name_signs")
    return cleaned


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A word in comparable form: half width, lower case, no spaces or brackets."""
    return re.sub(r"[\s()、,/\"'“”]", "", unicodedata.normalize("NFKC", text)).lower()


def code(text: str) -> str:
    """A household's code.  Raises Faulty `code_rounded` for one that a spreadsheet turned into a number, `too_long`."""
    cleaned = "".join(unicodedata.normalize("NFKC", text).split()).lstrip("'")
    if "E+" in cleaned.upper() and cleaned.upper().replace("E+", "").replace(".", "").isdigit():
        raise Faulty("code_rounded")
    if len(cleaned) > 64:
        raise Faulty("too_long", length=len(cleaned), most=64)
    if "/" in cleaned or "\\" in cleaned or not cleaned.strip("."):
        # No URL can contain such a code.
        raise Faulty("code_unusable", value=shown(text))
    return cleaned


def _by_word(table: _Table) -> dict[str, str]:
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


def yes_no(text: str) -> bool:
    """Raises Faulty `yes_no_unknown`."""
    return _said(_YES_NO, text, "yes_no_unknown") == "yes"


def _said(table: dict[str, str], text: str, fault: str) -> str:
    code = table.get(plain(text))
    if code is None:
        raise Faulty(fault, value=shown(text))
    return code


def fen(text: str) -> int:
    """Yuan as whole fen, half a fen rounded up.  Raises Faulty `income_not_number`, `income_negative`,
    `income_too_much`."""
    bare = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").strip("¥元")
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


def born_on(text: str, today: date) -> date:
    """A day of birth, as a date, eight digits, or the spreadsheet's day count.  Raises Faulty
    `birth_bad`."""
    bare = unicodedata.normalize("NFKC", text)
    try:
        if bare.isdigit() and len(bare) < 6:
            day = _DAY_NOUGHT + timedelta(days=int(bare))
        else:
            match = _DAY.match(bare)
            if match is None or (bare.isdigit() and len(bare) != 8):
                raise ValueError
            day = date(int(match[1]), int(match[2]), int(match[3]))
    except (ValueError, OverflowError):
        raise Faulty("birth_bad", value=shown(text)) from None
    if not date(1890, 1, 1) <= day <= today:
        raise Faulty("birth_bad", value=shown(text))
    return day


def degrees(text: str, which: str) -> float:
    """`latitude` or `longitude` in degrees.  Raises Faulty `place_not_number`, `place_outside`."""
    least, most = _PLACE[which]
    try:
        angle = float(unicodedata.normalize("NFKC", text).rstrip("°NEne "))
    except ValueError:
        raise Faulty("place_not_number", value=shown(text)) from None
    if not least <= angle <= most:
        raise Faulty("place_outside", value=shown(text))
    return round(angle, 7)
