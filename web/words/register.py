"""Register: labels of households, checkups and the exit gate, and the sentences of their errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.scheme_wording import wording
from web.words.dates import on_day
from web.words.labels import add, label
from web.words.language import chinese, say
from workflow.county.context import Setting
from workflow.policy.scheme.measures import TERMS
from workflow.register.income import Judgement, Reason
from workflow.register.observation import Observed

add(
    {
        "household.labour": {
            "with": _l("able to work"),
            "partly": _l("partly able to work"),
            "none": _l("unable to work"),
            "unknown": _l("not known"),
        },
        "checkup.result": {
            "met": _l("met"),
            "unmet": _l("not met"),
            "not_applicable": _l("does not apply"),
            "never": _l("never checked"),
        },
        "checkup.source": {
            "visit": _l("visit"),
            "matching": _l("data matching"),
            "household": _l("told by the household"),
            "ticket": _l("ticket"),
        },
        "exit.missing": {
            "open_ticket": _l("A ticket about it is open; it must be struck off first."),
            "never_checked": _l("It has never been checked; visit the household."),
            "unmet": _l("The latest checkup found it not met; file a ticket or visit again."),
            "too_old": _l("The evidence is too old; visit the household again."),
        },
        "income.result": {
            "met": _l("met"),
            "unmet": _l("not met"),
            "unknown": _l("cannot be said"),
        },
        "income.reason": {
            "income_below": _l("The income a head is below the line."),
            "uncovered": _l("%(n)s persons beyond help by work or farming do not draw the minimum living allowance."),
            "no_allowance": _l(
                "There is no steady income, and %(n)s persons unable to work do not draw the allowance."
            ),
            "labour_unknown": _l("Cannot be said: enter whether the household has labour force."),
            "income_unknown": _l("Cannot be said: enter the income a head and its year."),
            "average_missing": _l(
                "Cannot be said: the scheme does not say %(basis)s for %(year)s; the office enters it."
            ),
            "allowance_unknown": _l("Cannot be said: enter whether %(n)s persons unable to work draw the allowance."),
            "members_unknown": _l("Cannot be said: enter the members and who of them is unable to work."),
        },
        "reveal.ground": {
            "contact": _l("to get in touch"),
            "matching": _l("to match lists"),
            "papers": _l("to check papers"),
            "other": _l("something else (say what)"),
        },
        "field": {
            "seen_on": _l("day of the checkup"),
            "source": _l("what proves it"),
            "present": _l("who was there"),
            "findings": _l("findings"),
        },
        "error": {
            "number_in_text": _l(
                "“%(field)s” holds an ID number or a mobile number; leave it out: the register keeps it under lock."
            ),
            "number_doubtful": _l(
                "This is no ID number or phone as it stands; check each digit and look for the number alone."
            ),
            "may_not_reveal": _l(
                "Full numbers are shown to the household's town and to the unit that handles its ticket; ask one of them."
            ),
            "register_not_yours": _l("The register is not open to the administrator."),
            "unknown_status": _l("There is no register status “%(status)s”; choose one of the listed ones."),
            "key_missing": _l(
                "Some personal data is sealed under a key that is not given; name all keys in XIAOHAO_DATA_KEY."
            ),
            "no_such_household": _l("There is no household “%(code)s”, or it is not yours to see; check the code."),
            "no_such_checkup": _l("There is no such checkup, or it is not yours to see."),
            "may_not_check": _l(
                "Checkups are for villages, towns, bureaus and the county office; ask the town to visit."
            ),
            "visits_not_yours": _l(
                "Whom to visit is for villages, towns and those who read the county; use your own list."
            ),
            "source_not_yours": _l(
                "This source is not yours: visits and a household's own word are the village's, town's and office's, "
                "data matching the bureaus'; choose another."
            ),
            "unknown_source": _l("There is no source “%(source)s”; use visit, matching or household."),
            "have_unknown": _l("“%(have)s” is none of the scheme's haves; check the code."),
            "have_not_yours": _l("“%(have)s” is not your bureau's business; leave it out."),
            "unknown_result": _l("“%(have)s” must be met, unmet or not_applicable; choose one."),
            "not_optional": _l("“%(have)s” applies to every household; say whether it is met."),
            "cause_only_unmet": _l(
                "A cause is given only for what is not met; change “%(have)s” or leave the cause out."
            ),
            "nothing_found": _l("The checkup says nothing of what is to be checked; mark at least one."),
            "haves_left_out": _l("A visit says something of each have; still missing: %(names)s."),
            "days_out_of_range": _l("“%(field)s” must be a number from 1 to %(most)s."),
            "look_without_ground": _l("Say what the full numbers are wanted for; choose one of those listed."),
            "no_dossier": _l("The household “%(code)s” has no exit dossier; one is made when it passes the exit gate."),
            "file_not_unmet": _l(
                "A ticket is filed only for what this checkup found not met; mark “%(have)s” as not met first."
            ),
            "seen_too_long_ago": _l("The day lies more than %(days)s days back; visit again and give that day."),
            "bad_findings": _l("“findings” must name each have with its result; see the description of the API."),
            "not_haves": _l("“file” must be a list of haves found unmet; see the description of the API."),
            "clearing_is_the_offices": _l(
                "Clearing a household from the register is the county office's; ask the office."
            ),
            "refused_rows_not_yours": _l(
                "Refused rows hold full numbers; only the unit that brought the file gets them."
            ),
            "status_not_yours": _l("A household's status is changed by its town or the county office; ask the town."),
            "household_cleared": _l(
                "This household was cleared from the register, so nothing is recorded, filed or opened again for it; "
                "have the county office put it back first."
            ),
            "ticket_of_the_offices_own": _l(
                "Ticket %(number)s is the county office's own matter; have the leading group cancel it first."
            ),
            "not_on_register": _l("The household “%(code)s” is not on the register; there is nothing to leave."),
            "exit_refused": _l("The household “%(code)s” may not leave the register yet; see what is missing."),
            "exit_through_gate": _l("A household exits only through the exit gate; open the exit examination."),
            "status_not_open": _l(
                "From “%(before)s” the status cannot become “%(status)s”; load the page again to see what can."
            ),
        },
    }
)


def status_name(status: str | None) -> str:
    """What people call a household's status."""
    return say(wording().status(status)) if status else ""


def term_name(term: str) -> str:
    """What a term of a measure counts."""
    zh, en = TERMS[term]
    words = wording()
    return (zh if chinese() else en).format(haves=say(words.haves), status=say(words.status("pre_exit")))


def reason_sentence(reason: Reason, income: Judgement) -> str:
    """Why the income rule is not met or cannot be said, and what to do."""
    named = {"n": reason.count, "basis": say(income.basis), "year": income.year}
    return label("income.reason", reason.code) % named


def observed_sentence(observed: Observed) -> str:
    """Since when everything has been met, and whether that is long enough."""
    if observed.since is None or observed.until is None:
        return _("It begins when everything has been seen to be met.")
    if observed.long_enough:
        return _("Everything met without a break since %(day)s", day=on_day(observed.since))
    return _(
        "Everything met since %(day)s; it is to hold until %(until)s.",
        day=on_day(observed.since),
        until=on_day(observed.until),
    )


def kept_sentence() -> str:
    """Why a household of this labour force does not leave the register."""
    return _("The scheme keeps such households on the register; go on with support and visits.")


def yuan(fen: int | None) -> str:
    """An amount as a county office writes it: 7725.60元."""
    if fen is None:
        return ""
    return f"{fen // 100}.{fen % 100:02d}元" if chinese() else f"¥{fen // 100}.{fen % 100:02d}"


def cause_name(place: Setting, have: str, cause: str) -> str:
    """A cause of a have's kind in words."""
    kind = place.scheme.kind_of_have(have)
    return next((say(one.name) for one in kind.causes if one.code == cause), cause) if kind else cause
