"""Papers of the ladder: the list, one paper with its acts, the forms for them, and the document itself."""

from collections.abc import Callable
from datetime import datetime
from itertools import zip_longest
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Paper
from web import db, form_files, paper_files, search_text
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from workflow.accountability import paper_actions, paper_timeline, paper_views
from workflow.accountability.paper_views import PaperFilters
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, WorkflowError
from workflow.evidence.uploads import Kept
from workflow.tickets.views.search import cleaned
from workflow.tickets.visibility import COUNTY_WIDE


@blueprint.get("/papers")
def papers() -> ResponseReturnValue:
    """Papers by kind and standing, the latest first."""
    actor, args = signed_in_actor(), request.args
    with db.read_session() as session:
        setting = county_context(session)
        page = paper_views.list_papers(
            session,
            actor,
            db.now(),
            PaperFilters(args.get("rung"), args.get("which"), args.get("unit"), cleaned(search_text.searched())),
            cursor=args.get("cursor"),
        )
    kept = {name: args[name] for name in ("rung", "which", "unit", "q") if args.get(name)}
    return render_template(
        "accountability/papers.html",
        setting=setting,
        page=page,
        now=db.now(),
        kept=kept,
        sorts=paper_views.SORTS,
        wide=actor.role in COUNTY_WIDE,
    )


@blueprint.get("/papers/<number>")
def paper(number: str) -> ResponseReturnValue:
    return _paper_page(number)


def _paper_page(number: str, error: WorkflowError | None = None, tried: str | None = None) -> Page:
    """The page; after a refusal with what was typed."""
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        view = paper_views.paper_view(session, actor, number)
        setting = county_context(session)
        may = () if view.cut_at else paper_actions.open_to(actor, view.paper, view.ticket, view.acts, now)
        work_is_open = paper_actions.work_is_open(view.paper, view.ticket)
    return render_form(
        "accountability/paper.html",
        error,
        view=view,
        paper=view.paper,
        setting=setting,
        may=may,
        work_is_open=work_is_open,
        tried=tried,
    )


@blueprint.get("/papers/<number>/pdf", defaults={"kind": "pdf"})
@blueprint.get("/papers/<number>/docx", defaults={"kind": "docx"})
def paper_file(number: str, kind: str) -> ResponseReturnValue:
    """The document, rendered from frozen content: the same bytes each time."""
    with db.read_session() as session:
        found, _cut = paper_views.find(session, signed_in_actor(), number)
    # Rendered outside the transaction.
    return paper_files.document(found, kind)


@blueprint.get("/papers/<number>/course.pdf", defaults={"kind": "pdf"})
@blueprint.get("/papers/<number>/course.docx", defaults={"kind": "docx"})
def paper_course_file(number: str, kind: str) -> ResponseReturnValue:
    """The course of the paper as a document; up to event `upto`, or to the end of the history."""
    with db.read_session() as session:
        course = paper_timeline.course(session, signed_in_actor(), number, request.args.get("upto", type=int))
    return paper_files.course(course, kind)


@blueprint.post("/papers/<number>")
@form_action(lambda error, number: _paper_page(number, error, _tried()))
def act_on_paper(number: str) -> Step:
    actor, now, form = signed_in_actor(), db.now(), request.form
    kept = _files(number) if form.get("act") == "answer" else []
    acts: dict[str, Callable[[Session], Paper]] = {
        "sign": lambda s: paper_actions.sign(s, actor, now, number),
        "answer": lambda s: _answer(s, actor, now, number, kept),
        "record": lambda s: paper_actions.record_talk(s, actor, now, number, _record()),
        "verify": lambda s: paper_actions.check(s, actor, now, number, True, form.get("reason")),
        "return": lambda s: paper_actions.check(s, actor, now, number, False, form.get("reason")),
        "revoke": lambda s: paper_actions.ask_revocation(s, actor, now, number, form.get("reason")),
        "confirm": lambda s: paper_actions.rule_on_revocation(s, actor, now, number, True, form.get("reason")),
        "keep": lambda s: paper_actions.rule_on_revocation(s, actor, now, number, False, form.get("reason")),
    }
    act = form.get("act", "")
    if act not in acts:
        raise BadInput("missing", "act")

    def step(session: Session) -> Done:
        acts[act](session)
        return done(url_for("pages.paper", number=number))

    return step


def _files(number: str) -> list[Kept]:
    """The files of an answer, kept once it is clear that the sender may answer."""
    if not form_files.brings("file"):
        return []
    with db.read_session() as session:
        found, _cut = paper_views.find(session, signed_in_actor(), number)
        if not paper_actions.addressed_to(signed_in_actor(), found):
            raise NotAllowed("paper_of_another_unit")
    return form_files.taken("file")


def _answer(session: Session, actor: Actor, now: datetime, number: str, kept: list[Kept]) -> Paper:
    brought = [paper_actions.bring(session, actor, now, number, **file).id for file in kept]
    return paper_actions.answer(session, actor, now, number, request.form.get("answer"), brought, _commitments())


def _commitments() -> list[dict[str, str]]:
    """The commitments typed into the form, line by line."""
    words, days = request.form.getlist("promise"), request.form.getlist("due_on")
    return [{"words": text, "due_on": day} for text, day in zip_longest(words, days, fillvalue="")]


def _record() -> dict[str, Any]:
    typed = {name: request.form.get(name, "").strip() for name in ("held_at", "came", "minutes")}
    return {**typed, "commitments": _commitments()}


def _tried() -> str:
    """The form that was sent: two answers to one question share one, and with it what was typed."""
    act = request.form.get("act", "")
    return {"confirm": "rule", "keep": "rule", "verify": "check", "return": "check"}.get(act, act)
