"""Signing in and out, and choosing a language."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from web import auth
from web.pages import blueprint


def _inside(target: str | None) -> str:
    """Where to go next: only a path of this site."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")):
        return target
    return url_for("pages.home")


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
            return redirect(_inside(request.args.get("next")))
        words = {
            "too_many": _("Too many failed attempts; wait a quarter of an hour and try again."),
            "wrong": _("Name or password is wrong; check both and try again."),
        }
        flash(words[refused], "danger")
        return render_template("sign_in.html", name=name), 422
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"))
    return render_template("sign_in.html", name="")


@blueprint.post("/sign-out")
def sign_out() -> Any:
    auth.sign_out()
    return redirect(url_for("pages.sign_in"))


@blueprint.post("/language")
def language() -> Any:
    chosen = request.form.get("language")
    if chosen in ("zh_Hans", "en"):
        session["language"] = chosen
    return redirect(_inside(request.form.get("next")))
