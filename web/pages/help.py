"""Help: the eight commonest tasks of one's role in short steps, and the terms; every page leads to its own task there.

Decisions: docs/decisions/web.md
"""

from typing import Any

from flask import render_template, request, session, url_for
from flask_login import current_user

from web.auth import signed_in_actor
from web.pages import blueprint
from web.words.desk_keys import DESK_KEYS
from web.words.help import TERMS, task_of_page, tasks_of

#: Where a person is led after signing in.
_FIRST_PAGES = frozenset(f"pages.{name}" for name in ("home", "board", "users"))


@blueprint.get("/help")
def help_page() -> str:
    """The tasks of the reader's role, and the terms."""
    return render_template(
        "account/help.html", tasks=tasks_of(signed_in_actor().role), terms=TERMS, desk_keys=DESK_KEYS
    )


@blueprint.app_context_processor
def _of_help() -> dict[str, Any]:
    return {"help_address": _help_address, "is_first_look": _is_first_look}


def _help_address() -> str:
    """The help of the page that is shown: its task, or the whole help."""
    return url_for("pages.help_page", _anchor=task_of_page(current_user.actor.role, request.endpoint) or None)


def _is_first_look() -> bool:
    """Whether this is the first page of somebody who has never signed in before; true once."""
    if request.endpoint not in _FIRST_PAGES:
        return False
    return bool(session.pop("first_sign_in", False))
