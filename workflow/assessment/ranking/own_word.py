"""Own word (自报): how much of a town's score rests on figures that no rows of the system hold.

Computed from a snapshot and its scheme alone, in the weights by which its coverage was computed, so it is the same for every
reader and at any later time.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from workflow.policy.scheme.measures import Measure
from workflow.policy.scheme.model import Scheme


def own_word_shares(scheme: Scheme, content: Mapping[str, Any], unit: str | None = None) -> dict[str, int]:
    """By town the part of the weight, in whole per cent rounded up, that has data and rests on a unit's own word; of the
    county's ranking, or of the one by `unit`."""
    entries = {entry["code"]: {line["town"]: line for line in entry["towns"]} for entry in content["measures"]}
    if unit is None:
        counted = [measure for measure in scheme.measures if measure.ranks != "own"]
    else:
        own = next((entry.get("measures", ()) for entry in content["units"] if entry["unit"] == unit), ())
        counted = [measure for measure in scheme.measures if measure.code in own]
    counted = [measure for measure in counted if measure.code in entries]
    return {town: _share(scheme, counted, entries, town) for town in scheme.towns}


def _share(
    scheme: Scheme, counted: Iterable[Measure], entries: Mapping[str, Mapping[str, dict[str, Any]]], town: str
) -> int:
    by_item: dict[int, list[Measure]] = {}
    for measure in counted:
        by_item.setdefault(measure.item, []).append(measure)
    resting = whole = Fraction(0)
    for item, measures in by_item.items():
        weight = scheme.ranking.weights.get(item, 1)
        word = sum(
            measure.weight
            for measure in measures
            if (measure.self_reported or measure.provisional) and entries[measure.code].get(town, {"to": 0})["to"]
        )
        resting += Fraction(weight * word, sum(measure.weight for measure in measures) or 1)
        whole += weight
    return -int(-resting * 100 // whole) if whole else 0
