"""Spellings of places: the comparable form of a name, its stem without 镇 or 村, and which names may be one another misspelt."""

from collections.abc import Iterable
from functools import cache, lru_cache

from workflow import folding
from workflow.register.names.pinyin import initials

GROUP_ENDS = ("村民小组", "居民小组", "小组", "组")
_MOST_NEAR = 5
#: Characters by which real villages differ: two names that differ in these alone are not near.
_TELLING = frozenset("上下东西南北中前后左右内外大小新老旧一二三四五六七八九十0123456789")
TOWN_ENDS = ("人民政府", "街道办事处", "街道", "镇", "乡")
VILLAGE_ENDS = ("村民委员会", "居民委员会", "村委会", "居委会", "行政村", "社区", "村")
_UNIT_ENDS = ("人民政府", "街道办事处", "办公室", "委员会", "街道", "局", "委", "办", "镇", "乡")


def near_names(name: str, others: Iterable[str], ends: tuple[str, ...] = VILLAGE_ENDS) -> list[str]:
    """The names among `others` of which `name` may be another spelling; `ends`: endings that do not count."""
    stem = stem_of(spelling(name), ends)
    return [other for other in others if _is_near(stem, stem_of(spelling(other), ends))][:_MOST_NEAR]


def near_units(name: str, others: Iterable[str]) -> list[str]:
    """The names of units among `others` of which `name` may be another spelling: 县 before it and 局, 镇 behind it do not
    count."""
    called = {other.removeprefix("县"): other for other in others}
    return [called[other] for other in near_names(name.removeprefix("县"), called, _UNIT_ENDS)]


def _is_near(one: str, other: str) -> bool:
    """Whether one name may be the other misspelt: sounds alike, is a part of it, or differs in one character."""
    if min(len(one), len(other)) < 2:
        return False
    if one == other or one in other or other in one:
        return True
    sounds = [initials(name).partition(" ")[0] for name in (one, other)]
    if sounds[0] and sounds[0] == sounds[1]:
        return True
    if len(one) != len(other) or len(one) < 3:
        return False
    differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and not _TELLING.issuperset(differing[0])


def village_key(text: str, town: str) -> str:
    """The written name of a village as `VillageAnswers` has it: folded, without its town's name."""
    name, prefix = spelling(text), spelling(town)
    return name.removeprefix(prefix) or name


@lru_cache(maxsize=8192)
def spelling(text: str) -> str:
    """The comparable form of a place's name."""
    return "".join(folding.key(text).split())


def without_town(text: str, town: str) -> str:
    """The name as it is written, without its town's before it."""
    name = folding.name(text)
    return name[len(folding.name(town)) :] or name


@cache
def stem_of(text: str, ends: tuple[str, ...]) -> str:
    """The name without its suffix; never empty."""
    for end in ends:
        if text.endswith(end) and len(text) > len(end):
            return text.removesuffix(end)
    return text
