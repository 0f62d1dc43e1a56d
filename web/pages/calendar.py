"""The county's working days: the year, and for the office the form, what a change would move, and the change itself."""

from datetime import date, timedelta
from typing import BinaryIO, cast

from flask import request, url_for
from flask_babel import gettext as _

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, form_action, render_form
from web.words.labels import labels
from workflow.adoption import calendar_change, calendar_days, holiday_notice, notice_sheet
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, WorkflowError
from workflow.policy.worktime import local_date

#: So many moving tickets are shown; the others are counted.
_SHOWN = 100


@blueprint.get("/calendar")
def calendar() -> Page:
    """The days of a year that depart from Monday to Friday."""
    return _calendar_page()


@blueprint.post("/calendar")
@form_action(lambda error: _calendar_page(error), passes=())
def change_calendar() -> Done | Page:
    """Show what a change moves, then, once it was looked at, make it."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    if form.get("act") != "apply":
        return _look(_asked())
    change = holiday_notice.change(
        form.get("source", ""), form.get("document", ""), form.get("days", ""), _whole_notice_year()
    )
    seen = form.get("seen", 0, int)
    try:
        moved = db.transaction(lambda s: calendar_change.apply(s, actor, now, change, seen=seen)).moving
    except Conflict as error:
        # The days were changed meanwhile: the new preview is shown, if there is still a change.
        try:
            return _look(change, error)
        except WorkflowError:
            return _calendar_page(error)
    message = _("Entered. Deadlines that changed: %(n)s.", n=len(moved))
    return Done(url_for("pages.calendar", year=change.days[0].day.year), message)


def _look(change: holiday_notice.Change, error: WorkflowError | None = None) -> Page:
    """Preview of the deadlines that a change moves; after a refusal, the current one.  Raises WorkflowError."""
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        preview = calendar_change.preview(session, actor, now, change)
        setting = county_context(session)
    return render_form(
        "county/calendar_preview.html",
        error,
        change=change,
        preview=preview,
        shown=preview.moving[:_SHOWN],
        setting=setting,
    )


def _calendar_page(error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    year = request.values.get("year", local_date(now).year, int)
    year = min(max(year, holiday_notice.FIRST), holiday_notice.LAST)
    with db.read_session() as session:
        rows = calendar_days.rows(session, actor, year)
        setting = county_context(session)
    called = labels("field.calendar_days" if request.form.get("act") == "days" else "field.calendar_notice")
    return render_form(
        "county/calendar.html",
        error,
        rows=rows,
        year=year,
        first=holiday_notice.FIRST,
        last=holiday_notice.LAST,
        setting=setting,
        provisional_year=setting.clock.calendar.provisional(date(year, 1, 1)),
        missing=calendar_days.reminder(setting.clock.calendar, now),
        names=called,
        tried=request.form.get("act"),
    )


def _whole_notice_year() -> int | None:
    """The year whose whole notice is entered; None for single days."""
    text = request.form.get("whole", "")
    if not text:
        return None
    try:
        return int(text)
    except ValueError as error:
        raise BadInput("bad_year", "year", first=holiday_notice.FIRST, last=holiday_notice.LAST) from error


def _asked() -> holiday_notice.Change:
    """The change that one of the page's forms describes.  Raises BadInput."""
    form = request.form
    if form.get("act") == "library":
        year = _whole_notice_year()
        if year is None:
            raise BadInput("missing", "year")
        return holiday_notice.from_library(year)
    if form.get("act") == "notice":
        sent = request.files.get("file")
        named = sent is not None and bool(sent.filename)
        text = notice_sheet.file_text(cast(BinaryIO, sent.stream)) if sent and named else form.get("days", "")
        return holiday_notice.change("state_council", form.get("document", ""), text, _whole_notice_year())
    day, until = (
        _calendar_day("day", form.get("day", "")),
        _calendar_day("until", form.get("until") or form.get("day", "")),
    )
    for field, each in (("day", day), ("until", until)):
        if not holiday_notice.FIRST <= each.year <= holiday_notice.LAST:
            raise BadInput("bad_year", field, first=holiday_notice.FIRST, last=holiday_notice.LAST)
    if not 0 <= (until - day).days < 366:
        raise BadInput("too_many_days", "until", most=366)
    name, says = form.get("name", "").replace("\n", " ").strip(), form.get("says", "")
    if len(name) > 200:
        raise BadInput("too_long", "name", most=200)
    if not name and says != "rule":
        raise BadInput("missing", "name")
    span = tuple(day + timedelta(days=n) for n in range((until - day).days + 1))
    works = {"yes": True, "no": False}.get(says)
    plain = holiday_notice.Change("county", "", tuple(holiday_notice.Day(each, works, name) for each in span))
    return holiday_notice.change(form.get("source", ""), form.get("document", ""), plain.text())


def _calendar_day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput("not_a_date", name) from error
