"""The ticket's page as templates draw it: what is read for it, and which forms it offers to this reader."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask import session as flask_session
from sqlalchemy.orm import Session

from models import Ticket
from models.candidate import CONSENTS
from web import db, redirects
from web.auth import signed_in_actor
from web.pages.form_fields import Choice, Field, action_fields, duty_fields, raise_case_fields, until_attributes
from web.pages.forms import Done, Page, done, picked, render_form
from web.words.bulk_lists import BULK_WORDS
from web.words.dates import day
from web.words.drawings import strip
from web.words.labels import labels
from web.words.language import say
from web.words.template_globals import named
from workflow.accountability import paper_views, proposals
from workflow.accountability.cases import case_views
from workflow.accountability.instructions import instruction_views
from workflow.actors import Actor
from workflow.assessment import duty_view
from workflow.assessment.ranking import periodic_report
from workflow.errors import NotFound, WorkflowError
from workflow.register import household_listing
from workflow.register.bulk_lists import list_views
from workflow.register.candidates import candidate_views
from workflow.state_table import Action
from workflow.tickets import attachments, lookup, participation
from workflow.tickets.actions.lifecycle import ACTIONS, JUDGING
from workflow.tickets.consequences import pending_checks, pending_request
from workflow.tickets.many import row_offers
from workflow.tickets.views import detail, matter_views, timeline
from workflow.tickets.visibility import COUNTY_WIDE

#: The forms of the page that call their inputs otherwise, and the labels by which they do.
_OWN_NAMES = {"ask_time": "ask_time", "instruct": "instruction"}


@dataclass(frozen=True, slots=True)
class Offers:
    """Forms and links of the page in addition to the actions of the ticket."""

    upload: bool
    name_handler: bool
    #: Inviting units to assist and ending that; `invitees` are those that can be invited.
    assist: bool
    invitees: Sequence[Choice]
    comment: bool
    ask_time: bool
    #: Who was notified and who has read it.
    recipients: bool
    answers_requests: bool


def offers(view: detail.TicketView, actor: Actor, now: datetime) -> Offers:
    """The offers to this reader; a ticket that has ended offers reading alone."""
    ticket, owner = view.ticket, view.owner
    holds = owner is not None and owner.id == actor.unit_id
    return Offers(
        upload=owner is not None and _may_upload(ticket, actor),
        name_handler=holds,
        assist=owner is not None and ((holds and actor.role != "village") or actor.role == "office"),
        invitees=named(
            unit
            for unit in view.setting.living
            if unit.type == "bureau"
            and unit not in view.assisting
            and unit.id not in (ticket.lead_unit_id, ticket.holder_unit_id)
        ),
        comment=owner is not None and not view.cut_at and actor.role != "inspectorate",
        ask_time=_may_ask(view, actor, now),
        recipients=actor.role in COUNTY_WIDE,
        answers_requests=actor.role in ("office", "leaders"),
    )


def _may_upload(ticket: Ticket, actor: Actor) -> bool:
    """Units that work on tickets, and the holder and the filer of this one."""
    return actor.unit_id is not None and (
        actor.role in ("village", "town", "bureau", "office")
        or actor.unit_id == ticket.holder_unit_id
        or actor.user_id == ticket.filed_by_id
    )


def _may_ask(view: detail.TicketView, actor: Actor, now: datetime) -> bool:
    """The responsible unit may ask for time until the deadline, one request at a time."""
    return (
        view.state == "in_progress"
        and view.lead is not None
        and view.lead.id == actor.unit_id
        and actor.role != "village"
        and view.due_at is not None
        and now < view.due_at
        and not any(asked.status == "waiting" for asked in view.requests)
    )


def shown(number: str, error: WorkflowError | None = None, tried: str | None = None) -> Page:
    """The page; after a refusal with what was typed, and what was uploaded already picked."""
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as reading:
        view = detail.ticket_view(reading, actor, number, now)
        values = _read(reading, actor, view, now, request.form if tried == "resolve" else {})
    return render_form(
        "tickets/ticket.html",
        error,
        names=labels(f"field.{_OWN_NAMES[tried]}") if tried in _OWN_NAMES else None,
        tried=tried,
        view=view,
        setting=view.setting,
        offers=offers(view, actor, now),
        back=redirects.inside(flask_session.get("list")),
        strip=strip(view, now),
        picked=picked(),
        changed=_since(values["events"], error),
        **BULK_WORDS,
        **values,
    )


def _since(events: Sequence[timeline.HistoryLine], error: WorkflowError | None) -> Sequence[timeline.HistoryLine]:
    """The moves since a form was opened that is refused because of them."""
    if error is None or error.code != "stale":
        return ()
    moves = [event for event in events if event.moves]
    return moves[int(error.params["seen"]) - int(error.params["version"]) :]


def _read(
    reading: Session, actor: Actor, view: detail.TicketView, now: datetime, typed: Mapping[str, str]
) -> dict[str, Any]:
    """The content of the page besides the ticket: history, matter, checks, papers, cases and duty."""
    ticket = view.ticket
    events = timeline.history(reading, actor, view.number)
    whole = not view.cut_at and not view.checks
    checks = pending_checks.open_on(reading, ticket.id)
    homes = household_listing.codes_in_sight(reading, actor, [view.household_code] if view.household_code else [])
    duty = duty_view.duty_view(reading, actor, view, now)
    case_offer = case_views.case_offer(reading, actor, view.setting, ticket, now)
    others = set(reading.scalars(attachments.others(actor, view.evidence)))
    actions = [(action, action_fields(view, duty, action, now, typed)) for action in _offered(view)]
    return {
        "candidate": candidate_views.of_ticket(reading, actor, ticket),
        "named_by": list_views.of_candidate(reading, actor, db.vault(), now, ticket.candidate_id)
        if ticket.candidate_id is not None and whole
        else [],
        "consents": CONSENTS,
        "cause": _cause(view),
        "events": events,
        "latest": next((event for event in reversed(events) if event.from_state != event.to_state), None),
        "may_open_earlier": view.relapse_of is not None and _may_open(reading, view.relapse_of),
        "opens_household": whole and view.household_code in homes,
        "matter": matter_views.title_of(reading, actor, ticket) if whole else None,
        "spot": next((check for check in checks if pending_checks.may_look(reading, actor, check)), None),
        "beside": []
        if view.cut_at or ticket.candidate_id is not None
        else matter_views.beside(reading, actor, ticket, now),
        **_papers(reading, actor, view, now),
        "deciding": {
            rung.id
            for rung in view.escalations
            if rung.status in ("proposed", "deferred") and proposals.answers_it(actor, view.setting, rung.unit.id)
        },
        "found_cases": case_views.of_ticket(reading, actor, ticket),
        "case_offer": case_offer,
        "case_fields": raise_case_fields(view.setting, case_offer.scope, case_offer.custodies, now)
        if case_offer is not None and not case_offer.lacks
        else [],
        "at_door": attachments.of_origin(reading, actor, ticket) if whole else [],
        "destination": row_offers.destination(reading, view.setting, ticket) if "endorse" in view.actions else None,
        "until": {
            kind: until_attributes(view, action, now) if view.state == "in_progress" else {}
            for kind, action in (("extension", "extend"), ("suspension", "suspend"))
        },
        "colleagues": participation.colleagues(reading, actor) if view.owner and view.owner.id == actor.unit_id else [],
        "handler": participation.handler_of(reading, ticket),
        "duty": duty,
        "draft_state": periodic_report.draft_state(reading, view.setting, duty.duty, duty.period, now) if duty else "",
        "entry_fields": duty_fields(duty.duty.count.fields, "fields", duty.villages, now, period=duty.period)
        if duty is not None and duty.may_enter and duty.duty.count is not None
        else [],
        "correctable": [_entry_choice(line) for line in duty.entries if not line.replaced and not line.void]
        if duty
        else [],
        "actions": actions,
        "at_once": {action.name for action, fields in actions if _asks_nothing(action, fields)},
        "mine": [row for row in view.evidence if row.unit_id == actor.unit_id and row.uploaded_by_id not in others],
    }


def _papers(reading: Session, actor: Actor, view: detail.TicketView, now: datetime) -> dict[str, Any]:
    """The papers of the ticket, its instructions, and the units that the leading group may instruct on it."""
    ticket = view.ticket
    return {
        "papers": paper_views.of_ticket(reading, ticket.id, view.cut_at),
        "instructions": [] if view.checks else instruction_views.of_ticket(reading, ticket, view.cut_at, now),
        "instructed": instruction_views.addressees(reading, view.setting, ticket) if actor.role == "leaders" else [],
    }


def _cause(view: detail.TicketView) -> str:
    """The cause of a deficiency in the words of its scheme; empty where none is known."""
    ticket = view.ticket
    causes = view.setting.scheme.kind(ticket.kind).causes if ticket.type == "deficiency" and ticket.cause else ()
    return next((say(cause.name) for cause in causes if cause.code == ticket.cause), "")


def _entry_choice(line: duty_view.EntryLine) -> Choice:
    """An entry that may be corrected: its day, and the first answers that are words or numbers."""
    answers = [str(answer.value) for answer in line.answers if answer.field.type != "choice"][:2]
    short = [text if len(text) <= 20 else f"{text[:19]}…" for text in answers]
    return str(line.id), f"{day(line.on.isoformat())} · {' '.join(short)}"


def _offered(view: detail.TicketView) -> list[Action]:
    """The actions offered as buttons, first those that advance the ticket.

    What a waiting request asks for is answered there, not beside it.
    """
    asked = {request.kind for request in view.requests if request.status == "waiting"}
    offered = [ACTIONS[name] for name in view.actions if pending_request.GRANTED_BY.get(name) not in asked]
    return sorted(offered, key=lambda action: not action.advances)


def _asks_nothing(action: Action, fields: Sequence[Field]) -> bool:
    """Whether one click is enough: all that may be given is a note.  What ends a ticket stays behind a second click."""
    return (
        action.name not in JUDGING
        and not action.undoes
        and all(field.name == "note" and not field.required for field in fields)
    )


def _may_open(reading: Session, number: str) -> bool:
    try:
        return bool(lookup.find_ticket(reading, signed_in_actor(), number))
    except NotFound:
        return False


def shown_after(tried: str) -> Callable[..., Page]:
    """Shows the page of the ticket after a refusal of the form that was `tried`, for `form_action`."""

    def show(error: WorkflowError, number: str, **_more: Any) -> Page:
        return shown(number, error, tried)

    return show


def find(session: Session, number: str) -> Ticket:
    """The ticket as far as the signed-in person may see it.  Raises NotFound."""
    return lookup.find_ticket(session, signed_in_actor(), number)


def done_on(number: str) -> Done:
    """Something was done on the ticket's page, or on the first page, to which it leads back."""
    if request.form.get("back") == "today":
        return done(url_for("pages.home"))
    return done(url_for("pages.ticket", number=number))
