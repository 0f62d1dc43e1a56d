"""The list of tickets in words: its columns, what narrows it, and the sentences of its errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add
from web.words.language import say
from workflow.county.context import CountyContext

add(
    {
        "ticket.column": {
            "number": _l("Number"),
            "kind": _l("Kind"),
            "about": _l("Household, village or unit"),
            "town": _l("Town"),
            "cause": _l("Cause"),
            "source": _l("Source"),
            "state": _l("State"),
            "holder": _l("Held by"),
            "handler": _l("Handler"),
            "rung": _l("Rung"),
            "due": _l("Due"),
            "filed": _l("Filed on"),
            "days": _l("Days open"),
        },
        "ticket.narrowing": {
            "overdue": _l("Overdue"),
            "today": _l("Due today"),
            "within": _l("Overdue within working days"),
            "filed_from": _l("Filed from"),
            "filed_to": _l("Filed up to"),
            "due_from": _l("Due from"),
            "due_to": _l("Due up to"),
            "state": _l("State"),
            "owner": _l("Held by"),
            "town": _l("Town"),
        },
        "error": {
            "unknown_sort": _l("A list cannot be sorted by “%(sort)s”. Choose one of its columns."),
            "view_filter_gone": _l("“%(value)s” is no longer there to choose. Remove this filter from the list first."),
            "no_such_view": _l("There is no such view, or it is no longer shared with you. Choose one above the list."),
            "view_name_taken": _l("There is already a view named “%(name)s”. Choose another name."),
            "too_many_views": _l("There are %(most)s views already. Delete one of them first."),
            "sort_of_one_unit": _l("Choose a holder or a town first: then the list can be sorted by handler and rung."),
        },
    }
)


def cause_of_kind(setting: CountyContext, kind: str, cause: str) -> str:
    """The name of a ticket's cause; a cause that the scheme no longer has by its code."""
    causes = (each for of in setting.scheme.kinds if of.code == kind for each in of.causes)
    return next((say(each.name) for each in causes if each.code == cause), cause)


def source_name(setting: CountyContext, code: str) -> str:
    """The name of a ticket's source; one that the scheme no longer has by its code."""
    return next((say(each.name) for each in setting.scheme.sources if each.code == code), code)
