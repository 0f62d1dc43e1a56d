"""Benchmark tables: median of the product, median of its floor, their ratio, and the aim where there is one."""

import sys
from collections.abc import Iterable
from statistics import median

Line = tuple[str, ...]
HEAD: Line = ("", "product", "floor", "ratio", "aim", "")


def faster(what: str, product: list[float], floor: list[float], unit: str, aim: float | None = None) -> Line:
    """A row of rates (more is better); `aim` is the least ratio. The ratio is the median over rounds."""
    ratio = median(p / f for p, f in zip(product, floor, strict=True))
    limit = "" if aim is None else f"≥ {aim} of the floor"
    return (
        what,
        f"{median(product):.0f} {unit}",
        f"{median(floor):.0f} {unit}",
        f"{ratio:.2f}",
        limit,
        _met(aim is None or ratio >= aim, limit),
    )


def shorter(
    what: str, product: list[float], floor: list[float] | None, aim: float | None = None, cpu: list[float] | None = None
) -> Line:
    """A row of durations in seconds (less is better); `aim` is the longest, in seconds.

    `cpu` is this process's processor time meanwhile: on a loaded machine the rest was spent waiting for a core.
    """
    mine = median(product)
    computed = f" ({milliseconds(median(cpu))} computing)" if cpu else ""
    limit = "" if aim is None else f"≤ {milliseconds(aim)}"
    beside = ("", "") if floor is None else (milliseconds(median(floor)), f"{mine / median(floor):.2f}")
    return (what, milliseconds(mine) + computed, *beside, limit, _met(aim is None or mine <= aim, limit))


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds, with three significant figures."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds * 1000:.0f} ms"


def _met(held: bool, limit: str) -> str:
    return "" if not limit else "met" if held else "NOT MET"


def table(title: str, lines: Iterable[Line], head: Line = HEAD) -> None:
    """Prints a section's table in Markdown."""
    rows = [head, *lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    print(f"\n### {title}\n")
    for number, row in enumerate(rows):
        print("| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.flush()
