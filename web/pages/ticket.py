"""One ticket: its page, its actions, its evidence, and comments, handlers and assisting units."""

from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from models import Ticket
from notifications import inbox as box
from web import db, form_files, taken_along, told_times
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint, next_ticket
from web.pages.forms import Done, Page, Step, add_picked, form_action, picked, returns_to
from web.pages.ticket_list import remember_opened
from web.pages.ticket_page import done_on, find, shown
from workflow import evidence
from workflow.errors import BadInput
from workflow.inputs import whole
from workflow.tickets import attachments, desk, lookup, participation
from workflow.tickets.actions.lifecycle import ACTIONS


@blueprint.get("/tickets/<number>")
def ticket(number: str) -> Page:
    """The ticket's page; its messages in the inbox are marked as read."""
    actor = signed_in_actor()
    with db.read_session() as reading:
        row = lookup.find_ticket(reading, actor, number)
        unread = box.unread_of(reading, signed_in_user().id, row.id)
        remember_opened(row)
    # Taken along on a phone it has not been read.
    if unread and not taken_along.is_now():
        with db.write_session() as writing:
            box.mark_these_read(writing, signed_in_user().id, db.now(), unread)
    return shown(number)


returns_to("/tickets/<number>/<action>", "ticket", "number")


@blueprint.post("/tickets/<number>/evidence")
@form_action(lambda error, number: shown(number, error, "evidence"), passes=())
def upload(number: str) -> Done:
    keep(number)
    return Done(url_for("pages.ticket", number=number))


def keep(number: str) -> list[int]:
    """Keep every file of the form on the ticket, or none; the ids of those and of the kept ones that were picked."""
    actor = signed_in_actor()
    with db.read_session() as reading:
        # Before any picture is processed: an upload that is not allowed costs no work and leaves no bytes.
        row = find(reading, number)
        if form_files.brings("file"):
            attachments.may_bring(reading, actor, row)
    if kept := form_files.taken("file"):
        add_picked(db.transaction(lambda writing: _add_files(writing, number, kept)))
        form_files.let_go()
    return picked()


def _add_files(writing: Session, number: str, kept: list[evidence.Kept]) -> list[int]:
    actor, row = signed_in_actor(), find(writing, number)
    form_files.release(writing)
    return [attachments.add(writing, actor, row, db.now(), **piece).id for piece in kept]


def fields_of(name: str) -> dict[str, str]:
    """The input of a duty's form, from the fields called `form.causes` and so on."""
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


#: What can be done on a ticket without changing its state.
_BESIDE = {"assist": _assist, "comment": _comment, "handler": _handler, "unassist": _unassist}


def _version() -> int | None:
    """The version of the ticket that the form was made for; None where it names none.  Raises BadInput."""
    text = request.form.get("version", "").strip()
    if not text:
        return None
    # Anything else is not a version that was seen: the action must not run on the present state.
    version = whole(text)
    if version is None:
        raise BadInput("bad_version", "version")
    return version


@blueprint.post("/tickets/<number>/<action>")
@form_action(lambda error, number, action: shown(number, error, action))
def act(number: str, action: str) -> Step | Page:
    """Carries out the action; with `act` its form is only shown again, with the gaps of its numbers to the own rows."""
    if action in _BESIDE:

        def beside(session: Session) -> Done:
            _BESIDE[action](session, find(session, number))
            return Done(url_for("pages.ticket", number=number))

        return beside
    given = _given(number, action)
    if request.form.get("act") == "look":
        return shown(number, None, action)
    version = _version()

    def step(session: Session) -> Done:
        row, actor, now = find(session, number), signed_in_actor(), db.now()
        goes_on = request.form.get("then") == "next" and action in ACTIONS
        following = next_ticket.after(session, actor, now, row, action) if goes_on else None
        desk.perform(session, actor, row.id, action, now, version=version, told=told_times.told(session), **given)
        return next_ticket.opened(number, action, following) if goes_on else done_on(number)

    return step


def _given(number: str, action: str) -> dict[str, Any]:
    """The input of the action from the form; uploaded files are stored on the ticket first."""
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
