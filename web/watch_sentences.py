"""Sentences about the watch over the sweep: why it holds, and why it was not released."""

from flask_babel import gettext as _


def errors() -> dict[str, str]:
    """Why a release was refused."""
    return {
        "release_not_yours": _("A held sweep is released by the county office or the administrator; ask them."),
        "nothing_holds": _("The sweep does not hold; there is nothing to release."),
    }


def why_held(code: str) -> str:
    """Why the sweep holds."""
    return {
        "clock_backwards": _("The clock of the worker ran backwards."),
        "clock_leap": _("The clock of the worker leapt ahead by more than a day."),
    }.get(code, code)
