"""Ranking figures: computes counts, scores and places from the facts, as the JSON value that is hashed.

Formula version 7; version 6 differs in that a figure is owed of a town of which it is stated that there is none, version 5 also
in that one is owed where the register has none, version 4 in that days of the quota's houses count unconfirmed, version 3 in the
ends of awaited rows, version 2 in that none are awaited, and rankings of version 1 are proved by `policy.scoring_version_1`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from workflow.assessment import reported_figures
from workflow.assessment.facts.known_facts import FORMULA, Known
from workflow.assessment.ranking.measure_terms import amount
from workflow.county.context import CountyContext, UnitFact
from workflow.history import event_log
from workflow.policy.scheme.measures import Measure
from workflow.policy.scheme.model import Scheme
from workflow.policy.scoring import Counts, Ends, Mark, Standing, mark, mean, places, published, stand

Shares = dict[str, dict[str, Counts]]
#: By measure and town.
Marks = Mapping[str, Mapping[str, Mark]]
#: What turns counts into places under each version: fields of a measure and of the ranking; others are words or later.
_MEASURE = {
    *("code", "name", "item", "of", "to", "duties", "units", "threshold", "reported_by"),
    *("kinds", "have", "minimum", "weight"),
}
#: By measure and town whose rows are awaited: its ends, None where the whole is not known.
Awaiting = Mapping[str, Mapping[str, Ends | None]]
_NOTHING: Awaiting = {}
#: By measure the towns that have nothing to report, so that nobody owes their figure.
Spared = Mapping[str, Collection[str]]
_NOBODY: Spared = {}
_FIELDS = {
    1: (_MEASURE | {"benchmark"}, {"days", "at", "first", "weights", "appeal_days"}),
    2: (_MEASURE | {"ranks"}, {"days", "at", "first", "weights", "min_coverage"}),
    3: (_MEASURE | {"ranks"}, {"days", "at", "first", "weights", "min_coverage"}),
    4: (_MEASURE | {"ranks"}, {"days", "at", "first", "weights", "min_coverage"}),
    5: (_MEASURE | {"ranks"}, {"days", "at", "first", "weights", "min_coverage"}),
    6: (_MEASURE | {"ranks"}, {"days", "at", "first", "weights", "min_coverage"}),
    7: (_MEASURE | {"ranks"}, {"days", "at", "first", "weights", "min_coverage"}),
}


def formula_of(scheme: Scheme, version: int = FORMULA) -> str:
    """The hash of everything that turns counts into places under a version of the formula."""
    of_measure, of_rule = _FIELDS[version]
    told = [measure.model_dump(mode="json", include=of_measure) for measure in scheme.measures]
    rule = scheme.ranking.model_dump(mode="json", include=of_rule)
    content = {"measures": told, "rule": rule} | ({"version": version} if version > 1 else {})
    return event_log.digest(event_log.canonical(content))


def towns_of(setting: CountyContext) -> list[UnitFact]:
    """The towns in the order of the scheme."""
    return [setting.by_code[code] for code in setting.scheme.towns]


def shares(
    session: Session,
    setting: CountyContext,
    known: Known,
    on: date,
    known_at: datetime,
    awaiting: Awaiting = _NOTHING,
) -> Shares:
    """(Σ of, Σ to) of every measure and town, by their codes; (0, 0) where rows are awaited."""
    found = {
        measure.code: _counts(session, setting, known, measure, on, known_at) for measure in setting.scheme.measures
    }
    for code, towns in awaiting.items():
        found[code] |= dict.fromkeys(towns, (0, 0))
    return found


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
                    total += amount(known, measure, term, town.id)
            return total

        counts[town.code] = (count(measure.of), count(measure.to))
    return counts


def standing(
    scheme: Scheme,
    counted: Shares,
    awaiting: Awaiting = _NOTHING,
    version: int = FORMULA,
    spared: Spared = _NOBODY,
) -> dict[str, Any]:
    """Scores, coverage and places of every measure, item and bureau and of the county, and what has no data.  Pure.

    `awaiting`: by measure, the towns for which rows are still to come, as reported figures are; `spared`: those that have
    nothing to report.
    """
    none: Mapping[str, Ends | None] = {}
    owed = {
        measure.code: [
            town
            for town in _owed(scheme, measure, counted[measure.code], awaiting.get(measure.code, none))
            if town not in spared.get(measure.code, ())
        ]
        for measure in scheme.measures
    }
    marked = {
        measure.code: _marked(
            scheme, measure, counted[measure.code], owed[measure.code], awaiting.get(measure.code, none)
        )
        for measure in scheme.measures
    }
    of_county = [measure for measure in scheme.measures if measure.ranks != "own"]
    items = sorted({measure.item for measure in of_county})
    of_items = {item: _item(scheme, of_county, marked, item) for item in items}
    return {
        "formula_version": version,
        "measures": [_measure_table(scheme, measure, counted, marked) for measure in scheme.measures],
        "items": [
            {"item": item, "towns": {town: _published(found[town]) for town in scheme.towns}}
            for item, found in of_items.items()
        ],
        "county": _table(scheme, of_county, marked),
        "units": [
            {
                "unit": code,
                "items": sorted({measure.item for measure in own}),
                "measures": [measure.code for measure in own],
                "towns": _table(scheme, own, marked) if own else [],
            }
            for code, own in bureaus(scheme)
        ],
        "without_data": [
            measure.code for measure in scheme.measures if not any(to for _, to in counted[measure.code].values())
        ],
        "owed": [
            {"unit": measure.reported_by, "measure": measure.code, "towns": owed[measure.code]}
            for measure in scheme.measures
            if owed[measure.code]
        ],
    }


def _owed(scheme: Scheme, measure: Measure, counts: Mapping[str, Counts], awaiting: Collection[str]) -> list[str]:
    """The towns whose figure somebody still owes: reported ones that are not there, and those whose rows are awaited."""
    return [town for town in scheme.towns if town in awaiting or (measure.reported and not counts[town][1])]


def _marked(
    scheme: Scheme,
    measure: Measure,
    counts: Mapping[str, Counts],
    owed: Collection[str],
    own: Mapping[str, Ends | None],
) -> dict[str, Mark]:
    county = _sum(counts.values())
    known = [own.get(town) if town in owed else (counts[town], counts[town]) for town in scheme.towns]
    there = [ends for ends in known if ends is not None]
    ends = (_sum(worst for worst, _ in there), _sum(best for _, best in there)) if len(there) == len(known) else None
    return {town: mark(measure, counts[town], county, ends, town in owed, own.get(town)) for town in scheme.towns}


def _sum(counts: Iterable[Counts]) -> Counts:
    rows = list(counts)
    return sum(of for of, _ in rows), sum(to for _, to in rows)


def _published(found: Mark) -> int | None:
    return None if found.value is None else published(found.value)


def _measure_table(scheme: Scheme, measure: Measure, counted: Shares, marked: Marks) -> dict[str, Any]:
    counts, scores = counted[measure.code], {town: _published(marked[measure.code][town]) for town in scheme.towns}
    placed = places({town: scores[town] if counts[town][1] >= measure.minimum else None for town in scheme.towns})
    return {
        "code": measure.code,
        "item": measure.item,
        "towns": [
            {
                "town": town,
                "of": counts[town][0],
                "to": counts[town][1],
                "score": scores[town],
                "place": placed[town],
            }
            for town in scheme.towns
        ],
    }


def bureaus(scheme: Scheme) -> list[tuple[str, list[Measure]]]:
    """Every bureau of the notice with the measures it ranks towns on: its own, and of its items those that are not the
    county's alone; none where its items bind no town, or it has nothing of its own."""
    found = []
    for unit in scheme.units:
        if unit.type not in ("bureau", "office"):
            continue
        named = [indicator.number for indicator in scheme.indicators if unit.code in indicator.units]
        if named:
            own = [measure for measure in scheme.measures if measure.ranks != "county" and measure.item in named]
            found.append((unit.code, [measure for measure in own if not measure.units or unit.code in measure.units]))
    return found


def _item(scheme: Scheme, measures: Sequence[Measure], marked: Marks, item: int) -> dict[str, Mark]:
    return {
        town: mean((marked[measure.code][town], measure.weight) for measure in measures if measure.item == item)
        for town in scheme.towns
    }


def _table(scheme: Scheme, measures: Sequence[Measure], marked: Marks) -> list[dict[str, Any]]:
    """The towns on these measures: the placed ones first, then those with too little data."""
    items = sorted({measure.item for measure in measures})
    of_items = {item: _item(scheme, measures, marked, item) for item in items}
    totals = {
        town: mean((of_items[item][town], scheme.ranking.weights.get(item, 1)) for item in items)
        for town in scheme.towns
    }
    found = stand(totals, scheme.ranking.min_coverage)
    order = {town: position for position, town in enumerate(scheme.towns)}
    return [
        _line(town, found[town])
        for town in sorted(
            scheme.towns,
            key=lambda town: (found[town].place or len(order) + 1, -(found[town].score or 0), order[town]),
        )
    ]


def _line(town: str, found: Standing) -> dict[str, Any]:
    return {
        "town": town,
        "place": found.place,
        "score": found.score,
        "coverage": found.coverage,
        "best": found.best,
        "worst": found.worst,
    }
