"""What is the same for every test is done once in a process: templates, routes and statements are compiled, and passwords
are hashed with the least that the algorithm takes.

Nothing of ours is replaced: the hash is the same function with smaller figures (`tests/web/test_passwords.py` asks for
those of the product), and what is compiled is what each app would compile for itself.
"""

from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from web import auth

#: The figures of the product, from before they were made small.
PRODUCT = auth.HASHER
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class _Compiled(BytecodeCache):
    """The code of templates by name and source."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


def _once(compiled: Callable[..., Any]) -> Callable[..., Any]:
    """What a rule's addresses are built by hangs on the rule alone, and is handed the rule when it is called."""
    kept: dict[tuple[Any, ...], Any] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, append_unknown, repr(rule.defaults), tuple(rule._trace))
        if key not in kept:
            kept[key] = compiled(rule, append_unknown)
        return kept[key]

    return compile_builder


def _same(one: DefaultDialect, other: object) -> bool:
    """Whether a statement compiled for one engine serves another: the same kind of database, spoken to alike."""
    return type(one) is type(other) and all(
        getattr(one, name, None) == getattr(other, name, None)
        for name in ("statement_compiler", "server_version_info", "insert_returning", "paramstyle")
    )


def _share_statements() -> None:
    """Every test has engines of its own, which would each compile hundreds of statements anew."""
    kept: LRUCache[Any, Any] = LRUCache(3000)
    made = Engine.__init__

    def make(engine: Engine, *args: Any, **kwargs: Any) -> None:
        made(engine, *args, **kwargs)
        engine._compiled_cache = kept

    Engine.__init__ = make  # type: ignore[method-assign]
    DefaultDialect.__eq__ = _same  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))  # type: ignore[method-assign]


def make_haste() -> None:
    """Called once, before any module has taken the hasher's name."""
    auth.HASHER = CHEAP
    auth._NOBODY = CHEAP.hash("nobody")
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Compiled()}
    _share_statements()
    Rule._compile_builder = _once(Rule._compile_builder)  # type: ignore[method-assign]
