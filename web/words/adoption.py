"""Schemes and working days: labels of adopting them, and the sentences of their errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "working_day.source": {
            "county": _l("the county"),
            "state_council": _l("State Council"),
        },
        "adoption.state": {
            "waiting": _l("waiting for its day"),
            "in_force": _l("came into force"),
            "superseded": _l("superseded before its day"),
            "revoked": _l("revoked before its day"),
        },
        "migration.obstacle": {
            "kind_gone": _l("its kind is no longer there"),
            "cause_gone": _l("its cause is no longer there"),
            "subject_gone": _l("its kind is no longer filed for what it is of"),
            "cause_decides": _l("a fixed last day depends on its cause, which was left open"),
            "other_year": _l("its fixed last day belongs to another year"),
            "hours_differ": _l("the office hours are others"),
        },
        "field": {
            "days": _l("days"),
            "year": _l("year"),
            "from_day": _l("first day"),
            "scheme": _l("scheme"),
        },
        "field.calendar_notice": {
            "year": _l("Year"),
            "document": _l("Number of the paper"),
            "days": _l("One line a day: day, worked (yes or no), name"),
        },
        "field.calendar_days": {
            "day": _l("First day"),
            "until": _l("Last day"),
            "says": _l("These days are"),
            "source": _l("By the word of"),
            "name": _l("Holiday or reason"),
            "document": _l("Number of the paper"),
        },
        "error": {
            "scheme_not_yours": _l(
                "Schemes are for the office, the leading group and the inspectorate; ask the office."
            ),
            "adoption_not_yours": _l("A scheme is adopted by the county office; ask it."),
            "adoption_day": _l("The first day is today or later, at most %(most)s days ahead; choose such a day."),
            "adoption_settled": _l("This adoption waits no longer; adopt another scheme instead."),
            "no_such_adoption": _l("There is no such adoption; load the page again."),
            "no_such_version": _l("There is no version %(version)s; choose one of the list."),
            "scheme_unchanged": _l("This scheme would be in force on that day anyway; choose another."),
            "scheme_of_another_county": _l("This is another county's scheme; bring one of %(county)s."),
            "scheme_unit_collides": _l("The unit “%(unit)s” is another here; give it the code and type it has."),
            "scheme_too_large": _l("The file is too large for a scheme; it may have %(most)s kilobytes."),
            "scheme_refused": _l("The scheme was not accepted; correct what is listed below."),
            "nothing_to_migrate": _l("There is nothing to move over among these tickets; choose others."),
            "migration_stale": _l("Tickets or schemes have changed since you looked; look at the dates once more."),
            "calendar_not_yours": _l("Working days are changed by the county office; ask it."),
            "calendar_stale": _l("The working days were changed since you looked; look at what moves once more."),
            "calendar_unchanged": _l("The calendar says so already; nothing would change."),
            "year_not_announced": _l(
                "The notice for %(year)s is not entered; enter the whole notice, not a single day of it."
            ),
            "year_not_in_library": _l("The library does not know the notice for %(year)s yet; enter it by hand."),
            "unknown_authority": _l("Say whose word it is: the county's or the State Council's."),
            "bad_year": _l("The year must lie between %(first)s and %(last)s."),
            "notice_line": _l(
                "Line %(line)s is not of the form day, yes or no, name (2027-01-01,no,元旦), or its day is not of that year."
            ),
            "too_many_days": _l("Too many days at once; at most %(most)s."),
        },
    }
)
