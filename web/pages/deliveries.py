"""What did not get through, for the office to decide; who was told of a ticket; and the units' robots."""

from itertools import groupby
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from models import LARGEST_ID
from notifications import addresses, digest, record, trouble, wishes
from notifications.origins import permitted
from web import db
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from workflow.county import webhooks
from workflow.county.context import setting
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WorkflowError
from workflow.tickets import lookup
from workflow.tickets.permissions import COUNTY_WIDE

_SHOWN = 50


@blueprint.get("/deliveries")
@login_required
def deliveries() -> Any:
    """The office decides, the inspectorate reads."""
    actor = current_user.actor
    if actor.role not in ("office", "inspectorate"):
        raise NotAllowed("deliveries_not_yours")
    before = request.args.get("before", type=int)
    with db.reading() as session:
        rows = trouble.troubled(session, None if before is None else max(0, min(before, LARGEST_ID)))
        whose = record.targets(session, rows)
        waiting = record.waiting(session)
        faulty = addresses.unreachable(session)
        seats = digest.empty_seats(session)
        empty = [(unit, [seat for _unit, seat in those]) for unit, those in groupby(seats, key=lambda pair: pair[0])]
        place = setting(session)
    more = rows[_SHOWN - 1].id if len(rows) > _SHOWN else None
    return render_template(
        "admin/deliveries.html",
        rows=rows[:_SHOWN],
        more=more,
        whose=whose,
        waiting=waiting,
        faulty=faulty,
        place=place,
        now=db.now(),
        empty=empty,
    )


@blueprint.get("/deliveries/<id:delivery>")
@login_required
def decided(delivery: int) -> Any:
    """Where a button of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.deliveries"))


@blueprint.post("/deliveries/<id:delivery>")
@login_required
def decide(delivery: int) -> Any:
    """Send it again, or count what is in doubt as arrived."""
    actor = current_user.actor
    if actor.role != "office":
        raise NotAllowed("deliveries_not_yours")
    arrived = request.form.get("act") == "arrived"
    done = db.transaction(lambda s: trouble.resend(s, delivery, db.now(), actor.user_id, arrived=arrived))
    if not done:
        raise Conflict("nothing_to_decide")
    flash(_("Counted as received.") if arrived else _("It will be sent again."), "success")
    return redirect(url_for("pages.deliveries"))


@blueprint.get("/tickets/<number>/told")
@login_required
def told(number: str) -> Any:
    """Who was told of a ticket, on which channels, and who has read it."""
    actor = current_user.actor
    with db.reading() as session:
        ticket = lookup.find_ticket(session, actor, number)
        if actor.role not in COUNTY_WIDE:
            raise NotAllowed("told_not_yours")
        lines = record.told_of(session, ticket.id)
        place = setting(session, ticket.scheme_version_id)
    return render_template("tickets/recipients.html", number=ticket.number, lines=lines, place=place, now=db.now())


@blueprint.get("/robots")
@login_required
def robots() -> Any:
    return _robots()


@blueprint.post("/robots")
@login_required
def set_robot() -> Any:
    form, actor = request.form, current_user.actor
    url = form.get("url", "").strip()
    try:
        if actor.role == "admin" and not url:
            raise BadInput("missing", "url")
        if actor.role == "admin" and not permitted(url, current_app.config["OUTBOUND"]):
            raise BadInput("host_not_allowed", "url")
        db.transaction(
            lambda s: webhooks.set_robot(
                s,
                actor,
                form.get("unit", ""),
                form.get("channel", ""),
                url,
                form.get("secret", "").strip(),
                db.vault(),
                db.now(),
            )
        )
    except WorkflowError as error:
        return _robots(error)
    flash(_("Messages to the unit now also go to its group."), "success")
    return redirect(url_for("pages.robots"))


@blueprint.get("/robots/<id:robot>")
@login_required
def ended_robot(robot: int) -> Any:
    """Where a button of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.robots"))


@blueprint.post("/robots/<id:robot>")
@login_required
def end_robot(robot: int) -> Any:
    try:
        db.transaction(lambda s: webhooks.end_robot(s, current_user.actor, robot, db.now()))
    except NotFound as error:
        return _robots(error)
    flash(_("The group bot no longer receives messages."), "success")
    return redirect(url_for("pages.robots"))


def _robots(error: WorkflowError | None = None) -> Any:
    actor = current_user.actor
    if actor.role != "admin":
        raise NotAllowed("only_the_administrator")
    with db.reading() as session:
        rows = wishes.robots(session)
        place = setting(session)
    page = render_template(
        "admin/robots.html",
        rows=rows,
        place=place,
        typed=request.form,
        hosts=current_app.config["OUTBOUND"],
        now=db.now(),
        error=sentence(error) if error else None,
        field=error.field if error else None,
    )
    return (page, status_of(error)) if error else page
