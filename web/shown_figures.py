"""Shown figures (页面数字): one registry in which every figure of a page names the query it counts and the list it opens.

A template shows a figure with `shown`, never as a bare number with a link beside it.  Where the reader may not open the
list, the figure is plain text.  tests/web/test_shown_figures.py opens every figure and compares it with its list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, url_for
from flask_login import current_user
from markupsafe import Markup

from notifications import inbox
from workflow.accountability import pending_decisions
from workflow.accountability.instructions import instruction_views
from workflow.accountability.oversight import signals, unit_accounts
from workflow.assessment import duty_calendar, duty_status
from workflow.boards import board_figures, feedback, pending, progress, today
from workflow.county import leaders
from workflow.register import visits_due
from workflow.register.bulk_lists import list_counts
from workflow.register.candidates import candidate_views
from workflow.register.counted import quota_verdicts
from workflow.tickets.views import due_soon
from workflow.tickets.visibility import COUNTY_WIDE

_UNITS = (*COUNTY_WIDE, "town", "bureau")
_EVERYBODY = (*_UNITS, "village")
_VISITORS = (*COUNTY_WIDE, "town", "village")


@dataclass(frozen=True, slots=True)
class Shown:
    """One kind of figure: the query that counts it, the page of its list with the filters that belong to it, and the
    roles that may open it.  Without a page `why` says why no list exists."""

    counts: Callable[..., Any]
    opens: str = ""
    narrowed: Mapping[str, Any] = field(default_factory=dict)
    readers: tuple[str, ...] = _EVERYBODY
    why: str = ""


def _tickets(counts: Callable[..., Any], **narrowed: Any) -> Shown:
    return Shown(counts, "tickets", narrowed)


def _duties(counts: Callable[..., Any], which: str) -> Shown:
    return Shown(counts, "duties", {"which": which}, _UNITS)


_PART = "a part of the figure beside it"
#: Every figure by its name.
SHOWN: Mapping[str, Shown] = {
    "tickets.open": _tickets(board_figures.in_hand),
    "tickets.overdue": _tickets(board_figures.in_hand, overdue=1),
    "tickets.today": _tickets(board_figures.in_hand, today=1),
    "tickets.mine": _tickets(board_figures.mine, mine=1),
    "tickets.mine_overdue": _tickets(board_figures.mine, mine=1, overdue=1),
    "tickets.mine_today": _tickets(board_figures.mine, mine=1, today=1),
    "today.section": _tickets(today.today, mine=1),
    "today.soon": Shown(today.today, why="what is overdue and what is due soon are two lists"),
    "today.stop": Shown(today.today, why=_PART),
    "tickets.disputed": _tickets(pending.disputed, state="disputed"),
    "tickets.by_holder": _tickets(board_figures.by_holder),
    "tickets.by_holder_overdue": _tickets(board_figures.by_holder, overdue=1),
    "tickets.by_town": _tickets(board_figures.by_town),
    "tickets.by_town_overdue": _tickets(board_figures.by_town, overdue=1),
    "tickets.by_source": _tickets(board_figures.by_source),
    "tickets.by_source_overdue": _tickets(board_figures.by_source, overdue=1),
    "tickets.ahead": _tickets(due_soon.ahead),
    "tickets.leaderless": _tickets(leaders.leaderless),
    "ladder.rung": _tickets(board_figures.ladder),
    "ladder.status": Shown(board_figures.ladder, why=_PART),
    "duties.all": _duties(progress.duties, "all"),
    **{f"duties.{name}": _duties(progress.duties, name) for name in duty_status.STANDINGS},
    "duties.open": _duties(duty_calendar.matrix, "open"),
    "duties.waiting": _duties(duty_calendar.matrix, "waiting"),
    "duties.done": _duties(duty_calendar.matrix, "done"),
    "candidates.open": Shown(candidate_views.open_count, "candidates", {"state": "open"}),
    "lists.to_check": Shown(list_counts.to_check, "bulk_checks", {}, _VISITORS),
    "lists.to_answer": Shown(list_counts.to_answer, "bulk_questions", {}, ("town", "office")),
    "trend.days": Shown(progress.trend, why="counted once at midnight, when the day is over"),
    "gate.exits": Shown(progress.gate, why="the year's exits and the households before theirs, in one sum"),
    "gate.before": Shown(progress.gate, "households", {"status": "pre_exit"}),
    "papers.open": Shown(pending_decisions.waiting, "papers", {"which": "open"}, _UNITS),
    "papers.late": Shown(pending_decisions.waiting, "papers", {"which": "late"}, _UNITS),
    "instructions.waiting": Shown(instruction_views.owed, "instructions", {"which": "waiting"}, _UNITS),
    "instructions.late": Shown(instruction_views.owed, "instructions", {"which": "late"}, _UNITS),
    "cases.state": Shown(pending_decisions.waiting, "cases", {}, _UNITS),
    "cases.late": Shown(pending_decisions.waiting, "cases", {"state": "late"}, _UNITS),
    "visits.due": Shown(visits_due.by_town, "visits", {}, _VISITORS),
    "visits.households": Shown(visits_due.by_town, why="the households of the register, of which the due ones open"),
    "quota.waiting": Shown(quota_verdicts.waiting, "quota", {"_anchor": "verdicts"}, _UNITS),
    "signals.hits": Shown(signals.all_signals, "signal", {}, ("office", "inspectorate")),
    "unit.stretches": Shown(unit_accounts.reckonings, "unit", {}, _UNITS),
    "unit.false_closings": Shown(unit_accounts.reckonings, "unit", {}, _UNITS),
    "feedback.open": Shown(feedback.unanswered, "feedback", {}, ("office",)),
    "inbox.unread": Shown(inbox.unread, why="the messages of the inbox that are set in bold"),
}


def opens(name: str, /, **args: Any) -> str | None:
    """The address of the list behind a figure; None where there is none or the reader may not open it."""
    entry = SHOWN[name]
    if not entry.opens or current_user.actor.role not in entry.readers:
        return None
    return url_for(f"pages.{entry.opens}", **{**entry.narrowed, **args})


def shown(name: str, figure: int, bad: bool = False, /, **args: Any) -> Markup:
    """A figure in a template, with the link to its list where the reader may open it; `bad` makes it red unless zero."""
    address, shade = opens(name, **args), "x-bad" if bad and figure else ""
    if address is None:
        return Markup('<span class="{}" data-figure="{}">{}</span>').format(shade, name, figure)
    return Markup('<a class="{}" data-figure="{}" href="{}">{}</a>').format(shade, name, address, figure)


def init(app: Flask) -> None:
    """Hand `shown` and `opens` to the templates."""
    app.jinja_env.globals.update({"shown": shown, "opens": opens})
