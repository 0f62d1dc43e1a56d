"""Refused rows: each row of a file as it stood, and the reasons in a last column."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from web.words.import_faults import fault_sentence


def refused_rows(
    headings: Sequence[str], rows: Iterable[tuple[int, Sequence[str], Sequence[Any]]]
) -> tuple[list[str], Iterator[list[str]]]:
    """The headings with one more, and the rows each with its number and reasons in it."""
    width = len(headings)

    def lines() -> Iterator[list[str]]:
        for number, cells, faults in rows:
            said = " ".join(fault_sentence(code, field, params) for code, field, params in faults)
            padded = [*cells[:width], *[""] * (width - len(cells))]
            yield [*padded, _("Row %(row)s: %(why)s", row=number, why=said)]

    return [*headings, _("reason for the rejection")], lines()
