"""One ticket: its page, moving it, its evidence, and what is done beside it."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Ticket
from notifications import inbox as box
from web import db, form_files, redirects
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, add_picked, done, form_action, picked, render_form
from web.words.cases import harmed
from web.words.drawings import strip
from web.words.labels import labels
from workflow import evidence
from workflow.accountability import paper_views, proposals
from workflow.accountability.cases import case_views
from workflow.accountability.cases.harm import scope_of
from workflow.assessment import duty_view
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.inputs import whole
from workflow.state_table import Action
from workflow.tickets import attachments, desk, lookup, participation
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.consequences import pending_checks, pending_request
from workflow.tickets.views import detail, matter_views, timeline


@blueprint.get("/tickets/<number>")
def ticket(number: str) -> Page:
    """The ticket's page; what the inbox says of it is read with it."""
    actor = signed_in_actor()
    with db.read_session() as reading:
        unread = box.unread_of(reading, signed_in_user().id, lookup.find_ticket(reading, actor, number).id)
    if unread:
        with db.write_session() as writing:
            box.mark_these_read(writing, signed_in_user().id, db.now(), unread)
    return shown(number)


@blueprint.get("/tickets/<number>/<action>")
def acted(number: str, action: str) -> ResponseReturnValue:
    """Where a form of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.ticket", number=number))


def shown_after(tried: str) -> Callable[..., Page]:
    """Shows the page of the ticket after a refusal of the form that was `tried`, for `form_action`."""

    def show(error: WorkflowError, number: str, **_more: Any) -> Page:
        return shown(number, error, tried)

    return show


def shown(number: str, error: WorkflowError | None = None, tried: str | None = None) -> Page:
    """The page; after a refusal with what was typed, and what was uploaded already picked."""
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as reading:
        view = detail.ticket_view(reading, actor, number, now)
        events = timeline.history(reading, actor, number)
        earlier = view.relapse_of is not None and _may_open(reading, view.relapse_of)
        whole = not view.cut_at and not view.checks
        matter = matter_views.title_of(reading, actor, view.ticket) if whole else None
        spot = next(
            (c for c in pending_checks.open_on(reading, view.ticket.id) if pending_checks.may_look(actor, c)), None
        )
        beside = matter_views.beside(reading, actor, view.ticket, now) if not view.cut_at else []
        papers = paper_views.of_ticket(reading, view.ticket.id, view.cut_at)
        found_cases = case_views.of_ticket(reading, actor, view.ticket)
        case_custodies = case_views.open_to_cases(reading, actor, view.setting, view.ticket)
        scope = scope_of(reading, view.setting, view.ticket, now) if case_custodies else None
        duty = duty_view.duty_view(reading, actor, view, now)
        others = set(reading.scalars(attachments.others(actor, view.evidence)))
    may_ask = (
        view.state == "in_progress"
        and view.lead is not None
        and view.lead.id == actor.unit_id
        and actor.role != "village"
        and view.due_at is not None
        and now < view.due_at
        and not any(asked.status == "waiting" for asked in view.requests)
    )
    waits = [rung for rung in view.escalations if rung.status in ("proposed", "deferred")]
    deciding = {rung.id for rung in waits if proposals.answers_it(actor, view.setting, rung.unit.id)}
    mine = [row for row in view.evidence if row.unit_id == actor.unit_id and row.uploaded_by_id not in others]
    latest = next((event for event in reversed(events) if event.from_state != event.to_state), None)
    return render_form(
        "tickets/ticket.html",
        error,
        view=view,
        events=events,
        latest=latest,
        may_open_earlier=earlier,
        back=_back(),
        mine=mine,
        actions=_offered(view),
        names=labels("field.ask_time") if tried == "ask_time" else None,
        tried=tried,
        papers=papers,
        found_cases=found_cases,
        case_custodies=case_custodies,
        harmed=harmed(view.setting, scope) if scope is not None else [],
        duty=duty,
        token_once=secrets.token_hex(8),
        matter=matter,
        spot=spot,
        beside=beside,
        may_ask=may_ask,
        deciding=deciding,
        strip=strip(view, now),
        picked=picked(),
    )


def _offered(view: detail.TicketView) -> list[Action]:
    """The actions offered as buttons, what brings the ticket on first.

    What a waiting request asks for is answered there, not beside it.
    """
    asked = {request.kind for request in view.requests if request.status == "waiting"}
    offered = [ACTIONS[name] for name in view.actions if pending_request.GRANTED_BY.get(name) not in asked]
    return sorted(offered, key=lambda action: not action.advances)


def _back() -> str:
    """The list one came from, with its filters."""
    return redirects.inside(session.get("list"))


def _may_open(reading: Session, number: str) -> bool:
    try:
        return bool(lookup.find_ticket(reading, signed_in_actor(), number))
    except NotFound:
        return False


@blueprint.post("/tickets/<number>/evidence")
@form_action(lambda error, number: shown(number, error, "evidence"), passes=())
def upload(number: str) -> Done:
    keep(number)
    return Done(url_for("pages.ticket", number=number))


def find(session: Session, number: str) -> Ticket:
    """The ticket as far as the signed-in person may see it.  Raises NotFound."""
    return lookup.find_ticket(session, signed_in_actor(), number)


def done_on(number: str) -> Done:
    """Something was done on the ticket's page."""
    return done(url_for("pages.ticket", number=number))


def keep(number: str) -> list[int]:
    """Keep every file of the form on the ticket, or none; the ids of those and of the kept ones that were picked."""
    actor = signed_in_actor()
    with db.read_session() as reading:
        # Before any picture is developed: who may not bring it makes us no work and leaves no bytes behind.
        row = find(reading, number)
        if any(file.filename for file in request.files.getlist("file")):
            attachments.may_bring(reading, actor, row)
    if kept := form_files.taken(request.files.getlist("file")):
        add_picked(db.transaction(lambda writing: _add_files(writing, number, kept)))
    return picked()


def _add_files(writing: Session, number: str, kept: list[evidence.Kept]) -> list[int]:
    actor, row = signed_in_actor(), find(writing, number)
    return [attachments.add(writing, actor, row, db.now(), **piece).id for piece in kept]


def fields_of(name: str) -> dict[str, str]:
    """What was typed into the inputs of a duty's form: those called `form.causes` and so on."""
    fields = {key.removeprefix(f"{name}."): value for key, value in request.form.items() if key.startswith(f"{name}.")}
    return {code: value for code, value in fields.items() if value.strip()}


def _comment(writing: Session, row: Ticket) -> None:
    participation.comment(writing, signed_in_actor(), row, request.form.get("note", ""), db.now())


def _handler(writing: Session, row: Ticket) -> None:
    participation.name_handler(
        writing, signed_in_actor(), row, request.form.get("handler", "").strip() or None, db.now()
    )


def _assist(writing: Session, row: Ticket) -> None:
    participation.assist(writing, signed_in_actor(), row, request.form.get("unit", ""), db.now())


def _unassist(writing: Session, row: Ticket) -> None:
    participation.unassist(writing, signed_in_actor(), row, request.form.get("unit", ""), db.now())


#: What is done beside a ticket, without moving it.
_BESIDE = {"assist": _assist, "comment": _comment, "handler": _handler, "unassist": _unassist}


def _version() -> int | None:
    """The version of the ticket that the form was made for; None where it names none.  Raises BadInput."""
    text = request.form.get("version", "").strip()
    if not text:
        return None
    # Who sends something else saw no version: it must not act on the ticket as it stands now.
    version = whole(text)
    if version is None:
        raise BadInput("bad_version", "version")
    return version


@blueprint.post("/tickets/<number>/<action>")
@form_action(lambda error, number, action: shown(number, error, action))
def act(number: str, action: str) -> Step:
    if action in _BESIDE:

        def beside(session: Session) -> Done:
            _BESIDE[action](session, find(session, number))
            return Done(url_for("pages.ticket", number=number))

        return beside
    given = _given(number, action)
    version = _version()

    def step(session: Session) -> Done:
        row = find(session, number)
        desk.perform(session, signed_in_actor(), row.id, action, db.now(), version=version, **given)
        return done_on(number)

    return step


def _given(number: str, action: str) -> dict[str, Any]:
    """What the form gives for the action; files that it brings are kept on the ticket first."""
    form, verb = request.form, ACTIONS.get(action)
    names = (*verb.needs, *verb.optional) if verb else ()
    given: dict[str, Any] = {name: form[name] for name in names if form.get(name, "").strip()}
    if "evidence" in names:
        given["evidence"] = keep(number)
    if "form" in names and (filled := fields_of("form")):
        given["form"] = filled
    if "false_closing" in given:
        given["false_closing"] = True
    return given
