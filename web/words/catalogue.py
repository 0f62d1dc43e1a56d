"""Catalogue: the texts of the reader's language, each looked up once by the process.

Flask-Babel writes the locale's name out and asks its cache at each of a page's three hundred texts; here a request finds
the texts of its language once, beside the locale that Flask-Babel keeps for it.
"""

from typing import Any

from flask import Flask, g
from flask_babel import Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from models.base import stated


class Texts(dict[str, str]):
    """The texts of one language by those of the source, filled as they are asked for."""

    def __init__(self, translations: Any, language: str) -> None:
        super().__init__()
        self.translations = translations
        #: Its code: zh or en.
        self.language = language
        #: The same as safe parts of a page.
        self.marked = _Marked(self)

    def __missing__(self, text: str) -> str:
        self[text] = found = str(self.translations.ugettext(text))
        return found


class _Marked(dict[str, Markup]):
    """Texts without values, as a template shows them."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, text: str) -> Markup:
        # A template's text is a pattern even where it names no value: a percent sign is written twice.
        self[text] = found = Markup(self._texts[text]) % {}
        return found


class Catalogue(Domain):
    """Flask-Babel's domain, which keeps the texts where `force_locale` and `refresh` of Flask-Babel empty their place."""

    def __init__(self) -> None:
        super().__init__()
        self._by_locale: dict[str, Texts] = {}

    def texts(self) -> Texts:
        """The texts in the language of this request or command."""
        kept = getattr(g.get("_flask_babel"), "babel_translations", None)
        if kept is None:
            locale = stated(get_locale())
            kept = self._by_locale.get(str(locale))
            if kept is None:
                kept = self._by_locale[str(locale)] = Texts(super().get_translations(), str(locale.language))
            g._flask_babel.babel_translations = kept
        texts: Texts = kept
        return texts

    def get_translations(self) -> Any:
        """The translations themselves, for plural forms."""
        return self.texts().translations

    def gettext(self, string: str, **variables: object) -> str:
        """The text with its values."""
        text = self.texts()[string]
        return text % variables if variables else text


def language() -> str | None:
    """The reader's language by its code: zh or en; None outside of an app."""
    try:
        found: str = g._flask_babel.babel_translations.language
    except (AttributeError, RuntimeError):
        # No text was asked for yet, or the app has another domain.
        locale = get_locale()
        return None if locale is None else str(locale.language)
    return found


def init(app: Flask) -> None:
    """Let Python and templates ask this catalogue."""
    catalogue = Catalogue()
    app.extensions["babel"].instance.domain_instance = catalogue

    @pass_eval_context
    def gettext(context: EvalContext, text: str, /, **values: object) -> str:
        if not context.autoescape:
            return catalogue.texts()[text] % values
        return Markup(catalogue.texts()[text]) % values if values else catalogue.texts().marked[text]

    app.jinja_env.globals.update({"gettext": gettext, "_": gettext})
