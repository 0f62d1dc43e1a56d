"""Own counts (台账数): what the system's rows say of reported figures, at a moment; the gap stands beside every figure.  And
where there are no such rows (自报), how much of a town's score rests on a unit's own word.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from workflow.assessment import reported_figures
from workflow.assessment.facts.known_facts import Known
from workflow.assessment.figure_bounds import NONE, Own, OwnFigure
from workflow.assessment.ranking.measure_terms import amount
from workflow.county.context import CountyContext
from workflow.policy.scheme.measures import Measure
from workflow.policy.scheme.model import Scheme


def own_now(session: Session, setting: CountyContext, code: str, now: datetime) -> Own:
    """The own count of each subject (a town; for the county itself its reporting unit) of the measure with this code, at the
    moment; empty where there are no rows of it.

    Raises BadInput for an unknown measure.
    """
    measure = reported_figures.measure_named(setting, code)
    if not (measure.own.terms or measure.plausible or measure.whole_counted):
        return NONE
    known = Known(session, setting, now)
    towns = [setting.by_code[town].id for town in setting.scheme.towns]
    if isinstance(measure, Measure):
        return {town: own_of(known, measure, [town]) for town in towns}
    # The vocabulary is shared with towns; the county itself is all of them.
    of_county = Measure.model_validate(measure.model_dump())
    return {unit.id: own_of(known, of_county, towns) for unit in reported_figures.subjects(setting, measure)}


def nothing_to_report(known: Known) -> dict[str, list[str]]:
    """By reported measure the towns (codes) of which the register has nothing that could be reported, such as no household
    of the kind: the whole or the most is 0."""
    setting = known.setting
    spared: dict[str, list[str]] = {}
    for measure in setting.scheme.measures:
        if not measure.reported or not (measure.own.to or measure.own.most or measure.whole_counted):
            continue
        for town in setting.scheme.towns:
            own = own_of(known, measure, [setting.by_code[town].id])
            if 0 in (own.to, own.most):
                spared.setdefault(measure.code, []).append(town)
    return spared


def stated_none(session: Session, known: Known, on: date, known_at: datetime) -> dict[str, list[str]]:
    """By reported measure the towns (codes; of the county itself its reporting unit) of which it is stated that there is none
    this period, and rows of the moment show none either."""
    setting, stated = known.setting, dict[str, list[str]]()
    towns = [setting.by_code[town].id for town in setting.scheme.towns]
    for measure in reported_figures.every(setting):
        rows = reported_figures.latest(session, setting, measure.code, on, known_at) if measure.reported else {}
        for unit in reported_figures.subjects(setting, measure) if rows else ():
            if unit.id in rows and rows[unit.id].none_here:
                of_towns = isinstance(measure, Measure)
                counted = measure if isinstance(measure, Measure) else Measure.model_validate(measure.model_dump())
                if not own_of(known, counted, [unit.id] if of_towns else towns).some:
                    stated.setdefault(measure.code, []).append(unit.code)
    return stated


def own_of(known: Known, measure: Measure, towns: Sequence[int]) -> OwnFigure:
    """The own count of some towns (ids) together among facts of a moment."""

    def count(terms: tuple[str, ...]) -> int:
        return sum(amount(known, measure, term, town) for term in terms for town in towns)

    own, usual = measure.own, measure.plausible
    of, to, most = (count(terms) if terms else None for terms in (own.of, own.to, own.most))
    if measure.whole_counted:
        to = count(measure.to) * measure.each
    return OwnFigure(of, to, most, None if usual is None else usual.each * (count(usual.per) if usual.per else 1))


def own_word_shares(scheme: Scheme, content: Mapping[str, Any], unit: str | None = None) -> dict[str, int]:
    """By town the part of the weight, in whole per cent rounded up, that has data and rests on a unit's own word; of the
    county's ranking, or of the one by `unit`.  Computed from a snapshot and its scheme alone, in the weights by which its
    coverage was computed."""
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
