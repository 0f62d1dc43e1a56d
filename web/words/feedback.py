"""Feedback on the system: its fields and the sentences of its errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "field": {"words": _l("Your complaint or suggestion")},
        "error": {
            "feedback_of_the_office": _l("Feedback is answered by the county office."),
            "no_such_feedback": _l("There is no such feedback. Go back to the list."),
            "feedback_answered": _l("A colleague has answered this meanwhile. %(again)s"),
        },
    }
)
