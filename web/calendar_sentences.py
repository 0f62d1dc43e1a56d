"""Sentences about working days: what was wrong in a change of the calendar, and what its inputs are called."""

from flask_babel import gettext as _


def fields() -> dict[str, str]:
    """What people call the inputs of a change."""
    return {"days": _("days"), "document": _("number of the paper"), "year": _("year")}


def called(act: str) -> dict[str, str]:
    """What the form with this `act` calls its inputs."""
    if act != "days":
        return {
            "year": _("Year"),
            "document": _("Number of the paper"),
            "days": _("One line a day: day, worked (yes or no), name"),
        }
    return {
        "day": _("First day"),
        "until": _("Last day"),
        "says": _("These days are"),
        "source": _("By the word of"),
        "name": _("Holiday or reason"),
        "document": _("Number of the paper"),
    }


def errors() -> dict[str, str]:
    """Why a change of the calendar was refused."""
    return {
        "calendar_not_yours": _("Working days are changed by the county office; ask it."),
        "calendar_stale": _("The working days were changed since you looked; look at what moves once more."),
        "calendar_unchanged": _("The calendar says so already; nothing would change."),
        "year_not_announced": _(
            "The notice for {year} is not entered; enter the whole notice, not a single day of it."
        ),
        "year_not_in_library": _("The library does not know the notice for {year} yet; enter it by hand."),
        "unknown_authority": _("Say whose word it is: the county's or the State Council's."),
        "bad_year": _("The year must lie between {first} and {last}."),
        "notice_line": _(
            "Line {line} is not of the form day, yes or no, name (2027-01-01,no,元旦), or its day is not of that year."
        ),
        "too_many_days": _("Too many days at once; at most {most}."),
    }
