"""One act on many tickets, from the list: those that are ticked, or all that the list would show."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask import session as flask_session
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db, form_keys, redirects
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Step, form_action, returns_to, versions_seen
from web.pages.ticket_filters import chosen_filters, with_days
from web.pages.ticket_list import act_label, tickets_page
from workflow.county.context import county_context
from workflow.tickets.many.acts_on_many import ACTS, DONE, MOST, Choice, Outcome, act_on_many, check_input
from workflow.tickets.many.row_offers import row_offers
from workflow.tickets.views import listing

returns_to("/ticket-acts", "tickets")


@blueprint.post("/ticket-acts")
@form_action(tickets_page, passes=())
def act_on_tickets() -> Step:
    """The address names the list as it was shown; its button names the act, whose inputs are called `act.name`."""
    # The button of a row names its act and its ticket, whatever is ticked.
    only = request.form.get("only", "").partition(" ")
    action = only[0] or request.form.get("act", "")
    given = {name: request.form.get(f"{action}.{name}", "").strip() for name in ACTS.get(action, ())}
    if only[0]:
        choices = _chosen([only[2]])
    else:
        choices = _all_of_view(action) if request.form.get("all") else _chosen(request.form.getlist("t"))
    check_input(action, choices, given)

    def in_its_own(number: str, step: Any) -> Outcome:
        def work(session: Session) -> dict[str, Any]:
            now: datetime = db.now()
            return asdict(step(session, now))

        return Outcome(**form_keys.part_once(f"{action} {number}", work))

    outcomes = act_on_many(in_its_own, signed_in_actor(), action, choices, given)

    def step(session: Session) -> Done:
        view = {name: value for name, value in redirects.asked().items() if name not in ("cursor", "outcome")}
        if only[0] and outcomes[0].result == DONE:
            number = outcomes[0].number
            said = _("%(action)s: %(number)s, done.", action=act_label(action), number=number)
            return Done(url_for("pages.tickets", **view), said)
        kept = form_keys.keep_outcomes(session, {"act": action, "outcomes": [asdict(each) for each in outcomes]})
        return Done(url_for("pages.tickets", **view, outcome=kept))

    return step


def _chosen(boxes: list[str]) -> list[Choice]:
    opened = frozenset(flask_session.get("opened", ()))
    seen = versions_seen(boxes)
    return [Choice(number, version, f"{number}:{version}" in opened) for number, version in seen.items()]


def _all_of_view(action: str) -> list[Choice]:
    """Those of the list's tickets, at most MOST, that offer the act."""
    actor, now, opened = signed_in_actor(), db.now(), frozenset(flask_session.get("opened", ()))
    with db.read_session() as session:
        setting = county_context(session)
        chosen = with_days(setting, chosen_filters(actor, setting))
        page = listing.list_tickets(session, actor, now, chosen, None, MOST)
        offers = row_offers(session, actor, now, [line.id for line in page.items if line.cut_at is None])
    return [
        Choice(line.number, line.version, f"{line.number}:{line.version}" in opened)
        for line in page.items
        if line.id in offers and action in offers[line.id].acts
    ]
