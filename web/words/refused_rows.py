"""Refused rows and notices of an import as tables: each refused row as it stood with its reasons, each notice with its row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from web.words.import_faults import fault_sentence, notice_sentence


def refused_rows(
    headings: Sequence[str], rows: Iterable[tuple[int | str, Sequence[str], Sequence[Any]]]
) -> tuple[list[str], Iterator[list[str]]]:
    """The headings with one more, and the rows each with its number and reasons in it."""
    width = len(headings)

    def lines() -> Iterator[list[str]]:
        for number, cells, faults in rows:
            said = " ".join(fault_sentence(code, field, params) for code, field, params in faults)
            padded = [*cells[:width], *[""] * (width - len(cells))]
            yield [*padded, _("Row %(row)s: %(why)s", row=number, why=said)]

    return [*headings, _("reason for the rejection")], lines()


def notice_rows(notices: Iterable[Sequence[Any]]) -> tuple[list[str], Iterator[list[str]]]:
    """The headings and the lines of a table of notices: row, household, what was read in another way or left out."""
    lines = (
        [str(row or ""), str(household), notice_sentence(code, field, params)]
        for code, row, household, field, params in notices
    )
    return [_("row"), _("household code"), _("notice")], lines
