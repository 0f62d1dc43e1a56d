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
            "waiting": _l("pending"),
            "in_force": _l("came into force"),
            "superseded": _l("superseded before its day"),
            "revoked": _l("revoked before its day"),
        },
        "migration.obstacle": {
            "kind_gone": _l("its kind no longer exists"),
            "cause_gone": _l("its cause no longer exists"),
            "subject_gone": _l("its kind no longer applies to this subject"),
            "cause_decides": _l("the cause is empty, but the fixed last day depends on it"),
            "other_year": _l("its fixed last day is in another year"),
            "hours_differ": _l("the office hours differ"),
        },
        "field": {
            "days": _l("days"),
            "year": _l("year"),
            "from_day": _l("first day"),
            "scheme": _l("scheme"),
        },
        "field.calendar_notice": {
            "year": _l("Year"),
            "document": _l("Number of the document"),
            "days": _l("One line per day: day, worked (yes or no), name"),
        },
        "field.calendar_days": {
            "day": _l("First day"),
            "until": _l("Last day"),
            "says": _l("Type of day"),
            "source": _l("Authority"),
            "name": _l("Holiday or reason"),
            "document": _l("Number of the document"),
        },
        "error": {
            "county_day_why": _l(
                "%(day)s: a day that the county sets or removes needs the number of its document, or the reason."
            ),
            "scheme_not_yours": _l(
                "Schemes are visible to the office, the leading group and the inspectorate. Contact the office."
            ),
            "adoption_not_yours": _l("Only the county office can adopt a scheme. Contact the office."),
            "adoption_day": _l(
                "The first day must be today or later, at most %(most)s days ahead. Choose another day."
            ),
            "adoption_settled": _l("This adoption is no longer pending. Adopt another scheme instead."),
            "no_such_adoption": _l("There is no such adoption. %(again)s"),
            "no_such_version": _l("There is no version %(version)s. Choose one from the list."),
            "scheme_unchanged": _l("This scheme would be in force on that day anyway. Choose another."),
            "scheme_of_another_county": _l("This is another county's scheme. Upload one of %(county)s."),
            "scheme_unit_collides": _l(
                "The unit “%(unit)s” differs from the one here. Give it its existing code and type."
            ),
            "scheme_too_large": _l("The file is too large for a scheme. The limit is %(most)s KB."),
            "scheme_refused": _l("The scheme was rejected. Correct the errors listed below."),
            "nothing_to_migrate": _l("None of these tickets can be migrated. Choose others."),
            "migration_stale": _l("Tickets or schemes have changed since you looked. Check the dates again."),
            "calendar_not_yours": _l("Only the county office can change working days. Contact the office."),
            "calendar_stale": _l("The working days have changed since you looked. Preview the changes again."),
            "calendar_unchanged": _l("The calendar already has these days. Nothing would change."),
            "year_not_announced": _l(
                "The notice for %(year)s has not been entered. Enter the whole notice instead of a single day."
            ),
            "year_not_in_library": _l(
                "The built-in calendar does not have the notice for %(year)s yet. Enter it by hand."
            ),
            "unknown_authority": _l("Choose the authority: the county or the State Council."),
            "bad_year": _l("The year must be between %(first)s and %(last)s."),
            "notice_line": _l(
                "Line %(line)s must have the form day, yes or no, name (2027-01-01,no,元旦) or that of the notice "
                "(元旦：1月1日至3日放假，共3天。1月10日上班。), with days of that year or of the December before, each once."
            ),
            "notice_no_day": _l(
                "Line %(line)s: “%(name)s” has %(days)s days but no first day. Write it, such as 1月1日起3天."
            ),
            "notice_day_twice": _l("Lines %(first)s and %(line)s both name %(day)s. Keep one of the two."),
            "notice_first_day": _l(
                "Line %(line)s: “%(name)s” has %(days)s days, and %(day)s may be the first or the last of them, since a "
                "weekend is before it. Write the first day, such as 1月1日起3天, or both, such as 1月1日至3日."
            ),
            "notice_count": _l(
                "Line %(line)s: “%(name)s” has %(days)s days, but the days named are %(named)s. Correct one of the two."
            ),
            "too_many_days": _l("Too many days at once. The maximum is %(most)s."),
        },
    }
)
