"""Filing: household or village, then kind and cause, then the bureau, the reason and the dates before anything is sent."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from web import db
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from workflow.county.context import setting
from workflow.errors import BadInput, Conflict, NotAllowed, WorkflowError, WrongState
from workflow.register import household_listing
from workflow.tickets import filing


@blueprint.route("/file", methods=["GET", "POST"])
@login_required
def file() -> Any:
    actor, now, values = current_user.actor, db.now(), request.values
    if actor.role not in ("village", "town"):
        raise NotAllowed("may_not_file")
    given, shown, subject, error = _given(), None, None, None
    with db.reading() as session:
        place = setting(session, at=db.now())
        try:
            if given["household"]:
                subject = household_listing.find_household(session, actor, given["household"])
                if subject.status == "cleared":
                    # Said before anything is written, and not only when it is sent.
                    raise WrongState("household_cleared", "household", code=subject.code)
            elif given["village"]:
                subject = household_listing.find_village(session, actor, given["village"])
            if subject is not None and given["kind"]:
                shown = filing.preview(session, actor, now, **given)
        except WorkflowError as refusal:
            error = refusal
        if subject is None:
            page = household_listing.list_households(session, actor, q=values.get("q") or None, limit=20)
            villages = household_listing.list_villages(session, actor)
            return _answer(
                "tickets/file_subject.html", error, place=place, choices=page, villages=villages, typed=values
            )
    if values.get("send") and error is None:
        if shown is None:
            error = BadInput("missing", "kind")
        elif values.get("seen") != _seen(given, shown):
            # Without a script a changed kind is sent unseen: nobody files to a bureau that was not shown.
            error = Conflict("not_what_was_shown")
        else:
            try:
                words = values.get("description", "")
                number = db.transaction(
                    lambda s: filing.file_ticket(s, actor, now, description=words, **given).ticket.number
                )
                flash(_("Filed."), "success")
                return redirect(url_for("pages.ticket", number=number))
            except WorkflowError as refusal:
                error = refusal
    wanted = "household" if given["household"] else "village"
    kinds = [kind for kind in place.scheme.kinds if wanted in kind.subjects]
    chosen = next((kind for kind in kinds if kind.code == given["kind"]), None)
    return _answer(
        "tickets/file.html",
        error,
        place=place,
        subject=subject,
        kinds=kinds,
        chosen=chosen,
        shown=shown,
        typed=values,
        seen=_seen(given, shown) if shown else "",
    )


def _answer(template: str, error: WorkflowError | None, **values: Any) -> Any:
    told: dict[str, Any] = {
        "now": db.now(),
        "error": sentence(error) if error else None,
        "field": error.field if error else None,
    }
    page = render_template(template, **told, **values)
    return (page, status_of(error)) if error else page


def _seen(given: dict[str, Any], shown: filing.Preview) -> str:
    """What the person was shown: what was asked, the bureau, and the day it must have mended it."""
    mended = next(stage.due_at for stage in shown.stages if stage.stage == "mend")
    asked = (given["household"] or given["village"], given["kind"], given["cause"] or "", int(given["urgent"]))
    return "/".join(map(str, (*asked, shown.unit.code, mended.date())))


def _given() -> dict[str, Any]:
    values = request.values
    kind, cause = values.get("kind", ""), values.get("cause") or None
    # A cause chosen for another kind is not carried over to this one.
    return {
        "household": values.get("household", "").strip() or None,
        "village": values.get("village", "").strip() or None,
        "kind": kind,
        "cause": cause if values.get("cause_of", kind) == kind else None,
        "urgent": bool(values.get("urgent")),
    }
