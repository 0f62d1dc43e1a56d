"""Listing address: the filters that the parameters of the ticket list's address name, and whether they still fit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import User
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.county.unit_names import living_unit
from workflow.errors import BadInput
from workflow.inputs import day_of, whole
from workflow.policy.worktime import SHANGHAI
from workflow.tickets.actions.lifecycle import STATES
from workflow.tickets.views import due_soon, listing
from workflow.tickets.views.listing_filters import NO_HANDLER, Filters

#: What narrows the list beside its search text, by the name in the address.
NARROWING = (
    *("state", "kind", "cause", "source", "owner", "handler", "town", "overdue", "within", "today", "rung"),
    *("filed_from", "filed_to", "due_from", "due_to"),
)
#: Days between which the listed tickets were filed, or are due.
DAYS = ("filed_from", "filed_to", "due_from", "due_to")
#: All parameters of a list but its search text, its columns and its page.
PARAMETERS = ("mine", *NARROWING, "sort")
#: Of each bound of days its filter: a last day counts whole.
_BOUNDS = {name: name.replace("_to", "_until") for name in DAYS}


def named_filters(actor: Actor, setting: CountyContext, asked: Mapping[str, str]) -> Filters:
    """The filters that an address names, but for its days and its search text."""
    given: dict[str, Any] = {
        name: asked.get(name) or None for name in (*NARROWING, "sort") if name not in ("within", "today", *DAYS)
    }
    given["overdue"] = True if asked.get("overdue") else None
    rung = whole(asked.get("rung", ""))
    given["rung"] = rung if rung in range(1, 6) else None
    if asked.get("mine"):
        if actor.role == "village":
            given |= {"state": "returned", "filed_as": "village"}
        elif actor.unit_id is not None:
            given["owner"] = setting.unit(actor.unit_id).code
    return Filters(**given)


def with_days(setting: CountyContext, now: datetime, filters: Filters, asked: Mapping[str, str]) -> Filters:
    """The filters with the days that an address names.  Raises BadInput."""
    until, within = None, asked.get("within")
    if asked.get("today"):
        until = due_soon.tonight(setting, now)
    elif within:
        until = due_soon.horizon(setting, now, within)
    bounds: dict[str, Any] = {}
    for name, bound in _BOUNDS.items():
        if text := asked.get(name):
            on = day_of(name, text) + timedelta(days=1 if name.endswith("_to") else 0)
            bounds[bound] = datetime.combine(on, time(), SHANGHAI)
    return replace(filters, until=until, **bounds)


def fitting_filters(
    session: Session, actor: Actor, setting: CountyContext, now: datetime, asked: Mapping[str, str]
) -> Filters:
    """The filters of an address that is kept.  Raises BadInput where it no longer fits: a unit that has ended, a kind, cause,
    source or handler that is gone, an order this list does not have."""
    filters = with_days(setting, now, named_filters(actor, setting, asked), asked)
    listing.order_asked(actor, filters)
    if filters.state is not None and filters.state not in STATES:
        raise BadInput("unknown_state", "state", state=filters.state[:40])
    if asked.get("rung") and filters.rung is None:
        raise BadInput("view_filter_gone", "rung", value=asked["rung"][:40])
    kinds = [*setting.scheme.kinds, *setting.former.values()]
    known = {
        "kind": {*(kind.code for kind in kinds), *(duty.code for duty in setting.scheme.duties.list)},
        "cause": {cause.code for kind in kinds for cause in kind.causes},
        "source": {each.code for each in setting.scheme.sources},
    }
    for name, codes in known.items():
        if (value := getattr(filters, name)) and value not in codes:
            raise BadInput("view_filter_gone", name, value=value[:40])
    for name in ("owner", "town"):
        if text := asked.get(name):
            living_unit(session, text, name)
    if filters.handler and filters.handler != NO_HANDLER:
        works = select(User.id).where(User.name == filters.handler, User.active)
        if session.scalar(works) is None:
            raise BadInput("view_filter_gone", "handler", value=filters.handler[:40])
    return filters
