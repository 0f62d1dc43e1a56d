"""Language: the one a reader reads, and texts of the scheme and of papers in it."""

from collections.abc import Iterable

from web.words import catalogue
from workflow.policy.scheme.model import Text


def language() -> str:
    """The reader's language by its code: zh or en."""
    return catalogue.language() or "zh"


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return language() == "zh"


def colon() -> str:
    """The colon between a name and what is said of it, as the reader's language sets it."""
    return "：" if chinese() else ": "


def say(text: Text | None) -> str:
    """A text of the scheme in the reader's language."""
    return "" if text is None else text.zh if chinese() else text.en


def in_language(texts: dict[str, str]) -> str:
    """A text that a paper keeps in both languages, in the reader's."""
    return texts["zh"] if chinese() else texts["en"]


def listing(names: Iterable[str]) -> str:
    """Names in a list, as the reader's language separates them."""
    return ("、" if chinese() else ", ").join(names)


def space() -> str:
    """What stands between two sentences: nothing in Chinese, whose full stop is wide."""
    return "" if chinese() else " "


def bracketed(text: str) -> str:
    """A text in the reader's brackets, set off from the word before it."""
    return f"（{text}）" if chinese() else f" ({text})"
