"""Authorisations: what may be authorised, names of the inputs, and the sentences of their errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "authority": {
            "sign": _l("sign for the unit"),
            "supervise": _l("issue papers of the unit by the system"),
            "data": _l("protect personal data"),
        },
        "event": {
            "authorise": _l("Authorisation put on record"),
            "end_authorisation": _l("Authorisation ended"),
            "review_report": _l("Report on a ranking reviewed"),
        },
        "field": {
            "user": _l("authorised person"),
            "until_day": _l("last day"),
        },
        "error": {
            "authorisations_not_yours": _l("Authorisations are visible to units and to county-level users."),
            "only_the_leader_authorises": _l(
                "Only the leader of a unit can put an authorisation on record or end it, from the own account."
            ),
            "unit_issues_no_papers": _l(
                "Only the county office and the leading group issue papers. Choose to authorise a person to sign."
            ),
            "unit_protects_no_data": _l(
                "Only the county office and the inspectorate authorise a person to protect personal data."
            ),
            "data_kept_not_yours": _l("What is kept of people is visible to county-level users."),
            "data_look_up_not_yours": _l(
                "Only the inspectorate and the person authorised to protect personal data look this up. The leader of the "
                "office puts the authorisation on record."
            ),
            "authority_unknown": _l("Choose what is authorised from the list."),
            "nobody_to_authorise": _l("%(name)s has no account in your unit. Choose a person from the list."),
            "days_reversed": _l("The last day is before the first. Enter the days again."),
            "day_is_past": _l("The last day is already over. Enter today or a later day."),
            "authorised_too_long_ago": _l(
                "An authorisation is recorded at most %(most)s days after its first day. Enter a later first day."
            ),
            "authorised_too_far": _l("An authorisation lasts until %(day)s at most. Enter an earlier last day."),
            "no_such_authorisation": _l("There is no such authorisation in your unit. Choose one from the list."),
            "authorisation_over": _l("This authorisation has already ended. %(again)s"),
            "signer_only": _l(
                "The report is signed by the leader of your unit, or by whom the leader has authorised, from their own "
                "account. It counts as handed in only then."
            ),
            "review_needs_another": _l("You drafted the report yourself. A colleague reviews it."),
            "reviewed_already": _l("The draft has already been reviewed. %(again)s"),
        },
    }
)
