"""Document titles: breaks a title into lines by meaning (GB/T 9704-2012, 7.3.1: 词意完整, 排列对称).

A title is composed of phrases, and a line ends only between two of them, so that no word is ever broken.
"""

import re
from collections.abc import Sequence

#: Characters in a line of a title: 156 mm at 22 points.
_MOST = 20
#: Where a phrase longer than a line may break: behind a mark, 的, a year of school or a unit's name; before a bracket or a
#: word that joins two others, so that no line ends with 和 or 或.
_BREAK = re.compile(
    r"(?<=[的、，；）》”])(?![、，；）》”])|(?<=局)(?!长)|(?<=办公室)|(?<=人民政府)|(?<=领导小组)|(?<=学年)(?![度级限])"
    r"|(?<=[^（《“])(?=[（《“]|或|(?<![温柔饱])和(?![谐睦平])|(?<!参)与(?!会)|(?<![以涉普触顾])及(?!时|其))"
)


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
            if end - begin == 1 or width(line) <= most:
                count, unevenness, before = best[begin]
                candidates.append((count + 1, unevenness + (most - width(line)) ** 2, [*before, line]))
        best.append(min(candidates))
    return best[-1][2]


def _fitting(phrase: str, most: int) -> list[str]:
    """A phrase in pieces that fit into a line, cut between words; a name without such a place is cut where the line ends."""
    if width(phrase) <= most:
        return [phrase] if phrase else []
    pieces: list[str] = []
    for part in _BREAK.split(phrase):
        if pieces and width(pieces[-1] + part) <= most:
            pieces[-1] += part
        else:
            pieces += [part[n : n + most] for n in range(0, len(part), most)]
    return pieces


def width(text: str) -> float:
    """The width in full-width characters; digits and letters take half of one."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)
