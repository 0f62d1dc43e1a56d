"""Briefing: the leading group's page of five minutes: what needs its word, what is worst and whose, and how the towns moved.

Every list is bounded: the longest overdue tickets, the units with most of them, and the last places of the ranking.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, Event, Instruction, InstructionAct, Ticket
from workflow.accountability import pending_decisions
from workflow.accountability.instructions import instruction_views
from workflow.accountability.instructions.instruction_views import InstructionLine
from workflow.accountability.pending_decisions import Undecided
from workflow.actors import Actor
from workflow.assessment.ranking import rankings
from workflow.boards import board_figures
from workflow.boards.board_figures import Mine, Tally
from workflow.boards.scope import Scope
from workflow.county.context import CountyContext, UnitFact
from workflow.errors import NotAllowed
from workflow.tickets.open_predicate import still_open
from workflow.tickets.views import listing
from workflow.tickets.views.line import TicketLine
from workflow.tickets.views.timeline import BESIDE
from workflow.tickets.visibility import COUNTY_WIDE

#: Lines of each list.
MOST = 6
#: Decisions that are looked through for those of the leading group, and how many of them are shown.
_DECISIONS, MOST_DECISIONS = 200, 8


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the longest overdue tickets: its line, the last step on it, and the latest instruction, if there is one."""

    line: TicketLine
    step: Event | None
    instruction: Instruction | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A town in the latest ranking: place and score (hundredths) now and in the one before; None where it had none."""

    town: UnitFact
    place: int | None
    place_before: int | None
    score: int | None
    score_before: int | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """The latest ranking and the one before by their days, and the towns in the order of the latest."""

    on: date
    before: date | None
    towns: Sequence[Moved]


@dataclass(frozen=True, slots=True)
class Briefing:
    """The content of the page; `answered` and `cases` wait for the leading group, each with the moment since when, `holders` are
    the units with most overdue."""

    hand: Mine
    owed: Sequence[tuple[int, int, int]]
    answered: Sequence[tuple[InstructionLine, datetime]]
    decisions: Sequence[Undecided]
    cases: Sequence[tuple[AccountabilityCase, datetime]]
    worst: Sequence[Worst]
    holders: Sequence[Tally]
    ranked: Ranked | None


def briefing(session: Session, actor: Actor, setting: CountyContext, now: datetime) -> Briefing:
    """The page as it is now.  Raises NotAllowed for who does not read the county."""
    if actor.role not in COUNTY_WIDE:
        raise NotAllowed("board_not_yours")
    scope = Scope(setting)
    return Briefing(
        hand=board_figures.in_hand(session, setting, scope.held(), now),
        owed=instruction_views.owed(session, now),
        answered=_answered(session, now),
        decisions=_decisions(session, setting, now),
        cases=_cases(session, setting),
        worst=_worst(session, actor, now),
        holders=[row for row in board_figures.by_holder(session, scope, now) if row.overdue][:MOST],
        ranked=_ranked(session, actor, setting),
    )


def _decisions(session: Session, setting: CountyContext, now: datetime) -> list[Undecided]:
    """What waits for the leading group about papers, the longest waiting first."""
    found = pending_decisions.undecided(session, now, _DECISIONS)
    return [one for one in found if setting.overseer(one.unit_id).type == "leaders"][:MOST_DECISIONS]


def _answered(session: Session, now: datetime) -> list[tuple[InstructionLine, datetime]]:
    """The instructions whose answer waits, with the moment of the last answer."""
    lines = instruction_views.answered(session, now, MOST_DECISIONS)
    last = (
        select(InstructionAct.instruction_id, func.max(InstructionAct.at))
        .where(InstructionAct.instruction_id.in_([line.row.id for line in lines]), InstructionAct.act == "answer")
        .group_by(InstructionAct.instruction_id)
    )
    given = {row[0]: row[1] for row in session.execute(last)}
    return [(line, given[line.row.id]) for line in lines]


def _cases(session: Session, setting: CountyContext) -> list[tuple[AccountabilityCase, datetime]]:
    """The cases that were heard and that the leading group decides, with the moment of the hearing, the longest waiting first."""
    query = (
        select(AccountabilityCase)
        .where(
            AccountabilityCase.ended_at.is_(None),
            AccountabilityCase.state == "heard",
            AccountabilityCase.decider_unit_id == setting.leaders.id,
        )
        .order_by(AccountabilityCase.id)
        .limit(MOST_DECISIONS)
    )
    cases = session.scalars(query).all()
    heard = (
        select(Event.subject_id, func.max(Event.at))
        .where(
            Event.subject_type == "case", Event.subject_id.in_([case.id for case in cases]), Event.to_state == "heard"
        )
        .group_by(Event.subject_id)
    )
    since = {row[0]: row[1] for row in session.execute(heard)}
    return sorted(((case, since[case.id]) for case in cases), key=lambda one: one[1])


def _worst(session: Session, actor: Actor, now: datetime) -> list[Worst]:
    """The tickets that are overdue for longest, with the last step on each."""
    late = select(Ticket.id).where(still_open(), Ticket.due_at < now).order_by(Ticket.due_at, Ticket.id).limit(MOST)
    ids = list(session.scalars(late))
    if not ids:
        return []
    lines = {line.id: line for line in listing.lines(session, actor, now, Ticket.id.in_(ids))}
    steps = _last(session, ids)
    given = select(Instruction).where(Instruction.ticket_id.in_(ids)).order_by(Instruction.id)
    instructions = {row.ticket_id: row for row in session.scalars(given)}
    return [Worst(lines[one], steps.get(one), instructions.get(one)) for one in ids if one in lines]


def _last(session: Session, ids: Sequence[int]) -> Mapping[int, Event]:
    """The last event of each ticket that moved it."""
    last = (
        select(func.max(Event.id))
        .where(Event.subject_type == "ticket", Event.subject_id.in_(ids), Event.action.not_in(BESIDE))
        .group_by(Event.subject_id)
    )
    return {event.subject_id: event for event in session.scalars(select(Event).where(Event.id.in_(last)))}


def _ranked(session: Session, actor: Actor, setting: CountyContext) -> Ranked | None:
    """The latest ranking beside the one of the day before; None before the first."""
    rows = list(rankings.past(session, actor, limit=2))
    if not rows:
        return None
    then = {line["town"]: line for line in rows[1].content["county"]} if len(rows) > 1 else {}
    towns = [
        Moved(
            setting.by_code[line["town"]],
            line["place"],
            then.get(line["town"], {}).get("place"),
            line["score"],
            then.get(line["town"], {}).get("score"),
        )
        for line in rows[0].content["county"]
    ]
    return Ranked(rows[0].on, rows[1].on if len(rows) > 1 else None, towns)
