"""Mutations of statements: one is dropped, a branch is always or never taken, a guard goes."""

import ast
from collections.abc import Iterator

from tools.mutants.positions import Positions

Change = tuple[int, int, str, str]
#: Decorators without which a module does not work at all, or nothing changes.
_KEPT_DECORATORS = {
    "property",
    "staticmethod",
    "classmethod",
    "dataclass",
    "cache",
    "lru_cache",
    "cached_property",
    "contextmanager",
    "overload",
    "override",
    "wraps",
    "get",
    "post",
    "put",
    "delete",
    "route",
    "command",
    "group",
    "option",
    "argument",
    "errorhandler",
    "app_errorhandler",
    "final",
    "abstractmethod",
    "total_ordering",
    "singledispatch",
    "register",
    "setter",
    "runtime_checkable",
    "fixture",
}


def statement_changes(node: ast.stmt, positions: Positions) -> Iterator[Change]:
    whole = (positions.start(node), positions.end(node))
    match node:
        case ast.Expr(value=ast.Call()):
            yield *whole, "pass", "statement dropped"
        case ast.AugAssign():
            yield *whole, "pass", "statement dropped"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]) | ast.Delete():
            yield *whole, "pass", "statement dropped"
        case ast.If(test=test):
            yield positions.start(test), positions.end(test), "False", "branch never taken"
            if not _leaves(node.body) and not isinstance(test, ast.Constant):
                yield positions.start(test), positions.end(test), "True", "branch always taken"
        case ast.Continue():
            yield *whole, "break", "continue to break"
        case ast.Break():
            yield *whole, "continue", "break to continue"
        case ast.FunctionDef(decorator_list=decorators):
            for decorator in decorators:
                if _last_name(decorator) not in _KEPT_DECORATORS:
                    at = positions.source.rindex(b"@", 0, positions.start(decorator))
                    yield at, positions.end(decorator), "", "decorator dropped"


def _leaves(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
