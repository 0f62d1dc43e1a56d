"""The pack: which pages a phone takes along, and those pages, some at a time; it seals and keeps them itself.

Decisions: docs/decisions/web.md
"""

from typing import Any

from flask import current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from web import db, taken_along
from web.auth import signed_in_actor
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from workflow.actors import Actor
from workflow.boards import taken_along as trip
from workflow.errors import NotAllowed, WorkflowError

#: The most pages of one answer.
AT_ONCE = 20


@blueprint.app_context_processor
def _of_pages_taken_along() -> dict[str, Any]:
    return {"taken_along": taken_along.is_now}


@blueprint.post("/phone/pack")
def plan_pack() -> ResponseReturnValue:
    """The addresses to take along (`villages`: codes, for a town), when they were chosen and until when they are kept."""
    actor, now, days = signed_in_actor(), db.now(), int(current_app.config["PACK_DAYS"])
    villages = _texts("villages")

    def step(session: Session) -> tuple[trip.TakenAlong, str]:
        if not days:
            raise NotAllowed("takes_nothing_along")
        taken = trip.choose(session, actor, now, villages)
        return taken, trip.record(session, actor, now, taken, days).isoformat()

    try:
        taken, expires = db.transaction(step)
    except WorkflowError as error:
        return _refused(error)
    return jsonify(
        issued=now.isoformat(),
        expires=expires,
        first=url_for("pages.tickets", mine=1),
        paths=_paths(actor, taken, villages),
        forms=taken_along.FORMS,
        left=taken.left,
        place=taken_along.place_of(actor),
    )


@blueprint.post("/phone/pages")
def bring_pages() -> ResponseReturnValue:
    """The pages with these addresses, without those that do not open or cannot be taken along."""
    if signed_in_actor().role not in trip.ROLES or not current_app.config["PACK_DAYS"]:
        return _refused(NotAllowed("takes_nothing_along"))
    wanted = _texts("paths")[:AT_ONCE]
    found = {path: taken_along.page(path) for path in wanted}
    return jsonify(pages={path: shown for path, shown in found.items() if shown is not None})


def _refused(error: WorkflowError) -> ResponseReturnValue:
    return jsonify(error=error.code, said=sentence(error)), status_of(error)


def _texts(name: str) -> list[str]:
    """A list of texts of the request's JSON; anything else is none."""
    given = request.get_json(silent=True)
    values = given.get(name) if isinstance(given, dict) else None
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _paths(actor: Actor, taken: trip.TakenAlong, villages: list[str]) -> list[str]:
    lists = [
        url_for("pages.tickets", mine=1),
        url_for("pages.tickets"),
        url_for("pages.duties"),
        url_for("pages.help_page"),
    ]
    if actor.role != "bureau":
        lists.append(url_for("pages.visits"))
    if actor.role == "village":
        lists.append(url_for("pages.households"))
    # A town's list of households begins with those of other villages: the phone lists the pages that it holds.
    lists += [url_for("pages.visits", village=code) for code in villages if actor.role == "town"]
    tickets = [url_for("pages.ticket", number=number) for number in taken.tickets]
    homes = [
        address
        for code in taken.households
        for address in (
            url_for("pages.household", code=code),
            url_for("pages.checkup", code=code),
            url_for("pages.file", household=code),
        )
    ]
    return [*lists, *tickets, *homes]
