"""The next ticket of a list: where a person goes who has just done an act on one and goes on with the same act."""

from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from flask import session as flask_session
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import Ticket
from web import redirects
from web.pages.forms import Done
from web.pages.ticket_filters import chosen_filters, with_days
from web.words.language import say
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.many.row_offers import offering
from workflow.tickets.views import listing

#: Tickets looked at behind the one in hand, and again from the list's beginning.
_FAR = 30


def after(session: Session, actor: Actor, now: datetime, ticket: Ticket, action: str) -> str | None:
    """The number of the next ticket that allows the action, in the list from which the person came; None for none.

    Asked before the action is done: afterwards the ticket is elsewhere in the list.
    """
    asked = dict(parse_qsl(urlsplit(flask_session.get("list") or "?mine=1").query))
    setting = county_context(session)
    try:
        chosen = with_days(setting, chosen_filters(actor, setting, asked), asked)
        behind = listing.cursor_behind(session, actor, now, chosen, ticket.id)
        for cursor in (behind, None) if behind else (None,):
            items = listing.list_tickets(session, actor, now, chosen, cursor, _FAR).items
            ids = [line.id for line in items if line.cut_at is None and line.id != ticket.id]
            fit = offering(session, actor, now, ids, action)
            if (number := next((line.number for line in items if line.id in fit), None)) is not None:
                return number
    except BadInput:
        # A list of another time: a unit that has ended since, a state that is no longer one.
        return None
    return None


def opened(number: str, action: str, following: str | None) -> Done:
    """The act was done on this ticket; the next one is opened, or the list where there is none."""
    text = say(ACTIONS[action].label)
    if following is None:
        said = _("%(action)s: %(number)s, done. No other ticket of the list waits for it.", action=text, number=number)
        return Done(redirects.inside(flask_session.get("list")), said)
    said = _("%(action)s: %(number)s, done. This is the next one.", action=text, number=number)
    return Done(url_for("pages.ticket", number=following), said)
