"""Wordings in words: the sentences of their errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "error": {
            "wordings_not_yours": _l("Wordings are kept by the people of a unit. Villages use those of their town."),
            "only_office_for_all": _l("Only the county office keeps wordings for all units. Add it for your unit."),
            "too_many_wordings": _l("There are %(most)s wordings already. Delete one of them first."),
            "wording_taken": _l("This wording is there already. Use that one, or write another."),
            "no_such_wording": _l("There is no such wording, or another unit keeps it."),
        },
    }
)
