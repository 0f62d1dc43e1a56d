"""Filing: where a ticket begins.  What the person sees before sending is computed by the same code that files it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Finding, Household, Ticket, Village
from workflow import adopting, custody, desk, dispatch, history
from workflow.actors import Actor
from workflow.county import Setting, UnitFact, setting
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound
from workflow.given import text_of
from workflow.nearby import Nearby, nearby
from workflow.policy.deadlines import first_deadline
from workflow.policy.scheme import Text


@dataclass(frozen=True, slots=True)
class Subject:
    """The household or village that something is missing for, and where it lies."""

    household: Household | None
    village: Village
    town: UnitFact

    @property
    def labour(self) -> str:
        return self.household.labour if self.household else "unknown"


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage ahead: who will hold it and until when."""

    stage: str
    unit: UnitFact
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What filing would bring about: the bureau, why, and by when; nothing is stored."""

    unit: UnitFact
    confirmer: UnitFact
    route: str
    reason: Text
    due_at: datetime
    stages: tuple[StagePlan, ...]
    explanation: tuple[dict[str, Any], ...]
    flags: tuple[str, ...]
    duplicate_of: str | None
    relapse_of: str | None
    nearby: tuple[Nearby, ...]


@dataclass(frozen=True, slots=True)
class Filed:
    """A ticket that was just filed, with what filing had in hand: whoever shows it need not ask for it again."""

    ticket: Ticket
    place: Setting
    subject: Subject
    run: custody.Running


# Built once: composing a statement costs more than SQLite takes to answer it.
_HOUSEHOLD = (
    select(Household, Village)
    .join(Village, Village.id == Household.village_id)
    .where(Household.county_id == bindparam("county"), Household.code == bindparam("code"))
)
_HOUSEHOLD_LOCKED = _HOUSEHOLD.with_for_update(of=Household)


def find_subject(
    session: Session, place: Setting, actor: Actor, household: str | None, village: str | None, *, lock: bool = False
) -> Subject:
    """The household or village with this code, if it is the actor's to file for.  Raises BadInput or NotFound."""
    if (household is None) == (village is None):
        raise BadInput("one_subject", "household")
    if household is not None:
        query = _HOUSEHOLD_LOCKED if lock else _HOUSEHOLD
        row = session.execute(query, {"county": actor.county_id, "code": household}).one_or_none()
        found: tuple[Household | None, Village] | None = (row[0], row[1]) if row else None
    else:
        query_ = select(Village).where(Village.county_id == actor.county_id, Village.code == village)
        # The exit gate holds the village still while it looks; filing for the whole village waits for it.
        row_ = session.scalars(query_.with_for_update(key_share=True) if lock else query_).one_or_none()
        found = (None, row_) if row_ else None
    field = "household" if household is not None else "village"
    if found is None or not _within(actor, found[1]):
        raise NotFound("no_such_subject", field, code=str(household or village)[:64])
    return Subject(found[0], found[1], place.unit(found[1].town_id))


def _within(actor: Actor, village: Village) -> bool:
    if actor.role == "village":
        return actor.village_id == village.id
    return actor.unit_id == village.town_id if actor.role == "town" else True


def _asked(place: Setting, subject: Subject, kind: str, cause: str | None) -> dispatch.Destination:
    found = dispatch.destination(place, kind, cause or "", subject.labour, subject.town)
    wanted = "household" if subject.household else "village"
    if wanted not in place.scheme.kind(kind).subjects:
        raise BadInput("kind_not_for_subject", "kind", kind=kind, subject=wanted)
    return found


def preview(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    household: str | None = None,
    village: str | None = None,
    kind: str,
    cause: str | None = None,
    urgent: bool = False,
) -> Preview:
    """The route, reason and dates the ticket would get if it were filed now.  Raises as `file_ticket` does."""
    _may_file(actor)
    place = setting(session, actor.county_id, at=now)
    subject = find_subject(session, place, actor, household, village)
    found = _asked(place, subject, kind, cause)
    clock, limits = place.clock, place.scheme.limits_for(kind, urgent)
    stop = place.scheme.hard_stop_date(kind, cause or None, place.year)
    start, stages = now, []
    if actor.role == "village":
        start = clock.due(now, limits.vet)
        stages.append(StagePlan("vet", subject.town, start))
    accept = first_deadline(clock, start, limits.accept, stop)
    mend = first_deadline(clock, start, limits.accept + limits.mend, stop)
    stages.append(StagePlan("accept", found.lead, accept.due_at))
    stages.append(StagePlan("mend", found.lead, mend.due_at))
    stages.append(StagePlan("confirm", found.confirmer, clock.due(mend.due_at, limits.confirm)))
    first = first_deadline(clock, now, limits.vet) if actor.role == "village" else accept
    return Preview(
        unit=found.lead,
        confirmer=found.confirmer,
        route=found.routed.code,
        reason=found.routed.reason,
        due_at=first.due_at,
        stages=tuple(stages),
        explanation=tuple(first.lines),
        flags=mend.flags,
        duplicate_of=_number(session, _twin(session, _OPEN, subject, kind, cause)),
        relapse_of=_number(session, _twin(session, _CLOSED, subject, kind, cause)),
        nearby=tuple(nearby(session, actor, subject.household, subject.village, kind)),
    )


def file_ticket(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    household: str | None = None,
    village: str | None = None,
    kind: str,
    cause: str | None = None,
    description: str = "",
    urgent: bool = False,
    finding: Finding | None = None,
) -> Filed:
    """Put one deficiency on the ledger (notice item 1, 及时与各职能单位反映).

    Filed by a village it waits for its town to vet it; filed by a town it goes straight to the responsible unit.  With
    the `finding` of a checkup a bureau (its data matching; the town vets it) and the office may file as well.
    Raises NotAllowed, NotFound, BadInput, or Duplicate while the same is already open.
    """
    _may_file(actor, finding)
    adopting.settle(session, actor.county_id, now)
    place = setting(session, actor.county_id, hold=True)
    subject = find_subject(session, place, actor, household, village, lock=True)
    _asked(place, subject, kind, cause)
    _refuse_vague_twin(session, place, subject, kind, cause)
    words = text_of("description", description) if description.strip() else ""
    ticket = Ticket(
        county_id=actor.county_id,
        scheme_version_id=place.scheme_version_id,
        type="deficiency",
        version=1,
        episode=1,
        household_id=subject.household.id if subject.household else None,
        village_id=None if subject.household else subject.village.id,
        in_village_id=subject.village.id,
        town_id=subject.town.id,
        kind=kind,
        cause=cause or "",
        urgent=urgent,
        description=words,
        filed_at=now,
        filed_by_id=actor.user_id,
        filed_as=actor.role,
        relapse_of_id=_twin(session, _CLOSED, subject, kind, cause),
        finding_id=finding.id if finding else None,
        declines=0,
        false_closings=0,
        relapses=0,
        extensions=0,
        may_decline=True,
        route="",
        route_labour=subject.labour,
    )
    dispatch.set_cap(place, ticket, now)
    if actor.role in ("village", "bureau"):
        ticket.state, ticket.holder_unit_id, stage = "reported", subject.town.id, "vet"
    else:
        ticket.state, stage = "assigned", "accept"
        dispatch.send(session, place, ticket, now)
        ticket.holder_unit_id = ticket.lead_unit_id
    assert ticket.holder_unit_id is not None
    session.add(ticket)
    with session.no_autoflush:
        run = custody.begin(session, place, ticket, custody.Opening(ticket.holder_unit_id, stage), now, None)
    try:
        session.flush()
    except IntegrityError as error:
        if "uq_ticket_open" in str(error.orig) or "ticket.kind" in str(error.orig):
            raise Duplicate("duplicate_open_ticket", "kind", kind=kind) from error
        raise
    history.append(
        session,
        county_id=ticket.county_id,
        subject_type="ticket",
        subject_id=ticket.id,
        actor=actor,
        action="file",
        now=now,
        to_state=ticket.state,
        given={"kind": kind, "cause": ticket.cause, "urgent": urgent},
        effect={"ticket": desk.folded(ticket), "opened": desk.opened(run)},
        secret={"description": words} if words else None,
        first=True,
    )
    return Filed(ticket, place, subject, run)


def _may_file(actor: Actor, finding: Finding | None = None) -> None:
    if actor.role not in (("village", "town", "bureau", "office") if finding else ("village", "town")):
        raise NotAllowed("may_not_file")


def _refuse_vague_twin(session: Session, place: Setting, subject: Subject, kind: str, cause: str | None) -> None:
    """A ticket whose cause was left open covers every cause of its kind, so it stands beside no other.

    The subject is locked; of two tickets with the very same cause the unique index refuses the second.
    """
    if not place.scheme.kind(kind).causes:
        return
    name, row = ("household", subject.household) if subject.household else ("village", subject.village)
    asked = {"subject": row.id, "kind": kind}
    causes = session.scalars(_OPEN_CAUSES[name], asked).all()
    if causes and (not cause or "" in causes):
        raise Duplicate("duplicate_open_ticket", "kind", kind=kind)


def _twins(*conditions: ColumnElement[bool]) -> dict[str, Select[int]]:
    """The latest ticket of the same deficiency that fulfils the conditions, for a household and for a village."""
    same = (Ticket.kind == bindparam("kind"), Ticket.cause == bindparam("cause"), *conditions)
    columns = {"household": Ticket.household_id, "village": Ticket.village_id}
    return {
        name: select(Ticket.id).where(column == bindparam("subject"), *same).order_by(Ticket.id.desc()).limit(1)
        for name, column in columns.items()
    }


_OPEN_CAUSES = {
    name: select(Ticket.cause).where(
        column == bindparam("subject"), Ticket.kind == bindparam("kind"), Ticket.ended_at.is_(None)
    )
    for name, column in (("household", Ticket.household_id), ("village", Ticket.village_id))
}
_OPEN, _CLOSED = _twins(Ticket.ended_at.is_(None)), _twins(Ticket.state == "closed")


def _twin(
    session: Session, statements: dict[str, Select[int]], subject: Subject, kind: str, cause: str | None
) -> int | None:
    name, row = ("household", subject.household) if subject.household else ("village", subject.village)
    return session.scalar(statements[name], {"subject": row.id, "kind": kind, "cause": cause or ""})


def _number(session: Session, ticket_id: int | None) -> str | None:
    return session.get_one(Ticket, ticket_id).number if ticket_id else None
