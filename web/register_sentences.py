"""The register's sentences: what goes wrong at a checkup or at the exit gate, and what to do, in one sentence each."""

from flask_babel import gettext as _

from web.say import say
from web.wording import wording


def errors() -> dict[str, str]:
    """Error code → sentence, with the error's parameters in braces."""
    return {
        "no_such_household": _("There is no household “{code}”, or it is not yours to see; check the code."),
        "no_such_checkup": _("There is no such checkup, or it is not yours to see."),
        "may_not_check": _("Checkups are for villages, towns, bureaus and the county office; ask the town to visit."),
        "visits_not_yours": _("Whom to visit is for villages, towns and those who read the county; use your own list."),
        "source_not_yours": _(
            "This source is not yours: visits and a household's own word are the village's, town's and office's, "
            "data matching the bureaus'; choose another."
        ),
        "unknown_source": _("There is no source “{source}”; use visit, matching or household."),
        "have_unknown": _("“{have}” is none of the scheme's haves; check the code."),
        "have_not_yours": _("“{have}” is not your bureau's business; leave it out."),
        "unknown_result": _("“{have}” must be met, unmet or not_applicable; choose one."),
        "not_optional": _("“{have}” applies to every household; say whether it is met."),
        "cause_only_unmet": _("A cause is given only for what is not met; change “{have}” or leave the cause out."),
        "nothing_found": _("The checkup says nothing of what is to be checked; mark at least one."),
        "haves_left_out": _("A visit says something of each have; still missing: {names}."),
        "days_out_of_range": _("“{field}” must be a number from 1 to {most}."),
        "look_without_ground": _("Say what the full numbers are wanted for; choose one of those listed."),
        "no_dossier": _("The household “{code}” has no exit dossier; one is made when it passes the exit gate."),
        "file_not_unmet": _(
            "A ticket is filed only for what this checkup found not met; mark “{have}” as not met first."
        ),
        "seen_too_long_ago": _("The day lies more than {days} days back; visit again and give that day."),
        "bad_findings": _("“findings” must name each have with its result; see the description of the API."),
        "not_haves": _("“file” must be a list of haves found unmet; see the description of the API."),
        "clearing_is_the_offices": _("Clearing a household from the register is the county office's; ask the office."),
        "refused_rows_not_yours": _("Refused rows hold full numbers; only the unit that brought the file gets them."),
        "status_not_yours": _("A household's status is changed by its town or the county office; ask the town."),
        "household_cleared": _(
            "This household was cleared from the register, so nothing is recorded, filed or opened again for it; have the "
            "county office put it back first."
        ),
        "ticket_of_the_offices_own": _(
            "Ticket {number} is the county office's own matter; have the leading group cancel it first."
        ),
        "not_on_register": _("The household “{code}” is not on the register; there is nothing to leave."),
        "exit_refused": _("The household “{code}” may not leave the register yet; see what is missing."),
        "exit_through_gate": _("A household exits only through the exit gate; open the exit examination."),
        "status_not_open": _(
            "From “{before}” the status cannot become “{status}”; load the page again to see what can."
        ),
    }


def fields() -> dict[str, str]:
    """Input → what people call it."""
    return {
        "seen_on": _("day of the checkup"),
        "source": _("source"),
        "present": _("who was there"),
        "findings": _("findings"),
        "status": _("status"),
    }


def status_name(status: str | None) -> str:
    """What people call a household's status."""
    return say(wording().status(status)) if status else ""
