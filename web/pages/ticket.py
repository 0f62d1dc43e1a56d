"""One ticket: its page, moving it, its evidence, and what is done beside it."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from models import Ticket
from notifications import inbox as box
from web import db, redirects, uploads
from web.errors import status_of
from web.pages import blueprint
from web.words.cases import harmed
from web.words.drawings import strip
from web.words.errors import sentence
from web.words.labels import labels
from workflow import evidence
from workflow.accountability import paper_views, proposals
from workflow.accountability.cases import case_views
from workflow.assessment import duty_view
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.inputs import whole
from workflow.tickets import attachments, desk, lookup, participation
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.consequences import pending_checks, pending_request
from workflow.tickets.views import detail, matter_views, timeline

#: What brings a ticket on its way: offered first, and as the button one looks for.
_FORWARD = ("endorse", "resubmit", "accept", "resolve", "confirm", "resume")


@blueprint.get("/tickets/<number>")
@login_required
def ticket(number: str) -> Any:
    """The ticket's page; what the inbox says of it is read with it."""
    actor = current_user.actor
    with db.reading() as reading:
        told = box.unread_of(reading, actor.user_id, lookup.find_ticket(reading, actor, number).id)
    if told:
        with db.writing() as writing:
            box.mark_these_read(writing, actor.user_id, db.now(), told)
    return shown(number)


@blueprint.get("/tickets/<number>/<action>")
@login_required
def acted(number: str, action: str) -> Any:
    """Where a form of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.ticket", number=number))


def shown(
    number: str, error: WorkflowError | None = None, tried: str | None = None, picked: tuple[int, ...] = ()
) -> Any:
    """The page; after a refusal with what was typed, and what was uploaded already picked."""
    actor, now = current_user.actor, db.now()
    with db.reading() as reading:
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
    deciding = {
        rung.id
        for rung in view.escalations
        if rung.status == "proposed" and proposals.answers_it(actor, view.setting, rung.unit.id)
    }
    mine = [row for row in view.evidence if row.unit_id == actor.unit_id and row.uploaded_by_id not in others]
    latest = next((event for event in reversed(events) if event.from_state != event.to_state), None)
    page = render_template(
        "tickets/ticket.html",
        view=view,
        events=events,
        latest=latest,
        may_open_earlier=earlier,
        back=_back(),
        mine=mine,
        forward=_FORWARD,
        actions=[ACTIONS[name] for name in sorted(_unasked(view), key=lambda name: name not in _FORWARD)],
        error=sentence(error, labels("field.ask_time") if tried == "ask_time" else None) if error else None,
        field=error.field if error else None,
        tried=tried,
        now=now,
        papers=papers,
        found_cases=found_cases,
        case_custodies=case_custodies,
        harmed=harmed(view.setting) if case_custodies else [],
        duty=duty,
        token_once=secrets.token_hex(8),
        matter=matter,
        spot=spot,
        beside=beside,
        may_ask=may_ask,
        deciding=deciding,
        strip=strip(view, now),
        typed=request.form,
        picked=picked or tuple(request.form.getlist("evidence", int)),
    )
    return (page, status_of(error)) if error else page


def _unasked(view: detail.TicketView) -> list[str]:
    """The actions offered as buttons: what a waiting request asks for is answered there, not beside it."""
    asked = {request.kind for request in view.requests if request.status == "waiting"}
    return [name for name in view.actions if pending_request.GRANTED_BY.get(name) not in asked]


def _back() -> str:
    """The list one came from, with its filters."""
    return redirects.inside(session.get("list"))


def _may_open(reading: Session, number: str) -> bool:
    try:
        return bool(lookup.find_ticket(reading, current_user.actor, number))
    except NotFound:
        return False


@blueprint.post("/tickets/<number>/evidence")
@login_required
def upload(number: str) -> Any:
    try:
        keep(number, [])
    except WorkflowError as error:
        return shown(number, error, "evidence")
    return redirect(url_for("pages.ticket", number=number))


def keep(number: str, ids: list[int]) -> None:
    """Keep every file of the form on the ticket, or none, and add their ids to those picked."""
    actor = current_user.actor
    with db.reading() as reading:
        # Before any picture is developed: who may not bring it makes us no work and leaves no bytes behind.
        row = lookup.find_ticket(reading, actor, number)
        if any(file.filename for file in request.files.getlist("file")):
            attachments.may_bring(reading, actor, row)
    kept = uploads.taken(request.files.getlist("file"))
    if kept:
        ids += db.transaction(lambda writing: _named(writing, number, kept))


def _named(writing: Session, number: str, kept: list[evidence.Kept]) -> list[int]:
    actor = current_user.actor
    row = lookup.find_ticket(writing, actor, number)
    return [attachments.add(writing, actor, row, db.now(), **piece).id for piece in kept]


def fields_of(name: str) -> dict[str, str]:
    """What was typed into the inputs of a duty's form: those called `form.causes` and so on."""
    found = {key.removeprefix(f"{name}."): value for key, value in request.form.items() if key.startswith(f"{name}.")}
    return {code: value for code, value in found.items() if value.strip()}


def _comment(writing: Session, row: Ticket) -> None:
    participation.comment(writing, current_user.actor, row, request.form.get("note", ""), db.now())


def _handler(writing: Session, row: Ticket) -> None:
    participation.name_handler(
        writing, current_user.actor, row, request.form.get("handler", "").strip() or None, db.now()
    )


def _assist(writing: Session, row: Ticket) -> None:
    participation.assist(writing, current_user.actor, row, request.form.get("unit", ""), db.now())


def _unassist(writing: Session, row: Ticket) -> None:
    participation.unassist(writing, current_user.actor, row, request.form.get("unit", ""), db.now())


#: What is done beside a ticket, without moving it.
_BESIDE = {"assist": _assist, "comment": _comment, "handler": _handler, "unassist": _unassist}


def _version() -> int | None:
    """The version of the ticket that the form was made for; None where it names none.  Raises BadInput."""
    text = request.form.get("version", "").strip()
    if not text:
        return None
    # Who sends something else saw no version: it must not act on the ticket as it stands now.
    found = whole(text)
    if found is None:
        raise BadInput("bad_version", "version")
    return found


@blueprint.post("/tickets/<number>/<action>")
@login_required
def act(number: str, action: str) -> Any:
    form, kept = request.form, list[int]()
    try:
        if action in _BESIDE:
            db.transaction(lambda s: _BESIDE[action](s, lookup.find_ticket(s, current_user.actor, number)))
            return redirect(url_for("pages.ticket", number=number))
        verb = ACTIONS.get(action)
        names = (*verb.needs, *verb.optional) if verb else ()
        given: dict[str, Any] = {name: form[name] for name in names if form.get(name, "").strip()}
        if "evidence" in names:
            kept.extend(form.getlist("evidence", int))
            keep(number, kept)
            given["evidence"] = kept
        if "form" in names and (filled := fields_of("form")):
            given["form"] = filled
        if "false_closing" in given:
            given["false_closing"] = True
        version = _version()

        def move(writing: Session) -> None:
            row = lookup.find_ticket(writing, current_user.actor, number)
            desk.perform(writing, current_user.actor, row.id, action, db.now(), version=version, **given)

        db.transaction(move)
    except WorkflowError as error:
        if isinstance(error, NotFound):
            raise
        return shown(number, error, action, tuple(kept))
    flash(_("Done."), "success")
    return redirect(url_for("pages.ticket", number=number))
