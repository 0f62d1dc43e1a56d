"""Ranking figures: computes counts, scores and places from the facts, as the JSON value that is hashed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from workflow.assessment import reported_figures
from workflow.assessment.ranking.measure_terms import Known, rows
from workflow.county.context import CountyContext, UnitFact
from workflow.history import event_log
from workflow.policy.scheme.measures import Measure
from workflow.policy.scheme.model import Scheme
from workflow.policy.scoring import Counts, mean, places, published, score

Shares = dict[str, dict[str, Counts]]


def formula_of(scheme: Scheme) -> str:
    """The hash of everything that turns counts into places: measures, weights and days."""
    # The counted unit is only a word beside the figure.
    measures = [measure.model_dump(mode="json", exclude={"unit"}) for measure in scheme.measures]
    # Rules of reports do not turn counts into places.
    rule = scheme.ranking.model_dump(mode="json", exclude={"report_days", "report_at", "grades", "target", "aim"})
    return event_log.digest(event_log.canonical({"measures": measures, "rule": rule}))


def towns_of(setting: CountyContext) -> list[UnitFact]:
    """The towns in the order of the scheme."""
    return [setting.by_code[code] for code in setting.scheme.towns]


def shares(session: Session, setting: CountyContext, known: Known, on: date, known_at: datetime) -> Shares:
    """(Σ of, Σ to) of every measure and town, by their codes."""
    return {
        measure.code: _counts(session, setting, known, measure, on, known_at) for measure in setting.scheme.measures
    }


def _counts(
    session: Session, setting: CountyContext, known: Known, measure: Measure, on: date, known_at: datetime
) -> dict[str, Counts]:
    reported = reported_figures.latest(session, setting, measure.code, on, known_at) if measure.reported else {}
    counts = {}
    for town in towns_of(setting):
        figure = reported.get(town.id)

        def count(terms: Sequence[str], town: UnitFact = town, figure: Any = figure) -> int:
            total = 0
            for term in terms:
                if term.startswith("reported."):
                    total += getattr(figure, term.removeprefix("reported.")) if figure is not None else 0
                else:
                    total += len(rows(known, measure, term, town.id))
            return total

        counts[town.code] = (count(measure.of), count(measure.to))
    return counts


def standing(scheme: Scheme, counted: Shares) -> dict[str, Any]:
    """Scores and places of every measure, item and bureau and of the county.  Pure."""
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
        measures.append(
            {
                "code": measure.code,
                "item": measure.item,
                "towns": [
                    {
                        "town": town,
                        "of": given[town][0],
                        "to": given[town][1],
                        "score": published(exact[measure.code][town]),
                        "place": placed[town],
                    }
                    for town in towns
                ],
            }
        )
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
    """Every bureau of the notice with the items it ranks towns on; none where its items bind no town."""
    own_items = []
    for unit in scheme.units:
        if unit.type not in ("bureau", "office"):
            continue
        named = [indicator.number for indicator in scheme.indicators if unit.code in indicator.units]
        if named:
            own = [
                item for item in named if any(_ranks(scheme, measure, unit.code, item) for measure in scheme.measures)
            ]
            own_items.append((unit.code, own))
    return own_items


def _ranks(scheme: Scheme, measure: Measure, unit: str, item: int) -> bool:
    return measure.item == item and (not measure.units or unit in measure.units)


def _item(
    scheme: Scheme, exact: Mapping[str, Mapping[str, Fraction]], item: int, unit: str | None
) -> dict[str, Fraction]:
    scores = {}
    for town in scheme.towns:
        value = mean(
            (exact[measure.code][town], measure.weight)
            for measure in scheme.measures
            if measure.item == item and (unit is None or _ranks(scheme, measure, unit, item))
        )
        assert value is not None
        scores[town] = value
    return scores


def _total(scheme: Scheme, items: Mapping[int, Mapping[str, Fraction]]) -> dict[str, int]:
    totals = {}
    for town in scheme.towns:
        value = mean((scores[town], scheme.ranking.weights.get(item, 1)) for item, scores in items.items())
        if value is not None:
            totals[town] = published(value)
    return totals


def _placed(scores: Mapping[str, int]) -> list[dict[str, Any]]:
    order = places(dict(scores))
    lines = [{"town": town, "place": order[town], "score": value} for town, value in scores.items()]
    return sorted(lines, key=lambda line: (line["place"], list(scores).index(line["town"])))
