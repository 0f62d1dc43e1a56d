"""Help: the eight commonest tasks of each role, the terms, and what comes into a list that is empty."""

from flask import request
from flask_babel import lazy_gettext as _l

from web.words import help_of_county, help_of_tickets
from web.words.help_task import Task

#: The tasks of each role, the commonest first.
OF_ROLE = {
    "village": ("day", "file", "checkup", "away", "returned", "evidence", "find", "notify"),
    "town": ("day", "endorse", "confirm", "checkup", "away", "entry", "more_time", "find"),
    "bureau": ("day", "accept", "resolve", "decline", "more_time", "entry", "paper_answer", "find"),
    "office": ("decide", "assign", "grant", "issue", "ranking_day", "duty_check", "calendar", "posts"),
    "leaders": ("one_page", "decide", "issue", "cases", "ranking", "unit_time", "find", "notify"),
    "inspectorate": ("signals", "trail", "verify", "spot_checks", "cases", "ranking", "resets", "find"),
    "admin": ("accounts", "slip", "leaves", "workbook", "county_units", "bots", "posts", "factor"),
}
#: Terms as the interface uses them, and what they mean.
TERMS = (
    (_l("ticket"), _l("One deficiency of one household, followed from filing to closing.")),
    (_l("Eight requirements"), _l("The eight conditions that each household must meet.")),
    (_l("Closed"), _l("The deficiency is gone: resolved by the unit, confirmed on the spot.")),
    (_l("endorse"), _l("The town says that what a village filed is true, and sends it on.")),
    (_l("returned for completion"), _l("Something is missing; it comes back to who filed it.")),
    (_l("accept"), _l("The unit takes the ticket on; its time for resolving begins.")),
    (_l("decline"), _l("The unit says that the ticket is not its own; the office assigns it.")),
    (_l("confirm"), _l("Somebody of the town stands before the house and sees that it is done.")),
    (_l("evidence"), _l("Photos and papers that show what was found or done.")),
    (_l("time limit"), _l("The working days that the scheme gives for a stage.")),
    (_l("time held"), _l("The working time during which a unit had the ticket.")),
    (_l("time accounted for"), _l("Time held, less what is not the unit's fault.")),
    (_l("duty"), _l("Something that a unit must do by a day, without a ticket.")),
    (_l("paper"), _l("A reminder, supervision, talk or accountability paper that the ladder calls for.")),
    (_l("matter"), _l("Tickets with one cause, handled together.")),
    (_l("spot check"), _l("Closed tickets drawn by lot and looked at again.")),
    (_l("Closed falsely"), _l("Closed as done although it was not.")),
    (_l("Scheme"), _l("The year's rules: kinds, limits, scores and papers.")),
    (_l("sealed history"), _l("What happened, sealed block by block, so that a change would show.")),
)
#: What comes into the list of a page, and how, by endpoint.
_COMES = {
    "trail": _l("What anybody did comes here by itself."),
    "duties": _l("Duties come here when the calendar of the scheme opens them."),
    "inbox": _l("Messages come here when something happens to your tickets, duties or papers."),
    "posts_page": _l("Posts come here when one is entered with its document."),
    "authorisations": _l("Authorisations come here when a leader gives one."),
    "reforms": _l("Reforms come here when the office enters one."),
    "bulk_lists": _l("Lists come here when a bureau hands one out to be checked."),
    "candidates": _l("Families come here when a village reports one that is not registered."),
    "imports": _l("Imports come here when the office reads in a file of the register."),
    "random_checks": _l("Households come here when they are drawn by lot, each month of checks."),
    "spot_checks": _l("Closed tickets come here when they are drawn by lot."),
    "signals": _l("Signals come here when figures or tickets look unusual."),
    "cases": _l("Cases come here when one is proposed on a custody or a false closing."),
    "instructions": _l("Instructions come here when the leading group writes one on a ticket."),
    "papers": _l("Papers come here when a ticket or a duty is late by as much as the scheme says."),
    "feedback": _l("What you send with the form above comes here with its answer."),
    "board": _l("What needs a decision comes here by itself."),
    "users": _l("Accounts come here when one is added below."),
    "units": _l("What a unit has handled comes here with its time."),
}
_TASKS = {task.name: task for task in (*help_of_tickets.TASKS, *help_of_county.TASKS)}


def tasks_of(role: str) -> list[Task]:
    """The eight tasks of a role."""
    return [_TASKS[name] for name in OF_ROLE[role]]


def task_of_page(role: str, endpoint: str | None) -> str:
    """The name of the role's first task on this page (an endpoint with its blueprint); empty where there is none."""
    return next((task.name for task in tasks_of(role) if f"pages.{task.page}" == endpoint), "")


def what_comes() -> str:
    """What comes into the empty list of the page that is shown, and how; empty where its name says it."""
    return str(_COMES.get((request.endpoint or "").removeprefix("pages."), ""))
