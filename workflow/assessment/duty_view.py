"""Duty view: one duty with its form, entries, progress, and the duties before and after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import DutyEntry, DutyForm, Event, Ticket, User, Village
from workflow.actors import Actor
from workflow.assessment.duty_calendar import Progress, of_ticket
from workflow.policy.form_rules import absent, broken
from workflow.policy.periods import Period, period_of
from workflow.policy.scheme.duties import Duty, FormField, FormRule
from workflow.tickets.actions.duty_progress import entry_credits_of, such_villages
from workflow.tickets.actions.entry_credits import Credit
from workflow.tickets.actions.known_answers import known_answers
from workflow.tickets.actions.own_gaps import Gap, Held, gaps_recorded, held
from workflow.tickets.views.detail import TicketView
from workflow.tickets.visibility import visible


@dataclass(frozen=True, slots=True)
class Answer:
    """One field with its value: text for display, or the code of a choice."""

    field: FormField
    value: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry; `replaced` once another took its place, `void` where it was withdrawn by this one."""

    id: int
    on: date
    answers: list[Answer]
    evidence: list[int]
    by: str
    at: datetime
    corrects: int | None
    replaced: bool
    void: bool
    reason: str
    #: What the item demands and this entry does not reach; it counts nothing then.
    short: list[FormRule]
    #: What it adds to the progress; None once it was replaced or withdrawn.
    credit: Credit | None


@dataclass(frozen=True, slots=True)
class Report:
    """The last report of the duty."""

    at: datetime
    by: str
    answers: list[Answer]
    missing: str
    #: What the item demands and the report does not reach; the duty then counts as not reached.
    short: list[FormRule]
    #: Whether it states that the unit has none of what the item is about; the duty then counts as not applicable.
    none: bool = False
    #: The numbers that differ from the system's rows, as they were when it was sent.
    gaps: list[Gap] = field(default_factory=list)
    #: What is usual and the report is far from; the duty counts as not reached until it is confirmed.
    unusual: list[FormRule] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DutyView:
    """The content of a duty's page besides the ticket."""

    duty: Duty
    period: Period
    progress: Progress | None
    report: Report | None
    entries: list[EntryLine]
    #: Numbers of the previous and following tickets that the reader may open.
    after: list[str]
    before: list[str]
    may_enter: bool
    villages: list[tuple[str, str]] = field(default_factory=list)
    #: The answers of the form that the system counts, by code of the field.
    known: dict[str, str] = field(default_factory=dict)
    #: What the system's rows say of fields of the form, by code; while the report can be sent.
    held: dict[str, Held] = field(default_factory=dict)


def duty_view(session: Session, actor: Actor, view: TicketView, now: datetime) -> DutyView | None:
    """The duty of this ticket as the actor may see it; None for a deficiency."""
    ticket, setting = view.ticket, view.setting
    if ticket.type != "duty" or ticket.period is None or ticket.duty_unit_id is None:
        return None
    duty = setting.scheme.duty(ticket.kind)
    villages = _villages(session, ticket, setting.unit(ticket.duty_unit_id).type == "town", duty)
    names = _village_names(session, duty)
    people = _authors(session, ticket)

    def answers(fields: tuple[FormField, ...], said: dict[str, str]) -> list[Answer]:
        return [
            Answer(entry, view.veil(names.get(said[entry.code], said[entry.code])))
            for entry in fields
            if said.get(entry.code)
        ]

    count = duty.count
    rows = session.scalars(select(DutyEntry).where(DutyEntry.ticket_id == ticket.id).order_by(DutyEntry.id)).all()
    taken = {row.corrects_id for row in rows}
    credit_of = entry_credits_of(session, ticket, count) if count is not None and not count.by_register else {}
    entries = [
        EntryLine(
            row.id,
            row.on,
            answers(count.fields if count else (), row.fields),
            list(row.evidence),
            people[row.by_id],
            row.at,
            row.corrects_id,
            row.id in taken,
            row.void,
            view.veil(row.reason),
            broken(count.rules, row.fields, "reached", count.fields) if count else [],
            credit_of.get(row.id),
        )
        for row in rows
    ]
    return DutyView(
        duty=duty,
        period=period_of(duty, ticket.period, setting.year),
        progress=of_ticket(session, setting, ticket, _work_due(view), now),
        report=_report(session, view, duty, people, answers),
        entries=entries,
        after=_numbers(session, actor, _predecessor(session, ticket)),
        before=_numbers(session, actor, _successors(session, ticket, setting.scheme.duties.following(duty.code))),
        may_enter=_may_enter(actor, ticket, duty),
        villages=villages,
        known=known_answers(session, setting, ticket, duty.fields),
        held=held(session, setting, ticket, duty.fields) if ticket.state == "in_progress" else {},
    )


def _may_enter(actor: Actor, ticket: Ticket, duty: Duty) -> bool:
    """Whether the actor may record entries: its unit owes the duty, which is in progress and counts entries."""
    counts = duty.count is not None and not duty.count.by_register
    mine = actor.unit_id == ticket.lead_unit_id and actor.role not in ("village", "inspectorate", "admin")
    return counts and mine and ticket.state == "in_progress"


def _last_form(session: Session, ticket: Ticket) -> DutyForm | None:
    query = select(DutyForm).where(DutyForm.ticket_id == ticket.id).order_by(DutyForm.id.desc()).limit(1)
    return session.scalars(query).first()


def _report(
    session: Session,
    view: TicketView,
    duty: Duty,
    people: Mapping[int, str],
    answers: Callable[[tuple[FormField, ...], dict[str, str]], list[Answer]],
) -> Report | None:
    """The last report of the duty; None before there is one."""
    form = _last_form(session, view.ticket)
    if form is None:
        return None
    return Report(
        form.at,
        people[form.by_id],
        answers(duty.fields, form.fields),
        view.veil(form.missing),
        broken(duty.rules, form.fields, "reached", duty.fields),
        bool(absent(duty.fields, form.fields)),
        _gaps(session, view.ticket, duty, form),
        broken(duty.rules, form.fields, "usual", duty.fields),
    )


def _gaps(session: Session, ticket: Ticket, duty: Duty, form: DutyForm) -> list[Gap]:
    """The gaps of the last report, with the rows that its event recorded."""
    query = select(Event.given).where(
        Event.subject_type == "ticket", Event.subject_id == ticket.id, Event.action == "resolve"
    )
    given = session.scalars(query.order_by(Event.seq.desc()).limit(1)).first() or {}
    return gaps_recorded(duty.fields, form.fields, given)


def _authors(session: Session, ticket: Ticket) -> dict[int, str]:
    """The names of those who wrote its entries and forms, by account."""
    entered = select(DutyEntry.by_id).where(DutyEntry.ticket_id == ticket.id)
    reported = select(DutyForm.by_id).where(DutyForm.ticket_id == ticket.id)
    query = select(User.id, User.display_name).where(User.id.in_(entered.union(reported)))
    return {row[0]: row[1] for row in session.execute(query)}


def _work_due(view: TicketView) -> datetime:
    """The due moment of the work in hand, or of the work last handed in."""
    if view.due_at is not None and view.ticket.state in ("in_progress", "suspended"):
        return view.due_at
    return next(line.due_at for line in reversed(view.custodies) if line.stage == "mend")


def _names_a_village(duty: Duty) -> bool:
    return any(entry.type == "village" for entry in (*duty.fields, *(duty.count.fields if duty.count else ())))


def _village_names(session: Session, duty: Duty) -> dict[str, str]:
    """The villages that answers may name, by code: those too that have ended, or belong to another town, since."""
    if not _names_a_village(duty):
        return {}
    return dict(session.execute(select(Village.code, Village.name)).all())


def _villages(session: Session, ticket: Ticket, town: bool, duty: Duty) -> list[tuple[str, str]]:
    """The villages a form of this duty may name, by code; none where it names none."""
    if not _names_a_village(duty):
        return []
    query = select(Village.code, Village.name).where(Village.ended_on.is_(None)).order_by(Village.code)
    if town:
        query = query.where(Village.town_id == ticket.duty_unit_id)
    such = such_villages(session, duty.count) if duty.count is not None else None
    if such is not None:
        query = query.where(Village.code.in_(such))
    return [(row[0], row[1]) for row in session.execute(query)]


def _predecessor(session: Session, ticket: Ticket) -> list[int]:
    given = session.scalar(
        select(Event.given).where(Event.subject_type == "ticket", Event.subject_id == ticket.id, Event.seq == 1)
    )
    return [given["after"]] if given and given.get("after") else []


def _successors(session: Session, ticket: Ticket, following: tuple[Duty, ...]) -> list[int]:
    codes = [duty.code for duty in following]
    if not codes:
        return []
    query = select(Ticket.id).where(
        Ticket.duty_unit_id.is_not(None),
        Ticket.period == ticket.period,
        Ticket.duty_code.in_(codes),
    )
    return list(session.scalars(query.order_by(Ticket.id)))


def _numbers(session: Session, actor: Actor, ids: list[int]) -> list[str]:
    if not ids:
        return []
    query = select(Ticket).where(Ticket.id.in_(ids), visible(actor)).order_by(Ticket.id).limit(20)
    return [row.number for row in session.scalars(query)]
