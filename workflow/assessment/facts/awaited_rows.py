"""Awaited rows: measures of rows that a unit still has to enter have no data in a town until they are all there.

Incomes of listed villages are entered by the unit the scheme names (item 2), the quota's houses by the towns under the
bureau that guides them (item 10).  Leaving out a village with a low income earns nothing: until every listed village of
a town has its income, the town has no figure, and the unit owes it.  Since version 3 of the formula.
"""

from workflow.assessment.facts import row_terms
from workflow.assessment.facts.known_facts import Known
from workflow.policy.scheme.measures import Measure
from workflow.register.counted import quota

#: By measure, the codes of the towns that still await rows.
Awaited = dict[str, frozenset[str]]


def awaited(known: Known) -> Awaited:
    """The towns of each measure that await rows; measures without any are left out."""
    scheme = known.setting.scheme
    found = {
        measure.code: frozenset(town for town in scheme.towns if _awaits(known, kind, known.setting.by_code[town].id))
        for measure in scheme.measures
        for kind in _kinds(measure)
    }
    return {code: towns for code, towns in found.items() if towns}


def entered_by(known: Known, measure: Measure) -> str | None:
    """The code of the unit that enters, or guides, the rows of a measure; None of one that rests on no such rows."""
    scheme, kinds = known.setting.scheme, _kinds(measure)
    if "villages" in kinds and scheme.village_income is not None:
        return scheme.village_income.by
    duty = quota.duty_of(known.setting) if "quota" in kinds else None
    return duty.guided_by if duty is not None else None


def _kinds(measure: Measure) -> list[str]:
    terms = (*measure.of, *measure.to)
    incomes = any(term in ("villages.surveyed", "villages.reached") for term in terms)
    return (["villages"] if incomes else []) + (["quota"] if any(term.startswith("quota.") for term in terms) else [])


def _awaits(known: Known, kind: str, town_id: int) -> bool:
    if kind == "quota":
        target = row_terms.quota_target(known, town_id)
        return target > 0 and next(row_terms.rows(known, "quota.listed", town_id), None) is None
    listed = [row for row in known.counted.villages.values() if row.listed_poor]
    # Before the county has said which villages are listed, no town can be without any.
    return not listed or any(row.town_id == town_id and row.reached is None for row in listed)
