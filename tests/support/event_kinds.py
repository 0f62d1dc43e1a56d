"""Kinds of events: every kind that the code appends, read from the source, also through functions that pass the kind
on.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.sources import parsed

ROOT = Path(__file__).parents[2]
ROOMS = ("workflow", "reports", "notifications", "web", "simulation")
#: The methods of a chain, and where the kind of event is among their arguments.
DOORS = {"append": 0, "body": 1}
#: The functions that return a chain.
CHAINS = ("of", "_chain", "chain_of")
#: Helpers that write an event of the kind they are given: (module, name) → (which argument it is, whether no one is notified).
Helpers = dict[tuple[str, str], tuple[int, bool]]


@dataclass(frozen=True)
class Written:
    """What one call appends: the possible kinds, or its place if they cannot be read; `silent`: it notifies no one."""

    kinds: frozenset[str]
    unread: str
    silent: bool


def texts(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may have."""
    if isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _silent(call: ast.Call) -> bool:
    return any(k.arg == "notify" and ast.unparse(k.value) == "False" for k in call.keywords)


def _kind_of(call: ast.Call) -> list[ast.expr]:
    """The kind of event that a call writes: `event_log.of(…).append(kind, …)`, `chain.body(head, kind, …)`."""
    if _name(call) == "Act":
        return call.args[:1]
    if _name(call) not in DOORS or not isinstance(call.func, ast.Attribute):
        return []
    chain, at = call.func.value, DOORS[_name(call)]
    known = (isinstance(chain, ast.Name) and chain.id == "chain") or (
        isinstance(chain, ast.Call) and _name(chain) in CHAINS
    )
    return call.args[at : at + 1] if known else []


def _helpers(trees: dict[str, ast.Module]) -> Helpers:
    helpers: Helpers = {}
    for module, tree in trees.items():
        for node in (entry for entry in ast.walk(tree) if isinstance(entry, ast.FunctionDef)):
            given = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            for call in (entry for entry in ast.walk(node) if isinstance(entry, ast.Call)):
                handed = [ast.unparse(kind) for kind in _kind_of(call)]
                if handed == ["action"] and "action" in given and node.name not in DOORS:
                    helpers[module, node.name] = given.index("action"), _silent(call)
    return helpers


def _known_as(module: str, tree: ast.Module) -> dict[str, tuple[str, str]]:
    """(module, name) by the name a module calls it."""
    by_name = {node.name: (module, node.name) for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                by_name[alias.asname or alias.name] = node.module, alias.name
    return by_name


def written() -> Iterator[Written]:
    """What every call in the rooms appends."""
    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    trees = {".".join(path.relative_to(ROOT).with_suffix("").parts): parsed(path) for path in paths}
    helpers = _helpers(trees)
    for module, tree in trees.items():
        names = _known_as(module, tree)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            said, silent = ast.unparse(call.func).split("."), _silent(call)
            meant = names.get(said[0], ("", ""))
            meant = meant if len(said) == 1 else (".".join(filter(None, meant)), said[-1])
            values = _kind_of(call)
            if meant in helpers:
                position, silent = helpers[meant]
                values = [k.value for k in call.keywords if k.arg == "action"] or call.args[position : position + 1]
            elif said == ["record"] and "record" not in names:
                # The function passed in writes it.
                values, silent = call.args[:1], True
            for value in values:
                kinds = frozenset(texts(value))
                # `act.action` is an action of a table; a plain `action` only hands on what its caller said.
                known = kinds or ast.unparse(value) in ("action", "verb.name", "act.action")
                yield Written(kinds, "" if known else f"{module}:{call.lineno} {ast.unparse(value)}", silent)
