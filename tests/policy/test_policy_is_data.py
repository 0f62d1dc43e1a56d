"""Policy is data: no line of Python contains the name, a unit, kind, cause or duty of a scheme file.

The words are taken from the scheme files, so a new scheme file is covered as soon as it exists. Checked is all code
that serves people; `bench/` and `tests/` are exempt.
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.support.scheme_cast import SCHEMES, whole_text

ROOT = Path(__file__).parents[2]
ROOMS = ("models", "workflow", "notifications", "reports", "web", "simulation", "migrations", "tools")
FILES = sorted([*(path for room in ROOMS for path in (ROOT / room).rglob("*.py")), *ROOT.glob("*.py")])
#: Codes of a scheme that the program uses as well, and their use.
MACHINE = {
    "town": "a type of unit, and in a route the town of the subject",
    "office": "a type of unit",
    "leaders": "a type of unit",
    "inspectorate": "a type of unit",
    "village": "a subject",
    "subject": "in a route the unit that a deficiency is found at",
    "remind": "a rung",
    "urge": "a rung",
    "supervise": "a rung",
    "summon": "a rung",
    "account": "a rung",
    "labour": "a household's labour force",
    "income": "a household's income",
    "people": "a column of the register",
    "audit": "the auditor of the ladder",
    "health": "the address /healthz",
    "other": "a ground for showing a number",
    "honest_error": "the outcome that must be open to who decides",
    "system": "who did it",
    "paper": "an official paper",
    "cases": "accountability cases",
    "causes": "a part of a kind",
    "ledger": "a list on paper",
    "summary": "of an operation of the API",
    "visited": "what a duty may count",
    "households": "what a duty may count",
    "cadres": "what a duty may count",
    "beyond_help": "a person's state in the register",
    "no_fault": "an outcome where a scheme names none",
    "reminder_talk": "an outcome where a scheme names none",
    "circular": "an outcome where a scheme names none",
    "rectify": "an outcome where a scheme names none",
    "discipline": "an outcome where a scheme names none",
    "missed": "a rung the system passed over",
    "insured": "a person's state in the register",
    "pension": "a person's state in the register",
    "members": "the people of a household",
    "village_income": "a part of a scheme",
    "quota": "the list of houses that a duty may count",
    "finish": "a demand where a scheme names none",
    "house": "the bureau at which the office is set up",
    "enrolment": "a column of the register",
}

#: Names of units that every county has, and a word that headings of the national monitoring system have as well.
COMMON = {"领导小组", "领导小组办公室", "风险消除"}


def _listed(node: object, keys: tuple[str, ...]) -> Iterator[str]:
    """Every text under one of these keys, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys and isinstance(value, str):
                yield value
            yield from _listed(value, keys)
    elif isinstance(node, list):
        for value in node:
            yield from _listed(value, keys)


def codes_of(scheme: dict) -> set[str]:  # type: ignore[type-arg]
    """The codes of units, kinds, routes, causes, grounds, haves, duties and measures."""
    forms = {"fields", "choices", "rungs"}

    def without_forms(node: object) -> object:
        # Field types of forms are common words: people, date, number.
        if isinstance(node, dict):
            return {key: without_forms(value) for key, value in node.items() if key not in forms}
        return [without_forms(value) for value in node] if isinstance(node, list) else node

    parts = ("units", "haves", "kinds", "decline", "suspension", "duties", "measures", "accountability")
    return {scheme["code"], *_listed([without_forms(scheme[part]) for part in parts], ("code", "lead", "confirmer"))}


def names_of(scheme: dict) -> set[str]:  # type: ignore[type-arg]
    """Names that belong to this county's policy alone: the scheme, its county and units, its items, its haves."""
    named = [*scheme["title"].values(), *scheme["county"]["name"].values(), scheme["code"], scheme["county"]["code"]]
    named += [word for unit in scheme["units"] for word in (unit["name"], *unit.get("aliases", ())) if len(word) > 2]
    named += [word for item in scheme["indicators"] for word in item["title"].values()]
    return {*named, *scheme["words"]["haves"].values()} - COMMON


def mentions(text: str, codes: set[str], names: set[str]) -> Iterator[tuple[int, str]]:
    """(line, word) for each code as a whole literal and each name anywhere in a source, comments included."""
    tree = ast.parse(text)
    texts = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in codes and id(node) not in texts:
            yield node.lineno, str(node.value)
    names = {name for name in names if name in text}
    if not names:
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (
            tokenize.STRING,
            tokenize.COMMENT,
            tokenize.FSTRING_MIDDLE if hasattr(tokenize, "FSTRING_MIDDLE") else -1,
        ):
            yield from ((token.start[0], name) for name in names if name in token.string)


def test_no_line_of_python_mentions_a_scheme() -> None:
    schemes = [yaml.safe_load(whole_text(path)) for path in SCHEMES]
    codes = {code for scheme in schemes for code in codes_of(scheme)} - set(MACHINE)
    names = {name for scheme in schemes for name in names_of(scheme)}
    lines = [
        f"{file.relative_to(ROOT)}:{line} {word}"
        for file in FILES
        for line, word in mentions(file.read_text(encoding="utf-8"), codes, names)
    ]
    assert lines == []


def test_the_guard_sees_what_it_is_for() -> None:
    source = 'def f(kind):\n    """water is fine here"""\n    return kind == "water"  # 县水务局\n'
    assert sorted(mentions(source, {"water"}, {"县水务局"})) == [(3, "water"), (3, "县水务局")]
    assert len(SCHEMES) > 1
