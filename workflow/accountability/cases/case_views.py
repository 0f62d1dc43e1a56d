"""Case views: the list and one case, within the actor's sight.

The course of a case is read from its frozen dossier, in which names of people in households are masked.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models import AccountabilityCase, CaseDossier, Custody, Event, Ticket, Unit
from workflow.accountability.cases import case_desk, case_lifecycle, dossiers
from workflow.accountability.cases.harm import CaseScope, failed, scope_of
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import BadInput, NotAllowed, NotFound
from workflow.paging import MOST, Page, cursor_of, read_cursor
from workflow.policy.worktime import local_date
from workflow.tickets import lookup

#: Roles that may see cases; a village is not a unit, and the administrator has no county business.
_READERS = ("town", "bureau", "office", "leaders", "inspectorate")
#: Filters of a list besides the states.
LATE = "late"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of the list."""

    case: AccountabilityCase
    ticket: str
    kind: str
    unit: UnitFact
    leader: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """The content of a case's page; `content` is the last frozen dossier, `events` the hashes of its chain by
    number."""

    case: AccountabilityCase
    setting: CountyContext
    state: str
    ticket: str
    may_open_ticket: bool
    unit: UnitFact
    opener: UnitFact
    decider: UnitFact | None
    dossier: CaseDossier
    content: dict[str, Any]
    events: dict[int, str]
    actions: tuple[str, ...]
    scope: CaseScope
    #: The name of who by the posts on record led the unit when the custody began, where the case names another.
    led_by_posts: str | None
    #: The day on which the unit ended, if before the dossier was frozen, and who goes on with what it had.
    ended_on: date | None
    successors: tuple[UnitFact, ...]

    @property
    def proposal(self) -> dict[str, Any]:
        """The step that proposed the case, in the frozen dossier."""
        return dict(self.content["course"][0])

    @property
    def shown(self) -> dict[str, Any] | None:
        """The value of the harmed result as it was frozen when the case was opened; None before."""
        steps = [step for step in self.content["course"] if step["action"] == "open"]
        return dict(steps[-1]["codes"]["shown"]) if steps and steps[-1]["codes"].get("shown") else None


def list_cases(
    session: Session, actor: Actor, now: datetime, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[CaseLine]:
    """The visible cases, the latest first: open ones by default, those of a state, or `late` for open ones past a day
    of their own.  Raises BadInput."""
    if actor.role not in _READERS:
        raise NotAllowed("cases_not_yours")
    query = (
        select(AccountabilityCase, Ticket)
        .join(Ticket, Ticket.id == AccountabilityCase.ticket_id)
        .where(case_desk.visible(actor))
        .order_by(AccountabilityCase.id.desc())
        .limit(min(limit, MOST) + 1)
    )
    if state == LATE:
        query = query.where(AccountabilityCase.ended_at.is_(None), late(now))
    elif state:
        if state not in case_lifecycle.STATES:
            raise BadInput("unknown_case_state", "state", value=state[:40])
        query = query.where(AccountabilityCase.state == state)
    else:
        query = query.where(AccountabilityCase.ended_at.is_(None))
    if cursor:
        (before,) = read_cursor(cursor, int)
        query = query.where(AccountabilityCase.id < before)
    rows = session.execute(query).all()
    lines = [_case_line(session, case, ticket) for case, ticket in rows[:limit]]
    return Page(lines, cursor_of([lines[-1].case.id]) if len(rows) > limit else None)


def _case_line(session: Session, case: AccountabilityCase, ticket: Ticket) -> CaseLine:
    setting = county_context(session, case.scheme_version_id)
    return CaseLine(
        case, ticket.number, ticket.kind, setting.unit(case.unit_id), dossiers.name_of(session, case.leader_id)
    )


def of_ticket(session: Session, actor: Actor, ticket: Ticket) -> list[AccountabilityCase]:
    """The visible cases on the ticket, the oldest first."""
    query = select(AccountabilityCase).where(AccountabilityCase.ticket_id == ticket.id, case_desk.visible(actor))
    return list(session.scalars(query.order_by(AccountabilityCase.id)))


@dataclass(frozen=True, slots=True)
class CaseOffer:
    """The failed custodies of a ticket on which the actor may propose a case, within its scope; `lacks` is what is
    missing where there is nothing to propose: a failed `custody`, or a harmed `result`."""

    custodies: tuple[Custody, ...]
    scope: CaseScope
    lacks: str


def case_offer(
    session: Session, actor: Actor, setting: CountyContext, ticket: Ticket, now: datetime
) -> CaseOffer | None:
    """What the actor may propose about the ticket; None where the actor's unit opens no case on any of its custodies."""
    held = _open_to_cases(session, actor, setting, ticket)
    if not held:
        return None
    custodies = tuple(row for row in held if failed(ticket, row, now))
    scope = scope_of(session, setting, ticket, now)
    return CaseOffer(custodies, scope, "custody" if not custodies else "result" if not scope.results else "")


def _open_to_cases(session: Session, actor: Actor, setting: CountyContext, ticket: Ticket) -> list[Custody]:
    """The custodies of the ticket on which the actor's unit opens cases and none is open."""
    if actor.role not in ("office", "leaders"):
        return []
    taken = select(AccountabilityCase.custody_id).where(
        AccountabilityCase.ticket_id == ticket.id, AccountabilityCase.state != "withdrawn"
    )
    rows = session.scalars(
        select(Custody)
        .where(Custody.ticket_id == ticket.id, Custody.stage != "hold", Custody.id.not_in(taken))
        .order_by(Custody.seq)
    )
    return [row for row in rows if case_lifecycle.may_open(actor, setting, row.unit_id)]


def case_view(session: Session, actor: Actor, case_id: int, now: datetime) -> CaseView:
    """The case with this id as the actor may see it.  Raises NotFound."""
    case = case_desk.find(session, actor, case_id)
    setting = county_context(session, case.scheme_version_id)
    dossier = dossiers.latest(session, case.id)
    assert dossier is not None
    custody = session.get_one(Custody, case.custody_id)
    hashes = select(Event.seq, Event.hash).where(Event.subject_type == "case", Event.subject_id == case.id)
    number = str(dossier.content["facts"]["ticket"]["number"])
    ended_on = session.scalar(select(Unit.ended_on).where(Unit.id == case.unit_id))
    if ended_on is not None and ended_on > local_date(dossier.made_at):
        ended_on = None
    return CaseView(
        case=case,
        setting=setting,
        # An unrecorded lapse counts, as at the desk.
        state="stated" if case_lifecycle.lapsed(case, now) else case.state,
        ticket=number,
        may_open_ticket=_may_open(session, actor, number),
        unit=setting.unit(case.unit_id),
        opener=case_lifecycle.opener_of(setting, case.unit_id),
        decider=case_lifecycle.deciding(setting, case),
        dossier=dossier,
        content=dossier.content,
        events={row[0]: row[1] for row in session.execute(hashes)},
        actions=case_lifecycle.available_actions(actor, case, setting, now),
        scope=scope_of(session, setting, session.get_one(Ticket, case.ticket_id), now, case),
        led_by_posts=dossiers.name_of(session, custody.leader_id) if custody.leader_id != case.leader_id else None,
        ended_on=ended_on,
        successors=setting.successors(case.unit_id) if ended_on is not None else (),
    )


def _may_open(session: Session, actor: Actor, number: str) -> bool:
    try:
        return bool(lookup.find_ticket(session, actor, number))
    except NotFound:
        return False


def late(now: datetime) -> ColumnElement[bool]:
    """The condition that an open case is past a day of its own: the statement's, or the last day of appeal, after which
    the opener must close it."""
    row = AccountabilityCase
    silent = and_(row.state == "notified", row.statement_due_at < now)
    return or_(silent, and_(row.state == "served", or_(row.appeals > 0, row.appeal_until < now)))
