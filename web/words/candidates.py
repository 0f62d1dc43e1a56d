"""Candidates: labels of families that are not registered, their fields, and the sentences of their errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "candidate.state": {
            "open": _l("being verified"),
            "registered": _l("registered"),
            "refused": _l("not registered"),
            "withdrawn": _l("withdrawn"),
        },
        "candidate.consent": {
            "written": _l("in writing"),
            "spoken": _l("in words, before two people"),
            "phone": _l("by telephone"),
            "guardian": _l("through the guardian"),
        },
        "field": {
            "consent_by": _l("person who consented"),
            "consent_on": _l("day of the consent"),
            "consent_how": _l("form of the consent"),
            "seen": _l("what was seen"),
            "phone": _l("telephone"),
        },
        "error": {
            "no_such_candidate": _l("There is no such family, or you do not have access to it. Check the number."),
            "candidates_not_in_scheme": _l(
                "The scheme in force has no rule about families that are not registered. Ask the county office to adopt one."
            ),
            "may_not_report_candidates": _l(
                "Your role does not report families that are not registered. Ask the village or the town to report it."
            ),
            "candidate_registered": _l(
                "This family is on the register already, with the code “%(code)s”. Open that household instead."
            ),
            "candidate_open": _l(
                "This family is reported already, with ticket %(number)s. Add to that ticket instead."
            ),
            "candidate_known": _l(
                "This family is registered or reported already. Ask its town, or correct the name or the number."
            ),
            "consent_missing": _l("The family's consent is not on record. Record it first."),
            "phone_wrong": _l("This is not a valid telephone number. Check each digit, or leave it empty for now."),
            "family_too_large": _l("A family has at most %(most)s people here. Leave the others out."),
            "id_number_twice": _l("This ID number is entered for two people. Correct one of them."),
        },
    }
)
