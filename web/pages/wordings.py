"""Wordings: the page on which a unit keeps its sentences, and what text boxes offer of them."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from workflow.errors import WorkflowError
from workflow.tickets.saved import wordings as kept

#: The inputs beside which wordings are offered.
_OFFERED = frozenset({"answer", "minutes", "note", "plan", "reason", "statement"})


@blueprint.app_template_global()
def offers_wordings(name: str) -> bool:
    """Whether wordings are offered beside the text box of this name."""
    return name in _OFFERED and current_user.is_authenticated and current_user.actor.role != "admin"


@blueprint.get("/wordings")
def wordings() -> Page:
    """The wordings of one's unit and those for all."""
    return _page()


def _page(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        rows = kept.list_wordings(session, actor)
    return render_form(
        "account/wordings.html",
        error,
        own=[row for row in rows if row.unit_id is not None],
        for_all=[row for row in rows if row.unit_id is None],
        keeps=kept.keeps(actor),
        is_office=actor.role == "office",
        longest=kept.LONGEST,
    )


@blueprint.post("/wordings")
@form_action(lambda error: _page(error))
def add_wording() -> Step:
    words, for_all = request.form.get("words", ""), bool(request.form.get("for_all"))

    def step(session: Session) -> Done:
        kept.add(session, signed_in_actor(), db.now(), words, for_all=for_all)
        return Done(url_for("pages.wordings"), _("Wording added."))

    return step


returns_to("/wordings/<id:number>", "wordings")


@blueprint.post("/wordings/<id:number>")
@form_action(lambda error, number: _page(error))
def delete_wording(number: int) -> Step:
    def step(session: Session) -> Done:
        kept.delete_wording(session, signed_in_actor(), number)
        return Done(url_for("pages.wordings"), _("Wording deleted."))

    return step
