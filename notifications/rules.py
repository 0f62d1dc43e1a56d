"""Notification rules: the recipients of each kind of event.  For rungs the scheme's ladder names the roles.

Roles: `holder_duty`, `holder_leader`, `holder_people` and `handler` of the unit that held the ticket when it happened;
`lead_duty`, `lead_people` of the responsible unit, `former_duty` of the one before a reassignment; `filer` the side that filed
it; `assisting` the unit invited; `asked` the unit that answers a time request; `pressed` the unit a paper is addressed to,
`issuer` the unit that issued it; `village` the people of a household's village and its cadre; `town`, `office`, `leaders`,
`inspectorate`, `admin` everybody of that role; `account` the holder of the account; `watcher` who follows a view; `on_duty` the
duty officer of every unit, or its people where there is none; `checkers` those of villages with households to be checked;
`explainers` those of towns, and the office, that say what a line of a list means; `lookers` the people of the
units to which tickets or households were given to check.  Of a
ranking, unit by unit as `on_duty`: `ranked` the towns in it, `reporting` the units that sign it and report, `late` those that
had not reported by the hour, `reminded` those the office reminds, `reporter` the unit of the report, `signer` those who may sign
for the unit whose draft waits (leader or authorised), `objector` the town that objected, `figure` the unit that must correct an
upheld figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ACCOUNT = ("inspectorate", "account")
#: Acts on accounts that the inspectorate and the owner hear of.
_ON_ACCOUNTS = (
    *("first_sign_in_made", "first_sign_in_used", "reset_asked", "reset_agreed", "reset_refused", "reset_in_emergency"),
    *("passkey_added", "passkey_removed", "sign_on_link_made", "sign_on_bound", "sign_on_ended"),
    *("factor_enrolled", "factor_removed", "recovery_code_used", "recovery_codes_made", "token_issued"),
    *("tokens_revoked", "user_transferred", "user_closed", "user_created", "user_opened"),
)
#: Event kind → roles.  Kinds without recipients are listed as well, so that none is forgotten.
RULES: Mapping[str, tuple[str, ...]] = {
    # Read on the household's or the ticket's page, and on the audit trail; own addresses and register files there too.
    **dict.fromkeys(("assign_cadre", "user_renamed", "quota", "read", "export", "exit", "evidence", "consent"), ()),
    **dict.fromkeys(("address_dropped", "address_entered", "address_used", "bring", "apply", "tell_columns"), ()),
    **dict.fromkeys(("robot_ended", "robot_set", "move_household", "move_village", "erase", "migrate", "enter"), ()),
    **dict.fromkeys(("erase_list_name", "erase_import_name", "end_matter", "session_ended", "sessions_ended"), ()),
    **dict.fromkeys(("factor_given", "factor_proposed", "passkey_given", "taken_along"), ()),
    **dict.fromkeys(("ask_undo", "undo", "undo_import", "undo_county_book", "apply_county_book", "rotate_lines"), ()),
    **dict.fromkeys(("adopt", "checkup", "count_days", "decline_rung", "describe_village", "downtime"), ()),
    **dict.fromkeys(("bring_list", "take_list", "work_lines", "answer_line", "check_lines", "erase_lines"), ()),
    # Each of its own page: households to be looked at, lines to be explained; and once more when that is late.
    **dict.fromkeys(("give_checks", "late_checks"), ("checkers",)),
    **dict.fromkeys(("ask_lines", "late_lines"), ("explainers",)),
    "accept": ("filer",),
    # Papers and instructions: who answers, and who has to hear of the answer.
    **dict.fromkeys(("answer_paper", "ask_revocation", "keep_paper", "sign_paper", "answer_instruction"), ("issuer",)),
    **dict.fromkeys(("deem_received", "issue_rung", "record_talk", "return_paper", "verify_paper"), ("pressed",)),
    **dict.fromkeys(("instruct", "return_instruction", "accept_instruction", "withdraw_instruction"), ("pressed",)),
    "press_instruction": ("pressed", "office", "issuer"),
    "answer_objection": ("objector", "figure"),
    "appointed": _ACCOUNT,
    "ask_time": ("asked",),
    "assist": ("assisting",),
    # Who may sign now, or no longer.
    "authorise": ("account", "inspectorate"),
    "calendar": ("on_duty",),
    "cancel": ("filer", "town", "lead_duty"),
    "comment": ("holder_duty", "handler"),
    "confirm": ("lead_duty", "filer"),
    "decline": ("holder_duty", "town"),
    "deem_accepted": ("holder_duty", "holder_leader"),
    "disprove": ("holder_duty", "holder_leader", "handler", "town", "office"),
    # Only those who check: the unit checked is not notified beforehand.
    **dict.fromkeys(("draw", "draw_households"), ("lookers",)),
    "endorse": ("holder_duty", "filer"),
    "end_authorisation": ("account", "inspectorate"),
    **dict.fromkeys(("extend", "extend_again"), ("lead_duty", "handler", "town")),
    # Of who comes from another village: its own people record it, the side that receives learns of it.
    "family": ("village", "town"),
    "file": ("holder_duty",),
    "find_by_number": (),
    "hand_in": (),
    **dict.fromkeys(("ask_erasure", "head_sent"), ("inspectorate",)),
    # The successor's; the people of the unit that ended are among them.
    "hand_over": ("holder_duty", "town"),
    "follow": ("holder_duty", "lead_duty", "town"),
    "handler": ("handler",),
    "import": (),
    "in_force": ("on_duty",),
    "issue_report": ("leaders",),
    # Whether the gap is still there is seen by those who handle it and by the town.
    "look_again": ("holder_duty", "handler", "town"),
    "join_matter": (),
    # Notified once for all tickets.
    "migration": ("on_duty",),
    "object_ranking": ("office",),
    "open_matter": (),
    # Each of the two of what it decides itself.
    "papers_waiting": ("office", "leaders"),
    "password_set": _ACCOUNT,
    # The town is not told what is given to another to check; it learns what was found missing.
    **dict.fromkeys(("post_cancelled", "post_ended", "post_reinstated"), _ACCOUNT),
    "random_failed": ("town", "office"),
    **dict.fromkeys(("random_holds", "random_lapsed"), ()),
    "rank": ("ranked", "reporting"),
    "reassign": ("holder_duty", "town"),
    "plan_reform": ("on_duty",),
    # Notified once for all tickets.
    "reform": ("on_duty",),
    "reform_applied": (),
    "reform_refused": ("on_duty",),
    "withdraw_reform": ("on_duty",),
    "receive_report": ("reporter",),
    **dict.fromkeys(("remind_figures", "remind_reports"), ("reminded",)),
    "recheck_given": ("lookers",),
    "reclassify": ("holder_duty",),
    # Notified once for all tickets, with the calendar.
    "rederive": (),
    "refuse_time": ("lead_duty", "handler"),
    "refuse": ("lead_duty", "filer"),
    "refused_rows": (),
    "register": ("lead_duty", "filer", "town"),
    "reject": ("holder_duty", "handler", "holder_leader"),
    "relapse": ("holder_duty", "holder_leader", "handler", "town"),
    **dict.fromkeys(("release", "report_figures"), ()),
    "reopen": ("holder_duty", "holder_leader", "handler"),
    "resolve": ("holder_duty",),
    "resubmit": ("holder_duty",),
    "resume": ("lead_duty", "handler"),
    **dict.fromkeys(("resume_matter", "reveal", "agree_erasure", "refuse_erasure"), ()),
    "review_report": ("signer",),
    "revoke_paper": ("pressed", "issuer"),
    "roll_reports": ("late", "office"),
    **dict.fromkeys(("revoke_adoption", "rotate_key", "seal_files"), ()),
    **dict.fromkeys(
        ("rows", "rows_begun", "signed_in", "signed_out", "read_trail", "refused_access", "ask_verification"), ()
    ),
    **dict.fromkeys(("backup", "restore", "erase_words", "erasures_begun", "refused_virus"), ()),
    **dict.fromkeys(("verified", "verification_failed"), ("inspectorate", "admin")),
    "send_back": ("filer", "holder_duty"),
    "spot_false": ("lead_duty", "town", "office"),
    "spot_holds": (),
    "sign_ranking": ("signer",),
    "split_matter": (),
    **dict.fromkeys(("status", "survey_village", "check_figure"), ()),
    "suspend": ("lead_duty", "town"),
    "taken_back": (),
    "answer_villages": (),
    "unassist": (),
    "uphold": ("holder_duty", "town"),
    # Whom it concerns, an account of a program too.
    "user_moved": ("account",),
    # Who follows a person that has left or moved.
    "took_over": ("account",),
    **dict.fromkeys(_ON_ACCOUNTS, _ACCOUNT),
    "view_entered": ("watcher",),
    **dict.fromkeys(("village_added", "place_withdrawn", "place_restored"), ()),
    "withdraw": ("filer", "town"),
    "withdraw_entry": (),
}
#: The same for the events of accountability cases: `opener` the unit that opens them, `decider` the one that decides
#: (none above the county), `respondent` the unit held to account, once notified.
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
#: The kind whose recipients the scheme's ladder names, rung by rung.
BY_LADDER = "escalate"
OF_RECORDED = ("leaders", "office", "inspectorate")  # of a rung without a paper, which the leading group reached

#: The role that substitutes for one without people.
NEXT_UP: Mapping[str, str] = {
    "asked": "office",
    "assisting": "office",
    "handler": "holder_duty",
    "holder_duty": "holder_people",
    "holder_people": "holder_leader",
    "holder_leader": "office",
    "lead_duty": "lead_people",
    "checkers": "town",
    "explainers": "office",
    "lookers": "office",
    "issuer": "office",
    "pressed": "office",
    "lead_people": "office",
    "former_duty": "office",
    "filer": "town",
    "village": "town",
    "town": "office",
    "account": "inspectorate",
    "inspectorate": "office",
    "leaders": "office",
    "opener": "leaders",
    "decider": "inspectorate",
    "respondent": "office",
}
#: The last substitutes, in this order; the administrator, who can fill posts, comes last.
LAST_RESORT = ("office", "leaders", "inspectorate", "admin")


def upward(role: str) -> Iterator[str]:
    """The role, and its substitutes in their order; the last resort ends every one.

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
    """How urgently a kind is sent outside the in-app inbox, which gets everything at once.

    `waits`: may wait for the next working day's opening; `how`: by e-mail `at_once` or in the morning's `digest`,
    unless the person chose otherwise; `mandatory`: cannot be turned off; `sms`: to a verified mobile number as well;
    `weighty`: a punitive paper, never sent twice unless an operator decides so; `personal`: addresses one person
    as “you” or concerns their account, so the unit's group bot does not get it.
    """

    waits: bool = True
    how: str = "at_once"
    mandatory: bool = False
    sms: bool = False
    weighty: bool = False
    personal: bool = False


_OF_AN_ACCOUNT = Manner(personal=True)
_FOR_INFORMATION = Manner(how="digest")
#: The kinds sent otherwise than usual, one per line; a rung follows a slash.  An urgent ticket never waits.
MANNERS: Mapping[str, Manner] = {
    "accept": _FOR_INFORMATION,
    "appointed": _OF_AN_ACCOUNT,
    "authorise": _OF_AN_ACCOUNT,
    **dict.fromkeys((*_ON_ACCOUNTS, "took_over", "user_moved"), _OF_AN_ACCOUNT),
    **dict.fromkeys(("close", "confirm", "register", "refuse"), _FOR_INFORMATION),
    "decide": Manner(mandatory=True, weighty=True),
    # Its days begin to run.
    "deem_received": Manner(mandatory=True),
    "end_authorisation": _OF_AN_ACCOUNT,
    "endorse": _FOR_INFORMATION,
    "escalate": Manner(mandatory=True),
    "escalate/3": Manner(waits=False, mandatory=True, sms=True),
    "escalate/4": Manner(waits=False, mandatory=True, sms=True),
    "escalate/5": Manner(waits=False, mandatory=True, sms=True),
    "handler": Manner(personal=True),
    "head_sent": Manner(mandatory=True),
    "issue_rung": Manner(waits=False, mandatory=True, sms=True, weighty=True),
    "lapse_statement": Manner(mandatory=True),
    "notify": Manner(waits=False, mandatory=True, sms=True, weighty=True),
    "password_set": Manner(waits=False, personal=True),
    **dict.fromkeys(("post_cancelled", "post_ended", "post_reinstated"), _OF_AN_ACCOUNT),
    # Made at the close of the day, due at noon of the next working day: the morning's digest is in time.
    "rank": _FOR_INFORMATION,
    "receive_report": _FOR_INFORMATION,
    "refer": Manner(mandatory=True),
    "return_paper": Manner(mandatory=True),
    **dict.fromkeys(("instruct", "return_instruction", "press_instruction"), Manner(mandatory=True)),
    "revoke_paper": Manner(mandatory=True),
    **dict.fromkeys(("verified", "verification_failed"), Manner(waits=False, mandatory=True)),
    "serve": Manner(waits=False, mandatory=True, sms=True, weighty=True),
    "sign_paper": _FOR_INFORMATION,
    "view_entered": Manner(how="digest", personal=True),
    "withdraw": _FOR_INFORMATION,
}
_PLAIN = Manner()
_TAKEN_AWAY = ("holder_duty", "town", "former_duty")
#: Recipients that depend on the state: (kind, state of the ticket before) → roles, instead of those of `RULES`.
BY_STATE: Mapping[tuple[str, str], tuple[str, ...]] = {
    # The clock stands still with the office, but the work is the responsible unit's.
    ("comment", "suspended"): ("holder_duty", "lead_duty"),
    # A comment while it awaits confirmation concerns the unit that resolved it.
    ("comment", "resolved"): ("holder_duty", "lead_duty"),
    # Taken from a unit that did not dispute it.
    **{("reassign", state): _TAKEN_AWAY for state in ("assigned", "in_progress", "suspended", "resolved")},
}


def roles_of(kind: str, state: str | None) -> tuple[str, ...]:
    """The recipients of a kind in a state; an unlisted kind goes to the office."""
    return BY_STATE.get((kind, state or ""), ALL_RULES.get(kind, ("office",)))


def manner(kind: str, rung: int | None = None) -> Manner:
    """How a kind is sent, at a rung.

    >>> manner("escalate", 1).waits, manner("escalate", 4).waits
    (True, False)
    """
    return MANNERS.get(f"{kind}/{rung}", MANNERS.get(kind, _PLAIN))
