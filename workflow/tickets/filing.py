"""Filing: creates tickets; the preview shown before sending is computed by the same code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Finding, Ticket
from models.ticket import OPEN_TICKET_KEYS
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county import in_force
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput, Duplicate
from workflow.history import event_log
from workflow.inputs import text_of
from workflow.policy.deadlines import first_deadline
from workflow.policy.scheme.model import Text
from workflow.tickets import similar_tickets, sources
from workflow.tickets.actions import assignment
from workflow.tickets.custody import custodies, event_effects
from workflow.tickets.similar_tickets import Nearby, nearby
from workflow.tickets.subjects import Subject, find_subject


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A future stage: its holder and due moment."""

    stage: str
    unit: UnitFact
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """The result of a filing before it is sent: bureau, reason and due date; nothing is stored."""

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
    """A new ticket with everything filing has read, so that showing it needs no further query."""

    ticket: Ticket
    place: CountyContext
    subject: Subject
    run: custodies.OpenCustody


def _asked(
    setting: CountyContext, actor: Actor, subject: Subject, kind: str, cause: str | None
) -> assignment.Destination:
    found = assignment.destination(
        setting, kind, cause or "", subject.labour, assignment.About(subject.town, subject.unit, actor.unit_id)
    )
    if subject.sort not in setting.scheme.kind(kind).subjects:
        raise BadInput("kind_not_for_subject", "kind", kind=kind, subject=subject.sort)
    return found


def preview(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    household: str | None = None,
    village: str | None = None,
    unit: str | None = None,
    kind: str,
    cause: str | None = None,
    urgent: bool = False,
    source: str | None = None,
    reference: str = "",
) -> Preview:
    """The route, reason and dates the ticket would get if it were filed now.  Raises as `file_ticket` does, but for a
    missing reference."""
    setting = county_context(session, at=now)
    codes = {"household": household, "village": village, "unit": unit}
    sources.check_filer(setting, actor, codes)
    subject = find_subject(session, setting, actor, codes)
    found = _asked(setting, actor, subject, kind, cause)
    source = sources.chosen(setting, actor, subject.sort, kind, source)
    clock, limits = setting.clock, setting.scheme.limits_for(kind, urgent)
    stop = setting.scheme.hard_stop_date(kind, cause or None, setting.year)
    start, stages = now, []
    vetted = _is_vetted(actor, subject)
    if vetted:
        start = clock.due(now, limits.vet)
        stages.append(StagePlan("vet", subject.vetting_town, start))
    accept = first_deadline(clock, start, limits.accept, stop)
    mend = first_deadline(clock, start, limits.accept + limits.mend, stop)
    stages.append(StagePlan("accept", found.lead, accept.due_at))
    stages.append(StagePlan("mend", found.lead, mend.due_at))
    stages.append(StagePlan("confirm", found.confirmer, clock.due(mend.due_at, limits.confirm)))
    first = first_deadline(clock, now, limits.vet) if vetted else accept
    document = (source, reference.strip())
    return Preview(
        unit=found.lead,
        confirmer=found.confirmer,
        route=found.routed.code,
        reason=found.routed.reason,
        due_at=first.due_at,
        stages=tuple(stages),
        explanation=tuple(first.lines),
        flags=mend.flags,
        duplicate_of=_number_of(
            session, similar_tickets.find_duplicate(session, similar_tickets.OPEN_MATCH, subject, kind, cause, document)
        ),
        relapse_of=_number_of(
            session,
            similar_tickets.find_duplicate(session, similar_tickets.CLOSED_MATCH, subject, kind, cause, document),
        ),
        nearby=tuple(nearby(session, actor, subject, kind)),
    )


def file_ticket(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    household: str | None = None,
    village: str | None = None,
    unit: str | None = None,
    kind: str,
    cause: str | None = None,
    description: str = "",
    urgent: bool = False,
    finding: Finding | None = None,
    source: str | None = None,
    reference: str = "",
) -> Filed:
    """File one deficiency of a household, a village or a unit (notice item 1, 及时与各职能单位反映; items 2–6, 13–16).

    A ticket filed by a village waits for its town's check, as does one of a bureau about a household or village; any
    other goes to the responsible unit.  `source` is a code of the scheme's sources (by default the first that is open
    to the actor), `reference` the number of the document it rests on.
    Raises NotAllowed, NotFound, BadInput, or Duplicate while the same deficiency is open.
    """
    in_force.settle(session, now)
    setting = county_context(session, hold=True)
    codes = {"household": household, "village": village, "unit": unit}
    sources.check_filer(setting, actor, codes, finding)
    subject = find_subject(session, setting, actor, codes, lock=True)
    _asked(setting, actor, subject, kind, cause)
    source = sources.chosen(setting, actor, subject.sort, kind, source, finding)
    reference = sources.checked_reference(setting, source, reference)
    similar_tickets.refuse_vague(session, setting, subject, kind, cause)
    words = text_of("description", description) if description.strip() else ""
    ticket = Ticket(
        scheme_version_id=setting.scheme_version_id,
        type="deficiency",
        version=1,
        episode=1,
        household_id=subject.household.id if subject.household else None,
        village_id=subject.village.id if subject.village else None,
        subject_unit_id=subject.unit.id if subject.unit else None,
        in_village_id=subject.village_id,
        town_id=subject.town.id if subject.town else None,
        kind=kind,
        cause=cause or "",
        urgent=urgent,
        description=words,
        filed_at=now,
        filed_by_id=actor.user_id,
        filed_as=actor.role,
        filed_unit_id=actor.unit_id,
        source=source,
        source_reference=reference,
        relapse_of_id=similar_tickets.find_duplicate(
            session, similar_tickets.CLOSED_MATCH, subject, kind, cause, (source, reference)
        ),
        finding_id=finding.id if finding else None,
        declines=0,
        false_closings=0,
        relapses=0,
        extensions=0,
        may_decline=True,
        route="",
        route_labour=subject.labour,
    )
    assignment.set_cap(setting, ticket, now)
    if _is_vetted(actor, subject):
        ticket.state, ticket.holder_unit_id, stage = "reported", subject.vetting_town.id, "vet"
    else:
        ticket.state, stage = "assigned", "accept"
        assignment.assign(session, setting, ticket, now)
        ticket.holder_unit_id = ticket.lead_unit_id
    assert ticket.holder_unit_id is not None
    session.add(ticket)
    with session.no_autoflush:
        run = custodies.begin(session, setting, ticket, custodies.NextCustody(ticket.holder_unit_id, stage), now, None)
    with refused_as(Duplicate("duplicate_open_ticket", "kind", kind=kind), *OPEN_TICKET_KEYS):
        session.flush()
    event_log.append(
        session,
        subject_type="ticket",
        subject_id=ticket.id,
        actor=actor,
        action="file",
        now=now,
        to_state=ticket.state,
        given={"kind": kind, "cause": ticket.cause, "urgent": urgent},
        effect={"ticket": event_effects.folded(ticket), "opened": event_effects.opened(run)},
        private={"description": words} if words else None,
        first=True,
    )
    return Filed(ticket, setting, subject, run)


def _is_vetted(actor: Actor, subject: Subject) -> bool:
    """Whether the town checks the filing first: what a village or bureau says of a household or village."""
    return subject.unit is None and actor.role in ("village", "bureau")


def _number_of(session: Session, ticket_id: int | None) -> str | None:
    return session.get_one(Ticket, ticket_id).number if ticket_id else None
