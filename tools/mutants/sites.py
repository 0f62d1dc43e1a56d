"""Mutation sites: the walk through a module that says where a small change would change behaviour.

Left out is what changes none: docstrings, annotations, texts of logs and of `__repr__`, assertions (they narrow types),
sizes of caches, options of data classes, tables' labels (no string is ever changed).
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tools.mutants.expressions import expression_changes
from tools.mutants.positions import Mutation, Positions
from tools.mutants.statements import statement_changes

Defaults = Mapping[str, frozenset[str]]
_SILENT_FUNCTIONS = {"__repr__", "__str__"}
_SILENT_CALLS = {
    "cast",
    "TypeVar",
    "ParamSpec",
    "NewType",
    "lru_cache",
    "cache",
    "cached",
    "dataclass",
    "warn",
    "Column",
}
_SILENT_ARGUMENTS = {
    "maxsize",
    "stacklevel",
    "timeout",
    "width",
    "indent",
    "pool_size",
    "echo",
    "slots",
    "frozen",
    "kw_only",
    "strict",
    "repr",
    "ensure_ascii",
    "exist_ok",
    "parents",
    "separators",
    "help",
    "index",
    "nullable",
    "max_overflow",
}
_LOGGERS = {"log", "logger", "logging", "_log", "_logger", "LOG"}


@dataclass(frozen=True, slots=True)
class _Place:
    span: tuple[int, int]
    function: tuple[int, int] | None = None


def mutations(path: str, source: bytes, defaults: Defaults | None = None) -> list[Mutation]:
    """Every mutation of a module, in the order of its lines; not each of them compiles (see `compiles`)."""
    positions = Positions(source)
    sites: dict[tuple[int, int, str], Mutation] = {}
    for node, place in _walk(ast.parse(source), _Place((1, 1))):
        if isinstance(node, ast.stmt):
            changes = statement_changes(node, positions)
        else:
            changes = expression_changes(node, positions, defaults or {})
        for start, end, text, kind in changes:
            line = source[:start].count(b"\n") + 1
            made = Mutation(path, line, place.span, place.function, start, end, text, kind)
            if made.apply(source) != source:
                sites.setdefault((start, end, text), made)
    return sorted(sites.values(), key=lambda mutation: (mutation.line, mutation.start, mutation.text))


def droppable(sources: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    """Of each function's name the parameters that have a default wherever a function of that name has them."""
    optional: dict[str, set[str]] = {}
    required: dict[str, set[str]] = {}
    for source in sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                plain = [*node.args.posonlyargs, *node.args.args]
                named = node.args.kwonlyargs
                with_default = {argument.arg for argument in plain[len(plain) - len(node.args.defaults) :]}
                with_default |= {
                    argument.arg
                    for argument, default in zip(named, node.args.kw_defaults, strict=True)
                    if default is not None
                }
                optional.setdefault(node.name, set()).update(with_default)
                required.setdefault(node.name, set()).update({a.arg for a in (*plain, *named)} - with_default)
    return {name: frozenset(optional[name] - required[name]) for name in optional}


def compiles(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _walk(node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    for child in _live_children(node):
        inner = place
        if isinstance(child, ast.stmt):
            inner = replace(place, span=_header(child))
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = replace(inner, function=(child.lineno, child.end_lineno or child.lineno))
            # The header itself runs where the function is made, not where it is called.
            yield child, place
            for part in (*child.decorator_list, *child.args.defaults, *child.args.kw_defaults):
                if part is not None:
                    yield part, replace(inner, span=(part.lineno, part.end_lineno or part.lineno))
                    yield from _walk(part, replace(inner, span=(part.lineno, part.end_lineno or part.lineno)))
            yield from _walk(ast.Module(child.body, []), inner)
            continue
        yield child, inner
        yield from _walk(child, inner)


def _header(statement: ast.stmt) -> tuple[int, int]:
    """The lines of a statement without those of the statements in it."""
    body = getattr(statement, "body", None)
    end = statement.end_lineno or statement.lineno
    if isinstance(body, list) and body:
        end = max(statement.lineno, body[0].lineno - 1)
    return statement.lineno, end


def _live_children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node in which a change would be noticed."""
    if isinstance(node, ast.AnnAssign):
        yield from (part for part in (node.value,) if part is not None)
        return
    for child in ast.iter_child_nodes(node):
        if not _silent(child):
            yield child


def _silent(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.arguments() | ast.JoinedStr():
            return True
        case ast.FunctionDef(name=name):
            return name in _SILENT_FUNCTIONS
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in _LOGGERS
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in _SILENT_CALLS
        case ast.keyword(arg=argument):
            return argument in _SILENT_ARGUMENTS
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
    return False
