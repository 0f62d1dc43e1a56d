"""Resubmitted forms: a form that could not be accepted is shown with everything typed in it, to be sent again.

It is sent only by the person, to the same address.  A form of another site is not shown: on a page of this site it
would carry a valid token.
"""

import re
from functools import partial
from typing import Any

from flask import current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from web import db, form_keys, redirects
from web.words.labels import label
from web.words.language import say
from workflow.county.context import county_context
from workflow.inputs import seen

#: Forms with a password, a number that is looked for and kept nowhere, or nothing to lose.
_NEVER = (
    "pages.sign_in",
    "pages.set_first_password",
    "pages.password",
    "pages.change_password",
    "pages.save_address",
    "pages.give_factor",
    "pages.change_factor",
    "pages.passkey_options",
    "pages.sign_out",
    "pages.language",
    "pages.search_households",
)
#: What a form carries by itself.
_OWN = ("csrf_token", "version", "once", "next", "source", "seen")
_WORDS = (
    "note",
    "reason",
    "plan",
    "description",
    "present",
    "title",
    "cited_duty",
    "document",
    "name",
    "display_name",
    "days",
    "ground",
)
#: What is chosen and not typed: a code, a day, a number, a ticket with its version.
_CHOSEN = re.compile(r"[A-Za-z0-9_.:/+-]{0,80}")


def page(why: str, status: int, *, anew: bool = False) -> Any:
    """The page with what was sent, under the sentence `why`; None where there is nothing to lose or it is not ours.

    `anew`: under a key of its own, as another form than the one that was sent.
    """
    sent = _sent()
    if sent is None:
        return None
    text = render_template(
        "resubmit.html",
        why=why,
        key="" if anew else request.form.get(form_keys.FIELD, ""),
        called=_label,
        signed_out=not current_user.is_authenticated,
        **sent,
    )
    return make_response(text, status)


def without_database(title: str, why: str) -> str:
    """The page under the sentence `why` from what needs no database, with the form that was sent, where there is one of ours."""
    sent = _sent() or {"action": ""}
    key = request.form.get(form_keys.FIELD, "") if sent["action"] else ""
    # Not `render_template`: what it offers to every page reads the database.
    bare = current_app.jinja_env.get_template("outage.html")
    again = request.full_path if request.method == "GET" else url_for("pages.home")
    given = {
        "title": title,
        "why": why,
        "key": key,
        "called": partial(label, "field"),
        "again": again,
        "signed_out": False,
    }
    return bare.render(**given, **sent)


def _sent() -> dict[str, Any] | None:
    """The form of this request as the page shows it again; None where there is nothing to lose or it is not ours."""
    if request.method != "POST" or request.endpoint is None or not request.endpoint.startswith("pages."):
        return None
    if request.endpoint in _NEVER or request.headers.get("HX-Request") or not _ours():
        return None
    sent = [(_plain(name), _plain(value)) for name, value in request.form.items(multi=True)]
    chosen = any(file.filename for file in request.files.values())
    if not chosen and not any(value.strip() for name, value in sent if name not in _OWN):
        return None
    fields = [(name, value) for name, value in sent if name not in ("csrf_token", form_keys.FIELD)]
    words = [(name, value) for name, value in fields if _typed(name, value)]
    files: dict[str, list[str]] = {}
    for name, file in request.files.items(multi=True):
        if file.filename:
            files.setdefault(_plain(name), []).append(_plain(file.filename)[:100])
    return {
        "words": words,
        "others": [one for one in fields if one not in words],
        "files": files,
        "action": url_for(request.endpoint, **{**redirects.asked(), **(request.view_args or {})}),
    }


def grown_old() -> Any:
    """For a form whose token is too old, or None."""
    return page(_("The page had expired, so nothing was sent. Check the form and send it again."), 409)


def signed_out() -> Any:
    """For a form that was sent after its writer had been signed out, or None."""
    return page(_("You were signed out, so nothing was sent. Sign in, then send it from here."), 401)


def cleaned(name: str) -> Any:
    """For a form in whose input `name` stood a sign that no database takes; they are left out here.  Or None."""
    said = _(
        "“%(field)s” contained characters that are not seen (controls or marks of direction); they were removed. Check it and "
        "send it again.",
        field=_label(_plain(name)),
    )
    return page(said, 422)


def _ours() -> bool:
    """Whether a page of this site sent it: browsers say so with every form."""
    return redirects.ours(request.headers.get("Origin") or request.referrer)


def _typed(name: str, value: str) -> bool:
    return bool(value.strip()) and (
        name in _WORDS or name.startswith("note_") or _CHOSEN.fullmatch(value.strip()) is None
    )


def _label(name: str) -> str:
    """The caption of an input; a checkup's note on a requirement has the name of the requirement."""
    if not name.startswith("note_") or not current_user.is_authenticated:
        return label("field", "note" if name.startswith("note_") else name)
    with db.read_session() as session:
        haves = county_context(session).scheme.haves
    return next((say(have.name) for have in haves if have.code == name.removeprefix("note_")), label("field", "note"))


def _plain(text: str) -> str:
    return seen(text)
