"""Requests for time on a ticket's page, and their answers."""

from flask import request
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint, ticket
from web.pages import ticket_page as page
from web.pages.forms import Done, Step, form_action, returns_to
from workflow.errors import BadInput
from workflow.tickets import time_requests
from workflow.tickets.time_requests import RequestInput


@blueprint.post("/tickets/<number>/requests")
@form_action(page.shown_after("ask_time"))
def ask_time(number: str) -> Step:
    form, kept = request.form, ticket.keep(number)

    def step(session: Session) -> Done:
        time_requests.ask(
            session,
            signed_in_actor(),
            db.now(),
            page.find(session, number),
            RequestInput(
                kind=form.get("request", ""),
                until=form.get("until"),
                reason=form.get("reason"),
                plan=form.get("plan"),
                ground=form.get("ground"),
                evidence=kept,
            ),
        )
        return page.done_on(number)

    return step


returns_to("/tickets/<number>/requests/<id:asked>", "ticket", "number")


@blueprint.post("/tickets/<number>/requests/<id:asked>")
@form_action(page.shown_after("answer_time"))
def answer_time(number: str, asked: int) -> Step:
    form = request.form

    def step(session: Session) -> Done:
        time_requests.find(session, page.find(session, number), asked)
        if form.get("answer") not in ("grant", "refuse"):
            raise BadInput("missing", "answer")
        grant = form.get("answer") == "grant"
        until = form.get("until") if grant else None
        time_requests.answer(session, signed_in_actor(), db.now(), asked, grant, until, form.get("reason"))
        return page.done_on(number)

    return step
