"""The JSON API under /api/v1: routes only; parse, call the domain, serialise.

Decisions: docs/decisions/web.md
"""

from web.api import (  # noqa: F401 - each registers its operations
    answers,
    authorisations,
    boards,
    bulk_lists,
    cadres,
    candidates,
    cases,
    departures,
    document,
    duties,
    exits,
    families,
    figure_checks,
    figures,
    filing,
    households,
    imports,
    inbox,
    instructions,
    matters,
    paper_files,
    papers,
    posts,
    random_checks,
    ranking_files,
    ranking_responses,
    rankings,
    reforms,
    report_drafts,
    schemes,
    spots,
    tickets,
    trail,
)
from web.api.operations import blueprint as blueprint
