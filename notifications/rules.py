"""The rules: which event tells whom.  For rungs the scheme's ladder names the roles; everything else is here.

Roles: `holder_duty`, `holder_leader`, `holder_people` and `handler` of the unit that held the ticket when it happened;
`lead_duty`, `lead_people` of the responsible unit; `filer` the side that filed it; `assisting` the unit invited;
`asked` the unit of which time was asked; `pressed` the unit a paper is addressed to, `issuer` the unit that issued it;
`town`, `office`, `leaders`, `inspectorate`, `admin` everybody in that seat; `account` the person whose account it is;
`on_duty` the duty officer of every unit, or its people where there is none; `lookers` the people of the units to which
tickets were given for spot checks.  Of a ranking, unit by unit as `on_duty`: `ranked` the towns in it, `reporting` who
signs it and reports, `late` who had not reported by the hour, `reporter` whose report it is, `objector` the town that
objected, `figure` who must put an upheld figure right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ACCOUNT = ("inspectorate", "account")
#: Event kind → roles.  A kind that tells nobody is listed all the same, so that none is forgotten.
RULES: Mapping[str, tuple[str, ...]] = {
    "accept": ("filer",),
    "adopt": (),
    "answer_paper": ("issuer",),
    "answer_objection": ("objector", "figure"),
    "appointed": _ACCOUNT,
    # What somebody does to their own addresses, and what is done to a register file, is read on the audit trail.
    "address_dropped": (),
    "address_entered": (),
    "address_used": (),
    "apply": (),
    "ask_revocation": ("issuer",),
    "ask_time": ("asked",),
    "assist": ("assisting",),
    "bring": (),
    "calendar": ("on_duty",),
    "cancel": ("filer", "town", "lead_duty"),
    "checkup": (),
    "comment": ("holder_duty", "handler"),
    "confirm": ("lead_duty", "filer"),
    # Shown on the boards.
    "count_days": (),
    "decline": ("holder_duty", "town"),
    "decline_rung": (),
    "deem_accepted": ("holder_duty", "holder_leader"),
    "disprove": ("holder_duty", "holder_leader", "handler", "town", "office"),
    # Those alone: who is looked at is not told beforehand.
    "draw": ("lookers",),
    "deem_received": ("pressed",),
    # Shown on the board.
    "downtime": (),
    "endorse": ("holder_duty", "filer"),
    "end_matter": (),
    # Seen on the duty's page, which counts them.
    "enter": (),
    "evidence": (),
    "exit": (),
    "export": (),
    "extend": ("lead_duty", "handler", "town"),
    "extend_again": ("lead_duty", "handler", "town"),
    "file": ("holder_duty",),
    "find_by_number": (),
    # Read on the ranking's page.
    "hand_in": (),
    "handler": ("handler",),
    "import": (),
    "in_force": ("on_duty",),
    # The compilation alone.
    "issue_report": ("leaders",),
    "issue_rung": ("pressed",),
    # What becomes of a matter is told with its tickets.
    "join_matter": (),
    "keep_paper": ("issuer",),
    "migrate": (),
    # Told once for all of them.
    "migration": ("on_duty",),
    "object_ranking": ("office",),
    "open_matter": (),
    "password_set": _ACCOUNT,
    "rank": ("ranked", "reporting"),
    "read": (),
    "reassign": ("holder_duty", "town"),
    "receive_report": ("reporter",),
    "reclassify": ("holder_duty",),
    # Told once for all of them, with the calendar.
    "rederive": (),
    "refuse_time": ("lead_duty", "handler"),
    "refused_rows": (),
    "reject": ("holder_duty", "handler", "holder_leader"),
    "relapse": ("holder_duty", "holder_leader", "handler", "town"),
    # Read on the audit trail.
    "release": (),
    "report_figures": (),
    "reopen": ("holder_duty", "holder_leader", "handler"),
    "resolve": ("holder_duty",),
    "resubmit": ("holder_duty",),
    "resume": ("lead_duty", "handler"),
    "resume_matter": (),
    "reveal": (),
    "revoke_paper": ("pressed", "issuer"),
    "revoke_adoption": (),
    "robot_ended": (),
    "robot_set": (),
    "roll_reports": ("late", "office"),
    "rotate_key": (),
    "send_back": ("filer", "holder_duty"),
    "spot_false": ("lead_duty", "town", "office"),
    "spot_holds": (),
    "sign_paper": ("issuer",),
    # Twenty units sign three times a month; who has is read on the ranking's page.
    "sign_ranking": (),
    "split_matter": (),
    "status": (),
    "suspend": ("lead_duty", "town"),
    "taken_back": (),
    "tell_columns": (),
    "token_issued": _ACCOUNT,
    "tokens_revoked": _ACCOUNT,
    "unassist": (),
    "uphold": ("holder_duty", "town"),
    "user_closed": _ACCOUNT,
    "user_created": _ACCOUNT,
    "user_opened": _ACCOUNT,
    "village_added": (),
    "withdraw": ("filer", "town"),
    "withdraw_entry": (),
}
#: The same for the events of accountability cases: `opener` the unit that opens them, `decider` the one that decides
#: (above the county nobody), `respondent` the unit held to account, once it has been told.
CASE_RULES: Mapping[str, tuple[str, ...]] = {
    "agree_withdrawal": ("opener", "decider", "respondent", "inspectorate"),
    "appeal": ("opener", "decider", "inspectorate"),
    "close": ("respondent", "decider"),
    "decide": ("opener",),
    "hear": ("decider", "respondent"),
    "lapse_statement": ("opener", "respondent"),
    "notify": ("respondent",),
    "open": ("decider", "inspectorate"),
    "propose_case": ("opener",),
    "record": ("decider", "opener"),
    "refer": ("respondent", "inspectorate"),
    "respond": ("opener",),
    "seek_withdrawal": ("opener", "decider"),
    "serve": ("respondent", "decider", "inspectorate"),
}
#: Both, since no kind is in both.
ALL_RULES: Mapping[str, tuple[str, ...]] = {**RULES, **CASE_RULES}
#: Told to whom the scheme's ladder names, rung by rung.
BY_LADDER = "escalate"

#: Where the next one up stands when nobody holds a role.
NEXT_UP: Mapping[str, str] = {
    "asked": "office",
    "assisting": "office",
    "handler": "holder_duty",
    "holder_duty": "holder_people",
    "holder_people": "holder_leader",
    "holder_leader": "office",
    "lead_duty": "lead_people",
    "lookers": "office",
    "issuer": "office",
    "pressed": "office",
    "lead_people": "office",
    "filer": "town",
    "town": "office",
    "account": "inspectorate",
    "inspectorate": "office",
    "leaders": "office",
    "opener": "leaders",
    "decider": "inspectorate",
    "respondent": "office",
}
#: Whom it comes to in the end, in this order; the administrator last, who can appoint somebody.
LAST_RESORT = ("office", "leaders", "inspectorate", "admin")


def upward(role: str) -> Iterator[str]:
    """The role, and those above it in the order they are asked; the last resort is part of every way up.

    >>> list(upward("town"))
    ['town', 'office', 'leaders', 'inspectorate', 'admin']
    """
    asked = [role]
    while role in NEXT_UP and NEXT_UP[role] not in asked:
        role = NEXT_UP[role]
        asked.append(role)
    yield from asked
    yield from (last for last in LAST_RESORT if last not in asked)


@dataclass(frozen=True, slots=True)
class Manner:
    """How urgently a kind is told outside the in-app inbox, which gets everything at once.

    `waits`: may wait for the next working day's opening; `how`: by e-mail `at_once` or in the morning's `digest`,
    unless the person chose otherwise; `floor`: nobody can choose otherwise; `sms`: to a verified mobile number as well;
    `weighty`: a punitive paper, never sent twice without a person's word; `personal`: said to one person as “you” or of
    their account, so that a unit's group does not hear of it.
    """

    waits: bool = True
    how: str = "at_once"
    floor: bool = False
    sms: bool = False
    weighty: bool = False
    personal: bool = False


_OF_AN_ACCOUNT = Manner(personal=True)
_FOR_INFORMATION = Manner(how="digest")
#: What departs from the plain manner, one line a kind; a rung stands behind a slash.  An urgent ticket never waits.
MANNERS: Mapping[str, Manner] = {
    "accept": _FOR_INFORMATION,
    "appointed": _OF_AN_ACCOUNT,
    "close": _FOR_INFORMATION,
    "confirm": _FOR_INFORMATION,
    "decide": Manner(floor=True, weighty=True),
    # Its days begin to run.
    "deem_received": Manner(floor=True),
    "endorse": _FOR_INFORMATION,
    "escalate": Manner(floor=True),
    "escalate/3": Manner(waits=False, floor=True, sms=True),
    "escalate/4": Manner(waits=False, floor=True, sms=True),
    "escalate/5": Manner(waits=False, floor=True, sms=True),
    "handler": Manner(personal=True),
    "issue_rung": Manner(waits=False, floor=True, sms=True, weighty=True),
    "lapse_statement": Manner(floor=True),
    "notify": Manner(waits=False, floor=True, sms=True, weighty=True),
    "password_set": Manner(waits=False, personal=True),
    # Made at the close of the day, due at noon of the next working day: the morning's digest is in time.
    "rank": _FOR_INFORMATION,
    "receive_report": _FOR_INFORMATION,
    "refer": Manner(floor=True),
    "revoke_paper": Manner(floor=True),
    "serve": Manner(waits=False, floor=True, sms=True, weighty=True),
    "sign_paper": _FOR_INFORMATION,
    "token_issued": _OF_AN_ACCOUNT,
    "tokens_revoked": _OF_AN_ACCOUNT,
    "user_closed": _OF_AN_ACCOUNT,
    "user_created": _OF_AN_ACCOUNT,
    "user_opened": _OF_AN_ACCOUNT,
    "withdraw": _FOR_INFORMATION,
}
_PLAIN = Manner()
#: Where the state says who: (kind, state the ticket was in) → roles, instead of those of `RULES`.
BY_STATE: Mapping[tuple[str, str], tuple[str, ...]] = {
    # The clock stands still with the office, but the work is the responsible unit's.
    ("comment", "suspended"): ("holder_duty", "lead_duty"),
    # What is said while it awaits confirmation concerns who mended it.
    ("comment", "resolved"): ("holder_duty", "lead_duty"),
}


def roles_of(kind: str, state: str | None) -> tuple[str, ...]:
    """Who is told of a kind in a state; what nobody listed comes to the office."""
    return BY_STATE.get((kind, state or ""), ALL_RULES.get(kind, ("office",)))


def manner(kind: str, rung: int | None = None) -> Manner:
    """How a kind is told, at a rung.

    >>> manner("escalate", 1).waits, manner("escalate", 4).waits
    (True, False)
    """
    return MANNERS.get(f"{kind}/{rung}", MANNERS.get(kind, _PLAIN))
