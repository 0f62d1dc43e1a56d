"""The pages for people: server-rendered, working without JavaScript."""

from flask import Blueprint

blueprint = Blueprint("pages", __name__)

from web.pages import admin, exports, filing, home, register_import, sign, ticket  # noqa: E402,F401 - they hang their routes on the blueprint
