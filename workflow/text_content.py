"""Text content: what a text says once everything is taken away that only fills a box.

Taken away are stock phrases, figures with their units, days, punctuation, keys hit at random, and what is repeated.  Enough
is left if it has two different Chinese characters (漏水) or a word of three letters.

Two questions: whether a text is a statement (at least LEAST is left), and how many characters of it count.  The bare name
of a unit, a document or a ticket is no statement, but it names something, which is all that a source must do.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from workflow import folding, word_shapes
from workflow.stock_phrases import (
    ABSTRACT_ENDS,
    ABSTRACTS,
    BARE_ACTS,
    CLAIMS,
    DEGREES,
    DENIALS,
    ECHOES,
    FILLERS,
    FUNCTION_WORDS,
    JARGON,
    JUDGEMENTS,
    LACKS,
    MASH,
    MATTER,
    MATTER_WORDS,
    NOT_ABSTRACT,
    NOTHING,
    OBJECTS,
    PARTICLES,
    PROMISED,
    PROMISED_IN_ENGLISH,
    PROMISES,
    PROMISES_IN_ENGLISH,
    SLOGANS,
    THINGS,
    TIMES,
)
from workflow.word_shapes import LatePattern

#: The least that says something: two different Chinese characters, or a word of three letters.
LEAST = 2
_SHORTEST_WORD = 3
#: From this length on a repeated clause is named; 好的，好的 needs no more than that it says nothing.
_NAMED = 4
_END = re.compile(r"([,.;:!?，。．；：！？…\n\r/／|~～]+)")
#: The number before a point of a list: 一是, （二）, 3、, 第四.
_NUMBERING = re.compile(r"[（(]?第?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、是]")
_LATIN = re.compile("[a-z]+", re.IGNORECASE)
_UNIT = (
    "季度|月份|小时|分钟|公里|千米|平方米|立方米|公斤|万元|亿元|元|年|月|日|号|天|周|时|分|户|人|处|个|次|米|亩|条|项|份|名|台|套|栋|间|口"
    "|头|只|件|起|批|期|宗|倍|吨|斤|%|‰"
)
#: A figure with its unit, also in Chinese numerals: 2018年, 12月5日, 三户, 80%, 百分之八十.
_FIGURE = LatePattern(
    rf"[第约近共]?(?:\d[\d.,]*(?:余|多)?[万亿千]?(?:{_UNIT})*|百分之[一二三四五六七八九十百]+"
    rf"|(?<!同)[〇零一二两三四五六七八九十百千]+(?:余|多)?(?:{_UNIT})+|[〇零一二三四五六七八九十]{{3,}})(?:以前|之前|底前|前|底|内|后|初|末)?"
)
#: A figure that measures nothing: no sign of a share and no word after it (水管1, but not 1处 or 80%).
_BARE_FIGURE = re.compile(r"\d+(?:\.\d+)?(?![\d.]*\s*[%‰°\w])")


def _any_of(words: frozenset[str]) -> str:
    """A pattern of these words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


_CLAIM = LatePattern(_any_of(CLAIMS | SLOGANS))
_FILLER = LatePattern(_any_of(FILLERS | PARTICLES))
_BETWEEN = LatePattern(_any_of(FILLERS | PARTICLES | OBJECTS))
#: All that only fills; of the words of nothing those that are no single character and no denial (没有水 says something).
_FILLS = LatePattern(
    _any_of(
        CLAIMS
        | SLOGANS
        | FILLERS
        | OBJECTS
        | PARTICLES
        | TIMES
        | MASH
        | {word for word in NOTHING if len(word) > 1} - DENIALS
    )
)
#: A claim that is denied: 未落实, 没有认真整改.
_DENIED = LatePattern(f"(?:{_any_of(DENIALS)})(?:{_BETWEEN.pattern})*+(?:{_CLAIM.pattern})")
#: What is lacking: 缺材料, 手续少公章.
_LACKING = LatePattern(
    f"(?:{_any_of(LACKS)})(?:{_BETWEEN.pattern})|(?:{_any_of(OBJECTS | FILLERS | CLAIMS)})(?:{_any_of(LACKS)})"
)
#: What papers are called among the words that only join: material that is short or wrong is a matter (材料不足).
_PAPERS = {"材料", "资料", "文件", "数据", "指标"}
_NO_THING = "".join(f"(?<!{word})" for word in sorted(NOT_ABSTRACT))
_ABSTRACT = f"(?:{_any_of(ABSTRACTS)}|[\u4e00-\u9fff]{{1,2}}(?:{_any_of(ABSTRACT_ENDS)}){_NO_THING})"
_JOINS = (JUDGEMENTS | DEGREES | CLAIMS | SLOGANS | FILLERS | PARTICLES | TIMES) - _PAPERS
_TELLING = {word for word in ABSTRACTS | JUDGEMENTS if len(word) > 1} - CLAIMS
#: A judgement on what any report can speak of, and nothing besides: 思想上重视不够, 总体平稳, 时间紧任务重.
_JUDGED = LatePattern(f"(?=.*(?:{_any_of(frozenset(_TELLING))}))(?:{_ABSTRACT}|{_any_of(_JOINS)})+")
#: A promise that names no matter: 确保不再逾期, 避免类似问题再次发生.
#: No word is given back, so that the longest text takes no time.
_PROMISED = LatePattern(f"(?=.*(?:{_any_of(PROMISES)}))(?:{_any_of(PROMISES | PROMISED | _JOINS | ABSTRACTS)})++")
_BARE_ACTS = LatePattern(f"(?:{_any_of(BARE_ACTS)})*")
#: Words of nothing alone, or of keys hit at random; none given back, so that the longest text takes no time.
_NOTHING = LatePattern(f"(?:{_any_of(NOTHING | MASH)})++")
_MASH = LatePattern(f"(?:{_any_of(MASH)})++")
#: From so many characters on a text is judged by the sort of its characters; shorter ones say too little either way.
_SHORTEST_JARGON = 6
_JARGON_OF_TEN = 3
_NAMES_A_MATTER = LatePattern(
    rf"[{''.join(sorted(MATTER))}]|\d|[A-Za-z]{{3}}|[不未没无缺少漏丢误错]|{_any_of(MATTER_WORDS)}|周[一二三四五六日]|{_FIGURE.pattern}"
)
#: One piece of a clause again and again: 漏水漏水漏水.
_AGAIN = re.compile(r"(.{2,20}?)\1+")


@dataclass(frozen=True, slots=True)
class Content:
    """What counts of a text: `clauses` that say something, without letters' case, spaces and punctuation, each once; the
    first clause that is `repeated`, as it was typed; and how many `characters` the clauses have that count, as a person
    counts them: with their punctuation, unless more than half of a clause only fills.  `cores`: the clauses as they are
    compared, the same for small variants of one; `left`: what is left of each once all that only fills is taken away, and
    beside a claim also the names of units, documents and tickets; `named`: the same with these names."""

    clauses: tuple[str, ...]
    repeated: str | None
    characters: int
    cores: tuple[str, ...] = field(default=(), repr=False)
    left: tuple[str, ...] = field(default=(), repr=False)
    named: tuple[str, ...] = field(default=(), repr=False)


@lru_cache(maxsize=16)
def content(text: str) -> Content:
    """What counts of a text.

    >>> content("一是加强领导。二是更换水管3处。三是更换水管3处。")
    Content(clauses=('更换水管3处',), repeated='更换水管3处', characters=9)
    """
    counted: dict[str, tuple[str, str, str]] = {}
    seen: set[str] = set()
    repeated, characters = None, 0
    parts = _END.split(text)
    for clause, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        words = _NUMBERING.sub("", clause.strip(), count=1) if _NUMBERING.match(clause.strip()) else clause.strip()
        said = gist(folding.key(words))
        same = _core(words, said)
        if same in seen:
            repeated = repeated or (words if len(said) >= _NAMED else None)
        elif left := _left(words):
            counted[said] = same, _stated(words, left), left
            characters += _characters(clause + end, said, left)
        seen.add(same)
    # A stock phrase cut up by punctuation is still one (已.落.实).
    if not _left(_END.sub("", text)):
        return Content((), repeated, 0)
    cores, lefts, named = zip(*counted.values(), strict=True) if counted else ((), (), ())
    return Content(tuple(counted), repeated, characters, cores, lefts, named)


def is_statement(text: str, names: bool = False) -> bool:
    """Whether a text says at least the least that may be a reason, an answer or a report; with `names`, the answer to a
    question for a name, which a bare name is.

    >>> [is_statement(text) for text in ("漏水", "换PVC管", "not ours", "水", "x", "2018年已落实", "3户", "县地震局")]
    [True, True, True, False, False, False, False, False]
    """
    found = content(text)
    return _is_enough("".join(found.named if names else found.left)) and (names or not _is_jargon(text))


def _is_jargon(text: str) -> bool:
    """Whether a text is only about work in general: it names nothing (no character of MATTER, no figure, no Latin word), denies
    nothing, and at least three in ten of its characters are those of which such phrases are made.

    >>> [_is_jargon(text) for text in ("坚持问题导向稳步推进", "压紧压实各级责任", "抽水泵烧了等配件", "名字写成同音字", "在办")]
    [True, True, False, False, False]
    """
    han = [sign for sign in folding.key(text) if "\u4e00" <= sign <= "\u9fff"]
    if len(han) < _SHORTEST_JARGON or _NAMES_A_MATTER.search(folding.narrow(text)):
        return False
    return sum(sign in JARGON for sign in han) * 10 >= len(han) * _JARGON_OF_TEN


def is_nothing(text: str) -> bool:
    """Whether a text says that there is nothing (无, n/a), or the same sign again and again: no name of anything.

    >>> [is_nothing(text) for text in ("无", "暂无", "xxx", "王芳", "可可村", "县政府三楼")]
    [True, True, True, False, False, False]
    """
    said = gist(folding.key(text))
    return (len(set(said)) == 1 and len(said) > LEAST) or _NOTHING.fullmatch(said) is not None


def is_mash(text: str) -> bool:
    """Whether a text of letters holds no word, only keys hit at random.  A text with a Chinese character is none.

    >>> [is_mash(text) for text in ("asdf", "x", "fgh jkl", "aaaa", "no TV", "pipe", "3栋", "")]
    [True, True, True, True, False, False, False, False]
    """
    if any(character.isalpha() and not character.isascii() for character in folding.narrow(text)):
        return _MASH.fullmatch(gist(folding.key(text))) is not None
    words = _LATIN.findall(folding.narrow(text))
    return bool(words) and all(map(word_shapes.is_mash, words))


def gist(text: str) -> str:
    """A text without its punctuation and spaces, in which two texts are compared."""
    return "".join(character for character in text if character.isalnum())


def _left(words: str) -> str:
    """What is left of a clause: its Chinese characters, and a space before each of its Latin words.

    Beside a claim (落实) only what is no filler counts, and it must be enough; where nothing is claimed the fillers belong to
    what is said (不同意, 水正常), and one other character keeps them.
    """
    said = gist(folding.key(words))
    if not said or said in ECHOES or (len(set(said)) == 1 and len(said) > LEAST) or is_nothing(words):
        return ""
    kept = _LATIN.sub(lambda word: "" if word_shapes.is_mash(word[0]) else word[0], folding.narrow(words))
    latin = _latin_left(_LATIN.findall(kept.lower()))
    text = gist(_LATIN.sub("", _FIGURE.sub(" ", folding.key(kept))))
    if _JUDGED.fullmatch(text) or _PROMISED.fullmatch(text):
        return latin
    denied = _DENIED.search(text) is not None or _LACKING.search(text) is not None
    others = text if denied else _FILLS.sub("", text)
    if _BARE_ACTS.fullmatch(others) or (
        not denied and others not in THINGS and not _is_enough(others + latin) and _CLAIM.search(text)
    ):
        return latin
    return (others if _CLAIM.search(text) and others not in THINGS else text) + latin


def _stated(words: str, left: str) -> str:
    """What is left of a clause as a statement: beside a claim, or alone, the name of a unit or of a paper says nothing."""
    if any(not _left(rest) for rest in word_shapes.after_person(words)):
        return ""
    bare = word_shapes.without_names(words)
    if bare == words:
        return left
    said = _left(bare)
    text = folding.key(bare)
    return said if not said or (_CLAIM.search(text) and not _DENIED.search(text)) else left


def _latin_left(words: list[str]) -> str:
    """The Latin words of a clause that say something, each once; what is denied (nothing done, no TV) says it."""
    denies = any(word in DENIALS for word in words)
    named = [word for word in words if word not in NOTHING | CLAIMS | OBJECTS | FUNCTION_WORDS | DENIALS]
    if set(words) & PROMISES_IN_ENGLISH and not set(named) - PROMISED_IN_ENGLISH:
        return ""
    if denies and (named or any(word in CLAIMS | OBJECTS | {"work", "progress"} for word in words)):
        named = words
    return "".join(f" {word}" for word in dict.fromkeys(named))


def _is_enough(left: str) -> bool:
    letters = len("".join(_LATIN.findall(left)))
    others = {character for character in left if not character.isascii()}
    return len(others) >= LEAST or letters >= _SHORTEST_WORD or (bool(others) and letters >= LEAST)


def _characters(typed: str, said: str, left: str) -> int:
    """How many characters of a clause count: as typed, or what is left if that is less than half; a repeated piece once."""
    once, kept = _AGAIN.sub(r"\1", said), _AGAIN.sub(r"\1", gist(left))
    if once == said and len(kept) * 2 >= len(gist(_FIGURE.sub("", said))):
        return len("".join(typed.split()))
    return min(len(once), len(kept)) if len(kept) * 2 < len(once) else len(once)


def _core(words: str, said: str) -> str:
    """A clause as it is compared with others: without figures that measure nothing, particles, and words that only join."""
    kept = gist(_BARE_FIGURE.sub("", folding.key(words)))
    return (_FILLER.sub("", kept) if not kept.isascii() else kept) or kept or said
