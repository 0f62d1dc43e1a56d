"""The list of tickets: its filters and figures, the acts that its rows offer, and what an act on many came to."""

from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for
from flask import session as flask_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import Ticket
from web import db, form_keys, redirects, search_text, taken_along
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.form_fields import Field, area
from web.pages.forms import FormState, Page, Refusal, render_form
from web.pages.ticket_columns import chosen_columns, column_choices, column_heads
from web.pages.ticket_filters import chosen_filters, filters, shown_filters, sortable, with_days
from web.pages.view_links import view_links
from web.words.dates import iso_day
from web.words.errors import sentence
from web.words.labels import label
from web.words.language import say
from web.words.posts import colleague_choices
from web.words.template_globals import named
from workflow.actors import Actor
from workflow.boards import board_figures
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.register import household_listing
from workflow.register.bulk_lists import list_counts
from workflow.register.counted import quota_verdicts
from workflow.tickets import lookup, participation, sources
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.lookup import id_of
from workflow.tickets.many.acts_on_many import ACTS, CHANGED, DONE, FAILED, MOST, REFUSED
from workflow.tickets.many.row_offers import RowOffer, row_offers
from workflow.tickets.saved.saved_views import shares
from workflow.tickets.views import listing
from workflow.tickets.views.line import TicketLine

#: The tickets whose pages a session has opened lately, as many as its cookie holds.
_OPENED_KEPT = 60
#: The acts that a row's own button does at once: what they lead to stands in the row, and neither asks for anything.
ROW_ACTS = ("accept", "endorse")


@blueprint.get("/tickets")
def tickets() -> ResponseReturnValue:
    """The list: `mine` is what waits for one's own unit, soonest due first; without it, all one may see."""
    if search_text.holds_a_number():
        return redirect(
            url_for("pages.tickets", **{name: value for name, value in redirects.asked().items() if name != "q"})
        )
    # While one types the list is asked for, and never a page in its place.
    if not request.headers.get("HX-Request"):
        with db.read_session() as session:
            number = _asked_for(session, signed_in_actor(), request.args.get("q", "").strip())
        if number:
            return redirect(url_for("pages.ticket", number=number))
    return tickets_page()


def tickets_page(error: WorkflowError | None = None) -> Page:
    """The list that the address asks for; after a refused act on many with what was ticked and typed."""
    return list_page(error, "act")


def list_page(error: WorkflowError | None, tried: str) -> Page:
    """The list that the address asks for; `tried`: which of its forms was refused, `act` or `view`."""
    actor, now, args = signed_in_actor(), db.now(), request.args
    with db.read_session() as session:
        setting = county_context(session)
        only_mine, (chosen, wrong) = bool(args.get("mine")), _as_asked(actor, setting)
        page = listing.list_tickets(session, actor, now, chosen, args.get("cursor"), 30)
        offers = row_offers(session, actor, now, [line.id for line in page.items if line.cut_at is None])
        offered = filters(session, actor, setting, chosen, only_mine)
        columns = chosen_columns(actor, only_mine)
        values = _figures(session, actor, setting) | {
            "columns": column_heads(actor, chosen, columns, _asked("cursor", "outcome")),
            "found_members": _members(session, actor, chosen, page.items),
            "acts": _acts(session, actor, setting, offers),
            "outcomes": _outcomes(session, actor),
            "views": () if request.headers.get("HX-Request") else view_links(session, actor, setting),
        }
    chips = shown_filters(actor, offered, _asked("cursor", "outcome"))
    if request.method == "GET" and not (request.headers.get("HX-Request") and args.get("cursor")):
        # Where “back to the list” leads from a ticket's page, filters and all.
        flask_session["list"] = url_for("pages.tickets", **_asked("outcome"))
    shown = render_form(
        "tickets/list.html",
        error,
        names=None,
        tried=tried,
        field=f"{request.form.get('act')}.{error.field}" if error is not None and tried == "act" else None,
        typed=request.form if error is not None else args,
        page=page,
        offers=offers,
        setting=setting,
        args=args,
        searching=FormState(args, wrong),
        filters=offered,
        column_choices=column_choices(),
        without_columns=_asked("cursor", "outcome", "cols"),
        following={**_asked("outcome"), "cursor": page.next} if page.next else None,
        view=_asked("outcome"),
        first=_asked("cursor", "outcome"),
        elsewhere=sortable(actor, _asked("cursor", "outcome", "mine")),
        only_mine=only_mine,
        narrowed=bool(chips),
        chips=chips,
        files=bool(sources.subjects_open_to(setting, actor)),
        opened=frozenset(flask_session.get("opened", ())),
        ticked=frozenset(request.form.getlist("t")),
        most=MOST,
        shares_views=shares(actor),
        ticks=actor.role not in ("inspectorate", "admin") and not taken_along.is_now(),
        looks=actor.role == "town",
        # Some two kilobytes that a phone need not wait for.
        folded=actor.role in ("village", "town") and not (args.get("filters") or wrong),
        row_acts={act: act_label(act) for act in ROW_ACTS},
        **values,
    )
    return (shown, 422) if wrong and isinstance(shown, str) else shown


def _as_asked(actor: Actor, setting: CountyContext) -> tuple[listing.Filters, Refusal | None]:
    """The filters of the address, and what is wrong with its days or its order: the list stays as the others have it."""
    chosen = chosen_filters(actor, setting)
    wrong: BadInput | None = None
    try:
        listing.order_asked(actor, chosen)
    except BadInput as refusal:
        chosen, wrong = replace(chosen, sort=None), refusal
    try:
        chosen = with_days(setting, chosen)
    except BadInput as refusal:
        wrong = refusal
    return chosen, Refusal(sentence(wrong), wrong.field) if wrong else None


def remember_opened(ticket: Ticket) -> None:
    """Notes in the session's signed cookie that the ticket's page was opened at this version; the latest ones are kept."""
    if ticket.state == "reported":
        seen = f"{ticket.number}:{ticket.version}"
        earlier = [each for each in flask_session.get("opened", ()) if each != seen]
        flask_session["opened"] = [*earlier, seen][-_OPENED_KEPT:]


def _asked(*without: str) -> dict[str, Any]:
    return {name: value for name, value in redirects.asked().items() if name not in (*without, "filters")}


def _figures(session: Session, actor: Actor, setting: CountyContext) -> dict[str, Any]:
    """What waits beside the tickets of the list."""
    now = db.now()
    return {
        "mine": board_figures.mine(session, actor, setting, now),
        "quota_days": quota_verdicts.waiting(session, actor, setting),
        "checks": list_counts.to_check(session, actor, now) if actor.role in ("village", "town") else None,
        "questions": list_counts.to_answer(session, actor, now),
    }


def _members(
    session: Session, actor: Actor, chosen: listing.Filters, items: list[TicketLine]
) -> dict[str, tuple[str, ...]]:
    heads = {line.household_code: line.head_name or "" for line in items if line.household_code}
    return household_listing.members_found(session, actor, chosen.q, heads)


def _acts(
    session: Session, actor: Actor, setting: CountyContext, offers: dict[int, RowOffer]
) -> list[tuple[str, str, list[Field], bool]]:
    """The acts on many of this page's rows: name, label, what they ask for, and whether they take something back."""
    offered = {act for offer in offers.values() for act in offer.acts}
    return [
        (
            act,
            act_label(act),
            [_field(session, actor, setting, act, name) for name in inputs],
            act in ACTIONS and ACTIONS[act].undoes,
        )
        for act, inputs in ACTS.items()
        if act in offered
    ]


def act_label(act: str) -> str:
    """The label of an act on many."""
    if act in ACTIONS:
        return say(ACTIONS[act].label)
    return {"comment": _("Comment"), "handler": _("Name the handler")}[act]


def _field(session: Session, actor: Actor, setting: CountyContext, act: str, name: str) -> Field:
    """One shared input; it is required of this act alone, so the browser does not ask for it."""
    box, caption = f"{act}.{name}", label("field", name)
    if name == "handler":
        people = colleague_choices(participation.colleagues(session, actor))
        return Field(box, "select", caption, choices=people, blank=_("no handler"))
    if name == "ground":
        return Field(box, "select", caption, True, named(setting.scheme.suspension.grounds), "")
    if name == "until":
        return Field(box, "date", caption, True, attributes={"min": iso_day(db.now())})
    return area(box, caption, True)


def _outcomes(session: Session, actor: Actor) -> dict[str, Any] | None:
    """What an act on many came to, as the panel above the list says it, each ticket by its name."""
    number = request.args.get("outcome", type=int)
    kept = form_keys.outcomes_of(session, number) if number is not None and 0 < number < 2**63 else None
    if kept is None:
        return None
    ids = [id_of(each["number"]) for each in kept["outcomes"]]
    lines = {line.number: line for line in listing.lines(session, actor, db.now(), Ticket.id.in_(ids))}
    told = [(each, lines.get(each["number"]), _why(each)) for each in kept["outcomes"]]
    return {
        "act": act_label(kept["act"]),
        "done": [each for each in told if each[0]["result"] == DONE],
        "left": [each for each in told if each[0]["result"] in (CHANGED, REFUSED, FAILED)],
    }


def _why(outcome: dict[str, Any]) -> str:
    if not outcome["code"]:
        return ""
    return sentence(WorkflowError(outcome["code"], outcome["field"], **(outcome["params"] or {})))


def _asked_for(session: Session, actor: Actor, number: str) -> str | None:
    """The ticket whose whole number was searched for, closed or not, if the actor may see it."""
    if id_of(number) is None:
        return None
    try:
        return lookup.find_ticket(session, actor, number).number
    except NotFound:
        return None
