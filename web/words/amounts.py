"""Amounts: numbers with their unit as the reader's language writes them.

A scheme counts large sums in 万元, which English names “10,000 yuan”: a unit whose English name begins with a number is that many
of the next word, so 977 of them are 9,770,000 yuan.  English sets thousands apart; Chinese writes figures as they are.
"""

import re

from web.words.language import chinese, say
from workflow.policy.scheme.model import Text

_MANY = re.compile(r"(\d[\d,]*)\s+(.+)")


def grouped(figure: int, unit: Text | None = None) -> str:
    """A figure counted in a unit: 977 in Chinese, where the unit follows, and 9,770,000 in English."""
    return str(figure) if chinese() else f"{figure * _divided(unit)[0]:,}"


def unit_word(unit: Text | None) -> str:
    """The word that follows such a figure: 万元, yuan."""
    return say(unit) if chinese() else _divided(unit)[1]


def with_unit(figure: int, unit: Text | None) -> str:
    """A figure with its unit: 977万元, 9,770,000 yuan."""
    word = unit_word(unit)
    return f"{grouped(figure, unit)}{'' if chinese() or not word else ' '}{word}"


def money(fen: int) -> str:
    """An amount of money without its unit: 7725.60, 7,725.60."""
    return f"{fen // 100}.{fen % 100:02d}" if chinese() else f"{fen // 100:,}.{fen % 100:02d}"


def number_text(text: object) -> str:
    """A number as somebody typed it, in English with its thousands apart: 1234.5, 1,234.5."""
    whole, point, rest = str(text).partition(".")
    return f"{int(whole):,}{point}{rest}" if not chinese() and whole.isascii() and whole.isdigit() else str(text)


def _divided(unit: Text | None) -> tuple[int, str]:
    """How many of which word a unit is in English."""
    found = _MANY.fullmatch(unit.en) if unit is not None else None
    if found is None:
        return 1, unit.en if unit is not None else ""
    return int(found[1].replace(",", "")), found[2]
