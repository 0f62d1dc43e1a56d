"""The calendar of duties: of a unit, and of the county; and making entries on a countable one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from web import db
from web.pages import blueprint
from web.pages import ticket as page
from workflow.assessment import duty_calendar, entries
from workflow.county.context import setting
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.inputs import whole
from workflow.tickets import lookup


@blueprint.get("/duties")
@login_required
def duties() -> Any:
    """One's own unit's duties; for who reads the county every item by every unit, and any unit's by `unit`."""
    actor, now, args = current_user.actor, db.now(), request.args
    item = item_of(args.get("item"))
    with db.reading() as session:
        duty_calendar.may_see(actor)
        place = setting(session)
        unit = duty_calendar.unit_of(session, actor, place, args.get("unit"))
        if unit is None:
            return render_template(
                "assessment/duties_of_county.html",
                place=place,
                matrix=duty_calendar.matrix(session, place, now),
                now=now,
            )
        found = duty_calendar.calendar(session, place, unit, now, item)
    return render_template("assessment/duties.html", place=place, calendar=found, now=now, item=item)


def item_of(text: str | None) -> int | None:
    """The item a calendar is narrowed to; 0 for the closing paragraphs.  Raises BadInput."""
    if text is None or not text.strip():
        return None
    number = whole(text.strip())
    if number is None:
        raise BadInput("bad_item", "item")
    return number


@blueprint.post("/tickets/<number>/entries")
@login_required
def enter(number: str) -> Any:
    form, kept = request.form, request.form.getlist("evidence", int)

    def work(writing: Session) -> None:
        row = lookup.find_ticket(writing, current_user.actor, number)
        entries.enter(
            writing,
            current_user.actor,
            row,
            db.now(),
            on=form.get("on", "").strip(),
            fields=page.fields_of("fields"),
            evidence=kept,
            corrects=form.get("corrects", type=int),
            reason=form.get("reason"),
            once=form.get("once"),
        )

    try:
        page.keep(number, kept)
        db.transaction(work)
    except NotFound:
        raise
    except WorkflowError as error:
        return page.shown(number, error, "enter", tuple(kept))
    flash(_("Entered."), "success")
    return redirect(url_for("pages.ticket", number=number) + "#entries")


@blueprint.post("/tickets/<number>/entries/<id:entry>/withdraw")
@login_required
def withdraw_entry(number: str, entry: int) -> Any:
    def work(writing: Session) -> None:
        row = lookup.find_ticket(writing, current_user.actor, number)
        entries.withdraw(writing, current_user.actor, row, db.now(), entry, request.form.get("reason"))

    try:
        db.transaction(work)
    except NotFound:
        raise
    except WorkflowError as error:
        return page.shown(number, error, "enter")
    flash(_("Done."), "success")
    return redirect(url_for("pages.ticket", number=number) + "#entries")
