"""Reforms: labels of their kinds and of what a unit holds, and the sentences of their errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "reform.kind": {
            "rename": _l("renamed"),
            "merge": _l("merged"),
        },
        "reform.holding": {
            "tickets": _l("open tickets"),
            "duties": _l("open duties"),
            "papers": _l("open papers"),
            "rungs": _l("rungs that wait to be issued"),
            "cases": _l("open cases"),
            "villages": _l("villages"),
            "households": _l("households"),
            "accounts": _l("accounts"),
            "posts": _l("posts"),
        },
        "event": {
            "reform": _l("Reform of units or villages"),
            "move_village": _l("Village given to another town"),
            "move_household": _l("Household moved with its village"),
            "user_moved": _l("Account moved by a reform"),
        },
        "field": {
            "sources": _l("which change"),
            "into": _l("merged into"),
            "name_en": _l("name in English"),
        },
        "error": {
            "reform_not_yours": _l("Only a person of the county office enters a reform. Contact the office."),
            "reforms_not_yours": _l("Reforms are not part of the administrator's work. Contact the office."),
            "reform_kind": _l("Choose whether it is renamed or merged."),
            "reform_subject": _l("Choose units or villages."),
            "reform_day": _l("The day must be today or at most %(most)s days ago. Enter a later reform on its day."),
            "reform_changed": _l("What it moves has changed since the preview. Check the figures again, then apply."),
            "rename_one": _l("Choose exactly one to be renamed."),
            "ended_already": _l("“%(name)s” has ended already. Choose another."),
            "unit_never_ends": _l("“%(unit)s” can be renamed, but not end. Choose towns or bureaus."),
            "one_type_of_unit": _l("Towns merge with towns and bureaus with bureaus. Choose units of one type."),
            "into_itself": _l("“%(name)s” cannot succeed itself. Choose another, or leave it out of those that end."),
            "into_or_name": _l("Choose an existing successor, or enter the name of a new one, not both."),
            "name_in_use": _l("The name “%(name)s” is used already. Enter another, or merge into that one."),
            "villages_of_one_town": _l("Choose villages of one town."),
            "village_names_collide": _l(
                "Both towns have a village with the name %(names)s. Rename one of the two first."
            ),
            "unit_has_ended": _l("“%(unit)s” has ended; “%(successor)s” succeeds it. Choose that one."),
            "village_has_ended": _l("“%(village)s” has ended; “%(successor)s” succeeds it. Choose that one."),
        },
    }
)
