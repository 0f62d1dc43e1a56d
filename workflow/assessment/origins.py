"""Where a published figure comes from: the rows behind each of its terms, as they were on record."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import Ranking, ReportedFigure
from workflow.actors import Actor
from workflow.assessment import of_county, reported
from workflow.assessment.terms import look, rows
from workflow.county import Setting, setting
from workflow.errors import BadInput, NotAllowed
from workflow.permissions import COUNTY_WIDE
from workflow.policy.measures import CountyMeasure, Measure


@dataclass(frozen=True, slots=True)
class Origin:
    """One term of a figure: what it counts, and the numbers of tickets or codes of households; a reported one its entry."""

    part: str
    term: str
    keys: tuple[str, ...]
    figure: ReportedFigure | None = None
    number: int | None = None

    @property
    def count(self) -> int:
        """How much it adds to the figure."""
        if self.figure is not None:
            return int(getattr(self.figure, self.term.removeprefix("reported.")))
        return len(self.keys) if self.number is None else self.number


#: In the place of a town: the county itself.
COUNTY = "county"


def may_open(actor: Actor, measure: CountyMeasure, town: str, own: str | None, item_units: tuple[str, ...]) -> bool:
    """Whether the actor may see the rows behind a town's figure: the county's readers, the town, the item's bureaus."""
    if actor.role in COUNTY_WIDE:
        return True
    return (actor.role == "town" and own == town) or (actor.role == "bureau" and own in item_units)


def behind(session: Session, actor: Actor, row: Ranking, code: str, town: str) -> list[Origin]:
    """The terms of one measure of one town, or of the county itself, with their rows.  Raises BadInput, NotAllowed."""
    place = setting(session, row.county_id, row.scheme_version_id)
    measure = reported.measure_named(place, code)
    unit = place.by_code.get(town)
    if not isinstance(measure, Measure):
        return _of_county(session, actor, place, row, measure)
    if unit is None or unit.type != "town":
        raise BadInput("unit_unknown", "town", unit=town[:64])
    own = place.unit(actor.unit_id).code if actor.unit_id in place.units and actor.unit_id is not None else None
    if not may_open(actor, measure, town, own, place.scheme.indicator(measure.item).units):
        raise NotAllowed("figure_not_yours")
    known = look(session, place, row.as_of, unit.id)
    told = reported.latest(session, place, code, row.on, row.known_at) if measure.reported else {}
    found = []
    for part in ("of", "to"):
        for term in getattr(measure, part):
            if not term.startswith("reported."):
                found.append(Origin(part, term, tuple(rows(known, measure, term, unit.id))))
            elif unit.id in told:
                found.append(Origin(part, term, (), told[unit.id]))
            else:
                found.append(Origin(part, term, ()))
    return found


def _of_county(session: Session, actor: Actor, place: Setting, row: Ranking, measure: CountyMeasure) -> list[Origin]:
    own = place.units.get(actor.unit_id or 0)
    if not may_open(actor, measure, COUNTY, own.code if own else None, place.scheme.indicator(measure.item).units):
        raise NotAllowed("figure_not_yours")
    known, found = look(session, place, row.as_of), []
    told = reported.latest(session, place, measure.code, row.on, row.known_at) if measure.reported else {}
    for part in ("of", "to"):
        for term in getattr(measure, part):
            number, keys = of_county.counted(session, place, known, measure, term, row.on, row.known_at)
            figure = next(iter(told.values()), None) if term.startswith("reported.") else None
            found.append(Origin(part, term, keys, figure, number))
    return found
