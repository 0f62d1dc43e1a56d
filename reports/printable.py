"""Printable characters: which characters no font of the papers has, so that they are named before and on the paper.

Typst takes a character from any font in `reports/fonts`: a font for rare characters (CJK extension B and later) put there
prints them, and they are no longer named.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
#: Every font of the papers has the common characters up to here but for private ones.
_LAST_COMMON = 0x9FA5
_NO_CHARACTER = "\U0010ffff"


def unprintable(texts: Iterable[str]) -> list[str]:
    """The characters of these texts that no font has, each once, in their order."""
    rare = dict.fromkeys(sign for text in texts if not text.isascii() for sign in text if _is_rare(sign))
    return [sign for sign in rare if not _has_shape(sign)]


def named(sign: str) -> str:
    """A character by its place in Unicode: U+20BB7."""
    return f"U+{ord(sign):04X}"


def printable(text: str) -> str:
    """The text with each character that no font has as 〓 and its place in Unicode, as printers mark a missing sort."""
    for sign in unprintable([text]):
        text = text.replace(sign, f"〓{named(sign)}")
    return text


def _is_rare(sign: str) -> bool:
    return ord(sign) > _LAST_COMMON and not 0xFF00 <= ord(sign) <= 0xFFEF


@cache
def _has_shape(sign: str) -> bool:
    return any(_shape(font, sign) != _shape(font, _NO_CHARACTER) for font in _fonts())


def _shape(font: Any, sign: str) -> bytes:
    return bytes(font.getmask(sign))


@cache
def _fonts() -> list[Any]:
    # Imported here: a worker that prints nothing rare needs no fonts.
    from PIL import ImageFont

    return [ImageFont.truetype(str(path), 20) for path in sorted(FONTS.glob("*.[ot]t[fc]"))]
