"""Gap words (台账差额): the system's own count of a reported figure and the gap, as papers and tickets of the county say it."""

from collections.abc import Sequence

#: What the parts of a figure are called: numerator and denominator.
PARTS = ("达标数", "总数")


def gap_words(figure: Sequence[int], own: Sequence[int | None], unit: str) -> str:
    """The own count of each part the system has rows of, and how much more or less was reported; empty without rows.

    >>> gap_words((8, 71), (None, 83), "人")
    '台账总数83人，少报12人'
    >>> gap_words((9, 10), (8, 10), "户")
    '台账达标数8户，多报1户；台账总数10户，与填报一致'
    >>> gap_words((9, 10), (None, None), "户")
    ''
    """
    said = []
    for name, number, rows in zip(PARTS, figure, own, strict=True):
        if rows is not None:
            more = number - rows
            gap = f"{'多报' if more > 0 else '少报'}{abs(more)}{unit}" if more else "与填报一致"
            said.append(f"台账{name}{rows}{unit}，{gap}")
    return "；".join(said)
