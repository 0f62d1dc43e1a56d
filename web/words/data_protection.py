"""Data protection: kinds of personal data with the purpose, the legal basis and the retention of each."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

_DUTY = _l("a statutory duty: 个人信息保护法, art. 13 (3)")
_SENSITIVE = _l("a statutory duty, sensitive data: 个人信息保护法, art. 13 (3) and 28")
_OF_HOUSEHOLD = _l("with the household's file: after the years of the setting, two persons can have it erased")

add(
    {
        "data.kind": {
            "identity": _l("Identity of household members"),
            "contact": _l("Address and telephone"),
            "condition": _l("Birth, health, disability, work, schooling and insurance"),
            "income": _l("Income of the household"),
            "visits": _l("Checkups, findings and exits"),
            "photos": _l("Photos and papers"),
            "tickets": _l("Tickets and what was written in them"),
            "lists": _l("Imported files and lists of bureaus"),
            "staff": _l("Accounts, sign-ins and addresses of staff"),
            "history": _l("History: who did what, when and from where"),
        },
        "data.purpose": {
            "identity": _l("to register households and to find duplicates"),
            "contact": _l("to visit and to reach the household"),
            "condition": _l("to see which requirements a household lacks and which measures it is entitled to"),
            "income": _l("to see whether income is above the line"),
            "visits": _l("to prove that a deficiency was found and resolved"),
            "photos": _l("to prove the state of a household before and after"),
            "tickets": _l("to have deficiencies resolved in time"),
            "lists": _l("to take over and to compare lists"),
            "staff": _l("to sign in, to notify and to account for acts"),
            "history": _l("to prove the records and to keep logs"),
        },
        "data.basis": {
            **dict.fromkeys(("contact", "photos", "tickets", "staff"), _DUTY),
            **dict.fromkeys(("identity", "condition", "income", "visits", "lists"), _SENSITIVE),
            "history": _l("a statutory duty: 网络安全法, art. 21 (3); 个人信息保护法, art. 51"),
        },
        "data.retention": {
            **dict.fromkeys(("identity", "contact", "condition", "income", "visits"), _OF_HOUSEHOLD),
            "photos": _l("with their ticket, erased with the household or family; unfinished uploads after 30 days"),
            "tickets": _l("with their ticket, erased with the household or family"),
            "lists": _l("uploaded files 30 days; lines of lists until they are handed on or erased"),
            "staff": _l(
                "while the account exists; closed accounts stay, since the history names them; sign-ins and messages as long "
                "as the settings say, at least six months"
            ),
            "history": _l(
                "permanently, at least six months by law; written words can be erased, the chain stays whole"
            ),
        },
        "error": {
            "erasure_on_register": _l(
                "The household “%(code)s” is not gone from the register. It is erased years after it was cleared, ended, "
                "merged or undone."
            ),
            "erasure_without_day": _l(
                "No record says when the household “%(code)s” left the register, so its term cannot be counted. It stays."
            ),
            "erasure_too_early": _l(
                "The file of household “%(code)s” is kept for %(years)s years. Come back on %(day)s or later."
            ),
            "erasure_work_open": _l(
                "Tickets or lines of lists of household “%(code)s” are still open. Close them first."
            ),
            "erasure_proposed": _l(
                "The erasure of household “%(code)s” is proposed already. It is listed on this page."
            ),
            "erasure_carried_out": _l(
                "The personal data of household “%(code)s” was erased already. Nothing is left to do."
            ),
            "household_erased": _l(
                "The personal data of household “%(code)s” was erased. Nothing is recorded for it any more."
            ),
            "erasure_own": _l("Nobody agrees to an erasure of their own proposal. Ask a colleague."),
            "erasure_agreed_elsewhere": _l("Erasures are agreed to by the inspectorate. Ask the inspectorate."),
            "erasure_settled": _l("This proposal is no longer open. %(again)s"),
            "no_such_erasure": _l("There is no such proposal. Go back to the list."),
        },
    }
)
