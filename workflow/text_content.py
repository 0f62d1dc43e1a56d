"""Text content: which clauses of a text say something; what only fills a box does not count, a repetition counts once.

Two questions: whether a text is a statement (`amount` of at least LEAST), and how many characters of it count.
"""

import re
from dataclasses import dataclass

from workflow import folding
from workflow.stock_phrases import CLAIMS, FILLERS, KEYBOARD_ROWS, MASH, NOTHING, SLOGANS

#: The least that says something: two different Chinese characters (漏水), one with a figure (3户), or a word of three letters.
LEAST = 2
_SHORTEST_WORD = 3
#: From this length on a repeated clause is named; 好的，好的 needs no more than that it says nothing.
_NAMED = 4
_END = re.compile(r"([,.;:!?，。．；：！？…\n\r/／|~～]+)")
#: The number before a point of a list: 一是, （二）, 3、, 第四.
_NUMBERING = re.compile(r"[（(]?第?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、是]")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile("[a-z]+", re.IGNORECASE)
_LONGEST = max(map(len, NOTHING | CLAIMS | SLOGANS | FILLERS | MASH))


@dataclass(frozen=True, slots=True)
class Content:
    """What counts of a text: `clauses` that say something, without letters' case, spaces and punctuation, each once; the
    first clause that is `repeated`, as it was typed; and how many `characters` the clauses have that count, as a person
    counts them: with their punctuation."""

    clauses: tuple[str, ...]
    repeated: str | None
    characters: int


def content(text: str) -> Content:
    """What counts of a text.

    >>> content("一是加强领导。二是更换水管3处。三是更换水管3处。")
    Content(clauses=('更换水管3处',), repeated='更换水管3处', characters=10)
    """
    counted: dict[str, None] = {}
    seen: set[str] = set()
    repeated, characters = None, 0
    parts = _END.split(text)
    for clause, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        words = _NUMBERING.sub("", clause.strip(), count=1) if _NUMBERING.match(clause.strip()) else clause.strip()
        said = gist(folding.key(words))
        if said in seen:
            repeated = repeated or (words if len(said) >= _NAMED else None)
        elif said and not said.isdigit() and not is_stock(said) and not is_mash(words):
            counted[said] = None
            characters += len("".join((clause + end).split()))
        seen.add(said)
    return Content(tuple(counted), repeated, characters)


def is_statement(text: str) -> bool:
    """Whether a text says at least the least that may be a reason, an answer or a report.

    >>> [is_statement(text) for text in ("漏水", "3户", "not ours", "水", "x", "已落实", "80%", "加强领导。加强领导。")]
    [True, True, True, False, False, False, False, False]
    """
    said = "".join(content(text).clauses)
    han = set(_HAN.findall(said))
    if len(han) >= LEAST or (han and any(map(str.isdigit, said))):
        return True
    return sum(len(word) for word in _LATIN.findall(said)) >= _SHORTEST_WORD


def is_stock(said: str) -> bool:
    """Whether a clause consists of words of nothing only, or of claims, slogans and fillers with one that is no filler."""
    if len(set(said)) == 1 and len(said) > LEAST:
        return True
    return _consists(said, NOTHING | MASH) or _consists(said, CLAIMS | SLOGANS, FILLERS)


def is_mash(text: str) -> bool:
    """Whether a text of letters holds no word: single letters, one letter again and again, rows of the keyboard, or no
    vowel; an abbreviation in capitals (TV, PVC) is a word.  A text with a Chinese character is none.

    >>> [is_mash(text) for text in ("asdf", "x", "fgh jkl", "aaaa", "no TV", "pipe", "3栋", "")]
    [True, True, True, True, False, False, False, False]
    """
    if any(character.isalpha() and not character.isascii() for character in folding.narrow(text)):
        return _consists(gist(folding.key(text)), MASH)
    words = _LATIN.findall(folding.narrow(text))
    return bool(words) and all(map(_is_mashed_word, words))


def gist(text: str) -> str:
    """A text without its punctuation and spaces, in which two texts are compared."""
    return "".join(character for character in text if character.isalnum())


def _is_mashed_word(word: str) -> bool:
    low = word.lower()
    if len(set(low)) == 1:
        return True
    if _rows(low):
        return True
    return not set(low) & set("aeiouy") and not word.isupper()


def _rows(word: str) -> bool:
    """Whether a word consists of runs of three or more neighbouring keys."""
    reached = {0}
    for at in range(len(word)):
        if at in reached:
            reached.update(
                end for end in range(at + 3, len(word) + 1) if any(word[at:end] in row for row in KEYBOARD_ROWS)
            )
    return len(word) in reached


def _consists(said: str, words: frozenset[str], fillers: frozenset[str] = frozenset()) -> bool:
    """Whether a text can be cut into these words and fillers, with at least one of the words."""
    with_word: set[int] = set()
    without = {0}
    for at in range(len(said)):
        if at not in with_word and at not in without:
            continue
        for end in range(at + 1, min(at + _LONGEST, len(said)) + 1):
            part = said[at:end]
            if part in words or (part in fillers and at in with_word):
                with_word.add(end)
            if part in fillers and at in without:
                without.add(end)
    return len(said) in with_word
