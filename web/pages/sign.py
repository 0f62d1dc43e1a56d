"""Signing in and out, one's own password, and choosing a language."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from models import User
from web import auth, db, redirects
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from web.words.labels import label
from workflow.errors import WorkflowError


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    if request.method == "POST":
        name = request.form.get("name", "").strip()
        refused = auth.sign_in(
            name,
            request.form.get("password", ""),
            request.remote_addr or "",
            current_app.config["SESSION_HOURS"],
        )
        if refused is None:
            return redirect(redirects.inside(request.args.get("next")))
        flash(label("sign_in.refusal", refused), "danger")
        return render_template("account/sign_in.html", name=name), 422
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"))
    return render_template("account/sign_in.html", name="")


@blueprint.post("/sign-out")
def sign_out() -> Any:
    auth.sign_out()
    return redirect(url_for("pages.sign_in"))


@blueprint.post("/language")
def language() -> Any:
    """Choose a language: for this browser, and for the person's next sign-in anywhere."""
    chosen = request.form.get("language")
    if chosen in ("zh_Hans", "en"):
        session["language"] = chosen
        if current_user.is_authenticated:
            with db.writing() as writing:
                writing.get_one(User, current_user.user.id).language = chosen
    return redirect(redirects.inside(request.form.get("next")))


@blueprint.route("/password", methods=["GET", "POST"])
@login_required
def password() -> Any:
    if request.method == "POST":
        try:
            auth.change_password(request.form.get("old", ""), request.form.get("new", ""))
        except WorkflowError as error:
            return render_template("account/password.html", error=sentence(error), field=error.field), status_of(error)
        flash(_("The password was changed. You are signed out everywhere else."), "success")
        return redirect(url_for("pages.home"))
    return render_template("account/password.html", error=None, field=None)
