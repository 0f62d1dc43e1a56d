"""Departures (离任、调动): what a person holds, who takes over what, the preview, and the act; and what one has taken over."""

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, User
from web import db
from web.auth import signed_in_actor, signed_in_user
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words.departures import done_sentence
from web.words.posts import people_choices
from workflow.county.context import county_context
from workflow.errors import NotFound, WorkflowError
from workflow.policy.worktime import local_date
from workflow.setup.departures import departure_act, departure_plan, holdings
from workflow.setup.departures.holdings import KINDS

_FIELDS = ("unit", "village", "document", "day")
_TO = "to."
#: More single choices than that would make the page slow on a phone; they are handed on by kind.
_SINGLY = 200


@blueprint.get("/users/<id:user_id>/leave")
def departure(user_id: int) -> Page:
    """What a person holds, before the account is closed or moved."""
    return _departure_page(None, user_id)


def _departure_page(error: WorkflowError | None, user_id: int) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        user = _user(session, user_id)
        departure_plan.require(actor, user)
        setting = county_context(session)
        held = holdings.of_person(session, user, now)
        people = departure_plan.heirs(session, user, held)
    groups = {kind: [each for each in held if each.kind == kind] for kind in KINDS}
    return render_form(
        "county/departure.html",
        error,
        user=user,
        setting=setting,
        groups={kind: lines for kind, lines in groups.items() if lines},
        choices={
            kind: people_choices(
                one for one in people if any(departure_plan.may_take(user, one, each) for each in lines)
            )
            for kind, lines in groups.items()
        },
        units=[unit for unit in setting.living if unit.type in departure_plan.OF_THE_OFFICE or actor.role == "admin"],
        singly=_SINGLY,
        ending=holdings.ENDING,
        on_paper=[each for each in held if each.kind in ("posts", "standing_in", "stood_for")],
        may_hand_posts=actor.role != "admin",
        today=local_date(now),
    )


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise NotFound("user_unknown", "name", name=user_id)
    return user


def _given() -> dict[str, Any]:
    form = request.form
    to = {name.removeprefix(_TO): value for name, value in form.items() if name.startswith(_TO) and value.strip()}
    return {name: form.get(name, "").strip() for name in _FIELDS} | {"to": to}


@blueprint.post("/users/<id:user_id>/leave")
@form_action(_departure_page, passes=(NotFound,))
def depart(user_id: int) -> Step | Page:
    """Show what happens to everything the person holds, then, once it was looked at, do it."""
    actor, now, given = signed_in_actor(), db.now(), _given()
    with db.read_session() as session:
        user = _user(session, user_id)
        if request.form.get("act") != "apply":
            made = departure_plan.plan(session, actor, now, user, given)
            groups = {kind: [each for each in made.handings if each.held.kind == kind] for kind in KINDS}
            hidden = {name: given[name] for name in _FIELDS} | {_TO + key: name for key, name in given["to"].items()}
            return render_form(
                "county/departure_preview.html",
                made=made,
                setting=county_context(session),
                groups={kind: lines for kind, lines in groups.items() if lines},
                hidden=hidden,
            )
        name = user.name

    def step(session: Session) -> Done:
        made = departure_act.carry_out(session, actor, now, name, given)
        setting = county_context(session)
        back = url_for("pages.users", q=name)
        if actor.role != "admin" and made.unit_id is not None:
            back = url_for("pages.posts_page", unit=setting.unit(made.unit_id).code)
        return Done(back, done_sentence(made, setting))

    return step


@blueprint.get("/taken-over")
def taken_over() -> str:
    """What the signed-in person has taken over from people who have left, the latest first."""
    with db.read_session() as session:
        query = (
            select(Event)
            .where(Event.subject_type == "user", Event.subject_id == signed_in_user().id, Event.action == "took_over")
            .order_by(Event.id.desc())
            .limit(50)
        )
        events = session.scalars(query).all()
        names = dict(
            session.execute(
                select(User.id, User.display_name).where(User.id.in_([event.given["from"] for event in events]))
            ).all()
        )
    return render_template("county/taken_over.html", events=events, names=names, kinds=KINDS, now=db.now())
