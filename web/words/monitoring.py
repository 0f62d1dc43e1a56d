"""Monitoring columns as a page shows them: months and sums as they are written here."""

from collections.abc import Mapping

from flask_babel import gettext as _

from web.words.dates import month_name
from workflow.register.cells.monitoring import MONITORING


def monitoring_lines(kept: Mapping[str, str]) -> list[tuple[str, str]]:
    """Field and text of each column that the register keeps of a household, in the order of the export."""
    return [(name, _said(column.reads, kept[name])) for name, column in MONITORING.items() if kept.get(name)]


def _said(reads: str, text: str) -> str:
    if reads == "month":
        return month_name(f"{text[:4]}-{text[4:]}")
    return _("%(yuan)s yuan", yuan=text) if reads == "yuan" else text
