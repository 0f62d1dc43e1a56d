"""The pages for people: server-rendered, working without JavaScript.

Every module of this package is found by itself and hangs its routes on the blueprint.  The guard asks for a signed-in
person before any of them runs; what anybody may open stands in `ANONYMOUS`.

Decisions: docs/decisions/web.md
"""

import importlib
import pkgutil

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from web import auth, navigation, own_password, step_up

blueprint = Blueprint("pages", __name__)
blueprint.app_context_processor(navigation.page_context)

#: The pages without a person: signing in, and choosing the language of the page one signs in on.  A session that has
#: ended signs out without an error.
ANONYMOUS = frozenset(
    {
        *("pages.sign_in", "pages.first_sign_in", "pages.set_first_password", "pages.sign_out", "pages.language"),
        # What an installed app is made of, the same for everybody.
        *("pages.manifest", "pages.worker", "pages.shell"),
        *("pages.sign_on", "pages.sign_on_back", "pages.sign_on_link", "pages.agree_to_link"),
    }
)
#: The pages of a person whose password somebody else has set, or which is too old.
WITH_ANY_PASSWORD = frozenset({"pages.password", "pages.change_password"})


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    """Every page but those of `ANONYMOUS` leads to the sign-in page without a session."""
    if request.endpoint in ANONYMOUS or request.method == "OPTIONS":
        return None
    if not current_user.is_authenticated:
        return auth.sign_in_first()
    if own_password.must_change() and not step_up.waits():
        return auth.change_first() if request.endpoint not in WITH_ANY_PASSWORD else None
    return step_up.needed()


for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    importlib.import_module(_module.name)
