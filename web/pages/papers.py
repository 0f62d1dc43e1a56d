"""The ladder's papers: lists, one with what happened to it, what people do with it, and the document itself."""

import io
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from models import Paper
from reports import papers as document
from web import db
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from workflow.accountability import paper_actions, paper_timeline, paper_views
from workflow.county.context import setting
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.tickets.permissions import COUNTY_WIDE


@blueprint.get("/papers")
@login_required
def papers() -> Any:
    """Papers by kind and standing, the latest first."""
    actor, args = current_user.actor, request.args
    with db.reading() as session:
        place = setting(session)
        page = paper_views.list_papers(
            session,
            actor,
            db.now(),
            rung=args.get("rung"),
            which=args.get("which"),
            unit=args.get("unit"),
            cursor=args.get("cursor"),
        )
    kept = {name: args[name] for name in ("rung", "which", "unit") if args.get(name)}
    return render_template(
        "accountability/papers.html",
        place=place,
        page=page,
        now=db.now(),
        kept=kept,
        sorts=paper_views.SORTS,
        wide=actor.role in COUNTY_WIDE,
    )


@blueprint.get("/papers/<number>")
@login_required
def paper(number: str) -> Any:
    return _shown(number)


def _shown(number: str, error: WorkflowError | None = None, tried: str | None = None) -> Any:
    """The page; after a refusal with what was typed."""
    actor, now = current_user.actor, db.now()
    with db.reading() as session:
        view = paper_views.paper_view(session, actor, number)
        place = setting(session)
    may = () if view.cut_at else paper_actions.open_to(actor, view.paper, view.acts, now)
    page = render_template(
        "accountability/paper.html",
        view=view,
        paper=view.paper,
        place=place,
        may=may,
        now=now,
        tried=tried,
        typed=request.form,
        error=sentence(error) if error else None,
        field=error.field if error else None,
    )
    return (page, status_of(error)) if error else page


@blueprint.get("/papers/<number>/pdf")
@login_required
def paper_pdf(number: str) -> Any:
    """The document, composed anew from what was frozen: the same bytes each time."""
    with db.reading() as session:
        found, _cut = paper_views.find(session, current_user.actor, number)
    # Pressed outside the transaction.
    made = document.pdf(found)
    return send_file(io.BytesIO(made), mimetype="application/pdf", download_name=f"{document.number(found)}.pdf")


@blueprint.get("/papers/<number>/course.pdf")
@login_required
def paper_course_pdf(number: str) -> Any:
    """What became of it, on paper; up to event `upto`, or as far as the history goes."""
    with db.reading() as session:
        found = paper_timeline.course(session, current_user.actor, number, request.args.get("upto", type=int))
    made = document.course_pdf(found)
    name = f"{document.number(found.paper)}办理情况-{found.seq}.pdf"
    return send_file(io.BytesIO(made), mimetype="application/pdf", download_name=name)


@blueprint.post("/papers/<number>")
@login_required
def act_on_paper(number: str) -> Any:
    actor, now, form = current_user.actor, db.now(), request.form
    steps: dict[str, Callable[[Session], Paper]] = {
        "sign": lambda s: paper_actions.sign(s, actor, now, number),
        "answer": lambda s: paper_actions.answer(s, actor, now, number, form.get("answer")),
        "revoke": lambda s: paper_actions.ask_revocation(s, actor, now, number, form.get("reason")),
        "confirm": lambda s: paper_actions.rule_on_revocation(s, actor, now, number, True, form.get("reason")),
        "keep": lambda s: paper_actions.rule_on_revocation(s, actor, now, number, False, form.get("reason")),
    }
    act = form.get("act", "")
    try:
        if act not in steps:
            raise BadInput("missing", "act")
        db.transaction(lambda writing: steps[act](writing))
    except WorkflowError as error:
        if isinstance(error, NotFound):
            raise
        # Two answers to one question share a form, and with it what was typed.
        return _shown(number, error, "rule" if act in ("confirm", "keep") else act)
    flash(_("Done."), "success")
    return redirect(url_for("pages.paper", number=number))
