"""Sealed columns: personal data that the database holds encrypted and every query reads as its plain value.

`Sealed` encrypts one value, `SealedBytes` bytes, `SealedWithin` the named values inside a JSON document.  The key belongs to
the engine (`models.engine.make_engine`), never to the database.  AES-256-GCM with a random nonce: equal values differ on
disk, so no column can be compared, sorted or grouped in SQL; `Sealed` refuses to compose such a statement.  Each text names
the column it was made for, so one that is moved to another column does not open.
"""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import partial
from typing import Any, ClassVar, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import JSON, ColumnElement, Dialect, LargeBinary, Text, TypeDecorator
from sqlalchemy.sql import operators

Kind = Literal["date", "text", "bool", "int", "json"]
_PREFIX, _NONCE, _KEY_ID = "s1:", 12, 4
#: Short values are padded to a multiple of this, so that their length does not name them.
_PADDED = 16
_tolerant: ContextVar[bool] = ContextVar("tolerant", default=False)


class KeyMissing(Exception):
    """A sealed value that no key of the engine opens: the key is not configured, or the text was altered."""


class WrongKey(KeyMissing):
    """The key of the engine is not the one of its database: nothing may be written under it."""


class Unreadable(str):
    """What a sealed value that does not open reads as while `verify` runs: equal to no value that was recorded."""

    def isoformat(self) -> str:
        """The sealed text, where a day was expected."""
        return str(self)


def parted(keys: str | Sequence[str]) -> list[str]:
    """The keys of a setting, the newest first.  Raises ValueError for none."""
    given = keys.split(",") if isinstance(keys, str) else list(keys)
    if not (named := [key.strip() for key in given if key.strip()]):
        raise ValueError("a vault needs a key")
    return named


def derived(key: str, purpose: str) -> bytes:
    """The 256 bits for one purpose that come of a configured key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"xiaohao {purpose}".encode()).derive(key.encode())


class Sealer:
    """Seals and opens column values under the installation's keys: the newest seals, all of them open."""

    def __init__(self, keys: str | Sequence[str]) -> None:
        self.keys = parted(keys)
        secrets = [derived(key, "column") for key in self.keys]
        self._ciphers = {hashlib.sha256(secret).digest()[:_KEY_ID]: AESGCM(secret) for secret in secrets}
        self._newest = next(iter(self._ciphers))

    def seal(self, plain: bytes, purpose: str) -> str:
        """The bytes as text, encrypted under the newest key for one column."""
        return _PREFIX + base64.b64encode(self.seal_bytes(plain, purpose)).decode()

    def seal_bytes(self, plain: bytes, purpose: str) -> bytes:
        """The bytes, encrypted under the newest key for one column."""
        nonce = os.urandom(_NONCE)
        return self._newest + nonce + self._ciphers[self._newest].encrypt(nonce, plain, purpose.encode())

    def open(self, text: str, purpose: str) -> bytes:
        """The bytes that `seal` encrypted for this column.  Raises KeyMissing."""
        try:
            if not text.startswith(_PREFIX):
                raise ValueError(text)
            return self.open_bytes(base64.b64decode(text[len(_PREFIX) :]), purpose)
        except ValueError:
            raise KeyMissing(purpose) from None

    def open_bytes(self, raw: bytes, purpose: str) -> bytes:
        """The bytes that `seal_bytes` encrypted for this column.  Raises KeyMissing."""
        try:
            cipher = self._ciphers[raw[:_KEY_ID]]
            return cipher.decrypt(raw[_KEY_ID : _KEY_ID + _NONCE], raw[_KEY_ID + _NONCE :], purpose.encode())
        except (InvalidTag, KeyError, ValueError):
            raise KeyMissing(purpose) from None

    def again(self, text: str, purpose: str) -> str:
        """A sealed text, sealed again under the newest key.  Raises KeyMissing."""
        return self.seal(self.open(text, purpose), purpose)


@contextmanager
def unreadable_allowed() -> Iterator[None]:
    """Within this, what does not open reads as `Unreadable`, so that `verify` reports it and goes on."""
    before = _tolerant.get()
    _tolerant.set(True)
    try:
        yield
    finally:
        _tolerant.set(before)


def sealer_of(dialect: Dialect) -> Sealer:
    """The sealer of an engine's dialect.  Raises KeyMissing for an engine that was made without a key."""
    sealer: Sealer | None = getattr(dialect, "sealer", None)
    if sealer is None:
        raise KeyMissing("an engine without a data key")
    return sealer


def padded(value: bytes) -> bytes:
    """The bytes with zeros up to a whole number of sixteens; no value ends in one."""
    return value.ljust(-(-max(len(value), 1) // _PADDED) * _PADDED, b"\0")


def document_bytes(value: Any) -> bytes:
    """A JSON value as bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


#: How a value of each kind becomes bytes, and back.
_FORMS: dict[str, tuple[Callable[[Any], bytes], Callable[[bytes], Any]]] = {
    "date": (lambda day: day.isoformat().encode(), lambda raw: date.fromisoformat(raw.decode())),
    "text": (str.encode, bytes.decode),
    "bool": (lambda yes: b"1" if yes else b"0", lambda raw: raw == b"1"),
    "int": (lambda number: str(number).encode(), int),
    "json": (document_bytes, json.loads),
}


class Sealed(TypeDecorator[Any]):
    """A column of one sealed value; `name` is `table.column`, for which alone its texts open."""

    impl = Text
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[Any]):
        """Allows IS NULL; refuses every other comparison, since no two sealed texts are equal."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Composes IS NULL and its like.  Raises TypeError for the rest.

            Columns compare with each other only inside SQLAlchemy, where mappings hold them.
            """
            if op not in (operators.is_, operators.is_not) and not (other and isinstance(other[0], ColumnElement)):
                raise TypeError(f"a sealed column cannot be used with {op.__name__} in SQL")
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator

    def __init__(self, kind: Kind, name: str, values: tuple[str, ...] = ()) -> None:
        """`values`: the only ones it takes, where there are any: no CHECK can look into a sealed text."""
        super().__init__()
        self.kind, self.name, self.values = kind, name, values

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The sealed text of a value.  Raises ValueError for a value that the column does not take."""
        if value is None:
            return None
        if self.values and value not in self.values:
            raise ValueError(f"{self.name} does not take {value!r}")
        return sealer_of(dialect).seal(padded(_FORMS[self.kind][0](value)), self.name)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value of a sealed text.  Raises KeyMissing, unless `unreadable_allowed`."""
        if value is None:
            return None
        try:
            return _FORMS[self.kind][1](sealer_of(dialect).open(value, self.name).rstrip(b"\0"))
        except KeyMissing:
            if _tolerant.get():
                return Unreadable(value)
            raise


class SealedBytes(TypeDecorator[bytes]):
    """A column of sealed bytes; `name` as for `Sealed`.  Bytes in clear, of before the column was sealed, are read as they are."""

    impl = LargeBinary
    cache_ok = True
    MARK = b"s1\0"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """The sealed bytes."""
        return None if value is None else self.MARK + sealer_of(dialect).seal_bytes(value, self.name)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """The plain bytes.  Raises KeyMissing."""
        if value is None or not bytes(value).startswith(self.MARK):
            return value
        return sealer_of(dialect).open_bytes(bytes(value)[len(self.MARK) :], self.name)

    def again(self, value: bytes, sealer: Sealer) -> bytes:
        """Stored bytes, sealed under the newest key.  Raises KeyMissing."""
        plain = sealer.open_bytes(value[len(self.MARK) :], self.name) if value.startswith(self.MARK) else value
        return self.MARK + sealer.seal_bytes(plain, self.name)


class SealedWithin(TypeDecorator[dict[str, Any]]):
    """A JSON document whose values under some names are sealed, at the top and one level below; the others stay open to SQL."""

    impl = JSON
    cache_ok = True
    #: The names under which events hold what people earn, and what they were before a change.
    NAMES: ClassVar[frozenset[str]] = frozenset({"people_was", "income_fen", "income_people"})

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Paths into the document are those of JSON."""
        return self.impl_instance.coerce_compared_value(op, value)

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        """The document with the named values sealed."""
        return within(value, partial(_sealed_part, dialect))

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        """The document with the named values open.  Raises KeyMissing, unless `unreadable_allowed`."""
        return within(value, partial(_open_part, dialect))


def within(document: dict[str, Any] | None, turn: Callable[[str, Any], Any]) -> dict[str, Any] | None:
    """A copy of the document in which `turn` (name, value) has been applied to the sealed names; itself where there are none."""
    if document is None:
        return None
    changed: dict[str, Any] = {}
    for name, value in document.items():
        if name in SealedWithin.NAMES:
            changed[name] = turn(name, value)
        elif isinstance(value, dict) and not SealedWithin.NAMES.isdisjoint(value):
            changed[name] = {n: turn(n, v) if n in SealedWithin.NAMES else v for n, v in value.items()}
    return document | changed if changed else document


def _sealed_part(dialect: Dialect, name: str, plain: Any) -> Any:
    return plain if plain is None else sealer_of(dialect).seal(padded(document_bytes(plain)), f"within.{name}")


def _open_part(dialect: Dialect, name: str, text: Any) -> Any:
    if text is None:
        return None
    try:
        if not isinstance(text, str):
            raise KeyMissing(name)
        return json.loads(sealer_of(dialect).open(text, f"within.{name}").rstrip(b"\0"))
    except KeyMissing:
        if _tolerant.get():
            return Unreadable(text)
        raise
