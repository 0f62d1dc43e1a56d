"""Words for the register's codes, for templates and the API: status, labour, results, sources, and why a gate is shut."""

from datetime import date

from flask import Flask
from flask_babel import gettext as _

from web.register_sentences import status_name as status_name
from web.sentences import chinese, say
from workflow.county.context import Setting
from workflow.register.exit_gate import Item
from workflow.register.income import Judgement, Reason
from workflow.register.observation import Observed


def labour_name(labour: str) -> str:
    """What people call a labour force."""
    return {
        "with": _("able to work"),
        "partly": _("partly able to work"),
        "none": _("unable to work"),
        "unknown": _("not known"),
    }[labour]


def result_name(result: str) -> str:
    """What people call the result of one have."""
    return {
        "met": _("met"),
        "unmet": _("not met"),
        "not_applicable": _("does not apply"),
        "never": _("never checked"),
    }[result]


def source_name(source: str | None) -> str:
    """Where a finding comes from."""
    return {
        "visit": _("visit"),
        "matching": _("data matching"),
        "household": _("told by the household"),
        "ticket": _("ticket"),
    }.get(source or "", "")


def missing_sentence(item: Item) -> str:
    """Why one have does not pass the gate, and what to do."""
    return {
        "open_ticket": _("A ticket about it is open; it must be struck off first."),
        "never_checked": _("It has never been checked; visit the household."),
        "unmet": _("The latest checkup found it not met; file a ticket or visit again."),
        "too_old": _("The evidence is too old; visit the household again."),
    }[item.missing]


def reason_sentence(reason: Reason, income: Judgement) -> str:
    """Why the income rule is not met or cannot be said, and what to do."""
    n = reason.count
    return {
        "income_below": _("The income a head is below the line."),
        "uncovered": _("%(n)s persons beyond help by work or farming do not draw the minimum living allowance.", n=n),
        "no_allowance": _(
            "There is no steady income, and %(n)s persons unable to work do not draw the allowance.", n=n
        ),
        "labour_unknown": _("Cannot be said: enter whether the household has labour force."),
        "income_unknown": _("Cannot be said: enter the income a head and its year."),
        "average_missing": _(
            "Cannot be said: the scheme does not say %(basis)s for %(year)s; the office enters it.",
            basis=say(income.basis),
            year=income.year,
        ),
        "allowance_unknown": _("Cannot be said: enter whether %(n)s persons unable to work draw the allowance.", n=n),
        "members_unknown": _("Cannot be said: enter the members and who of them is unable to work."),
    }[reason.code]


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


def on_day(value: date) -> str:
    """A day of any year: evidence of last year must not pass for this year's."""
    return f"{value.year}年{value.month}月{value.day}日" if chinese() else value.isoformat()


def income_result(income: Judgement) -> str:
    """The rule's outcome in a word."""
    return {"met": _("met"), "unmet": _("not met"), "unknown": _("cannot be said")}[income.result]


def cause_name(place: Setting, have: str, cause: str) -> str:
    """A cause of a have's kind in words."""
    kind = place.scheme.kind_of_have(have)
    return next((say(one.name) for one in kind.causes if one.code == cause), cause) if kind else cause


def init(app: Flask) -> None:
    """Hand the words to the templates."""
    words = (
        cause_name,
        income_result,
        kept_sentence,
        labour_name,
        missing_sentence,
        observed_sentence,
        on_day,
        reason_sentence,
        result_name,
        reveal_grounds,
        source_name,
        status_name,
        yuan,
    )
    app.jinja_env.globals.update({word.__name__: word for word in words})


def reveal_grounds() -> dict[str, str]:
    """What numbers are shown in full for, by the ground's code."""
    return {
        "contact": _("to get in touch"),
        "matching": _("to match lists"),
        "papers": _("to check papers"),
        "other": _("something else (say what)"),
    }
