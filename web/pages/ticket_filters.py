"""Filters of the ticket list: the selects a reader is offered, by role and scheme, and those that an address names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext as _

from web import db, search_text
from web.pages.form_fields import Choice
from web.words.template_globals import labelled, named
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.inputs import whole
from workflow.tickets.actions.lifecycle import STATES
from workflow.tickets.views import due_soon, listing

#: What narrows the list beside its search text, by the name in the address.
NARROWING = ("state", "kind", "source", "owner", "town", "overdue", "within", "today", "rung")


class Filter(NamedTuple):
    """One select: the name it is sent under, its caption, the words for no choice, and its choices."""

    name: str
    caption: str
    blank: str
    choices: Sequence[Choice]


def filters(actor: Actor, setting: CountyContext, only_mine: bool) -> list[Filter]:
    """The selects of the list; `only_mine` is the list of what waits for one's own unit, which names no holder."""
    found = []
    if not (only_mine and actor.role == "village"):
        found.append(Filter("state", _("State"), _("All open"), labelled(STATES, "ticket.state")))
    found.append(Filter("kind", _("Kind"), _("All kinds"), _kinds(actor, setting)))
    found.append(Filter("source", _("Source"), _("All sources"), named(setting.scheme.sources)))
    units = [unit for unit in setting.units.values() if not unit.withdrawn]
    if not only_mine:
        found.append(Filter("owner", _("Held by"), _("Any holder"), named(units)))
    if actor.role not in ("village", "town"):
        towns = named(unit for unit in units if unit.type == "town")
        found.append(Filter("town", _("Town"), _("All towns"), towns))
    return found


def _kinds(actor: Actor, setting: CountyContext) -> Sequence[Choice]:
    """The kinds of the scheme and of former ones, then the duties; a town or bureau is offered its own duties alone."""
    scheme, unit = setting.scheme, setting.units.get(actor.unit_id or 0)
    kinds = named([*scheme.kinds, *setting.former.values()])
    if not scheme.duties.list:
        return kinds
    whose = unit.code if unit is not None and unit.type in ("town", "bureau") else None
    mine = [duty for duty in scheme.duties.list if whose is None or whose in scheme.duties.units_of(duty, scheme.towns)]
    return [*kinds, (_("Duties"), named(mine))]


def chosen_filters(actor: Actor, setting: CountyContext, of: Mapping[str, str] | None = None) -> listing.Filters:
    """The filters that the address names, or those of another list (`of`), but for `chosen_until`.

    Raises BadInput for a personal number in the address.
    """
    args = request.args if of is None else of
    given: dict[str, Any] = {name: args.get(name) or None for name in ("q", *NARROWING)}
    given["q"] = search_text.searched() if of is None else given["q"]
    given["overdue"] = True if args.get("overdue") else None
    given.pop("within")
    given.pop("today")
    rung = whole(args.get("rung", ""))
    given["rung"] = rung if rung in range(1, 6) else None
    if args.get("mine"):
        if actor.role == "village":
            given |= {"state": "returned", "filed_as": "village"}
        elif actor.unit_id is not None:
            given["owner"] = setting.unit(actor.unit_id).code
    return listing.Filters(**given)


def chosen_until(setting: CountyContext) -> datetime | None:
    """Up to when what is listed goes overdue, if that was asked for.  Raises BadInput."""
    within = request.args.get("within")
    if request.args.get("today"):
        return due_soon.tonight(setting, db.now())
    return due_soon.horizon(setting, db.now(), within) if within else None
