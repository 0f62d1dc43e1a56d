"""Template globals: the words that every template may use, and the addresses of static files."""

from collections.abc import Iterable
from typing import Any

from flask import Flask

from web import form_files
from web.static_files import asset
from web.theme import theme
from web.words import (
    amounts,
    anchors,
    cases,
    dates,
    departures,
    duties,
    events,
    help,
    labels,
    language,
    limits,
    notifications,
    own_counts,
    papers,
    posts,
    rankings,
    reforms,
    register,
    script_words,
    system,
    tickets,
    worklist,
)
from workflow.assessment.ranking.own_counts import own_word_shares
from workflow.history.grounds import OF_NUMBERS, OF_TRAIL
from workflow.policy.scheme.model import Text
from workflow.policy.scheme.parts import Source

#: What every template may call by its name.
WORDS = (
    anchors.verdict_lines,
    form_files.held_files,
    help.what_comes,
    cases.harmed_name,
    cases.outcome_name,
    dates.day,
    dates.day_short,
    dates.day_why,
    dates.frozen,
    dates.hours,
    dates.iso_day,
    dates.left,
    dates.time_until,
    dates.moment,
    dates.month_name,
    dates.month_short,
    dates.moved,
    dates.on_day,
    dates.first_to_last,
    dates.provisional,
    dates.shortly,
    dates.span,
    dates.stretch,
    dates.ten_days_name,
    departures.held_name,
    departures.outcome_of,
    duties.due_name,
    duties.item_name,
    duties.period_name,
    duties.uncounted,
    events.event_details,
    events.event_name,
    labels.label,
    labels.labels,
    own_word_shares,
    amounts.grouped,
    amounts.money,
    amounts.number_text,
    amounts.unit_word,
    amounts.with_unit,
    language.bracketed,
    language.chinese,
    language.colon,
    language.in_language,
    language.listing,
    language.space,
    limits.limit_basis,
    limits.limit_lines,
    limits.usual_limits,
    language.say,
    notifications.delivery_status,
    notifications.error_name,
    notifications.kind_name,
    notifications.untold_name,
    script_words.script_words,
    own_counts.gap_text,
    own_counts.gap_words,
    own_counts.own_words,
    papers.act_name,
    papers.paper_number,
    papers.paper_title,
    posts.acted_by,
    posts.held_by,
    posts.person_name,
    rankings.coverage_text,
    rankings.figure_text,
    rankings.own_word_text,
    rankings.owed_by_unit,
    rankings.resting_text,
    rankings.part_amount,
    rankings.part_label,
    rankings.part_name,
    rankings.places_open,
    rankings.places_text,
    rankings.any_score,
    rankings.score_text,
    rankings.term_amount,
    rankings.term_name,
    reforms.refusal_name,
    reforms.topic_name,
    register.cause_name,
    register.failed_sentence,
    register.kept_sentence,
    register.observed_sentence,
    register.reason_sentence,
    register.status_name,
    register.yuan,
    system.place,
    system.size,
    system.unit_name,
    system.unprinted,
    tickets.instead_of,
    worklist.cause_of_kind,
    worklist.source_name,
)


def named(items: Iterable[Any]) -> list[tuple[str, str]]:
    """Choices of a select, as pairs of code and name: items of a scheme, units, or rows with a plain name."""
    return [(item.code, _name(item)) for item in items]


def with_numbers(sources: Iterable[Source]) -> list[tuple[str, str]]:
    """Choices of a source, each with the number that a filing from it names (文号, 工单号) in brackets."""
    return [
        (one.code, _name(one) + (language.bracketed(language.say(one.number)) if one.number else "")) for one in sources
    ]


def _name(item: Any) -> str:
    if isinstance(item.name, Text):
        return language.say(item.name)
    return system.unit_name(item) if hasattr(item, "name_en") else item.name


def labelled(codes: Iterable[str], kind: str) -> list[tuple[str, str]]:
    """Choices of a select: codes with their labels."""
    return [(code, labels.label(kind, code)) for code in codes]


def with_status_names(statuses: Iterable[str]) -> list[tuple[str, str]]:
    """Choices of a select: a household's statuses as the county's scheme calls them."""
    return [(status, register.status_name(status)) for status in statuses]


def listed(names: Iterable[object]) -> str:
    """Names one after the other, as the reader's language separates them."""
    return ("、" if language.chinese() else ", ").join(map(str, names))


def init(app: Flask) -> None:
    """Hand the words to the templates."""
    app.jinja_env.globals["grounds_of"] = {"trail": OF_TRAIL, "numbers": OF_NUMBERS}
    app.jinja_env.globals.update({word.__name__: word for word in (asset, theme, *WORDS)})
    app.jinja_env.filters |= {
        word.__name__: word
        for word in (
            named,
            with_numbers,
            labelled,
            with_status_names,
            listed,
            posts.people_choices,
            posts.colleague_choices,
            system.unit_name,
        )
    }
