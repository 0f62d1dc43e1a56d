"""Pinyin of names: the search key of a head's name typed in letters, and the sort order of lists by name.

A character has several readings, and a surname often has another one than the same character elsewhere (仇 is Qiu, 单
is Shan, 解 is Xie).  So every reading is stored; the surname's own comes first and decides the order.
"""

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Household
from workflow import folding

#: As long as the column.
LONGEST = 200
_CHUNK = 5000
#: Surname readings that differ from the commonest reading.
_SURNAMES = {
    "仇": "qiu",
    "单": "shan",
    "解": "xie",
    "区": "ou",
    "查": "zha",
    "曾": "zeng",
    "任": "ren",
    "朴": "piao",
    "盖": "ge",
    "缪": "miao",
    "乐": "yue",
    "覃": "qin",
    "翟": "zhai",
    "员": "yun",
    "冼": "xian",
    "谌": "chen",
    "种": "chong",
    "秘": "bi",
    "折": "she",
    "黑": "he",
    "繁": "po",
    "华": "hua",
    "宁": "ning",
    "应": "ying",
    "逄": "pang",
    "召": "shao",
    "尹": "yin",
    "牟": "mu",
    "佴": "nai",
    "那": "na",
    "令": "ling",
    "洗": "xian",
}
_DOUBLE = {
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "长孙": ("zhang", "sun"),
    "澹台": ("tan", "tai"),
    "单于": ("chan", "yu"),
    "令狐": ("ling", "hu"),
    "宰父": ("zai", "fu"),
}


def initials(name: str) -> str:
    """The value of `Household.initials` for a name: lower-case words separated by spaces, at most LONGEST characters.

    First the whole name as it is most likely read, then under the other readings of its first character, then the name
    in simplified characters where it has others, then the initials under every reading.  Empty for a name without a
    letter.

    >>> initials("单国华")
    'shanguohua danguohua changuohua sgh dgh cgh'
    >>> initials("單國華").split()[0]
    'shanguohua'
    """
    simplified = folding.key(name)
    readings = [sounds for sign in name.strip() if (sounds := _readings(sign))]
    if not readings:
        return ""
    readings[0] = _surname_first(simplified[:1], readings[0])
    if (double := _DOUBLE.get(simplified[:2])) is not None:
        readings[:2] = [_put_first(reading, known) for reading, known in zip(double, readings, strict=False)]
    rest = "".join(reading[0] for reading in readings[1:])
    words = [first + rest for first in readings[0]]
    letters = [tuple(dict.fromkeys(reading[0] for reading in known)) for known in readings]
    other = () if simplified == folding.name(name).lower() else ("".join(simplified.split()),)
    return " ".join(_within(dict.fromkeys((*words, *other, *_joined(letters)))))


def _joined(letters: list[tuple[str, ...]]) -> Iterator[str]:
    """Every combination of initials; for a very long name the first few hundred."""
    for combination in islice(product(*letters), 256):
        yield "".join(combination)


def _within(words: Iterable[str]) -> Iterator[str]:
    """The words that fit the length, never cut."""
    room = LONGEST + 1
    for word in words:
        if len(word) < room:
            room -= len(word) + 1
            yield word


@lru_cache(maxsize=20_000)
def _readings(sign: str) -> tuple[str, ...]:
    """The readings of a character, commonest first; a Latin letter is itself, anything else has none."""
    if sign.isascii():
        return (sign.lower(),) if sign.isalpha() else ()
    # Loaded at first use, without the dictionary of phrases that single characters do not need: together they take
    # 58 MB, and a web worker that only shows households needs neither.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    sounds = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(reading for reading in sounds[0] if reading.isascii() and reading.isalpha()) if sounds else ()


def _surname_first(sign: str, readings: tuple[str, ...]) -> tuple[str, ...]:
    return _put_first(_SURNAMES.get(sign, readings[0]), readings)


def _put_first(reading: str, readings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((reading, *readings)))


def fill_in(session: Session) -> int:
    """Fill in the pinyin of households from an older database; returns how many."""
    count, last = 0, 0
    while rows := session.execute(
        select(Household.id, Household.head_name)
        .where(Household.initials == "", Household.id > last)
        .order_by(Household.id)
        .limit(_CHUNK)
    ).all():
        session.execute(update(Household), [{"id": row.id, "initials": initials(row.head_name)} for row in rows])
        count, last = count + len(rows), rows[-1].id
    return count
