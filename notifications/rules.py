"""The rules: which event tells whom.  For rungs the scheme's ladder names the roles; everything else is here.

Roles: `holder_duty`, `holder_leader`, `handler` of the unit that holds the ticket now; `lead_duty` of the responsible
unit; `filer` the side that filed it; `town`, `office`, `leaders`, `inspectorate` everybody in that seat.
"""

from collections.abc import Mapping

#: Event kind → roles.  A kind that tells nobody is listed all the same, so that none is forgotten.
RULES: Mapping[str, tuple[str, ...]] = {
    "accept": ("filer",),
    "adopt": (),
    "appointed": (),
    "assist": ("assisting",),
    "cancel": ("filer", "town", "lead_duty"),
    "comment": ("holder_duty", "handler"),
    "confirm": ("lead_duty", "filer"),
    "decline": ("holder_duty", "town"),
    "deem_accepted": ("holder_duty", "holder_leader"),
    "endorse": ("holder_duty", "filer"),
    "evidence": (),
    "file": ("holder_duty",),
    "handler": ("handler",),
    "reassign": ("holder_duty", "town"),
    "reclassify": ("holder_duty",),
    "reject": ("holder_duty", "handler", "holder_leader"),
    "relapse": ("holder_duty", "holder_leader", "handler", "town"),
    "reopen": ("holder_duty", "holder_leader", "handler"),
    "resolve": ("holder_duty",),
    "resubmit": ("holder_duty",),
    "resume": ("lead_duty", "handler"),
    "send_back": ("filer", "holder_duty"),
    "suspend": ("lead_duty", "town"),
    "unassist": (),
    "uphold": ("holder_duty", "town"),
    "withdraw": ("town",),
}

#: Where the next one up stands when nobody holds a role.
NEXT_UP: Mapping[str, str] = {
    "assisting": "office",
    "handler": "holder_duty",
    "holder_duty": "holder_people",
    "holder_people": "holder_leader",
    "holder_leader": "office",
    "lead_duty": "lead_people",
    "lead_people": "office",
    "filer": "town",
    "town": "office",
    "inspectorate": "office",
    "leaders": "office",
}
