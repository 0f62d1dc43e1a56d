"""Pages of draws: the months or periods that were drawn, and the checks of the one that is shown."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.policy.sampling import ALGORITHM
from workflow.tickets.visibility import COUNTY_WIDE

#: The draws at a moment, the latest first; and the checks of one of them, or all that the actor sees.
Draws = Callable[[Session, Actor, datetime], Sequence[Any]]
Listed = Callable[[Session, Actor, datetime, str | None], Sequence[Any]]


def draws_page(template: str, name: str, draws_of: Draws, listed: Listed) -> str:
    """For readers of the county the checks of one draw, the latest unless the address names another by `name`, the
    draw's column; for a town its own."""
    actor, now, wanted = signed_in_actor(), db.now(), request.args.get(name) or None
    with db.read_session() as session:
        setting = county_context(session)
        draws = draws_of(session, actor, now) if actor.role in COUNTY_WIDE else []
        shown = next((line for line in draws if wanted in (None, getattr(line.draw, name))), None)
        lines = listed(session, actor, now, wanted or (getattr(shown.draw, name) if shown else None))
    return render_template(template, setting=setting, draws=draws, shown=shown, lines=lines, now=now, one_way=ALGORITHM)
