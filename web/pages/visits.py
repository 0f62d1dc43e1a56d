"""Visits due (入户核查): households not visited for the scheme's days, by village and by responsible cadre."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import db, redirects
from web.auth import signed_in_actor
from web.pages import blueprint
from web.words.posts import person_name
from workflow.county.context import county_context
from workflow.register import exits_in_doubt, visits_due
from workflow.register.visits_due import DueFilters

_NARROW = ("village", "town", "cadre")


@blueprint.get("/visits")
def visits() -> ResponseReturnValue:
    actor, now, args = signed_in_actor(), db.now(), request.args
    narrow = {name: args.get(name) or None for name in _NARROW}
    village, town, cadre = (narrow[name] for name in _NARROW)
    with db.read_session() as session:
        setting = county_context(session)
        county = actor.role in ("office", "leaders", "inspectorate") and not narrow["town"]
        # What was never checked is looked for have by have: in a town or a village, not over a whole county at once.
        unchecked = bool(args.get("unchecked")) and not county
        changed = bool(args.get("changed")) and not unchecked
        page = visits_due.list_due(
            session,
            actor,
            setting,
            now,
            DueFilters(village=village, town=town, cadre=cadre, unchecked=unchecked, changed=changed),
            cursor=args.get("cursor"),
        )
        places = (
            visits_due.by_town(session, actor, setting, now)
            if county
            else visits_due.by_village(session, actor, setting, now, narrow["town"])
        )
        cadres = visits_due.by_cadre(session, actor, setting, now, 20) if actor.role == "town" else []
        in_doubt = exits_in_doubt.doubted(session, actor, setting)
        other_people = visits_due.changed_count(session, actor, now)
        never = visits_due.missing_counts(session, actor, setting) if actor.role in ("village", "town") else 0
    following = {**redirects.asked(), "cursor": page.next} if page.next else None
    return render_template(
        "register/visits.html",
        setting=setting,
        page=page,
        places=[(line, _narrowed(line.key, county, town), line.name) for line in places],
        cadres=[
            (line, {"cadre": line.key}, person_name(line.name, line.closed) or _("not assigned")) for line in cadres
        ],
        county=county,
        never=never,
        args=args,
        narrow=narrow,
        unchecked=unchecked,
        changed=changed,
        other_people=other_people,
        following=following,
        doubted=in_doubt,
        due=sum(line.due for line in places),
        households=sum(line.households for line in places),
    )


def _narrowed(key: str, county: bool, town: str | None) -> dict[str, str | None]:
    """The filters that narrow the list to a town, or to a village of the town that is shown."""
    return {"town": key} if county else {"village": key, "town": town}
