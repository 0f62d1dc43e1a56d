"""Departure act: closes or moves an account and hands on what its person holds, in one transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Authorisation, Post, User
from workflow.actors import Actor
from workflow.county import accounts, authorisations
from workflow.county.posts import post_entries, post_relief
from workflow.county.posts.post_record import last_day
from workflow.history import event_log
from workflow.policy.worktime import local_date
from workflow.setup import household_cadres
from workflow.setup.departures import departure_plan
from workflow.setup.departures.departure_plan import Departure, Handing
from workflow.setup.household_cadres import Cadre
from workflow.tickets import participation


def carry_out(session: Session, actor: Actor, now: datetime, name: str, given: Mapping[str, Any]) -> Departure:
    """Close the account with this sign-in name, or move it, and hand on what its person holds, as `given` says.

    What came to the person since the preview goes to whom its kind goes to.  Raises what `departure_plan.plan` raises.
    """
    session.execute(select(User.id).where(User.name == name.strip()).with_for_update())
    user = departure_plan.person(session, actor, name)
    session.refresh(user)
    made = departure_plan.plan(session, actor, now, user, given)
    for each in made.handings:
        if each.held.kind in ("posts", "standing_in", "stood_for") and each.outcome != "stays":
            _post(session, actor, now, each, made)
        elif each.held.kind == "authorisations" and each.outcome == "ends":
            row = session.get_one(Authorisation, each.held.row)
            authorisations.end_with_person(session, actor, now, row)
    tickets = {each.held.row: each.heir.id for each in made.handings if each.held.kind == "tickets" and each.heir}
    participation.hand_on(session, actor, now, tickets)
    homes = {
        each.held.ref: Cadre(each.heir.display_name, each.heir.id)
        for each in made.handings
        if each.held.kind == "households" and each.heir is not None
    }
    household_cadres.hand_on(session, actor, now, homes)
    if made.seat is None:
        accounts.close(session, actor, user, now)
    else:
        accounts.transfer(session, actor, user, made.seat.unit, made.seat.village, now)
    for heir, held in made.taken_over().values():
        things: dict[str, list[str]] = {}
        for item in held:
            # A commitment is found by its paper, a draft by its ranking.
            things.setdefault(item.kind, []).append(item.about if item.kind in ("commitments", "drafts") else item.ref)
        event_log.of(session, heir, actor, now).append("took_over", {"from": user.id, "things": things})
    return made


def _post(session: Session, actor: Actor, now: datetime, each: Handing, made: Departure) -> None:
    row = session.get_one(Post, each.held.row)
    if each.heir is None:
        post_relief.relieve(session, actor, now, row, made.first, made.document)
        return
    last = last_day(row)
    first = max(made.first, local_date(row.from_at))
    given: dict[str, Any] = {
        "user": each.heir.name,
        "kind": row.kind,
        "from_day": _day(first),
        "until_day": _day(last),
        "document": made.document,
    }
    if row.stands_for_id is not None:
        given["stands_for"] = session.get_one(User, row.stands_for_id).name
    post_entries.enter(session, actor, now, given)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
