"""XLS writer: the workbook stream of Excel 97–2003 (BIFF8) in a compound file, after [MS-XLS] and [MS-CFB].

Texts go into the shared string table; whole numbers that fit become RK, others doubles, as in Excel; a date is a number
with a date format. A formula carries its saved value.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

_SECTOR, _END, _FREE, _FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
#: A stream of at least this length has sectors of its own instead of short ones.
_SHORT = 4096
_GENERAL, _DAY = 0, 14


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and its saved value."""

    value: float


def xls(*rows: Sequence[Any], hidden: Sequence[Sequence[Any]] = ()) -> io.BytesIO:
    """A workbook with these rows in its first visible sheet, and the `hidden` rows in a hidden sheet before it."""
    words: dict[str, int] = {}
    sheets = [("底稿", 1, _sheet(hidden, words)), ("农户", 0, _sheet(rows, words))]
    strings = b"".join(struct.pack("<HB", len(word), 1) + word.encode("utf-16-le") for word in words)
    table = _record(0x00FC, struct.pack("<II", len(words), len(words)) + strings)
    formats = b"".join(
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, number, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0))
        for number in (_GENERAL, _DAY)
    )
    names = [name.encode("utf-16-le") for name, _, _ in sheets]
    before = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    before += _record(0x0042, struct.pack("<H", 1200)) + formats
    bounds = sum(4 + 8 + len(name) for name in names)
    at, listed = len(before) + bounds + len(table) + 4, b""
    for name, (_, state, body) in zip(names, sheets, strict=True):
        listed += _record(0x0085, struct.pack("<IBBBB", at, state, 0, len(name) // 2, 1) + name)
        at += len(body)
    return io.BytesIO(_compound(before + listed + table + _record(0x000A, b"") + b"".join(s[2] for s in sheets)))


def _record(kind: int, data: bytes) -> bytes:
    assert len(data) <= 8224, "longer ones would have to be continued"
    return struct.pack("<HH", kind, len(data)) + data


def _sheet(rows: Sequence[Sequence[Any]], words: dict[str, int]) -> bytes:
    width = max((len(row) for row in rows), default=0)
    cells = b"".join(
        _cell(number, column, value, words)
        for number, row in enumerate(rows)
        for column, value in enumerate(row)
        if value is not None and value != ""
    )
    return (
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
        + _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
        + cells
        + _record(0x000A, b"")
    )


def _cell(row: int, column: int, value: Any, words: dict[str, int]) -> bytes:
    def at(xf: int) -> bytes:
        return struct.pack("<HHH", row, column, xf)

    if isinstance(value, bool):
        return _record(0x0205, at(0) + struct.pack("<BB", value, 0))
    if isinstance(value, str):
        return _record(0x00FD, at(0) + struct.pack("<I", words.setdefault(value, len(words))))
    if isinstance(value, date):
        return _record(0x0203, at(1) + struct.pack("<d", (value - date(1899, 12, 30)).days))
    if isinstance(value, Formula):
        # The formula itself is =1+1; it is never computed.
        code = bytes((0x1E, 1, 0, 0x1E, 1, 0, 0x03))
        return _record(0x0006, at(0) + struct.pack("<dHIH", value.value, 0, 0, len(code)) + code)
    if isinstance(value, int) and abs(value) < 1 << 29:
        return _record(0x027E, at(0) + struct.pack("<I", (value << 2 & 0xFFFFFFFF) | 2))
    return _record(0x0203, at(0) + struct.pack("<d", float(value)))


def _compound(stream: bytes) -> bytes:
    """The stream `Workbook` in a compound file: header, the stream's sectors, directory, sector table."""
    stream += bytes(max(_SHORT - len(stream), 0))
    stream += bytes(-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    assert count + 2 <= _SECTOR // 4, "one table of sectors is enough for a test"
    chain = [*range(1, count), _END, _END, _FAT]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    directory = (
        _entry("Root Entry", 5, 1, _END, 0)
        + _entry("Workbook", 2, _FREE, 0, len(stream))
        + _entry("", 0, _FREE, 0, 0) * 2
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, count, 0, _SHORT, _END, 0, _END, 0)
    header += struct.pack("<109I", count + 1, *[_FREE] * 108)
    return header + stream + directory + table


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le") if name else b""
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
