"""Document titles: breaks a title into lines by meaning (GB/T 9704-2012, 7.3.1: 词意完整, 排列对称).

A title is composed of phrases, and a line ends only between two of them, so that no word is ever broken.
"""

from collections.abc import Sequence

#: Characters in a line of a title: 156 mm at 22 points.
_MOST = 20
#: Where a phrase longer than a line may break: after one of these, for want of better.
_AFTER = "的、，和与及关于对》）局室组会县镇"


def whole(phrases: Sequence[str]) -> str:
    """The title in one line."""
    return "".join(phrases)


def lines(phrases: Sequence[str], most: int = _MOST) -> list[str]:
    """The lines of a title: as few as possible, and of those the most even.

    >>> lines(["关于2018年11月20日", "各镇完成考核指标情况排名的", "汇总报告"])
    ['关于2018年11月20日', '各镇完成考核指标情况排名的汇总报告']
    """
    parts = [part for phrase in phrases for part in _fitting(phrase, most)]
    best: list[tuple[int, float, list[str]]] = [(0, 0.0, [])]
    for end in range(1, len(parts) + 1):
        candidates = []
        for begin in range(end):
            line = "".join(parts[begin:end])
            if end - begin == 1 or _width(line) <= most:
                count, unevenness, before = best[begin]
                candidates.append((count + 1, unevenness + (most - _width(line)) ** 2, [*before, line]))
        best.append(min(candidates))
    return best[-1][2]


def _fitting(phrase: str, most: int) -> list[str]:
    """A phrase in pieces that fit into a line; cut after a character at which a word ends, as late as possible."""
    pieces = []
    while _width(phrase) > most:
        cut = next((n for n in range(most, most // 2, -1) if phrase[n - 1] in _AFTER), most)
        pieces.append(phrase[:cut])
        phrase = phrase[cut:]
    return [*pieces, phrase] if phrase else pieces


def _width(text: str) -> float:
    """The width in full-width characters; digits and letters take half of one."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)
