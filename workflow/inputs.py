"""Inputs: parses days, ids and texts; a text must be storable and contain no ID or phone number, a statement must say
something.
"""

import re
from datetime import date, datetime
from typing import Any

from models import LARGEST_ID
from workflow import folding
from workflow.errors import BadInput
from workflow.policy.scheme.parts import names_document
from workflow.policy.worktime import local_date
from workflow.redaction import holds_number

LONGEST = 2000
#: What people type where they have nothing to say, in texts without punctuation and spaces: that there is nothing, that
#: it is fine, that it was seen, that it is as before; or one character again and again.
_NOTHING = re.compile(
    "(?:没有|暂无|无内容|内容无|无|没问题|没|没有问题|无问题|无意见|没意见|无异议|无变化|略|空|测试|不详|不清楚|不知道|未知|"
    "很好|好的|好|可以|行|是的|是|否|对|嗯|阅|已阅|已收到|收到|知道了|知道|知悉|一切正常|正常|"
    "同上|同前|如上|如前|见上|见附件|如题|"
    "none|nil|null|na|nothing|test|todo|tbd|no|yes|ok|okay|good|fine|same|asabove|seeabove)*|(.)\\1{2,}",
    re.IGNORECASE,
)
_WRITTEN_DAY = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
)
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def text_of(name: str, value: Any) -> str:
    """A text of at most LONGEST characters that is not blank and holds no ID or mobile number.  Raises BadInput."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadInput("not_text", name)
    text = value.strip()
    if not text:
        raise BadInput("missing", name)
    if len(text) > LONGEST:
        raise BadInput("too_long", name, most=LONGEST)
    if not storable(text):
        raise BadInput("not_text", name)
    if holds_number(text):
        raise BadInput("number_in_text", name)
    return text


def says_nothing(text: str) -> bool:
    """Whether a text holds no content: punctuation only, only words for nothing at all or for assent, or one character
    again and again.

    >>> [says_nothing(text) for text in ("无。", "/", "暂无、无", "N/A", "好的，好的", "哈哈哈", "无劳动力户走访", "12月")]
    [True, True, True, True, True, True, False, False]
    """
    return _NOTHING.fullmatch(gist(text)) is not None


def statement_of(name: str, value: Any) -> str:
    """A required statement (a reason, an answer, minutes, a section of a report): a text that says something, and more
    than a bare number.  Raises BadInput.

    The one rule for every required free text of the product.
    """
    text = text_of(name, value)
    if says_nothing(text) or gist(text).isdigit():
        raise BadInput("says_nothing", name, text=text[:40])
    return text


def document_of(name: str, value: Any, most: int = 100) -> str:
    """The number of a document (文号): a text of at most `most` characters that says something and holds at least a year or
    a running number.  Raises BadInput.

    The one rule for every document number that people type.
    """
    text = text_of(name, value)
    if len(text) > most:
        raise BadInput("too_long", name, most=most)
    if not names_document(text) or (says_nothing(text) and not gist(text).isdecimal()):
        raise BadInput("not_a_document", name, text=text[:40])
    return text


def gist(text: str) -> str:
    """A text without its punctuation and spaces, in which two texts are compared."""
    return "".join(character for character in text if character.isalnum())


def storable(text: str) -> bool:
    """Whether both databases and a hash accept the text: no null character, no lone surrogate."""
    return _UNSTORABLE.search(text) is None


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


def written_day(text: str) -> date | None:
    """The day that people and spreadsheets write as 2027-01-31, 2027/1/31, 2027.1.31, 2027年1月31日 or 20270131."""
    match = _WRITTEN_DAY.fullmatch(folding.narrow(text))
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))
    except ValueError:
        return None


def whole(text: str, most: int = LARGEST_ID) -> int | None:
    """A whole number in plain digits, up to what an id can be; None for anything else ("²" is a digit too)."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else most + 1
    return number if number <= most else None
