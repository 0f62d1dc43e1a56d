"""Step-up: where a second factor is asked for: after the password, where one is required, and again for acts of weight.

It binds the sessions of browsers; a bearer token's step-up is its scope.
"""

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict

from web import db, redirects, refusals
from web.auth import signed_in_actor, signed_in_user
from web.words.errors import sentence
from workflow.county.access import guessing
from workflow.county.sign_ins import factors
from workflow.county.sign_ins.factors import FactorRules
from workflow.errors import BadInput, NotFound, TooMany

#: The pages of a session whose person has not given the factor yet.
BEFORE = frozenset({"pages.second_factor", "pages.give_factor", "pages.sign_out", "pages.language"})
#: The pages of a person who has to set up a factor first.
SETTING_UP = BEFORE | {"pages.factor", "pages.change_factor", "pages.password", "pages.change_password"}
#: The input of the code on a form that is sent again with it.
FIELD = "factor_code"


def _each(names: str) -> frozenset[str]:
    return frozenset(names.split())


#: Acts of weight, by endpoint, and by the act that the address or the form names: issuing papers, deciding, views of full
#: numbers, exports, keys, accounts and rights.
WEIGHTY = _each(
    """
    answer_rung act_on_paper/sign act_on_paper/revoke act_on_ranking/issue act_on_ranking/sign
    act_on_case raise_case look_at_scheme/adopt look_at_scheme/revoke reform/apply
    people search_households register_in_full
    tickets_xlsx households_xlsx candidates_xlsx register_xlsx trail_export refused_of_import
    set_robot end_robot
    add_user change_user print_slips depart/apply apply_county undo_county_book decide_reset
    enter_post/apply change_post authorise end_authorisation
    change_factor
    """
)


def rules() -> FactorRules:
    """What the settings ask of second factors."""
    asked: FactorRules = current_app.config["FACTORS"]
    return asked


def waits() -> bool:
    """Whether the session's person has a factor and has not given it: before that not even the password is changed."""
    return current_user.session is not None and current_user.has_factor and current_user.session.factor_at is None


def needed() -> ResponseReturnValue | None:
    """The page that this request leads to before anything else; None where nothing is missing."""
    person = current_user
    if person.session is None:
        return None
    if waits():
        return None if request.endpoint in BEFORE else _led(url_for("pages.second_factor", next=redirects.here()))
    if not person.has_factor:
        if request.endpoint in SETTING_UP or person.user.role not in rules().roles:
            return None
        flash(_("Your role needs a second factor. Set it up first."), "warning")
        return _led(url_for("pages.factor"))
    if not is_weighty() or rules().is_fresh(person.session.factor_at, db.now()):
        return None
    return _again()


def missing_for_programs() -> str | None:
    """Why a browser's session may not call the API: the error's code, or None.  Whatever is done there is of weight."""
    person = current_user
    if person.session is None:
        return None
    if not person.has_factor:
        return "factor_not_set_up" if person.user.role in rules().roles else None
    return None if rules().is_fresh(person.session.factor_at, db.now()) else "factor_stale"


def is_weighty() -> bool:
    """Whether this request is an act of weight."""
    endpoint = str(request.endpoint).removeprefix("pages.")
    given = {**(request.view_args or {}), **(request.form.to_dict() if request.method == "POST" else {})}
    return bool({endpoint, *(f"{endpoint}/{given[name]}" for name in ("act", "action") if name in given)} & WEIGHTY)


def take_code(code: str) -> None:
    """Take a code for the session in hand, counted before it is compared.  Raises BadInput, TooMany."""
    actor, user, now = signed_in_actor(), signed_in_user(), db.now()
    bounds = guessing.of_factor(user.id)
    refusals.take(bounds, user.name)

    def step(session: Session) -> None:
        factors.give(session, actor, now, code, db.vault())
        guessing.give_back(session, bounds)

    try:
        db.transaction(step)
    except BadInput:
        refusals.count("code", user.name)
        raise


def _led(address: str) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return Response(status=403, headers={"HX-Redirect": address})
    return redirect(address)


def _again() -> ResponseReturnValue | None:
    """Ask for a code and send the form with it; what was typed is on the page, and files are chosen again."""
    if request.method != "POST":
        return _led(url_for("pages.second_factor", next=redirects.here()))
    why = None
    if FIELD in request.form:
        try:
            take_code(request.form[FIELD])
        except (BadInput, TooMany, NotFound) as error:
            why = sentence(error)
        else:
            # What the form's own view reads is the form as it was.
            rest = [(name, value) for name, value in request.form.items(multi=True) if name != FIELD]
            request.__dict__["form"] = ImmutableMultiDict(rest)
            return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in (FIELD, "csrf_token")]
    files: dict[str, list[str]] = {}
    for name, file in request.files.items(multi=True):
        if file.filename:
            files.setdefault(name, []).append(file.filename[:100])
    page = render_template(
        "account/step_up.html",
        why=why,
        fields=fields,
        files=files,
        action=request.full_path.removesuffix("?"),
        field=FIELD,
    )
    return page, 422 if why else 403
