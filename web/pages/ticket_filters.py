"""Filters of the ticket list: the selects a reader is offered, by role and scheme, and those that an address names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db, search_text
from web.pages.form_fields import Choice
from web.pages.ticket_columns import sort_choices
from web.words.labels import label
from web.words.language import say
from web.words.posts import colleague_choices
from web.words.template_globals import labelled, named
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.tickets import participation
from workflow.tickets.actions.lifecycle import STATES
from workflow.tickets.saved import listing_address
from workflow.tickets.saved.listing_address import NARROWING
from workflow.tickets.views import listing, listing_filters
from workflow.tickets.views.listing_order import OF_CUSTODY, sorts_by_custody

#: What the address says for tickets without a handler.
NO_HANDLER = listing_filters.NO_HANDLER


class Filter(NamedTuple):
    """One select: the name it is sent under, its caption, the words for no choice, and its choices."""

    name: str
    caption: str
    blank: str
    choices: Sequence[Choice]


def filters(
    session: Session, actor: Actor, setting: CountyContext, chosen: listing.Filters, only_mine: bool
) -> list[Filter]:
    """The selects of the list; `only_mine` is the list of what waits for one's own unit, which names no holder."""
    found = []
    if not (only_mine and actor.role == "village"):
        found.append(Filter("state", _("State"), _("All open"), labelled(STATES, "ticket.state")))
    found.append(Filter("kind", _("Kind"), _("All kinds"), _kinds(actor, setting)))
    if causes := _causes(setting, chosen.kind):
        found.append(Filter("cause", _("Cause"), _("All causes"), causes))
    found.append(Filter("source", _("Source"), _("All sources"), named(setting.scheme.sources)))
    units = [unit for unit in setting.units.values() if not unit.withdrawn]
    if not only_mine:
        found.append(Filter("owner", _("Held by"), _("Any holder"), named(units)))
    if actor.role not in ("village", "town"):
        towns = named(unit for unit in units if unit.type == "town")
        found.append(Filter("town", _("Town"), _("All towns"), towns))
    if (unit := _handling_unit(actor, setting, chosen)) is not None:
        people = colleague_choices(participation.handlers_at(session, unit))
        found.append(Filter("handler", _("Handler"), _("Any handler"), [(NO_HANDLER, _("no handler")), *people]))
    rungs = [(str(number), say(rung.name)) for number, rung in enumerate(setting.scheme.ladder.rungs, start=1)]
    found.append(Filter("rung", _("Rung"), _("Any rung"), rungs))
    return [*found, Filter("sort", _("Sorted by"), _("Sorted by: due"), sort_choices(actor, chosen))]


def sortable(actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The list of this address, in the usual order where it is not narrowed to one that its own order is read for."""
    narrowed = any(asked.get(name) for name in ("owner", "town", "mine"))
    kept = str(asked.get("sort") or "").removeprefix("-") not in OF_CUSTODY or sorts_by_custody(
        actor, narrowed=narrowed
    )
    return {name: value for name, value in asked.items() if kept or name != "sort"}


def shown_filters(actor: Actor, offered: Sequence[Filter], asked: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What narrows the list, for its heading: caption, what was chosen, and the address of the list without it."""
    texts = {each.name: (each.caption, dict(_flat(each.choices))) for each in offered if each.name != "sort"}
    chosen = []
    for name in NARROWING:
        if not (value := asked.get(name)) or not isinstance(value, str):
            continue
        caption, words = texts.get(name, (label("ticket.narrowing", name), {}))
        without = sortable(actor, {key: each for key, each in asked.items() if key != name})
        shown = "" if name in ("overdue", "today") else words.get(value, value)
        chosen.append((caption, shown, url_for("pages.tickets", **without)))
    return chosen


def _flat(choices: Sequence[Choice]) -> Iterator[tuple[str, str]]:
    for value, text in choices:
        if isinstance(text, str):
            yield value, text
        else:
            yield from _flat(text)


def _handling_unit(actor: Actor, setting: CountyContext, chosen: listing.Filters) -> int | None:
    """The unit whose handlers are offered: the holder that was chosen, or one's own where tickets are handled."""
    if chosen.owner:
        return next((unit.id for unit in setting.units.values() if unit.code == chosen.owner), None)
    return actor.unit_id if actor.role in ("office", "bureau", "town") else None


def _causes(setting: CountyContext, kind: str | None) -> Sequence[Choice]:
    """The causes of the chosen kind; those of all kinds would be most of the page."""
    return [choice for each in setting.scheme.kinds if each.code == kind for choice in named(each.causes)]


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
    """The filters that the address names, or those of another list (`of`), but for `with_days`.

    Raises BadInput for a personal number in the address.
    """
    chosen = listing_address.named_filters(actor, setting, request.args if of is None else of)
    return replace(chosen, q=search_text.searched() if of is None else of.get("q") or None)


def with_days(setting: CountyContext, chosen: listing.Filters, of: Mapping[str, str] | None = None) -> listing.Filters:
    """The filters with the days that the address names.  Raises BadInput."""
    return listing_address.with_days(setting, db.now(), chosen, request.args if of is None else of)
