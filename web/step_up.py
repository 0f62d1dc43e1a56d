"""Step-up: where a second factor is asked for: after the password, where one is required, and again for acts of weight.

It binds the sessions of browsers; a bearer token's step-up is its scope.
"""

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict

from web import db, passkey_site, redirects, refusals
from web.auth import signed_in_actor, signed_in_user
from web.words.errors import sentence
from workflow.county.access import guessing
from workflow.county.sign_ins import factors, passkeys
from workflow.county.sign_ins.factors import FactorRules
from workflow.errors import BadInput, NotFound, TooMany

#: The pages of a session whose person has not given the factor yet.
BEFORE = frozenset(
    {
        "pages.second_factor",
        "pages.give_factor",
        "pages.passkey_options",
        "pages.sign_out",
        "pages.language",
        "pages.choose_theme",
    }
)
#: The pages of a person who has to set up a factor first.
SETTING_UP = BEFORE | {"pages.factor", "pages.change_factor", "pages.password", "pages.change_password"}
#: The inputs of the code and of a passkey's answer on a form that is sent again with one of them.
FIELD, PASSKEY = "factor_code", "factor_passkey"


#: The parts of an address, and the inputs of a form, that name the act.
_NAMES_ACT = ("act", "action")


def _each(names: str) -> frozenset[str]:
    return frozenset(names.split())


#: Acts of weight, by endpoint, and by the act that the address or the form names: issuing papers, deciding, views of full
#: numbers, exports, keys, accounts and rights.
WEIGHTY = _each(
    """
    instruct act_on_instruction/accept act_on_instruction/withdraw
    answer_rung act_on_paper/sign act_on_paper/revoke act_on_paper/confirm act_on_paper/verify
    act_on_ranking/issue act_on_ranking/sign act_on_ranking/answer act_at_desk/issue act_at_desk/sign act_at_desk/answer
    act/uphold act/reassign act/suspend act/extend act/extend_again act/cancel act/register act/refuse answer_time leave
    act_on_tickets/suspend act_on_tickets/extend act_on_tickets/extend_again act_on_tickets/cancel
    act_on_case raise_case look_at_scheme/adopt look_at_scheme/revoke turn_year reform/apply withdraw_reform
    move_tickets/apply change_calendar/apply release_sweep
    people search_households register_in_full
    tickets_xlsx households_xlsx candidates_xlsx register_xlsx trail_export refused_of_import county_template
    paper_file paper_course_file dossier household_pdf
    take_tickets_xlsx take_households_xlsx take_candidates_xlsx take_register_xlsx take_refused_of_import take_household_pdf
    set_robot end_robot
    add_user change_user print_slips depart/apply apply_county undo_county_book decide_reset
    propose_erasure decide_erasure
    enter_post/apply change_post authorise end_authorisation
    change_factor make_token change_sign_on
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
        return (
            None if request.endpoint in BEFORE else redirects.led(url_for("pages.second_factor", next=redirects.here()))
        )
    if not person.has_factor:
        if request.endpoint in SETTING_UP or person.user.role not in rules().roles or _taken_elsewhere():
            return None
        flash(_("Your role needs a second factor. Set it up first."), "warning")
        return redirects.led(url_for("pages.factor"))
    if not is_weighty() or rules().is_fresh(person.session.factor_at, db.now()):
        return None
    return _again()


def _taken_elsewhere() -> bool:
    """Whether another system took a second factor that counts here: for opening pages, for acts of weight while it is fresh."""
    given_at = current_user.session.factor_at
    return given_at is not None and (not is_weighty() or rules().is_fresh(given_at, db.now()))


def missing_for_programs() -> str | None:
    """Why a browser's session may not call the API: the error's code, or None.  Whatever is done there is of weight."""
    person = current_user
    if person.session is None:
        return None
    if not person.has_factor:
        missing = person.user.role in rules().roles and not rules().is_fresh(person.session.factor_at, db.now())
        return "factor_not_set_up" if missing else None
    return None if rules().is_fresh(person.session.factor_at, db.now()) else "factor_stale"


def is_weighty() -> bool:
    """Whether this request is an act of weight."""
    endpoint = str(request.endpoint).removeprefix("pages.")
    # Each of them, since the view reads one: a second act in the form would hide that of the address.
    named = [str(value) for name, value in (request.view_args or {}).items() if name in _NAMES_ACT]
    if request.method == "POST":
        named += [value for name in _NAMES_ACT for value in request.form.getlist(name)]
    return bool({endpoint, *(f"{endpoint}/{act}" for act in named)} & WEIGHTY)


def has_passkeys() -> bool:
    """Whether the signed-in person has a passkey to give."""
    with db.read_session() as session:
        return bool(passkeys.holders(session, [signed_in_user().id]))


def take(code: str, passkey: str) -> None:
    """Take a code, or what a passkey signed, for the session in hand, counted before it is compared.

    Raises BadInput, NotFound, TooMany.
    """
    actor, user, now = signed_in_actor(), signed_in_user(), db.now()
    bounds = guessing.of_factor(user.id)
    refusals.take(bounds, user.name)
    try:
        used = _checked(passkey) if passkey else None

        def step(session: Session) -> None:
            if used is None:
                factors.give(session, actor, now, code, db.vault())
            else:
                factors.give_passkey(session, actor, now, *used)
            guessing.give_back(session, bounds)

        db.transaction(step)
    except BadInput:
        refusals.count("code", user.name)
        raise


def _checked(answer: str) -> tuple[int, int]:
    """The id of the person's passkey that gave this answer, and its counter.  Raises BadInput."""
    # Imported where a passkey is used: the library takes as long to load as half of the application.
    from workflow.county.sign_ins import webauthn_answers

    actor, user, now = signed_in_actor(), signed_in_user(), db.now()
    # Used up before the answer is looked at: no challenge is answered twice.
    challenge = db.transaction(lambda session: passkeys.take_challenge(session, actor, now, "give"))
    with db.read_session() as session:
        held = passkeys.of_credential(session, user.id, webauthn_answers.credential_of(answer))
    return held.id, webauthn_answers.sign_count_of(passkey_site.site(), challenge, answer, held)


def _again() -> ResponseReturnValue | None:
    """Ask for a code and send the form with it; what was typed is on the page, and files are chosen again."""
    if request.method != "POST":
        return redirects.led(url_for("pages.second_factor", next=redirects.here()))
    why = None
    if FIELD in request.form or PASSKEY in request.form:
        try:
            take(request.form.get(FIELD, ""), request.form.get(PASSKEY, ""))
        except (BadInput, TooMany, NotFound) as error:
            why = sentence(error)
        else:
            # What the form's own view reads is the form as it was.
            rest = [(name, value) for name, value in request.form.items(multi=True) if name not in (FIELD, PASSKEY)]
            request.__dict__["form"] = ImmutableMultiDict(rest)
            return None
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in (FIELD, PASSKEY, "csrf_token", "once")
    ]
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
        passkey_field=PASSKEY,
        has_passkeys=has_passkeys(),
    )
    return page, 422 if why else 403
