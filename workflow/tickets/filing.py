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
from workflow.inputs import statement_of
from workflow.policy.deadlines import first_deadline
from workflow.policy.scheme.model import Text
from workflow.policy.worktime import local_date
from workflow.tickets import similar_tickets, sources
from workflow.tickets.actions import assignment
from workflow.tickets.custody import custodies, event_effects
from workflow.tickets.similar_tickets import Nearby, nearby
from workflow.tickets.subjects import Subject, find_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Deficiency:
    """A deficiency as reported: of a household, a village or a unit (by code), its kind and cause.

    `source` is a code of the scheme's sources (by default the first that is open to the actor), `reference` the number
    of the document it rests on.
    """

    household: str | None = None
    village: str | None = None
    unit: str | None = None
    kind: str
    cause: str | None = None
    description: str = ""
    urgent: bool = False
    source: str | None = None
    reference: str = ""

    @property
    def codes(self) -> dict[str, str | None]:
        """The codes given for its subject, of which exactly one is wanted."""
        return {"household": self.household, "village": self.village, "unit": self.unit}


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
    setting: CountyContext
    subject: Subject
    run: custodies.OpenCustody


def _destination(
    setting: CountyContext, actor: Actor, subject: Subject, reported: Deficiency
) -> assignment.Destination:
    about = assignment.About(subject.town, subject.unit, actor.unit_id)
    routed = assignment.destination(setting, reported.kind, reported.cause or "", subject.labour, about)
    if subject.sort not in setting.scheme.kind(reported.kind).subjects:
        raise BadInput("kind_not_for_subject", "kind", kind=reported.kind, subject=subject.sort)
    return routed


def preview(session: Session, actor: Actor, now: datetime, reported: Deficiency) -> Preview:
    """The route, reason and dates the ticket would get if it were filed now.  Raises as `file_ticket` does, but for a
    missing reference."""
    setting = county_context(session, at=now)
    kind, cause = reported.kind, reported.cause
    sources.check_filer(setting, actor, reported.codes)
    subject = find_subject(session, setting, actor, reported.codes)
    routed = _destination(setting, actor, subject, reported)
    source = sources.chosen(setting, actor, subject.sort, kind, reported.source)
    clock, limits = setting.clock, setting.scheme.limits_for(kind, reported.urgent)
    stop = setting.scheme.hard_stop_date(kind, cause or None, setting.year)
    start, stages = now, []
    vetted = _is_vetted(actor, subject)
    if vetted:
        start = clock.due(now, limits.vet)
        stages.append(StagePlan("vet", subject.vetting_town, start))
    accept = first_deadline(clock, start, limits.accept, stop)
    mend = first_deadline(clock, start, limits.accept + limits.mend, stop)
    stages.append(StagePlan("accept", routed.lead, accept.due_at))
    stages.append(StagePlan("mend", routed.lead, mend.due_at))
    stages.append(StagePlan("confirm", routed.confirmer, clock.due(mend.due_at, limits.confirm)))
    first = first_deadline(clock, now, limits.vet) if vetted else accept
    document = (source, reported.reference.strip())
    return Preview(
        unit=routed.lead,
        confirmer=routed.confirmer,
        route=routed.routed.code,
        reason=routed.routed.reason,
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
    reported: Deficiency,
    finding: Finding | None = None,
    *,
    drawn: bool = False,
) -> Filed:
    """File one deficiency of a household, a village or a unit (notice item 1, 及时与各职能单位反映; items 2–6, 13–16).

    A ticket filed by a village waits for its town's check, as does one of a bureau about a household or village; any
    other goes to the responsible unit.  `drawn`: the finding is that of a random check, so the household may lie outside
    the actor's area.  Raises NotAllowed, NotFound, BadInput, or Duplicate while the same deficiency is open.
    """
    in_force.settle(session, now)
    setting = county_context(session, hold=True)
    sources.check_filer(setting, actor, reported.codes, finding)
    subject = find_subject(session, setting, actor, reported.codes, lock=True, anywhere=drawn)
    _destination(setting, actor, subject, reported)
    source = sources.chosen(setting, actor, subject.sort, reported.kind, reported.source, finding, drawn=drawn)
    document = (source, sources.checked_reference(setting, source, reported.reference, local_date(now), finding))
    similar_tickets.refuse_vague(session, setting, subject, reported.kind, reported.cause)
    ticket = _new_ticket(session, setting, actor, now, subject, reported, document)
    ticket.finding_id = finding.id if finding else None
    return open_ticket(session, setting, actor, now, subject, ticket)


def file_candidate(
    session: Session,
    setting: CountyContext,
    actor: Actor,
    now: datetime,
    subject: Subject,
    reported: Deficiency,
    record: dict[str, Any],
) -> Filed:
    """File the ticket of a candidate, whose rows are written and whose subject the caller has checked.

    `setting` is the county, held; `record` what the event says of the candidate: codes under `effect`, personal data under
    `private`.  Raises NotAllowed or BadInput for the source.
    """
    source = sources.chosen(setting, actor, subject.sort, reported.kind, reported.source)
    document = (source, sources.checked_reference(setting, source, reported.reference, local_date(now)))
    ticket = _new_ticket(session, setting, actor, now, subject, reported, document)
    return open_ticket(session, setting, actor, now, subject, ticket, record)


def open_ticket(
    session: Session,
    setting: CountyContext,
    actor: Actor,
    now: datetime,
    subject: Subject,
    ticket: Ticket,
    record: dict[str, Any] | None = None,
) -> Filed:
    """Begin the custody of a new ticket and record it in its history, with `record` of its candidate if it has one."""
    record = record or {}
    assignment.set_cap(setting, ticket, now)
    if _is_vetted(actor, subject) and not _seen_by_town(setting, subject, ticket.kind):
        ticket.state, ticket.holder_unit_id, stage = "reported", subject.vetting_town.id, "vet"
    else:
        ticket.state, stage = "assigned", "accept"
        assignment.assign(session, setting, ticket, now)
        ticket.holder_unit_id = ticket.lead_unit_id
    session.add(ticket)
    with session.no_autoflush:
        run = custodies.begin(session, setting, ticket, custodies.NextCustody(ticket.holding_unit_id, stage), now, None)
    with refused_as(Duplicate("duplicate_open_ticket", "kind", kind=ticket.kind), *OPEN_TICKET_KEYS):
        session.flush()
    private = {"description": ticket.description} if ticket.description else {}
    event_log.of(session, ticket, actor, now, first=True).append(
        "file",
        {"kind": ticket.kind, "cause": ticket.cause, "urgent": ticket.urgent},
        {"ticket": event_effects.folded(ticket), "opened": event_effects.opened(run), **record.get("effect", {})},
        private={**private, **record.get("private", {})} or None,
    )
    return Filed(ticket, setting, subject, run)


def _new_ticket(
    session: Session,
    setting: CountyContext,
    actor: Actor,
    now: datetime,
    subject: Subject,
    reported: Deficiency,
    document: tuple[str, str],
) -> Ticket:
    kind, cause, words = reported.kind, reported.cause, reported.description
    return Ticket(
        scheme_version_id=setting.scheme_version_id,
        type="deficiency",
        version=1,
        episode=1,
        household_id=subject.household.id if subject.household else None,
        village_id=subject.village.id if subject.village else None,
        subject_unit_id=subject.unit.id if subject.unit else None,
        candidate_id=subject.candidate.id if subject.candidate else None,
        in_village_id=subject.village_id,
        town_id=subject.town.id if subject.town else None,
        kind=kind,
        cause=cause or "",
        urgent=reported.urgent,
        description=statement_of("description", words) if words.strip() else "",
        filed_at=now,
        filed_by_id=actor.user_id,
        filed_as=actor.role,
        filed_unit_id=actor.unit_id,
        source=document[0],
        source_reference=document[1],
        relapse_of_id=similar_tickets.find_duplicate(
            session, similar_tickets.CLOSED_MATCH, subject, kind, cause, document
        )
        if subject.candidate is None
        else None,
        declines=0,
        false_closings=0,
        relapses=0,
        extensions=0,
        may_decline=True,
        route="",
        route_labour=subject.labour,
    )


def _seen_by_town(setting: CountyContext, subject: Subject, kind: str) -> bool:
    """Whether a candidate's ticket is its town's own work, so that a check by the same town would come before itself."""
    if subject.candidate is None:
        return False
    about = assignment.About(subject.town, None, None, judged=True)
    return assignment.destination(setting, kind, "", subject.labour, about).lead == subject.town


def _is_vetted(actor: Actor, subject: Subject) -> bool:
    """Whether the town checks the filing first: what a village or bureau says of a household or village."""
    return subject.unit is None and actor.role in ("village", "bureau")


def _number_of(session: Session, ticket_id: int | None) -> str | None:
    return session.get_one(Ticket, ticket_id).number if ticket_id else None
