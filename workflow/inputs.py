"""Inputs: parses days, ids and texts; a text must be storable and contain no ID or phone number, a statement must say
something, a remark must have words.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from models import LARGEST_ID
from workflow import folding, word_shapes
from workflow.errors import BadInput
from workflow.policy.scheme.parts import names_document
from workflow.policy.worktime import WorkClock, local_date
from workflow.redaction import holds_number
from workflow.text_content import content, gist, is_mash, is_nothing, is_statement

LONGEST = 2000
_WRITTEN_DAY = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?|(\d{2})(\d{2}))(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
)
#: Chinese numerals of a date: a year digit by digit, months and days up to thirty-nine.
_NUMERALS = re.compile(r"[〇零○一二三四五六七八九十廿卅]+|元(?=月)")
_FIGURES = str.maketrans("〇零○一二三四五六七八九元", "0001234567891")
_TENS = re.compile(r"(?:([1-3]?)十|(廿)|(卅))(\d?)")
_DIGITS = re.compile(r"[\d〇零一二两三四五六七八九十]+")
#: A sort of paper with its number, though the word alone says nothing in a statement: 批示12, 抽查批次2018-3, 通知第5号.
_NUMBERED = re.compile(
    r"(?:领导)?(?:批示|抽查|检查|督查|审计|信访|复查|通知|请示|报告|纪要|会议纪要|意见|工单)(?:批次|[编批]?号|件)?[第:：\s]*[\d〔\[(（]"
)
#: The year of a document number: 〔2018〕, or 2018年.  None is older than the People's Republic.
_YEAR = re.compile(r"[〔\[(（【](\d{4})年?[〕\])）】]|(?<!\d)(\d{4})(?=年)")
_FIRST_YEAR = 1949
#: What neither is seen nor can be stored everywhere: controls but tabs and line ends, marks that turn the direction of writing,
#: marks of annotations and tags, halves of surrogate pairs.
UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb"
    r"\U000e0000-\U000e007f\ud800-\udfff"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")


def text_of(name: str, value: Any) -> str:
    """A text of at most LONGEST characters that is not blank and holds no ID or mobile number.  Raises BadInput."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadInput("not_text", name)
    text = value.strip()
    # What has no shape is not there: a zero-width space is no name, and no answer.
    if not text or all(folding.is_invisible(sign) or sign.isspace() for sign in text):
        raise BadInput("missing", name)
    if len(text) > LONGEST:
        raise BadInput("too_long", name, most=LONGEST)
    if not storable(text):
        raise BadInput("not_text", name)
    if holds_number(text):
        raise BadInput("number_in_text", name)
    return text


def says_nothing(text: str) -> bool:
    """Whether no clause of a text says anything: punctuation, figures, days, stock phrases, keys hit at random.

    >>> [says_nothing(text) for text in ("无。", "/", "N/A", "好的，好的", "哈哈哈", "已落实", "无劳动力户走访", "茶")]
    [True, True, True, True, True, True, False, False]
    """
    return not content(text).clauses


def names_nothing(text: str) -> bool:
    """Whether a text that may name something by a figure (a volume, a number) has no words, or stock phrases beside it.

    >>> [names_nothing(text) for text in ("受理〔2018〕50号", "3号柜", "县政府三楼", "2018年已落实", "12", "无")]
    [False, False, False, True, True, True]
    """
    return not word_shapes.names_document(text) and says_nothing(_DIGITS.sub("", text))


def statement_of(name: str, value: Any, least: int | None = None, names: bool = False) -> str:
    """A required statement (a reason, an answer, minutes, a section of a report): a text that says something, of at least
    `least` characters that count: no stock phrase, and what is repeated once.  Raises BadInput.

    The one rule for every required free text of the product.
    """
    text = text_of(name, value)
    check_statement(name, text, least, names)
    return text


def check_statement(name: str, text: str, least: int | None = None, names: bool = False) -> None:
    """Raises BadInput for a text that is no statement, or has less than `least` characters that count; with `names` a bare
    name is one (which village, who presided)."""
    found = content(text)
    if found.repeated is not None and (not is_statement(text, names) or found.characters < (least or 0)):
        raise BadInput("sentence_repeated", name, text=found.repeated[:40])
    if not is_statement(text, names):
        raise BadInput("says_nothing", name, text=text[:40])
    if least is not None and found.characters < least:
        raise BadInput("too_short", name, least=least, counted=found.characters)


def origin_of(name: str, value: Any) -> str:
    """Where a figure comes from: a text that names something, which a unit or a document number does without stating
    anything (县地震局, 粤震〔2018〕16号).  Raises BadInput.
    """
    text = text_of(name, value)
    if names_nothing(text):
        raise BadInput("says_nothing", name, text=text[:40])
    return text


def remark_of(name: str, value: Any) -> str:
    """A remark (a comment, a note beside a visit): as short as its writer likes, but no mere punctuation and no keys hit
    at random.  Raises BadInput.
    """
    text = text_of(name, value)
    said = gist(text)
    if not said or is_mash(text) or (len(said) > 2 and len(set(said)) == 1 and not said.isdigit()):
        raise BadInput("no_words", name, text=text[:40])
    return text


def name_of(name: str, value: Any, most: int) -> str:
    """The name of a person, a place or a thing, as one line of at most `most` characters: not mere punctuation and no
    stock phrase (无).  Raises BadInput.

    The one rule for every name that people type and a paper or a page shows as such.
    """
    text = " ".join(text_of(name, value).split())
    if len(text) > most:
        raise BadInput("too_long", name, most=most)
    if not gist(text) or is_nothing(text):
        raise BadInput("no_words", name, text=text[:40])
    return text


def document_of(name: str, value: Any, today: date, most: int = 100, since: int = _FIRST_YEAR) -> str:
    """The number of a document (文号) whose year lies from `since` to that of `today`: nothing is numbered in advance.
    Raises BadInput.

    The one rule for every document number that people type.
    """
    text = document_named(name, value, most)
    check_document_year(name, text, today, since)
    return text


def document_named(name: str, value: Any, most: int = 100) -> str:
    """A text of at most `most` characters that says something and holds at least a year or a running number, of any year.
    Raises BadInput."""
    text = text_of(name, value)
    if len(text) > most:
        raise BadInput("too_long", name, most=most)
    worded = gist(_DIGITS.sub("", text)) and not _NUMBERED.match(folding.narrow(text))
    if not names_document(text) or (worded and names_nothing(text)):
        raise BadInput("not_a_document", name, text=text[:40])
    return text


def check_document_year(name: str, text: str, today: date, since: int = _FIRST_YEAR) -> None:
    """Raises BadInput for a document number of a year before `since` or after that of `today`."""
    for year in document_years(text):
        if not since <= year <= today.year:
            raise BadInput("document_year", name, year=year, first=since, last=today.year)


def document_years(text: str) -> list[int]:
    """The years that a document number names, in brackets or before 年.

    >>> document_years("华扶组〔2018〕16号"), document_years("二〇一八年第三期"), document_years("批示12")
    ([2018], [2018], [])
    """
    return [int(first or second) for first, second in _YEAR.findall(folding.narrow(text).translate(_FIGURES))]


def storable(text: str) -> bool:
    """Whether a text may be taken: all of it is seen as it is, and both databases and a hash accept it.

    A mark that turns the direction of writing makes a text read as another (`gpj.exe` for `exe.jpg`).
    """
    return text.isprintable() or _UNSEEN.search(text) is None


def seen(text: str) -> str:
    """The text without what `storable` refuses."""
    return text if storable(text) else _UNSEEN.sub("", text)


def day_of(name: str, value: Any) -> date:
    """A day, as such or in ISO form.  Raises BadInput."""
    if isinstance(value, datetime):
        return local_date(value)
    if isinstance(value, date):
        return value
    try:
        return datetime.strptime(str(value).strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise BadInput("not_a_date", name) from error


def needed_day(name: str, given: Mapping[str, Any]) -> date:
    """A required day among the fields of a form.  Raises BadInput."""
    if not given.get(name):
        raise BadInput("missing", name)
    return day_of(name, given[name])


def check_deadline_day(name: str, day: date, clock: WorkClock) -> None:
    """Check that a typed day that becomes a deadline is worked.  Raises BadInput, naming the working days around it.

    The one rule for every typed deadline: a day off is never moved without a word, and a day of a calendar year not yet
    announced is accepted.
    """
    if clock.surely_off(day):
        before, after = clock.working_days_around(day)
        raise BadInput("day_off", name, day=day.isoformat(), before=before.isoformat(), after=after.isoformat())


def written_day(text: str) -> date | None:
    """The day that people and spreadsheets write as 2027-01-31, 2027/1/31, 2027.1.31, 2027年1月31日, 20270131 or
    二〇二七年一月三十一日."""
    match = _WRITTEN_DAY.fullmatch(date_figures(text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))
    except ValueError:
        return None


def date_figures(text: str) -> str:
    """A written date in half width, its Chinese numerals as figures.  Numerals that are none of a date stay.

    >>> date_figures("二〇一五年十二月三十一日"), date_figures("二零一五年三月廿八"), date_figures("一百")
    ('2015年12月31日', '2015年3月28', '1百')
    """
    text = folding.narrow(text)
    return text if text.isascii() else _NUMERALS.sub(_figure, text)


def _figure(numeral: re.Match[str]) -> str:
    figures = numeral[0].translate(_FIGURES)
    tens = _TENS.fullmatch(figures)
    if tens is None:
        return figures
    first = tens[1] or ("2" if tens[2] else "3" if tens[3] else "1")
    return first + (tens[4] or "0")


def whole(text: str, most: int = LARGEST_ID) -> int | None:
    """A whole number in plain digits, up to what an id can be; None for anything else ("²" is a digit too)."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else most + 1
    return number if number <= most else None
