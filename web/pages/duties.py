"""The calendar of duties: of a unit, and of the county; and making entries on a countable one."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint, ticket
from web.pages import ticket_page as page
from web.pages.forms import Done, Step, done, form_action
from workflow.assessment import duty_calendar, entries
from workflow.assessment.entries import EntryInput
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.inputs import whole


@blueprint.get("/duties")
def duties() -> ResponseReturnValue:
    """The duties of the user's unit; for readers of the county those of every unit by item, or of one by `unit`."""
    actor, now, args = signed_in_actor(), db.now(), request.args
    item = item_of(args.get("item"))
    with db.read_session() as session:
        duty_calendar.may_see(actor)
        setting = county_context(session)
        unit = duty_calendar.unit_of(session, actor, setting, args.get("unit"))
        which = args.get("which", "")
        if which:
            month = args.get("month", type=int)
            listed = duty_calendar.listed(session, setting, now, unit, which, month, item)
            return render_template(
                "assessment/duty_list.html",
                setting=setting,
                lines=listed,
                unit=unit,
                which=which,
                month=month,
                now=now,
            )
        if unit is None:
            return render_template(
                "assessment/duties_of_county.html",
                setting=setting,
                matrix=duty_calendar.matrix(session, setting, now),
                now=now,
            )
        shown = duty_calendar.calendar(session, setting, unit, now, item)
    return render_template("assessment/duties.html", setting=setting, calendar=shown, now=now, item=item)


def item_of(text: str | None) -> int | None:
    """The item a calendar is narrowed to; 0 for the closing paragraphs.  Raises BadInput."""
    if text is None or not text.strip():
        return None
    number = whole(text.strip())
    if number is None:
        raise BadInput("bad_item", "item")
    return number


@blueprint.post("/tickets/<number>/entries")
@form_action(page.shown_after("enter"))
def enter(number: str) -> Step:
    form, kept = request.form, ticket.keep(number)

    def step(session: Session) -> Done:
        entries.enter(
            session,
            signed_in_actor(),
            page.find(session, number),
            db.now(),
            EntryInput(
                on=form.get("on", "").strip(),
                fields=ticket.fields_of("fields"),
                evidence=kept,
                corrects=form.get("corrects", type=int),
                reason=form.get("reason"),
                once=form.get("once"),
            ),
        )
        return Done(url_for("pages.ticket", number=number, _anchor="entries"), _("Entered."))

    return step


@blueprint.post("/tickets/<number>/entries/<id:entry>/withdraw")
@form_action(page.shown_after("enter"))
def withdraw_entry(number: str, entry: int) -> Step:
    def step(session: Session) -> Done:
        row = page.find(session, number)
        entries.withdraw(session, signed_in_actor(), row, db.now(), entry, request.form.get("reason"))
        return done(url_for("pages.ticket", number=number, _anchor="entries"))

    return step
