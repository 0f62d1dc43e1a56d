"""Failed deliveries, for the office to decide; the recipients of a ticket's events; and the units' group bots."""

from itertools import groupby

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import LARGEST_ID
from models.delivery import ROBOTS
from notifications import addresses, digest, event_preferences, failed_deliveries, receipts
from notifications.url_allowlist import permitted
from web import db
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from workflow.county import outgoing_addresses
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, NotAllowed, WorkflowError
from workflow.tickets import lookup
from workflow.tickets.visibility import COUNTY_WIDE

_SHOWN = 50


@blueprint.get("/deliveries")
def deliveries() -> ResponseReturnValue:
    """The office decides, the inspectorate reads."""
    actor = signed_in_actor()
    if actor.role not in ("office", "inspectorate"):
        raise NotAllowed("deliveries_not_yours")
    before = request.args.get("before", type=int)
    with db.read_session() as session:
        rows = failed_deliveries.stuck_deliveries(session, None if before is None else max(0, min(before, LARGEST_ID)))
        whose = receipts.targets(session, rows)
        waiting = receipts.waiting(session)
        untold = failed_deliveries.set_aside(session)
        faulty = addresses.unreachable(session)
        seats = digest.empty_posts(session, db.now())
        empty = [(unit, [seat for _unit, seat in those]) for unit, those in groupby(seats, key=lambda pair: pair[0])]
        setting = county_context(session)
    more = rows[_SHOWN - 1].id if len(rows) > _SHOWN else None
    return render_template(
        "admin/deliveries.html",
        rows=rows[:_SHOWN],
        more=more,
        whose=whose,
        waiting=waiting,
        untold=untold,
        faulty=faulty,
        setting=setting,
        now=db.now(),
        empty=empty,
    )


returns_to("/deliveries/<id:delivery>", "deliveries")


@blueprint.post("/deliveries/<id:delivery>")
def decide(delivery: int) -> ResponseReturnValue:
    """Send it again, or count what is in doubt as arrived; with `tell`, make the messages of a set-aside event again."""
    actor = signed_in_actor()
    if actor.role != "office":
        raise NotAllowed("deliveries_not_yours")
    if request.form.get("act") == "tell":
        if not db.transaction(lambda session: failed_deliveries.try_again(session, delivery)):
            raise Conflict("nothing_to_decide")
        flash(_("Its messages will be made again."), "success")
        return redirect(url_for("pages.deliveries"))
    arrived = request.form.get("act") == "arrived"
    if not db.transaction(
        lambda s: failed_deliveries.resend(s, delivery, db.now(), signed_in_user().id, arrived=arrived)
    ):
        raise Conflict("nothing_to_decide")
    flash(_("Counted as received.") if arrived else _("It will be sent again."), "success")
    return redirect(url_for("pages.deliveries"))


@blueprint.get("/tickets/<number>/told")
def ticket_recipients(number: str) -> ResponseReturnValue:
    """The recipients of a ticket's events, by channel, and when they read them."""
    actor = signed_in_actor()
    with db.read_session() as session:
        ticket = lookup.find_ticket(session, actor, number)
        if actor.role not in COUNTY_WIDE:
            raise NotAllowed("told_not_yours")
        lines = receipts.told_of(session, ticket.id)
        setting = county_context(session, ticket.scheme_version_id)
    return render_template("tickets/recipients.html", number=ticket.number, lines=lines, setting=setting, now=db.now())


@blueprint.get("/robots")
def robots() -> ResponseReturnValue:
    return _robots()


@blueprint.post("/robots")
@form_action(lambda error: _robots(error), passes=())
def set_robot() -> Step:
    form, actor = request.form, signed_in_actor()
    url = form.get("url", "").strip()
    if actor.role == "admin" and not url:
        raise BadInput("missing", "url")
    if actor.role == "admin" and not permitted(url, current_app.config["OUTBOUND"]):
        raise BadInput("host_not_allowed", "url")

    def step(session: Session) -> Done:
        outgoing_addresses.set_robot(
            session,
            actor,
            db.now(),
            form.get("unit", ""),
            form.get("channel", ""),
            outgoing_addresses.BotAddress(url, form.get("secret", "").strip()),
            db.vault(),
        )
        return Done(url_for("pages.robots"), _("Messages to the unit now also go to its group."))

    return step


returns_to("/robots/<id:robot>", "robots")


@blueprint.post("/robots/<id:robot>")
@form_action(lambda error, robot: _robots(error), passes=())
def end_robot(robot: int) -> Step:
    def step(session: Session) -> Done:
        outgoing_addresses.end_robot(session, signed_in_actor(), robot, db.now())
        return Done(url_for("pages.robots"), _("The group bot no longer receives messages."))

    return step


def _robots(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    if actor.role != "admin":
        raise NotAllowed("only_the_administrator")
    with db.read_session() as session:
        rows = event_preferences.robots(session)
        setting = county_context(session)
    return render_form(
        "admin/robots.html",
        error,
        rows=rows,
        channels=ROBOTS,
        setting=setting,
        hosts=current_app.config["OUTBOUND"],
    )
