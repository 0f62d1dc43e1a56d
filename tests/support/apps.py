"""Apps for tests: one per process, configured again for each test on that test's database.

Routes, templates and statements are compiled once; configuration and county belong to the test.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache, StrictUndefined, TemplateRuntimeError, Undefined, UndefinedError
from jinja2.bccache import Bucket
from jinja2.utils import missing

from installation import of_settings
from settings import settings
from tests.support.databases import kept_engine
from tests.support.program_clients import PersonClient
from tests.support.weighty_acts import held
from web.app import OF_THE_COUNTY, create_app
from workflow.county.sign_ins.sessions import SessionRules

_free: list[tuple[Flask, dict[str, Any]]] = []
_lent: list[tuple[Flask, dict[str, Any]]] = []


def app_on(url: str, **overrides: Any) -> Flask:
    """An app on a database, with overrides as for `create_app`; reserved for the test until it ends."""
    if not _free:
        # Not on the database that the settings name: `make serve` may have left one of an earlier version there.
        made = strict(create_app(DATABASE_URL=url))
        _free.append((made, dict(made.config)))
    app, plain = _free.pop()
    _lent.append((app, plain))
    county = {name.lower(): overrides.pop(name) for name in OF_THE_COUNTY if name in overrides}
    served = app.extensions["xiaohao"] = of_settings(settings(), database_url=url, **county)
    if (engine := kept_engine(url)) is not None:
        served.engine = engine
    app.config.clear()
    # Tests move the clock by hours between two requests; those about idle sessions ask for it.
    # On a clock that stands, a walk over all pages asks for everything at once; tests of the rates ask for them.
    app.extensions["rates"].reset()
    app.config.update(plain, **{"SESSIONS": SessionRules(), "RATES": {}, **overrides})
    return app


class PassedOrRefused(Undefined):
    """What a template reads and nobody passed: an error for a name or an attribute, empty for a key of a mapping, such as a
    form that was not sent."""

    def __new__(
        cls,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> Any:
        kind = Undefined if isinstance(obj, Mapping) else StrictUndefined
        return kind(hint, obj, name, exc)


class CompiledOnce(BytecodeCache):
    """The compiled templates of this process, by name and content: a further app need not compile all of them again."""

    _compiled: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives the bucket its code, if the template was compiled before and is the same."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps the code of a template that was compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


def strict(app: Flask) -> Flask:
    """The app, with templates in which a name that nobody passed is an error and not an empty text, and pages on which nothing
    of weight is done by one click."""
    app.test_client_class = PersonClient
    app.jinja_env.undefined = PassedOrRefused
    app.jinja_env.bytecode_cache = CompiledOnce()
    return held(app)


def give_back() -> None:
    """Releases the test's apps for the next test."""
    for app, _ in _lent:
        served = app.extensions["xiaohao"]
        engine = vars(served).get("engine")
        if engine is not None and engine is not kept_engine(served.database_url):
            engine.dispose()
    _free.extend(_lent)
    _lent.clear()
