"""Sentences about schemes: why looking, adopting or moving tickets over was refused, and what its inputs are called."""

from flask_babel import gettext as _


def fields() -> dict[str, str]:
    """What people call the inputs."""
    return {"from_day": _("first day"), "scheme": _("scheme")}


def errors() -> dict[str, str]:
    """Why it was refused."""
    return {
        "scheme_not_yours": _("Schemes are for the office, the leading group and the inspectorate; ask the office."),
        "adoption_not_yours": _("A scheme is adopted by the county office; ask it."),
        "adoption_day": _("The first day is today or later, at most {most} days ahead; choose such a day."),
        "adoption_settled": _("This adoption waits no longer; adopt another scheme instead."),
        "no_such_adoption": _("There is no such adoption; load the page again."),
        "no_such_version": _("There is no version {version}; choose one of the list."),
        "scheme_unchanged": _("This scheme would be in force on that day anyway; choose another."),
        "scheme_of_another_county": _("This is another county's scheme; bring one of {county}."),
        "scheme_unit_collides": _("The unit “{unit}” is another here; give it the code and type it has."),
        "scheme_too_large": _("The file is too large for a scheme; it may have {most} kilobytes."),
        "scheme_refused": _("The scheme was not accepted; correct what is listed below."),
        "nothing_to_migrate": _("There is nothing to move over among these tickets; choose others."),
        "migration_stale": _("Tickets or schemes have changed since you looked; look at the dates once more."),
    }


def why_not_moved(code: str) -> str:
    """Why a ticket cannot be moved to the scheme in force."""
    return {
        "kind_gone": _("its kind is no longer there"),
        "cause_gone": _("its cause is no longer there"),
        "subject_gone": _("its kind is no longer filed for what it is of"),
        "cause_decides": _("a fixed last day depends on its cause, which was left open"),
        "other_year": _("its fixed last day belongs to another year"),
        "hours_differ": _("the office hours are others"),
    }.get(code, code)


def adoption_state(state: str) -> str:
    """How an adoption stands."""
    return {
        "waiting": _("waiting for its day"),
        "in_force": _("came into force"),
        "superseded": _("superseded before its day"),
        "revoked": _("revoked before its day"),
    }[state]
