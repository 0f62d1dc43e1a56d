"""Text content: which clauses of a text say something; what only fills a box does not count, a repetition counts once.

Two questions: whether a text is a statement (`amount` of at least LEAST), and how many characters of it count.
"""

import re
from dataclasses import dataclass, field

from workflow import folding
from workflow.stock_phrases import (
    CLAIMS,
    DENIALS,
    ECHOES,
    FILLERS,
    KEYBOARD_ROWS,
    MASH,
    NOTHING,
    PARTICLES,
    SLOGANS,
)

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
#: A figure that measures nothing: no sign of a share and no word after it (水管1, but not 1处 or 80%).
_BARE_FIGURE = re.compile(r"\d+(?:\.\d+)?(?![\d.]*\s*[%‰°\w])")
_VARIED = re.compile("|".join(sorted(FILLERS | PARTICLES, key=lambda word: (-len(word), word))))
_LONGEST = max(map(len, NOTHING | CLAIMS | SLOGANS | FILLERS | MASH))


@dataclass(frozen=True, slots=True)
class Content:
    """What counts of a text: `clauses` that say something, without letters' case, spaces and punctuation, each once; the
    first clause that is `repeated`, as it was typed; and how many `characters` the clauses have that count, as a person
    counts them: with their punctuation.  `cores`: the clauses as they are compared, the same for small variants of one."""

    clauses: tuple[str, ...]
    repeated: str | None
    characters: int
    cores: tuple[str, ...] = field(default=(), repr=False)


def content(text: str) -> Content:
    """What counts of a text.

    >>> content("一是加强领导。二是更换水管3处。三是更换水管3处。")
    Content(clauses=('更换水管3处',), repeated='更换水管3处', characters=9)
    """
    counted: dict[str, str] = {}
    seen: set[str] = set()
    repeated, characters = None, 0
    parts = _END.split(text)
    for clause, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        words = _NUMBERING.sub("", clause.strip(), count=1) if _NUMBERING.match(clause.strip()) else clause.strip()
        said = gist(folding.key(words))
        same = _core(words, said)
        if same in seen:
            repeated = repeated or (words if len(said) >= _NAMED else None)
        elif said and not said.isdigit() and not _fills(words, said) and not is_mash(words):
            counted[said] = same
            characters += len("".join((clause + end).split()))
        seen.add(same)
    # A stock phrase cut up by punctuation is still one (已.落.实).
    if is_stock(gist(folding.key(text))):
        return Content((), repeated, 0)
    return Content(tuple(counted), repeated, characters, tuple(counted.values()))


def _fills(words: str, said: str) -> bool:
    """Whether a clause is stock, also with a figure that measures nothing before or after it (已落实1, 2好)."""
    without = gist(_bare(words)).lstrip("0123456789")
    return said in ECHOES or is_stock(said) or (without != said and is_stock(without))


def _core(words: str, said: str) -> str:
    """A clause as it is compared with others: without figures that measure nothing, particles, and words that only join."""
    kept = gist(_bare(words))
    return (_VARIED.sub("", kept) if _HAN.search(kept) else kept) or kept or said


def _bare(words: str) -> str:
    return _BARE_FIGURE.sub("", folding.key(words))


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
    if said.isascii() and _consists(said, (NOTHING | CLAIMS | SLOGANS) - DENIALS, FILLERS):
        return True
    return _consists(said, NOTHING | MASH) or _consists(said, CLAIMS | SLOGANS, FILLERS)


def is_nothing(text: str) -> bool:
    """Whether a text says that there is nothing (无, n/a), or the same sign again and again: no name of anything.

    >>> [is_nothing(text) for text in ("无", "暂无", "xxx", "王芳", "可可村", "县政府三楼")]
    [True, True, True, False, False, False]
    """
    said = gist(folding.key(text))
    return (len(set(said)) == 1 and len(said) > LEAST) or _consists(said, NOTHING | MASH)


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
