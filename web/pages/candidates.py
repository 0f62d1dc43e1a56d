"""Families that are not registered: the list of those reported, the form that reports one, and its consent."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.candidate import CONSENTS
from models.household import LABOUR
from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from web.pages.ticket_page import shown_after
from workflow import evidence
from workflow.county.context import county_context
from workflow.errors import NotAllowed, WorkflowError
from workflow.inputs import whole
from workflow.policy.worktime import local_date
from workflow.register import household_listing
from workflow.register.candidates import candidate_views, consent, reporting
from workflow.register.candidates.report_input import MOST_PEOPLE, CandidatePerson, CandidateReport
from workflow.tickets import attachments, sources

#: Rows for people besides the head with which the form opens, and how many a press adds.
_ROWS, _MORE_ROWS = 2, 3
_PERSON = ("name", "relation", "id_number", "labour")
_FAMILY = ("village", "address", "phone", "seen", "consent_by", "consent_on", "consent_how", "reference")


@blueprint.get("/candidates")
def candidates() -> ResponseReturnValue:
    """The families reported, within the reader's sight, the latest first."""
    actor, state = signed_in_actor(), request.args.get("state") or None
    with db.read_session() as session:
        page = candidate_views.list_candidates(session, actor, state, request.args.get("cursor"))
        setting = county_context(session)
    return render_template(
        "register/candidates.html",
        page=page,
        state=state,
        states=(None, *candidate_views.STATES),
        setting=setting,
        may_report=actor.role in reporting.REPORTERS and setting.scheme.candidates is not None,
        now=db.now(),
    )


@blueprint.get("/candidates/new")
def candidate_form() -> Page:
    return _form()


def _form(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        rule = reporting.rule_of(setting)
        offered = sources.open_to(setting, actor, "candidate", rule.kind)
        if actor.role not in reporting.REPORTERS or not offered:
            raise NotAllowed("may_not_report_candidates")
        villages = household_listing.list_villages(session, actor)
    return render_form(
        "register/candidate_form.html",
        error,
        field=_row_of(error.field) if error is not None and error.field is not None else None,
        setting=setting,
        villages=[(each.code, f"{each.town}{each.name}") for each in villages],
        outlook=reporting.outlook(setting, actor),
        sources=offered,
        chooses_source=reporting.chooses_source(actor, offered),
        rule=rule,
        rows=range(2, _rows() + 2),
        consents=CONSENTS,
        consent_needed=actor.role != "bureau",
        labours=LABOUR,
        known=error.params if error is not None else {},
        today=local_date(db.now()).isoformat(),
    )


@blueprint.post("/candidates/new")
@form_action(lambda error: _form(error), passes=())
def report_candidate() -> Step | Page:
    """Reports the family; with `more` the form is only shown again, with further rows for people."""
    files = form_files.taken("file")
    if request.form.get("more"):
        return _form()
    given = _given()

    def step(session: Session) -> Done:
        made = reporting.report_candidate(session, signed_in_actor(), db.now(), db.vault(), given)
        _attach(session, made.ticket.id, files)
        return Done(url_for("pages.ticket", number=made.ticket.number), _("Reported."))

    return step


def _attach(session: Session, ticket: int, files: list[evidence.Kept]) -> None:
    """Keep the uploaded consent, or a photo of it, on the new ticket."""
    for piece in files:
        attachments.add(session, signed_in_actor(), ticket, db.now(), **piece)


def _given() -> CandidateReport:
    form = request.form
    people = [
        CandidatePerson(**{name: form.get(f"{name}{suffix}", "").strip() for name in _PERSON}) for suffix in _suffixes()
    ]
    family = {name: form.get(name, "") for name in _FAMILY}
    return CandidateReport(people=people, source=form.get("source") or None, **family)


def _rows() -> int:
    """The rows for people besides the head: as many as were shown, and more where they were asked for."""
    shown = whole(request.form.get("rows", ""), MOST_PEOPLE) or _ROWS
    return min(shown + (_MORE_ROWS if request.form.get("more") else 0), MOST_PEOPLE - 1)


def _suffixes() -> list[str]:
    """The suffixes of the rows in which something is typed; the head's is always among them."""
    rows = [f"_{number}" for number in range(2, _rows() + 2)]
    typed = ("name", "relation", "id_number")
    return ["", *(row for row in rows if any(request.form.get(f"{name}{row}", "").strip() for name in typed))]


def _row_of(field: str) -> str:
    """The input of this page that a refusal is about: the domain numbers people, the form its rows."""
    name, _sign, number = field.rpartition("_")
    if name not in _PERSON or not number.isdigit():
        return field
    return f"{name}{_suffixes()[int(number) - 1]}"


@blueprint.post("/tickets/<number>/consent")
@form_action(shown_after("consent"))
def record_consent(number: str) -> Step:
    form = request.form

    def step(session: Session) -> Done:
        consent.record_consent(
            session,
            signed_in_actor(),
            db.now(),
            number,
            form.get("consent_by", ""),
            form.get("consent_on", ""),
            form.get("consent_how", ""),
        )
        return done(url_for("pages.ticket", number=number))

    return step
