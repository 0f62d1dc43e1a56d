"""Words: every code, error and date as people read it, in the reader's language; one module a subject.

All subjects are imported here, so that every label is in the catalogue whichever of them is asked for.

Decisions: docs/decisions/web.md
"""

from web.words import (
    adoption,
    anchors,
    authorisations,
    bulk_lists,
    candidates,
    cases,
    data_protection,
    dates,
    departures,
    duties,
    events,
    import_changes,
    import_faults,
    lives,
    notifications,
    oversight,
    papers,
    posts,
    rankings,
    reforms,
    register,
    scheme_changes,
    setup,
    sign_ins,
    system,
    tickets,
)

__all__ = [
    "adoption",
    "anchors",
    "authorisations",
    "bulk_lists",
    "candidates",
    "cases",
    "data_protection",
    "dates",
    "departures",
    "duties",
    "events",
    "import_changes",
    "import_faults",
    "lives",
    "notifications",
    "oversight",
    "papers",
    "posts",
    "rankings",
    "reforms",
    "register",
    "scheme_changes",
    "setup",
    "sign_ins",
    "system",
    "tickets",
]
