"""Turn of the year: what it will do, and the act."""

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words import year_turn as words
from web.words.dates import on_day
from web.words.errors import sentence
from workflow.adoption import year_turn
from workflow.adoption.impact import may_look
from workflow.assessment import duty_opening
from workflow.county.context import county_context
from workflow.errors import Conflict, WorkflowError


@blueprint.get("/schemes/year")
def next_year() -> ResponseReturnValue:
    """What the turn of the year will do."""
    return _year_page()


@blueprint.post("/schemes/year")
@form_action(lambda error: _year_page(error))
def turn_year() -> Step:
    """Turn the year as previewed."""
    actor, now, seen = signed_in_actor(), db.now(), request.form.get("seen", "")

    def step(session: Session) -> Done:
        row = year_turn.turn(session, actor, now, current_app.config["YEAR"], seen)
        return Done(url_for("pages.schemes"), _("Prepared: the new year begins on %(day)s.", day=on_day(row.from_day)))

    return step


def _year_page(error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    may_look(actor)
    wanted, parts, why = None, [], None
    with db.read_session() as session:
        setting = county_context(session, at=now)
        try:
            wanted = year_turn.preview(session, actor, now, current_app.config["YEAR"])
            opening = duty_opening.of_year(setting, wanted.scheme, wanted.year, wanted.from_day)
            parts = words.parts(wanted, setting, opening)
        except Conflict as refusal:
            why = sentence(refusal)
    return render_form("county/year_turn.html", error, wanted=wanted, parts=parts, why=why, setting=setting)
