"""Refusals of asking for time and of answering, in the reader's language."""

from flask_babel import gettext as _


def fields(tried: str | None) -> dict[str, str]:
    """What the form for asking calls its inputs, where another form calls them otherwise."""
    return {"ground": _("ground of the list")} if tried == "ask_time" else {}


def errors() -> dict[str, str]:
    """Sentences by code."""
    return {
        "only_the_lead_asks": _("Only the responsible unit asks for time; ask it to."),
        "asked_only_in_progress": _("Time is asked for while the ticket is in progress; it is “{state}”."),
        "asked_too_late": _("The deadline is past; time is asked for before it."),
        "request_waits": _("A request is waiting already; wait for its answer."),
        "unknown_request": _("Choose a later deadline (extension) or a stopped clock (suspension)."),
        "ground_in_last_hours": _(
            "In the last {hours} working hours before the deadline a ground of the list is needed; choose one."
        ),
        "ground_unknown": _("This ground is not in the scheme's list; choose one of it."),
        "extension_not_later": _("The deadline is {day} already; choose a later day."),
        "extension_too_long": _("“{field}” is too far off; choose a day within {days} working days of the deadline."),
        "extension_past_stop": _("The fixed last day is {day}; choose no later day."),
        "extended_already": _("The deadline was extended already; a second time only the leading group extends it."),
        "extended_too_late": _("The deadline is past and nobody had asked before it; it can no longer be extended."),
        "not_extended_yet": _("The deadline was not extended yet; the first time the office does it."),
        "no_such_request": _("There is no such request on this ticket; load it again."),
        "request_of_another": _("The request was made to another unit; leave the answer to it."),
        "no_such_proposal": _("There is no such rung on this ticket; load it again."),
        "proposal_of_another": _(
            "What the ladder proposes the office answers, against the office itself the leading group; leave it to them."
        ),
        "proposal_answered": _("Nothing is proposed here any more; load the ticket again."),
        "request_answered": _("The request was answered or has lapsed; load the ticket again."),
    }
