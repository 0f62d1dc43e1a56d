"""Request bounds: how large a body may be, by its route, and how many fields it may have, counted before they are parsed.

Files are taken by few routes and only from somebody signed in, or from a browser from which somebody has signed in before
(whose form is then shown again); every other body is text.
"""

from flask import Flask, current_app, request
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from web import known_browser
from workflow.errors import BadInput

#: The most bytes of a body without files, and of one text in a form.
TEXT = 2 * 1024 * 1024
#: The most fields of a form; the largest, an import's questions, has a fifth of them.
MOST_FIELDS = 5000
#: The most parameters of an address: two hundred tickets are chosen at once.
MOST_PARAMETERS = 500
#: The pages that take files.
UPLOADS = frozenset(
    {
        "pages.act",
        "pages.act_on_instruction",
        "pages.act_on_matter",
        "pages.act_on_paper",
        "pages.ask_time",
        "pages.bring_bulk_list",
        "pages.bring_figures",
        "pages.bring_import",
        "pages.change_calendar",
        "pages.enter",
        "pages.file",
        "pages.look_at_scheme",
        "pages.make_random_check",
        "pages.make_spot_check",
        "pages.record",
        "pages.report_candidate",
        "pages.report_figures",
        "pages.upload",
        "pages.upload_county",
    }
)
#: Pages with a limit of their own, in megabytes: a register of 100,000 households takes 43.
MEGABYTES = {"pages.bring_import": 64}


def _takes_files(endpoint: str) -> bool:
    from web.api.operations import OPERATIONS

    return endpoint in UPLOADS or any(f"api.{each.id}" == endpoint for each in OPERATIONS if each.form is not None)


def _most() -> int:
    """The most bytes that this request's body may have."""
    most: int = current_app.config["MAX_CONTENT_LENGTH"]
    endpoint, large = request.endpoint or "", request.content_length is None or request.content_length > TEXT
    if request.mimetype != "multipart/form-data" or not _takes_files(endpoint):
        return min(TEXT, most)
    if large and not current_user.is_authenticated and not known_browser.of(request)[1]:
        return min(TEXT, most)
    return MEGABYTES[endpoint] * 1024 * 1024 if endpoint in MEGABYTES else most


def _look() -> None:
    if request.query_string.count(b"&") >= MOST_PARAMETERS:
        raise BadInput("too_many_parameters", "address", most=MOST_PARAMETERS)
    request.max_content_length = _most()
    if (request.content_length or 0) > request.max_content_length:
        raise RequestEntityTooLarge
    if request.mimetype == "application/x-www-form-urlencoded":
        # Kept with the request, from which it is parsed.
        body = request.get_data(cache=True, parse_form_data=False)
        if body.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge


def init(app: Flask) -> None:
    """Look at every request before anything reads its body."""
    app.before_request(_look)
