"""The pages for people: server-rendered, working without JavaScript."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)

from web.pages import (  # noqa: E402 - they hang their routes on the blueprint
    admin,  # noqa: F401
    asking,  # noqa: F401
    board,  # noqa: F401
    calendar,  # noqa: F401
    cases,  # noqa: F401
    checkup,  # noqa: F401
    deliveries,  # noqa: F401
    duties,  # noqa: F401
    evidence,  # noqa: F401
    exports,  # noqa: F401
    figures_import,  # noqa: F401
    filing,  # noqa: F401
    home,  # noqa: F401
    household,  # noqa: F401
    households,  # noqa: F401
    matter,  # noqa: F401
    papers,  # noqa: F401
    preferences,  # noqa: F401
    proposals,  # noqa: F401
    rankings,  # noqa: F401
    register_import,  # noqa: F401
    reports,  # noqa: F401
    schemes,  # noqa: F401
    sign,  # noqa: F401
    signals,  # noqa: F401
    spots,  # noqa: F401
    ticket,  # noqa: F401
    trail,  # noqa: F401
    units,  # noqa: F401
    visits,  # noqa: F401
    watch,  # noqa: F401
)
