"""Random checks of households: the draws with their seeds for readers of the county, a town's own checks, and the form in
which the checking unit records what it saw."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.checkup import findings_given, rows_of
from web.pages.draws import draws_page
from web.pages.forms import Done, Page, Step, form_action, render_form
from workflow.errors import NotAllowed, NotFound, WorkflowError
from workflow.register import haves
from workflow.register.random_checks import random_lists, random_results
from workflow.register.random_checks.random_results import RandomInput
from workflow.tickets.visibility import COUNTY_WIDE


@blueprint.get("/random-checks")
def random_checks() -> ResponseReturnValue:
    return draws_page("register/random_checks.html", "period", random_lists.draws, random_lists.listed)


@blueprint.get("/random-checks/<id:number>")
def random_check(number: int) -> ResponseReturnValue:
    return _check_page(number)


@blueprint.post("/random-checks/<id:number>")
@form_action(lambda error, number: _check_page(number, error), passes=(NotFound, NotAllowed))
def make_random_check(number: int) -> Step:
    """Record what was seen; a refusal keeps what was typed."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    with db.read_session() as session:
        # Before any picture is processed: an upload that is not allowed costs no work and leaves no bytes.
        check = random_results.find(session, actor, number)
        if not random_results.may_check(actor, check):
            raise NotAllowed("random_check_of_another")
        random_results.still_open(session, check)
    photos = form_files.taken("photo", photos=True)

    def step(session: Session) -> Done:
        made = random_results.record(
            session,
            actor,
            now,
            number,
            RandomInput(
                visited_on=form.get("seen_on", ""),
                findings=findings_given(),
                present=form.get("present", ""),
                note=form.get("note", ""),
                photos=photos,
            ),
        )
        address = url_for("pages.random_check", number=number)
        if made.result.result == "holds":
            return Done(address, _("Recorded: the household holds."))
        tickets = len(made.recorded.filed) + len(made.recorded.reopened)
        message = _("Recorded: the household does not hold. Tickets filed or reopened: %(n)s.", n=tickets)
        return Done(address, message, "warning")

    return step


def _check_page(number: int, error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        view = random_lists.one(session, actor, number, now)
        located = random_results.locate(session, view.line.check)
        setting = located.setting
        # Asked without what was last seen, so that the check is made on the spot.
        states = tuple(haves.HaveState(have, "") for have in setting.scheme.haves)
        rows = rows_of(located, actor, states, None, "random") if view.line.mine else []
        # The household's page, for who may open it.
        opens = actor.role in COUNTY_WIDE or (actor.role == "town" and actor.unit_id == located.town.id)
    rule = setting.scheme.exit.income
    return render_form(
        "register/random_check.html",
        error,
        setting=setting,
        view=view,
        line=view.line,
        town=located.town,
        rows=rows,
        computed=rule.have if rule else None,
        opens=opens,
        haves={have.code: have.name for have in setting.scheme.haves},
    )
