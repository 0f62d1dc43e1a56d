"""Figure sources: the rows behind each term of a published figure, as they were on record."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from models import FigureProof, Ranking, ReportedFigure
from workflow.actors import Actor
from workflow.assessment import figure_files, reported_figures
from workflow.assessment.facts.known_facts import Known
from workflow.assessment.ranking import county_measures
from workflow.assessment.ranking.measure_terms import amount, paced, rows
from workflow.assessment.ranking.snapshot import version_of
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.policy.scheme.measures import CountyMeasure, Measure
from workflow.tickets.visibility import COUNTY_WIDE


@dataclass(frozen=True, slots=True)
class Origin:
    """One term of a figure with the ticket numbers or household codes it counts; for a reported one its entry.

    For entries of duties `keys` are the duties and `number` is the count.
    """

    part: str
    term: str
    keys: tuple[str, ...]
    figure: ReportedFigure | None = None
    number: int | None = None
    files: tuple[FigureProof, ...] = ()

    @property
    def absent(self) -> Literal["none_here", "not_reported"] | None:
        """Why a reported term has no number: it is stated that there is none here this period, or nothing was reported."""
        if not self.term.startswith("reported."):
            return None
        if self.figure is None:
            return "not_reported"
        return "none_here" if self.figure.none_here else None

    @property
    def why(self) -> str | None:
        """Why there is none here this period, as it was stated."""
        return self.figure.reason if self.figure is not None and self.figure.none_here else None

    @property
    def count(self) -> int:
        """Its amount."""
        if self.figure is not None:
            return int(getattr(self.figure, self.term.removeprefix("reported.")))
        return len(self.keys) if self.number is None else self.number


#: The county itself, in place of a town.
COUNTY = "county"


def opens(actor: Actor, setting: CountyContext, code: str, town: str) -> bool:
    """Whether the actor may see the rows behind the figure of a measure for a town (its code, or COUNTY): readers of the
    county, the town or its successor, the bureaus of the measure's item."""
    if actor.role in COUNTY_WIDE:
        return True
    measure = reported_figures.measure_named(setting, code)
    own = {unit.code for unit in setting.units.values() if actor.is_of(unit.id)}
    if actor.role == "town":
        return town in own
    return actor.role == "bureau" and not own.isdisjoint(setting.scheme.indicator(measure.item).units)


def behind(session: Session, actor: Actor, row: Ranking, code: str, town: str) -> list[Origin]:
    """The terms of one measure of one town, or of the county itself, with their rows.  Raises BadInput, NotAllowed."""
    setting, measure, unit, figure = _opened(session, actor, row, code, town)
    files = figure_files.of(session, figure) if figure is not None else ()
    if unit is None or not isinstance(measure, Measure):
        return _of_county(session, setting, row, measure, figure, files)
    known = Known(session, setting, row.as_of, unit.id, version_of(row.content), row.known_at)
    found = []
    for part in ("of", "to"):
        for term in getattr(measure, part):
            if term.startswith("reported."):
                found.append(Origin(part, term, (), figure, files=files))
            elif term.startswith("entries."):
                numbers = tuple(number for number, _ in paced(known, measure, unit.id))
                found.append(Origin(part, term, numbers, number=amount(known, measure, term, unit.id)))
            elif term == "quota.target":
                found.append(Origin(part, term, (), number=amount(known, measure, term, unit.id)))
            else:
                found.append(Origin(part, term, tuple(rows(known, measure, term, unit.id))))
    return found


def file_behind(session: Session, actor: Actor, row: Ranking, code: str, town: str, number: int) -> FigureProof:
    """A file that proves the figure, for readers who may open its sources.  Raises BadInput, NotAllowed,
    NotFound."""
    *_, figure = _opened(session, actor, row, code, town)
    for proof in figure_files.of(session, figure) if figure is not None else ():
        if proof.id == number:
            return proof
    raise NotFound("no_such_evidence")


def _opened(
    session: Session, actor: Actor, row: Ranking, code: str, town: str
) -> tuple[CountyContext, CountyMeasure, UnitFact | None, ReportedFigure | None]:
    """The measure, the town (None: the county itself) and its reported figure, if the actor may open them."""
    setting = county_context(session, row.scheme_version_id)
    measure, unit = reported_figures.measure_named(setting, code), None
    if isinstance(measure, Measure):
        unit = setting.by_code.get(town)
        if unit is None or unit.type != "town":
            raise BadInput("unit_unknown", "town", unit=town[:64])
    if not opens(actor, setting, code, unit.code if unit else COUNTY):
        raise NotAllowed("figure_not_yours")
    reported = reported_figures.latest(session, setting, code, row.on, row.known_at) if measure.reported else {}
    return setting, measure, unit, reported.get(unit.id) if unit else next(iter(reported.values()), None)


def _of_county(
    session: Session,
    setting: CountyContext,
    row: Ranking,
    measure: CountyMeasure,
    reported_figure: ReportedFigure | None,
    files: tuple[FigureProof, ...],
) -> list[Origin]:
    known, origins = Known(session, setting, row.as_of, known_at=row.known_at), []
    for part in ("of", "to"):
        for term in getattr(measure, part):
            number, keys = county_measures.counted(session, setting, known, measure, term, row.on, row.known_at)
            figure = reported_figure if term.startswith("reported.") else None
            origins.append(Origin(part, term, keys, figure, number, files if figure is not None else ()))
    return origins
