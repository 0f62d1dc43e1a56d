"""Data protection: kinds of personal data with the purpose, the legal basis and the retention of each."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

_DUTY = _l("a statutory duty: 个人信息保护法, art. 13 (3)")
_SENSITIVE = _l("a statutory duty, sensitive data: 个人信息保护法, art. 13 (3) and 28")
_OF_HOUSEHOLD = _l("with the household's file, as the county's rules on archives say; nothing is deleted by itself")

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
            "photos": _l(
                "with their ticket; those of families not registered are erased with them; unfinished uploads after 30 days"
            ),
            "tickets": _l("with their ticket; those of families not registered are erased with them"),
            "lists": _l("uploaded files 30 days; lines of lists until they are handed on or erased"),
            "staff": _l("while the account exists; closed accounts stay, since the history names them"),
            "history": _l(
                "permanently, at least six months by law; written words can be erased, the chain stays whole"
            ),
        },
    }
)
