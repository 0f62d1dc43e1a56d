"""Template globals: the words that every template may use, and the addresses of static files."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask

from web.words import (
    cases,
    dates,
    duties,
    events,
    labels,
    language,
    notifications,
    papers,
    rankings,
    register,
    system,
    tickets,
)

#: What every template may call by its name.
WORDS = (
    cases.harmed_name,
    cases.outcome_name,
    dates.day,
    dates.day_short,
    dates.day_why,
    dates.frozen,
    dates.hours,
    dates.iso_day,
    dates.left,
    dates.moment,
    dates.month_name,
    dates.month_short,
    dates.moved,
    dates.on_day,
    dates.term,
    dates.provisional,
    dates.shortly,
    dates.span,
    dates.stretch,
    dates.ten_days_name,
    duties.due_name,
    duties.item_name,
    duties.period_name,
    events.event_details,
    events.event_name,
    labels.label,
    labels.labels,
    language.chinese,
    language.in_language,
    language.listing,
    language.say,
    notifications.delivery_status,
    notifications.error_name,
    notifications.kind_name,
    papers.act_name,
    papers.paper_number,
    papers.paper_title,
    rankings.coverage_text,
    rankings.owed_by_unit,
    rankings.places_text,
    rankings.score_text,
    register.cause_name,
    register.kept_sentence,
    register.observed_sentence,
    register.reason_sentence,
    register.status_name,
    register.term_name,
    register.yuan,
    system.size,
    system.unit_name,
    tickets.instead_of,
)


@cache
def asset(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for good."""
    content = (Path(__file__).parents[2] / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def init(app: Flask) -> None:
    """Hand the words to the templates."""
    app.jinja_env.globals.update({word.__name__: word for word in (asset, *WORDS)})
    app.jinja_env.filters["unit_name"] = system.unit_name
