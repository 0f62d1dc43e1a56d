"""View links: the saved views above the ticket list, with their counts and which of them the address shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from web import db
from web.entry_counts import shown_count
from web.pages.ticket_columns import COLUMNS
from web.words.errors import sentence
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.tickets.saved import saved_views
from workflow.tickets.saved.listing_address import PARAMETERS
from workflow.tickets.saved.saved_views import ViewLine


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view with the address of its list, its count as shown, and why it no longer fits, if so."""

    view: ViewLine
    address: str
    count: str
    refusal: str
    here: bool


def asked_view() -> dict[str, Any]:
    """The list of this page's address as a view keeps it: known parameters alone, and the columns that it names."""
    asked: dict[str, Any] = {name: value for name in PARAMETERS if (value := request.args.get(name))}
    columns = [name for name in COLUMNS if name in request.args.getlist("cols")]
    return asked | ({"cols": columns} if columns else {})


def view_links(session: Session, actor: Actor, setting: CountyContext) -> list[ViewLink]:
    """The views that the actor reads, the own ones first."""
    here = _narrowed(asked_view()) if request.endpoint == "pages.tickets" and not request.args.get("q") else None
    return [
        ViewLink(
            view,
            url_for("pages.tickets", **view.asked),
            shown_count(view.count) or "0",
            sentence(view.refusal) if view.refusal is not None else "",
            here == _narrowed(view.asked),
        )
        for view in saved_views.saved_views(session, actor, setting, db.now())
    ]


def _narrowed(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The list without its columns."""
    return {name: value for name, value in asked.items() if name != "cols"}
