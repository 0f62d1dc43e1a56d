"""Tickets as the API answers with them: a line of a list, one whole, and its events."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from models import Evidence, TimeRequest
from web.api.duty_shapes import Duty, duty
from web.api.fields import Moment, Unless, answer, of
from web.words.dates import provisional
from web.words.language import say
from workflow.actors import Actor
from workflow.assessment.duty_view import duty_view
from workflow.tickets.filing import Filed
from workflow.tickets.views import detail
from workflow.tickets.views.custody_lines import CustodyLine
from workflow.tickets.views.line import TicketLine as Item
from workflow.tickets.views.timeline import HistoryLine


@answer
class TicketLine:
    """A ticket in a list."""

    number: str
    state: str
    kind: str
    cause: str | None
    period: str | None
    urgent: bool
    household: str | None
    name: str | None
    village: str | None
    town: str | None
    subject_unit: str | None
    owner: str | None
    due_at: Moment | None
    overdue: bool
    rung: int
    version: int
    filed_at: Moment


@answer
class TicketFound(TicketLine):
    """A ticket in a list, with the living members of its household whose name matches the search text where the head's
    does not."""

    found_members: list[str]


def line(item: Item) -> TicketLine:
    return of(TicketLine, item, cause=item.cause or None, household=item.household_code, name=item.head_name)


@answer
class Custody:
    """One stretch in one unit's hands; `explanation` says day by day how its deadline was counted.

    `leader` led the unit when it began, by the posts on record; `deputies` stood in for handler or leader meanwhile.
    `handler_closed`, `leader_closed`: of the open one, whether that account is closed.
    """

    unit: str
    stage: str
    episode: int
    began_at: Moment
    due_at: Moment
    ended_at: Moment | None
    verdict: str | None
    minutes: int | None
    late_minutes: int | None
    down_minutes: int
    handler: str | None
    handler_closed: bool
    leader: str | None
    leader_closed: bool
    deputies: list[str]
    explanation: list[dict[str, Any]]
    flags: list[str]


@answer
class Proof:
    """A piece of evidence; `reused` and `reused_from` are null for callers who may not see whether a photo was used before."""

    id: int
    sha256: str
    media_type: str
    size: int
    at: Moment
    taken_at: Moment | None
    place: Annotated[list[float], Field(min_length=2, max_length=2, description="Latitude, longitude.")] | None
    reused: bool | None
    reused_from: list[str] | None


@answer
class Rung:
    """One rung of the ladder that was reached."""

    id: int
    rung: int
    stage: str
    unit: str
    due_at: Moment
    detected_at: Moment
    status: str
    paper: str | None
    answered_at: Moment | None


@answer
class TimeAsked:
    """A request for time with its answer."""

    id: int
    request: str
    status: str
    ground: str | None
    wanted_until: date
    asked_at: Moment
    answer_due_at: Moment
    answered_at: Moment | None
    granted_until: date | None


@answer
class Ticket:
    """A ticket whole; `actions` are the names that the caller may use now."""

    number: str
    type: str
    state: str
    version: int
    episode: int
    kind: str
    cause: str | None
    urgent: bool
    description: str
    household: str | None
    name: str | None
    village: str | None
    town: str | None
    subject_unit: str | None
    source: str | None
    source_reference: str | None
    filed_at: Moment
    owner: str | None
    lead: str | None
    confirmer: str | None
    due_at: Moment | None
    provisional: bool
    overdue: bool
    rung: int
    reason: str | None
    relapse_of: str | None
    false_closings: int
    custodies: list[Custody]
    evidence: list[Proof]
    escalations: list[Rung]
    assisting: list[str]
    requests: list[TimeAsked]
    actions: list[str]
    duty: Annotated[Duty | None, Unless] = None


def moved(session: Session, actor: Actor, row: Any | Filed, now: datetime) -> Ticket:
    """A ticket after a move, without the form of a duty."""
    return ticket(detail.view_of(session, actor, row, now))


def whole(session: Session, actor: Actor, number: str, now: datetime) -> Ticket:
    """A ticket with its duty, where it is one.  Raises NotFound."""
    view = detail.ticket_view(session, actor, number, now)
    owed = duty_view(session, actor, view, now)
    shown = ticket(view)
    shown.duty = duty(owed) if owed else None
    return shown


def ticket(view: detail.TicketView) -> Ticket:
    row = view.ticket
    return Ticket(
        number=view.number,
        type=row.type,
        state=view.state,
        version=row.version,
        episode=row.episode,
        kind=row.kind,
        cause=row.cause or None,
        urgent=row.urgent,
        description=view.veil(row.description),
        household=view.household_code,
        name=view.head_name,
        village=view.village,
        town=view.town,
        subject_unit=view.subject_unit.name if view.subject_unit else None,
        source=row.source or None,
        source_reference=row.source_reference or None,
        filed_at=row.filed_at,
        owner=view.owner.name if view.owner else None,
        lead=view.lead.name if view.lead else None,
        confirmer=view.confirmer.name if view.confirmer else None,
        due_at=view.due_at,
        provisional=provisional(view.due_at, view.setting),
        overdue=view.overdue,
        rung=view.rung,
        reason=say(view.reason) or None,
        relapse_of=view.relapse_of,
        false_closings=row.false_closings,
        custodies=[_custody(stretch) for stretch in view.custodies],
        evidence=[_proof(view, piece) for piece in view.evidence],
        escalations=[of(Rung, rung, unit=rung.unit.name) for rung in view.escalations],
        assisting=[unit.name for unit in view.assisting],
        requests=[time_asked(asked) for asked in view.requests],
        actions=list(view.actions),
    )


def _custody(stretch: CustodyLine) -> Custody:
    account = stretch.account
    return of(
        Custody,
        stretch,
        unit=stretch.unit.name,
        down_minutes=stretch.down,
        handler=stretch.people.handler,
        handler_closed=stretch.people.handler_closed,
        leader=stretch.people.leader,
        leader_closed=stretch.people.leader_closed,
        deputies=[*stretch.people.deputies, *stretch.people.leaders_deputies],
        explanation=account["lines"],
        flags=account["flags"],
    )


def _proof(view: detail.TicketView, piece: Evidence) -> Proof:
    place = [piece.latitude, piece.longitude] if piece.latitude is not None and not view.masked else None
    reused: bool | None = None
    seen: list[str] | None = None
    if view.reused is not None:
        before = view.reused.get(piece.id)
        reused, seen = before is not None, before.tickets if before else []
    return of(Proof, piece, at=piece.uploaded_at, place=place, reused=reused, reused_from=seen)


def time_asked(row: TimeRequest) -> TimeAsked:
    return of(TimeAsked, row, request=row.kind)


@answer
class Event:
    """One event of a ticket; `hash` chains it to the one before, `in_stead_of` is who was away when a deputy acted."""

    seq: int
    at: Moment
    effective_at: Moment
    actor: str | None
    in_stead_of: str | None
    role: str
    unit: str | None
    village: str | None
    action: str
    from_: Annotated[str | None, Field(alias="from")]
    to: str | None
    given: dict[str, Any]
    hash: str


def event(item: HistoryLine) -> Event:
    return of(
        Event,
        item,
        unit=item.unit.name if item.unit else None,
        from_=item.from_state,
        to=item.to_state,
        given={**item.given, **item.words},
    )
