"""Scores and places: computed from counts in whole numbers and fractions, so the same counts always give the same
places.

Published formula.  A share earns its part of the threshold, at most 100.  The shortfall to the minimum volume counts at
the benchmark.  An item's score is the weighted mean of its measures, a town's of its items.  Scores are published in
hundredths, and towns whose published scores are equal share a place (1, 2, 2, 4).
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from workflow.policy.scheme.measures import Measure

Counts = tuple[int, int]
#: A full score, in hundredths of a point.
FULL = 10_000


def score(measure: Measure, counts: Counts) -> Fraction:
    """The score of (Σ of, Σ to), 0 … 100.

    >>> from workflow.policy.scheme.measures import Measure
    >>> m = Measure.model_validate({"code": "m", "name": {"zh": "m", "en": "m"}, "item": 1, "of": ["tickets.closed"],
    ...     "to": ["tickets.closed"], "minimum": 4, "benchmark": 90})
    >>> score(m, (3, 4)), score(m, (1, 2)), score(m, (0, 0))
    (Fraction(75, 1), Fraction(70, 1), Fraction(90, 1))
    """
    got, of = counts
    # In units of the denominator, capped at the whole.
    earned = min(Fraction(of), Fraction(got * 100, measure.threshold))
    missing = max(0, measure.minimum - of)
    return (earned * 100 + missing * measure.benchmark) / max(of, measure.minimum)


def mean(parts: Iterable[tuple[Fraction, int]]) -> Fraction | None:
    """The weighted mean of (score, weight); None for an empty list."""
    total, weights = Fraction(0), 0
    for value, weight in parts:
        total += value * weight
        weights += weight
    return total / weights if weights else None


def published(value: Fraction) -> int:
    """A score in hundredths, rounded half to even."""
    return round(value * 100)


def places(scores: Mapping[str, int | None]) -> dict[str, int | None]:
    """Places by score, the highest first; equal scores share a place, and no score means no place.

    >>> places({"a": 9000, "b": 8000, "c": 8000, "d": 10, "e": None})
    {'a': 1, 'b': 2, 'c': 2, 'd': 4, 'e': None}
    """
    known = [value for value in scores.values() if value is not None]
    return {
        name: None if value is None else 1 + sum(other > value for other in known) for name, value in scores.items()
    }
