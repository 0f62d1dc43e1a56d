"""Words for numbers of papers, for how rungs stand, and for what a paper keeps as text."""

from datetime import datetime

from flask_babel import gettext as _

from web.sentences import say
from workflow.county.context import Setting


def paper_number(paper: str) -> str:
    """The number of a paper as it is written: 2018:4:1 is 〔2018〕第1号."""
    year, _kind, number = paper.split(":")
    return _("〔%(year)s〕 No. %(number)s", year=year, number=number)


def undecided_name(what: str) -> str:
    """What a person has to decide."""
    return {
        "rung": _("proposed, to be issued or declined"),
        "revocation": _("its revocation is asked for"),
        "withdrawal": _("its withdrawal is asked for"),
    }[what]


def missing_name(code: str) -> str:
    """What the auditor misses of a paper or a case."""
    return {
        "paper_missing": _("a paper of its rungs is missing"),
        "receipt_missing": _("its receipt is not put down"),
        "end_missing": _("its end is not put down"),
        "case_missing": _("the case that its last rung proposes is missing"),
        "lapse_missing": _("the end of the time for a statement is not put down"),
    }[code]


def rung_status(status: str) -> str:
    """How a rung stands."""
    return {
        "issued": _("issued"),
        "proposed": _("proposed"),
        "missed": _("missed by the system"),
        "declined": _("declined"),
    }[status]


def paper_named(number: str, setting: Setting) -> str:
    """A paper by its kind and number."""
    return say(setting.scheme.ladder.rungs[int(number.split(":")[1]) - 1].name) + paper_number(number)


def frozen(text: str) -> datetime:
    """A moment as a paper keeps it."""
    return datetime.fromisoformat(text)


def hours(minutes: int) -> str:
    """Working time in a table: hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02d}"
