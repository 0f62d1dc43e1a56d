"""Scopes of operations: which scope a token needs for an operation of the API, by the first part of its path.

An operation without an entry cannot be registered, so no route is without a scope.  Acts of weight need `rulings`, `county` or
`trail`: a token is never asked for a second factor, its step-up is its scope.
"""

#: First part of the path → the scope of what reads, and of what writes.
_BY_PATH = {
    **dict.fromkeys(("authorisations", "posts", "reforms"), ("read", "county")),
    **dict.fromkeys(("board", "duties", "scheme", "schemes"), ("read", "read")),
    **dict.fromkeys(("inbox", "matters", "route", "spot-checks", "spot-draws", "tickets"), ("read", "tickets")),
    **dict.fromkeys(
        ("bulk-lists", "cadres", "candidates", "households", "imports", "random-checks", "random-draws"),
        ("register", "register"),
    ),
    **dict.fromkeys(("figures", "rankings", "reports"), ("read", "figures")),
    **dict.fromkeys(("cases", "instructions", "objections", "papers"), ("read", "rulings")),
    "people": ("county", "county"),
    "trail": ("trail", "trail"),
}
#: Operations of another scope than the rest of their path.
_APART = {
    # Decisions on tickets and rungs, and the signing and issuing of reports.
    **dict.fromkeys(
        (
            *("uphold_ticket", "reassign_ticket", "suspend_ticket", "extend_ticket", "extend_again_ticket"),
            *("cancel_ticket", "register_ticket", "refuse_ticket", "judge_candidate", "leave_register"),
            *("grant_time", "refuse_time", "issue_rung", "decline_rung", "sign_ranking", "issue_report"),
            "instruct",
        ),
        "rulings",
    ),
    # Entries of duties hand in figures.
    **dict.fromkeys(("enter", "withdraw_entry"), "figures"),
    # The preview of a filing stores nothing, but names the household's head.
    "preview": "tickets",
}


def scope_of(operation: str, path: str, method: str) -> str:
    """The scope of an operation by its id, path and method.  Raises KeyError where nobody has chosen one."""
    reads, writes = _BY_PATH[path.split("/")[1].partition(".")[0]]
    return _APART.get(operation, reads if method == "GET" else writes)
