"""Instructions of the leading group: the list, one with its course and forms, and the form on a ticket that gives one."""

from collections.abc import Callable

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Instruction
from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from web.pages.ticket_page import find, shown_after
from web.words.labels import labels
from workflow.accountability.instructions import instruction_desk, instruction_views
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, WorkflowError
from workflow.evidence.uploads import Kept
from workflow.tickets.visibility import COUNTY_WIDE, sees


@blueprint.get("/instructions")
def instructions() -> ResponseReturnValue:
    """Instructions by state and unit, the latest first."""
    actor, args, now = signed_in_actor(), request.args, db.now()
    kept = {name: args[name] for name in ("which", "unit") if args.get(name)}
    with db.read_session() as session:
        setting = county_context(session)
        page = instruction_views.list_instructions(
            session, actor, now, kept.get("which"), kept.get("unit"), args.get("cursor")
        )
    return render_template(
        "accountability/instructions.html",
        setting=setting,
        page=page,
        now=now,
        kept=kept,
        sorts=instruction_views.SORTS,
        wide=actor.role in COUNTY_WIDE,
    )


@blueprint.get("/instructions/<id:number>")
def instruction(number: int) -> Page:
    return _page(number)


def _page(number: int, error: WorkflowError | None = None, tried: str | None = None) -> Page:
    """The page; after a refusal with what was typed."""
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        view = instruction_views.view(session, actor, number, now)
        setting = county_context(session)
        sees_ticket = sees(actor, view.ticket, session)
    return render_form(
        "accountability/instruction.html",
        error,
        names=labels("field.instruction"),
        view=view,
        setting=setting,
        sees_ticket=sees_ticket,
        may=instruction_desk.open_to(actor, view.row),
        tried=tried,
    )


@blueprint.post("/tickets/<number>/instruct")
@form_action(shown_after("instruct"))
def instruct(number: str) -> Step:
    """The leading group gives an instruction on the ticket."""
    actor, now, form = signed_in_actor(), db.now(), request.form

    def step(session: Session) -> Done:
        row = find(session, number)
        instruction_desk.instruct(
            session, actor, now, row, form.get("unit"), form.get("words"), form.get("due_on", "").strip()
        )
        return done(url_for("pages.ticket", number=number, _anchor="instructions"))

    return step


@blueprint.post("/instructions/<id:number>")
@form_action(lambda error, number: _page(number, error, request.form.get("act", "")))
def act_on_instruction(number: int) -> Step:
    actor, now, form = signed_in_actor(), db.now(), request.form
    kept = _files(number) if form.get("act") == "answer" else []
    reason, due_on = form.get("reason"), form.get("due_on", "").strip()
    acts: dict[str, Callable[[Session], Instruction]] = {
        "answer": lambda s: _answer(s, actor, number, kept),
        "accept": lambda s: instruction_desk.accept(s, actor, now, number, reason),
        "return": lambda s: instruction_desk.send_back(s, actor, now, number, reason, due_on),
        "withdraw": lambda s: instruction_desk.withdraw(s, actor, now, number, reason),
    }
    act = form.get("act", "")
    if act not in acts:
        raise BadInput("missing", "act")

    def step(session: Session) -> Done:
        acts[act](session)
        return done(url_for("pages.instruction", number=number))

    return step


def _files(number: int) -> list[Kept]:
    """The files of an answer, kept once it is clear that the sender may answer."""
    if not form_files.brings("file"):
        return []
    with db.read_session() as session:
        found, _cut = instruction_views.find(session, signed_in_actor(), number)
        if not instruction_views.addressed_to(signed_in_actor(), found):
            raise NotAllowed("instruction_of_another_unit")
    return form_files.taken("file")


def _answer(session: Session, actor: Actor, number: int, kept: list[Kept]) -> Instruction:
    brought = [instruction_desk.bring(session, actor, db.now(), number, **file).id for file in kept]
    return instruction_desk.answer(session, actor, db.now(), number, request.form.get("answer"), brought)
