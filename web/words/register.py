"""Register: labels of households, checkups and the exit gate, and the sentences of their errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.scheme_wording import wording
from web.words.amounts import money
from web.words.dates import on_day
from web.words.labels import add, label
from web.words.language import chinese, say
from workflow.county.context import CountyContext
from workflow.register.failed_checks import FailedCheck
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
        # Among other words about a person, or a household's people, where no heading says what is not known.
        "person.labour": {
            "with": _l("able to work"),
            "partly": _l("partly able to work"),
            "none": _l("unable to work"),
            "unknown": _l("ability to work not known"),
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
            "household": _l("reported by the household"),
            "ticket": _l("ticket"),
            "random": _l("random check"),
        },
        "random_check.status": {
            "todo": _l("to be checked"),
            "overdue": _l("not checked in time"),
            "holds": _l("holds"),
            "failed": _l("does not hold"),
            "lapsed": _l("lapsed: the household is gone or came to the checking town"),
        },
        "exit.missing": {
            "open_ticket": _l("A ticket about it is open. It must be closed first."),
            "never_checked": _l("Never checked. Visit the household."),
            "unmet": _l("The latest checkup found it not met. File a ticket or visit again."),
            "too_old": _l("The evidence is too old. Visit the household again."),
            "place_changed": _l("The household has moved to another place since it was seen. Visit it there."),
            "people_changed": _l("The people of the household changed since it was seen. Visit the household again."),
        },
        "income.result": {
            "met": _l("met"),
            "unmet": _l("not met"),
            "unknown": _l("cannot be determined"),
        },
        "income.reason": {
            "income_below": _l("The income per person is below the line."),
            "uncovered": _l(
                "%(n)s persons who cannot be helped by work or farming do not receive the minimum living allowance."
            ),
            "no_allowance": _l(
                "There is no steady income, and %(n)s persons unable to work do not receive the allowance."
            ),
            "labour_unknown": _l("Cannot be determined: enter the household's labour ability."),
            "income_unknown": _l("Cannot be determined: enter the income per person and its year."),
            "average_missing": _l(
                "Cannot be determined: the scheme has no %(basis)s for %(year)s. The county office enters it."
            ),
            "allowance_unknown": _l(
                "Cannot be determined: enter whether %(n)s persons unable to work receive the allowance."
            ),
            "members_unknown": _l("Cannot be determined: enter the members and which of them are unable to work."),
        },
        "field": {
            "codes": _l("household codes"),
            "pasted": _l("pasted lines"),
            "paid_on": _l("start-up money paid on"),
            "finished_on": _l("house finished on"),
            "incomes": _l("income a head"),
            "seen_on": _l("day of the checkup"),
            "source": _l("source"),
            "present": _l("persons present"),
            "findings": _l("findings"),
        },
        "error": {
            "villages_not_yours": _l("The facts of villages are entered by the county office."),
            "quota_not_yours": _l(
                "The list of houses is entered by the towns, the bureau that guides them and the county office."
            ),
            "quota_full": _l("%(town)s has %(most)s houses in the quota. Put no more households on the list."),
            "quota_listed": _l("%(code)s: already on the list. Nothing was changed."),
            "quota_changed_why": _l("%(code)s: a day on record would be changed or cleared. Give the reason."),
            "quota_unpaid_why": _l(
                "%(code)s: the house is finished without start-up money. Enter the day it was paid, or give the reason."
            ),
            "quota_order_why": _l(
                "%(code)s: the house was finished before the start-up money was paid. Correct the days, or give the reason."
            ),
            "quota_none_chosen": _l("Tick at least one day."),
            "quota_day_moved": _l("%(code)s: the day was changed meanwhile. %(again)s"),
            "quota_verdict_of_another": _l(
                "The unit that entered a day does not confirm it. What towns enter is confirmed by the bureau that guides "
                "them, what that bureau enters by the town."
            ),
            "quota_meanwhile": _l("The household was put on the list meanwhile. %(again)s"),
            "quota_day": _l("%(code)s: %(day)s cannot be. Enter a day up to today, in this year or last year."),
            "household_not_there": _l("There is no household %(code)s on the list you can enter. Check the code."),
            "village_changed_why": _l(
                "%(village)s: a recorded fact would be changed or cleared. Give the reason below the list, or in a workbook "
                "in its column “reason”."
            ),
            "poor_people": _l("%(village)s: enter a whole number up to %(most)s, or leave it empty."),
            "village_not_listed": _l("Choose a listed poor village; the county office lists them."),
            "village_not_hard": _l("Choose an unlisted village in the county's top third by poor people."),
            "survey_income": _l("%(village)s: enter the yuan a head, more than 0."),
            "income_meanwhile": _l("The income was entered meanwhile. %(again)s"),
            "number_in_text": _l(
                "“%(field)s” contains an ID number or a mobile number. Remove it: the register stores it encrypted."
            ),
            "number_doubtful": _l(
                "This is not a valid ID number or phone number. Check each digit, and search for the number alone."
            ),
            "may_not_reveal": _l(
                "Only the household's town and the unit that handles its ticket can see full numbers. "
                "Contact one of them."
            ),
            "register_not_yours": _l("The administrator has no access to the register."),
            "unknown_status": _l("There is no register status “%(status)s”. Choose one from the list."),
            "key_missing": _l(
                "Some personal data is encrypted with a key that is not configured. List all keys in XIAOHAO_DATA_KEY."
            ),
            "sealing_not_set": _l(
                "Files are stored in clear here. Set XIAOHAO_SEAL_FILES=1 first, and restart web and worker."
            ),
            "file_damaged": _l(
                "This file was altered or cut off where it is stored, and does not open. Tell the administrator; a backup "
                "may have it."
            ),
            "no_such_household": _l(
                "There is no household “%(code)s”, or you do not have access to it. Check the code."
            ),
            "no_such_checkup": _l("There is no such checkup, or you do not have access to it."),
            "takes_nothing_along": _l(
                "Pages are taken along by villages, towns and bureaus, where the county allows it."
            ),
            "no_village_chosen": _l("Choose a village of the trip."),
            "may_not_check": _l(
                "Villages, towns, bureaus and the county office record checkups. Ask the town to visit."
            ),
            "visits_not_yours": _l(
                "The list of visits is visible to villages, towns and county-level users. Use your own list."
            ),
            "source_not_yours": _l(
                "You cannot record this source: visits and reports of a household are recorded by village, "
                "town and office, data matching by bureaus. Choose another."
            ),
            "unknown_source": _l("There is no source “%(source)s”. Use visit, matching or household."),
            "have_unknown": _l("“%(have)s” is not a requirement of the scheme. Check the code."),
            "have_not_yours": _l("“%(have)s” is not your bureau's responsibility. Leave it out."),
            "unknown_result": _l("“%(have)s” must be met, unmet or not_applicable. Choose one."),
            "not_optional": _l("“%(have)s” applies to every household. Enter whether it is met."),
            "cause_only_unmet": _l(
                "A cause is given only for a requirement that is not met. Change the result of “%(have)s” or "
                "leave the cause empty."
            ),
            "nothing_found": _l("The checkup has no results. Mark at least one requirement."),
            "haves_left_out": _l("A visit must give a result for every requirement. Still missing: %(names)s."),
            "days_out_of_range": _l("“%(field)s” must be a number from 1 to %(most)s."),
            "look_without_ground": _l("Choose what the full numbers are needed for."),
            "no_dossier": _l(
                "The household “%(code)s” has no exit dossier. A dossier is created when the household "
                "passes the exit gate."
            ),
            "file_not_unmet": _l(
                "A ticket can be filed only for a requirement that this checkup found not met. Mark "
                "“%(have)s” as not met first."
            ),
            "seen_too_long_ago": _l(
                "The day is more than %(days)s days ago. Visit again and enter the day of that visit."
            ),
            "bad_findings": _l(
                "“findings” must name each requirement with its result. See the description of the API."
            ),
            "not_haves": _l("“file” must be a list of requirements found not met. See the description of the API."),
            "clearing_is_the_offices": _l(
                "Only the county office can clear a household from the register. Contact the office."
            ),
            "refused_rows_not_yours": _l(
                "Rejected rows contain full numbers. Only the unit that uploaded the file can download them."
            ),
            "status_not_yours": _l(
                "Only the town or the county office can change a household's status. Contact the town."
            ),
            "household_cleared": _l(
                "This household was cleared from the register or has ended, so nothing can be recorded, filed or "
                "reopened for it. Ask the county office to restore it first."
            ),
            "ticket_of_the_offices_own": _l(
                "Ticket %(number)s is handled by the county office itself. The leading group must cancel it first."
            ),
            "not_on_register": _l("The household “%(code)s” is not on the register and cannot exit."),
            "exit_refused": _l("The household “%(code)s” cannot exit yet. See what is missing."),
            "random_checks_not_yours": _l(
                "Random checks are visible to the towns that make them and to county-level users. Use your own list."
            ),
            "no_such_random_check": _l(
                "There is no such random check, or you do not have access to it. Follow a link of the list."
            ),
            "no_such_household_draw": _l("There is no draw for “%(period)s”. Choose one of the listed periods."),
            "random_check_of_another": _l("This check was assigned to another unit. Leave it to that unit."),
            "random_check_made": _l("This check was already made. %(again)s"),
            "random_check_lapsed": _l(
                "The household is gone from the register meanwhile, or came to your town. There is nothing left to check."
            ),
            "register_export_not_yours": _l(
                "The register is exported by the county office and the towns, with full numbers by a town alone."
            ),
            "random_check_own_town": _l(
                "The household lives in your own town now, so that your town does not check it. There is nothing to do: "
                "the check lapses."
            ),
            "bad_period": _l("“%(period)s” is not a period. Use the form 2018-11 or 2018-Q4."),
            "exit_through_gate": _l("A household exits only through the exit gate. Open the exit examination."),
            "status_not_open": _l("The status cannot change from “%(before)s” to “%(status)s”. %(again)s"),
        },
    }
)


def status_name(status: str | None) -> str:
    """The name of a household's status in the county's scheme."""
    return say(wording().status(status)) if status else ""


def reason_sentence(reason: Reason, income: Judgement) -> str:
    """The reason why the income rule is not met or not decidable, and what to do."""
    named = {"n": reason.count, "basis": say(income.basis), "year": income.year}
    return label("income.reason", reason.code) % named


def observed_sentence(observed: Observed) -> str:
    """Since when everything has been met, and whether that is long enough."""
    if observed.since is None or observed.until is None:
        return _("It begins when all requirements have been found met.")
    if observed.long_enough:
        return _("All requirements met without a break since %(day)s", day=on_day(observed.since))
    return _(
        "All requirements met since %(day)s; they must stay met until %(until)s.",
        day=on_day(observed.since),
        until=on_day(observed.until),
    )


def failed_sentence(failed: FailedCheck) -> str:
    """Why a failed random check shuts the gate, and what opens it again."""
    if failed.pending_id is not None:
        return _("A random check found that it does not hold. Another check is under way; only that can open the gate.")
    return _(
        "A random check found that it does not hold. When its tickets are closed, the household is checked again; "
        "only that can open the gate."
    )


def kept_sentence() -> str:
    """The reason why a household with this labour ability does not exit."""
    return _("The scheme keeps such households on the register. Continue support and visits.")


def yuan(fen: int | None) -> str:
    """An amount as a county office writes it: 7725.60元."""
    if fen is None:
        return ""
    return f"{money(fen)}元" if chinese() else f"¥{money(fen)}"


def cause_name(setting: CountyContext, have: str, cause: str) -> str:
    """A cause of a have's kind in words."""
    kind = setting.scheme.kind_of_have(have)
    return next((say(one.name) for one in kind.causes if one.code == cause), cause) if kind else cause
