"""Redaction: refuses ID and mobile numbers in free text, and masks numbers and names where they are shown.

A number is refused at input, because a description is copied into lists, messages and papers; the register keeps the
household's own numbers encrypted.
"""

import re
from collections.abc import Sequence

from workflow import folding

_GAP = r"[ \-]?"
_DAY = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID = rf"[1-9]\d{{5}}{_GAP}{_DAY}{_GAP}\d{{3}}[\dXx]"
_MOBILE = rf"1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
_NUMBER = re.compile(rf"(?<!\d)(?:{_ID}|{_MOBILE})+(?!\d)")


def holds_number(text: str) -> bool:
    """Whether a text contains an ID number or a mobile number."""
    return _NUMBER.search(_bare(text)[0]) is not None


def without_numbers(text: str) -> str:
    """The text with every ID number and mobile number hidden except its first three and last two characters."""
    signs, (bare, places) = list(text), _bare(text)
    for match in _NUMBER.finditer(bare):
        for place in places[match.start() + 3 : match.end() - 2]:
            signs[place] = "*"
    return "".join(signs)


def _bare(text: str) -> tuple[str, Sequence[int]]:
    """The text in half width without invisible characters, and the position of each of its characters in the text."""
    if text.isascii():
        return text, range(len(text))
    places = [place for place, sign in enumerate(text) if not folding.is_invisible(sign)]
    return "".join(folding.in_place(text[place]) for place in places), places


def masked(name: str) -> str:
    """A name with all but the first character hidden: 张三丰 becomes 张**."""
    return name[:1] + "*" * max(len(name) - 1, 1)
