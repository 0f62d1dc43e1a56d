"""What happens to a household as a whole: split, merged, moved, entered by mistake; chosen, previewed, then recorded.

The town that a household comes to records it by its code and the name of its head.
"""

from contextlib import suppress

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member, Ticket, User, Village
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words.labels import label
from workflow.county.context import county_context
from workflow.errors import NotAllowed, NotFound, Stale, WorkflowError
from workflow.inputs import whole
from workflow.policy.worktime import local_date
from workflow.register.lives import family_preview, household_acts, household_preview
from workflow.register.lives.family_input import FamilyInput
from workflow.register.lives.household_acts import Done as Recorded
from workflow.register.lives.household_input import HOUSEHOLD_RECORDERS
from workflow.register.lives.household_kinds import HOUSEHOLD_KINDS, HouseholdKind
from workflow.tickets.visibility import COUNTY_WIDE

#: The texts of the form, carried from the choice to the preview.
_TEXTS = ("on", "to", "reason", "address", "cadre", "head_name")


@blueprint.get("/household-changes/<kind>")
def household_change(kind: str) -> Page:
    """The form of one kind of act, of the household named by `code`; without one it asks for a household that comes."""
    return _choose(kind)


@blueprint.post("/household-changes/<kind>")
@form_action(lambda error, kind: _refused(error, kind), passes=(NotAllowed,))
def record_household_change(kind: str) -> Step | Page:
    """Show what the act moves, then, once it was looked at, record it."""
    _kind(kind)
    actor, now, code, given = signed_in_actor(), db.now(), request.form.get("code", "").strip(), _given(kind)
    if request.form.get("act") != "record":
        return _look(kind)

    def step(session: Session) -> Done:
        made = household_acts.record(session, actor, now, code, given, seen=request.form.get("seen", ""))
        return Done(_leads_to(session, made), _said(made))

    return step


def _refused(error: WorkflowError, kind: str) -> Page:
    """A refusal where it belongs: on the preview where only what is there changed, else where it was typed."""
    if isinstance(error, Stale):
        try:
            return _look(kind, error)
        except WorkflowError:
            return _choose(kind, error)
    return _choose(kind, error)


def _kind(code: str) -> HouseholdKind:
    kind = HOUSEHOLD_KINDS.get(code)
    if kind is None:
        raise NotFound("life_kind_unknown", "kind", kind=code[:40])
    actor = signed_in_actor()
    if actor.role not in HOUSEHOLD_RECORDERS:
        raise NotAllowed("household_act_not_yours")
    if kind.offices and actor.role != "office":
        raise NotAllowed("undoing_is_the_offices")
    return kind


def _given(kind: str) -> FamilyInput:
    form = request.form
    return FamilyInput(
        kind=kind,
        members=[number for text in form.getlist("members") if (number := whole(text)) is not None],
        head=whole(form.get("head", "")) if form.get("head") else None,
        tickets=form.getlist("tickets"),
        on=form.get("on", ""),
        to=form.get("to", ""),
        reason=form.get("reason", ""),
        address=form.get("address", ""),
        cadre=form.get("cadre", ""),
        head_name=form.get("head_name", ""),
    )


def _choose(kind: str, error: WorkflowError | None = None) -> Page:
    what, actor, now = _kind(kind), signed_in_actor(), db.now()
    code = request.values.get("code", "").strip()
    with db.read_session() as session:
        located, living, tickets = None, list[Member](), list[Ticket]()
        if code:
            # Not found: a household that comes from elsewhere, whose code and head are asked for.
            with suppress(NotFound):
                located, living = family_preview.family(session, actor, code, now)
                tickets = family_preview.open_tickets(session, located.household)
        setting = county_context(session)
        places = _villages(session) if what.to == "village" else []
    return render_form(
        "register/household_change.html",
        error,
        names={"to": label("field", f"to.{kind}")} if what.to else None,
        kind=what,
        h=located.household if located is not None else None,
        code=code,
        living=living,
        heads=[(row.id, row.name) for row in living if row.position != 1],
        tickets=tickets,
        villages=places,
        setting=setting,
        today=local_date(now).isoformat(),
        asked=request.values,
        chosen=set(request.values.getlist("members")),
        going=set(request.values.getlist("tickets")),
    )


def _look(kind: str, error: WorkflowError | None = None) -> Page:
    """What the act would move.  Raises WorkflowError."""
    actor, now, code, given = signed_in_actor(), db.now(), request.form.get("code", "").strip(), _given(kind)
    with db.read_session() as session:
        seen = household_preview.preview(session, actor, now, code, given)
        setting = county_context(session)
        keeps = seen.wanted.target or seen.wanted.home
        closed = keeps.cadre_id is not None and not session.get_one(User, keeps.cadre_id).active
    return render_form(
        "register/household_change_preview.html",
        error,
        keeps=keeps,
        cadre_closed=closed,
        seen=seen,
        asked=seen.wanted,
        kind=seen.wanted.kind,
        h=seen.wanted.home,
        digest=household_preview.digest_of(seen),
        given=given,
        texts=_TEXTS,
        setting=setting,
    )


def _villages(session: Session) -> list[Village]:
    """The living villages of the actor's town, of the county for the office."""
    query = select(Village).where(Village.ended_on.is_(None)).order_by(Village.town_id, Village.code)
    actor = signed_in_actor()
    return list(session.scalars(query if actor.role in COUNTY_WIDE else query.where(Village.town_id == actor.unit_id)))


def _leads_to(session: Session, made: Recorded) -> str:
    """The page of the household that is still there and that the actor sees; else the list."""
    for row in (made.other, made.household):
        if row is None:
            continue
        try:
            family_preview.family(session, signed_in_actor(), row.code, db.now())
        except NotFound:
            continue
        return url_for("pages.household", code=row.code)
    return url_for("pages.households")


def _said(made: Recorded) -> str:
    if made.cancelled:
        return _(
            "Recorded. Tickets that went along: %(n)s; withdrawn or cancelled: %(m)s.",
            n=len(made.followed),
            m=len(made.cancelled),
        )
    return _("Recorded. Tickets that went along: %(n)s.", n=len(made.followed))
