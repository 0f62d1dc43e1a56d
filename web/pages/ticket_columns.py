"""Columns of the ticket list at a desk: which are shown, by the address or as the person last chose, and how each sorts."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import request, url_for
from flask import session as flask_session
from flask_babel import gettext as _

from web.words.labels import label, labels
from workflow.actors import Actor
from workflow.tickets.views.listing import Filters
from workflow.tickets.views.listing_order import OF_CUSTODY, SORTS, USUAL, sorts_by_custody

#: All columns in their order, and what each sorts by; a hyphen: reversed at first.
COLUMNS: Mapping[str, str | None] = {
    "number": None,
    "kind": "kind",
    "about": None,
    "town": "town",
    "cause": None,
    "source": None,
    "state": None,
    "holder": "holder",
    "handler": "handler",
    "rung": "-rung",
    "due": "due",
    "filed": "-filed",
    "days": "filed",
}
#: What is shown where nothing was chosen.  A list of what waits for one's own unit names no holder.
_USUAL = ("number", "kind", "about", "state", "holder", "handler", "rung", "due", "days")
_CHOICE = "columns"


class Column(NamedTuple):
    """One column: its name and caption, the address that sorts by it, and `ascending` or `descending` where it does."""

    name: str
    caption: str
    address: str | None
    sorted: str | None


def chosen_columns(actor: Actor, only_mine: bool) -> tuple[str, ...]:
    """The columns that the address names, else those of this sign-in's last choice, else the usual ones."""
    asked = [name for name in COLUMNS if name in request.args.getlist("cols")]
    if asked and request.method == "GET":
        flask_session[_CHOICE] = ".".join(asked)
    kept = str(flask_session.get(_CHOICE) or "").split(".")
    chosen = asked or [name for name in COLUMNS if name in kept]
    left_out: tuple[str, ...] = ("holder",) if only_mine else ()
    if actor.role == "village":
        # Villages read cards, which have neither.
        left_out += ("handler", "days")
    return tuple(chosen) or tuple(name for name in _USUAL if name not in left_out)


def column_heads(actor: Actor, chosen: Filters, names: tuple[str, ...], view: Mapping[str, Any]) -> list[Column]:
    """The heads of the columns; `view` is the address of the list without its page."""
    sorts, present = _offered(actor, chosen), chosen.sort or USUAL
    heads = []
    for name in names:
        first = COLUMNS[name]
        if chosen.ended or first is None or first.removeprefix("-") not in sorts:
            heads.append(Column(name, label("ticket.column", name), None, None))
            continue
        state = None
        if present.removeprefix("-") == first.removeprefix("-"):
            up = not present.startswith("-")
            # Many days are an early filing.
            state = "ascending" if up != (name == "days") else "descending"
        to = _turned(first) if present == first else first
        asked = {**view, "sort": None if to == USUAL else to}
        heads.append(Column(name, label("ticket.column", name), url_for("pages.tickets", **asked), state))
    return heads


def column_choices() -> list[tuple[str, str]]:
    """All columns with their captions."""
    return list(labels("ticket.column").items())


def sort_choices(actor: Actor, chosen: Filters) -> list[tuple[str, str]]:
    """What the list can be sorted by, as a select offers it; the usual order is the empty choice."""
    names = [name for name in _offered(actor, chosen) if name != USUAL]
    of = {name: label("ticket.column", name) for name in names}
    reversed_ = [(f"-{name}", _("%(column)s, reversed", column=text)) for name, text in of.items()]
    return [*of.items(), (f"-{USUAL}", _("%(column)s, reversed", column=label("ticket.column", USUAL))), *reversed_]


def _offered(actor: Actor, chosen: Filters) -> list[str]:
    narrowed = sorts_by_custody(actor, narrowed=bool(chosen.owner or chosen.town))
    return [name for name in SORTS if narrowed or name not in OF_CUSTODY]


def _turned(sort: str) -> str:
    return sort[1:] if sort.startswith("-") else f"-{sort}"
