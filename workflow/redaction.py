"""Redaction: refuses ID and mobile numbers in free text, and masks numbers and names where they are shown.

A number is refused at input, because a description is copied into lists, messages and papers; the register keeps the
household's own numbers encrypted.
"""

import re

_GAP = r"[ \-－　]?"
_DAY = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID = rf"[1-9]\d{{5}}{_GAP}{_DAY}{_GAP}\d{{3}}[\dXxＸ]"
_MOBILE = rf"1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
_NUMBER = re.compile(rf"(?<!\d)(?:{_ID}|{_MOBILE})+(?!\d)")


#: Full-width digits, as some keyboards write them; each is one character, so positions stay the same.
_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")


def holds_number(text: str) -> bool:
    """Whether a text contains an ID number or a mobile number."""
    return _NUMBER.search(text.translate(_NARROW)) is not None


def without_numbers(text: str) -> str:
    """The text with every ID number and mobile number hidden except its first three and last two characters."""
    signs = list(text)
    for match in _NUMBER.finditer(text.translate(_NARROW)):
        signs[match.start() + 3 : match.end() - 2] = "*" * (match.end() - match.start() - 5)
    return "".join(signs)


def masked(name: str) -> str:
    """A name with all but the first character hidden: 张三丰 becomes 张**."""
    return name[:1] + "*" * max(len(name) - 1, 1)
