"""Scores, coverage and places: computed from counts in whole numbers and fractions, so the same counts always give the
same places.

Published formula (the same since version 4; `ranking.ranking_figures` says what the versions differ in, version 1 is
`scoring_version_1`).  A share earns its part of the
threshold, at most 100.  A base below the measure's minimum is filled up with the county's own share of that measure
at that hour.  A measure without data (nothing reported, nothing to report or to count, rows still awaited) is left out of the mean
and the other weights are rescaled: it earns nothing and costs nothing.  An item's score is the weighted mean of its
measures, a town's of its items.  Every score is rounded to hundredths, half up, before it enters the next mean, so
that the published figures give the published score with pen and paper; towns whose scores are equal share a place (1,
2, 2, 4).

Coverage is the weight of what has data, in whole per cent rounded down.  The range of places assumes that every figure
that is owed and is not there comes in at its best or at its worst, within what is there already where the whole is known;
whatever comes in, no place leaves it.  What the
system counts itself is complete at the hour: where there was nothing to count, nothing can come in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from workflow.policy.scheme.measures import Measure

Counts = tuple[int, int]
#: The counts that a town whose rows are awaited can still come to: at the worst and at the best.
Ends = tuple[Counts, Counts]
#: A full score, in hundredths of a point.
FULL = 10_000
_ALL = Fraction(100)


@dataclass(frozen=True, slots=True)
class Mark:
    """A score 0 … 100 with its bounds: `low` and `high` are what it can still become; `value` None without data.

    `weight_known` of 1: the part of its weight that has data; `weight_open`: that has data or is owed.
    """

    value: Fraction | None
    low: Fraction
    high: Fraction
    weight_known: Fraction
    weight_open: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """One town in a table: published score and place (None: no data, or coverage below the scheme's minimum), the
    coverage in per cent, and the best and worst place it can still take (None: it cannot be placed any more)."""

    score: int | None
    place: int | None
    coverage: int
    best: int | None
    worst: int | None


def marks(measure: Measure, counts: Counts) -> Fraction:
    """The marks of (Σ of, Σ to) alone, 0 … 100; Σ to must not be 0.

    >>> from workflow.policy.scheme.measures import Measure
    >>> m = Measure.model_validate({"code": "m", "name": {"zh": "m", "en": "m"}, "item": 1, "of": ["tickets.closed"],
    ...     "to": ["tickets.closed"], "minimum": 4})
    >>> marks(m, (3, 4)), mark(m, (1, 2), (6, 8), ((6, 8), (6, 8))).value, mark(m, (0, 0), (6, 8), None, True).value
    (Fraction(75, 1), Fraction(125, 2), None)
    """
    got, of = counts
    return min(_ALL, Fraction(got * 100 * 100, measure.threshold * of))


def mark(
    measure: Measure, counts: Counts, county: Counts, ends: Ends | None, owed: bool = False, own: Ends | None = None
) -> Mark:
    """The mark of one town; `county` is the sum over all towns, `ends` what that sum can still come to (None: to anything,
    because a figure whose whole is unknown is owed), `owed` whether the town's own figure is, `own` its ends if known."""
    low, high = (marks(measure, end) for end in ends) if ends and all(of for _, of in ends) else (Fraction(0), _ALL)
    if counts[1] == 0:
        if own is None or not all(of for _, of in own):
            return Mark(None, Fraction(0), _ALL, Fraction(0), Fraction(owed))
        worst, best = _filled(measure, own[0], low), _filled(measure, own[1], high)
        return Mark(None, _rounded(worst), _rounded(best), Fraction(0), Fraction(owed))
    value = _filled(measure, counts, marks(measure, county))
    # While figures are missing, the county's own share of this measure may still move.
    low, high = _filled(measure, counts, low), _filled(measure, counts, high)
    return Mark(_rounded(value), _rounded(low), _rounded(high), Fraction(1), Fraction(1))


def _filled(measure: Measure, counts: Counts, prior: Fraction) -> Fraction:
    """The marks of counts whose base, if it is below the minimum, is filled up at `prior`."""
    of, short = counts[1], max(0, measure.minimum - counts[1])
    return (marks(measure, counts) * of + prior * short) / (of + short)


def mean(parts: Iterable[tuple[Mark, int]]) -> Mark:
    """The weighted mean of the parts that have data, with what it becomes if the others come in at 0 or at 100."""
    rows = list(parts)
    known = [(part.value, weight) for part, weight in rows if part.value is not None]
    value = sum((v * w for v, w in known), Fraction(0)) / sum(w for _, w in known) if known else None
    still = [(part, weight) for part, weight in rows if part.weight_open]
    bounds = [
        sum((getattr(part, name) * weight for part, weight in still), Fraction(0)) / (sum(w for _, w in still) or 1)
        for name in ("low", "high")
    ]
    covered = [
        sum((getattr(part, name) * weight for part, weight in rows), Fraction(0)) / (sum(w for _, w in rows) or 1)
        for name in ("weight_known", "weight_open")
    ]
    return Mark(
        None if value is None else _rounded(value), _rounded(bounds[0]), _rounded(bounds[1]), covered[0], covered[1]
    )


def published(value: Fraction) -> int:
    """A score in hundredths, rounded half up as people round."""
    return floor(value * 100 + Fraction(1, 2))


def _rounded(value: Fraction) -> Fraction:
    return Fraction(published(value), 100)


def stand(totals: Mapping[str, Mark], min_coverage: int) -> dict[str, Standing]:
    """The table of all towns.  A town below `min_coverage` per cent is shown and not placed.

    The range is exact where no small base leans on a share that is still open, and else a safe outer bound: a town's
    own missing figures and those of all others are taken at their ends at once.
    """
    least = max(min_coverage, 1)
    covered = {name: int(total.weight_known * 100) for name, total in totals.items()}
    scores = {name: None if total.value is None else published(total.value) for name, total in totals.items()}
    there = {name: score for name, score in scores.items() if score is not None and covered[name] >= least}
    placed = places({name: there.get(name) for name in totals})
    low = {name: published(total.low) for name, total in totals.items()}
    high = {name: published(total.high) for name, total in totals.items()}
    able = {name for name, total in totals.items() if int(total.weight_open * 100) >= least}
    found = {}
    for name in totals:
        # Coverage never falls when a figure comes in, so whoever is placed now stays placed.
        surely = sum(1 for other in there if other != name and low[other] > high[name])
        perhaps = sum(1 for other in able if other != name and high[other] > low[name])
        span = (1 + surely, 1 + perhaps) if name in able else (None, None)
        found[name] = Standing(scores[name], placed[name], covered[name], *span)
    return found


def places(scores: Mapping[str, int | None]) -> dict[str, int | None]:
    """Places by score, the highest first; equal scores share a place, and no score means no place.

    >>> places({"a": 9000, "b": 8000, "c": 8000, "d": 10, "e": None})
    {'a': 1, 'b': 2, 'c': 2, 'd': 4, 'e': None}
    """
    known = [value for value in scores.values() if value is not None]
    return {
        name: None if value is None else 1 + sum(other > value for other in known) for name, value in scores.items()
    }
