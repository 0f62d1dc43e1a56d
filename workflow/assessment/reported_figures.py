"""Reported figures: shares of one town up to a day from other systems, reported by the responsible unit and corrected
by new entries.

Source: the notice's items whose figures are in other systems (enrolment, insurance, training, funds).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FigureProof, ReportedFigure, Unit
from workflow.actors import Actor
from workflow.assessment import figure_bounds, figure_files
from workflow.assessment.figure_bounds import PLAIN, Assent, Bounds, Jump, Line, Own, OwnFigure
from workflow.county.context import CountyContext, UnitFact
from workflow.county.unit_names import find_unit
from workflow.errors import BadInput, NotAllowed
from workflow.evidence.uploads import Kept
from workflow.history import event_log
from workflow.inputs import origin_of, statement_of
from workflow.policy.ranking_days import moment_of, ranking_days
from workflow.policy.scheme.measures import CountyMeasure
from workflow.policy.scheme.term_texts import term_text
from workflow.policy.worktime import local_date


def of_unit(setting: CountyContext, unit_id: int) -> tuple[CountyMeasure, ...]:
    """The measures a unit reports, of towns and of the county itself; empty without a unit."""
    if unit_id not in setting.units:
        return ()
    code = setting.unit(unit_id).code
    return tuple(measure for measure in every(setting) if measure.reported_by == code)


def every(setting: CountyContext) -> tuple[CountyMeasure, ...]:
    """All measures of the scheme, of towns and of the county itself."""
    return (*setting.scheme.measures, *setting.scheme.county_measures)


def subjects(setting: CountyContext, measure: CountyMeasure) -> list[UnitFact]:
    """The subjects of figures: the towns; figures of the county itself are stored for the reporting unit."""
    if measure in setting.scheme.measures:
        return [setting.by_code[code] for code in setting.scheme.towns]
    return [setting.by_code[measure.reported_by]] if measure.reported_by else []


def late(setting: CountyContext, row: ReportedFigure) -> bool:
    """Whether a figure came in after the hour of the first ranking it was for."""
    days = ranking_days(setting.scheme.ranking, row.up_to, row.up_to + timedelta(days=31))
    first = next(days, None)
    return first is not None and row.at > moment_of(setting.scheme.ranking, first)


def measure_named(setting: CountyContext, code: str) -> CountyMeasure:
    """The measure with this code.  Raises BadInput."""
    for measure in every(setting):
        if measure.code == code:
            return measure
    raise BadInput("unknown_measure", "measure", measure=code[:64])


def report(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    code: str,
    up_to: date,
    lines: Sequence[Line],
    source: str,
    own: Own,
    assent: Assent = PLAIN,
    files: Sequence[Kept] = (),
) -> list[ReportedFigure]:
    """Record the shares of some towns up to a day, or that there is none here; an existing one is corrected, which needs a
    reason.

    `own` is what the system's rows say (`ranking.own_counts`), held against each figure (`figure_bounds`).  `files` are
    stored uploads that prove them.  An equal figure is left unchanged; where all are equal, new files make new entries,
    with a reason.  Raises NotAllowed or BadInput.
    """
    measure = measure_named(setting, code)
    source = admitted(actor, setting, now, measure, up_to, source)
    if not lines:
        raise BadInput("missing", "figures")
    made = []
    against = Against.of(session, setting, measure, up_to, now, own, assent)
    entries = [(line, *fitting(session, against, line)) for line in lines]
    jumps = [jump for line, town, _ in entries if (jump := jump_of(against, line, town)) is not None]
    figure_bounds.ask_once_more(jumps, assent)
    for line, town, before in [entry for entry in entries if _differs(*entry)] or _proved_anew(
        session, entries, files, assent.reason
    ):
        row = ReportedFigure(
            measure=code,
            town_id=town.id,
            up_to=up_to,
            numerator=line.numerator,
            denominator=line.denominator,
            source=source,
            unit_id=actor.own_unit_id,
            by_id=actor.account_id,
            at=now,
            replaces_id=before.id if before else None,
            reason=_reason_of(against, line, town, before),
            none_here=bool(line.none),
        )
        session.add(row)
        made.append(row)
    if made:
        session.flush()
        _append_figures(session, actor, now, measure, up_to, made, figure_files.add(session, made, files))
    return made


def _reason_of(against: "Against", line: Line, town: Unit, before: ReportedFigure | None) -> str:
    """Why there is none here, which is also why a number is corrected to none; else the reason given, where one is needed."""
    if line.none:
        return statement_of("none_here", line.none)
    return statement_of("reason", against.assent.reason) if before or against.doubted(line, town) else ""


def same(line: Line, before: ReportedFigure) -> bool:
    """Whether a figure is recorded already: the same numbers, or the same statement that there is none."""
    none = statement_of("none_here", line.none) if line.none else ""
    return (before.numerator, before.denominator, before.reason if before.none_here else "") == (*line.figure, none)


def _differs(line: Line, _town: Unit, before: ReportedFigure | None) -> bool:
    return before is None or not same(line, before)


def _proved_anew(
    session: Session, entries: list[tuple[Line, Unit, ReportedFigure | None]], files: Sequence[Kept], reason: str
) -> list[tuple[Line, Unit, ReportedFigure | None]]:
    """Of figures that are all unchanged those without these files; none when sent twice."""
    sent = {kept["sha256"] for kept in files}
    missing = [
        entry
        for entry in entries
        if entry[2] is not None and sent - {proof.sha256 for proof in figure_files.of(session, entry[2])}
    ]
    if missing and not reason:
        raise BadInput("figures_stand", "reason")
    return missing


def refuse_counted(measure: CountyMeasure) -> None:
    """Raises BadInput for a measure that the system counts from rows, with where they are kept."""
    if measure.reported_by is None:
        kept = measure.to[0].partition(".")[0]
        raise BadInput("counted_from_rows", "measure", rule_zh=measure.name.zh, rule_en=measure.name.en, kept=kept)


def admitted(
    actor: Actor, setting: CountyContext, now: datetime, measure: CountyMeasure, up_to: date, source: str
) -> str:
    """The source of the figures as stored text.  Raises NotAllowed for another's measure, or BadInput."""
    refuse_counted(measure)
    if measure not in of_unit(setting, actor.unit_id or 0):
        raise NotAllowed("figure_of_another_unit")
    if up_to > local_date(now) or up_to.year < setting.year - 1:
        raise BadInput("figure_day", "up_to", day=up_to.isoformat())
    source = origin_of("source", source)
    if len(source) > 200:
        raise BadInput("too_long", "source", most=200)
    return source


@dataclass(frozen=True, slots=True)
class Against:
    """What a figure is held against: those of the same day, the last of an earlier day, and the system's own count."""

    setting: CountyContext
    measure: CountyMeasure
    standing: Mapping[int, ReportedFigure]
    last: Mapping[int, ReportedFigure]
    own: Own
    assent: Assent

    @classmethod
    def of(
        cls,
        session: Session,
        setting: CountyContext,
        measure: CountyMeasure,
        up_to: date,
        now: datetime,
        own: Own,
        assent: Assent,
    ) -> "Against":
        """That of figures of a measure up to a day."""
        standing = latest(session, setting, measure.code, up_to, now, exactly=True)
        last = latest(session, setting, measure.code, up_to - timedelta(days=1), now)
        return cls(setting, measure, standing, last, own, assent)

    def former(self, town: Unit) -> tuple[int, int] | None:
        """The last figure of an earlier day."""
        last = self.last.get(town.id)
        return (last.numerator, last.denominator) if last is not None else None

    def doubted(self, line: Line, town: Unit) -> bool:
        """Whether the figure needs a reason against the own count or the last figure."""
        own, rule = self.own.get(town.id, OwnFigure()), self.setting.scheme.figures
        return figure_bounds.doubt(line.figure, own, self.former(town), rule) is not None

    @property
    def bounds(self) -> Bounds:
        """The texts and the rule that figures of the measure are held against."""
        words = self.setting.scheme.words
        drawn = [term_text(term, words) for term in self.measure.own.most]
        whole = self.measure.part_text("to", words)
        return Bounds(self.setting.scheme.figures, whole, drawn[0] if drawn else whole)


def fitting(session: Session, against: Against, line: Line) -> tuple[Unit, ReportedFigure | None]:
    """The subject of the figure, and the existing figure of the same day.

    Raises BadInput, with the `box` at fault, for what `figure_bounds` refuses.
    """
    setting, measure, standing, reason = against.setting, against.measure, against.standing, against.assent.reason
    town = find_unit(session, line.town, "town")
    if town.id not in {unit.id for unit in subjects(setting, measure)}:
        raise BadInput("unit_unknown", "town", unit=line.town[:64])
    own = against.own.get(town.id, OwnFigure())
    before = standing.get(town.id)
    if line.none:
        figure_bounds.check_none(setting.unit(town.id), line, own)
        return town, before
    figure_bounds.check_numbers(setting.unit(town.id), line, own, measure.whole_counted)
    if before is not None and not same(line, before) and not reason:
        raise BadInput("figure_corrected_why", "reason", town=town.name)
    figure_bounds.check(setting.unit(town.id), line.figure, own, against.former(town), against.assent, against.bounds)
    return town, before


def jump_of(against: Against, line: Line, town: Unit) -> Jump | None:
    """The jump of a figure against the last one of an earlier day; None where it is none."""
    setting = against.setting
    return figure_bounds.jump_of(setting.unit(town.id), line.figure, against.former(town), setting.scheme.figures)


def _append_figures(
    session: Session,
    actor: Actor,
    now: datetime,
    measure: CountyMeasure,
    up_to: date,
    made: Sequence[ReportedFigure],
    proofs: Sequence[FigureProof],
) -> None:
    openly = {"files": [figure_files.figure_file_payload(proof) for proof in proofs]} if proofs else {}
    names = {"files": {str(proof.id): proof.filename for proof in proofs}} if proofs else {}
    why = {str(row.id): row.reason for row in made if row.none_here}
    none = {"none_here": why} if why else {}
    event_log.of(session, ("unit", actor.unit_id or 0), actor, now).append(
        "report_figures",
        {"measure": measure.code, "up_to": up_to.isoformat()},
        {
            "figures": [
                {
                    "id": row.id,
                    "town": row.town_id,
                    "numerator": row.numerator,
                    "denominator": row.denominator,
                    "replaces": row.replaces_id,
                }
                | ({"none_here": True} if row.none_here else {})
                for row in made
            ]
        }
        | openly,
        private={
            "source": made[0].source,
            "reason": next((row.reason for row in made if row.reason and not row.none_here), ""),
        }
        | names
        | none,
        notify=False,
    )


def latest(
    session: Session, setting: CountyContext, code: str, up_to: date, known_at: datetime, *, exactly: bool = False
) -> dict[int, ReportedFigure]:
    """The figure of each town (by id) known at `known_at`: of the latest day up to `up_to`, as last corrected."""
    query = (
        select(ReportedFigure)
        .where(
            ReportedFigure.measure == code,
            ReportedFigure.at <= known_at,
            ReportedFigure.up_to == up_to if exactly else ReportedFigure.up_to <= up_to,
        )
        .order_by(ReportedFigure.town_id, ReportedFigure.up_to, ReportedFigure.id)
    )
    # The last one of each town counts: of the latest day, the last entry.
    return {row.town_id: row for row in session.scalars(query)}
