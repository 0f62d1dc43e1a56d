"""Paper timeline (办理情况): the acts on a paper up to a named event of its ticket, from the history.

The paper itself is frozen.  Names of people in households are masked in every text, since the sheet travels like the
paper.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Event, Paper, PaperAct, Ticket, Unit, User
from workflow.accountability import paper_views
from workflow.accountability.replies import commitments
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import NotFound
from workflow.history.standing_in import names
from workflow.tickets.name_veil import veil


@dataclass(frozen=True, slots=True)
class Done:
    """One act on the paper; `what` is the act, or how it was received or ended; the first is `issued`."""

    what: str
    effective_at: datetime
    at: datetime
    unit: UnitFact | None
    by: str | None
    #: The person who was away and in whose stead a deputy acted.
    in_stead_of: str | None
    words: str | None
    #: Of the record of a talk: when it was held and who came.
    held_at: datetime | None = None
    came: tuple[str, ...] = ()
    #: What was promised with the act, each with the moment by which it is done.
    promises: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Heir:
    """A unit that acted for one named on the paper, which ended on that day."""

    of: UnitFact
    unit: UnitFact
    since: date


@dataclass(frozen=True, slots=True)
class Course:
    """All acts up to event `seq` of the ticket's chain, whose hash proves them; `heirs`: the units that acted for one of
    the two on the paper after it had ended."""

    paper: Paper
    done: list[Done]
    seq: int
    at: datetime
    hash: str
    heirs: list[Heir] = field(default_factory=list)


def course(session: Session, actor: Actor, number: str, upto: int | None = None) -> Course:
    """The timeline of the paper as the actor may see it, up to event `upto` or to the end of the history.

    The same for every reader of the same event.  Raises NotFound, also where the paper did not exist by then.
    """
    paper, cut = paper_views.find(session, actor, number)
    ticket = session.get_one(Ticket, paper.ticket_id)
    setting = county_context(session, ticket.scheme_version_id)
    hides = veil(session, [ticket])
    written = {(row.act, row.round): row for row in session.scalars(_acts_of(paper))}
    promised: dict[int, list[tuple[str, datetime]]] = {}
    for promise in commitments.of_paper(session, paper.id):
        promised.setdefault(promise.act_id, []).append((hides(promise.words), promise.due_at))
    rows = session.execute(
        select(Event, User.display_name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject_type == "ticket", Event.subject_id == paper.ticket_id)
        .order_by(Event.seq)
    ).all()
    away = names(session, (event.given.get("in_stead_of") for event, _ in rows))
    done: list[Done] = []
    last: Event | None = None
    for event, name in rows:
        if (upto is not None and event.seq > upto) or (cut is not None and event.effective_at > cut):
            continue
        acts = [entry for entry in paper_views.recorded_acts(event, number) if cut is None or _moment(entry) <= cut]
        for entry in acts:
            by = entry.get("by") is not None
            act = written.get((entry["act"], entry.get("round", 1)))
            done.append(
                Done(
                    entry["how"] or entry["act"],
                    _moment(entry),
                    event.at,
                    setting.unit(event.actor_unit_id) if by and event.actor_unit_id else None,
                    name if by else None,
                    away.get(event.given.get("in_stead_of")) if by else None,
                    hides(act.words) if act and act.words else None,
                    datetime.fromisoformat(act.details["held_at"]) if act and "held_at" in act.details else None,
                    tuple(act.details.get("came", ())) if act else (),
                    tuple(promised.get(act.id, ())) if act else (),
                )
            )
        last = event if acts else last
    if last is None:
        raise NotFound("no_such_paper")
    return Course(paper, done, last.seq, last.at, last.hash, list(_heirs(session, setting, paper, done)))


def _acts_of(paper: Paper) -> Select[PaperAct]:
    return select(PaperAct).where(PaperAct.paper_id == paper.id)


def _heirs(session: Session, setting: CountyContext, paper: Paper, done: list[Done]) -> Iterator[Heir]:
    """Who acted for a unit of the paper: told by the acts alone, so that the sheet of an event stays as it is."""
    acted = {each.unit.id for each in done if each.unit is not None}
    for unit in map(setting.unit, dict.fromkeys((paper.unit_id, paper.issuer_id))):
        ended = session.scalar(select(Unit.ended_on).where(Unit.id == unit.id))
        for heir in setting.successors(unit.id):
            if ended is not None and heir.id in acted - {unit.id}:
                yield Heir(unit, heir, ended)


def _moment(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["effective_at"])
