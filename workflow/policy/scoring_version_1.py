"""Scores of formula version 1: scores and places as rankings before formula version 2 published them, so that they stay provable.

A share earns its part of the threshold, at most 100; the shortfall to the minimum volume counts at the benchmark, which
also stands for missing data.  Nothing here changes any more; new rankings never use it.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from workflow.policy.scheme.measures import Measure
from workflow.policy.scheme.model import Scheme
from workflow.policy.scoring import Counts, places


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


def published(value: Fraction) -> int:
    """A score in hundredths, rounded half to even."""
    return round(value * 100)


def _mean(parts: Iterable[tuple[Fraction, int]]) -> Fraction | None:
    total, weights = Fraction(0), 0
    for value, weight in parts:
        total += value * weight
        weights += weight
    return total / weights if weights else None


def standing(scheme: Scheme, counted: Mapping[str, Mapping[str, Counts]]) -> dict[str, Any]:
    """Scores and places of every measure, item and bureau and of the county, in the form of version 1.  Pure."""
    towns = scheme.towns
    exact: dict[str, dict[str, Fraction]] = {}
    measures = []
    for measure in scheme.measures:
        given = counted[measure.code]
        exact[measure.code] = {town: score(measure, given[town]) for town in towns}
        enough = {
            town: published(exact[measure.code][town]) if given[town][1] >= measure.minimum else None for town in towns
        }
        placed = places(enough)
        lines = [
            {
                "town": town,
                "of": given[town][0],
                "to": given[town][1],
                "score": published(exact[measure.code][town]),
                "place": placed[town],
            }
            for town in towns
        ]
        measures.append({"code": measure.code, "item": measure.item, "towns": lines})
    items = sorted({measure.item for measure in scheme.measures})
    of_items = {item: _item(scheme, exact, item, None) for item in items}
    return {
        "measures": measures,
        "items": [{"item": item, "towns": {town: published(of_items[item][town]) for town in towns}} for item in items],
        "county": _placed(_total(scheme, of_items)),
        "units": [
            {
                "unit": code,
                "items": own,
                "towns": _placed(_total(scheme, {i: _item(scheme, exact, i, code) for i in own})),
            }
            for code, own in _bureaus(scheme)
        ],
    }


def _bureaus(scheme: Scheme) -> list[tuple[str, list[int]]]:
    found = []
    for unit in scheme.units:
        if unit.type not in ("bureau", "office"):
            continue
        named = [indicator.number for indicator in scheme.indicators if unit.code in indicator.units]
        if named:
            own = [
                item for item in named if any(_ranks(scheme, measure, unit.code, item) for measure in scheme.measures)
            ]
            found.append((unit.code, own))
    return found


def _ranks(scheme: Scheme, measure: Measure, unit: str, item: int) -> bool:
    return measure.item == item and (not measure.units or unit in measure.units)


def _item(
    scheme: Scheme, exact: Mapping[str, Mapping[str, Fraction]], item: int, unit: str | None
) -> dict[str, Fraction]:
    found = {}
    for town in scheme.towns:
        value = _mean(
            (exact[measure.code][town], measure.weight)
            for measure in scheme.measures
            if measure.item == item and (unit is None or _ranks(scheme, measure, unit, item))
        )
        assert value is not None
        found[town] = value
    return found


def _total(scheme: Scheme, items: Mapping[int, Mapping[str, Fraction]]) -> dict[str, int]:
    found = {}
    for town in scheme.towns:
        value = _mean((scores[town], scheme.ranking.weights.get(item, 1)) for item, scores in items.items())
        if value is not None:
            found[town] = published(value)
    return found


def _placed(scores: Mapping[str, int]) -> list[dict[str, Any]]:
    order = places(dict(scores))
    lines = [{"town": town, "place": order[town], "score": value} for town, value in scores.items()]
    return sorted(lines, key=lambda line: (line["place"] or 0, list(scores).index(str(line["town"]))))
