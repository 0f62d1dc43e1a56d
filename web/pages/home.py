"""The first page of each role, and the list of tickets."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask import session as flask_session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from web import db, redirects, search_text
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import FormState, Refusal
from web.pages.ticket_filters import filters
from web.words.errors import sentence
from workflow.actors import Actor
from workflow.boards import board_figures
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, NotFound
from workflow.register import household_listing
from workflow.register.bulk_lists import list_counts
from workflow.register.counted import quota_verdicts
from workflow.tickets import lookup, sources
from workflow.tickets.lookup import id_of
from workflow.tickets.views import due_soon, listing
from workflow.tickets.visibility import COUNTY_WIDE

_FILTERS = ("q", "state", "kind", "source", "owner", "town", "overdue", "within", "today", "rung")


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The first page after signing in: the board for the office and readers of the county, the accounts for the administrator."""
    actor = signed_in_actor()
    if actor.role == "admin":
        return redirect(url_for("pages.users"))
    if actor.role in COUNTY_WIDE:
        return redirect(url_for("pages.board"))
    with db.read_session() as session:
        waiting = board_figures.mine(session, actor, county_context(session), db.now()).waiting
    # A village rarely has anything to complete; then it wants to know how its reports fare.
    return redirect(url_for("pages.tickets", mine=1 if waiting or actor.role != "village" else None))


@blueprint.get("/tickets")
def tickets() -> ResponseReturnValue:
    """The list: `mine` is what waits for one's own unit, soonest due first; without it, all one may see."""
    actor, now, args = signed_in_actor(), db.now(), request.args
    if search_text.holds_a_number():
        return redirect(
            url_for("pages.tickets", **{name: value for name, value in redirects.asked().items() if name != "q"})
        )
    with db.read_session() as session:
        number = _asked_for(session, actor, args.get("q", "").strip())
        if number:
            return redirect(url_for("pages.ticket", number=number))
        setting = county_context(session)
        chosen, only_mine, wrong = _filters(actor, setting), bool(args.get("mine")), None
        try:
            chosen = replace(chosen, until=_until(setting))
        except BadInput as refusal:
            # The list stays as the other filters have it, with what was typed and what is wrong with it.
            wrong = Refusal(sentence(refusal), "within")
        page = listing.list_tickets(session, actor, now, chosen, args.get("cursor"), 30)
        heads = {line.household_code: line.head_name or "" for line in page.items if line.household_code}
        found_members = household_listing.members_found(session, actor, chosen.q, heads)
        mine = board_figures.mine(session, actor, setting, now)
        quota_days = quota_verdicts.waiting(session, actor, setting)
        checks = list_counts.to_check(session, actor, now) if actor.role in ("village", "town") else None
        questions = list_counts.to_answer(session, actor, now)
    if not request.headers.get("HX-Request"):
        # Where “back to the list” leads from a ticket's page, filters and all.
        flask_session["list"] = request.full_path.removesuffix("?")
    following = {**redirects.asked(), "cursor": page.next} if page.next else None
    first = {name: value for name, value in redirects.asked().items() if name != "cursor"}
    elsewhere = {name: value for name, value in first.items() if name != "mine"}
    shown = render_template(
        "tickets/list.html",
        page=page,
        found_members=found_members,
        setting=setting,
        args=args,
        form=FormState(args, wrong),
        filters=filters(actor, setting, only_mine),
        following=following,
        first=first,
        elsewhere=elsewhere,
        now=now,
        mine=mine,
        quota_days=quota_days,
        checks=checks,
        questions=questions,
        only_mine=only_mine,
        narrowed=any(args.get(name) for name in _FILTERS[1:]),
        files=bool(sources.subjects_open_to(setting, actor)),
    )
    return (shown, 422) if wrong else shown


def _asked_for(session: Session, actor: Actor, number: str) -> str | None:
    """The ticket whose whole number was searched for, closed or not, if the actor may see it."""
    if id_of(number) is None:
        return None
    try:
        return lookup.find_ticket(session, actor, number).number
    except NotFound:
        return None


def _filters(actor: Actor, setting: CountyContext) -> listing.Filters:
    args = request.args
    given: dict[str, Any] = {name: args.get(name) or None for name in _FILTERS}
    given["q"] = search_text.searched()
    given["overdue"] = True if args.get("overdue") else None
    given.pop("within")
    given.pop("today")
    rung = args.get("rung", type=int)
    given["rung"] = rung if rung in range(1, 6) else None
    if args.get("mine"):
        if actor.role == "village":
            given |= {"state": "returned", "filed_as": "village"}
        elif actor.unit_id is not None:
            given["owner"] = setting.unit(actor.unit_id).code
    return listing.Filters(**given)


def _until(setting: CountyContext) -> datetime | None:
    """Up to when what is listed goes overdue, if that was asked for.  Raises BadInput."""
    within = request.args.get("within")
    if request.args.get("today"):
        return due_soon.tonight(setting, db.now())
    return due_soon.horizon(setting, db.now(), within) if within else None
