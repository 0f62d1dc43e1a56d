"""Own counts (台账数): what the system's rows say of reported figures, at a moment; the gap stands beside every figure."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflow.assessment import reported_figures
from workflow.assessment.facts.known_facts import Known, look_at_rows
from workflow.assessment.figure_bounds import NONE, Own, OwnFigure
from workflow.assessment.ranking.measure_terms import amount
from workflow.county.context import CountyContext
from workflow.policy.scheme.measures import Measure


def own_now(session: Session, setting: CountyContext, code: str, now: datetime) -> Own:
    """The own count of each town for the measure with this code, at the moment; empty where there are no rows of it.

    Raises BadInput for an unknown measure.
    """
    measure = reported_figures.measure_named(setting, code)
    if not isinstance(measure, Measure) or not measure.own.terms:
        return NONE
    known = look_at_rows(session, setting, now, any(term.startswith("people.") for term in measure.own.terms))
    return {setting.by_code[town].id: own_of(known, measure, setting.by_code[town].id) for town in setting.scheme.towns}


def own_of(known: Known, measure: Measure, town_id: int) -> OwnFigure:
    """The own count of one town among facts of a moment."""

    def count(terms: tuple[str, ...]) -> int | None:
        return sum(amount(known, measure, term, town_id) for term in terms) if terms else None

    return OwnFigure(count(measure.own.of), count(measure.own.to), count(measure.own.most))
