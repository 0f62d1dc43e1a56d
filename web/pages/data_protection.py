"""Personal data: what is kept of people, by kind, who has accessed a household's data, and its erasure after the term."""

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from web.words.errors import sentence
from workflow.boards import data_protection
from workflow.boards.data_protection import Access
from workflow.county.context import county_context
from workflow.errors import NotFound, WorkflowError
from workflow.register.erasing import erasure_requests
from workflow.register.erasing.erasure_requests import Preview


@blueprint.get("/personal-data")
def personal_data() -> Page:
    """What is kept; with a household's code, who looked at it or searched for it, and what an erasure would erase."""
    return _page(request.args.get("code", "").strip())


def _page(code: str, error: WorkflowError | None = None, tried: str | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    accesses: list[Access] | None = None
    preview: Preview | None = None
    with db.read_session() as session:
        setting = county_context(session)
        lines, erasures = data_protection.kept(session, actor)
        may_look_up = erasure_requests.protects_data(session, actor, now)
    if code and may_look_up:
        try:
            accesses = db.transaction(lambda session: data_protection.look_up(session, actor, now, code))
            with db.read_session() as session:
                preview = erasure_requests.preview(session, actor, now, code, _years())
        except NotFound as refusal:
            error, tried = error or refusal, tried or "look_up"
    with db.read_session() as session:
        proposed, erased = erasure_requests.listed(session)
    return render_form(
        "admin/personal_data.html",
        error,
        typed=request.args | request.form,
        tried=tried or ("look_up" if code else None),
        lines=lines,
        erasures=erasures,
        may_look_up=may_look_up,
        code=code,
        accesses=accesses,
        preview=preview,
        refused=sentence(preview.refusal) if preview is not None and preview.refusal is not None else None,
        years=_years(),
        proposed=proposed if may_look_up else [],
        erased=erased,
        setting=setting,
    )


returns_to("/personal-data/<code>/erasure", "personal_data", "code")
returns_to("/personal-data/erasures/<id:number>/<act>", "personal_data")


@blueprint.post("/personal-data/<code>/erasure")
@form_action(lambda error, code: _page(code, error, "propose"))
def propose_erasure(code: str) -> Step:
    def step(session: Session) -> Done:
        document = request.form.get("document", "")
        erasure_requests.propose(session, signed_in_actor(), db.now(), code, document, _years())
        return Done(url_for("pages.personal_data"), _("The erasure was proposed. The inspectorate agrees or refuses."))

    return step


@blueprint.post("/personal-data/erasures/<id:number>/<act>")
@form_action(lambda error, number, act: _page("", error))
def decide_erasure(number: int, act: str) -> Step:
    if act not in ("agree", "refuse"):
        raise NotFound("no_such_action", action=act[:40])
    agrees = act == "agree"

    def step(session: Session) -> Done:
        erasure_requests.decide(session, signed_in_actor(), db.now(), number, agrees)
        said = _("You agreed. The data is erased within minutes.") if agrees else _("The erasure was given up.")
        return Done(url_for("pages.personal_data"), said)

    return step


def _years() -> int:
    """For how many years after a household left the register its file is kept."""
    return int(current_app.config["KEEP_YEARS"])
