"""Filing: household or village, then kind and cause, then the bureau, the reason and the dates before anything is sent."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, Conflict, NotAllowed, WorkflowError, WrongState
from workflow.register import household_listing
from workflow.tickets import filing


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for so far, what it would come to, and what is wrong with it before it is sent."""

    given: dict[str, Any]
    place: CountyContext
    subject: household_listing.HouseholdLine | household_listing.VillageLine | None
    shown: filing.Preview | None
    error: WorkflowError | None


@blueprint.route("/file", methods=["GET", "POST"])
@form_action(lambda error: _page(_asked(), error), passes=())
def file() -> Step | Page:
    """The form as far as it is filled in; sent, it files what was shown."""
    asked, values = _asked(), request.values
    if request.method != "POST" or not values.get("send") or asked.error is not None or asked.subject is None:
        return _page(asked, asked.error)
    if asked.shown is None:
        raise BadInput("missing", "kind")
    if values.get("seen") != _seen(asked.given, asked.shown):
        # Without a script a changed kind is sent unseen: nobody files to a bureau that was not shown.
        raise Conflict("not_what_was_shown")

    def step(session: Session) -> Done:
        words = values.get("description", "")
        made = filing.file_ticket(session, signed_in_actor(), db.now(), description=words, **asked.given)
        return Done(url_for("pages.ticket", number=made.ticket.number), _("Filed."))

    return step


def _asked() -> Asked:
    actor, now, given = signed_in_actor(), db.now(), _given()
    if actor.role not in ("village", "town"):
        raise NotAllowed("may_not_file")
    shown: filing.Preview | None = None
    subject: household_listing.HouseholdLine | household_listing.VillageLine | None = None
    error: WorkflowError | None = None
    with db.read_session() as session:
        setting = county_context(session, at=now)
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
    return Asked(given, setting, subject, shown, error)


def _page(asked: Asked, error: WorkflowError | None) -> Page:
    """The choice of a household or village; once it is made, the form."""
    values = request.values
    if asked.subject is None:
        with db.read_session() as session:
            page = household_listing.list_households(session, signed_in_actor(), q=values.get("q") or None, limit=20)
            villages = household_listing.list_villages(session, signed_in_actor())
        return render_form(
            "tickets/file_subject.html", error, place=asked.place, choices=page, villages=villages, typed=values
        )
    wanted = "household" if asked.given["household"] else "village"
    kinds = [kind for kind in asked.place.scheme.kinds if wanted in kind.subjects]
    return render_form(
        "tickets/file.html",
        error,
        place=asked.place,
        subject=asked.subject,
        kinds=kinds,
        chosen=next((kind for kind in kinds if kind.code == asked.given["kind"]), None),
        shown=asked.shown,
        typed=values,
        seen=_seen(asked.given, asked.shown) if asked.shown else "",
    )


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
