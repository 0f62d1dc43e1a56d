"""Visit order: households due for a visit in an order in which neighbours follow each other.

It uses the places in the register alone; where the visitor is, is neither asked nor stored.
"""

from collections.abc import Sequence
from math import cos, radians
from typing import Protocol, TypeVar


class Placed(Protocol):
    """What has a place: latitude and longitude in degrees, or None."""

    @property
    def place(self) -> tuple[float, float] | None: ...


T = TypeVar("T", bound=Placed)


def by_nearness(lines: Sequence[T]) -> list[T]:
    """The first line, then each time the nearest of the rest; those without a place last, in the order given."""
    placed = [line for line in lines if line.place is not None]
    way: list[T] = []
    while placed:
        here = way[-1].place if way else placed[0].place
        way.append(placed.pop(min(range(len(placed)), key=lambda n: _apart(here, placed[n].place))))
    return way + [line for line in lines if line.place is None]


def _apart(a: tuple[float, float] | None, b: tuple[float, float] | None) -> float:
    """How far two places are apart, in squared degrees of latitude: enough to compare within a county."""
    if a is None or b is None:
        return float("inf")
    north = a[0] - b[0]
    east = (a[1] - b[1]) * cos(radians(a[0]))
    return north * north + east * east
