"""Today: the first page of those who work on tickets and visit households; other roles begin with their own pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from notifications import inbox
from web import db
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.inbox_lines import InboxGroup, inbox_groups
from workflow.accountability.instructions import instruction_views
from workflow.actors import Actor
from workflow.boards import feedback, last_look
from workflow.boards import today as own_work
from workflow.boards.visit_order import by_nearness
from workflow.county.context import CountyContext, county_context
from workflow.register import visits_due
from workflow.register.bulk_lists import list_counts
from workflow.register.counted import quota_verdicts
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.visibility import COUNTY_WIDE

#: Households and villages to visit, and groups of news, that the page shows.
_VISITS, _NEWS = 8, 5
#: The latest messages, of which the new ones are shown.
_MESSAGES = 30
#: The action of each section, and the input at which its form on the ticket's page begins.
ACTS = {
    "returned": ("resubmit", "resubmit-note"),
    "endorse": ("endorse", "endorse-now"),
    "accept": ("accept", ""),
    "confirm": ("confirm", "confirm-visited_on"),
    "soon": ("resolve", "resolve-note"),
}


@dataclass(frozen=True, slots=True)
class Visits:
    """Who is to be visited: the households of a village, or the villages of a town, and how many households in all.

    `of_village`: the villages of a town with households to visit, by name.
    """

    due: int = 0
    households: Sequence[visits_due.DueLine] = ()
    villages: Sequence[visits_due.Due] = ()
    of_village: Mapping[str, visits_due.Due] = field(default_factory=dict)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Today for villages, towns and bureaus; the briefing for the leading group, the board for office and inspectorate, the
    accounts for the administrator."""
    actor, now = signed_in_actor(), db.now()
    if actor.role == "admin":
        return redirect(url_for("pages.users"))
    if actor.role == "leaders":
        return redirect(url_for("pages.briefing"))
    if actor.role in COUNTY_WIDE:
        return redirect(url_for("pages.board"))
    with db.read_session() as session:
        setting = county_context(session)
        last = last_look.last_look(session, signed_in_user().id)
        since = last_look.new_since(last, now)
        news, more_news = _news(session, actor, setting, since, now)
        work = own_work.today(session, actor, setting, now)
        visits = _visits(session, actor, setting, now)
        values = {
            "instructions": instruction_views.to_answer(session, actor, now),
            "quota_days": quota_verdicts.waiting(session, actor, setting),
            "checks": list_counts.to_check(session, actor, now) if actor.role in ("village", "town") else None,
            "questions": list_counts.to_answer(session, actor, now),
            "answered": feedback.answered_since(session, actor, since),
        }
    if request.method == "GET" and last_look.is_to_be_kept(last, now):
        with db.write_session() as writing:
            last_look.keep_look(writing, signed_in_user().id, now)
    return render_template(
        "today.html",
        setting=setting,
        now=now,
        work=work,
        visits=visits,
        news=news,
        more_news=more_news,
        since=since,
        acts={name: (ACTIONS[action], at) for name, (action, at) in ACTS.items()},
        on_the_spot=own_work.ON_THE_SPOT,
        states={name: states[0] for name, states in own_work.SECTIONS.items()},
        **values,
    )


def _news(
    session: Session, actor: Actor, setting: CountyContext, since: datetime, now: datetime
) -> tuple[Sequence[InboxGroup], bool]:
    """The first groups of messages after `since`, and whether there are more."""
    latest = inbox.messages(session, signed_in_user().id, limit=_MESSAGES)
    rows = [row for row in latest if row[0].created_at > since]
    groups = inbox_groups(session, actor, rows, setting, now)
    return groups[:_NEWS], len(groups) > _NEWS or len(rows) == _MESSAGES


def _visits(session: Session, actor: Actor, setting: CountyContext, now: datetime) -> Visits:
    if actor.role not in ("village", "town"):
        return Visits()
    villages = visits_due.by_village(session, actor, setting, now)
    due = sum(line.due for line in villages)
    if actor.role == "town":
        most = sorted((line for line in villages if line.due), key=lambda line: -line.due)
        return Visits(due, villages=most[:_VISITS], of_village={line.name: line for line in most})
    households = visits_due.list_due(session, actor, setting, now, limit=_VISITS).items if due else []
    return Visits(due, households=by_nearness(households))
