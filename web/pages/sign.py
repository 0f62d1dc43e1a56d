"""Signing in and out, one's own password, and choosing a language."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from models import User
from models.row_changes import happened
from web import auth, db, own_password, redirects
from web.auth import signed_in_user
from web.errors import status_of
from web.pages import blueprint
from web.pages.forms import Done, FormState, Page, form_action, render_form
from web.sign_on import flow
from web.words.errors import sentence
from workflow.county.access import passwords
from workflow.errors import BadInput, TooMany, WorkflowError


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    if request.method == "POST":
        name = request.form.get("name", "").strip()
        try:
            auth.sign_in(name, request.form.get("password", ""), request.form.get("remember") == "1")
        except (BadInput, TooMany) as refused:
            flash(sentence(refused), "danger")
            return sign_in_page({"name": name}), status_of(refused)
        return redirect(redirects.inside(request.args.get("next")))
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"))
    return sign_in_page({})


def sign_in_page(typed: dict[str, str]) -> str:
    """The page for name and password, with the buttons of other systems."""
    days = auth.session_rules().remembered_days
    return render_template(
        "account/sign_in.html",
        form=FormState(typed),
        days=days,
        ways=[(way, flow.name_of(way)) for way in flow.ways()],
        next=request.args.get("next"),
    )


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    auth.sign_out()
    return redirect(url_for("pages.sign_in"))


@blueprint.post("/language")
def language() -> ResponseReturnValue:
    """Choose a language: for this browser, and for the person's next sign-in anywhere."""
    chosen = request.form.get("language")
    if chosen in ("zh_Hans", "en"):
        session["language"] = chosen
        if current_user.is_authenticated:
            with db.write_session() as writing:
                writing.get_one(User, signed_in_user().id).language = chosen
                happened(writing, db.now())
    return redirect(redirects.inside(request.form.get("next")))


@blueprint.get("/password")
def password() -> Page:
    return _password_page()


def _password_page(error: WorkflowError | None = None) -> Page:
    return render_form("account/password.html", error, least=passwords.LEAST, has_password=own_password.is_set())


@blueprint.post("/password")
@form_action(_password_page, passes=())
def change_password() -> Done:
    own_password.change_password(request.form.get("old", ""), request.form.get("new", ""))
    return Done(url_for("pages.home"), _("The password was changed. You are signed out everywhere else."))
