"""Mutations of expressions: comparisons, conditions, constants, arguments, the order of what is sorted."""

import ast
from collections.abc import Iterator, Mapping
from itertools import pairwise

from tools.mutants.positions import Positions
from tools.mutants.statements import Change

_COMPARED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
}
_RENAMED = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sorted": "list",
    "reversed": "list",
    "outerjoin": "join",
    "union_all": "union",
    "startswith": "endswith",
    "endswith": "startswith",
    "is_": "is_not",
    "is_not": "is_",
    "in_": "not_in",
    "not_in": "in_",
    "asc": "desc",
    "and_": "or_",
    "or_": "and_",
    "nulls_last": "nulls_first",
    "nulls_first": "nulls_last",
}
_LINKS = {"distinct", "limit", "offset", "with_for_update", "strip", "lower", "upper", "casefold", "unique", "desc"}
_CONDITIONS = {"where", "filter", "filter_by", "having"}


def expression_changes(node: ast.AST, positions: Positions, defaults: Mapping[str, frozenset[str]]) -> Iterator[Change]:
    match node:
        case ast.Compare():
            yield from _comparison(node, positions)
        case ast.BoolOp():
            yield from _boolean(node, positions)
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield positions.start(node), positions.start(operand), "", "negation dropped"
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as operand):
            yield positions.start(node), positions.start(operand), "", "sign dropped"
        case ast.BinOp():
            yield from _arithmetic(node, positions)
        case ast.IfExp(test=test):
            yield positions.start(test), positions.end(test), "True", "first alternative always"
            yield positions.start(test), positions.end(test), "False", "second alternative always"
        case ast.comprehension(ifs=[*conditions]):
            for condition in conditions:
                yield positions.start(condition), positions.end(condition), "True", "condition dropped"
        case ast.Constant(value=value):
            yield from _constant(node, value, positions)
        case ast.Subscript(slice=ast.Constant(value=0) as index):
            yield positions.start(index), positions.end(index), "-1", "first to last"
        case ast.Subscript(slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)) as last):
            yield positions.start(last), positions.end(last), "0", "last to first"
        case ast.Call():
            yield from _call(node, positions, defaults)


def _comparison(node: ast.Compare, positions: Positions) -> Iterator[Change]:
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        token, other = _COMPARED[type(operator)]
        if at := positions.token(left, right, token):
            yield *at, other, "comparison"
        if isinstance(operator, ast.In | ast.NotIn):
            yield from _element(right, positions)
        left = right


def _element(node: ast.expr, positions: Positions) -> Iterator[Change]:
    """One of several values that something is looked for among is left out."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 1:
        for index, element in enumerate(node.elts):
            if isinstance(element, ast.Starred):
                continue
            start, end = positions.item(node.elts, index)
            text = "," if isinstance(node, ast.Tuple) and len(node.elts) == 2 and index == 1 else ""
            yield start, end, text, "value left out"


def _boolean(node: ast.BoolOp, positions: Positions) -> Iterator[Change]:
    word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in pairwise(node.values):
        if at := positions.token(left, right, rf"\b{word}\b"):
            yield *at, other, "and/or"
    for index in range(len(node.values)):
        yield *positions.item(node.values, index), "", "condition dropped"


def _arithmetic(node: ast.BinOp, positions: Positions) -> Iterator[Change]:
    if isinstance(node.op, ast.BitAnd | ast.BitOr):
        if any(_type_like(side) for side in (node.left, node.right)):
            return
        token, other = (r"&", "|") if isinstance(node.op, ast.BitAnd) else (r"\|", "&")
    elif isinstance(node.op, ast.Add | ast.Sub) and (_numeric(node.left) or _numeric(node.right)):
        token, other = (r"\+", "-") if isinstance(node.op, ast.Add) else ("-", "+")
    elif isinstance(node.op, ast.FloorDiv):
        token, other = "//", "*"
    elif isinstance(node.op, ast.Mult) and (_numeric(node.left) or _numeric(node.right)):
        token, other = r"\*", "//"
    else:
        return
    if at := positions.token(node.left, node.right, token):
        yield *at, other, "arithmetic"


def _type_like(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=None):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name[:1].isupper() or name in {"str", "int", "bool", "float", "bytes", "list", "dict", "set", "date"}
        case ast.Subscript(value=value):
            return _type_like(value)
    return False


def _numeric(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=bool() | str() | bytes() | None):
            return False
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name in {"timedelta", "len", "sum", "int", "round"}
        case ast.Name(id=name):
            return any(word in name for word in ("day", "DAY", "minute", "MINUTE", "hour", "HOUR"))
    return False


def _constant(node: ast.Constant, value: object, positions: Positions) -> Iterator[Change]:
    at = positions.start(node), positions.end(node)
    if isinstance(value, bool):
        yield *at, str(not value), "true/false"
    elif isinstance(value, int):
        yield *at, str(value + 1), "constant"
        if value == 1:
            yield *at, "0", "constant"
    elif isinstance(value, float):
        yield *at, str(value * 2 + 1), "constant"


def _call(node: ast.Call, positions: Positions, defaults: Mapping[str, frozenset[str]]) -> Iterator[Change]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    end = positions.end(node.func)
    if name in _RENAMED:
        yield end - len(name), end, _RENAMED[name], f"{name} to {_RENAMED[name]}"
    arguments = sorted([*node.args, *node.keywords], key=positions.start)
    if isinstance(node.func, ast.Attribute):
        chain = positions.end(node.func.value), positions.end(node)
        if name in _LINKS or (name in _CONDITIONS and len(arguments) == 1):
            yield *chain, "", f"{name}() dropped"
        if name in {"in_", "not_in"} and node.args:
            yield from _element(node.args[0], positions)
        if name == "order_by":
            yield from _order(node.args, positions)
    if (name in _CONDITIONS or name in {"and_", "or_"}) and len(arguments) > 1:
        for index in range(len(arguments)):
            yield *positions.item(arguments, index), "", "condition dropped"
    for index, argument in enumerate(arguments):
        if isinstance(argument, ast.keyword) and argument.arg in defaults.get(name, ()):
            at = positions.item(arguments, index) if len(arguments) > 1 else _only(argument, positions)
            yield *at, "", "argument dropped"
        if name in {"sorted", "sort", "min", "max"} and isinstance(argument, ast.keyword) and argument.arg == "key":
            at = positions.item(arguments, index) if len(arguments) > 1 else _only(argument, positions)
            yield *at, "", "key of the order dropped"


def _only(argument: ast.keyword, positions: Positions) -> tuple[int, int]:
    return positions.start(argument), positions.end(argument)


def _order(arguments: list[ast.expr], positions: Positions) -> Iterator[Change]:
    for index, argument in enumerate(arguments):
        if isinstance(argument, ast.Name | ast.Attribute):
            yield positions.end(argument), positions.end(argument), ".desc()", "order turned"
        if len(arguments) > 1:
            yield *positions.item(arguments, index), "", "key of the order dropped"
