"""Awaited rows: measures of rows that a unit still has to enter have no data in a town until they are all there.

Incomes of listed villages are entered by the unit the scheme names (item 2), the quota's houses by the towns under the
bureau that guides them (item 10).  Leaving out a village with a low income earns nothing: until every listed village of
a town has its income, the town has no figure, and the unit owes it.  Since version 3 of the formula.

Since version 4 the range of places knows the whole that awaits: of five listed villages of which three have an income and
two reach the standard, two to four will reach it, whatever the missing incomes are.
"""

from collections.abc import Iterable

from workflow.assessment.facts import row_terms
from workflow.assessment.facts.known_facts import Known
from workflow.policy.scheme.measures import Measure
from workflow.policy.scoring import Ends
from workflow.register.counted import quota
from workflow.register.counted.villages import income_line_fen

#: By measure and code of a town that still awaits rows: its counts with the missing rows at their worst and at their best;
#: None where the whole is not known.
Awaited = dict[str, dict[str, Ends | None]]


def awaited(known: Known, formula: int) -> Awaited:
    """The towns of each measure that await rows, with their ends from version 4 of the formula on; measures without any
    are left out."""
    found: Awaited = {}
    for measure in known.setting.scheme.measures:
        for code in known.setting.scheme.towns:
            town_id = known.setting.by_code[code].id
            if any(_awaits(known, kind, town_id) for kind in _kinds(measure)):
                ends = _ends(known, measure, town_id) if formula > 3 else None
                found.setdefault(measure.code, {})[code] = ends
    return found


def entered_by(known: Known, measure: Measure, formula: int) -> str | None:
    """The code of the unit that enters, or guides, the rows of a measure; None of one that rests on no such rows.

    In a year without an average no income can be compared, and the office owes the average (since version 4).
    """
    scheme, kinds = known.setting.scheme, _kinds(measure)
    if "villages" in kinds and scheme.village_income is not None:
        compared = income_line_fen(known.setting, known.setting.year) is not None
        return scheme.village_income.by if compared or formula < 4 else known.setting.office.code
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


def _ends(known: Known, measure: Measure, town_id: int) -> Ends | None:
    """The counts of a town with its missing incomes below and above the standard; None where the whole is not known.

    A quota of which no house is listed may still become all or nothing, so only incomes narrow the range.
    """
    if not all(term.startswith("villages.") for term in (*measure.of, *measure.to)):
        return None
    listed = [row for row in known.counted.villages.values() if row.listed_poor and row.town_id == town_id]
    if not listed:
        return None
    missing = sum(row.reached is None for row in listed)

    def counted(terms: Iterable[str], reaching: int) -> int:
        more = {"villages.surveyed": missing, "villages.reached": reaching}
        return sum(sum(1 for _ in row_terms.rows(known, term, town_id)) + more.get(term, 0) for term in terms)

    return (counted(measure.of, 0), counted(measure.to, 0)), (
        counted(measure.of, missing),
        counted(measure.to, missing),
    )
