"""Own rows (台账数) beside reported figures on papers: what the system itself counts of the same, and the gap."""

from collections.abc import Iterable
from typing import Any

from workflow.assessment.figure_gaps import gap_words
from workflow.policy.scheme.measures import CountyMeasure


def beside(lines: Iterable[dict[str, Any]], measure: CountyMeasure) -> str:
    """The own count of these towns' figures together, with the gap; empty where the system has no rows of them.

    >>> measure = CountyMeasure.model_validate({"code": "m", "name": {"zh": "m", "en": "m"}, "item": 1, "of": [], "to": [],
    ...     "unit": {"zh": "户", "en": "households"}})
    >>> beside([{"of": 8, "to": 10, "own": [None, 9]}, {"of": 0, "to": 0, "own": [None, 4]}], measure)
    '台账总数9户，多报1户'
    >>> beside([{"of": 8, "to": 10}], measure)
    ''
    """
    counted = [line for line in lines if line["to"] and line.get("own")]
    own: list[int | None] = []
    for place in range(2):
        rows = [line["own"][place] for line in counted]
        own.append(sum(rows) if rows and None not in rows else None)
    figure = [sum(line[name] for line in counted) for name in ("of", "to")]
    return gap_words(figure, own, measure.counted_in.zh if measure.counted_in else "")
