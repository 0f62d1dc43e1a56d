"""Figure checks (数据抽查核实): the drawn figures of a ranking that rest on a unit's own word, who checks each, and the results.

The office checks, for figures of its own or of a bureau that it is led by the leading group.  A figure found untrue becomes
a ticket of item 18 about the reporting unit, filed by the person who checked in the same transaction; the ranking stays as it
was published, and the unit corrects the figure for the next one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DutyEntry, FigureCheck, Ranking, Ticket
from workflow.actors import Actor
from workflow.assessment import reported_figures
from workflow.assessment.ranking import rankings
from workflow.assessment.ranking.responses import add_once, chain_of
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput, Duplicate, NotAllowed
from workflow.inputs import origin_of, statement_of
from workflow.policy import sampling
from workflow.policy.sampling import DrawnFigure
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency
from workflow.tickets.sources import LONGEST_REFERENCE
from workflow.tickets.visibility import COUNTY_WIDE, sees

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A drawn figure: who reported it, who checks it until when, and the result with the number of its ticket, if there is one
    that the reader may open."""

    figure: DrawnFigure
    town: UnitFact
    reporter: UnitFact
    checker: UnitFact
    due_at: datetime
    made: FigureCheck | None
    ticket: str | None
    #: Whether the reader may check it now, and whether it is past its day.
    mine: bool
    late: bool


@dataclass(frozen=True, slots=True)
class CheckInput:
    """A result as submitted: the figure ("MEASURE TOWN"), its true numerator and denominator, what was looked at, and what
    differs."""

    figure: str
    found_of: int | None = None
    found_to: int | None = None
    source: str | None = None
    note: str | None = None


def drawn_from(session: Session, row: Ranking) -> Ranking:
    """The edition of a ranking's day that figures are drawn from: the first, as it was published."""
    query = select(Ranking).where(Ranking.on == row.on, Ranking.edition == 1)
    return row if row.edition == 1 else session.scalars(query).one()


def drawn_of(setting: CountyContext, row: Ranking) -> list[DrawnFigure]:
    """The figures drawn from a ranking; `setting` is the county as the ranking knew it."""
    return sampling.drawn_figures(setting.scheme, row.on, row.edition, row.hash, row.content)


def lines(session: Session, actor: Actor, row: Ranking, now: datetime) -> list[CheckLine]:
    """The drawn figures of a ranking for readers of the county; for other units those checked that are theirs or of their
    town, since a unit is not told what is drawn."""
    row = drawn_from(session, row)
    setting = rankings.setting_of(session, row)
    figures = drawn_of(setting, row)
    if not figures or actor.role not in (*COUNTY_WIDE, "bureau", "town"):
        return []
    query = (
        select(FigureCheck, Ticket)
        .outerjoin(Ticket, Ticket.id == FigureCheck.ticket_id)
        .where(FigureCheck.ranking_id == row.id)
    )
    made = {(check.measure, check.town_id): (check, ticket) for check, ticket in session.execute(query)}
    today, rule, found = county_context(session, at=now), setting.scheme.figures.checks, []
    due = setting.clock.due(row.made_at, rule.days) if rule else row.made_at
    for figure in figures:
        town, reporter = setting.by_code[figure.town], setting.by_code[figure.reporter]
        check, ticket = made.get((figure.measure.code, town.id), (None, None))
        checker = today.unit(check.checker_unit_id) if check is not None else _checker(today, reporter)
        own = actor.is_of(reporter.id) or actor.is_of(town.id)
        if actor.role not in COUNTY_WIDE and (check is None or not own):
            continue
        mine = check is None and actor.role in ("office", "leaders") and actor.is_of(checker.id)
        late = check is None and now > due
        number = ticket.number if ticket is not None and sees(actor, ticket, session) else None
        found.append(CheckLine(figure, town, reporter, checker, due, check, number, mine, late))
    return found


def _checker(today: CountyContext, reporter: UnitFact) -> UnitFact:
    present = today.present(reporter.id)
    itself = sampling.checks_itself(present.type, present.ruled_by_leaders)
    return today.leaders if itself else today.office


def refuse_others(actor: Actor) -> None:
    """Raises NotAllowed for who checks no figure at all."""
    if actor.role not in ("office", "leaders"):
        raise NotAllowed("figure_check_not_yours")


def record(session: Session, actor: Actor, now: datetime, row: Ranking, given: CheckInput) -> FigureCheck:
    """Record what was found of a drawn figure; one found untrue becomes a ticket about the reporting unit.

    Raises BadInput, NotAllowed for another unit or for one's own figure, Duplicate when already checked.
    """
    refuse_others(actor)
    row = drawn_from(session, row)
    setting, today = rankings.setting_of(session, row), county_context(session, at=now)
    figure = next((one for one in drawn_of(setting, row) if one.name == given.figure), None)
    if figure is None:
        raise BadInput("figure_not_drawn", "figure")
    town, reporter = setting.by_code[figure.town], setting.by_code[figure.reporter]
    if not actor.is_of(_checker(today, reporter).id):
        raise NotAllowed("figure_check_of_another", unit=_checker(today, reporter).name)
    if _own_hand(session, setting, actor, row, figure, town):
        raise NotAllowed("figure_check_own_hand")
    found = _found(figure, given)
    made = FigureCheck(
        ranking_id=row.id,
        measure=figure.measure.code,
        town_id=town.id,
        reporter_unit_id=reporter.id,
        checker_unit_id=actor.own_unit_id,
        by_id=actor.account_id,
        at=now,
        said_of=figure.said[0],
        said_to=figure.said[1],
        found_of=found[0],
        found_to=found[1],
        source=_source(given.source),
        note=_note(given.note, untrue=found != figure.said),
    )
    # Under the lock of the ranking's row one of two results finds the other before it files.
    chain = chain_of(session, actor, row, now)
    earlier = select(FigureCheck.id).where(
        FigureCheck.ranking_id == row.id, FigureCheck.measure == made.measure, FigureCheck.town_id == town.id
    )
    if session.scalar(earlier) is not None:
        raise Duplicate("figure_checked_already", "figure")
    if found != figure.said:
        made.ticket_id = _filed(session, actor, now, row, figure, made, today)
    add_once(
        session,
        made,
        Duplicate("figure_checked_already", "figure"),
        "uq_figure_check_ranking_id_measure_town_id",
    )
    chain.append(
        "check_figure",
        rankings.named(row) | {"measure": made.measure, "town": town.id, "unit": reporter.id},
        {"figure_check": payload(made)},
        private={"source": made.source} | ({"note": made.note} if made.note else {}),
        notify=False,
    )
    return made


def payload(row: FigureCheck) -> dict[str, int | None]:
    """The numbers of a result in its event."""
    names = ("id", "reporter_unit_id", "checker_unit_id", "said_of", "said_to", "found_of", "found_to", "ticket_id")
    return {name: getattr(row, name) for name in names}


def _found(figure: DrawnFigure, given: CheckInput) -> tuple[int, int]:
    """The true figure; a denominator that the system counts is that of the snapshot."""
    whole = given.found_to if figure.whole_reported else figure.said[1]
    if given.found_of is None:
        raise BadInput("missing", "found_of")
    if whole is None:
        raise BadInput("missing", "found_to")
    if given.found_of > whole:
        raise BadInput("found_beyond_whole", "found_of", whole=whole)
    return given.found_of, whole


def _source(text: str | None) -> str:
    if not (text or "").strip():
        raise BadInput("missing", "source")
    source = origin_of("source", text)
    if len(source) > _LONGEST:
        raise BadInput("too_long", "source", most=_LONGEST)
    return source


def _note(note: str | None, *, untrue: bool) -> str:
    if not (note or "").strip():
        if untrue:
            raise BadInput("missing", "note")
        return ""
    return statement_of("note", note)


def _own_hand(
    session: Session, setting: CountyContext, actor: Actor, row: Ranking, figure: DrawnFigure, town: UnitFact
) -> bool:
    """Whether the person reported the figure or made an entry it counts, wherever the account is today."""
    if figure.measure.provisional:
        duties = figure.measure.duties or tuple(
            duty.code for duty in setting.scheme.duties.list if duty.item == figure.measure.item
        )
        entered = (
            select(DutyEntry.id)
            .join(Ticket, Ticket.id == DutyEntry.ticket_id)
            .where(DutyEntry.by_id == actor.user_id, Ticket.duty_unit_id == town.id, Ticket.duty_code.in_(duties))
        )
        return session.scalar(entered.limit(1)) is not None
    reported = reported_figures.latest(session, setting, figure.measure.code, row.on, row.known_at).get(town.id)
    return reported is not None and reported.by_id == actor.user_id


def _filed(
    session: Session,
    actor: Actor,
    now: datetime,
    row: Ranking,
    figure: DrawnFigure,
    made: FigureCheck,
    today: CountyContext,
) -> int:
    """File the ticket of an untrue figure about the unit that reported it, or its successor; returns its id."""
    setting = rankings.setting_of(session, row)
    rule, town = setting.scheme.figures, setting.unit(made.town_id)
    unit = figure.measure.counted_in.zh if figure.measure.counted_in else ""
    said, found = (f"{of}{unit}／{to}{unit}" for of, to in (figure.said, (made.found_of, made.found_to)))
    reported = Deficiency(
        unit=today.present(made.reporter_unit_id).name,
        kind=str(rule.kind),
        source=rule.checks.source if rule.checks else None,
        reference=f"数据抽查{row.on.isoformat()} {town.name} {figure.measure.name.zh}"[:LONGEST_REFERENCE],
        description=(
            f"{town.name}“{figure.measure.name.zh}”{row.on.year}年{row.on.month}月{row.on.day}日排名填报{said}，"
            f"抽查核实为{found}；核实依据：{made.source}。{made.note}"
        ),
    )
    return filing.file_ticket(session, actor, now, reported).ticket.id
