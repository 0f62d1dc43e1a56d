"""Ties on papers: the ends of a list of towns, never cut between towns with the same printed value.

A group of many towns is named by its first three and its number (甲镇、乙镇、丙镇等10个镇), so that no reader takes the
first three for the only ones.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

from reports.chinese import listed

#: The number of towns named at either end of a list, unless a tie goes on; and the largest group that is named whole.
NAMED, WHOLE = 3, 4
_T = TypeVar("_T")


def groups(lines: Sequence[_T], value: Callable[[_T], str]) -> list[list[_T]]:
    """The lines in order, as runs with the same printed value.

    >>> groups([("a", 0), ("b", 0), ("c", 1)], lambda line: str(line[1]))
    [[('a', 0), ('b', 0)], [('c', 1)]]
    """
    return [list(run) for _, run in groupby(lines, value)]


def first(runs: Sequence[list[_T]], most: int = NAMED) -> list[list[_T]]:
    """The leading runs with `most` lines, or more where the last of them is a tie.

    >>> first([["a"], ["b", "c", "d"], ["e"]])
    [['a'], ['b', 'c', 'd']]
    """
    found: list[list[_T]] = []
    for run in runs:
        if sum(map(len, found)) >= most:
            break
        found.append(run)
    return found


def ends(runs: Sequence[list[_T]]) -> tuple[list[list[_T]], list[list[_T]]]:
    """The runs at the top and at the bottom of a list with several; none is in both.

    >>> ends([["a"], ["b", "c", "d", "e"]])
    ([['a']], [['b', 'c', 'd', 'e']])
    """
    top = first(runs[:-1])
    bottom = first(runs[: len(top) - 1 : -1] if top else runs[::-1])
    return top, bottom[::-1]


def some(names: Sequence[str]) -> str:
    """The names of a group: all of a few, else the first three with the number.

    >>> some(["甲镇", "乙镇"]), some(["甲镇", "乙镇", "丙镇", "丁镇", "戊镇"])
    ('甲镇、乙镇', '甲镇、乙镇、丙镇等5个镇')
    """
    return listed(names) if len(names) <= WHOLE else f"{listed(names[:NAMED])}等{len(names)}个镇"
