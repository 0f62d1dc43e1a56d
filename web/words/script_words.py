"""Script words: what the scripts of a page say, as the attributes of its body hold them, made once per process and language."""

from functools import cache

from flask import current_app
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from web.words.before_sending import refusal_words
from web.words.language import language
from web.words.phone import form_words, phone_words

_TABLES = {"refusals": refusal_words, "forms": form_words, "phone": phone_words}


def script_words(name: str) -> Markup:
    """The sentences called `name` as JSON for an attribute."""
    return _attribute(name, language())


@cache
def _attribute(name: str, _language: str) -> Markup:
    return escape(str(htmlsafe_json_dumps(_TABLES[name](), dumps=current_app.json.dumps, sort_keys=True)))
