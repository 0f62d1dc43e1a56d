"""The list of households, the search that also takes an ID number, and the people of one household in full."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.household import STATUSES
from web import db, redirects, search_text
from web.auth import signed_in_actor
from web.pages import blueprint, household
from web.pages.forms import FormState, Page, form_action, render_form
from workflow import paging
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WorkflowError
from workflow.policy.worktime import local_date
from workflow.redaction import holds_number
from workflow.register import household_listing, reveal
from workflow.register.cells.monitoring import NOT_EXPORTED
from workflow.tickets.views.search import cleaned

_FILTERS = ("village", "status", "tickets", "days", "sort")
#: Roles that read the register without the names of people.
_NAMELESS = ("leaders", "inspectorate")


@blueprint.get("/households", endpoint="households")
def list_households() -> ResponseReturnValue:
    if search_text.holds_a_number():
        # An address is remembered by browsers and logs: a number does not belong there, nor back on the page.
        return redirect(url_for("pages.households", **{n: v for n, v in redirects.asked().items() if n in _FILTERS}))
    return households_page()


@blueprint.post("/households")
def search_households() -> ResponseReturnValue:
    """The search box.  A number is looked for at once and goes no further; anything else becomes an address."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    number = reveal.number_in(form.get("q", ""), local_date(now))
    if number is None:
        if holds_number(form.get("q", "")):
            # One digit wrong, or a name beside it: no more for an address than the number itself.
            raise BadInput("number_doubtful", "q")
        kept: dict[str, Any] = {name: cleaned(form[name]) for name in ("q", *_FILTERS) if form.get(name, "").strip()}
        return redirect(url_for("pages.households", **kept), 303)
    _guard()
    with db.write_session() as session:
        households = reveal.find_by_number(session, actor, db.vault(), *number, now)
    return households_page(paging.Page(households, None))


def wanted_of(args: Mapping[str, str]) -> household_listing.Wanted:
    """The filters of an address.  Raises BadInput, also for a personal number, which no address may contain."""
    today, days = local_date(db.now()), args.get("days", "")
    if days and not (days.isascii() and days.isdigit() and len(days) <= 4 and 1 <= int(days) <= 3650):
        raise BadInput("days_out_of_range", "days", most=3650)
    return household_listing.Wanted(
        village=args.get("village") or None,
        status=args.get("status") or None,
        with_tickets=bool(args.get("tickets")),
        not_since=today - timedelta(days=int(days)) if days else None,
        q=search_text.searched(),
        by_name=args.get("sort") == "name",
    )


def _guard() -> None:
    if signed_in_actor().role == "admin":
        raise NotAllowed("register_not_yours")


def households_page(
    matches: paging.Page[household_listing.HouseholdLine] | None = None, error: WorkflowError | None = None
) -> Page:
    """The list; after a refusal of the register's numbers in full with its sentence."""
    _guard()
    actor, args = signed_in_actor(), request.args
    wanted = wanted_of(args)
    with db.read_session() as session:
        page = matches or household_listing.search_households(session, actor, wanted, args.get("cursor"), 30)
        villages = household_listing.list_villages(session, actor)
        setting = county_context(session)
    shown = {} if matches else args
    return render_form(
        "register/households.html",
        error,
        not_kept=NOT_EXPORTED,
        tried="numbers" if error else "",
        page=page,
        villages=villages,
        setting=setting,
        args=shown,
        filter=FormState(shown),
        named=actor.role not in _NAMELESS,
        searched_by=_searched_by(actor),
        visited=[(str(days), _("Not visited for %(n)s days", n=days)) for days in (30, 60, 90, 180)],
        statuses=STATUSES,
        by_number=matches is not None,
        asked=redirects.asked(),
        narrowed=any(args.get(name) for name in _FILTERS),
    )


def _searched_by(actor: Actor) -> str:
    """The fields that the search box looks at, which depend on what the reader may see."""
    if actor.role in ("office", "town", "village"):
        return _("Name, pinyin, code, ticket, ID number, phone")
    return _("Code, village, ticket") if actor.role in _NAMELESS else _("Name, pinyin, code, village, ticket")


@blueprint.post("/households/<code>/people")
@form_action(
    lambda error, code: household.page("register/household.html", code, error, "people"),
    passes=(NotFound, NotAllowed, Conflict),
)
def people(code: str) -> Page:
    """The people of a household in full, shown once: nothing is kept, and loading it again is another event."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    ground, note = form.get("ground", ""), form.get("note", "")
    with db.write_session() as session:
        shown = reveal.reveal_people(session, actor, db.vault(), code, now, ground=ground, note=note)
        line = household_listing.find_household(session, actor, code)
    return render_template("register/people.html", people=shown, household=line)
