"""Caches of the process: what they keep follows from their arguments alone, never from a reader, a county or a clock."""

import ast
from collections.abc import Callable
from functools import _lru_cache_wrapper
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from settings import ROOT
from tests.support.sources import parsed
from tests.test_layers import MODULES

#: Every function whose values are kept as long as the process, and why another test, reader or county gets the same.
WHY = {
    "migrations.state.revisions": "the revisions of this version",
    "models.look_alikes._looks": "the character is the argument",
    "models.look_alikes._prototypes": "a published list",
    "models.violations._by_columns": "the tables of this version",
    "models.violations.names": "the tables of this version",
    "reports.pdf_rendering._faces": "files that come with the program",
    "settings.settings": "the environment of the process; tests that change it clear the cache",
    "web.api.document._static": "the shapes of this version; what the scheme lists is added for each reader",
    "web.api.fields._names": "the fields of a class",
    "web.entry_counts._counts": "a statement, by the role, whose unit, village and account are its values",
    "web.navigation._address": "the routes of this version; the root at which the app is found is an argument",
    "web.pages.installed_app._written": "files that come with the program; the address is an argument",
    "web.static_files._compressed": "files that come with the program",
    "web.static_files.asset": "files that come with the program",
    "web.static_files.content": "files that come with the program",
    "web.stylesheet.content": "files that come with the program",
    "web.words.script_words._attribute": "the language is an argument",
    "web.words.labels._looked_up": "the language is an argument",
    "workflow.assessment.facts.calendar_as_of._clock": "days and hours are arguments",
    "workflow.citizen_id._is_region": "a published list",
    "workflow.county.access.passwords._common": "a list that comes with the program",
    "workflow.county.context._clock": "days and hours are arguments",
    "workflow.county.context._scheme": "the content is the argument",
    "workflow.history.row_record._reading": "the tables of this version",
    "workflow.verification.checkpoint.proved_rows._households": "a statement, of the tables of this version",
    "workflow.verification.checkpoint.proved_rows._of_tickets": "a statement per table, of the tables of this version",
    "workflow.tickets.lookup._sought_by": "a statement, by the role, whose unit and village are its values",
    "workflow.tickets.custody.clock_guard._signs": "a statement, by the kind of database",
    "workflow.history.sealing._unsealed": "a statement, of the tables of this version",
    "workflow.policy.calendar.seed": "published holidays",
    "workflow.register.haves._evidence": "a statement, by the kinds it names",
    "workflow.register.names.pinyin._readings": "a published list",
    "workflow.register.names.member_names.parts": "the text is the argument",
    "workflow.register.names.place_spelling.stem_of": "the text is the argument",
    "workflow.register.names.place_spelling.spelling": "the text is the argument",
    "workflow.register.cells.values.name": "the text is the argument",
    "workflow.register.cells.values.plain": "the text is the argument",
    "workflow.pictures.images._read_heif": "a decoder is registered once for the process",
    "workflow.text_content.content": "the text is the argument",
    "workflow.folding._one_for_one": "the character is the argument",
    "workflow.folding._simplified": "a published list",
    "workflow.folding.key": "the text is the argument",
    "workflow.folding.name": "the text is the argument",
    "reports.printable._fonts": "the files in `reports/fonts` when the process began",
    "reports.printable._has_shape": "the files in `reports/fonts` when the process began",
}
#: Those without arguments whose values can be compared.
PLAIN = (
    "migrations.state.revisions",
    "models.violations._by_columns",
    "models.violations.names",
    "web.api.document._static",
    "web.stylesheet.content",
    "workflow.policy.calendar.seed",
)


def _named(function: str) -> Callable[..., Any]:
    module, _, name = function.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def test_every_cache_of_the_process_is_known_with_its_reason() -> None:
    kept = {
        f"{module}.{node.name}"
        for module, path in MODULES.items()
        if not module.startswith(("tools", "bench"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(each).partition("(")[0] in ("cache", "lru_cache") for each in node.decorator_list)
    }
    assert kept == set(WHY)
    for name in WHY:
        assert isinstance(_named(name), _lru_cache_wrapper), name


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_kept_without_arguments_is_the_same_for_every_reader(name: str) -> None:
    app = Flask(__name__)
    Babel(app, default_translation_directories=str(ROOT / "translations"))
    function: Any = _named(name)
    kept = function()
    for language in ("en", "zh_Hans"):
        with app.test_request_context(), force_locale(language):
            assert function.__wrapped__() == kept, language
